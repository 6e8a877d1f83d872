"""Losses of overlap, for segmentation: how much of two regions is common."""

from typing import Any

import jax.numpy as jnp
import numpy as np

from .._core import checks, context
from .._core.settings import epsilon
from .loss import Array, Loss, align, spread

__all__ = ["Dice", "Tversky", "dice", "tversky"]

Axis = int | tuple[int, ...] | list[int] | None


def _axes(axis: Axis) -> tuple[int, ...] | None:
    return None if axis is None else tuple(int(a) for a in np.ravel(axis))


def dice(y_true: Any, y_pred: Any, axis: Axis = None) -> Array:
    """`1 - 2 * sum(y_true * y_pred) / (sum(y_true) + sum(y_pred))`, the sums over `axis`, or over all."""
    y_true, y_pred = align(y_true, y_pred)
    axis = _axes(axis)
    return 1 - 2 * jnp.sum(y_true * y_pred, axis) / (jnp.sum(y_true, axis) + jnp.sum(y_pred, axis) + epsilon())


def tversky(y_true: Any, y_pred: Any, alpha: float = 0.5, beta: float = 0.5, axis: Axis = None) -> Array:
    """`1 - common / (common + alpha * missed + beta * invented)`, the sums over `axis`, or over all.

    With `common = sum(y_true * y_pred)`, `missed = sum(y_true * (1 - y_pred))` and `invented = sum((1 - y_true) *
    y_pred)`. These places of `alpha` and `beta` are Keras's; the paper (Salehi et al., 2017) has them the other way.
    """
    y_true, y_pred = align(y_true, y_pred)
    axis = _axes(axis)
    common = jnp.sum(y_true * y_pred, axis)
    missed, invented = jnp.sum(y_true * (1 - y_pred), axis), jnp.sum((1 - y_true) * y_pred, axis)
    return 1 - common / (common + alpha * missed + beta * invented + epsilon())


class _Overlap(Loss):
    """A loss from sums over `axis`. Masked steps are empty in both regions, and so add nothing to any sum."""

    takes = "alike"
    axis: Axis

    def mask(self, y_true: Any, y_pred: Any) -> Array | None:
        """Which values are real: those of which a step is."""
        mask = super().mask(y_true, y_pred)
        if mask is None or self.axis is None:
            return None
        summed = tuple({int(a) % np.ndim(y_pred) for a in np.ravel(self.axis)} & {*range(mask.ndim)})
        return jnp.any(mask, summed) if len(summed) < mask.ndim else None

    def _real(self, y_true: Array, y_pred: Array) -> tuple[Array, Array]:
        mask = context.fact(y_pred, "mask")
        y_true, y_pred = align(y_true, y_pred)
        kept = 1 if mask is None else spread(mask.astype(y_pred.dtype), y_pred, "mask")
        return y_true * kept, y_pred * kept


class Dice(_Overlap):
    """One minus the Dice coefficient `2 * |A and B| / (|A| + |B|)` of two regions, in parts from 0 to 1 (Dice, 1945).

    Args:
        reduction, name, dtype: as of `Loss`.
        axis: the axes over which to sum; all by default, which gives one number for a batch, `(1, 2, 3)` for one an
            image.
    """

    def __init__(
        self,
        reduction: str | None = "sum_over_batch_size",
        name: str = "dice",
        axis: Axis = None,
        dtype: Any = None,
    ) -> None:
        super().__init__(name, reduction, dtype)
        self.axis = axis

    def call(self, y_true: Array, y_pred: Array) -> Array:
        return dice(*self._real(y_true, y_pred), self.axis)


class Tversky(_Overlap):
    """`Dice` in which what is missed and what is invented weigh differently (Salehi et al., 2017).

    Args:
        alpha: the weight of what is missed.
        beta: the weight of what is invented. Both 1/2 give `Dice`.
        reduction, name, dtype: as of `Loss`.
        axis: the axes over which to sum; all by default, which gives one number for a batch.
    """

    def __init__(
        self,
        alpha: float = 0.5,
        beta: float = 0.5,
        reduction: str | None = "sum_over_batch_size",
        name: str = "tversky",
        axis: Axis = None,
        dtype: Any = None,
    ) -> None:
        super().__init__(name, reduction, dtype)
        self.alpha = checks.number(self, "alpha", alpha)
        self.beta = checks.number(self, "beta", beta)
        self.axis = axis

    def call(self, y_true: Array, y_pred: Array) -> Array:
        return tversky(*self._real(y_true, y_pred), self.alpha, self.beta, self.axis)
