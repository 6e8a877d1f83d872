"""Cross-entropies in which it counts how sure the model is: samples in doubt more, or samples beyond belief less."""

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from .._core import checks, context
from .._core.settings import epsilon
from .crossentropy import binary_losses, known_logits, labels_for, log_probabilities, of_class, one_hot_terms, smoothed
from .loss import Array, Loss, align

__all__ = [
    "BinaryFocalCrossentropy",
    "CategoricalFocalCrossentropy",
    "CategoricalGeneralizedCrossEntropy",
    "binary_focal_crossentropy",
    "categorical_focal_crossentropy",
    "categorical_generalized_cross_entropy",
]


def binary_focal_crossentropy(
    y_true: Any,
    y_pred: Any,
    apply_class_balancing: bool = False,
    alpha: float = 0.25,
    gamma: float = 2.0,
    from_logits: bool = False,
    label_smoothing: float = 0.0,
    axis: int = -1,
) -> Array:
    """`mean(weight * (1 - q) ** gamma * crossentropy)` over `axis`, with `q` the probability of what is true.

    `weight` is 1, or with `apply_class_balancing` `alpha` for a target of 1 and `1 - alpha` for one of 0.
    """
    logits = known_logits(y_pred, "sigmoid", from_logits)
    y_true, values = align(y_true, y_pred if logits is None else logits)
    y_true = smoothed(y_true, label_smoothing, 0.5)
    p = jnp.clip(values if logits is None else jax.nn.sigmoid(values), epsilon(), 1 - epsilon())
    doubt = y_true * (1 - p) + (1 - y_true) * p
    losses = doubt**gamma * binary_losses(y_true, values, logits is not None)
    if apply_class_balancing:
        losses = (y_true * alpha + (1 - y_true) * (1 - alpha)) * losses
    return jnp.mean(losses, axis)


def categorical_focal_crossentropy(
    y_true: Any,
    y_pred: Any,
    alpha: Any = 0.25,
    gamma: float = 2.0,
    from_logits: bool = False,
    label_smoothing: float = 0.0,
    axis: int = -1,
) -> Array:
    """`-sum(alpha * (1 - p) ** gamma * y_true * log(p))` over `axis`, for one-hot targets.

    `p` as in `categorical_crossentropy`; `alpha` is a number, or one for each class.
    """
    y_true, log_p = one_hot_terms(y_true, y_pred, from_logits, label_smoothing, axis)
    doubt = jnp.maximum(-jnp.expm1(log_p), epsilon())
    alpha = jnp.asarray(alpha, log_p.dtype)
    alpha = jnp.moveaxis(alpha.reshape((1,) * (log_p.ndim - 1) + (-1,)), -1, axis)
    return -jnp.sum(alpha * doubt**gamma * y_true * log_p, axis)


def categorical_generalized_cross_entropy(y_true: Any, y_pred: Any, q: float) -> Array:
    """`(1 - p[y_true] ** q) / q`, for integer targets in 0 .. classes - 1; NaN for a target that is no class."""
    if context.fact(y_pred, "softmax") is not None:
        log_p = log_probabilities(y_pred, False)
        return -jnp.expm1(q * of_class(log_p, labels_for(y_true, log_p.shape))) / q
    y_pred = jnp.asarray(y_pred)
    p = of_class(y_pred, labels_for(y_true, y_pred.shape))
    return (1 - jnp.maximum(p, jnp.finfo(p.dtype).tiny) ** q) / q  # the slope at 0 is infinite


class BinaryFocalCrossentropy(Loss):
    """Cross-entropy of yes-or-no targets that looks at what is in doubt (Lin et al., 2017).

    Args:
        apply_class_balancing: weigh targets of 1 by `alpha`, those of 0 by `1 - alpha`.
        alpha: that weight.
        gamma: how much less counts what the model is sure of; 0 gives `BinaryCrossentropy`.
        from_logits: `y_pred` are logits, not probabilities. A sigmoid head is recognised by itself.
        label_smoothing: move targets towards 1/2 by this fraction.
        axis: the axis over which to take the mean.
        reduction, name, dtype: as of `Loss`.
    """

    takes = "alike"

    def __init__(
        self,
        apply_class_balancing: bool = False,
        alpha: float = 0.25,
        gamma: float = 2.0,
        from_logits: bool = False,
        label_smoothing: float = 0.0,
        axis: int = -1,
        reduction: str | None = "sum_over_batch_size",
        name: str = "binary_focal_crossentropy",
        dtype: Any = None,
    ) -> None:
        super().__init__(name, reduction, dtype)
        self.apply_class_balancing = apply_class_balancing
        self.alpha = checks.fraction(self, "alpha", alpha)
        self.gamma = checks.number(self, "gamma", gamma)
        self.from_logits = from_logits
        self.label_smoothing = checks.fraction(self, "label_smoothing", label_smoothing)
        self.axis = axis

    def call(self, y_true: Array, y_pred: Array) -> Array:
        balance = self.apply_class_balancing, self.alpha, self.gamma
        return binary_focal_crossentropy(y_true, y_pred, *balance, self.from_logits, self.label_smoothing, self.axis)


class CategoricalFocalCrossentropy(Loss):
    """Cross-entropy of one class of several that looks at what is in doubt (Lin et al., 2017), for one-hot targets.

    Args:
        alpha: a weight for all classes, or one for each.
        gamma: how much less counts what the model is sure of; 0 gives `alpha` times `CategoricalCrossentropy`.
        from_logits: `y_pred` are logits, not probabilities. A softmax head is recognised by itself.
        label_smoothing: spread this fraction of the target evenly over the classes.
        axis: the axis of the classes.
        reduction, name, dtype: as of `Loss`.
    """

    takes = "one_hot"

    def __init__(
        self,
        alpha: Any = 0.25,
        gamma: float = 2.0,
        from_logits: bool = False,
        label_smoothing: float = 0.0,
        axis: int = -1,
        reduction: str | None = "sum_over_batch_size",
        name: str = "categorical_focal_crossentropy",
        dtype: Any = None,
    ) -> None:
        super().__init__(name, reduction, dtype)
        if np.ndim(alpha) > 1 or not (np.asarray(alpha) >= 0).all():
            raise checks.refused(self, "alpha", "must be a number >= 0, or one for each class", alpha)
        self.alpha = alpha
        self.gamma = checks.number(self, "gamma", gamma)
        self.from_logits = from_logits
        self.label_smoothing = checks.fraction(self, "label_smoothing", label_smoothing)
        self.axis = axis

    def call(self, y_true: Array, y_pred: Array) -> Array:
        return categorical_focal_crossentropy(
            y_true, y_pred, self.alpha, self.gamma, self.from_logits, self.label_smoothing, self.axis
        )


class CategoricalGeneralizedCrossEntropy(Loss):
    """`(1 - p[y_true] ** q) / q`: a cross-entropy for labels of which some are wrong (Zhang & Sabuncu, 2018).

    Between cross-entropy (`q` near 0) and the absolute error (`q` near 1), which gives up what contradicts all else.
    Integer targets `(batch, ...)`, outputs that are probabilities `(batch, ..., classes)`.

    Args:
        q: a number between 0 and 1.
        reduction, name, dtype: as of `Loss`.
    """

    takes = "classes"

    def __init__(
        self,
        q: float = 0.5,
        reduction: str | None = "sum_over_batch_size",
        name: str = "categorical_generalized_cross_entropy",
        dtype: Any = None,
    ) -> None:
        super().__init__(name, reduction, dtype)
        if not 0 < q < 1:
            raise checks.refused(self, "q", "must be between 0 and 1", q)
        self.q = q

    def target(self, y_true: Any, dtype: str) -> Array:
        return jnp.asarray(y_true)

    def call(self, y_true: Array, y_pred: Array) -> Array:
        return categorical_generalized_cross_entropy(y_true, y_pred, self.q)
