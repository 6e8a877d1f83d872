"""Convolution, in the form that is fast on the device at hand."""

import itertools
import math
from typing import Any

import jax
import jax.numpy as jnp

from .._core import context
from .._core.errors import unknown
from .linear import project

Array = Any

# On a CPU: the most bytes of patches for which one dot of patches is the faster form (benchmarks/convolution.py).
PATCH_BYTES = 16 << 20


def conv(
    inputs: Array,
    kernel: Array,
    strides: Any = 1,
    padding: str = "valid",
    data_format: str = "channels_last",
    dilation_rate: Any = 1,
    groups: int = 1,
) -> Array:
    """Cross-correlation of `inputs` with `kernel` over one to three spatial axes.

    `output[b, i, f]` is the sum over window offsets `d` and channels `c` of
    `inputs[b, i * stride + d * dilation, c] * kernel[d, c, f]`.

    Args:
        inputs: `(batch, *space, channels)`, or `(batch, channels, *space)` if `"channels_first"`.
        kernel: `(*window, channels / groups, filters)`.
        strides: steps of the window, one number or one an axis.
        padding: `"valid"` (none), `"same"` (zeros, so that stride 1 keeps the size), or
            `"causal"` (zeros before the start; one spatial axis only).
        data_format: where the channels are.
        dilation_rate: distance of the window's points, one number or one an axis.
        groups: the channels are split into this many parts, each with its own filters.
    """
    rank = jnp.ndim(kernel) - 2
    strides, dilation = per_axis(strides, rank), per_axis(dilation_rate, rank)
    dtype = jnp.result_type(inputs, kernel)
    inputs, kernel = jnp.asarray(inputs, dtype), jnp.asarray(kernel, dtype)
    if data_format == "channels_first":
        inputs = jnp.moveaxis(inputs, 1, -1)
    pads = explicit_padding(padding, inputs.shape[1:-1], kernel.shape[:-2], strides, dilation)
    if _as_dot(inputs, kernel, strides, dilation, pads, groups):
        outputs = _patches_dot(inputs, kernel, strides, dilation, pads)
    else:
        outputs = _lax(inputs, kernel, strides, dilation, pads, groups)
    return jnp.moveaxis(outputs, -1, 1) if data_format == "channels_first" else outputs


def per_axis(value: Any, rank: int) -> tuple[int, ...]:
    """One number an axis, from one number or a sequence."""
    return tuple(int(v) for v in value) if isinstance(value, (tuple, list)) else (int(value),) * rank


def explicit_padding(padding: str, space: Any, window: Any, strides: Any, dilation: Any) -> list[tuple[Any, Any]]:
    """How many zeros before and after each spatial axis."""
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


def _as_dot(inputs: Array, kernel: Array, strides: Any, dilation: Any, pads: Any, groups: int) -> bool:
    """Whether the dot of patches is the faster form: on a CPU, while the patches fit its cache."""
    sizes = [*inputs.shape, *(p for pair in pads for p in pair)]
    if groups != 1 or jax.default_backend() != "cpu" or not all(isinstance(d, int) for d in sizes):
        return False
    out = _output_space(inputs, kernel, strides, dilation, pads)
    count = inputs.shape[0] * math.prod(out) * math.prod(kernel.shape[:-1])
    return count * inputs.dtype.itemsize <= PATCH_BYTES or math.prod(kernel.shape[:-2]) == 1


def _output_space(inputs: Array, kernel: Array, strides: Any, dilation: Any, pads: Any) -> list[int]:
    axes = zip(inputs.shape[1:-1], kernel.shape[:-2], strides, dilation, pads)
    return [(size + sum(pad) - (w - 1) * d - 1) // s + 1 for size, w, s, d, pad in axes]


def _patches_dot(inputs: Array, kernel: Array, strides: Any, dilation: Any, pads: Any) -> Array:
    """Windows laid side by side on the channel axis, then one dot."""
    out = _output_space(inputs, kernel, strides, dilation, pads)
    inputs = jnp.pad(inputs, [(0, 0), *pads, (0, 0)]) if any(map(any, pads)) else inputs
    patches = []
    for offset in itertools.product(*map(range, kernel.shape[:-2])):
        window = tuple(slice(o * d, o * d + (n - 1) * s + 1, s) for o, d, n, s in zip(offset, dilation, out, strides))
        patches.append(inputs[(slice(None), *window)])
    rows = jnp.concatenate(patches, -1) if len(patches) > 1 else patches[0]
    return project(rows, kernel.reshape(-1, kernel.shape[-1]))


def _lax(inputs: Array, kernel: Array, strides: Any, dilation: Any, pads: Any, groups: int) -> Array:
    frame = context.current()
    if frame is not None and jax.default_backend() == "cpu":
        frame.loopable = False  # XLA runs this on one thread when it stands in a loop
    space = "DHW"[-len(strides) :]
    layout = (f"N{space}C", f"{space}IO", f"N{space}C")
    return jax.lax.conv_general_dilated(
        inputs, kernel, strides, pads, rhs_dilation=dilation, dimension_numbers=layout, feature_group_count=groups
    )
