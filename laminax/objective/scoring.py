"""Whether a metric that was named looks at targets and outputs as its loss does."""

from collections.abc import Iterator
from typing import Any

import numpy as np

from ..metrics import (
    AUC,
    Accuracy,
    BinaryAccuracy,
    CategoricalAccuracy,
    Metric,
    SparseCategoricalAccuracy,
    SparseTopKCategoricalAccuracy,
    TopKCategoricalAccuracy,
)
from ..metrics.confusion import Confusion
from .families import BINARY, CLASSES, free, judged
from .finding import Finding, odd, wrong
from .heads import Head
from .pairs import loss_takes_logits

_ONE_HOT = (CategoricalAccuracy, TopKCategoricalAccuracy)
_LABELS = (SparseCategoricalAccuracy, SparseTopKCategoricalAccuracy)


def score(metric: Metric, loss: Any, head: Head, y: Any, name: str = "y") -> Iterator[Finding]:
    """What is wrong or odd about a metric of this package beside a loss, a head and targets.

    Args:
        metric: the metric.
        loss: the output's loss.
        head: how it ends.
        y: its targets.
        name: the words by which a user finds them.
    """
    if y is None:
        return
    logits = head.activation is None and (head.last == "linear" or loss_takes_logits(loss))
    if type(metric) is Accuracy and np.issubdtype(head.dtype, np.floating):
        yield odd("metrics.Accuracy() counts outputs that equal their target exactly: write metrics=['accuracy'].")
    elif type(metric) in _ONE_HOT and _one_axis_less(y, head):
        yield wrong(f"metric {metric.name!r} takes one-hot targets, but {name} holds integers: {_instead(metric)}.")
    elif type(metric) in _LABELS and head.units > 1 and tuple(y.shape) == tuple(head.shape):
        yield wrong(
            f"metric {metric.name!r} takes integers, but {name} has the shape {free(y.shape)} of one-hot targets: "
            f"{_instead(metric)}."
        )
    elif type(metric) is BinaryAccuracy:
        yield from _binary(metric, loss, head, logits)
    elif isinstance(metric, (AUC, Confusion)) and _binary_loss(loss) and logits and not _from_logits(metric):
        yield wrong(
            f"metric {metric.name!r} has thresholds in 0..1, but the output holds logits, without bounds: "
            f"{'use metrics.AUC(from_logits=True), or ' if isinstance(metric, AUC) else ''}give the last layer "
            f"activation='sigmoid' and use loss={getattr(loss, 'name', None)!r} without from_logits."
        )


def _binary(metric: Any, loss: Any, head: Head, logits: bool) -> Iterator[Finding]:
    if judged(loss) and isinstance(loss, CLASSES):
        yield odd(
            f"metric {metric.name!r} counts each of {head.units} units as a yes or no of its own, but "
            f"loss={loss.name!r} is of classes: write metrics=['accuracy']."
        )
    elif _binary_loss(loss) and logits and metric.threshold == 0.5:
        yield odd(
            f"metric {metric.name!r} takes outputs above 0.5 for a yes, but logits say yes above 0: write "
            "metrics=['accuracy'], or metrics.BinaryAccuracy(threshold=0.0)."
        )


def _binary_loss(loss: Any) -> bool:
    return judged(loss) and isinstance(loss, BINARY)


def _from_logits(metric: Any) -> bool:
    """Whether a metric was told that it gets logits, or a threshold that is meant for them."""
    if isinstance(metric, AUC):
        return metric.from_logits
    given = np.ravel(getattr(metric, "thresholds", 0.5))
    return len(given) > 0 and all(float(threshold) <= 0 for threshold in given if threshold is not None)


def _one_axis_less(y: Any, head: Head) -> bool:
    return head.units > 1 and tuple(y.shape[1:]) in (tuple(head.shape[1:-1]), (*head.shape[1:-1], 1))


def _instead(metric: Metric) -> str:
    kind = type(metric).__name__
    other = kind.removeprefix("Sparse") if kind.startswith("Sparse") else f"Sparse{kind}"
    return "write metrics=['accuracy']" if "TopK" not in kind else f"use metrics.{other}(k={getattr(metric, 'k', 5)})"
