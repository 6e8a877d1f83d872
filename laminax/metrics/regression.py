"""Distances of numbers, over an epoch."""

import warnings
from typing import Any

import jax.numpy as jnp
import numpy as np

from .._core import compat, context
from ..losses.loss import align, divide
from ..losses.regression import (
    log_cosh,
    mean_absolute_error,
    mean_absolute_percentage_error,
    mean_squared_error,
    mean_squared_logarithmic_error,
)
from ..losses.similarity import cosine
from . import moments
from .mean import FormulaMean, MeanMetricWrapper, axis_within
from .metric import Array, ColumnMetric, State, weights_of

__all__ = [
    "CosineSimilarity",
    "LogCoshError",
    "MeanAbsoluteError",
    "MeanAbsolutePercentageError",
    "MeanSquaredError",
    "MeanSquaredLogarithmicError",
    "R2Score",
    "RootMeanSquaredError",
]


class MeanSquaredError(FormulaMean):
    """`mean((y_true - y_pred) ** 2)` over all values."""

    direction = "down"
    formula = staticmethod(mean_squared_error)


class MeanAbsoluteError(FormulaMean):
    """`mean(|y_true - y_pred|)` over all values."""

    direction = "down"
    formula = staticmethod(mean_absolute_error)


class MeanAbsolutePercentageError(FormulaMean):
    """`100 * mean(|y_true - y_pred| / max(|y_true|, epsilon))` over all values."""

    direction = "down"
    formula = staticmethod(mean_absolute_percentage_error)


class MeanSquaredLogarithmicError(FormulaMean):
    """`mean((log(1 + y_true) - log(1 + y_pred)) ** 2)` over all values; negative ones count as 0."""

    direction = "down"
    formula = staticmethod(mean_squared_logarithmic_error)


class LogCoshError(MeanMetricWrapper):
    """`mean(log(cosh(y_true - y_pred)))` over all values."""

    direction = "down"

    def __init__(self, name: str = "logcosh", dtype: Any = None) -> None:
        super().__init__(log_cosh, name, dtype)


def _squared_error(y_true: Any, y_pred: Any) -> Array:
    y_true, y_pred = align(y_true, y_pred)
    return jnp.square(y_true - y_pred)


class RootMeanSquaredError(MeanMetricWrapper):
    """`sqrt(mean((y_true - y_pred) ** 2))` over all values, each of which may have its weight."""

    direction = "down"

    def __init__(self, name: str = "root_mean_squared_error", dtype: Any = None) -> None:
        super().__init__(_squared_error, name, dtype)

    def compute(self, state: State) -> Array:
        return jnp.sqrt(super().compute(state))


class CosineSimilarity(MeanMetricWrapper):
    """The mean cosine of the angle between targets and outputs along `axis`: 1 for one direction.

    (The loss of this name has the opposite sign.)
    """

    direction = "up"

    def __init__(self, name: str = "cosine_similarity", dtype: Any = None, axis: int = -1) -> None:
        self.axis = axis_within(self, axis)
        super().__init__(cosine, name, dtype, axis=axis)


class R2Score(ColumnMetric):
    """`1 - sum((y_true - y_pred) ** 2) / sum((y_true - mean(y_true)) ** 2)`, the share of the variance explained.

    For outputs `(batch, ..., columns)`. A column of equal targets has the score 1 where all outputs are right, else 0,
    as in scikit-learn.

    Args:
        class_aggregation: `"uniform_average"` for the mean over the columns, `"variance_weighted_average"` for their
            mean by the variances of the targets, `None` for one score a column.
        num_regressors: the number `p` of features, for the adjusted score `1 - (1 - score) * (n - 1) / (n - p - 1)`,
            where `n` counts all the targets' values, as in Keras; 0 for the plain one.
        name, dtype: as of `Metric`.
    """

    direction = "up"

    def __init__(
        self,
        class_aggregation: str | None = "uniform_average",
        num_regressors: int = 0,
        name: str = "r2_score",
        dtype: Any = None,
    ) -> None:
        super().__init__(dtype, name)
        if class_aggregation not in (None, "uniform_average", "variance_weighted_average"):
            raise ValueError(
                f"R2Score: Invalid value for argument `class_aggregation`: {class_aggregation!r}. "
                "It is 'uniform_average', 'variance_weighted_average' or None."
            )
        if isinstance(num_regressors, bool) or int(num_regressors) != num_regressors or num_regressors < 0:
            raise ValueError(
                f"R2Score: Invalid value for argument `num_regressors`: {num_regressors!r}. It is an integer >= 0."
            )
        self.class_aggregation = class_aggregation
        self.num_regressors = int(num_regressors)

    def zeros(self) -> State:
        own = {"residual": np.zeros(self.columns, self.dtype), "num_samples": np.zeros((), self.dtype)}
        return {**moments.nothing(1, self.columns, self.dtype), **own}

    def update(self, state: State, y_true: Any, y_pred: Any, sample_weight: Any = None) -> State:
        mask, y_pred = context.fact(y_pred, "mask"), self.floats(y_pred).astype(self.dtype)
        y_true, y_pred = align(y_true, y_pred)
        real = weights_of(y_pred, mask, None)
        weight = weights_of(y_pred, mask, sample_weight)
        y_true, y_pred, weight = (None if y is None else y.reshape(-1, self.columns) for y in (y_true, y_pred, weight))
        squares = jnp.square(y_true - y_pred)
        squares = squares if weight is None else jnp.where(weight != 0, squares * weight, 0)
        return {
            **moments.joined(state, moments.moments([y_true], weight)),
            "residual": state["residual"] + jnp.sum(squares, 0),
            "num_samples": state["num_samples"] + (y_pred.size if real is None else jnp.sum(real)),
        }

    def compute(self, state: State) -> Array:
        total, residual = state["products"][0, 0], state["residual"]
        constant = jnp.where((residual == 0) & (state["count"] > 0), 1.0, 0.0).astype(total.dtype)
        scores = jnp.where(total > 0, 1 - divide(residual, total), constant)
        if self.class_aggregation == "variance_weighted_average":
            scores = jnp.where(jnp.sum(total) > 0, divide(jnp.sum(total * scores), jnp.sum(total)), jnp.mean(scores))
        elif self.class_aggregation == "uniform_average":
            scores = jnp.mean(scores)
        return self._adjusted(scores, state["num_samples"]) if self.num_regressors else scores

    def _adjusted(self, scores: Array, count: Array) -> Array:
        freedom = count - self.num_regressors - 1
        if not compat.is_tracer(freedom) and freedom <= 0:
            warnings.warn(
                f"R2Score: {int(count)} values are too few to adjust for {self.num_regressors} regressors; "
                "the score is the plain one.",
                stacklevel=4,
            )
        return jnp.where(freedom > 0, 1 - divide((1 - scores) * (count - 1), freedom), scores)
