"""Convolutions. ONNX has the channels first: what stands on both sides of a chain of them cancels in the writer."""

from typing import Any

import numpy as np

from ... import layers
from ...ops.windows import explicit_padding, last_window
from .activations import activate
from .table import LOST, converts, makes_mask, mask, refused
from .writer import Value, Writer


def channels_first(g: Writer, layer: Any, x: Value) -> str:
    """`x` with the channels after the batch."""
    return x.name if layer.data_format == "channels_first" else g.moved(x, x.rank, -1, 1)


def as_given(g: Writer, layer: Any, y: str) -> str:
    """What was computed with the channels first, in the layout of the layer."""
    return y if layer.data_format == "channels_first" else g.moved(y, layer.rank + 2, 1, layer.rank + 1)


def padding_of(layer: Any, x: Value, window: Any, dilation: Any) -> dict[str, Any]:
    """The attributes that say how many zeros there are before and after each spatial axis."""
    space = x.shape[2:] if layer.data_format == "channels_first" else x.shape[1:-1]
    if layer.padding == "same" and any(n is None and stride > 1 for n, stride in zip(space, layer.strides)):
        if max(dilation) > 1:
            raise refused(layer, "has strides and dilation_rate over a free size")
        return {"auto_pad": "SAME_UPPER"}
    known = [1 if n is None else n for n in space]  # without strides the zeros are the same for any size
    pads = explicit_padding(layer.padding, known, window, layer.strides, dilation)
    return {"pads": [before for before, _ in pads] + [after for _, after in pads]}


def _kernel(kernel: Any) -> np.ndarray:
    """A kernel with its last two axes first, the last one before the other, as both kinds of convolution have it."""
    kernel = np.asarray(kernel.value, np.float32)
    rank = kernel.ndim - 2
    return kernel.transpose(rank + 1, rank, *range(rank))


def _real(g: Writer, layer: Any, x: Value) -> Value:
    """The input, with zeros in masked steps."""
    steps = mask(layer, x)
    if steps is None:
        return x
    axis = 2 if layer.data_format == "channels_first" else 1
    if steps.rank != 2:
        raise refused(layer, "gets a mask that is not one of steps")
    wide = g.Unsqueeze(steps, [i for i in range(1, x.rank) if i != axis])
    return Value(g.Where(wide, x, 0.0), x.shape, x.dtype)


def _bias(layer: Any) -> list[Any]:
    return [] if layer.bias is None else [layer.bias]


def _windows(layer: Any, x: Value) -> dict[str, Any]:
    padding = padding_of(layer, x, layer.kernel_size, layer.dilation_rate)
    return {"strides": list(layer.strides), "dilations": list(layer.dilation_rate), **padding}


@converts(layers.Conv1D, layers.Conv2D, layers.Conv3D, masks=True)
def _convolution(g: Writer, layer: Any, x: Value) -> str:
    kernel = g.constant(_kernel(layer.kernel), "kernel")
    first = channels_first(g, layer, _real(g, layer, x))
    y = g.Conv(first, kernel, *_bias(layer), group=layer.groups, **_windows(layer, x))
    return activate(g, layer, as_given(g, layer, y))


@converts(layers.DepthwiseConv1D, layers.DepthwiseConv2D, masks=True)
def _depthwise(g: Writer, layer: Any, x: Value) -> str:
    y = _each_channel(g, layer, layer.kernel, _real(g, layer, x), _bias(layer))
    return activate(g, layer, as_given(g, layer, y))


@converts(layers.SeparableConv1D, layers.SeparableConv2D, masks=True)
def _separable(g: Writer, layer: Any, x: Value) -> str:
    y = _each_channel(g, layer, layer.depthwise_kernel, _real(g, layer, x), [])
    y = g.Conv(y, g.constant(_kernel(layer.pointwise_kernel), "pointwise_kernel"), *_bias(layer))
    return activate(g, layer, as_given(g, layer, y))


def _each_channel(g: Writer, layer: Any, variable: Any, x: Value, bias: list[Any]) -> str:
    *window, channels, multiplier = variable.shape
    kernel = np.asarray(variable.value, np.float32).reshape(*window, channels * multiplier)
    kernel = np.moveaxis(kernel, -1, 0)[:, None]
    first = channels_first(g, layer, x)
    return g.Conv(first, g.constant(kernel, "depthwise_kernel"), *bias, group=channels, **_windows(layer, x))


@converts(layers.Conv1DTranspose, layers.Conv2DTranspose, layers.Conv3DTranspose)
def _transposed(g: Writer, layer: Any, x: Value) -> str:
    more = layer.output_padding or [None] * layer.rank
    edges = [_edges(layer.padding, *axis) for axis in zip(layer.kernel_size, layer.dilation_rate, layer.strides, more)]
    y = g.ConvTranspose(
        channels_first(g, layer, x),
        g.constant(_kernel(layer.kernel), "kernel"),
        *_bias(layer),
        strides=list(layer.strides),
        dilations=list(layer.dilation_rate),
        pads=[crop for crop, _ in edges] + [max(-after, 0) for _, after in edges],
        output_padding=[max(after, 0) for _, after in edges],
    )
    return activate(g, layer, as_given(g, layer, y))


def _edges(padding: str, window: int, dilation: int, stride: int, more: int | None) -> tuple[int, int]:
    """What is cropped before the first window, and what is added after the last one, or cropped if negative."""
    span = (window - 1) * dilation + 1
    crop, end = last_window(padding, span, stride, more)
    return crop, end + crop - span


@makes_mask(
    *(layers.Conv1D, layers.Conv2D, layers.Conv3D, layers.DepthwiseConv1D, layers.DepthwiseConv2D),
    *(layers.SeparableConv1D, layers.SeparableConv2D),
)
def steps_after(g: Writer, layer: Any, x: Value) -> Any:
    """The mask of the places that the sequence alone, without its masked steps, would have."""
    steps, stride = x.mask, layer.strides[0]
    if steps is None or steps is LOST or steps.rank != 2:
        return steps
    if layer.padding == "valid":
        reach, far = layer.span - 1, np.iinfo(np.int64).max
        starts = g.Slice(steps, [0], [-reach or far], [1], [stride])
        found = g.And(starts, g.Slice(steps, [reach], [far], [1], [stride]))
    elif stride == 1:
        return steps
    else:
        marks = g.Unsqueeze(g.cast(steps, "float32"), [1])
        pooled = g.MaxPool(marks, kernel_shape=[stride], strides=[stride], ceil_mode=1)
        found = g.Greater(g.Squeeze(pooled, [1]), 0.0)
    return Value(found, (steps.shape[0], None), "bool")
