"""Hinge losses: the right answer shall lead by a margin of 1, and more gains nothing."""

from typing import Any

import jax.numpy as jnp

from .loss import Array, Formula, align

__all__ = ["CategoricalHinge", "Hinge", "SquaredHinge", "categorical_hinge", "hinge", "squared_hinge"]


def _short_of_margin(y_true: Any, y_pred: Any) -> Array:
    """How far `y_pred` is from the margin on the side of `y_true`, -1 or 1; a target of 0 counts as -1."""
    y_true, y_pred = align(y_true, y_pred)
    return jnp.maximum(1 - jnp.where(y_true == 0, -1, y_true) * y_pred, 0)


def hinge(y_true: Any, y_pred: Any) -> Array:
    """`mean(max(1 - y_true * y_pred, 0))` over the last axis, for targets -1 and 1, or 0 and 1."""
    return jnp.mean(_short_of_margin(y_true, y_pred), -1)


def squared_hinge(y_true: Any, y_pred: Any) -> Array:
    """`mean(max(1 - y_true * y_pred, 0) ** 2)` over the last axis, for targets -1 and 1, or 0 and 1."""
    return jnp.mean(jnp.square(_short_of_margin(y_true, y_pred)), -1)


def categorical_hinge(y_true: Any, y_pred: Any) -> Array:
    """`max(best of the others - the true one + 1, 0)` over the last axis, for one-hot targets.

    With `the true one = sum(y_true * y_pred)` and `best of the others = max((1 - y_true) * y_pred)`.
    """
    y_true, y_pred = align(y_true, y_pred)
    true, best = jnp.sum(y_true * y_pred, -1), jnp.max((1 - y_true) * y_pred, -1)
    return jnp.maximum(best - true + 1, 0)


class Hinge(Formula):
    """`mean(max(1 - y_true * y_pred, 0))`, for targets -1 and 1 (or 0 and 1) and outputs that are scores."""

    formula = staticmethod(hinge)
    takes = "alike"


class SquaredHinge(Formula):
    """`mean(max(1 - y_true * y_pred, 0) ** 2)`: as `Hinge`, smooth at the margin."""

    formula = staticmethod(squared_hinge)
    takes = "alike"


class CategoricalHinge(Formula):
    """`max(best of the others - the true one + 1, 0)`: a hinge for one-hot targets `(batch, ..., classes)`."""

    formula = staticmethod(categorical_hinge)
    takes = "one_hot"
