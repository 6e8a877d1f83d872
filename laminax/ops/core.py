"""Types, shapes, and blocks of arrays."""

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from .._core.errors import unknown
from .._core.graph import SymbolicTensor, is_symbolic
from .._core.operation import Array, as_array, operation
from ..backend import standardize_dtype

__all__ = [
    "cast",
    "convert_to_numpy",
    "convert_to_tensor",
    "dtype",
    "is_tensor",
    "saturate_cast",
    "scatter",
    "scatter_update",
    "shape",
    "slice",
    "slice_update",
    "stop_gradient",
    "unstack",
]


@operation
def cast(x: Array, dtype: Any) -> Array:
    """`x` in another type."""
    return x.astype(standardize_dtype(dtype))


def convert_to_numpy(x: Any) -> np.ndarray:
    """`x` as a NumPy array that may be written to."""
    if is_symbolic(x):
        raise ValueError(f"convert_to_numpy: {x} has no value yet.")
    return np.array(x)


def convert_to_tensor(x: Any, dtype: Any = None, sparse: bool | None = None, ragged: bool | None = None) -> Any:
    """`x` as a JAX array."""
    if sparse or ragged:
        raise ValueError("Sparse and ragged tensors are not supported: pad them, and mask the padding.")
    wanted = None if dtype is None else standardize_dtype(dtype)
    if is_symbolic(x):
        return x if wanted in (None, x.dtype) else cast(x, wanted)
    array = jnp.asarray(as_array(x))
    return array if wanted is None or array.dtype == wanted else array.astype(wanted)


def dtype(x: Any) -> str:
    """The name of the type of `x`."""
    return standardize_dtype(x.dtype) if hasattr(x, "dtype") else standardize_dtype(type(x))


def is_tensor(x: Any) -> bool:
    """Whether `x` is a JAX array."""
    return isinstance(x, jax.Array)


@operation
def saturate_cast(x: Array, dtype: Any) -> Array:
    """`x` in another type; what is out of its range becomes its smallest or largest number."""
    wanted = jnp.dtype(standardize_dtype(dtype))
    x = x.astype("int32") if x.dtype == bool else x
    if wanted.kind == "b":
        return x.astype(bool)
    (least, most), (low, high) = _range(x.dtype), _range(wanted)
    kind = x.dtype.type
    return jnp.clip(x, kind(max(least, low)), kind(min(most, high))).astype(wanted)


def _range(kind: Any) -> tuple[float, float]:
    limits: Any = jnp.finfo(kind) if jnp.issubdtype(kind, jnp.floating) else jnp.iinfo(kind)
    return float(limits.min), float(limits.max)


@operation
def scatter(indices: Array, values: Array, shape: Any) -> Array:
    """Zeros of `shape`, with `values` added at `indices` (its last axis is a position)."""
    return jnp.zeros(tuple(shape), values.dtype).at[tuple(jnp.moveaxis(indices, -1, 0))].add(values)


@operation
def scatter_update(inputs: Array, indices: Array, updates: Array, reduction: str | None = None) -> Array:
    """`inputs` with `updates` at `indices` (its last axis is a position): put, or `add`, `max`, `min` or `mul`."""
    places = inputs.at[tuple(jnp.moveaxis(indices, -1, 0))]
    ways = {None: places.set, "add": places.add, "max": places.max, "min": places.min, "mul": places.mul}
    if reduction not in ways:
        raise unknown("reduction", str(reduction), [way for way in ways if way])
    return ways[reduction](updates.astype(inputs.dtype))


def shape(x: Any) -> tuple[Any, ...]:
    """The shape of `x`; `None` where a size is free."""
    return tuple(x.shape if hasattr(x, "shape") else np.shape(x))


def _slice_spec(inputs: Any, start_indices: Any, shape: Any) -> SymbolicTensor | None:
    """Up to the end from a place that is not known: free."""
    _check_slice(inputs, start_indices, shape)
    if -1 not in shape or not is_symbolic(start_indices):
        return None
    return SymbolicTensor([None if size == -1 else size for size in shape], inputs.dtype)


def slice(inputs: Array, start_indices: Any, shape: Any) -> Array:
    """The block of `inputs` of that shape which starts at `start_indices`; a size of -1 goes up to the end."""
    _check_slice(inputs, start_indices, shape)
    sizes = [n - int(start) if size == -1 else size for n, start, size in zip(inputs.shape, start_indices, shape)]
    return jax.lax.dynamic_slice(inputs, tuple(start_indices), sizes)


def _check_slice(inputs: Any, start_indices: Any, shape: Any) -> None:
    if len(shape) != len(inputs.shape):
        raise ValueError(
            "slice: the number of dimensions in `inputs` must match the number of dimensions in `shape`; "
            f"got {inputs.shape} and {shape}."
        )
    if len(start_indices) != len(shape):
        raise ValueError(
            "slice: the number of dimensions in `start_indices` must match the number of dimensions in `inputs`; "
            f"got {start_indices} for the shape {inputs.shape}."
        )


slice = operation(slice, spec=_slice_spec)


@operation
def slice_update(inputs: Array, start_indices: Any, updates: Array) -> Array:
    """`inputs` with the block `updates` at `start_indices`."""
    return jax.lax.dynamic_update_slice(inputs, updates.astype(inputs.dtype), tuple(start_indices))


@operation
def stop_gradient(variable: Array) -> Array:
    """The value, as a constant to the gradient."""
    return jax.lax.stop_gradient(variable)


def _check_unstack(x: Any, num: int | None = None, axis: int = 0) -> None:
    if not -len(x.shape) <= axis < len(x.shape):
        raise ValueError(f"unstack: axis {axis} is out of bounds for the shape {x.shape}.")
    if num is None and not isinstance(x.shape[axis], int):
        raise ValueError(f"unstack: Cannot infer argument `num` from shape {x.shape}: give it.")


def unstack(x: Array, num: int | None = None, axis: int = 0) -> list[Array]:
    """The slices of `x` along `axis`, as a list.

    Args:
        x: an array.
        num: how many there are, where the shape does not say it.
        axis: the axis that goes.
    """
    _check_unstack(x, num, axis)
    return [jax.lax.index_in_dim(x, i, axis, keepdims=False) for i in range(num or x.shape[axis])]


unstack = operation(unstack, spec=_check_unstack)
