"""Functions of single numbers, and products, that `jax.numpy` computes by other rules than Keras."""

from typing import Any

import jax.numpy as jnp

from .._core import dtypes
from .._core.operation import Array, operation

__all__ = ["clip", "divide_no_nan", "einsum", "ldexp", "matmul", "round", "trunc", "view"]


@operation
def clip(x: Array, x_min: Any, x_max: Any) -> Array:
    """`min(max(x, x_min), x_max)`."""
    return jnp.clip(x.astype("int32") if x.dtype == bool else x, x_min, x_max)


@operation
def divide_no_nan(x1: Array, x2: Array) -> Array:
    """`x1 / x2`, and 0 where `x2` is 0."""
    found = jnp.divide(x1, jnp.where(x2 == 0, 1, x2))
    return jnp.where(x2 == 0, 0, found)


@operation
def einsum(subscripts: str, *operands: Array, **kwargs: Any) -> Array:
    """Sums of products by Einstein's convention: `einsum("ij,jk->ik", a, b)` is `a @ b`. int8 is summed in int32."""
    return jnp.einsum(subscripts, *operands, **{"preferred_element_type": _sum_type(*operands), **kwargs})


def _sum_type(*arrays: Array) -> Any:
    return "int32" if all(x.dtype == "int8" for x in arrays) else None


@operation
def ldexp(x1: Array, x2: Array) -> Array:
    """`x1 * 2**x2`, for whole `x2`."""
    if not jnp.issubdtype(x2.dtype, jnp.integer):
        raise TypeError(f"ldexp: the exponent x2 must be an integer type; got {x2.dtype}.")
    return jnp.ldexp(x1, x2)


@operation
def matmul(x1: Array, x2: Array) -> Array:
    """The product of matrices, or of stacks of them. int8 is summed in int32."""
    return jnp.matmul(x1, x2, preferred_element_type=_sum_type(x1, x2))


@operation
def round(x: Array, decimals: int = 0) -> Array:
    """`x` rounded to `decimals` digits after the point, halves to the even neighbour; before it, if negative."""
    if dtypes.is_float(x) or jnp.iscomplexobj(x) or decimals >= 0:
        return jnp.round(x, decimals)
    unit = 10.0**-decimals
    return (jnp.round(x / unit) * unit).astype(x.dtype)


@operation
def trunc(x: Array) -> Array:
    """The whole number next to `x` towards 0."""
    return jnp.trunc(x) if dtypes.is_float(x) else x


@operation
def view(x: Array, dtype: Any = None) -> Array:
    """The bits of `x` as another type."""
    wanted = x.dtype if dtype is None else jnp.dtype(dtype)
    if x.ndim == 0 and wanted.itemsize != x.dtype.itemsize:
        raise ValueError(f"view: a number of type {x.dtype} has not as many bits as {wanted}.")
    x = x.astype("uint8") if x.dtype.kind == "b" else x
    return x.view(wanted) if x.ndim else x.reshape(1).view(wanted)[0]
