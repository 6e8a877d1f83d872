"""How improbable targets are under what a model says, over an epoch."""

from typing import Any

from .._core import context
from ..losses.crossentropy import (
    binary_crossentropy,
    categorical_crossentropy,
    counted_labels,
    sparse_categorical_crossentropy,
)
from ..losses.probability import kl_divergence, poisson
from .mean import FormulaMean, MeanMetricWrapper, axis_within
from .metric import Array

__all__ = [
    "BinaryCrossentropy",
    "CategoricalCrossentropy",
    "KLDivergence",
    "Poisson",
    "SparseCategoricalCrossentropy",
]


class BinaryCrossentropy(MeanMetricWrapper):
    """The mean cross-entropy of yes-or-no targets; arguments as the loss of this name."""

    direction = "down"

    def __init__(
        self,
        name: str = "binary_crossentropy",
        dtype: Any = None,
        from_logits: bool = False,
        label_smoothing: float = 0,
    ) -> None:
        self.from_logits = from_logits
        self.label_smoothing = label_smoothing
        kwargs = {"from_logits": from_logits, "label_smoothing": label_smoothing}
        super().__init__(binary_crossentropy, name, dtype, **kwargs)


class CategoricalCrossentropy(MeanMetricWrapper):
    """The mean cross-entropy of one-hot targets; arguments as the loss of this name."""

    direction = "down"

    def __init__(
        self,
        name: str = "categorical_crossentropy",
        dtype: Any = None,
        from_logits: bool = False,
        label_smoothing: float = 0,
        axis: int = -1,
    ) -> None:
        self.from_logits = from_logits
        self.label_smoothing = label_smoothing
        self.axis = axis_within(self, axis)
        kwargs = {"from_logits": from_logits, "label_smoothing": label_smoothing, "axis": axis}
        super().__init__(categorical_crossentropy, name, dtype, **kwargs)


class SparseCategoricalCrossentropy(MeanMetricWrapper):
    """The mean cross-entropy of integer targets; arguments as the loss of this name.

    A target that is `ignore_class` does not count.
    """

    direction = "down"

    def __init__(
        self,
        name: str = "sparse_categorical_crossentropy",
        dtype: Any = None,
        from_logits: bool = False,
        ignore_class: int | None = None,
        axis: int = -1,
    ) -> None:
        self.from_logits = from_logits
        self.ignore_class = ignore_class
        self.axis = axis_within(self, axis)
        kwargs = {"from_logits": from_logits, "ignore_class": ignore_class, "axis": axis}
        super().__init__(sparse_categorical_crossentropy, name, dtype, **kwargs)

    def mask(self, y_true: Any, y_pred: Any) -> Array | None:
        return counted_labels(y_true, y_pred, self.ignore_class, self.axis, context.fact(y_pred, "mask"))


class KLDivergence(FormulaMean):
    """The mean of `sum(y_true * log(y_true / y_pred))` over the samples."""

    direction = "down"
    formula = staticmethod(kl_divergence)


class Poisson(FormulaMean):
    """The mean of `y_pred - y_true * log(y_pred)`, for counts."""

    direction = "down"
    formula = staticmethod(poisson)
