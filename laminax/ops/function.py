"""A graph of operations as one operation."""

from typing import Any

import jax

from .. import tree
from .._core import graph
from .._core.errors import shape_text
from .operation import Operation


class Function(Operation):
    """What leads from some symbolic tensors to others, as a function of arrays.

    Args:
        inputs: a symbolic tensor, or a list, tuple or dict of them.
        outputs: symbolic tensors that come from them, in any structure.
        name: a name.

    Raises:
        ValueError: if an output does not come from the inputs.

    Example:

        x = KerasTensor((None, 3))
        double = Function(x, 2 * x)
        double(np.ones((4, 3)))
    """

    def __init__(self, inputs: Any, outputs: Any, name: str | None = None) -> None:
        super().__init__(name)
        self.inputs, self.outputs = inputs, outputs
        self._starts, ends = jax.tree.leaves(inputs), jax.tree.leaves(outputs)
        for what, tensors in (("inputs", self._starts), ("outputs", ends)):
            if not tensors or not all(map(graph.is_symbolic, tensors)):
                raise ValueError(f"`{what}` argument cannot be empty, and must be symbolic tensors; got {tensors}.")
        self._nodes = graph.sort(self._starts, ends)
        self._check_connected(ends)

    def _check_connected(self, ends: list[Any]) -> None:
        known = {id(t) for t in self._starts} | {id(t) for node in self._nodes for t in node.outputs if node.inputs}
        for tensor in [*ends, *(t for node in self._nodes for t in node.inputs)]:
            if id(tensor) not in known:
                missing = f"it needs {tensor}, which is none of them"
                raise ValueError(f"Output {ends} is not connected to `inputs`: {missing}.")

    @property
    def operations(self) -> list[Any]:
        """The functions and layers that are called, each after those it needs."""
        return [node.function for node in self._nodes if node.inputs]

    def call(self, inputs: Any) -> Any:
        """The outputs for these inputs."""
        leaves: list[Any] = jax.tree.leaves(inputs)
        given: Any = jax.tree.structure(inputs)
        wanted: Any = jax.tree.structure(self.inputs)
        if given != wanted:
            raise ValueError(f"{self.name!r} got an invalid input structure: {given}, not {wanted}.")
        for x, start in zip(leaves, self._starts):
            sizes = zip(x.shape, start.shape)
            if len(x.shape) != len(start.shape) or any(w not in (None, g) and isinstance(g, int) for g, w in sizes):
                shapes = f"{shape_text(tuple(x.shape))} for {shape_text(start.shape)}"
                raise ValueError(f"{self.name!r} got incompatible inputs: {shapes}.")
        return graph.run(self._nodes, self._starts, leaves, self.outputs)

    def compute_output_shape(self, input_shape: Any) -> Any:
        """The shapes of the outputs for shapes of the inputs."""
        tensors = tree.map_shape_structure(graph.SymbolicTensor, input_shape)
        return graph.shape_of(self.compute_output_spec(tensors))
