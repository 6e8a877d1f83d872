"""How often the answer is right."""

from typing import Any

import jax.numpy as jnp

from .._core.settings import floatx
from ..losses.loss import align
from .mean import MeanMetricWrapper
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
            f"categorical_accuracy takes one-hot targets of the output's shape {y_pred.shape}; got {y_true.shape}."
        )
    return (jnp.argmax(y_true, -1) == jnp.argmax(y_pred, -1)).astype(floatx())


def sparse_categorical_accuracy(y_true: Any, y_pred: Any) -> Array:
    """1 where the largest of `y_pred` is at the place that the integer `y_true` gives, else 0."""
    y_true, y_pred = _labels(y_true, y_pred)
    return (y_true == jnp.argmax(y_pred, -1).astype("int32")).astype(floatx())


def top_k_categorical_accuracy(y_true: Any, y_pred: Any, k: int = 5) -> Array:
    """1 where the class of the one-hot `y_true` is among the `k` largest of `y_pred`, else 0."""
    return sparse_top_k_categorical_accuracy(jnp.argmax(jnp.asarray(y_true), -1), y_pred, k)


def sparse_top_k_categorical_accuracy(y_true: Any, y_pred: Any, k: int = 5, from_sorted_ids: bool = False) -> Array:
    """1 where the class `y_true` is among the `k` largest of `y_pred` (or among its first `k` ids), else 0.

    Of equal scores all count as reached, as long as fewer than `k` are larger.
    """
    y_true, y_pred = _labels(y_true, y_pred)
    if from_sorted_ids:
        return jnp.any(y_true[..., None] == y_pred[..., :k].astype("int32"), -1).astype(floatx())
    place = jnp.clip(y_true, 0, y_pred.shape[-1] - 1)[..., None]
    score = jnp.take_along_axis(y_pred, place, -1)
    known = (y_true >= 0) & (y_true < y_pred.shape[-1]) & jnp.isfinite(score[..., 0])
    return (known & (jnp.sum(y_pred > score, -1) < k)).astype(floatx())


def _labels(y_true: Any, y_pred: Any) -> tuple[Array, Array]:
    y_true, y_pred = jnp.asarray(y_true), jnp.asarray(y_pred)
    if y_true.ndim == y_pred.ndim and y_true.shape[-1] == 1:
        y_true = y_true[..., 0]
    if y_true.shape != y_pred.shape[:-1]:
        raise ValueError(
            f"Integer targets for an output of shape {y_pred.shape} have the shape {y_pred.shape[:-1]}; "
            f"got {y_true.shape}."
        )
    return y_true.astype("int32"), y_pred


class Accuracy(MeanMetricWrapper):
    """The share of values with `y_true == y_pred`."""

    direction = "up"

    def __init__(self, name: str = "accuracy", dtype: Any = None) -> None:
        super().__init__(accuracy, name, dtype)


class BinaryAccuracy(MeanMetricWrapper):
    """The share of yes-or-no targets that `y_pred > threshold` matches. For logits the threshold is 0."""

    direction = "up"

    def __init__(self, name: str = "binary_accuracy", dtype: Any = None, threshold: float = 0.5) -> None:
        super().__init__(binary_accuracy, name, dtype, threshold=threshold)
        self.threshold = threshold


class CategoricalAccuracy(MeanMetricWrapper):
    """The share of samples whose largest output is at the one of the one-hot target."""

    direction = "up"

    def __init__(self, name: str = "categorical_accuracy", dtype: Any = None) -> None:
        super().__init__(categorical_accuracy, name, dtype)


class SparseCategoricalAccuracy(MeanMetricWrapper):
    """The share of samples whose largest output is that of the integer target."""

    direction = "up"

    def __init__(self, name: str = "sparse_categorical_accuracy", dtype: Any = None) -> None:
        super().__init__(sparse_categorical_accuracy, name, dtype)


class TopKCategoricalAccuracy(MeanMetricWrapper):
    """The share of samples with the class of the one-hot target among the `k` largest outputs."""

    direction = "up"

    def __init__(self, k: int = 5, name: str = "top_k_categorical_accuracy", dtype: Any = None) -> None:
        super().__init__(top_k_categorical_accuracy, name, dtype, k=k)
        self.k = k


class SparseTopKCategoricalAccuracy(MeanMetricWrapper):
    """The share of samples with the integer target among the `k` largest outputs."""

    direction = "up"

    def __init__(
        self,
        k: int = 5,
        name: str = "sparse_top_k_categorical_accuracy",
        dtype: Any = None,
        from_sorted_ids: bool = False,
    ) -> None:
        super().__init__(sparse_top_k_categorical_accuracy, name, dtype, k=k, from_sorted_ids=from_sorted_ids)
        self.k = k
        self.from_sorted_ids = from_sorted_ids
