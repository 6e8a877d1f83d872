"""Maxima and means over windows, one axis after another: a window of 3 x 3 costs 3 + 3, not 9."""

import functools
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from .._core import checks, dtypes, settings
from .._core.operation import Array
from .windows import explicit_padding, per_axis

# The longest window whose points are written out; beyond, the program would be too long.
WRITTEN_OUT = 32


def max_pool(
    inputs: Array, pool_size: Any, strides: Any = None, padding: str = "valid", data_format: str | None = None
) -> Array:
    """The largest value in each window, by channel. Padding never wins.

    Args:
        inputs: `(batch, *space, channels)`, or `(batch, channels, *space)` if `"channels_first"`.
        pool_size: the window, one number or one an axis.
        strides: steps of the window; `None` is `pool_size`.
        padding: `"valid"` or `"same"`.
        data_format: where the channels are; `None` is the global setting.
    """
    inputs = jnp.asarray(inputs)
    for axis, *windows in _windows(inputs, pool_size, strides, padding, data_format):
        inputs = _largest_along(inputs, axis, *windows)
    return inputs


def average_pool(
    inputs: Array, pool_size: Any, strides: Any = None, padding: str = "valid", data_format: str | None = None
) -> Array:
    """The mean of each window, by channel, over the values that are not padding. Arguments as `max_pool`."""
    means = dtypes.at_least_float32(jnp.asarray(inputs))
    for axis, *windows in _windows(means, pool_size, strides, padding, data_format):
        means = _mean_along(means, axis, *windows)
    return means.astype(inputs.dtype)


def adaptive_max_pool(inputs: Array, output_size: Any, data_format: str | None = None) -> Array:
    """The largest values in windows that share out the space, by channel.

    Window `i` of `m` over `n` places goes from `floor(i * n / m)` to `ceil((i + 1) * n / m)`, so that the output has
    `output_size` places, whatever the size of the inputs.

    Args:
        inputs: `(batch, *space, channels)`, or `(batch, channels, *space)` if `"channels_first"`.
        output_size: the number of windows, one number or one an axis.
        data_format: where the channels are; `None` is the global setting.
    """
    inputs = jnp.asarray(inputs)
    for axis, count in zip(_space(inputs, data_format), per_axis(output_size, inputs.ndim - 2)):
        size = inputs.shape[axis] // count
        if size * count == inputs.shape[axis]:
            inputs = _largest_along(inputs, axis, size, size, (0, 0))
        else:
            inputs = _largest([jnp.take(inputs, place, axis) for place, _ in _shares(inputs.shape[axis], count)])
    return inputs


def adaptive_average_pool(inputs: Array, output_size: Any, data_format: str | None = None) -> Array:
    """The means of windows that share out the space, by channel. Windows and arguments as of `adaptive_max_pool`."""
    means = dtypes.at_least_float32(jnp.asarray(inputs))
    for axis, count in zip(_space(means, data_format), per_axis(output_size, means.ndim - 2)):
        size = means.shape[axis] // count
        if size * count == means.shape[axis]:
            means = _mean_along(means, axis, size, size, (0, 0))
        else:
            shares = _shares(means.shape[axis], count)
            means = sum(jnp.take(means, place, axis) * _wide(weight, axis, means) for place, weight in shares)
    return means.astype(inputs.dtype)


def _space(inputs: Array, data_format: str | None) -> range:
    """The spatial axes."""
    first = 2 if settings.standardize_data_format(data_format) == "channels_first" else 1
    return range(first, first + inputs.ndim - 2)


def _windows(inputs: Array, pool_size: Any, strides: Any, padding: str, data_format: str | None) -> list[Any]:
    """For each spatial axis, the last one first: its number, the window, its steps, and the padding."""
    axes = _space(inputs, data_format)
    sizes = checks.integers("pool", "pool_size", pool_size, len(axes))
    steps = sizes if strides is None else checks.integers("pool", "strides", strides, len(axes))
    pads = explicit_padding(padding, [inputs.shape[axis] for axis in axes], sizes, steps, (1,) * len(axes))
    return list(zip(axes, sizes, steps, pads))[::-1]


def _largest_along(inputs: Array, axis: int, size: int, stride: int, pad: Any) -> Array:
    floats = dtypes.is_float(inputs)
    lowest = np.asarray(-np.inf if floats else jnp.iinfo(inputs.dtype).min, inputs.dtype)
    if size > WRITTEN_OUT:
        return _reduce_window(inputs, lowest, jax.lax.max, axis, size, stride, pad)
    return _largest(_points(inputs, lowest, axis, size, stride, pad))


def _mean_along(inputs: Array, axis: int, size: int, stride: int, pad: Any) -> Array:
    zero = np.zeros((), inputs.dtype)
    if size > WRITTEN_OUT:
        total = _reduce_window(inputs, zero, jax.lax.add, axis, size, stride, pad)
    else:
        total = functools.reduce(jnp.add, _points(inputs, zero, axis, size, stride, pad))
    if not any(pad):
        return total / size
    start = jnp.arange(total.shape[axis]) * stride - pad[0]
    count = jnp.minimum(start + size, inputs.shape[axis]) - jnp.maximum(start, 0)
    return total / _wide(count, axis, inputs)


def _points(inputs: Array, fill: Any, axis: int, size: int, stride: int, pad: Any) -> list[Array]:
    """For each point of the windows along an axis, what it sees."""
    if any(pad):
        inputs = jax.lax.pad(inputs, fill, [(*(pad if i == axis else (0, 0)), 0) for i in range(inputs.ndim)])
    reach = (inputs.shape[axis] - size) // stride * stride + 1
    return [jax.lax.slice_in_dim(inputs, point, point + reach, stride, axis) for point in range(size)]


def _reduce_window(inputs: Array, start: Any, combine: Any, axis: int, size: int, stride: int, pad: Any) -> Array:
    def on_axis(value: Any, other: Any) -> list[Any]:
        return [value if i == axis else other for i in range(inputs.ndim)]

    window, steps = on_axis(size, 1), on_axis(stride, 1)
    return jax.lax.reduce_window(inputs, start, combine, window, steps, on_axis(pad, (0, 0)))


def _shares(size: int, count: int) -> list[tuple[Array, Array]]:
    """For each point of the `count` windows that share out an axis: its place in each, and its weight in the mean.

    Where a window is shorter than the longest, its last place stands again, with no weight.
    """
    number = np.arange(count)
    start, end = number * size // count, -(-(number + 1) * size // count)
    points = range(int(max(end - start)))
    return [(np.minimum(start + p, end - 1), (start + p < end) / (end - start)) for p in points]


def _wide(values: Array, axis: int, like: Array) -> Array:
    """A vector along an axis of another array, in the type of that."""
    return jnp.asarray(values, like.dtype).reshape([-1 if i == axis else 1 for i in range(like.ndim)])


@jax.custom_jvp
def _largest(arrays: list[Array]) -> Array:
    return functools.reduce(jnp.maximum, arrays)


@_largest.defjvp
def _largest_derivative(given: Any, moved: Any) -> tuple[Array, Array]:
    """What moves a maximum is the first of the largest values. Cheaper than to share among them all.

    Asked by order, not by equality with the maximum: a compiler may compute a value anew, and none be equal then.
    """
    (arrays,), (tangents,) = given, moved
    largest, moves = arrays[0], tangents[0]
    for x, tangent in zip(arrays[1:], tangents[1:]):
        moves = jnp.where(x > largest, tangent, moves)
        largest = jnp.maximum(largest, x)
    return largest, moves
