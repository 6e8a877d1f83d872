"""The part of a graph that runs on the host, before the compiled step: layers for text, and what leads to them."""

from typing import Any

import jax

from .._core import graph
from .._core.holder import SeedState
from .._core.signature import signature
from ..data.arrays import as_arrays
from ..layers.layer import Layer


@jax.tree_util.register_pytree_node_class
class Read:
    """What the host's part of a graph gives, in place of the model's inputs."""

    def __init__(self, values: Any) -> None:
        self.values = tuple(values)

    def tree_flatten(self) -> tuple[tuple[Any, ...], None]:
        """The arrays; there is nothing else."""
        return self.values, None

    @classmethod
    def tree_unflatten(cls, _: None, values: Any) -> "Read":
        """From other values."""
        return cls(values)


class HostPart:
    """The nodes before the step: those that run on the host, and what these need.

    Args:
        nodes: the graph's, each after those it needs.
        starts, ends: the graph's inputs and outputs.
    """

    def __init__(self, nodes: list[graph.Node], starts: list[Any], ends: list[Any]) -> None:
        self.starts = starts
        given = {id(t) for t in starts}
        calls = [node for node in nodes if not all(id(t) in given for t in node.outputs)]
        self.nodes = _before_the_step(calls, given)
        inside = {id(node) for node in self.nodes}
        self.rest = [node for node in calls if id(node) not in inside]
        ready = {id(t): t for t in [*starts, *(t for node in self.nodes for t in node.outputs)]}
        needed = [*(t for node in self.rest for t in node.inputs), *ends]
        self.cut = list({id(t): t for t in needed if id(t) in ready}.values())

    def read(self, inputs: Any) -> Read:
        """Run the host's part on arrays in the structure of the inputs."""
        values = graph.run(self.nodes, self.starts, jax.tree.leaves(inputs), self.cut)
        return Read(as_arrays(values, "x"))

    def finish(self, read: Read, outputs: Any) -> Any:
        """Run the rest."""
        return graph.run(self.rest, self.cut, list(read.values), outputs)


def _before_the_step(calls: list[graph.Node], given: set[int]) -> list[graph.Node]:
    """The calls on the host, and those that lead to them, where none of these changes in training."""
    ready, early = set(given), []
    for node in calls:
        if all(id(t) in ready for t in node.inputs) and (on_host(node.function) or _is_fixed(node.function)):
            ready |= {id(t) for t in node.outputs}
            early.append(node)
    wanted: set[int] = set()
    kept = []
    for node in reversed(early):
        if on_host(node.function) or any(id(t) in wanted for t in node.outputs):
            wanted |= {id(t) for t in node.inputs}
            kept.append(node)
    return kept[::-1]


def on_host(function: Any) -> bool:
    """Whether a layer, or the beginning of a model, runs on the host."""
    return bool(getattr(function, "on_host", False))


def _is_fixed(function: Any) -> bool:
    """Whether a call gives the same in each step: it has nothing that is trained or random, and knows no mode."""
    if not isinstance(function, Layer):
        return True
    moves = any(v.trainable or isinstance(v, SeedState) for v in function.variables)
    return not moves and not signature(type(function).call).takes_training
