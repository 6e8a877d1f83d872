"""Pooling over windows, and over all of space."""

from typing import Any

from ... import layers
from .convolution import as_given, channels_first, padding_of
from .table import converts, makes_mask, mask, refused
from .writer import Value, Writer


def _windows(layer: Any, x: Value) -> dict[str, Any]:
    padding = padding_of(layer, x, layer.pool_size, (1,) * layer.rank)
    return {"kernel_shape": list(layer.pool_size), "strides": list(layer.strides), **padding}


@converts(layers.MaxPooling1D, layers.MaxPooling2D, layers.MaxPooling3D)
def _max(g: Writer, layer: Any, x: Value) -> str:
    return as_given(g, layer, g.MaxPool(channels_first(g, layer, x), **_windows(layer, x)))


@converts(layers.AveragePooling1D, layers.AveragePooling2D, layers.AveragePooling3D)
def _average(g: Writer, layer: Any, x: Value) -> str:
    return as_given(g, layer, g.AveragePool(channels_first(g, layer, x), **_windows(layer, x)))


@converts(layers.GlobalMaxPooling1D, layers.GlobalMaxPooling2D, layers.GlobalMaxPooling3D)
def _global_max(g: Writer, layer: Any, x: Value) -> str:
    return g.ReduceMax(x, list(layer.axes), keepdims=int(layer.keepdims))


@converts(layers.GlobalAveragePooling2D, layers.GlobalAveragePooling3D)
def _global_average(g: Writer, layer: Any, x: Value) -> str:
    return g.ReduceMean(x, list(layer.axes), keepdims=int(layer.keepdims))


@converts(layers.GlobalAveragePooling1D, masks=True)
def _global_average_1d(g: Writer, layer: Any, x: Value) -> str:
    steps, axes, keepdims = mask(layer, x), list(layer.axes), int(layer.keepdims)
    if steps is None:
        return g.ReduceMean(x, axes, keepdims=keepdims)
    kept = g.Unsqueeze(steps, [3 - axes[0]])
    count = g.ReduceSum(g.cast(kept, "float32"), axes, keepdims=keepdims)
    return g.Div(g.ReduceSum(g.Where(kept, x, 0.0), axes, keepdims=keepdims), g.Max(count, 1.0))


@makes_mask(layers.GlobalAveragePooling1D)
def _no_mask(g: Writer, layer: Any, x: Value) -> None:
    return None


def _shared_out(g: Writer, layer: Any, x: Value) -> tuple[str, dict[str, Any]]:
    """The input with the channels first, and the windows that share out its space evenly."""
    space = x.shape[2:] if layer.data_format == "channels_first" else x.shape[1:-1]
    if not all(n is not None and n % count == 0 for n, count in zip(space, layer.output_size)):
        raise refused(layer, f"has an output_size {layer.output_size} that does not divide the space {space}")
    window = [n // count for n, count in zip(space, layer.output_size)]
    return channels_first(g, layer, x), {"kernel_shape": window, "strides": window}


@converts(layers.AdaptiveMaxPooling1D, layers.AdaptiveMaxPooling2D, layers.AdaptiveMaxPooling3D)
def _adaptive_max(g: Writer, layer: Any, x: Value) -> str:
    first, windows = _shared_out(g, layer, x)
    return as_given(g, layer, g.MaxPool(first, **windows))


@converts(layers.AdaptiveAveragePooling1D, layers.AdaptiveAveragePooling2D, layers.AdaptiveAveragePooling3D)
def _adaptive_average(g: Writer, layer: Any, x: Value) -> str:
    first, windows = _shared_out(g, layer, x)
    return as_given(g, layer, g.AveragePool(first, **windows))
