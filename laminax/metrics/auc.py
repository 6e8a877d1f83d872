"""The area under a curve of right answers over thresholds."""

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from .._core import context
from .._core.errors import did_you_mean
from ..losses.loss import divide
from .confusion import COUNTS, check_thresholds, counts_at, like_outputs
from .curve import even_thresholds
from .metric import Array, ColumnMetric, State, weights_of

__all__ = ["AUC"]

_CURVES = ("ROC", "PR", "PRGAIN")
_METHODS = ("interpolation", "minoring", "majoring")


class AUC(ColumnMetric):
    """The area under the ROC or a precision-recall curve, from counts at many thresholds.

    Targets are 0 and 1 in the shape of the outputs, which are probabilities.

    Args:
        num_thresholds: how many thresholds, evenly spaced in 0 .. 1.
        curve: `"ROC"` (recall over the rate of false positives), `"PR"` (precision over recall) or
            `"PRGAIN"` (precision gain over recall gain: Flach & Kull, 2015).
        summation_method: `"interpolation"` (for PR: Davis & Goadrich, 2006), `"minoring"` (the lower
            step) or `"majoring"` (the upper step).
        name, dtype: as of `Metric`.
        thresholds: given thresholds in 0 .. 1 instead.
        multi_label: an area for each column, then their mean.
        num_labels: the number of columns, for `multi_label`; else the first batch tells it.
        label_weights: weights of the columns, in that mean or, without `multi_label`, of their values.
        from_logits: apply a sigmoid to `y_pred` before.
    """

    direction = "up"

    def __init__(
        self,
        num_thresholds: int = 200,
        curve: str = "ROC",
        summation_method: str = "interpolation",
        name: str | None = None,
        dtype: Any = None,
        thresholds: Any = None,
        multi_label: bool = False,
        num_labels: int | None = None,
        label_weights: Any = None,
        from_logits: bool = False,
    ) -> None:
        super().__init__(dtype, name, num_labels if multi_label else 1)
        self.curve = _choice("curve", curve, _CURVES)
        self.summation_method = _choice("summation method", summation_method, _METHODS)
        if thresholds is None and (isinstance(num_thresholds, bool) or not num_thresholds > 1):
            raise ValueError(f"AUC: Argument `num_thresholds` must be an integer > 1; got {num_thresholds!r}.")
        if num_labels is not None and not multi_label:
            raise ValueError("AUC: num_labels, the number of columns, is for multi_label=True alone.")
        if thresholds is not None:
            check_thresholds(self, list(thresholds))
        inner = even_thresholds(num_thresholds)[1:-1] if thresholds is None else np.sort(np.ravel(thresholds))
        self.thresholds = [-1e-7, *inner.tolist(), 1 + 1e-7]
        self.num_thresholds = len(self.thresholds)
        self.multi_label = multi_label
        self.num_labels = num_labels
        self.label_weights = None if label_weights is None else np.ravel(label_weights).tolist()
        self.from_logits = from_logits
        self._evenly = thresholds is None

    def get_config(self) -> dict[str, Any]:
        """The constructor's arguments; thresholds only where they were given."""
        config = super().get_config()
        given = {} if self._evenly else {"thresholds": self.thresholds[1:-1]}
        return {**{key: value for key, value in config.items() if key != "thresholds"}, **given}

    def zeros(self) -> State:
        size = len(self.thresholds)
        return {name: np.zeros((size, self.columns) if self.multi_label else (size,), self.dtype) for name in COUNTS}

    def update(self, state: State, y_true: Any, y_pred: Any, sample_weight: Any = None) -> State:
        mask, y_pred = context.fact(y_pred, "mask"), self.floats(y_pred).astype(self.dtype)
        y_true, y_pred = like_outputs(y_true, y_pred)
        weight = weights_of(y_pred, mask, sample_weight)
        y_pred = jax.nn.sigmoid(y_pred) if self.from_logits else y_pred
        y_pred = jnp.clip(y_pred, 0, 1) if self._evenly else y_pred
        if self.label_weights is not None and not self.multi_label:
            by_column = jnp.broadcast_to(self._label_weights(y_pred.shape[-1]), y_pred.shape)
            weight = by_column if weight is None else weight * by_column
        shape = (-1, self.columns) if self.multi_label else (-1,)
        weight = None if weight is None else weight.reshape(shape)
        thresholds = jnp.asarray(self.thresholds, self.dtype)
        counts = counts_at(thresholds, y_true.reshape(shape), y_pred.reshape(shape), weight)
        return {name: state[name] + counts[name] for name in COUNTS}

    def _label_weights(self, columns: int) -> Array:
        weights = jnp.asarray(self.label_weights, self.dtype)
        if weights.shape != (columns,):
            raise ValueError(f"AUC: label_weights must be {columns} numbers, one a column; got {self.label_weights!r}.")
        return weights

    def compute(self, state: State) -> Array:
        areas = self._areas(state)
        if not self.multi_label:
            return areas
        weights = jnp.ones_like(areas) if self.label_weights is None else self._label_weights(len(areas))
        return divide(jnp.sum(areas * weights), jnp.sum(weights))

    def _areas(self, state: State) -> Array:
        tp, fp, tn, fn = (state[name] for name in COUNTS)
        if self.curve == "PR" and self.summation_method == "interpolation":
            return _precision_recall_area(tp, fp, fn)
        x, y = _points(self.curve, tp, fp, tn, fn)
        heights = {
            "interpolation": (y[:-1] + y[1:]) / 2,
            "minoring": jnp.minimum(y[:-1], y[1:]),
            "majoring": jnp.maximum(y[:-1], y[1:]),
        }[self.summation_method]
        return jnp.sum((x[:-1] - x[1:]) * heights, 0)


def _choice(what: str, value: Any, options: tuple[str, ...]) -> str:
    for option in options:
        if str(value).lower() == option.lower():
            return option
    raise ValueError(f'Invalid AUC {what} value: "{value}".{did_you_mean(value, options)}')


def _points(curve: str, tp: Array, fp: Array, tn: Array, fn: Array) -> tuple[Array, Array]:
    """The curve's points `(x, y)`, one for each threshold."""
    recall = divide(tp, tp + fn)
    if curve == "ROC":
        return divide(fp, fp + tn), recall
    if curve == "PR":
        return recall, divide(tp, tp + fp)
    odds = divide(tp + fn, tn + fp)
    recall_gain = jnp.where(tp == 0, 0, 1 - odds * divide(fn, tp))
    return jnp.maximum(recall_gain, 0), jnp.where(tp == 0, 1, 1 - odds * divide(fp, tp))


def _precision_recall_area(tp: Array, fp: Array, fn: Array) -> Array:
    """The area under a precision-recall curve on which true positives grow linearly with false ones."""
    positives = tp + fp
    d_tp, d_p = tp[:-1] - tp[1:], positives[:-1] - positives[1:]
    slope = divide(d_tp, jnp.maximum(d_p, 0))
    intercept = tp[1:] - slope * positives[1:]
    inside = (positives[:-1] > 0) & (positives[1:] > 0)
    ratio = jnp.where(inside, divide(jnp.maximum(positives[:-1], 0), jnp.maximum(positives[1:], 0)), 1)
    return jnp.sum(divide(slope * (d_tp + intercept * jnp.log(ratio)), jnp.maximum(tp[1:] + fn[1:], 0)), 0)
