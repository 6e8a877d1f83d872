"""Counts of true and false, positives and negatives, and what follows from them."""

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from .._core.errors import unknown
from ..losses.loss import align, divide
from .metric import Array, Metric, State, weights_of

__all__ = ["AUC", "Precision", "Recall"]

_COUNTS = ("true_positives", "false_positives", "true_negatives", "false_negatives")


def counts_at(thresholds: Array, y_true: Array, y_pred: Array, weight: Array | None) -> State:
    """Weighted counts with `y_pred > threshold` as the answer, one for each ascending threshold.

    Arrays of `(values,)` give `(thresholds,)`, those of `(values, labels)` give `(thresholds, labels)`. One pass
    over the data: each value falls into the gap between two thresholds, and sums over gaps do the rest.
    """
    gap = jnp.searchsorted(thresholds, y_pred.astype(thresholds.dtype))  # how many thresholds are below
    size = len(thresholds) + 1
    weight = jnp.ones_like(y_pred) if weight is None else weight
    positive = y_true.astype(bool)
    column = (gap,) if gap.ndim == 1 else (gap, jnp.broadcast_to(jnp.arange(gap.shape[1]), gap.shape))

    def at_or_above(amount: Array) -> tuple[Array, Array]:
        found = jnp.zeros((size, *gap.shape[1:]), weight.dtype).at[column].add(amount)
        total = jnp.sum(found, 0)
        below = jnp.cumsum(found, 0)[:-1]
        return total - below, below

    true_positives, false_negatives = at_or_above(jnp.where(positive, weight, 0))
    false_positives, true_negatives = at_or_above(jnp.where(positive, 0, weight))
    return dict(zip(_COUNTS, (true_positives, false_positives, true_negatives, false_negatives)))


class _Confusion(Metric):
    """The base of metrics from counts at a few thresholds."""

    direction = "up"

    def __init__(self, thresholds: Any, top_k: int | None, class_id: int | None, name: str | None, dtype: Any) -> None:
        super().__init__(dtype, name)
        self.thresholds = thresholds
        self.top_k = top_k
        self.class_id = class_id
        given = [0.5] if thresholds is None else np.ravel(thresholds).tolist()
        if not given or not all(0 <= t <= 1 for t in given):
            raise ValueError(f"{type(self).__name__}: thresholds must be numbers in 0 .. 1; got {thresholds!r}.")
        self._thresholds = given if thresholds is not None or top_k is None else [-np.inf]

    def zeros(self) -> State:
        return {name: np.zeros(len(self._thresholds), self.dtype) for name in _COUNTS}

    def update(self, state: State, y_true: Any, y_pred: Any, sample_weight: Any = None) -> State:
        weight_of = y_pred
        y_true, y_pred = align(y_true, jnp.asarray(y_pred, self.dtype))
        weight = weights_of(y_pred, weight_of, sample_weight)
        if self.top_k is not None:
            place = jnp.argsort(jnp.argsort(-y_pred, axis=-1), axis=-1)
            y_pred = jnp.where(place < self.top_k, y_pred, -jnp.inf)
        if self.class_id is not None:
            y_true, y_pred = y_true[..., self.class_id], y_pred[..., self.class_id]
            weight = None if weight is None else weight[..., self.class_id]
        order = np.argsort(self._thresholds)
        flat = None if weight is None else weight.ravel()
        counts = counts_at(jnp.asarray(np.sort(self._thresholds), self.dtype), y_true.ravel(), y_pred.ravel(), flat)
        back = np.argsort(order)
        return {name: state[name] + counts[name][back] for name in _COUNTS}

    def _shown(self, values: Array) -> Array:
        return values[0] if len(self._thresholds) == 1 else values


class Precision(_Confusion):
    """`true positives / (true positives + false positives)`: how much of what was found is right.

    Args:
        thresholds: what `y_pred` must exceed to count as found, 0.5 by default; several give several results.
        top_k: only the `k` largest outputs of a sample can be found.
        class_id: look at this class alone.
        name, dtype: as of `Metric`.
    """

    def __init__(
        self,
        thresholds: Any = None,
        top_k: int | None = None,
        class_id: int | None = None,
        name: str | None = None,
        dtype: Any = None,
    ) -> None:
        super().__init__(thresholds, top_k, class_id, name, dtype)

    def compute(self, state: State) -> Array:
        return self._shown(divide(state["true_positives"], state["true_positives"] + state["false_positives"]))


class Recall(_Confusion):
    """`true positives / (true positives + false negatives)`: how much of what is there was found.

    Arguments as `Precision`.
    """

    def __init__(
        self,
        thresholds: Any = None,
        top_k: int | None = None,
        class_id: int | None = None,
        name: str | None = None,
        dtype: Any = None,
    ) -> None:
        super().__init__(thresholds, top_k, class_id, name, dtype)

    def compute(self, state: State) -> Array:
        return self._shown(divide(state["true_positives"], state["true_positives"] + state["false_negatives"]))


class AUC(Metric):
    """The area under the ROC or the precision-recall curve, from counts at many thresholds.

    Args:
        num_thresholds: how many thresholds, evenly spaced in 0 .. 1.
        curve: `"ROC"` (recall over the rate of false positives) or `"PR"` (precision over recall).
        summation_method: `"interpolation"` (for PR: Davis & Goadrich, 2006), `"minoring"` (the lower
            step) or `"majoring"` (the upper step).
        name, dtype: as of `Metric`.
        thresholds: given thresholds in 0 .. 1 instead.
        multi_label: an area for each column, then their mean.
        num_labels: the number of columns, for `multi_label`.
        label_weights: weights of the columns in that mean.
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
        super().__init__(dtype, name)
        if str(curve).upper() not in ("ROC", "PR"):
            raise unknown("curve", curve, ("ROC", "PR"))
        if str(summation_method).lower() not in ("interpolation", "minoring", "majoring"):
            raise unknown("summation_method", summation_method, ("interpolation", "minoring", "majoring"))
        if thresholds is None and num_thresholds < 2:
            raise ValueError(f"AUC: num_thresholds must be at least 2; got {num_thresholds}.")
        if multi_label and num_labels is None:
            raise ValueError("AUC: give num_labels, the number of columns, with multi_label=True.")
        self.num_thresholds = num_thresholds
        self.curve = str(curve).upper()
        self.summation_method = str(summation_method).lower()
        self.thresholds = thresholds
        self.multi_label = multi_label
        self.num_labels = num_labels
        self.label_weights = label_weights
        self.from_logits = from_logits
        inner = np.linspace(0, 1, num_thresholds)[1:-1] if thresholds is None else np.sort(np.ravel(thresholds))
        self._thresholds = np.concatenate([[-1e-7], inner, [1 + 1e-7]])

    def zeros(self) -> State:
        shape = (len(self._thresholds), self.num_labels) if self.multi_label else (len(self._thresholds),)
        return {name: np.zeros(shape, self.dtype) for name in _COUNTS}

    def update(self, state: State, y_true: Any, y_pred: Any, sample_weight: Any = None) -> State:
        weight_of = y_pred
        y_true, y_pred = align(y_true, jnp.asarray(y_pred, self.dtype))
        weight = weights_of(y_pred, weight_of, sample_weight)
        y_pred = jax.nn.sigmoid(y_pred) if self.from_logits else y_pred
        shape = (-1, self.num_labels) if self.multi_label else (-1,)
        y_true, y_pred = y_true.reshape(shape), y_pred.reshape(shape)
        weight = None if weight is None else weight.reshape(shape)
        counts = counts_at(jnp.asarray(self._thresholds, self.dtype), y_true, y_pred, weight)
        return {name: state[name] + counts[name] for name in _COUNTS}

    def compute(self, state: State) -> Array:
        areas = self._areas(state)
        if not self.multi_label:
            return areas
        if self.label_weights is None:
            return jnp.mean(areas)
        weights = jnp.asarray(self.label_weights, areas.dtype)
        return divide(jnp.sum(areas * weights), jnp.sum(weights))

    def _areas(self, state: State) -> Array:
        tp, fp, tn, fn = (state[name] for name in _COUNTS)
        if self.curve == "PR" and self.summation_method == "interpolation":
            return _precision_recall_area(tp, fp, fn)
        recall = divide(tp, tp + fn)
        x, y = (divide(fp, fp + tn), recall) if self.curve == "ROC" else (recall, divide(tp, tp + fp))
        heights = {
            "interpolation": (y[:-1] + y[1:]) / 2,
            "minoring": jnp.minimum(y[:-1], y[1:]),
            "majoring": jnp.maximum(y[:-1], y[1:]),
        }[self.summation_method]
        return jnp.sum((x[:-1] - x[1:]) * heights, 0)


def _precision_recall_area(tp: Array, fp: Array, fn: Array) -> Array:
    """The area under a precision-recall curve on which true positives grow linearly with false ones."""
    positives = tp + fp
    d_tp, d_p = tp[:-1] - tp[1:], positives[:-1] - positives[1:]
    slope = divide(d_tp, jnp.maximum(d_p, 0))
    intercept = tp[1:] - slope * positives[1:]
    inside = (positives[:-1] > 0) & (positives[1:] > 0)
    ratio = jnp.where(inside, divide(jnp.maximum(positives[:-1], 0), jnp.maximum(positives[1:], 0)), 1)
    return jnp.sum(divide(slope * (d_tp + intercept * jnp.log(ratio)), jnp.maximum(tp[1:] + fn[1:], 0)), 0)
