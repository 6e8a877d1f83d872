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

    def call(self, *args: Any, **kwargs: Any) -> Any:
        """Compute the output."""
        raise NotImplementedError(
            f"Layer {self.name!r} ({type(self).__name__}) does not have a `call` method implemented."
        )

    def compute_output_spec(self, *args: Any, **kwargs: Any) -> Any:
        """The symbolic outputs for symbolic inputs: of the shapes that a `compute_output_shape` of the class gives,
        if it has one, else of those of its `call`.
        """
        if type(self).compute_output_shape is Symbolic.compute_output_shape:
            outputs = self(*args, **kwargs)
            self._forget_call(outputs)
            return outputs
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

    def compute_output_shape(self, *shapes: Shape, **named: Shape) -> Any:
        """The shape of the output for those of `call`'s arguments, by name `query_shape` for `query`.

        `None` is a free dimension, `input_shape` the shape of the first argument.
        """
        if type(self).call is Symbolic.call:
            raise NotImplementedError(f"Layer {self.name!r} does not have a `compute_output_shape` method implemented.")
        shapes = (named.pop("input_shape"), *shapes) if "input_shape" in named else shapes
        given = {name.removesuffix("_shape"): placeholders(shape) for name, shape in named.items()}
        outputs = self(*map(placeholders, shapes), **given)
        self._forget_call(outputs)
        return graph.shape_of(outputs)

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

    def _forget_call(self, outputs: Any) -> None:
        """Take back the symbolic call that gave these outputs: it is none that `input` and `output` are of."""
        nodes = {id(tensor.node) for tensor in jax.tree.leaves(outputs) if graph.is_symbolic(tensor)}
        self._nodes = [ref for ref in self._nodes if id(ref()) not in nodes]


def placeholders(shape: Shape) -> Any:
    """Symbolic tensors for a shape, or for a list or dict of shapes."""
    return jax.tree.map(lambda s: graph.SymbolicTensor(s, "float32"), shape, is_leaf=_is_shape)


def _is_shape(value: Any) -> bool:
    return isinstance(value, (list, tuple)) and all(d is None or isinstance(d, (int, np.integer)) for d in value)
