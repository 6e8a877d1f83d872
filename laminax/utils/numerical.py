"""Helpers with numbers."""

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from .. import ops
from .._core.errors import named_arguments
from .._core.settings import floatx


@named_arguments
def to_categorical(x: Any, num_classes: int | None = None) -> Any:
    """Integers as rows with a one at their place: `(...)` to `(..., num_classes)`. A last axis of size 1 is dropped.

    A JAX array gives a JAX array, all else a NumPy array.

    Args:
        x: integers from 0.
        num_classes: the length of a row; `None` is the largest integer plus one.

    Example:

        >>> import laminax as lx
        >>> lx.utils.to_categorical([0, 2])
        array([[1., 0., 0.],
               [0., 0., 1.]], dtype=float32)
    """
    labels = np.asarray(x)
    if labels.dtype.kind == "f" and np.array_equal(labels, np.round(labels)):
        labels = labels.astype("int64")
    if labels.dtype.kind not in "iub":
        raise TypeError(f"to_categorical takes integers; got dtype {labels.dtype}.")
    labels = labels.astype("int64")
    if labels.ndim > 1 and labels.shape[-1] == 1:
        labels = labels[..., 0]
    count = int(num_classes) if num_classes is not None else int(labels.max(initial=-1)) + 1
    if labels.size and (labels.min() < 0 or labels.max() >= count):
        raise ValueError(f"to_categorical: integers must be in 0 .. {count - 1}; got {labels.min()} .. {labels.max()}.")
    rows = np.eye(count, dtype=floatx())[labels]
    return jnp.asarray(rows) if isinstance(x, jax.Array) else rows


@named_arguments
def normalize(x: Any, axis: int = -1, order: int = 2) -> Any:
    """`x` divided by its norm along `axis`; what is 0 stays 0. A NumPy array gives a NumPy array.

    Args:
        x: an array.
        axis: the axis of the vectors.
        order: the norm: 2 is the length, 1 the sum of absolute values.
    """
    if not isinstance(x, np.ndarray):
        return ops.normalize(x, axis, order)
    norm = np.linalg.norm(x, order, axis, keepdims=True)
    return x / np.where(norm == 0, 1, norm)
