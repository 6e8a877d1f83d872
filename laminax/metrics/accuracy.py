"""How often the answer is right."""

from typing import Any

import jax.numpy as jnp

from .._core import checks
from .._core.settings import floatx
from ..losses.crossentropy import labels_for
from ..losses.loss import align
from .mean import FormulaMean, MeanMetricWrapper
from .metric import Array

__all__ = [
    "Accuracy",
    "BinaryAccuracy",
    "CategoricalAccuracy",
    "SparseCategoricalAccuracy",
    "SparseTopKCategoricalAccuracy",
    "TopKCategoricalAccuracy",
    "accuracy",
    "binary_accuracy",
    "categorical_accuracy",
    "sparse_categorical_accuracy",
    "sparse_top_k_categorical_accuracy",
    "top_k_categorical_accuracy",
]


def accuracy(y_true: Any, y_pred: Any) -> Array:
    """1 where `y_true == y_pred`, else 0."""
    y_true, y_pred = align(y_true, y_pred)
    return (y_true == y_pred).astype(floatx())


def binary_accuracy(y_true: Any, y_pred: Any, threshold: float = 0.5) -> Array:
    """1 where `y_pred > threshold` says what `y_true` (0 or 1) says, else 0."""
    y_true, y_pred = align(y_true, y_pred)
    return (y_true == (y_pred > threshold).astype(y_true.dtype)).astype(floatx())


def categorical_accuracy(y_true: Any, y_pred: Any) -> Array:
    """1 where the largest of `y_pred` is at the place of the largest of the one-hot `y_true`, else 0."""
    y_true, y_pred = jnp.asarray(y_true), jnp.asarray(y_pred)
    if y_true.shape != y_pred.shape:
        raise ValueError(
            f"One-hot targets and outputs must have the same shape; got {y_true.shape} and {y_pred.shape}. "
            "Integer classes are for sparse_categorical_accuracy."
        )
    return (jnp.argmax(y_true, -1) == jnp.argmax(y_pred, -1)).astype(floatx())


def sparse_categorical_accuracy(y_true: Any, y_pred: Any) -> Array:
    """1 where the largest of `y_pred` is at the place that the integer `y_true` gives, else 0."""
    y_pred = jnp.asarray(y_pred)
    y_true = labels_for(y_true, y_pred.shape)
    return (y_true == jnp.argmax(y_pred, -1).astype("int32")).astype(floatx())


def top_k_categorical_accuracy(y_true: Any, y_pred: Any, k: int = 5) -> Array:
    """1 where the class of the one-hot `y_true` is among the `k` largest of `y_pred`, else 0."""
    return sparse_top_k_categorical_accuracy(jnp.argmax(jnp.asarray(y_true), -1), y_pred, k)


def sparse_top_k_categorical_accuracy(y_true: Any, y_pred: Any, k: int = 5, from_sorted_ids: bool = False) -> Array:
    """1 where the class `y_true` is among the `k` largest of `y_pred` (or among its first `k` ids), else 0.

    Of equal scores all count as reached, as long as fewer than `k` are larger.
    """
    y_pred = jnp.asarray(y_pred)
    y_true = labels_for(y_true, y_pred.shape)
    if from_sorted_ids:
        return jnp.any(y_true[..., None] == y_pred[..., :k].astype("int32"), -1).astype(floatx())
    place = jnp.clip(y_true, 0, y_pred.shape[-1] - 1)[..., None]
    score = jnp.take_along_axis(y_pred, place, -1)
    known = (y_true >= 0) & (y_true < y_pred.shape[-1]) & jnp.isfinite(score[..., 0])
    return (known & (jnp.sum(y_pred > score, -1) < k)).astype(floatx())


class Accuracy(FormulaMean):
    """The share of values with `y_true == y_pred`."""

    direction = "up"
    formula = staticmethod(accuracy)


class BinaryAccuracy(MeanMetricWrapper):
    """The share of yes-or-no targets that `y_pred > threshold` matches. For logits the threshold is 0."""

    direction = "up"

    def __init__(self, name: str = "binary_accuracy", dtype: Any = None, threshold: float = 0.5) -> None:
        super().__init__(binary_accuracy, name, dtype, threshold=threshold)
        self.threshold = threshold


class CategoricalAccuracy(FormulaMean):
    """The share of samples whose largest output is at the one of the one-hot target."""

    direction = "up"
    formula = staticmethod(categorical_accuracy)


class SparseCategoricalAccuracy(FormulaMean):
    """The share of samples whose largest output is that of the integer target."""

    direction = "up"
    formula = staticmethod(sparse_categorical_accuracy)


class TopKCategoricalAccuracy(MeanMetricWrapper):
    """The share of samples with the class of the one-hot target among the `k` largest outputs."""

    direction = "up"

    def __init__(self, k: int = 5, name: str = "top_k_categorical_accuracy", dtype: Any = None) -> None:
        self.k = checks.integer(self, "k", k)
        super().__init__(top_k_categorical_accuracy, name, dtype, k=self.k)


class SparseTopKCategoricalAccuracy(MeanMetricWrapper):
    """The share of samples with the integer target among the `k` largest outputs.

    Args:
        k: how many outputs may have it.
        name, dtype: as of `Metric`.
        from_sorted_ids: `y_pred` are classes, the likeliest first, not scores.
    """

    direction = "up"

    def __init__(
        self,
        k: int = 5,
        name: str = "sparse_top_k_categorical_accuracy",
        dtype: Any = None,
        from_sorted_ids: bool = False,
    ) -> None:
        self.k = checks.integer(self, "k", k)
        self.from_sorted_ids = from_sorted_ids
        super().__init__(sparse_top_k_categorical_accuracy, name, dtype, k=self.k, from_sorted_ids=from_sorted_ids)
