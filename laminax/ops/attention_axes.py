"""Attention over any axes: how inputs, masks and scores lie."""

import math
from typing import Any, NamedTuple

import jax.numpy as jnp

from .._core.errors import shape_text
from .._core.graph import free_shape
from .attention import seen

Array = Any
Shape = tuple[Any, ...]


class AttentionAxes(NamedTuple):
    """Over which axes of `(batch, ..., features)` attention goes.

    Scores are `(batch, *others, heads, *query axes, *key axes)`, where `others` are the axes it does not go over.

    Attributes:
        axes: the axes, counted from the batch's, 0.
        owner: whom an error names.
    """

    axes: tuple[int, ...]
    owner: str

    @classmethod
    def of(cls, owner: str, rank: int, axes: tuple[int, ...] | None) -> "AttentionAxes":
        """The axes of inputs of this rank; `None` is all but the batch's and the features'."""
        chosen = tuple(range(1, rank - 1)) if axes is None else tuple(a + rank if a < 0 else a for a in axes)
        if not chosen or len(set(chosen)) < len(chosen) or not all(0 < a < rank - 1 for a in chosen):
            raise ValueError(
                f"{owner}: attention_axes are different axes between the batch's and the features'; "
                f"got {axes} for an input with {rank} axes."
            )
        return cls(chosen, owner)

    def sizes(self, shape: Shape) -> Shape:
        """The sizes of the axes."""
        return tuple(shape[a] for a in self.axes)

    def scores_shape(self, query_shape: Shape, key_shape: Shape, heads: int) -> Shape:
        """The shape of the scores of inputs, whose shapes are given without the features' axis."""
        others = [size for a, size in enumerate(query_shape) if a not in self.axes]
        self._check_others(query_shape, key_shape)
        return (*others, heads, *self.sizes(query_shape), *self.sizes(key_shape))

    def joined(self, x: Array) -> Array:
        """`(batch, ..., heads, size)` as `(batch, *others, steps, heads, size)`: the axes as one."""
        first = -2 - len(self.axes)
        x = jnp.moveaxis(x, self.axes, range(first, -2))
        return x.reshape(*x.shape[:first], math.prod(x.shape[first:-2]), *x.shape[-2:])

    def parted(self, x: Array, sizes: Shape) -> Array:
        """What `joined` was given, from what it gave."""
        x = x.reshape(*x.shape[:-3], *sizes, *x.shape[-2:])
        return jnp.moveaxis(x, range(-2 - len(sizes), -2), self.axes)

    def mask_of_steps(self, name: str, mask: Array, shape: Shape) -> Array:
        """`"query_mask"` or another mask over the first axes of an input, as it broadcasts to the scores."""
        self._check(name, mask.shape, shape[: min(mask.ndim, len(shape) - 1)])
        count = len(self.axes)
        mask = mask.astype(bool).reshape(*mask.shape, *(1,) * (len(shape) - 1 - mask.ndim))
        mask = jnp.moveaxis(mask, self.axes, range(-count, 0))
        others, own, ones = mask.shape[:-count], mask.shape[-count:], (1,) * count
        return mask.reshape(*others, 1, *(own + ones if name == "query_mask" else ones + own))

    def mask_of_scores(self, mask: Array, shape: Shape) -> Array:
        """A mask over scores of this shape; the heads' axis and those before it may be missing."""
        count = 2 * len(self.axes)
        mask = mask.astype(bool).reshape(*mask.shape[:-count], *(1,) * (len(shape) - mask.ndim), *mask.shape[-count:])
        self._check("attention_mask", mask.shape, shape)
        return mask

    def seen(self, query_shape: Shape, key_shape: Shape, window: int | None, causal: bool) -> Array:
        """Which keys a query sees by where they are."""
        if len(self.axes) != 1:
            raise ValueError(
                f"{self.owner}: use_causal_mask and sliding_window need one attention axis; got {self.axes}."
            )
        (axis,) = self.axes
        return seen(query_shape[axis], key_shape[axis], window, causal)

    def _check_others(self, query_shape: Shape, key_shape: Shape) -> None:
        pairs = [pair for a, pair in enumerate(zip(query_shape, key_shape)) if a not in self.axes]
        if any(isinstance(q, int) and isinstance(k, int) and q != k for q, k in pairs):
            query, key = (shape_text((*free_shape(shape), None)) for shape in (query_shape, key_shape))
            raise ValueError(
                f"{self.owner}: query and value must be of the same batch, and of equal sizes on all axes between that "
                f"attention does not go over; got {query} and {key}."
            )

    def _check(self, name: str, shape: Shape, wanted: Shape) -> None:
        found, wanted = free_shape(shape), free_shape(wanted)
        if len(found) != len(wanted) or not all(a in (1, b) or None in (a, b) for a, b in zip(found, wanted)):
            raise ValueError(
                f"{self.owner}: {name} must broadcast to {shape_text(wanted)}; got the shape {shape_text(found)}."
            )
