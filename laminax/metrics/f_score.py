"""The F-score: precision and recall as one number."""

from typing import Any

import jax.numpy as jnp
import numpy as np

from .._core import context
from .._core.errors import did_you_mean
from ..losses.loss import divide
from .confusion import like_outputs
from .metric import Array, ColumnMetric, State, weights_of

__all__ = ["F1Score", "FBetaScore"]

_AVERAGES = (None, "micro", "macro", "weighted")


class FBetaScore(ColumnMetric):
    """`(1 + beta ** 2) * precision * recall / (beta ** 2 * precision + recall)` of each class (van Rijsbergen, 1979).

    Outputs are scores `(batch, ..., classes)`; targets are 0 and 1 in that shape, or integer classes. A class that
    neither occurs nor is found has the score 0.

    Args:
        average: `None` for one score a class, `"macro"` for their mean, `"weighted"` for their mean by how often each
            class occurs, `"micro"` for the score of all classes' counts together.
        beta: how many times recall is as important as precision.
        threshold: what `y_pred` must exceed to count as found; by default it is the largest of a row that is found.
        name, dtype: as of `Metric`.
    """

    direction = "up"

    def __init__(
        self,
        average: str | None = None,
        beta: float = 1.0,
        threshold: float | None = None,
        name: str = "fbeta_score",
        dtype: Any = None,
    ) -> None:
        super().__init__(dtype, name)
        if average not in _AVERAGES:
            hint = did_you_mean(average, map(str, _AVERAGES))
            expected = f"Expected one of: {{{', '.join(map(repr, _AVERAGES))}}}"
            raise ValueError(f"Invalid `average` argument value. {expected}. Received: average={average}.{hint}")
        _check_float("beta", beta, "be > 0", lambda beta: beta > 0)
        if threshold is not None:
            _check_float("threshold", threshold, "verify 0 < threshold <= 1", lambda t: 0 < t <= 1)
        self.average = average
        self.beta = beta
        self.threshold = threshold

    def zeros(self) -> State:
        names = ("true_positives", "false_positives", "false_negatives")
        return {name: np.zeros(self.columns, self.dtype) for name in names}

    def update(self, state: State, y_true: Any, y_pred: Any, sample_weight: Any = None) -> State:
        mask, y_pred = context.fact(y_pred, "mask"), self.floats(y_pred).astype(self.dtype)
        y_true, y_pred = like_outputs(y_true, y_pred)
        weight = weights_of(y_pred, mask, sample_weight)
        found = self._found(y_pred).astype(self.dtype)

        def total(x: Array) -> Array:
            x = x if weight is None else jnp.where(weight != 0, x * weight, 0)
            return jnp.sum(x.reshape(-1, x.shape[-1]), 0)

        return {
            "true_positives": state["true_positives"] + total(found * y_true),
            "false_positives": state["false_positives"] + total(found * (1 - y_true)),
            "false_negatives": state["false_negatives"] + total((1 - found) * y_true),
        }

    def _found(self, y_pred: Array) -> Array:
        if self.threshold is not None:
            return y_pred > self.threshold
        return (y_pred >= jnp.max(y_pred, -1, keepdims=True)) & (jnp.abs(y_pred) > 1e-9)

    def compute(self, state: State) -> Array:
        tp, fp, fn = (state[name] for name in ("true_positives", "false_positives", "false_negatives"))
        occurs = tp + fn
        if self.average == "micro":
            tp, fp, fn = jnp.sum(tp), jnp.sum(fp), jnp.sum(fn)
        square = self.beta**2
        scores = divide((1 + square) * tp, (1 + square) * tp + square * fn + fp)
        if self.average == "weighted":
            return divide(jnp.sum(scores * occurs), jnp.sum(occurs))
        return scores if self.average is None else jnp.mean(scores)


def _check_float(name: str, value: Any, rule: str, holds: Any) -> None:
    problem = f"Invalid `{name}` argument value. It should"
    if not isinstance(value, float):
        raise ValueError(f"{problem} be a Python float. Received: {name}={value} of type '{type(value)}'")
    if not holds(value):
        raise ValueError(f"{problem} {rule}. Received: {name}={value}")


class F1Score(FBetaScore):
    """`2 * precision * recall / (precision + recall)` of each class: `FBetaScore` with `beta=1.0`."""

    def __init__(
        self,
        average: str | None = None,
        threshold: float | None = None,
        name: str = "f1_score",
        dtype: Any = None,
    ) -> None:
        super().__init__(average, 1.0, threshold, name, dtype)
