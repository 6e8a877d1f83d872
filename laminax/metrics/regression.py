"""Distances of numbers, over an epoch."""

from typing import Any

import jax.numpy as jnp

from ..losses.regression import mean_absolute_error, mean_squared_error
from .mean import MeanMetricWrapper
from .metric import Array, State

__all__ = ["MeanAbsoluteError", "MeanSquaredError", "RootMeanSquaredError"]


class MeanSquaredError(MeanMetricWrapper):
    """`mean((y_true - y_pred) ** 2)` over all values."""

    direction = "down"

    def __init__(self, name: str = "mean_squared_error", dtype: Any = None) -> None:
        super().__init__(mean_squared_error, name, dtype)


class MeanAbsoluteError(MeanMetricWrapper):
    """`mean(|y_true - y_pred|)` over all values."""

    direction = "down"

    def __init__(self, name: str = "mean_absolute_error", dtype: Any = None) -> None:
        super().__init__(mean_absolute_error, name, dtype)


class RootMeanSquaredError(MeanMetricWrapper):
    """`sqrt(mean((y_true - y_pred) ** 2))` over all values."""

    direction = "down"

    def __init__(self, name: str = "root_mean_squared_error", dtype: Any = None) -> None:
        super().__init__(mean_squared_error, name, dtype)

    def compute(self, state: State) -> Array:
        return jnp.sqrt(super().compute(state))
