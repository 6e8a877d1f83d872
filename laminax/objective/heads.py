"""What a model gives for some input, and how its outputs end: in a softmax, a sigmoid, or neither."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import jax

from .._core import context
from .._core.variable import scratch


@dataclass(frozen=True)
class Head:
    """How one output ends.

    Attributes:
        shape: with the batch's axis.
        dtype: its type.
        activation: `"softmax"`, `"sigmoid"` or `None`, where none of both was seen.
    """

    shape: tuple[int, ...]
    dtype: Any
    activation: str | None


def heads(model: Callable[..., Any], x: Any) -> Any:
    """The heads of a model's outputs, in their tree; nothing is computed. Layers without weights are built."""
    seen: list[str | None] = []

    def forward(x: Any) -> Any:
        outputs = model(x)
        for leaf in jax.tree.leaves(outputs):
            known = [name for name in ("softmax", "sigmoid") if context.fact(leaf, name) is not None]
            seen.append(known[0] if known else None)
        return outputs

    with scratch(), context.call(training=False):
        specs = jax.eval_shape(forward, x)
    leaves, tree = jax.tree.flatten(specs)
    return jax.tree.unflatten(tree, [Head(tuple(s.shape), s.dtype, a) for s, a in zip(leaves, seen)])
