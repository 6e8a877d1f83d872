"""Weights of samples, from weights of classes."""

import math
import numbers
from collections.abc import Mapping
from typing import Any

import numpy as np


def by_class(y: Any, class_weight: Mapping[Any, float], name: str = "y", one_hot: bool = False) -> np.ndarray:
    """The weight of each target's class.

    Args:
        y: integers `(samples, ...)` (a last axis of size 1 may follow), or one-hot `(samples, ..., classes)`.
        class_weight: a number for each class that occurs.
        name: the array's name, for errors.
        one_hot: whether the last axis holds classes.
    """
    weights = _checked(class_weight)
    if y is None:
        raise ValueError(f"class_weight needs {name}, the classes of the samples.")
    labels = np.asarray(y)
    if one_hot:
        labels = _places(labels, name)
    elif labels.ndim > 1 and labels.shape[-1] == 1:
        labels = labels[..., 0]
    classes, place = np.unique(labels, return_inverse=True)
    missing = [c for c in classes.tolist() if float(c) not in weights]
    if missing:
        raise ValueError(
            f"class_weight says nothing of the classes {missing[:8]} that occur in {name}. "
            "Give each class a weight, 1.0 for none."
        )
    return np.array([weights[float(c)] for c in classes], "float32")[place].reshape(labels.shape)


def _checked(class_weight: Any) -> dict[float, float]:
    if not isinstance(class_weight, Mapping):
        raise TypeError(f"class_weight is a dict from class to weight; got {class_weight!r}.")
    for key, value in class_weight.items():
        if not isinstance(key, numbers.Real) or not isinstance(value, numbers.Real) or not 0 <= float(value) < math.inf:
            raise ValueError(f"class_weight is a dict from class to weight, both numbers; got {key!r}: {value!r}.")
    return {float(key): float(value) for key, value in class_weight.items()}


def _places(one_hot: np.ndarray, name: str) -> np.ndarray:
    ones = (one_hot == 1).sum(-1) == 1
    if not (ones & ((one_hot == 0).sum(-1) == one_hot.shape[-1] - 1)).all():
        raise ValueError(
            f"class_weight needs one class a sample: a row of {name} is not one-hot. "
            "For several labels at once use sample_weight."
        )
    return one_hot.argmax(-1)


def combined(sample_weight: Any, class_weight: Any) -> Any:
    """The product of two weights, either of which may be `None`."""
    if sample_weight is None or class_weight is None:
        return sample_weight if class_weight is None else class_weight
    both = np.asarray(sample_weight), np.asarray(class_weight)
    rank = max(array.ndim for array in both)
    first, second = (array.reshape(array.shape + (1,) * (rank - array.ndim)) for array in both)
    return first * second
