"""Losses of regression: distances of numbers."""

from typing import Any

import jax.numpy as jnp

from .loss import Array, Loss, align

__all__ = ["Huber", "MeanAbsoluteError", "MeanSquaredError", "huber", "mean_absolute_error", "mean_squared_error"]


def mean_squared_error(y_true: Any, y_pred: Any) -> Array:
    """`mean((y_true - y_pred) ** 2)` over the last axis."""
    y_true, y_pred = align(y_true, y_pred)
    return jnp.mean(jnp.square(y_true - y_pred), -1)


def mean_absolute_error(y_true: Any, y_pred: Any) -> Array:
    """`mean(|y_true - y_pred|)` over the last axis."""
    y_true, y_pred = align(y_true, y_pred)
    return jnp.mean(jnp.abs(y_true - y_pred), -1)


def huber(y_true: Any, y_pred: Any, delta: float = 1.0) -> Array:
    """`mean(e**2 / 2)` where `|e| <= delta`, else `mean(delta * |e| - delta**2 / 2)`, with `e = y_true - y_pred`."""
    y_true, y_pred = align(y_true, y_pred)
    error = jnp.abs(y_true - y_pred)
    return jnp.mean(jnp.where(error <= delta, jnp.square(error) / 2, delta * error - delta * delta / 2), -1)


class MeanSquaredError(Loss):
    """`mean((y_true - y_pred) ** 2)`: the mean of the targets is its best constant."""

    def __init__(
        self, reduction: str | None = "sum_over_batch_size", name: str = "mean_squared_error", dtype: Any = None
    ) -> None:
        super().__init__(name, reduction, dtype)

    def call(self, y_true: Array, y_pred: Array) -> Array:
        return mean_squared_error(y_true, y_pred)


class MeanAbsoluteError(Loss):
    """`mean(|y_true - y_pred|)`: the median of the targets is its best constant."""

    def __init__(
        self, reduction: str | None = "sum_over_batch_size", name: str = "mean_absolute_error", dtype: Any = None
    ) -> None:
        super().__init__(name, reduction, dtype)

    def call(self, y_true: Array, y_pred: Array) -> Array:
        return mean_absolute_error(y_true, y_pred)


class Huber(Loss):
    """Squared for errors up to `delta`, absolute beyond, so that outliers pull less (Huber, 1964)."""

    def __init__(
        self,
        delta: float = 1.0,
        reduction: str | None = "sum_over_batch_size",
        name: str = "huber_loss",
        dtype: Any = None,
    ) -> None:
        super().__init__(name, reduction, dtype)
        self.delta = delta

    def call(self, y_true: Array, y_pred: Array) -> Array:
        return huber(y_true, y_pred, self.delta)
