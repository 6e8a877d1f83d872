"""Which accuracy is meant by `"accuracy"`: from the loss, the head and the targets."""

from typing import Any

import numpy as np

from ..losses import (
    CTC,
    BinaryCrossentropy,
    BinaryFocalCrossentropy,
    CategoricalCrossentropy,
    Hinge,
    SparseCategoricalCrossentropy,
    SquaredHinge,
)
from ..metrics import BinaryAccuracy, CategoricalAccuracy, Metric, SparseCategoricalAccuracy
from ..metrics.reading import ErrorRate
from .heads import Head


def accuracy_for(loss: Any, head: Head, y: Any, name: str = "accuracy") -> Metric:
    """The metric that `"accuracy"` stands for.

    Args:
        loss: the output's loss.
        head: the output's head.
        y: the first targets of the output.
        name: the name under which it is logged.

    Raises:
        ValueError: for a regression, which has no accuracy.
    """
    if isinstance(loss, SparseCategoricalCrossentropy):
        return SparseCategoricalAccuracy(name)
    if isinstance(loss, CategoricalCrossentropy):
        return CategoricalAccuracy(name)
    if isinstance(loss, CTC):
        raise ValueError(f"'{name}' says little of sequences: use metrics=['cer'], the character error rate, or 'wer'.")
    y = np.asarray(y)
    hinge = isinstance(loss, (Hinge, SquaredHinge)) and bool(np.isin(y, (0, 1)).all())
    if hinge or isinstance(loss, (BinaryCrossentropy, BinaryFocalCrossentropy)) or head.activation == "sigmoid":
        logits = head.activation is None and getattr(loss, "from_logits", hinge)
        return BinaryAccuracy(name, threshold=0.0 if logits else 0.5)
    units = head.shape[-1] if len(head.shape) > 1 else 1
    if units > 1 and y.shape == head.shape and (head.activation == "softmax" or _is_one_hot(y)):
        return CategoricalAccuracy(name)
    if (
        units > 1
        and y.size == np.prod(head.shape[:-1])
        and (head.activation == "softmax" or np.issubdtype(y.dtype, np.integer))
    ):
        return SparseCategoricalAccuracy(name)
    if units == 1 and y.size and np.isin(y, (0, 1)).all():
        return BinaryAccuracy(name)
    raise ValueError(
        f"'{name}' counts right answers, but the output has no classes: "
        f"its targets are numbers such as {y.ravel()[:1].tolist()}. "
        "For a regression use metrics=['mae'], or name the metric that you mean."
    )


def like_loss(metric: Metric, loss: Any, identifier: Any) -> Metric:
    """An error rate that was asked for by name or class, with the blank and the alphabet of the loss."""
    if not isinstance(identifier, (str, type)) or not isinstance(metric, ErrorRate) or not isinstance(loss, CTC):
        return metric
    form = {"blank": loss.blank, "pad_value": loss.pad_value, "alphabet": loss.alphabet}
    return type(metric)(**{**metric.get_config(), **form})


def describe(metric: Metric) -> str:
    """The metric in words, for the line that says what was chosen."""
    threshold = getattr(metric, "threshold", None)
    return type(metric).__name__ + ("" if threshold is None else f"(threshold={threshold:g})")


def _is_one_hot(y: np.ndarray) -> bool:
    return bool(np.isin(y, (0, 1)).all() and (y.sum(-1) == 1).all())
