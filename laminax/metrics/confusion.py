"""Counts of true and false, positives and negatives, and what follows from a few of them."""

from collections.abc import Sequence
from typing import Any, ClassVar

import jax
import jax.numpy as jnp
import numpy as np

from .._core import checks, context
from ..losses.crossentropy import labels_for
from ..losses.loss import align, divide
from .metric import Array, Metric, State, weights_of

__all__ = ["FalseNegatives", "FalsePositives", "Precision", "Recall", "TrueNegatives", "TruePositives"]

COUNTS = ("true_positives", "false_positives", "true_negatives", "false_negatives")


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
    return dict(zip(COUNTS, (true_positives, false_positives, true_negatives, false_negatives)))


def like_outputs(y_true: Any, y_pred: Array) -> tuple[Array, Array]:
    """Targets and outputs of one shape; integer classes of outputs `(batch, ..., classes)` become one-hot."""
    shape, given = y_pred.shape, np.shape(y_true)
    if len(shape) > 1 and shape[-1] > 1 and given in (shape[:-1], (*shape[:-1], 1)):
        y_true = jax.nn.one_hot(labels_for(y_true, shape), shape[-1])
    return align(y_true, y_pred)


class Confusion(Metric):
    """The base of metrics from counts at thresholds. A subclass says which `counts` it keeps."""

    counts: ClassVar[tuple[str, ...]] = COUNTS

    def __init__(
        self,
        thresholds: Sequence[float],
        name: str | None,
        dtype: Any,
        top_k: int | None = None,
        class_id: int | None = None,
    ) -> None:
        super().__init__(dtype, name)
        self.thresholds = list(thresholds)
        self.top_k = None if top_k is None else checks.integer(self, "top_k", top_k)
        self.class_id = None if class_id is None else checks.integer(self, "class_id", class_id, 0)

    def zeros(self) -> State:
        return {name: np.zeros(len(self.thresholds), self.dtype) for name in self.counts}

    def update(self, state: State, y_true: Any, y_pred: Any, sample_weight: Any = None) -> State:
        mask, y_pred = context.fact(y_pred, "mask"), self.floats(y_pred).astype(self.dtype)
        y_true, y_pred = like_outputs(y_true, y_pred)
        weight = weights_of(y_pred, mask, sample_weight)
        if self.top_k is not None:
            place = jnp.argsort(jnp.argsort(-y_pred, axis=-1), axis=-1)
            y_pred = jnp.where(place < self.top_k, y_pred, -jnp.inf)
        if self.class_id is not None:
            self._check_class(y_pred.shape)
            y_true, y_pred = y_true[..., self.class_id], y_pred[..., self.class_id]
            weight = None if weight is None else weight[..., self.class_id]
        order = np.argsort(self.thresholds)
        flat = None if weight is None else weight.ravel()
        ascending = jnp.asarray(np.asarray(self.thresholds)[order], self.dtype)
        counts = counts_at(ascending, y_true.ravel(), y_pred.ravel(), flat)
        return {name: state[name] + counts[name][np.argsort(order)] for name in self.counts}

    def _check_class(self, shape: tuple[int, ...]) -> None:
        if len(shape) < 2 or not 0 <= int(self.class_id or 0) < shape[-1]:
            raise ValueError(
                f"{type(self).__name__}: class_id={self.class_id} needs outputs (batch, ..., classes) with that class; "
                f"got the shape {shape}."
            )


class _Few(Confusion):
    """Counts at a few thresholds that the caller gives."""

    direction = "up"

    def __init__(
        self,
        thresholds: Any = None,
        top_k: int | None = None,
        class_id: int | None = None,
        name: str | None = None,
        dtype: Any = None,
    ) -> None:
        default = [0.5] if top_k is None else [-np.inf]
        given = default if thresholds is None else list(thresholds) if np.ndim(thresholds) else [thresholds]
        super().__init__(given, name, dtype, top_k, class_id)
        self._given_thresholds = thresholds
        if thresholds is not None:
            check_thresholds(self, given)

    def get_config(self) -> dict[str, Any]:
        """The constructor's arguments."""
        return {**super().get_config(), "thresholds": self._given_thresholds}

    def _shown(self, values: Array) -> Array:
        return values[0] if len(self.thresholds) == 1 else values


def check_thresholds(owner: Metric, thresholds: Sequence[Any]) -> None:
    """Raise a `ValueError` where a threshold is no number from 0 to 1."""
    wrong = [t for t in thresholds if not isinstance(t, (int, float, np.number)) or not 0 <= t <= 1]
    if wrong or not thresholds:
        raise ValueError(f"{type(owner).__name__}: Threshold values must be in [0, 1]. Received: {wrong}.")


class _Count(_Few):
    """One of the counts, for `y_pred > threshold`."""

    def __init__(self, thresholds: Any = None, name: str | None = None, dtype: Any = None) -> None:
        super().__init__(thresholds, None, None, name, dtype)

    def get_config(self) -> dict[str, Any]:
        """The constructor's arguments."""
        return {key: value for key, value in super().get_config().items() if key not in ("top_k", "class_id")}

    def compute(self, state: State) -> Array:
        return self._shown(state[self.counts[0]])


class TruePositives(_Count):
    """The (weighted) number of values of 1 that are found: `y_pred > threshold`, 0.5 unless `thresholds` are given."""

    counts = ("true_positives",)


class FalsePositives(_Count):
    """The (weighted) number of values of 0 with `y_pred > threshold`, 0.5 unless `thresholds` are given."""

    direction = "down"
    counts = ("false_positives",)


class TrueNegatives(_Count):
    """The (weighted) number of values of 0 with `y_pred <= threshold`, 0.5 unless `thresholds` are given."""

    counts = ("true_negatives",)


class FalseNegatives(_Count):
    """The (weighted) number of values of 1 with `y_pred <= threshold`, 0.5 unless `thresholds` are given."""

    direction = "down"
    counts = ("false_negatives",)


class Precision(_Few):
    """`true positives / (true positives + false positives)`: how much of what was found is right.

    Targets are 0 and 1 in the shape of the outputs, or integer classes, which count as one-hot.

    Args:
        thresholds: what `y_pred` must exceed to count as found, 0.5 by default; several give several results.
        top_k: only the `k` largest outputs of a sample can be found.
        class_id: look at this class alone.
        name, dtype: as of `Metric`.
    """

    counts = ("true_positives", "false_positives")

    def compute(self, state: State) -> Array:
        return self._shown(divide(state["true_positives"], state["true_positives"] + state["false_positives"]))


class Recall(_Few):
    """`true positives / (true positives + false negatives)`: how much of what is there was found.

    Arguments as `Precision`.
    """

    counts = ("true_positives", "false_negatives")

    def compute(self, state: State) -> Array:
        return self._shown(divide(state["true_positives"], state["true_positives"] + state["false_negatives"]))
