"""Maxima and means over windows."""

import functools
import math
from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from .convolution import explicit_padding, per_axis

Array = Any


def max_pool(
    inputs: Array, pool_size: Any, strides: Any = None, padding: str = "valid", data_format: str = "channels_last"
) -> Array:
    """The largest value in each window, by channel. Padding never wins.

    Args:
        inputs: `(batch, *space, channels)`, or `(batch, channels, *space)` if `"channels_first"`.
        pool_size: the window, one number or one an axis.
        strides: steps of the window; `None` is `pool_size`.
        padding: `"valid"` or `"same"`.
        data_format: where the channels are.
    """
    lowest = (
        -jnp.inf if jnp.issubdtype(jnp.result_type(inputs), jnp.floating) else jnp.iinfo(jnp.result_type(inputs)).min
    )
    return _pool(inputs, pool_size, strides, padding, data_format, jnp.max, jax.lax.max, lowest)


def average_pool(
    inputs: Array, pool_size: Any, strides: Any = None, padding: str = "valid", data_format: str = "channels_last"
) -> Array:
    """The mean of each window, by channel, over the values that are not padding. Arguments as `max_pool`."""
    inputs = jnp.asarray(inputs)
    total = _pool(inputs, pool_size, strides, padding, data_format, jnp.sum, jax.lax.add, 0)
    if padding == "valid":
        return total / math.prod(per_axis(pool_size, inputs.ndim - 2))
    ones = jnp.ones_like(inputs)
    return total / _pool(ones, pool_size, strides, padding, data_format, jnp.sum, jax.lax.add, 0)


def _pool(
    inputs: Array,
    pool_size: Any,
    strides: Any,
    padding: str,
    data_format: str,
    reduce: Callable[..., Array],
    combine: Callable[..., Array],
    start: Any,
) -> Array:
    inputs = jnp.asarray(inputs)
    rank = inputs.ndim - 2
    window = per_axis(pool_size, rank)
    steps = window if strides is None else per_axis(strides, rank)
    first = data_format == "channels_first"
    space = inputs.shape[2:] if first else inputs.shape[1:-1]
    pads = explicit_padding(padding, space, window, steps, (1,) * rank)
    if window == steps and not any(map(any, pads)) and all(isinstance(d, int) for d in space):
        return _tiles(inputs, window, 2 if first else 1, reduce)
    full = ((1, 1), ()) if first else ((1,), (1,))
    zero = ([(0, 0)] * 2, []) if first else ([(0, 0)], [(0, 0)])
    return jax.lax.reduce_window(
        inputs,
        np.asarray(start, inputs.dtype),  # a constant, also in a trace: JAX then knows the gradient
        combine,
        (*full[0], *window, *full[1]),
        (*full[0], *steps, *full[1]),
        [*zero[0], *pads, *zero[1]],
    )


def _tiles(inputs: Array, window: tuple[int, ...], first: int, reduce: Callable[..., Array]) -> Array:
    """Windows that tile the input are axes of a reshape, whose gradient is cheap."""
    shape = list(inputs.shape)
    kept = [d // w for d, w in zip(shape[first:], window)]
    cut = tuple(slice(None) for _ in range(first)) + tuple(slice(0, k * w) for k, w in zip(kept, window))
    split = [size for pair in zip(kept, window) for size in pair]
    tail = shape[first + len(window) :]
    tiled = inputs[cut].reshape(*shape[:first], *split, *tail)
    axes = tuple(first + 2 * i + 1 for i in range(len(window)))
    return _largest(tiled, axes) if reduce is jnp.max else reduce(tiled, axis=axes)


@functools.partial(jax.custom_jvp, nondiff_argnums=(1,))
def _largest(x: Array, axes: tuple[int, ...]) -> Array:
    return jnp.max(x, axes)


@_largest.defjvp
def _largest_derivative(axes: tuple[int, ...], given: Any, moved: Any) -> tuple[Array, Array]:
    """What moves a maximum is the first of the values that equal it. Cheaper than to share among them all."""
    (x,), (x_dot,) = given, moved
    largest = jnp.max(x, axes, keepdims=True)
    sizes = [x.shape[axis] for axis in axes]
    number = np.arange(math.prod(sizes), dtype="int8" if math.prod(sizes) < 128 else "int32").reshape(sizes)
    place = np.expand_dims(number, tuple(axis for axis in range(x.ndim) if axis not in axes))
    first = jnp.min(jnp.where(x == largest, place, np.iinfo(place.dtype).max), axes, keepdims=True)
    return jnp.squeeze(largest, axes), jnp.sum(jnp.where(place == first, x_dot, 0), axes)
