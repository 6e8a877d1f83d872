"""Windows of images as columns, and back: what is called im2col and col2im."""

from typing import Any

import jax.numpy as jnp
import numpy as np

from .._core.operation import Array, operation
from .windows import per_axis

__all__ = ["fold", "unfold"]


@operation
def unfold(x: Array, kernel_size: Any, dilation: Any = 1, padding: Any = 0, stride: Any = 1) -> Array:
    """The windows of images, each as a column: `(batch, channels * points, windows)`.

    Args:
        x: `(batch, channels, height, width)`.
        kernel_size: height and width of a window, or one number for both; so are the others.
        dilation: the distance of its points.
        padding: how many zeros are on each side.
        stride: from one window to the next.
    """
    if x.ndim != 4:
        raise ValueError(f"unfold: the input must be a 4D tensor (batch, channels, height, width); got {x.shape}.")
    pads = per_axis(padding, 2)
    x = jnp.pad(x, [(0, 0), (0, 0), *((p, p) for p in pads)])
    rows, columns = _places(x.shape[2:], kernel_size, dilation, stride)
    windows = x[:, :, rows[:, None, :, None], columns[None, :, None, :]]
    batch, channels, height, width, down, across = windows.shape
    return windows.reshape(batch, channels * height * width, down * across)


@operation
def fold(x: Array, output_size: Any, kernel_size: Any, dilation: Any = 1, padding: Any = 0, stride: Any = 1) -> Array:
    """Images `(batch, channels, height, width)` from columns as `unfold` gives; windows that overlap are added.

    Args:
        x: `(batch, channels * points, windows)`.
        output_size: height and width of the image, or one number for both.
        kernel_size, dilation, padding, stride: as of `unfold`.
    """
    if x.ndim != 3:
        raise ValueError(f"fold: the input must be a 3D tensor (batch, channels * points, windows); got {x.shape}.")
    pads, sizes = per_axis(padding, 2), per_axis(output_size, 2)
    height, width = (size + 2 * p for size, p in zip(sizes, pads))
    rows, columns = _places((height, width), kernel_size, dilation, stride)
    channels = x.shape[1] // (len(rows) * len(columns))
    windows = x.reshape(x.shape[0], channels, len(rows), len(columns), rows.shape[1], columns.shape[1])
    image = jnp.zeros((x.shape[0], channels, height, width), x.dtype)
    image = image.at[:, :, rows[:, None, :, None], columns[None, :, None, :]].add(windows)
    return image[:, :, pads[0] : height - pads[0], pads[1] : width - pads[1]]


def _places(sizes: Any, kernel_size: Any, dilation: Any, stride: Any) -> list[np.ndarray]:
    """For each axis, where each point of each window is: `(points, windows)`."""
    each = zip(sizes, per_axis(kernel_size, 2), per_axis(dilation, 2), per_axis(stride, 2))
    return [
        d * np.arange(points)[:, None] + s * np.arange((size - d * (points - 1) - 1) // s + 1)
        for size, points, d, s in each
    ]
