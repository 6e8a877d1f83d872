"""Types, shapes, slices and control flow."""

import functools
from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from .._core import dtypes
from .._core.errors import unknown
from .._core.graph import is_symbolic, shape_of, symbolic
from .._core.variable import Variable

Array = Any
__all__ = [
    "associative_scan",
    "cast",
    "cond",
    "convert_to_numpy",
    "convert_to_tensor",
    "custom_gradient",
    "dtype",
    "fori_loop",
    "is_tensor",
    "map",
    "saturate_cast",
    "scan",
    "scatter",
    "scatter_update",
    "shape",
    "slice",
    "slice_update",
    "stop_gradient",
    "switch",
    "unstack",
    "vectorized_map",
    "while_loop",
]


@symbolic
def associative_scan(f: Callable[..., Any], elems: Any, reverse: bool = False, axis: int = 0) -> Any:
    """`f` of the first elements, of the first two, ..., in parallel; `f` must be associative."""
    return jax.lax.associative_scan(f, elems, reverse, axis)


@symbolic
def cast(x: Array, dtype: Any) -> Array:
    """`x` in another type."""
    return jnp.asarray(x).astype(dtype)


@symbolic
def cond(pred: Any, true_fn: Callable[..., Any], false_fn: Callable[..., Any]) -> Any:
    """`true_fn()` if `pred`, else `false_fn()`; both give the same shapes."""
    return jax.lax.cond(pred, lambda: true_fn(), lambda: false_fn())


def convert_to_numpy(x: Any) -> np.ndarray:
    """`x` as a NumPy array."""
    return np.asarray(x)


def convert_to_tensor(x: Any, dtype: Any = None, sparse: bool | None = None, ragged: bool | None = None) -> Any:
    """`x` as a JAX array."""
    if sparse or ragged:
        raise ValueError("Sparse and ragged tensors are not supported: pad them, and mask the padding.")
    if is_symbolic(x):
        return x if dtype is None or x.dtype == np.dtype(dtype).name else cast(x, dtype)
    if isinstance(x, Variable):
        x = x.value
    if dtype is None and isinstance(x, (float, list, tuple)) and np.asarray(x).dtype == "float64":
        dtype = dtypes.dtype_policy().variable_dtype
    return jnp.asarray(x, dtype)


def custom_gradient(f: Callable[..., Any]) -> Callable[..., Any]:
    """A function with a gradient of its own: `f(*args)` gives `(value, grad)`, with `grad(upstream=...)`."""

    @jax.custom_vjp
    def value(*args: Any) -> Any:
        return f(*args)[0]

    def forward(*args: Any) -> Any:
        return f(*args)[0], args

    def backward(args: Any, upstream: Any) -> Any:
        slopes = f(*args)[1](upstream=upstream)
        return tuple(slopes) if isinstance(slopes, (list, tuple)) else (slopes,)

    value.defvjp(forward, backward)
    return functools.wraps(f)(value)


def dtype(x: Any) -> str:
    """The name of the type of `x`."""
    return np.dtype(x.dtype).name if hasattr(x, "dtype") else np.asarray(x).dtype.name


@symbolic
def fori_loop(lower: int, upper: int, body_fun: Callable[..., Any], init_val: Any) -> Any:
    """`value = body_fun(i, value)` for `i` in `lower .. upper - 1`."""
    return jax.lax.fori_loop(lower, upper, body_fun, init_val)


def is_tensor(x: Any) -> bool:
    """Whether `x` is a JAX array."""
    return isinstance(x, jax.Array)


@symbolic
def map(f: Callable[..., Any], xs: Any) -> Any:
    """`f` of each row, stacked, one after another."""
    return jax.lax.map(f, xs)


@symbolic
def saturate_cast(x: Array, dtype: Any) -> Array:
    """`x` in another type; what is out of its range becomes its smallest or largest number."""
    x, wanted = jnp.asarray(x), jnp.dtype(dtype)
    if wanted.kind == "b":
        return x.astype(bool)
    limits: Any = jnp.finfo(wanted) if jnp.issubdtype(wanted, jnp.floating) else jnp.iinfo(wanted)
    own: Any = jnp.finfo(x.dtype) if dtypes.is_float(x) else jnp.iinfo(jnp.int32 if x.dtype == bool else x.dtype)
    x = x.astype("int32") if x.dtype == bool else x
    low, high = max(float(own.min), float(limits.min)), min(float(own.max), float(limits.max))
    kind = x.dtype.type
    return jnp.clip(x, kind(low), kind(high)).astype(wanted)


@symbolic
def scan(
    f: Callable[..., Any], init: Any, xs: Any = None, length: int | None = None, reverse: bool = False, unroll: Any = 1
) -> Any:
    """`carry, y = f(carry, x)` for each row `x`: the last carry, and all `y`, stacked."""
    return jax.lax.scan(f, init, xs, length, reverse, unroll)


@symbolic
def scatter(indices: Array, values: Array, shape: Any) -> Array:
    """Zeros of `shape`, with `values` added at `indices` (its last axis is a position)."""
    values = jnp.asarray(values)
    places = tuple(jnp.moveaxis(jnp.asarray(indices), -1, 0))
    return jnp.zeros(tuple(shape), values.dtype).at[places].add(values)


@symbolic
def scatter_update(inputs: Array, indices: Array, updates: Array, reduction: str | None = None) -> Array:
    """`inputs` with `updates` at `indices` (its last axis is a position): put, or `add`, `max`, `min` or `mul`."""
    inputs = jnp.asarray(inputs)
    places = inputs.at[tuple(jnp.moveaxis(jnp.asarray(indices), -1, 0))]
    ways = {None: places.set, "add": places.add, "max": places.max, "min": places.min, "mul": places.mul}
    if reduction not in ways:
        raise unknown("reduction", str(reduction), [way for way in ways if way])
    return ways[reduction](jnp.asarray(updates, inputs.dtype))


def shape(x: Any) -> Any:
    """The shape of `x`; `None` where a size is free."""
    return shape_of(x)


@symbolic
def slice(inputs: Array, start_indices: Any, shape: Any) -> Array:
    """The block of `inputs` of that shape which starts at `start_indices`."""
    return jax.lax.dynamic_slice(inputs, tuple(start_indices), tuple(shape))


@symbolic
def slice_update(inputs: Array, start_indices: Any, updates: Array) -> Array:
    """`inputs` with the block `updates` at `start_indices`."""
    return jax.lax.dynamic_update_slice(inputs, updates, tuple(start_indices))


@symbolic
def stop_gradient(variable: Any) -> Any:
    """The value, as a constant to the gradient."""
    return jax.lax.stop_gradient(variable)


@symbolic
def switch(index: Any, branches: Any, *operands: Any) -> Any:
    """`branches[index](*operands)`; all branches give the same shapes."""
    return jax.lax.switch(index, branches, *operands)


@symbolic
def unstack(x: Array, num: int | None = None, axis: int = 0) -> list[Array]:
    """The slices of `x` along `axis`, as a list."""
    return [jnp.take(x, i, axis) for i in range(x.shape[axis] if num is None else num)]


@symbolic
def vectorized_map(function: Callable[..., Any], elements: Any) -> Any:
    """`function` of each row, stacked, all at once."""
    return jax.vmap(function)(elements)


@symbolic
def while_loop(
    cond: Callable[..., Any], body: Callable[..., Any], loop_vars: Any, maximum_iterations: int | None = None
) -> Any:
    """`loop_vars = body(*loop_vars)` while `cond(*loop_vars)`, at most `maximum_iterations` times."""
    several = isinstance(loop_vars, (list, tuple))
    start = tuple(loop_vars) if several else (loop_vars,)

    def go_on(state: Any) -> Any:
        going = cond(*state[1])
        return going if maximum_iterations is None else jnp.logical_and(going, state[0] < maximum_iterations)

    def once(state: Any) -> Any:
        found = body(*state[1])
        return state[0] + 1, tuple(found) if isinstance(found, (list, tuple)) else (found,)

    values = jax.lax.while_loop(go_on, once, (0, start))[1]
    return type(loop_vars)(values) if several else values[0]
