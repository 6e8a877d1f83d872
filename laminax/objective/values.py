"""Whether the numbers in targets are such as their loss and their output can mean: in one pass over them."""

import functools
from collections.abc import Iterator
from typing import Any

import numpy as np

from .families import BINARY, COUNTS, NUMBERS, ONE_HOT, REACH, SHARES, SIGNS, judged, over_last_axis
from .finding import Finding, odd, wrong
from .heads import Head

MANY = 32  # rows from which on a constant says something


class Targets:
    """Targets of one output: an array, and what is asked of it more than once.

    Args:
        y: the array.
        name: the words by which a user finds it.
    """

    def __init__(self, y: Any, name: str) -> None:
        self.y, self.name = np.asarray(y), name

    @functools.cached_property
    def range(self) -> tuple[float, float]:
        """The least and the greatest number; both NaN if one is."""
        return (float(self.y.min()), float(self.y.max())) if self.y.size else (0.0, 0.0)

    def within(self, low: float, high: float) -> bool:
        """Whether all numbers are from `low` to `high`."""
        return self.range[0] >= low and self.range[1] <= high

    def first(self, wrong: Any) -> str:
        """`y[12] = 7`, the first that is wrong."""
        place = tuple(int(i) for i in np.unravel_index(int(np.argmax(wrong)), self.y.shape))
        return f"{self.name}[{', '.join(map(str, place))}] = {self.y[place]}"

    @functools.cached_property
    def whole(self) -> bool:
        """Whether all numbers are integers."""
        return self.y.dtype.kind in "biu" or bool((self.y == np.floor(self.y)).all())


def values(loss: Any, head: Head, y: Any, name: str) -> Iterator[Finding]:
    """What is wrong about single numbers of `y`, for a loss of this package; shapes fit already."""
    if not judged(loss) or y is None or np.size(y) == 0:
        return
    targets = Targets(y, name)
    if targets.y.dtype.kind == "f" and not np.isfinite(targets.range).all():
        if isinstance(loss, (*BINARY, *ONE_HOT, *NUMBERS, *COUNTS, *SHARES, *SIGNS)):
            yield wrong(
                f"{targets.first(~np.isfinite(targets.y))} is not a finite number: fill it in, or drop the row, as in "
                f"keep = numpy.isfinite({name}).reshape(len({name}), -1).all(1)."
            )
        return
    for family, rule in RULES:
        if isinstance(loss, family):
            yield from rule(loss, head, targets)


def _binary(loss: Any, head: Head, targets: Targets) -> Iterator[Finding]:
    y, (low, high) = targets.y, targets.range
    if not targets.within(0, 1):
        if targets.whole and low >= 0:
            hint = (
                f"For classes 0..{high:.0f} give the last layer {high:.0f} + 1 units, activation='softmax' and "
                "loss='sparse_categorical_crossentropy'."
            )
            hint = "The classes count from 1: subtract 1." if (low, high) == (1, 2) else hint
        else:
            hint = "Give 0 and 1: (y + 1) / 2." if low == -1 and high == 1 else "For a regression use loss='mse'."
        yield wrong(f"{targets.first((y < 0) | (y > 1))}, but loss={loss.name!r} takes targets in 0..1. {hint}")
    elif head.activation == "softmax":
        yield from _several(loss, head, targets)


def _one_hot(loss: Any, head: Head, targets: Targets) -> Iterator[Finding]:
    if over_last_axis(loss, len(head.shape)):
        yield from _several(loss, head, targets)


def _several(loss: Any, head: Head, targets: Targets) -> Iterator[Finding]:
    """Rows of several ones, where one class is right."""
    y = targets.y
    if y.ndim < 2 or y.shape[-1] < 2 or not targets.within(0, 1):
        return
    sums = y.sum(-1)
    if float(sums.max()) > 1.5 and bool(((y == 0) | (y == 1)).all()):
        row = tuple(int(i) for i in np.unravel_index(int(np.argmax(sums > 1.5)), sums.shape))
        yield wrong(
            f"{targets.name}[{', '.join(map(str, row))}] holds {sums[row]:.0f} ones, but a softmax with "
            f"loss={loss.name!r} is of classes of which one is right: for several labels at once use "
            "activation='sigmoid' and loss='binary_crossentropy'."
        )


def _signs(loss: Any, head: Head, targets: Targets) -> Iterator[Finding]:
    y = targets.y
    if not targets.within(-1, 1) or not targets.whole:
        yield wrong(f"{targets.first((abs(y) > 1) | (y != np.floor(y)))}, but loss={loss.name!r} takes -1 and 1.")


def _counts(loss: Any, head: Head, targets: Targets) -> Iterator[Finding]:
    if targets.range[0] < 0:
        yield wrong(
            f"{targets.first(targets.y < 0)}, but loss={loss.name!r} takes counts from 0 on. For other numbers use "
            "loss='mse'."
        )


def _shares(loss: Any, head: Head, targets: Targets) -> Iterator[Finding]:
    if not targets.within(0, 1):
        yield wrong(
            f"{targets.first((targets.y < 0) | (targets.y > 1))}, but loss={loss.name!r} takes shares in 0..1 that sum "
            "to 1."
        )


RULES: tuple[tuple[tuple[type, ...], Any], ...] = (
    (BINARY, _binary),
    (ONE_HOT, _one_hot),
    (SIGNS, _signs),
    (COUNTS, _counts),
    (SHARES, _shares),
)


def unlikely(loss: Any, head: Head, y: Any, name: str) -> Iterator[Finding]:
    """What is odd about all of the targets of a run: constant, or out of the reach of the output."""
    if not judged(loss) or y is None or len(y) < MANY:
        return
    targets = Targets(y, name)
    low, high = targets.range
    if low == high:
        yield odd(f"All of {name} is {low:g}: there is nothing to learn from it. Is it the column that was meant?")
        return
    least, most = REACH.get(head.last or "", (-np.inf, np.inf))
    if isinstance(loss, NUMBERS) and (low < least or high > most):
        share = float(((targets.y < least) | (targets.y > most)).mean())
        if share > 0.05:
            reach = f"within {least:g}..{most:g}" if np.isfinite(most) else f"at {least:g} or above"
            yield odd(
                f"{share:.0%} of {name} ({low:g}..{high:g}) can't be reached: the output ends in "
                f"activation={head.last!r}, which stays {reach}. Leave the activation out, or scale {name}."
            )
