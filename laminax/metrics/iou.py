"""Intersection over union, for segmentation: what two regions share, in parts of what they cover together."""

import warnings
from collections.abc import Sequence
from typing import Any

import jax.numpy as jnp
import numpy as np

from .._core import checks, context
from .._core.dtypes import is_float
from ..losses.loss import divide
from .metric import Array, Metric, State, weights_of

__all__ = ["BinaryIoU", "IoU", "MeanIoU", "OneHotIoU", "OneHotMeanIoU"]


class IoU(Metric):
    """`common / (true + predicted - common)` of classes, from counts of pixels (or steps): their mean.

    Classes that occur neither in targets nor in predictions are left out, and so are pixels of which one says no class
    in 0 .. `num_classes` - 1.

    Args:
        num_classes: how many classes there are.
        target_class_ids: those whose mean is asked.
        name: as of `Metric`.
        dtype: the type of the counts, int32 by default; for weights that are floats give a float type.
        ignore_class: a target that does not count.
        sparse_y_true: targets are integers; else one-hot, or scores.
        sparse_y_pred: predictions are integers; else one-hot, or scores.
        axis: the axis of the classes, where there is one.
    """

    direction = "up"

    def __init__(
        self,
        num_classes: int,
        target_class_ids: Sequence[int],
        name: str | None = None,
        dtype: Any = None,
        ignore_class: int | None = None,
        sparse_y_true: bool = True,
        sparse_y_pred: bool = True,
        axis: int = -1,
    ) -> None:
        super().__init__("int32" if dtype is None else dtype, name)
        self.num_classes = checks.integer(self, "num_classes", num_classes)
        self.target_class_ids = [int(i) for i in target_class_ids]
        if not self.target_class_ids or not all(0 <= i < num_classes for i in self.target_class_ids):
            raise ValueError(
                f"{type(self).__name__}: target_class_ids must be classes in 0 .. {num_classes - 1}; "
                f"got {self.target_class_ids}."
            )
        self.ignore_class = ignore_class
        self.sparse_y_true = sparse_y_true
        self.sparse_y_pred = sparse_y_pred
        self.axis = axis

    def zeros(self) -> State:
        return {"total_cm": np.zeros((self.num_classes, self.num_classes), self.dtype)}

    def update(self, state: State, y_true: Any, y_pred: Any, sample_weight: Any = None) -> State:
        mask = context.fact(y_pred, "mask")
        y_true = self._classes(y_true, self.sparse_y_true)
        y_pred = self._classes(y_pred, self.sparse_y_pred)
        if y_true.size != y_pred.size:
            raise ValueError(
                f"{type(self).__name__} compares classes one by one; got targets of shape {y_true.shape} and "
                f"predictions of shape {y_pred.shape}. Scores need sparse_y_pred=False, one-hot targets "
                "sparse_y_true=False."
            )
        self._warn_of_casting(sample_weight)
        y_true = y_true.reshape(y_pred.shape)
        weight = weights_of(jnp.zeros(y_pred.shape, self.dtype), mask, sample_weight)
        weight = jnp.ones(y_pred.shape, self.dtype) if weight is None else weight
        counts = (y_true >= 0) & (y_true < self.num_classes) & (y_pred >= 0) & (y_pred < self.num_classes)
        counts = counts if self.ignore_class is None else counts & (y_true != self.ignore_class)
        cells = jnp.where(counts, y_true * self.num_classes + y_pred, 0)
        added = jnp.zeros(self.num_classes**2, self.dtype).at[cells].add(jnp.where(counts, weight, 0))
        return {"total_cm": state["total_cm"] + added.reshape(self.num_classes, self.num_classes)}

    def _classes(self, y: Any, sparse: bool) -> Array:
        return jnp.asarray(y).astype("int32") if sparse else jnp.argmax(jnp.asarray(y), self.axis).astype("int32")

    def _warn_of_casting(self, sample_weight: Any) -> None:
        if is_float(jnp.dtype(self.dtype)) or sample_weight is None or not is_float(jnp.asarray(sample_weight)):
            return
        warnings.warn(
            f"{type(self).__name__}: the sample weight is a float, the counts are of type {self.dtype} (an int type): "
            "casting drops its digits. Give dtype='float32'.",
            stacklevel=4,
        )

    def compute(self, state: State) -> Array:
        matrix = state["total_cm"]
        common = jnp.diag(matrix)
        union = jnp.sum(matrix, 0) + jnp.sum(matrix, 1) - common
        wanted = np.array(self.target_class_ids)
        common, union = (x[wanted].astype("float32" if x.dtype.kind == "i" else x.dtype) for x in (common, union))
        return divide(jnp.sum(divide(common, union)), jnp.sum(union > 0))


class BinaryIoU(IoU):
    """`IoU` of two classes, which `y_pred >= threshold` tells apart.

    Args:
        target_class_ids: `(0,)` for the background, `(1,)` for the foreground, `(0, 1)` for the mean of both.
        threshold: where the foreground begins.
        name, dtype: as of `IoU`.
    """

    def __init__(
        self,
        target_class_ids: Sequence[int] = (0, 1),
        threshold: float = 0.5,
        name: str | None = None,
        dtype: Any = None,
    ) -> None:
        super().__init__(2, target_class_ids, name, dtype)
        self.threshold = threshold

    def update(self, state: State, y_true: Any, y_pred: Any, sample_weight: Any = None) -> State:
        classes = jnp.asarray(y_pred) >= self.threshold
        context.carry(y_pred, classes, lambda logits: logits)
        return super().update(state, y_true, classes, sample_weight)


class MeanIoU(IoU):
    """The mean `IoU` of all classes. Arguments as `IoU`."""

    def __init__(
        self,
        num_classes: int,
        name: str | None = None,
        dtype: Any = None,
        ignore_class: int | None = None,
        sparse_y_true: bool = True,
        sparse_y_pred: bool = True,
        axis: int = -1,
    ) -> None:
        count = checks.integer(self, "num_classes", num_classes)
        super().__init__(count, range(count), name, dtype, ignore_class, sparse_y_true, sparse_y_pred, axis)


class OneHotIoU(IoU):
    """`IoU` of one-hot targets and, unless `sparse_y_pred`, scores. Arguments as `IoU`."""

    def __init__(
        self,
        num_classes: int,
        target_class_ids: Sequence[int],
        name: str | None = None,
        dtype: Any = None,
        ignore_class: int | None = None,
        sparse_y_pred: bool = False,
        axis: int = -1,
    ) -> None:
        super().__init__(num_classes, target_class_ids, name, dtype, ignore_class, False, sparse_y_pred, axis)


class OneHotMeanIoU(MeanIoU):
    """`MeanIoU` of one-hot targets and, unless `sparse_y_pred`, scores. Arguments as `IoU`."""

    def __init__(
        self,
        num_classes: int,
        name: str | None = None,
        dtype: Any = None,
        ignore_class: int | None = None,
        sparse_y_pred: bool = False,
        axis: int = -1,
    ) -> None:
        super().__init__(num_classes, name, dtype, ignore_class, False, sparse_y_pred, axis)
