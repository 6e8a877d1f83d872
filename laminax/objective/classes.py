"""Which classes occur in training and in validation, and whether the last rows are like the others."""

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from .families import BINARY, CLASSES, LABELS, judged, over_last_axis
from .finding import Finding, odd
from .heads import Head
from .values import MANY

FEW = 100  # classes up to which each is expected to occur


def counts(loss: Any, head: Head, y: Any) -> np.ndarray | None:
    """How often each class occurs in `y`, or no and yes; `None` where a loss has no classes of which one is right."""
    if y is None or not judged(loss) or not isinstance(loss, (*CLASSES, *BINARY)):
        return None
    y = np.asarray(y)
    if isinstance(loss, BINARY):
        yes = np.count_nonzero(y == 1)
        return np.array([len(y) - yes, yes]) if y.size == len(y) == yes + np.count_nonzero(y == 0) else None
    if not over_last_axis(loss, len(head.shape)):
        return None
    if not isinstance(loss, LABELS):
        return np.rint(y.reshape(-1, y.shape[-1]).sum(0)).astype(int) if y.ndim > 1 else None
    labels = y.ravel() if np.can_cast(y.dtype, "int64") else y.ravel().astype("int64")
    if labels.size and not 0 <= labels.min() <= labels.max() < head.units:
        labels = labels[(labels >= 0) & (labels < head.units)]
    return np.bincount(labels, minlength=head.units)


def spread(train: Any, validation: Any, split: float = 0.0, name: str = "y") -> Iterator[Finding]:
    """Classes that occur in but one of training and validation.

    Args:
        train, validation: how often each class occurs; `None` where nothing is known.
        split: the share of the last rows that was set aside; 0 where validation data were given.
        name: the words by which a user finds the targets.
    """
    if train is None or len(train) > FEW:
        return
    if validation is not None and len(validation) == len(train):
        unseen = np.flatnonzero((train == 0) & (validation > 0))
        if len(unseen) and train.sum() >= 10 * len(train):
            yield odd(
                f"{_of(unseen)} of {name} in validation and not in training ({_table(train)} against "
                f"{_table(validation)}). {_remedy(split)}"
            )
            return
        unproved = np.flatnonzero((train > 0) & (validation == 0))
        if len(unproved) and validation.sum() >= 10 * len(train):
            yield odd(
                f"{_of(unproved)} of {name} in training and not in validation ({_table(train)} against "
                f"{_table(validation)}). {_remedy(split)}"
            )


def is_sorted(y: Any) -> bool:
    """Whether a column of targets rises or falls, and is not all the same."""
    y = np.asarray(y)
    if y.ndim > 2 or (y.ndim == 2 and y.shape[-1] != 1) or len(y) < MANY or y.dtype.kind not in "biuf":
        return False
    y = y.reshape(len(y))
    if y[0] == y[-1]:
        return False
    return bool((y[1:] >= y[:-1]).all() if y[0] < y[-1] else (y[1:] <= y[:-1]).all())


def tail(train: Any, validation: Any, split: float, name: str = "y") -> Iterator[Finding]:
    """Targets that are sorted, of which the last are set aside."""
    if split and train is not None and is_sorted(train) and train.ndim == validation.ndim:
        yield odd(
            f"{name} is sorted, and validation_split={split:g} takes the last rows ({_range(validation)}; the others "
            f"{_range(train)}). {_remedy(split)}"
        )


def rows_in_both(train: Any, validation: Any, name: str = "x") -> Iterator[Finding]:
    """Rows of numbers that stand in training and in validation alike."""
    if not all(
        isinstance(x, np.ndarray) and x.dtype.kind == "f" and x.ndim > 1 and len(x) for x in (train, validation)
    ):
        return
    known = {hash(row.tobytes()) for row in train}
    double = [i for i, row in enumerate(validation) if hash(row.tobytes()) in known]
    if len(double) > 0.02 * len(validation):
        yield odd(
            f"{len(double)} of {len(validation)} rows of {name} in validation stand in training, too, such as the row "
            f"{double[0]}: what is measured there is memory. Drop them, or keep equal rows together with "
            "data.split(..., groups=)."
        )


def words(found: Mapping[str, Any]) -> str:
    """The counts in words: `0: 12, 1: 9`."""
    return "; ".join(f"{name} {_table(each)}" for name, each in found.items() if each is not None)


def _of(classes: np.ndarray) -> str:
    shown = ", ".join(map(str, classes[:8])) + (", ..." if len(classes) > 8 else "")
    return f"Class {shown}" if len(classes) == 1 else f"Classes {shown}"


def _table(each: np.ndarray) -> str:
    shown = [f"{i}: {n}" for i, n in enumerate(each)]
    return ", ".join(shown if len(shown) <= 10 else [*shown[:9], "..."])


def _remedy(split: float) -> str:
    cut = f"data.split(x, y, validation={split or 0.2:g}, stratify=y, seed=0)"
    return f"Shuffle the rows before, or use {cut} and validation_data."


def _range(y: Any) -> str:
    y = np.asarray(y)
    return f"{y.min():.6g}..{y.max():.6g}"
