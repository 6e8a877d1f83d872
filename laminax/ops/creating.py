"""New arrays: ranges, one value in all places, windows."""

from collections.abc import Callable
from typing import Any

import jax.numpy as jnp

from .._core import compat, settings
from .._core.errors import unknown
from .._core.operation import Array, operation
from ..backend import result_type, standardize_dtype

__all__ = ["arange", "array", "bartlett", "blackman", "full", "hamming", "hanning", "kaiser", "meshgrid", "vectorize"]


@operation
def arange(start: Any, stop: Any = None, step: Any = None, dtype: Any = None) -> Array:
    """The numbers `start`, `start + step`, ... before `stop`; from 0 to `start` where there is no `stop`."""
    given = [x for x in (start, stop, step) if x is not None]
    dtype = result_type(*map(_type_of, given)) if dtype is None else standardize_dtype(dtype)
    return jnp.arange(start, stop, step, dtype)


def _type_of(x: Any) -> Any:
    if isinstance(x, (float, int)) or compat.is_free_dimension(x):
        return float if isinstance(x, float) else int
    return x.dtype


@operation
def array(x: Array, dtype: Any = None) -> Array:
    """`x` as an array of its own."""
    return jnp.array(x, dtype)


@operation
def full(shape: Any, fill_value: Array, dtype: Any = None) -> Array:
    """An array of that shape with `fill_value` everywhere."""
    return jnp.full(shape, fill_value, dtype or settings.floatx())


@operation
def meshgrid(*x: Array, indexing: str = "xy") -> list[Array]:
    """For coordinates along each axis, those of all points of the grid, an array an axis.

    Args:
        x: vectors.
        indexing: `"ij"`, or `"xy"`, which swaps the first two axes of the grid.
    """
    if indexing not in ("xy", "ij"):
        raise unknown("indexing of meshgrid", indexing, ("xy", "ij"))
    return jnp.meshgrid(*map(jnp.ravel, x), indexing=indexing)


def _window(name: str, formula: str) -> Callable[..., Any]:
    function = getattr(jnp, name)

    def call(x: Any) -> Array:
        return function(x).astype(settings.floatx())

    call.__name__ = call.__qualname__ = name
    call.__doc__ = f"A window of `x` values, `{formula}`, which falls off to both sides."
    return operation(call)


bartlett = _window("bartlett", "1 - |2 n / (x - 1) - 1|")
blackman = _window("blackman", "0.42 - 0.5 cos(2 pi n / (x - 1)) + 0.08 cos(4 pi n / (x - 1))")
hamming = _window("hamming", "0.54 - 0.46 cos(2 pi n / (x - 1))")
hanning = _window("hanning", "0.5 - 0.5 cos(2 pi n / (x - 1))")


@operation
def kaiser(x: Any, beta: Any) -> Array:
    """A window of `x` values, the narrower the larger `beta`: `i0(beta sqrt(1 - (2 n / (x - 1) - 1)^2)) / i0(beta)`."""
    return jnp.kaiser(x, beta).astype(settings.floatx())


def vectorize(pyfunc: Callable[..., Any], *, excluded: Any = None, signature: str | None = None) -> Callable[..., Any]:
    """A function of single numbers as a function of arrays, one element at a time.

    Args:
        pyfunc: the function.
        excluded: places and names of arguments that are given whole.
        signature: what the function takes and gives, where that is more than numbers: `"(n),(n)->()"`.
    """
    return jnp.vectorize(pyfunc, excluded=excluded or set(), signature=signature)
