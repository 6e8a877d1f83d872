"""Cross-entropies: minus the log of the probability that the model gives to what was true.

They work on logits, which lose no digits. Where the output is a softmax or sigmoid, its logits
are known from the forward pass and are used, whatever `from_logits` says.
"""

from typing import Any

import jax
import jax.numpy as jnp

from .._core import context
from .._core.settings import epsilon
from .loss import Array, Loss, align, divide

__all__ = [
    "BinaryCrossentropy",
    "CategoricalCrossentropy",
    "SparseCategoricalCrossentropy",
    "binary_crossentropy",
    "categorical_crossentropy",
    "sparse_categorical_crossentropy",
]


def binary_crossentropy(
    y_true: Any, y_pred: Any, from_logits: bool = False, label_smoothing: float = 0.0, axis: int = -1
) -> Array:
    """`mean(-y_true * log(p) - (1 - y_true) * log(1 - p))` over `axis`; `p` is `y_pred`, or the sigmoid of logits."""
    logits = y_pred if from_logits else None
    logits = known if (known := context.fact(y_pred, "sigmoid")) is not None else logits
    y_true, values = align(y_true, y_pred if logits is None else logits)
    if label_smoothing:
        y_true = y_true * (1 - label_smoothing) + 0.5 * label_smoothing
    if logits is None:
        p = jnp.clip(values, epsilon(), 1 - epsilon())
        losses = -(y_true * jnp.log(p) + (1 - y_true) * jnp.log(1 - p))
    else:
        losses = jax.nn.softplus(values) - y_true * values
    return jnp.mean(losses, axis)


def log_probabilities(y_pred: Any, from_logits: bool, axis: int = -1) -> Array:
    """The logs of class probabilities, by the stable way where logits are given or known."""
    logits = y_pred if from_logits else None
    if axis in (-1, jnp.ndim(y_pred) - 1) and (known := context.fact(y_pred, "softmax")) is not None:
        logits = known
    if logits is not None:
        return jax.nn.log_softmax(jnp.asarray(logits), axis)
    y_pred = jnp.asarray(y_pred)
    p = divide(y_pred, jnp.sum(y_pred, axis, keepdims=True))  # a row of zeros has no scale
    return jnp.log(jnp.clip(p, epsilon(), 1 - epsilon()))


def categorical_crossentropy(
    y_true: Any, y_pred: Any, from_logits: bool = False, label_smoothing: float = 0.0, axis: int = -1
) -> Array:
    """`-sum(y_true * log(p))` over `axis`, for one-hot targets.

    `p` is `y_pred` scaled to sum one, or the softmax of logits.
    """
    y_true = jnp.asarray(y_true)
    if y_true.shape != jnp.shape(y_pred):
        raise ValueError(
            f"Categorical cross-entropy takes one-hot targets of the output's shape {jnp.shape(y_pred)}; "
            f"got {y_true.shape}. For integer classes use sparse_categorical_crossentropy."
        )
    log_p = log_probabilities(y_pred, from_logits, axis)
    y_true = y_true.astype(log_p.dtype)
    if label_smoothing:
        y_true = y_true * (1 - label_smoothing) + label_smoothing / y_true.shape[axis]
    return -jnp.sum(y_true * log_p, axis)


def sparse_categorical_crossentropy(
    y_true: Any, y_pred: Any, from_logits: bool = False, ignore_class: int | None = None, axis: int = -1
) -> Array:
    """`-log(p[y_true])`, for integer targets in 0 .. classes - 1; `p` as in `categorical_crossentropy`.

    A target that is no class gives NaN, one that equals `ignore_class` gives 0.
    """
    log_p = jnp.moveaxis(log_probabilities(y_pred, from_logits, axis), axis, -1)
    labels = jnp.asarray(y_true)
    if labels.ndim == log_p.ndim and labels.shape[-1] == 1:
        labels = labels[..., 0]
    if labels.shape != log_p.shape[:-1]:
        raise ValueError(
            f"Sparse categorical cross-entropy takes integer classes of shape {log_p.shape[:-1]} for an output of "
            f"shape {log_p.shape}; got {labels.shape}. For one-hot targets use categorical_crossentropy."
        )
    labels, classes = labels.astype("int32"), log_p.shape[-1]
    chosen = jnp.take_along_axis(log_p, jnp.clip(labels, 0, classes - 1)[..., None], -1)[..., 0]
    losses = jnp.where((labels >= 0) & (labels < classes), -chosen, jnp.nan)
    return losses if ignore_class is None else jnp.where(labels == ignore_class, 0, losses)


class BinaryCrossentropy(Loss):
    """Cross-entropy of yes-or-no targets: one unit, or several independent ones.

    Args:
        from_logits: `y_pred` are logits, not probabilities. A sigmoid head is recognised by itself.
        label_smoothing: move targets towards 1/2 by this fraction.
        axis: the axis over which to take the mean.
        reduction, name, dtype: as of `Loss`.
    """

    def __init__(
        self,
        from_logits: bool = False,
        label_smoothing: float = 0.0,
        axis: int = -1,
        reduction: str | None = "sum_over_batch_size",
        name: str = "binary_crossentropy",
        dtype: Any = None,
    ) -> None:
        super().__init__(name, reduction, dtype)
        self.from_logits = from_logits
        self.label_smoothing = label_smoothing
        self.axis = axis

    def call(self, y_true: Array, y_pred: Array) -> Array:
        return binary_crossentropy(y_true, y_pred, self.from_logits, self.label_smoothing, self.axis)


class CategoricalCrossentropy(Loss):
    """Cross-entropy of one class of several, for one-hot targets `(batch, ..., classes)`.

    Args:
        from_logits: `y_pred` are logits, not probabilities. A softmax head is recognised by itself.
        label_smoothing: spread this fraction of the target evenly over the classes.
        axis: the axis of the classes.
        reduction, name, dtype: as of `Loss`.
    """

    def __init__(
        self,
        from_logits: bool = False,
        label_smoothing: float = 0.0,
        axis: int = -1,
        reduction: str | None = "sum_over_batch_size",
        name: str = "categorical_crossentropy",
        dtype: Any = None,
    ) -> None:
        super().__init__(name, reduction, dtype)
        self.from_logits = from_logits
        self.label_smoothing = label_smoothing
        self.axis = axis

    def call(self, y_true: Array, y_pred: Array) -> Array:
        return categorical_crossentropy(y_true, y_pred, self.from_logits, self.label_smoothing, self.axis)


class SparseCategoricalCrossentropy(Loss):
    """Cross-entropy of one class of several, for integer targets `(batch, ...)` in 0 .. classes - 1.

    Args:
        from_logits: `y_pred` are logits, not probabilities. A softmax head is recognised by itself.
        ignore_class: a target that does not count, for padding.
        axis: the axis of the classes.
        reduction, name, dtype: as of `Loss`.
    """

    def __init__(
        self,
        from_logits: bool = False,
        ignore_class: int | None = None,
        reduction: str | None = "sum_over_batch_size",
        axis: int = -1,
        name: str = "sparse_categorical_crossentropy",
        dtype: Any = None,
    ) -> None:
        super().__init__(name, reduction, dtype)
        self.from_logits = from_logits
        self.ignore_class = ignore_class
        self.axis = axis

    def target(self, y_true: Any, dtype: str) -> Array:
        return jnp.asarray(y_true)

    def mask(self, y_true: Any, y_pred: Any) -> Array | None:
        mask = super().mask(y_true, y_pred)
        if self.ignore_class is None:
            return mask
        labels = jnp.asarray(y_true)
        labels = labels[..., 0] if labels.ndim == jnp.ndim(y_pred) and labels.shape[-1] == 1 else labels
        counts = labels != self.ignore_class
        return counts if mask is None else counts & mask.astype(bool)

    def call(self, y_true: Array, y_pred: Array) -> Array:
        return sparse_categorical_crossentropy(y_true, y_pred, self.from_logits, self.ignore_class, self.axis)
