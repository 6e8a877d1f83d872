"""The losses by what they compare: yes and no, classes, numbers."""

from typing import Any

from ..layers.layer import is_builtin
from ..losses import (
    BinaryCrossentropy,
    BinaryFocalCrossentropy,
    CategoricalCrossentropy,
    CategoricalFocalCrossentropy,
    CategoricalGeneralizedCrossEntropy,
    CategoricalHinge,
    Hinge,
    Huber,
    KLDivergence,
    LogCosh,
    MeanAbsoluteError,
    MeanAbsolutePercentageError,
    MeanSquaredError,
    MeanSquaredLogarithmicError,
    Poisson,
    SparseCategoricalCrossentropy,
    SquaredHinge,
)

BINARY = (BinaryCrossentropy, BinaryFocalCrossentropy)
ONE_HOT = (CategoricalCrossentropy, CategoricalFocalCrossentropy)
LABELS = (SparseCategoricalCrossentropy, CategoricalGeneralizedCrossEntropy)
CLASSES = (*ONE_HOT, *LABELS)
MARGINS = (Hinge, SquaredHinge, CategoricalHinge)
SIGNS = (Hinge, SquaredHinge)
NUMBERS = (
    MeanSquaredError,
    MeanAbsoluteError,
    MeanAbsolutePercentageError,
    MeanSquaredLogarithmicError,
    Huber,
    LogCosh,
)
COUNTS = (Poisson,)
SHARES = (KLDivergence,)
KNOWN = (*BINARY, *CLASSES, *MARGINS, *NUMBERS, *COUNTS, *SHARES)

# What the functions reach by which an output may end: the least and the greatest number.
REACH = {
    "softmax": (0.0, 1.0),
    "sigmoid": (0.0, 1.0),
    "tanh": (-1.0, 1.0),
    "relu": (0.0, float("inf")),
    "softplus": (0.0, float("inf")),
    "exponential": (0.0, float("inf")),
}


def judged(loss: Any) -> bool:
    """Whether a loss is one of this package, of which it is known what it compares."""
    return loss is not None and is_builtin(type(loss))


def over_last_axis(loss: Any, rank: int) -> bool:
    """Whether a loss has its classes in the last axis."""
    return getattr(loss, "axis", -1) in (-1, rank - 1)


def free(shape: Any) -> str:
    """A shape with a free first axis, as `(n, 3)`."""
    rest = ", ".join(str(d) for d in tuple(shape)[1:])
    return f"(n, {rest})" if rest else "(n,)"
