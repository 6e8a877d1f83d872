"""Parts of arrays, arrays from parts, and other orders."""

from typing import Any

import jax.numpy as jnp
import numpy as np

from .._core.operation import Array, operation

__all__ = ["argpartition", "argsort", "get_item", "pad", "repeat", "searchsorted", "select", "squeeze", "stack"]


@operation
def argpartition(x: Array, kth: int, axis: int | None = -1) -> Array:
    """Places along `axis`, those of the `kth` smallest values before the others."""
    return jnp.argpartition(x.reshape(-1), kth, 0) if axis is None else jnp.argpartition(x, kth, axis)


@operation
def argsort(x: Array, axis: int | None = -1) -> Array:
    """The places of the values along `axis` in ascending order."""
    return jnp.argsort(x, axis if x.ndim else None)


@operation
def get_item(x: Array, key: Any) -> Array:
    """`x[key]`."""
    key = tuple(key) if isinstance(key, list) else key
    _check_key(x.shape, key)
    return x[key]


def _check_key(shape: tuple[Any, ...], key: Any) -> None:
    """JAX takes the nearest place for a number that is out of range."""
    keys = key if isinstance(key, tuple) else (key,)
    used = [k for k in keys if k is not None and k is not Ellipsis]
    if len(used) > len(shape) or sum(k is Ellipsis for k in keys) > 1:
        raise ValueError(f"An array of shape {shape} has no part {key!r}: too many indices.")
    front = keys.index(Ellipsis) if Ellipsis in [k for k in keys if k is Ellipsis] else len(keys)
    axis = 0
    for place, k in enumerate(keys):
        if place == front:
            axis = len(shape) - sum(k is not None for k in keys[front + 1 :])
        elif k is not None:
            size = shape[axis]
            if isinstance(k, int) and isinstance(size, int) and not -size <= k < size:
                raise ValueError(f"An array of shape {shape} has no part {key!r}: index {k} is out of bounds.")
            axis += 1


@operation
def pad(x: Array, pad_width: Any, mode: str = "constant", constant_values: Any = None) -> Array:
    """`x` with `pad_width`, `(before, after)` for each axis, of more values around it.

    Args:
        x: an array.
        pad_width: a pair for each axis, one pair, or one number.
        mode: what stands there: `"constant"`, `"edge"`, `"reflect"`, `"symmetric"`, `"wrap"`, ... as in NumPy.
        constant_values: the value of `"constant"`, 0 by default.
    """
    if constant_values is None:
        return jnp.pad(x, pad_width, mode)
    if mode != "constant":
        raise ValueError(
            f"pad: Argument `constant_values` can only be provided when `mode == 'constant'`; got {mode!r}."
        )
    return jnp.pad(x, pad_width, mode, constant_values=constant_values)


@operation
def repeat(x: Array, repeats: Any, axis: int | None = None) -> Array:
    """Each value `repeats` times, one after another, along `axis`, or in all values in their order."""
    return jnp.repeat(x, np.asarray(repeats) if isinstance(repeats, (list, tuple)) else repeats, axis)


@operation
def searchsorted(sorted_sequence: Array, values: Array, side: str = "left") -> Array:
    """Where in an ascending vector the values would stand: before equal ones, or after them if `side` is `"right"`."""
    if sorted_sequence.ndim != 1:
        raise ValueError(
            f"searchsorted only supports 1-D sorted sequences; got the shape {sorted_sequence.shape}. "
            "Use `ops.vectorized_map` for several."
        )
    return jnp.searchsorted(sorted_sequence, values, side)


@operation
def select(condlist: list[Array], choicelist: list[Array], default: Array = 0) -> Array:
    """The values of the first choice whose condition holds, else `default`."""
    return jnp.select(condlist, choicelist, default)


@operation
def squeeze(x: Array, axis: Any = None) -> Array:
    """`x` without axes of size 1: those in `axis`, or all."""
    if axis is None:
        axis = [i for i, size in enumerate(x.shape) if isinstance(size, int) and size == 1]
    return jnp.squeeze(x, tuple(axis) if isinstance(axis, list) else axis)


@operation
def stack(x: list[Array], axis: int = 0) -> Array:
    """Arrays of one shape side by side along a new axis."""
    return jnp.stack(x, axis)
