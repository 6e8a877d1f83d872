"""Layers one after another, as one layer."""

from collections.abc import Mapping
from typing import Any, Self

import jax
import jax.numpy as jnp

from ..._core import checks, context, graph
from ..layer import Layer

__all__ = ["Pipeline"]


class Pipeline(Layer):
    """Layers one after another. Unlike a `Sequential` it is no model, and acts as in training unless told otherwise.

    Args:
        layers: the layers.

    Example:

        >>> import laminax as lx
        >>> lx.layers.Pipeline([lx.layers.Rescaling(2.0), lx.layers.Rescaling(1.0, 1.0)])([3.0])
        Array([7.], dtype=float32)
    """

    converts_inputs = False
    beyond_keras = ("trainable", "dtype")

    def __init__(self, layers: Any, name: str | None = None, **kwargs: Any) -> None:
        super().__init__(name=name, **kwargs)
        if not isinstance(layers, (list, tuple)) or not all(isinstance(layer, Layer) for layer in layers):
            raise checks.refused("Pipeline", "layers", "must be a list of layers", layers)
        self.layers = list(layers)

    @property
    def on_host(self) -> bool:
        """Whether one of the layers runs on the host."""
        return any(getattr(layer, "on_host", False) for layer in self.layers)

    def __call__(self, inputs: Any, **kwargs: Any) -> Any:
        if graph.any_symbolic(inputs) and self.on_host:
            return self._in_order(
                inputs
            )  # each layer has a place of its own in the graph, of which a part is the host's
        return super().__call__(inputs, **kwargs)

    def call(self, inputs: Any, training: bool = True, mask: Any = None) -> Any:
        if mask is not None:
            inputs = jax.tree.map(jnp.asarray, inputs)
            for x in jax.tree.leaves(inputs):
                context.note(x, mask=mask)
        return self._in_order(inputs)

    def _in_order(self, inputs: Any) -> Any:
        for layer in self.layers:
            inputs = layer(inputs)
        return inputs

    @classmethod
    def from_config(cls, config: Mapping[str, Any]) -> Self:
        """A new object with the arguments of `config`."""
        return super().from_config({"layers": None, **config})
