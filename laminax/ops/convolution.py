"""Convolution, in the form that is fast on the device at hand."""

import functools
import itertools
import math
from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp

from .._core import checks, settings
from .._core.machine import on_cpu
from .._core.operation import Array
from .linear import project
from .windows import explicit_padding, last_window, output_space, padded, patches, patches_in_a_loop, per_axis, windows

# On a CPU (benchmarks/convolution.py): the bytes of patches that stay in the cache, and the most of a sample that are
# laid out at all; the fewest numbers in a patch, and bytes of all, for which XLA's own form is the faster one.
PART_BYTES = 4 << 20
SAMPLE_BYTES = 64 << 20
MANY_NUMBERS = 48
MANY_BYTES = 1 << 20


def conv(
    inputs: Array,
    kernel: Array,
    strides: Any = 1,
    padding: str = "valid",
    data_format: str | None = None,
    dilation_rate: Any = 1,
) -> Array:
    """Cross-correlation of `inputs` with `kernel` over one to three spatial axes.

    `output[b, i, f]` is the sum over window offsets `d` and channels `c` of
    `inputs[b, i * stride + d * dilation, c] * kernel[d, c, f]`.

    Where the kernel has fewer channels than the inputs, these are split into groups of that many, each with its own
    part of the filters.

    Args:
        inputs: `(batch, *space, channels)`, or `(batch, channels, *space)` if `"channels_first"`.
        kernel: `(*window, channels / groups, filters)`.
        strides: steps of the window, one number or one an axis.
        padding: `"valid"` (none), `"same"` (zeros, so that stride 1 keeps the size), or
            `"causal"` (zeros before the start; one spatial axis only).
        data_format: where the channels are; `None` is the global setting.
        dilation_rate: distance of the window's points, one number or one an axis.
    """
    rank = jnp.ndim(kernel) - 2
    form = functools.partial(
        _convolve, strides=per_axis(strides, rank), padding=padding, dilation=per_axis(dilation_rate, rank)
    )
    groups = jnp.shape(inputs)[_channel_axis(data_format)] // kernel.shape[-2]
    return _channels_last(form, inputs, kernel, data_format, max(groups, 1) * kernel.shape[-2])


def conv_transpose(
    inputs: Array,
    kernel: Array,
    strides: Any = 1,
    padding: str = "valid",
    output_padding: Any = None,
    data_format: str | None = None,
    dilation_rate: Any = 1,
) -> Array:
    """The transpose of a convolution: each input is spread over a window, and windows that overlap are added.

    `output[b, i * stride + d * dilation - crop, f]` is the sum over inputs `i`, window offsets `d` and channels `c` of
    `inputs[b, i, c] * kernel[d, f, c]`. Along an axis of `n` inputs, with a window that spans `w` places, the windows
    cover `(n - 1) * stride + w` places. What `"same"` crops of them, it crops on both sides alike.

    Args:
        inputs: `(batch, *space, channels)`, or `(batch, channels, *space)` if `"channels_first"`.
        kernel: `(*window, filters, channels)`.
        strides: distance of the windows, one number or one an axis.
        padding: `"valid"` (nothing is cropped), or `"same"` (cropped to `n * stride` places).
        output_padding: what is added to `(n - 1) * stride + w` places if `"valid"`, to `(n - 1) * stride + w % 2` if
            `"same"`; with `None` there are `n * stride`, and if `"valid"` at least all that the windows cover.
        data_format: where the channels are; `None` is the global setting.
        dilation_rate: distance of the window's points, one number or one an axis.
    """
    padding = checks.choice("conv_transpose", "padding", padding, ("valid", "same"))
    rank = jnp.ndim(kernel) - 2
    strides, dilation = per_axis(strides, rank), per_axis(dilation_rate, rank)
    more = [None] * rank if output_padding is None else per_axis(output_padding, rank)
    spans = [(w - 1) * d + 1 for w, d in zip(kernel.shape, dilation)]
    edges = [last_window(padding, *axis) for axis in zip(spans, strides, more)]
    kernel = jnp.swapaxes(kernel, -1, -2)
    form = functools.partial(_transposed, strides=strides, dilation=dilation, spans=spans, edges=edges)
    return _channels_last(form, inputs, kernel, data_format, kernel.shape[-2])


def depthwise_conv(
    inputs: Array,
    kernel: Array,
    strides: Any = 1,
    padding: str = "valid",
    data_format: str | None = None,
    dilation_rate: Any = 1,
) -> Array:
    """Each channel convolved by itself, with `multiplier` windows of its own.

    `output[b, i, c * multiplier + m]` is the sum over window offsets `d` of
    `inputs[b, i * stride + d * dilation, c] * kernel[d, c, m]`.

    Args:
        inputs: `(batch, *space, channels)`, or `(batch, channels, *space)` if `"channels_first"`.
        kernel: `(*window, channels, multiplier)`.
        strides, padding, data_format, dilation_rate: as of `conv`.
    """
    *window, channels, multiplier = jnp.shape(kernel)
    form = functools.partial(
        _convolve,
        strides=per_axis(strides, len(window)),
        padding=padding,
        dilation=per_axis(dilation_rate, len(window)),
    )
    kernel = jnp.reshape(kernel, (*window, 1, channels * multiplier))
    return _channels_last(form, inputs, kernel, data_format, channels)


def separable_conv(
    inputs: Array,
    depthwise_kernel: Array,
    pointwise_kernel: Array,
    strides: Any = 1,
    padding: str = "valid",
    data_format: str | None = None,
    dilation_rate: Any = 1,
) -> Array:
    """A depthwise convolution, then one that mixes the channels in each place.

    Args:
        inputs: `(batch, *space, channels)`, or `(batch, channels, *space)` if `"channels_first"`.
        depthwise_kernel: `(*window, channels, multiplier)`.
        pointwise_kernel: `(*ones, channels * multiplier, filters)`.
        strides, padding, data_format, dilation_rate: of the depthwise convolution, as of `conv`.
    """
    outputs = depthwise_conv(inputs, depthwise_kernel, strides, padding, data_format, dilation_rate)
    return conv(outputs, pointwise_kernel, data_format=data_format)


def _channel_axis(data_format: str | None) -> int:
    return 1 if settings.standardize_data_format(data_format) == "channels_first" else -1


def _channels_last(
    form: Callable[[Array, Array], Array], inputs: Array, kernel: Array, data_format: str | None, channels: int
) -> Array:
    """`form` of inputs with the channels last and a kernel of the same type, in the layout of the inputs."""
    axis = _channel_axis(data_format)
    dtype = jnp.result_type(inputs, kernel)
    inputs, kernel = jnp.asarray(inputs, dtype), jnp.asarray(kernel, dtype)
    if inputs.ndim != kernel.ndim or inputs.shape[axis] != channels:
        raise ValueError(
            f"The input channels must match the kernel: {kernel.shape} is for rank {kernel.ndim}, {channels} channels "
            f"on axis {axis}; got the shape {inputs.shape}."
        )
    return jnp.moveaxis(form(jnp.moveaxis(inputs, axis, -1), kernel), -1, axis)


def _convolve(inputs: Array, kernel: Array, strides: Any, padding: str, dilation: Any) -> Array:
    """The fastest form. On a CPU, XLA's own is slow wherever channels are in groups."""
    pads = explicit_padding(padding, inputs.shape[1:-1], kernel.shape[:-2], strides, dilation)
    groups = inputs.shape[-1] // kernel.shape[-2]
    if not on_cpu(*inputs.shape) or not all(_places(inputs, kernel, strides, dilation, pads)):
        return _lax(inputs, kernel, strides, dilation, pads, groups=groups)
    if groups == 1:
        return _one_group(inputs, kernel, strides, dilation, pads)
    form = _sum_of_products if kernel.shape[-2] == 1 else _grouped_dot
    return form(padded(inputs, pads), kernel, strides, dilation)


def _transposed(inputs: Array, kernel: Array, strides: Any, dilation: Any, spans: Any, edges: Any) -> Array:
    """The fastest form. On a CPU, XLA's own is slow wherever there are zeros between the inputs."""
    crops, ends = zip(*edges)
    if on_cpu(*inputs.shape) and max(strides) > 1 and max(dilation) == 1:
        return _by_phases(inputs, kernel, strides, crops, ends)
    pads = [(span - 1 - crop, end - 1 + crop) for span, crop, end in zip(spans, crops, ends)]
    turned, ones = jnp.flip(kernel, range(len(strides))), (1,) * len(strides)
    if not on_cpu(*inputs.shape):
        return _lax(inputs, turned, ones, dilation, pads, strides)
    apart = [(0, 0, 0), *((0, 0, stride - 1) for stride in strides), (0, 0, 0)]
    return _one_group(jax.lax.pad(inputs, jnp.zeros((), inputs.dtype), apart), turned, ones, dilation, pads)


def _one_group(inputs: Array, kernel: Array, strides: Any, dilation: Any, pads: Any) -> Array:
    """The form that is fastest on a CPU.

    XLA's own, but for windows that see little, of which it makes bad use, and for types and ranks that it has no fast
    form for.
    """
    *window, channels, _ = kernel.shape
    places = _places(inputs, kernel, strides, dilation, pads)
    each = _sample_bytes(places, kernel)
    many = math.prod(window) * channels >= MANY_NUMBERS and each * inputs.shape[0] >= MANY_BYTES
    short = jnp.issubdtype(kernel.dtype, jnp.floating) and kernel.dtype.itemsize <= 4
    if short and (many or each > SAMPLE_BYTES):
        if any(count > size for count, size in zip(places, inputs.shape[1:])):
            inputs, pads = padded(inputs, pads), [(0, 0)] * len(pads)
        form = _slice_by_slice if len(window) == 3 else _direct
        return form(inputs, kernel, strides, dilation, tuple(pads))
    return _patches_dot(padded(inputs, pads), kernel, strides, dilation)


def _by_phases(inputs: Array, kernel: Array, strides: Any, crops: Any, ends: Any) -> Array:
    """One convolution of stride 1 that makes all `stride` outputs an input apart as channels (Shi et al., 2016)."""
    *window, channels, filters = kernel.shape
    rank, batch = len(window), inputs.shape[0]
    taps = [-(-w // stride) for w, stride in zip(window, strides)]
    kernel = jnp.pad(kernel, [*((0, t * s - w) for t, s, w in zip(taps, strides, window)), (0, 0), (0, 0)])
    kernel = kernel.reshape(*itertools.chain(*zip(taps, strides)), channels, filters)
    kernel = kernel.transpose(*range(0, 2 * rank, 2), 2 * rank, *range(1, 2 * rank, 2), 2 * rank + 1)
    kernel = jnp.flip(kernel, range(rank)).reshape(*taps, channels, math.prod(strides) * filters)
    outputs = _one_group(inputs, kernel, (1,) * rank, (1,) * rank, [(t - 1, t - 1) for t in taps])
    space = outputs.shape[1:-1]
    outputs = outputs.reshape(batch, *space, *strides, filters)
    outputs = outputs.transpose(0, *itertools.chain(*((1 + i, 1 + rank + i) for i in range(rank))), 1 + 2 * rank)
    outputs = outputs.reshape(batch, *(n * s for n, s in zip(space, strides)), filters)
    sizes = [(n - 1) * s + end for n, s, end in zip(inputs.shape[1:], strides, ends)]
    edges = [(-crop, size + crop - n, 0) for crop, size, n in zip(crops, sizes, outputs.shape[1:])]
    return jax.lax.pad(outputs, jnp.zeros((), outputs.dtype), [(0, 0, 0), *edges, (0, 0, 0)])


def _places(inputs: Array, kernel: Array, strides: Any, dilation: Any, pads: Any) -> list[int]:
    """How many places the window has on each axis; none where it is larger than the padded inputs."""
    space = [size + sum(pad) for size, pad in zip(inputs.shape[1:-1], pads)]
    return [max(count, 0) for count in output_space(space, kernel.shape, strides, dilation)]


def _sample_bytes(places: Any, kernel: Array) -> int:
    """The size of the patches of one sample: none where a window is one point, which needs none."""
    *window, channels, _ = kernel.shape
    points = math.prod(window) if math.prod(window) > 1 else 0
    return math.prod(places) * points * channels * kernel.dtype.itemsize


@functools.partial(jax.jit, static_argnums=(2, 3))
def _patches_dot(inputs: Array, kernel: Array, strides: Any, dilation: Any) -> Array:
    """Windows laid side by side on the channel axis, then one dot: a part of the batch at a time.

    A part's patches stay in the cache, and are laid out again for the gradients rather than kept.
    """
    *window, channels, filters = kernel.shape

    def dot(lay_out: Callable[..., Array], inputs: Array) -> Array:
        rows = lay_out(inputs, tuple(window), strides, dilation)
        return project(rows, kernel.reshape(math.prod(window) * channels, filters))

    whole, part = functools.partial(dot, patches), functools.partial(dot, patches_in_a_loop)
    each = _sample_bytes(output_space(inputs.shape[1:-1], window, strides, dilation), kernel)
    size, batch = PART_BYTES // max(each, 1) or 1, inputs.shape[0]
    if batch <= size:
        return whole(inputs)
    size = next((n for n in range(size, size // 2, -1) if batch % n == 0), size)
    rest = batch % size
    parts = inputs[: batch - rest].reshape(-1, size, *inputs.shape[1:])
    outputs = jax.lax.map(jax.checkpoint(part, prevent_cse=False), parts)
    outputs = outputs.reshape(batch - rest, *outputs.shape[2:])
    return jnp.concatenate([outputs, whole(inputs[batch - rest :])]) if rest else outputs


def _grouped_dot(inputs: Array, kernel: Array, strides: Any, dilation: Any) -> Array:
    """The dots of patches of all groups at once, as one product of stacks of matrices."""
    *window, each, filters = kernel.shape
    groups = inputs.shape[-1] // each
    seen = patches(inputs, tuple(window), strides, dilation)
    rows = jnp.moveaxis(seen.reshape(-1, math.prod(window), groups, each), 2, 0)
    rows = rows.reshape(groups, -1, math.prod(window) * each)
    kernels = jnp.moveaxis(kernel.reshape(-1, groups, filters // groups), 1, 0)
    return jnp.moveaxis(rows @ kernels, 0, 1).reshape(*seen.shape[:-1], filters)


def _sum_of_products(inputs: Array, kernel: Array, strides: Any, dilation: Any) -> Array:
    """Groups of one channel: each point of the window times its weights, summed."""
    *window, _, filters = kernel.shape
    inputs = jnp.repeat(inputs, filters // inputs.shape[-1], -1)
    return _products(inputs, kernel.reshape(*window, filters), strides, dilation)


def _added_up(inputs: Array, kernel: Array, strides: Any, dilation: Any) -> Array:
    """The gradient of the weights sums over all places, which XLA does slowly in one go.

    Here the parts of the batch share the weights, so that their gradients are added first, and a dot with ones sums up
    what is left.
    """
    *window, filters = kernel.shape
    parts = jnp.split(inputs, max(n for n in range(1, 9) if inputs.shape[0] % n == 0))
    shape = (parts[0].shape[0], *output_space(inputs.shape[1:-1], window, strides, dilation), filters)
    ones = jnp.ones((math.prod(shape[:-1]), 1), kernel.dtype)
    weights = [(ones @ point[None]).reshape(shape) for point in kernel.reshape(-1, filters)]
    sums = [sum(w * seen for w, seen in zip(weights, windows(x, window, strides, dilation))) for x in parts]
    return jnp.concatenate(sums)


_products = jax.custom_jvp(_added_up, nondiff_argnums=(2, 3))


@_products.defjvp
def _of_products(strides: Any, dilation: Any, primals: Any, tangents: Any) -> Any:
    """By the inputs such that the transpose, which makes their gradient, looks at parts of one array in turn, as
    `_added_up` does: it takes a tenth of the time of adding up parts at their places.
    """
    (inputs, kernel), (moved_inputs, moved_kernel) = primals, tangents
    *window, _ = kernel.shape
    outputs = _products(inputs, kernel, strides, dilation)
    whole: Any = 0
    for point in itertools.product(*map(range, window)):
        edges = [((w - 1 - p) * d, p * d, 0) for p, w, d in zip(point, window, dilation)]
        zero = jnp.zeros((), kernel.dtype)
        whole = whole + jax.lax.pad(moved_inputs * kernel[point], zero, [(0, 0, 0), *edges, (0, 0, 0)])
    firsts = [(w - 1) * d for w, d in zip(window, dilation)]
    seen = [slice(at, at + (n - 1) * s + 1, s) for at, n, s in zip(firsts, outputs.shape[1:], strides)]
    return outputs, whole[(slice(None), *seen)] + _added_up(inputs, moved_kernel, strides, dilation)


def _slice_by_slice(inputs: Array, kernel: Array, strides: Any, dilation: Any, pads: Any) -> Array:
    """A convolution of volumes as one of images: those that a window sees one behind the other are joined."""
    depth, *window, channels, filters = kernel.shape
    inputs = padded(inputs, [pads[0], (0, 0), (0, 0)])
    joined = jnp.concatenate(list(windows(inputs, (depth, 1, 1), (strides[0], 1, 1), (dilation[0], 1, 1))), -1)
    images = joined.reshape(-1, *joined.shape[2:])
    kernel = jnp.moveaxis(kernel, 0, -3).reshape(*window, depth * channels, filters)
    outputs = _one_group(images, kernel, strides[1:], dilation[1:], pads[1:])
    return outputs.reshape(*joined.shape[:2], *outputs.shape[1:])


@functools.partial(jax.custom_jvp, nondiff_argnums=(2, 3, 4))
def _direct(inputs: Array, kernel: Array, strides: Any, dilation: Any, pads: Any) -> Array:
    """XLA's own form, for a CPU: its derivatives are as fast in a loop on the device.

    There XLA has a fast form only for batch and channels where `_lax` puts them, while JAX's derivatives have them
    elsewhere. Those written here are such that their transposes, which make the gradients, have them there; unless
    there are more outputs than inputs, where XLA swaps inputs and kernel.
    """
    return _lax(inputs, kernel, strides, dilation, pads)


@_direct.defjvp
def _of_direct(strides: Any, dilation: Any, pads: Any, primals: Any, tangents: Any) -> Any:
    (inputs, kernel), (moved_inputs, moved_kernel) = primals, tangents
    form = functools.partial(_lax, strides=strides, dilation=dilation, pads=pads)
    space = "DHW"[-len(strides) :]
    layout = (f"N{space}C", f"{space}OI", f"N{space}C")
    by_inputs = form(moved_inputs, jnp.swapaxes(kernel, -1, -2), layout=layout)
    layout = (f"C{space}N", f"I{space}O", f"{space}NC")
    by_kernel = form(jnp.swapaxes(inputs, 0, -1), jnp.moveaxis(moved_kernel, -2, 0), layout=layout)
    return _direct(inputs, kernel, strides, dilation, pads), by_inputs + jnp.moveaxis(by_kernel, -2, 0)


def _lax(
    inputs: Array,
    kernel: Array,
    strides: Any,
    dilation: Any,
    pads: Any,
    spread: Any = None,
    groups: int = 1,
    layout: tuple[str, str, str] | None = None,
) -> Array:
    """XLA's own form. `spread` is the distance of the inputs, with zeros in between."""
    space = "DHW"[-len(strides) :]
    layout = layout or (f"N{space}C", f"{space}IO", f"N{space}C")
    return jax.lax.conv_general_dilated(
        inputs, kernel, strides, pads, spread, dilation, dimension_numbers=layout, feature_group_count=groups
    )
