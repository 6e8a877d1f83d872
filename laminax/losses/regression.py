"""Losses of regression: distances of numbers."""

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from .._core import checks
from .._core.settings import epsilon
from .loss import Array, Formula, Loss, align

__all__ = [
    "Huber",
    "LogCosh",
    "MeanAbsoluteError",
    "MeanAbsolutePercentageError",
    "MeanSquaredError",
    "MeanSquaredLogarithmicError",
    "huber",
    "log_cosh",
    "mean_absolute_error",
    "mean_absolute_percentage_error",
    "mean_squared_error",
    "mean_squared_logarithmic_error",
]


def mean_squared_error(y_true: Any, y_pred: Any) -> Array:
    """`mean((y_true - y_pred) ** 2)` over the last axis."""
    y_true, y_pred = align(y_true, y_pred)
    return jnp.mean(jnp.square(y_true - y_pred), -1)


def mean_absolute_error(y_true: Any, y_pred: Any) -> Array:
    """`mean(|y_true - y_pred|)` over the last axis."""
    y_true, y_pred = align(y_true, y_pred)
    return jnp.mean(jnp.abs(y_true - y_pred), -1)


def mean_absolute_percentage_error(y_true: Any, y_pred: Any) -> Array:
    """`100 * mean(|y_true - y_pred| / max(|y_true|, epsilon))` over the last axis."""
    y_true, y_pred = align(y_true, y_pred)
    return 100 * jnp.mean(jnp.abs((y_true - y_pred) / jnp.maximum(jnp.abs(y_true), epsilon())), -1)


def mean_squared_logarithmic_error(y_true: Any, y_pred: Any) -> Array:
    """`mean((log(1 + y_true) - log(1 + y_pred)) ** 2)` over the last axis; numbers below `epsilon` count as it."""
    y_true, y_pred = (jnp.log1p(jnp.maximum(y, epsilon())) for y in align(y_true, y_pred))
    return jnp.mean(jnp.square(y_true - y_pred), -1)


def huber(y_true: Any, y_pred: Any, delta: float = 1.0) -> Array:
    """`mean(e**2 / 2)` where `|e| <= delta`, else `mean(delta * |e| - delta**2 / 2)`, with `e = y_true - y_pred`."""
    y_true, y_pred = align(y_true, y_pred)
    error = jnp.abs(y_true - y_pred)
    return jnp.mean(jnp.where(error <= delta, jnp.square(error) / 2, delta * error - delta * delta / 2), -1)


def log_cosh(y_true: Any, y_pred: Any) -> Array:
    """`mean(log(cosh(y_true - y_pred)))` over the last axis."""
    y_true, y_pred = align(y_true, y_pred)
    error = y_true - y_pred
    return jnp.mean(error + jax.nn.softplus(-2 * error) - float(np.log(2)), -1)  # cosh itself overflows at 89


class MeanSquaredError(Formula):
    """`mean((y_true - y_pred) ** 2)`: the mean of the targets is its best constant."""

    formula = staticmethod(mean_squared_error)
    takes = "alike"


class MeanAbsoluteError(Formula):
    """`mean(|y_true - y_pred|)`: the median of the targets is its best constant."""

    formula = staticmethod(mean_absolute_error)
    takes = "alike"


class MeanAbsolutePercentageError(Formula):
    """`100 * mean(|y_true - y_pred| / |y_true|)`: errors in percent of the target. Targets near 0 outweigh others."""

    formula = staticmethod(mean_absolute_percentage_error)
    takes = "alike"


class MeanSquaredLogarithmicError(Formula):
    """`mean((log(1 + y_true) - log(1 + y_pred)) ** 2)`: ratios of positive numbers; negative ones count as 0."""

    formula = staticmethod(mean_squared_logarithmic_error)
    takes = "alike"


class LogCosh(Formula):
    """`mean(log(cosh(y_true - y_pred)))`: half the square of small errors, the size of large ones less `log(2)`."""

    formula = staticmethod(log_cosh)
    takes = "alike"


class Huber(Loss):
    """Squared for errors up to `delta`, absolute beyond, so that outliers pull less (Huber, 1964)."""

    takes = "alike"

    def __init__(
        self,
        delta: float = 1.0,
        reduction: str | None = "sum_over_batch_size",
        name: str = "huber_loss",
        dtype: Any = None,
    ) -> None:
        super().__init__(name, reduction, dtype)
        self.delta = checks.number(self, "delta", delta)

    def call(self, y_true: Array, y_pred: Array) -> Array:
        return huber(y_true, y_pred, self.delta)
