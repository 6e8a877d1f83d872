"""Functions of images: colour, edges, likeness."""

from collections.abc import Sequence
from typing import Any

import jax
import jax.numpy as jnp

from ..._core import checks, dtypes, settings
from ..._core.operation import Array, operation
from .layout import batched, check_rank

__all__ = ["hsv_to_rgb", "rgb_to_grayscale", "rgb_to_hsv", "sobel_edges", "ssim"]

LUMA = (0.2989, 0.587, 0.114)  # how bright red, green and blue look


@operation
def rgb_to_grayscale(images: Array, data_format: str | None = None) -> Array:
    """`0.2989 red + 0.587 green + 0.114 blue`, in one channel; images of one channel as they are.

    Args:
        images: an image, 3 axes, or a batch of them, of 1 or 3 channels.
        data_format: where the channels are.
    """
    images = jnp.asarray(images)
    axis = _channel_axis("rgb_to_grayscale", images, data_format, (1, 3))
    if images.shape[axis] == 1:
        return images
    values = dtypes.at_least_float32(images)
    gray = sum(share * plane for share, plane in zip(LUMA, jnp.split(values, 3, axis)))
    return jnp.asarray(gray).astype(images.dtype)


@operation
def rgb_to_hsv(images: Array, data_format: str | None = None) -> Array:
    """Hue, saturation and value of red, green and blue, all in 0 .. 1.

    Value is the largest of the three, saturation is `(largest - smallest) / largest`, and hue the place on the circle
    of colours: 0 is red, 1/3 green, 2/3 blue.

    Args:
        images: floats, an image, 3 axes, or a batch of them, of 3 channels.
        data_format: where the channels are.
    """
    images = _floats("rgb_to_hsv", images)
    axis = _channel_axis("rgb_to_hsv", images, data_format, (3,))
    images = jnp.where(jnp.abs(images) < jnp.finfo(images.dtype).eps, 0.0, images)
    red, green, blue = jnp.split(images, 3, axis)
    value = jnp.max(images, axis, keepdims=True)
    spread = value - jnp.min(images, axis, keepdims=True)
    sixth = 1 / (6 * jnp.where(spread > 0, spread, 1.0))
    # Which is the largest is asked by order: a compiler may compute `red` anew, and `value == red` then hold for none.
    hue = jnp.where(green >= blue, (blue - red) * sixth + 1 / 3, (red - green) * sixth + 2 / 3)
    hue = jnp.where((red >= green) & (red >= blue), (green - blue) * sixth, hue)
    hue = jnp.where(spread > 0, jnp.where(hue < 0, hue + 1, hue), 0.0)
    saturation = jnp.where(value > 0, spread / jnp.where(value > 0, value, 1.0), 0.0)
    return jnp.concatenate([hue, saturation, value], axis)


@operation
def hsv_to_rgb(images: Array, data_format: str | None = None) -> Array:
    """Red, green and blue of hue, saturation and value: what `rgb_to_hsv` undoes. Arguments as there."""
    images = _floats("hsv_to_rgb", images)
    axis = _channel_axis("hsv_to_rgb", images, data_format, (3,))
    hue, saturation, value = jnp.split(images, 3, axis)
    place = jnp.mod(hue, 1.0) * 6
    red = jnp.clip(jnp.abs(place - 3) - 1, 0, 1)
    green = jnp.clip(2 - jnp.abs(place - 2), 0, 1)
    blue = jnp.clip(2 - jnp.abs(place - 4), 0, 1)
    return value * (1 - saturation + saturation * jnp.concatenate([red, green, blue], axis))


@operation
def sobel_edges(images: Array, data_format: str | None = None) -> Array:
    """How fast images change, down and to the right, by Sobel's filter with zeros around the images.

    Args:
        images: `(batch, height, width, channels)`, or an image, 3 axes.
        data_format: where the channels are.

    Returns:
        `(*images.shape, 2)`: the change along the height, and along the width.
    """
    images = jnp.asarray(images)
    check_rank(images)
    first = settings.standardize_data_format(data_format) == "channels_first"
    rows, columns = (-2, -1) if first else (-3, -2)
    down = correlate(correlate(images, (-1, 0, 1), rows), (1, 2, 1), columns)
    right = correlate(correlate(images, (1, 2, 1), rows), (-1, 0, 1), columns)
    return jnp.stack([down, right], -1)


@operation
def ssim(
    image1: Array,
    image2: Array,
    max_val: float = 1.0,
    filter_size: int = 11,
    filter_sigma: float = 1.5,
    k1: float = 0.01,
    k2: float = 0.03,
    data_format: str | None = None,
) -> Array:
    """How alike images look, at most 1 (structural similarity, Wang et al., 2004).

    In windows weighted by a Gaussian bell, with means `m`, variances `v` and the covariance `c`: the mean of
    `(2 m1 m2 + c1) (2 c + c2) / ((m1^2 + m2^2 + c1) (v1 + v2 + c2))`.

    Args:
        image1, image2: images of the same shape, 3 axes, or batches of them.
        max_val: the largest value a pixel may have.
        filter_size: width and height of the window, an odd number.
        filter_sigma: the standard deviation of the bell.
        k1, k2: `c1 = (k1 max_val)^2` and `c2 = (k2 max_val)^2` keep the quotient finite.
        data_format: where the channels are.

    Returns:
        One number for each pair of images.
    """
    size = checks.integer("ssim", "filter_size", filter_size)
    image1, image2 = jnp.asarray(image1), jnp.asarray(image2)
    if image1.shape != image2.shape:
        raise ValueError(f"ssim compares images of one shape; got {image1.shape} and {image2.shape}.")
    (x, _), (y, _) = (batched(dtypes.at_least_float32(image), data_format) for image in (image1, image2))
    places = jnp.arange(size, dtype=x.dtype) - (size - 1) / 2
    bell = jnp.exp(-jnp.square(places) / (2 * filter_sigma**2))
    bell = bell / jnp.sum(bell)

    def mean(values: Array) -> Array:
        return correlate(correlate(values, bell, 1, "valid"), bell, 2, "valid")

    m1, m2 = mean(x), mean(y)
    v1, v2, covariance = mean(x * x) - m1 * m1, mean(y * y) - m2 * m2, mean(x * y) - m1 * m2
    c1, c2 = (k1 * max_val) ** 2, (k2 * max_val) ** 2
    likeness = (2 * m1 * m2 + c1) * (2 * covariance + c2) / ((m1 * m1 + m2 * m2 + c1) * (v1 + v2 + c2))
    result = jnp.mean(likeness, (1, 2, 3))
    result = result.astype(image1.dtype) if dtypes.is_float(image1) else result
    return result if image1.ndim == 4 else result[0]


def correlate(x: Array, weights: Sequence[Any] | Array, axis: int, padding: str = "same") -> Array:
    """`sum(weights[i] * x[place + i])` along one axis; `"same"` centres it, with zeros beyond the edges."""
    axis, more = axis % x.ndim, len(weights) - 1
    if padding == "same":
        x = jnp.pad(x, [(more // 2, more - more // 2) if a == axis else (0, 0) for a in range(x.ndim)])
    size = x.shape[axis] - more
    return sum(w * jax.lax.slice_in_dim(x, i, i + size, axis=axis) for i, w in enumerate(weights))


def _floats(owner: str, images: Array) -> Array:
    images = jnp.asarray(images)
    if not dtypes.is_float(images):
        raise ValueError(f"{owner} takes floats; got {images.dtype}. Divide whole numbers of 0 .. 255 by 255.")
    return images


def _channel_axis(owner: str, images: Array, data_format: str | None, counts: tuple[int, ...]) -> int:
    """The axis of the channels, of which there are as many as one of `counts`."""
    check_rank(images)
    axis = -3 if settings.standardize_data_format(data_format) == "channels_first" else -1
    if images.shape[axis] not in counts:
        wanted = " or ".join(map(str, counts))
        raise ValueError(f"{owner} takes images of {wanted} channels; got the shape {tuple(images.shape)}.")
    return axis
