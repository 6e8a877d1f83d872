"""Cross-entropies: minus the log of the probability that the model gives to what was true.

They work on logits, which lose no digits. Where the output is a softmax or sigmoid, its logits
are known from the forward pass and are used, whatever `from_logits` says.
"""

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from .._core import checks, context
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


def known_logits(y_pred: Any, head: str, from_logits: bool) -> Any:
    """The logits behind `y_pred`: those of its softmax or sigmoid `head`, itself if it is logits, else `None`."""
    known = context.fact(y_pred, head)
    return known if known is not None else y_pred if from_logits else None


def smoothed(y_true: Array, amount: float, towards: float) -> Array:
    """Targets moved by a fraction `amount` of the way."""
    return y_true * (1 - amount) + towards * amount if amount else y_true


def binary_losses(y_true: Array, values: Array, are_logits: bool) -> Array:
    """`-y_true * log(p) - (1 - y_true) * log(1 - p)` of each number, `p` clipped where it is no sigmoid of logits."""
    if are_logits:
        return jax.nn.softplus(values) - y_true * values
    p = jnp.clip(values, epsilon(), 1 - epsilon())
    return -(y_true * jnp.log(p) + (1 - y_true) * jnp.log(1 - p))


def binary_crossentropy(
    y_true: Any, y_pred: Any, from_logits: bool = False, label_smoothing: float = 0.0, axis: int = -1
) -> Array:
    """`mean(-y_true * log(p) - (1 - y_true) * log(1 - p))` over `axis`; `p` is `y_pred`, or the sigmoid of logits."""
    logits = known_logits(y_pred, "sigmoid", from_logits)
    y_true, values = align(y_true, y_pred if logits is None else logits)
    return jnp.mean(binary_losses(smoothed(y_true, label_smoothing, 0.5), values, logits is not None), axis)


def log_probabilities(y_pred: Any, from_logits: bool, axis: int = -1) -> Array:
    """The logs of class probabilities, by the stable way where logits are given or known."""
    last = axis in (-1, np.ndim(y_pred) - 1)
    logits = known_logits(y_pred, "softmax" if last else "", from_logits)
    if logits is not None:
        return jax.nn.log_softmax(jnp.asarray(logits), axis)
    y_pred = jnp.asarray(y_pred)
    p = divide(y_pred, jnp.sum(y_pred, axis, keepdims=True))  # a row of zeros has no scale
    return jnp.log(jnp.clip(p, epsilon(), 1 - epsilon()))


def one_hot_terms(
    y_true: Any, y_pred: Any, from_logits: bool, label_smoothing: float, axis: int
) -> tuple[Array, Array]:
    """One-hot targets, smoothed, and the logs of class probabilities, of one shape."""
    y_true = jnp.asarray(y_true)
    if y_true.shape != np.shape(y_pred):
        raise ValueError(
            f"One-hot targets and outputs must have the same shape; got {y_true.shape} and {np.shape(y_pred)}. "
            "Integer classes are for sparse_categorical_crossentropy."
        )
    log_p = log_probabilities(y_pred, from_logits, axis)
    return smoothed(y_true.astype(log_p.dtype), label_smoothing, 1 / y_true.shape[axis]), log_p


def categorical_crossentropy(
    y_true: Any, y_pred: Any, from_logits: bool = False, label_smoothing: float = 0.0, axis: int = -1
) -> Array:
    """`-sum(y_true * log(p))` over `axis`, for one-hot targets.

    `p` is `y_pred` scaled to sum one, or the softmax of logits.
    """
    y_true, log_p = one_hot_terms(y_true, y_pred, from_logits, label_smoothing, axis)
    return -jnp.sum(y_true * log_p, axis)


def labels_for(y_true: Any, shape: tuple[int, ...], axis: int = -1) -> Array:
    """Integer targets of an output of this shape, whose classes are in `axis`; that axis may be there with size 1."""
    labels, axis = jnp.asarray(y_true), axis % len(shape)
    if labels.ndim == len(shape) and labels.shape[axis] == 1:
        labels = jnp.squeeze(labels, axis)
    wanted = shape[:axis] + shape[axis + 1 :]
    if labels.shape != wanted:
        raise ValueError(
            f"Integer classes for an output of shape {shape} have the shape {wanted}; got {labels.shape}. "
            "One-hot targets are for the loss or metric without 'sparse' in its name, such as categorical_crossentropy."
        )
    return labels.astype("int32")


def of_class(values: Array, labels: Array, axis: int = -1) -> Array:
    """The value of each sample's class; NaN for a label that is no class."""
    place = jnp.expand_dims(jnp.clip(labels, 0, values.shape[axis] - 1), axis)
    chosen = jnp.squeeze(jnp.take_along_axis(values, place, axis), axis)
    return jnp.where((labels >= 0) & (labels < values.shape[axis]), chosen, jnp.nan)


def sparse_categorical_crossentropy(
    y_true: Any, y_pred: Any, from_logits: bool = False, ignore_class: int | None = None, axis: int = -1
) -> Array:
    """`-log(p[y_true])`, for integer targets in 0 .. classes - 1; `p` as in `categorical_crossentropy`.

    A target that is no class gives NaN, one that equals `ignore_class` gives 0.
    """
    log_p = log_probabilities(y_pred, from_logits, axis)
    labels = labels_for(y_true, log_p.shape, axis)
    losses = -of_class(log_p, labels, axis)
    return losses if ignore_class is None else jnp.where(labels == ignore_class, 0, losses)


def counted_labels(y_true: Any, y_pred: Any, ignore_class: int | None, axis: int, mask: Any) -> Array | None:
    """Which labels count: those that a mask lets through and that are not `ignore_class`; `None` if all do."""
    if ignore_class is None:
        return mask
    counted = labels_for(y_true, np.shape(y_pred), axis) != ignore_class
    return counted if mask is None else counted & jnp.asarray(mask).astype(bool)


class BinaryCrossentropy(Loss):
    """Cross-entropy of yes-or-no targets: one unit, or several independent ones.

    Args:
        from_logits: `y_pred` are logits, not probabilities. A sigmoid head is recognised by itself.
        label_smoothing: move targets towards 1/2 by this fraction.
        axis: the axis over which to take the mean.
        reduction, name, dtype: as of `Loss`.
    """

    takes = "alike"

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
        self.label_smoothing = checks.fraction(self, "label_smoothing", label_smoothing)
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

    takes = "one_hot"

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
        self.label_smoothing = checks.fraction(self, "label_smoothing", label_smoothing)
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

    takes = "classes"

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
        return counted_labels(y_true, y_pred, self.ignore_class, self.axis, super().mask(y_true, y_pred))

    def call(self, y_true: Array, y_pred: Array) -> Array:
        return sparse_categorical_crossentropy(y_true, y_pred, self.from_logits, self.ignore_class, self.axis)
