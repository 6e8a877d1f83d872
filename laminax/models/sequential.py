"""A chain of layers."""

from collections.abc import Mapping
from typing import Any

import jax

from .._core import graph
from .._core.config import custom_objects as scope
from .._core.config import from_data, to_data
from .._core.errors import named_arguments
from .._core.text import is_text
from ..layers.building import making, shape_from
from ..layers.core import Input, InputLayer
from ..layers.layer import Layer
from .graph_config import name_again
from .host import Read, on_host
from .model import Model, name_layers


class Sequential(Model):
    """Layers one after another: each gets the output of the one before.

    The weights are made as soon as the shape of the input is known: from an `Input` as the first
    layer, from `input_shape=` of the first layer, or from the first data.

    Args:
        layers: the layers; more can be added with `add`.
        trainable: whether the gradient moves the weights.
        name: a name.

    Example:

        >>> import laminax as lx
        >>> model = lx.Sequential([lx.layers.Dense(32, activation="relu", input_shape=(784,)), lx.layers.Dense(10)])
        >>> model.output_shape
        (None, 10)
    """

    aside = Model.aside | {"_chain", "_input", "_joined"}  # the layers stand in `_named` as well

    def __init__(self, layers: Any = None, trainable: bool = True, name: str | None = None, **kwargs: Any) -> None:
        super().__init__(name=name, trainable=trainable, **kwargs)
        self._chain: list[Layer] = []
        self._joined: list[tuple[Layer, Any]] = []  # those called on the outputs of the one before, and their own
        self._input: InputLayer | None = None
        for layer in layers or ():
            self.add(layer)

    @named_arguments
    def add(self, layer: Any) -> None:
        """Add a layer at the end."""
        if graph.is_symbolic(layer):
            layer = layer.node.function if layer.node is not None else layer
        if not isinstance(layer, Layer):
            raise TypeError(f"Sequential takes layers; got {layer!r}.")
        before = self._input, list(self._chain)
        if isinstance(layer, InputLayer):
            if self._chain or self._input is not None:
                raise ValueError(f"The Input {layer.name!r} must be the first layer of {self.name!r}.")
            self._input = layer
        else:
            if any(layer is other for other in self._chain):
                raise ValueError(
                    f"Layer {layer.name!r} is in {self.name!r} already: the same layer can't stand in a chain twice."
                )
            shape = layer._input_shape
            if not self._chain and self._input is None and shape is not None:
                self._input = Input(tuple(shape), dtype=getattr(layer, "input_dtype", None)).node.function
            self._chain.append(layer)
        try:
            self._arrange()
        except Exception:
            self._input, self._chain = before
            self._arrange()
            raise

    def pop(self, rebuild: bool = True) -> Layer:
        """Take off the last layer."""
        if not self._chain:
            raise ValueError(f"{self.name!r} has no layers.")
        layer = self._chain.pop()
        self._arrange()
        return layer

    def _arrange(self) -> None:
        """Name the layers, and, where the input's shape is known, join those that are not yet."""
        self._named = name_layers(self._chain)
        self._graph, self.built = None, False
        self._trainer.forget()
        while len(self._joined) > (len(self._chain) if self._input is not None else 0):
            layer, outputs = self._joined.pop()
            layer._forget_call(outputs)
        if self._input is not None and self._chain:
            tensor = self._joined[-1][1] if self._joined else self._input.output
            with making(self):
                for layer in self._chain[len(self._joined) :]:
                    tensor = layer(tensor)
                    self._joined.append((layer, tensor))
            self._join(self._input.output, tensor)
            self._named = name_layers(self._chain)

    def build(self, input_shape: Any = None) -> None:
        """Make the weights, for an input of this shape (with the batch's axis)."""
        if self._input is None and input_shape is not None:
            if isinstance(input_shape, (list, dict)) and not all(isinstance(d, int) or d is None for d in input_shape):
                raise ValueError(f"{self.name!r} takes one array; for several inputs use Model(inputs=, outputs=).")
            self._start(InputLayer(batch_shape=(None, *tuple(input_shape)[1:])))

    def _start(self, first: InputLayer) -> None:
        self._input = first
        try:
            self._arrange()
        except Exception:
            self._input = None
            self._arrange()
            raise

    def _build_for(self, given: Mapping[str, Any]) -> None:
        known = self._input is not None
        super()._build_for(given)
        if self._input is not None and not known:
            self._input.declared = False

    def call(self, inputs: Any) -> Any:
        """The layers one after another."""
        if isinstance(inputs, Read):
            return super().call(inputs)
        if self._graph is not None:
            inputs = self._graph.arrange(inputs, cast=True)
        for layer in self._chain:
            inputs = layer(inputs)
        return inputs

    @property
    def whole(self) -> bool:
        return self._input is not None and self._input.declared

    @property
    def layers(self) -> list[Layer]:
        """The layers, without the input."""
        return list(self._chain)

    def standardize_inputs(self, x: Any) -> Any:
        """Data in the form of the input; the first data give its shape."""
        if self._graph is None and self._chain and hasattr(x, "shape"):
            whole = jax.dtypes.canonicalize_dtype(x.dtype) if x.dtype.kind in "iu" else None
            dtype = "string" if self.on_host and is_text(x) else whole
            first = InputLayer(batch_shape=(None, *x.shape[1:]), dtype=dtype)
            first.declared = False
            self._start(first)
        return super().standardize_inputs(x)

    @property
    def on_host(self) -> bool:
        """Whether its first layers run on the host, before the step."""
        return super().on_host if self._graph is not None else bool(self._chain) and on_host(self._chain[0])

    def get_config(self) -> dict[str, Any]:
        """Name, types and layers, and the shape of the input where the data gave it."""
        given = self._input is not None and (self._input.declared or not self._input.input_dtype.startswith("float"))
        layers: list[Layer] = [*([self._input] if self._input is not None and given else []), *self._chain]
        config = {
            "name": self.name,
            "trainable": self.trainable,
            "dtype": to_data(self.dtype_policy),
            "layers": [to_data(layer) for layer in layers],
        }
        return config if self._input is None else {**config, "build_input_shape": self._input.batch_shape}

    @classmethod
    def from_config(cls, config: Mapping[str, Any], custom_objects: Mapping[str, Any] | None = None) -> "Sequential":
        """A new model with new weights.

        Args:
            config: what `get_config` gave.
            custom_objects: classes and functions of the program, by name.
        """
        given = dict(config)
        with scope(custom_objects or {}):
            layers = [name_again(from_data(layer)) for layer in given.pop("layers")]
            shape = given.pop("build_input_shape", None)
            model = cls(layers, **{key: from_data(value) for key, value in given.items()})
            known = model._input is not None
            if shape is not None and not known:
                model.build(shape_from(shape))
            if model._input is not None and not known:
                model._input.declared = False
        return model
