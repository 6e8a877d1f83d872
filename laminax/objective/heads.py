"""What a model gives for some input, and how its outputs end: in a softmax, a sigmoid, a product with a weight, ..."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

import jax

from .._core import context
from .._core.variable import scratch
from .trace import last_operation, lookups, nodes


@dataclass(frozen=True)
class Head:
    """How one output ends.

    Attributes:
        shape: with the batch's axis.
        dtype: its type.
        activation: `"softmax"`, `"sigmoid"` or `None`, where none of both was seen.
        last: the last operation where it is certain: the activation, `"linear"`, `"relu"`, `"tanh"`, `"softplus"`,
            `"exponential"`.
    """

    shape: tuple[int, ...]
    dtype: Any
    activation: str | None
    last: str | None = None

    @property
    def units(self) -> int:
        """The size of the last axis, 1 where there is only the batch's."""
        return self.shape[-1] if len(self.shape) > 1 else 1


class Ends(NamedTuple):
    """Both ends of a model.

    Attributes:
        heads: those of the outputs, in their tree.
        rows: for the leaf of the inputs at some place, the rows of the smallest table in which its numbers are looked
            up.
    """

    heads: Any
    rows: dict[int, int]


def ends(model: Callable[..., Any], x: Any) -> Ends:
    """Both ends of a model, from a trace of it; nothing is computed. Layers without weights are built."""
    seen: list[str | None] = []

    def forward(x: Any) -> Any:
        outputs = model(x)
        for leaf in jax.tree.leaves(outputs):
            known = [name for name in ("softmax", "sigmoid") if context.fact(leaf, name) is not None]
            seen.append(known[0] if known else None)
        return outputs

    with scratch(), context.call(training=False):
        traced, specs = jax.make_jaxpr(forward, return_shape=True)(x)
    leaves, tree = jax.tree.flatten(specs)
    if not leaves:
        raise ValueError(f"Model {getattr(model, 'name', '')!r} gives no array: does `call` return it?")
    made, found = nodes(traced)
    heads = [Head(tuple(s.shape), s.dtype, a, a or last_operation(n)) for s, a, n in zip(leaves, seen, made)]
    rows: dict[int, int] = {}
    for place, size in lookups(found):
        rows[place] = min(size, rows.get(place, size))
    return Ends(jax.tree.unflatten(tree, heads), rows)


def heads(model: Callable[..., Any], x: Any) -> Any:
    """The heads of a model's outputs, in their tree; see `ends`."""
    return ends(model, x).heads
