"""Operations as objects: with settings of their own, but no weights."""

import inspect
import json
from typing import Any

import jax

from .. import backend
from .._core import graph
from .._core.config import Configurable, snake_case


class Operation(Configurable):
    """A function of arrays with settings, which may stand in a graph of layers.

    A subclass computes in `call`. Called with a symbolic tensor it is recorded, and gives symbolic tensors of the
    shapes and types that `compute_output_spec` says: by default those of `call`.

    Args:
        name: a name; by default the class's, numbered.

    Example:

        class Scale(Operation):
            def __init__(self, factor, name=None):
                super().__init__(name=name)
                self.factor = factor

            def call(self, x):
                return self.factor * x
    """

    def __init__(self, name: str | None = None) -> None:
        if name is not None and (not isinstance(name, str) or "/" in name):
            raise ValueError(f"A name must be a string and cannot contain character `/`. Got {name!r}.")
        self.name = name or _numbered(snake_case(type(self).__name__))
        self._inbound_nodes: list[graph.Node] = []

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        if graph.any_symbolic(args, kwargs):
            return self.symbolic_call(*args, **kwargs)
        return self.call(*args, **kwargs)

    def call(self, *args: Any, **kwargs: Any) -> Any:
        """Compute the output."""
        raise NotImplementedError(f"{type(self).__name__} has no `call`.")

    def symbolic_call(self, *args: Any, **kwargs: Any) -> Any:
        """Record a call with symbolic tensors; return the symbolic outputs."""
        node = graph.record(self, args, kwargs, self.compute_output_spec(*args, **kwargs))
        self._inbound_nodes.append(node)
        return node.result()

    def compute_output_spec(self, *args: Any, **kwargs: Any) -> Any:
        """Symbolic tensors of the shapes and types that `call` gives for symbolic arguments; nothing is recorded."""
        found = graph.infer(self.call, args, kwargs)
        return jax.tree.map(lambda x: graph.SymbolicTensor(graph.free_shape(x.shape), x.dtype), found)

    def get_config(self) -> dict[str, Any]:
        """The constructor's arguments, as data that JSON can hold.

        Raises:
            NotImplementedError: if one of them is no such data; then the class needs a `get_config` of its own.
        """
        config = super().get_config()
        if any(p.kind is p.VAR_POSITIONAL for p in inspect.signature(type(self)).parameters.values()):
            raise NotImplementedError(f"{type(self).__name__} needs a get_config of its own: it takes *args.")
        try:
            json.dumps(config)
        except TypeError as error:
            raise NotImplementedError(f"{type(self).__name__} needs a get_config of its own: {error}.") from None
        return config

    @property
    def input(self) -> Any:
        """The symbolic input of the first recorded call, or a list of them."""
        return _one_or_all(self._first_node("input").inputs)

    @property
    def output(self) -> Any:
        """The symbolic output of the first recorded call, or a list of them."""
        return _one_or_all(self._first_node("output").outputs)

    def _first_node(self, what: str) -> graph.Node:
        if not self._inbound_nodes:
            raise AttributeError(f"{self.name!r} has not been called on a symbolic tensor, so it has no {what}.")
        return self._inbound_nodes[0]


def _numbered(name: str) -> str:
    number = backend.get_uid(name) - 1
    return f"{name}_{number}" if number else name


def _one_or_all(tensors: list[Any]) -> Any:
    return tensors[0] if len(tensors) == 1 else list(tensors)
