"""Layers that work on the host: on text, which no device can hold, and by hashing."""

from typing import Any

import jax

from ..._core import compat, graph
from ..layer import Layer


class HostLayer(Layer):
    """A layer in two parts: `read` turns its input into integers, on the host, and `call` computes with these.

    In a model it stands first, or after layers that learn nothing from the loss: what is on the host runs before the
    compiled step. A subclass defines `read`, and `read_shape` where the integers have another shape than the input.
    """

    on_host = True
    converts_inputs = False

    def read(self, inputs: Any) -> Any:
        """The integers for the inputs, as a NumPy array."""
        raise NotImplementedError

    def read_shape(self, shape: Any) -> Any:
        """The shape of what `read` gives for an input of this shape."""
        return shape

    def read_traced(self, inputs: Any) -> Any:
        """The integers for inputs in a function that JAX traces."""
        raise TypeError(
            f"Layer {self.name!r} ({type(self).__name__}) runs on the host, and can't in a function that JAX traces. "
            "In a model, no layer that is trained may come before it; elsewhere, call it outside of the function."
        )

    def __call__(self, inputs: Any, **kwargs: Any) -> Any:
        if graph.any_symbolic(inputs):
            return self._symbolic(inputs)
        traced = any(map(compat.is_tracer, jax.tree.leaves(inputs)))
        found = self.read_traced(inputs) if traced else self.read(inputs)
        return super().__call__(found if found.dtype == object else compat.on_device(found), **kwargs)

    def _symbolic(self, inputs: Any) -> Any:
        """The symbolic output: that of `call` for integers, as a node that says where the input comes from."""
        integers = graph.SymbolicTensor(self.read_shape(graph.shape_of(inputs)), "int32")
        output = super().__call__(integers)
        output.node.args, output.node.inputs = (inputs,), jax.tree.leaves(inputs)
        return output
