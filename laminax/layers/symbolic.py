"""The symbolic face of layers: shapes before there is data, and their places in a graph."""

import weakref
from collections.abc import Callable
from typing import Any

import jax
import numpy as np

from .._core import graph, masks

Shape = Any


class Symbolic:
    """What a layer says of its symbolic calls."""

    name: str
    _nodes: list[weakref.ref[graph.Node]]

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        raise NotImplementedError

    def compute_output_spec(self, *args: Any, **kwargs: Any) -> Any:
        """The symbolic outputs for symbolic inputs: of the shapes that a `compute_output_shape` of the class gives,
        if it has one, else of those of its `call`.
        """
        if type(self).compute_output_shape is Symbolic.compute_output_shape:
            return self(*args, **kwargs)
        shapes = self.compute_output_shape(*(graph.shape_of(x) for x in args))
        dtype = self.compute_dtype  # type: ignore[attr-defined]
        return jax.tree.map(lambda s: graph.SymbolicTensor(s, dtype), shapes, is_leaf=_is_shape)

    def _infer(self, run: Callable[..., Any], args: Any, kwargs: Any) -> tuple[Any, list[Any]]:
        """Outputs and their masks of a symbolic call; where it fails, by the `compute_output_shape` of the class."""
        try:
            return graph.infer(masks.with_masks(run), (args, kwargs, masks.of_symbolic(args, kwargs)), {})
        except Exception:
            if type(self).compute_output_shape is Symbolic.compute_output_shape:
                raise
            return self.compute_output_spec(*args), []

    def compute_output_shape(self, input_shape: Shape, *args: Any, **kwargs: Any) -> Any:
        """The shape of the output for the shape of the input; `None` is a free dimension."""
        return graph.shape_of(self(placeholders(input_shape)))

    @property
    def input(self) -> Any:
        """The symbolic input of the layer's only symbolic call."""
        node = self._only_node()
        return node.args[0] if node.args else node.result()

    @property
    def output(self) -> Any:
        """The symbolic output of the layer's only symbolic call."""
        return self._only_node().result()

    def _only_node(self) -> graph.Node:
        nodes = [node for ref in self._nodes if (node := ref()) is not None]
        if len({id(n) for n in nodes}) != 1:
            found = "has not been called on a symbolic tensor" if not nodes else f"was called {len(nodes)} times"
            raise AttributeError(f"Layer {self.name!r} {found}, so it has no single input and output.")
        return nodes[0]


def placeholders(shape: Shape) -> Any:
    """Symbolic tensors for a shape, or for a list or dict of shapes."""
    return jax.tree.map(lambda s: graph.SymbolicTensor(s, "float32"), shape, is_leaf=_is_shape)


def _is_shape(value: Any) -> bool:
    return isinstance(value, (list, tuple)) and all(d is None or isinstance(d, (int, np.integer)) for d in value)
