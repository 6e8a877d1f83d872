"""Copies of models, with new weights."""

from collections.abc import Callable
from typing import Any

from .._core.config import Configurable, arguments
from ..layers.core import InputLayer
from ..layers.layer import Layer
from .model import Model
from .sequential import Sequential


def clone_model(
    model: Model,
    input_tensors: Any = None,
    clone_function: Callable[[Layer], Layer] | None = None,
    call_function: Any = None,
    recursive: bool = False,
    **kwargs: Any,
) -> Model:
    """A model of the same layers, with weights of its own, not compiled.

    Args:
        model: the model.
        input_tensors: symbolic tensors on which to build, instead of new inputs.
        clone_function: makes a layer from one of the model's; by default a copy with new weights.
        call_function: not supported.
        recursive: also apply `clone_function` to the layers of inner models.
    """
    if call_function is not None:
        raise ValueError("clone_model: call_function is not supported; clone_function can replace layers.")

    def copy(layer: Layer) -> Layer:
        if isinstance(layer, Model) and (clone_function is None or recursive):
            return clone_model(layer, clone_function=clone_function, recursive=recursive)
        return clone_layer(layer) if clone_function is None else clone_function(layer)

    if isinstance(model, Sequential):
        layers = [copy(layer) for layer in model.layers]
        first = (
            [] if model._input is None else [InputLayer(batch_shape=model._input.batch_shape, dtype=model._input.dtype)]
        )
        return type(model)([*first, *layers], name=model.name, trainable=model.trainable)
    if model._graph is None:
        return clone_layer(model)  # type: ignore[return-value]
    inputs, outputs = model._graph.copy(copy)
    fresh = Model(inputs=inputs, outputs=outputs, name=model.name, trainable=model.trainable)
    if input_tensors is not None:
        inputs = (
            input_tensors[0] if isinstance(input_tensors, (list, tuple)) and len(input_tensors) == 1 else input_tensors
        )
        return Model(inputs=inputs, outputs=fresh(inputs), name=model.name)
    return fresh


def clone_layer(layer: Layer) -> Layer:
    """A layer with the same arguments, and weights of its own."""
    if type(layer).get_config not in (Layer.get_config, Configurable.get_config):
        return type(layer).from_config(layer.get_config())
    given: dict[str, Any] = {name: layer._argument(name) for name in arguments(type(layer))}
    if "dtype" in given:
        given["dtype"] = layer.dtype_policy
    make: Any = type(layer)
    fresh: Layer = make(**{name: clone_layer(v) if isinstance(v, Layer) else v for name, v in given.items()})
    fresh.auto_named = layer.auto_named
    return fresh
