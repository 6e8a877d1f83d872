"""Windows over the spatial axes, which have the channels behind them: where they lie, and what they see."""

import itertools
import math
from collections.abc import Iterator
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from .._core.errors import unknown
from .._core.operation import Array

# With fewer channels, patches are copied faster from slices than by their places (benchmarks/convolution.py). Of wider
# patches the gradient is added up faster for one axis after the other. More points take seconds to compile as slices.
FEW_CHANNELS = 4
WIDE = 200
MANY_POINTS = 64


def per_axis(value: Any, rank: int) -> tuple[int, ...]:
    """One number an axis, from one number or a sequence."""
    return tuple(int(v) for v in value) if isinstance(value, (tuple, list)) else (int(value),) * rank


def explicit_padding(padding: str, space: Any, window: Any, strides: Any, dilation: Any) -> list[tuple[Any, Any]]:
    """How many zeros before and after each spatial axis."""
    padding = str(padding).lower()
    spans = [(w - 1) * d + 1 for w, d in zip(window, dilation)]
    if padding == "valid":
        return [(0, 0)] * len(spans)
    if padding == "causal":
        return [(span - 1, 0) for span in spans]
    if padding != "same":
        raise unknown("padding", padding, ("valid", "same", "causal"))
    pads = []
    for size, span, stride in zip(space, spans, strides):
        outputs = -(-size // stride)
        total = max((outputs - 1) * stride + span - size, 0)
        pads.append((total // 2, total - total // 2))
    return pads


def last_window(padding: str, span: int, stride: int, more: int | None) -> tuple[int, int]:
    """Of a transposed convolution along one axis, whose windows span `span` places, with `more` as `output_padding`.

    Returns:
        How many places are cropped from the start; how many lie at and after the start of the last window before that.
    """
    if padding == "valid":
        end = max(span, stride) if more is None else span + more
    else:
        end = stride if more is None else span % 2 + more
    return max(span - end, 0) // 2, end


def output_space(space: Any, window: Any, strides: Any, dilation: Any) -> list[Any]:
    """How many windows fit into each axis."""
    return [(size - (w - 1) * d - 1) // s + 1 for size, w, s, d in zip(space, window, strides, dilation)]


def padded(inputs: Array, pads: Any) -> Array:
    """With zeros before and after each spatial axis."""
    return jnp.pad(inputs, [(0, 0), *pads, (0, 0)]) if any(map(any, pads)) else inputs


def windows(inputs: Array, window: Any, strides: Any, dilation: Any) -> Iterator[Array]:
    """For each point of the window, in the order of its memory, what it sees: `(batch, *output space, channels)`."""
    out = output_space(inputs.shape[1:-1], window, strides, dilation)
    for point in itertools.product(*map(range, window)):
        seen = [slice(p * d, p * d + (n - 1) * s + 1, s) for p, d, n, s in zip(point, dilation, out, strides)]
        yield inputs[(slice(None), *seen)]


def patches(inputs: Array, window: Any, strides: Any, dilation: Any) -> Array:
    """What each window sees, side by side on the channel axis: `(batch, *output space, points * channels)`."""
    points = math.prod(window)
    if points > MANY_POINTS or points * inputs.shape[-1] >= WIDE:
        return _axis_by_axis(inputs, window, strides, dilation)
    return jnp.concatenate(list(windows(inputs, window, strides, dilation)), -1)


def _axis_by_axis(inputs: Array, window: Any, strides: Any, dilation: Any) -> Array:
    out = output_space(inputs.shape[1:-1], window, strides, dilation)
    for axis, (size, count, stride, step) in reversed(list(enumerate(zip(window, out, strides, dilation), 1))):
        ends = [(p * step, p * step + (count - 1) * stride + 1) for p in range(size)]
        inputs = jnp.concatenate([jax.lax.slice_in_dim(inputs, *end, stride, axis) for end in ends], -1)
    return inputs


def patches_in_a_loop(inputs: Array, window: Any, strides: Any, dilation: Any) -> Array:
    """The same, several times faster where the inputs are those of a loop: their rows are taken by their places.

    Elsewhere XLA fuses what makes the inputs, such as padding, into each look at a row. The derivatives are those of
    joined slices, whose gradient is the faster one.
    """
    if inputs.shape[-1] < FEW_CHANNELS:
        return patches(inputs, window, strides, dilation)
    return _taken_and_joined(inputs, window, strides, dilation)


def _taken(inputs: Array, window: Any, strides: Any, dilation: Any) -> Array:
    *space, channels = inputs.shape[1:]
    places = np.arange(math.prod(space)).reshape(1, *space, 1)
    for axis, (count, size, stride, step) in enumerate(
        zip(output_space(space, window, strides, dilation), window, strides, dilation), 1
    ):
        seen = stride * np.arange(count)[:, None] + step * np.arange(size)
        places = np.moveaxis(np.take(places, seen, axis), axis + 1, -1)
    places = places.reshape(*places.shape[: len(space) + 1], -1)
    rows = jnp.take(inputs.reshape(-1, math.prod(space), channels), places.reshape(-1), axis=1, mode="clip")
    return rows.reshape(-1, *places.shape[1:-1], math.prod(window) * channels)


_taken_and_joined = jax.custom_jvp(_taken, nondiff_argnums=(1, 2, 3))


@_taken_and_joined.defjvp
def _derivative(window: Any, strides: Any, dilation: Any, primals: Any, tangents: Any) -> Any:
    (inputs,), (moved,) = primals, tangents
    return _taken(inputs, window, strides, dilation), patches(moved, window, strides, dilation)
