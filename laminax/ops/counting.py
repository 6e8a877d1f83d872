"""Functions whose results have a size that depends on values: places, kinds, counts."""

from typing import Any

import jax.numpy as jnp

from .._core.graph import SymbolicTensor
from .._core.operation import Array, float_operation, operation

__all__ = ["bincount", "histogram", "nonzero", "unique", "where"]


def _counts_spec(x: Any, weights: Any = None, minlength: int = 0, sparse: bool = False) -> SymbolicTensor:
    kind = "int32" if weights is None else jnp.result_type(x.dtype, jnp.asarray(weights).dtype)
    return SymbolicTensor((*x.shape[:-1], None), kind)


def bincount(x: Array, weights: Array = None, minlength: int = 0, sparse: bool = False) -> Array:
    """How often each integer 0, 1, ... stands in each row of `x`, or the sum of its weights."""
    if sparse:
        raise ValueError("bincount: sparse=True is not supported, JAX has no sparse arrays here.")
    if x.ndim <= 1:
        return jnp.bincount(x, weights, minlength)
    places = jnp.arange(max(int(jnp.max(x)) + 1, minlength)) == x[..., None]
    if weights is None:
        return jnp.sum(places, -2, dtype="int32")
    return jnp.sum(places * weights[..., None], -2)


bincount = operation(bincount, spec=_counts_spec)


@float_operation
def histogram(x: Array, bins: int = 10, range: tuple[float, float] | None = None) -> tuple[Array, Array]:
    """How many values of a vector lie in each of `bins` intervals of equal width, and the ends of the intervals.

    Args:
        x: a vector.
        bins: the number of intervals.
        range: the first and the last end, by default the smallest and the largest value.
    """
    if not isinstance(bins, int):
        raise TypeError(f"histogram: bins must be of type `int`; got {bins!r}.")
    if bins < 0:
        raise ValueError(f"histogram: Argument `bins` should be a non-negative integer; got {bins}.")
    if range and (not isinstance(range, tuple) or len(range) != 2):
        raise ValueError(f"histogram: Argument `range` must be a tuple of two elements; got {range!r}.")
    if range and range[1] < range[0]:
        raise ValueError(f"histogram: The second element of `range` must be greater than the first; got {range}.")
    if x.ndim > 1:
        raise ValueError(f"histogram: Input tensor must be 1-dimensional; got the shape {x.shape}.")
    return jnp.histogram(x, bins, range or None)


def nonzero(x: Array) -> tuple[Array, ...]:
    """Where `x` is not 0: a vector of places for each axis."""
    return tuple(jnp.nonzero(x))


nonzero = operation(nonzero, spec=lambda x: tuple(SymbolicTensor((None,), "int32") for _ in x.shape))


def _unique_spec(x: Any, **options: Any) -> Any:
    size, axis = options.get("size"), options.get("axis")
    shape, places = list(x.shape), x.shape
    if axis is not None:
        places = (shape[axis],)
        shape[axis] = size
    values = SymbolicTensor(shape if axis is not None else (size,), x.dtype)
    shapes = {"return_index": (size,), "return_inverse": places, "return_counts": (size,)}
    more = [SymbolicTensor(shape, "int32") for name, shape in shapes.items() if options.get(name)]
    return (values, *more) if more else values


def unique(
    x: Array,
    sorted: bool = True,
    return_index: bool = False,
    return_inverse: bool = False,
    return_counts: bool = False,
    axis: int | None = None,
    size: int | None = None,
    fill_value: Any = None,
) -> Any:
    """The different values, each once; and, if asked for, more vectors.

    Args:
        x: an array.
        sorted: whether in ascending order.
        return_index: also where each first stands.
        return_inverse: also which of them each value of `x` is.
        return_counts: also how often each occurs.
        axis: the slices along this axis count as values; by default single numbers.
        size: how many to return, so that the shape is known before: the first, or more, which are `fill_value`.
        fill_value: by default the smallest value.
    """
    return jnp.unique(
        x,
        return_index,
        return_inverse,
        return_counts,
        axis,
        equal_nan=False,
        size=size,
        fill_value=fill_value,
        sorted=sorted,
    )


unique = operation(unique, spec=_unique_spec)


def _places_spec(condition: Any, x1: Any = None, x2: Any = None) -> Any:
    if x1 is None and x2 is None:
        return tuple(SymbolicTensor((None,), "int32") for _ in condition.shape)
    return None


def where(condition: Array, x1: Array = None, x2: Array = None) -> Any:
    """`x1` where the condition holds, else `x2`; without both, the places where it holds, a vector an axis."""
    if (x1 is None) != (x2 is None):
        raise ValueError("where: `x1` and `x2` either both should be `None`, or both be given.")
    return jnp.where(condition) if x1 is None else jnp.where(condition, x1, x2)


where = operation(where, spec=_places_spec)
