"""Means, spreads, places of extremes, and what else sums up an array."""

from typing import Any

import jax
import jax.numpy as jnp

from .._core import dtypes
from .._core.machine import on_cpu
from .._core.operation import Array, float_operation, operation

__all__ = ["argmax", "argmin", "average", "mean", "slogdet", "std", "trapezoid", "var"]


def _axes(axis: Any) -> Any:
    return tuple(axis) if isinstance(axis, list) else axis


def _typed(x: Array, dtype: Any) -> Array:
    return x if x.dtype == dtype else x.astype(dtype)


@float_operation
def mean(x: Array, axis: Any = None, keepdims: bool = False) -> Array:
    """The mean over `axis`, summed in float32 at least."""
    return _typed(jnp.mean(dtypes.at_least_float32(x), _axes(axis), keepdims=keepdims), x.dtype)


@float_operation
def var(x: Array, axis: Any = None, keepdims: bool = False) -> Array:
    """The mean square of the distance from the mean, summed in float32 at least."""
    return _typed(jnp.var(dtypes.at_least_float32(x), _axes(axis), keepdims=keepdims), jnp.finfo(x.dtype).dtype)


@float_operation
def std(x: Array, axis: Any = None, keepdims: bool = False) -> Array:
    """The square root of the variance, summed in float32 at least."""
    return _typed(jnp.std(dtypes.at_least_float32(x), _axes(axis), keepdims=keepdims), jnp.finfo(x.dtype).dtype)


@float_operation
def average(x: Array, axis: Any = None, weights: Array = None) -> Array:
    """The mean over `axis`, each value with its weight: `sum(weights * x) / sum(weights)`."""
    return jnp.average(x, _axes(axis), weights)


@operation
def argmax(x: Array, axis: int | None = None, keepdims: bool = False) -> Array:
    """The place of the largest value along `axis`, or in all values in their order; the first of several."""
    return jnp.argmax(_ordered(x, nan_is_largest=True), axis, keepdims=keepdims)


@operation
def argmin(x: Array, axis: int | None = None, keepdims: bool = False) -> Array:
    """The place of the smallest value along `axis`, or in all values in their order; the first of several."""
    return jnp.argmin(_ordered(x, nan_is_largest=False), axis, keepdims=keepdims)


def _ordered(x: Array, nan_is_largest: bool) -> Array:
    """Floats as integers in the same order, where a CPU would take tiny numbers for 0; NaN is beyond all."""
    if not dtypes.is_float(x) or not on_cpu():
        return x
    x = dtypes.at_least_float32(x)
    bits = jax.lax.bitcast_convert_type(x, "int32" if x.dtype == "float32" else "int64")
    limits = jnp.iinfo(bits.dtype)
    ordered = jnp.where(bits < 0, limits.min - bits, bits)
    return jnp.where(jnp.isnan(x), limits.max if nan_is_largest else limits.min, ordered)


@float_operation
def slogdet(x: Array) -> tuple[Array, Array]:
    """Sign and logarithm of the absolute value of the determinant."""
    sign, logarithm = jnp.linalg.slogdet(x)
    return sign, logarithm


@float_operation
def trapezoid(y: Array, x: Array = None, dx: Any = 1.0, axis: int = -1) -> Array:
    """The integral of the broken line through the points `(x, y)`, or points `dx` apart."""
    return jnp.trapezoid(y, x, jnp.asarray(dx), axis)
