"""Images of another size: resampled, cropped, padded."""

from collections.abc import Sequence
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from ..._core import checks, dtypes
from ..._core.operation import Array, operation
from ..core import saturate_cast
from .layout import check_rank, spatial_axes

INTERPOLATIONS = ("bilinear", "nearest", "lanczos3", "lanczos5", "bicubic")
_METHODS = ("linear", "bilinear", "trilinear", "triangle", "cubic", "bicubic", "tricubic", "lanczos3", "lanczos5")

__all__ = ["crop_images", "pad_images", "resize", "scale_and_translate"]


@operation
def resize(
    images: Array,
    size: Sequence[int],
    interpolation: str = "bilinear",
    antialias: bool = False,
    crop_to_aspect_ratio: bool = False,
    pad_to_aspect_ratio: bool = False,
    fill_mode: str = "constant",
    fill_value: float = 0.0,
    data_format: str | None = None,
) -> Array:
    """Images of the given height and width, in their own type: integers are rounded.

    Args:
        images: an image, 3 axes, or a batch of them.
        size: the new height and width.
        interpolation: `"bilinear"`, `"nearest"`, `"bicubic"`, `"lanczos3"` or `"lanczos5"`.
        antialias: whether to blur before making smaller.
        crop_to_aspect_ratio: take the largest part in the middle that has the new aspect ratio.
        pad_to_aspect_ratio: add borders on both sides until the image has the new aspect ratio.
        fill_mode: `"constant"` alone.
        fill_value: the value of the borders.
        data_format: where the channels are.
    """
    checks.choice("resize", "interpolation", interpolation, INTERPOLATIONS)
    checks.choice("resize", "fill_mode", fill_mode, ("constant",))
    height, width = _height_and_width(size)
    if pad_to_aspect_ratio and crop_to_aspect_ratio:
        raise ValueError("resize: give only one of `pad_to_aspect_ratio` and `crop_to_aspect_ratio`.")
    images = jnp.asarray(images)
    check_rank(images)
    dtype, axes = images.dtype, spatial_axes(data_format)
    if interpolation != "nearest":
        images = dtypes.at_least_float32(images)
    if crop_to_aspect_ratio:
        images = _cropped_to_ratio(images, height, width, axes)
    if pad_to_aspect_ratio:
        images = _padded_to_ratio(images, height, width, axes, fill_value)
    shape = list(images.shape)
    shape[axes[0]], shape[axes[1]] = height, width
    resized = jax.image.resize(images, shape, interpolation, antialias)
    if not dtypes.is_float(dtype):
        resized = jnp.round(resized) if dtypes.is_float(resized) else resized
    return resized if resized.dtype == dtype else saturate_cast(resized, dtype)


def _height_and_width(size: Sequence[int]) -> tuple[int, int]:
    if len(size) != 2 or not all(isinstance(side, (int, np.integer)) and side > 0 for side in size):
        raise ValueError(f"resize: `size` must have positive height and width, two integers; got {size!r}.")
    return int(size[0]), int(size[1])


def window_of_ratio(size: Sequence[Any], height: int, width: int) -> tuple[tuple[Any, Any], tuple[Any, Any]]:
    """`(top, left), (height, width)` of the largest part in the middle whose sides are as `height:width`."""
    tall, wide = size
    part = max(min(tall, wide * height // width), 1), max(min(wide, tall * width // height), 1)
    return ((tall - part[0]) // 2, (wide - part[1]) // 2), part


def _cropped_to_ratio(images: Array, height: int, width: int, axes: tuple[int, int]) -> Array:
    starts, sizes = window_of_ratio([images.shape[axis] for axis in axes], height, width)
    for axis, start, size in zip(axes, starts, sizes):
        images = jax.lax.slice_in_dim(images, start, start + size, axis=axis)
    return images


def _padded_to_ratio(images: Array, height: int, width: int, axes: tuple[int, int], value: float) -> Array:
    tall, wide = (images.shape[axis] for axis in axes)
    rows, columns = (max(tall, wide * height // width) - tall) // 2, (max(wide, tall * width // height) - wide) // 2
    widths = [(0, 0)] * images.ndim
    if rows > 0:
        widths[axes[0]] = (rows, rows)
    elif columns > 0:
        widths[axes[1]] = (columns, columns)
    if not dtypes.is_float(images):
        value = round(value)
    return jnp.pad(images, widths, constant_values=value)


@operation
def scale_and_translate(
    images: Array,
    output_shape: Sequence[int],
    scale: Array,
    translation: Array,
    spatial_dims: Sequence[int],
    method: str,
    antialias: bool = True,
) -> Array:
    """Images whose point `x` stands at `x * scale + translation` in the output; zero where that is from outside.

    The centre of the first pixel is at 0.5.

    Args:
        images: an array.
        output_shape: the shape of the output, with all axes; `None` is the size that `images` have.
        scale, translation: one number for each of the spatial axes.
        spatial_dims: the spatial axes.
        method: `"bilinear"`, `"bicubic"`, `"lanczos3"`, `"lanczos5"`, or another name of the first two.
        antialias: whether to blur before making smaller.
    """
    checks.choice("scale_and_translate", "method", method, _METHODS)
    dtype = jnp.asarray(images).dtype
    images = dtypes.at_least_float32(jnp.asarray(images))
    shape = tuple(had if wanted is None else wanted for had, wanted in zip(images.shape, output_shape))
    scale, translation = (jnp.asarray(v).astype(images.dtype) for v in (scale, translation))
    moved = jax.image.scale_and_translate(images, shape, tuple(spatial_dims), scale, translation, method, antialias)
    return moved.astype(dtype) if dtypes.is_float(dtype) else moved


@operation
def pad_images(
    images: Array,
    top_padding: int | None = None,
    left_padding: int | None = None,
    bottom_padding: int | None = None,
    right_padding: int | None = None,
    target_height: int | None = None,
    target_width: int | None = None,
    data_format: str | None = None,
) -> Array:
    """Images with zeros around them. Of each line, two numbers are given:

    Args:
        top_padding, bottom_padding, target_height: rows to add, and the new height.
        left_padding, right_padding, target_width: columns to add, and the new width.
        images: an image, 3 axes, or a batch of them.
        data_format: where the channels are.
    """
    images = jnp.asarray(images)
    check_rank(images)
    axes, widths = spatial_axes(data_format), [(0, 0)] * images.ndim
    for axis, names, given in (
        (axes[0], ("top_padding", "bottom_padding", "target_height"), (top_padding, bottom_padding, target_height)),
        (axes[1], ("left_padding", "right_padding", "target_width"), (left_padding, right_padding, target_width)),
    ):
        before, after, _ = _sides("pad_images", names, given, images.shape[axis], 1)
        widths[axis] = (before, after)
    return jnp.pad(images, widths)


@operation
def crop_images(
    images: Array,
    top_cropping: int | None = None,
    left_cropping: int | None = None,
    bottom_cropping: int | None = None,
    right_cropping: int | None = None,
    target_height: int | None = None,
    target_width: int | None = None,
    data_format: str | None = None,
) -> Array:
    """Parts of images. Of each line, two numbers are given:

    Args:
        top_cropping, bottom_cropping, target_height: rows to cut off, and the new height.
        left_cropping, right_cropping, target_width: columns to cut off, and the new width.
        images: an image, 3 axes, or a batch of them.
        data_format: where the channels are.
    """
    images = jnp.asarray(images)
    check_rank(images)
    axes = spatial_axes(data_format)
    for axis, names, given in (
        (axes[0], ("top_cropping", "bottom_cropping", "target_height"), (top_cropping, bottom_cropping, target_height)),
        (axes[1], ("left_cropping", "right_cropping", "target_width"), (left_cropping, right_cropping, target_width)),
    ):
        before, _, size = _sides("crop_images", names, given, images.shape[axis], -1)
        if isinstance(images.shape[axis], int):
            images = jax.lax.slice_in_dim(images, before, before + size, axis=axis)
        else:  # of a size that is not known yet, a slice would have to be proved to lie within it
            images = jnp.take(images, before + jnp.arange(size), axis=axis)
    return images


def _sides(owner: str, names: Sequence[str], given: Sequence[Any], size: Any, sign: int) -> tuple[Any, Any, Any]:
    """`before, after, target` with `target = size + sign * (before + after)`, from two of them."""
    told = ", ".join(f"{name}={value}" for name, value in zip(names, given))
    if sum(value is None for value in given) != 1:
        raise ValueError(f"{owner}: Must specify exactly two of {', '.join(names)}; got {told}.")
    _check_positive(owner, names, given, "")
    before, after, target = given
    if before is None:
        before = sign * (target - size) - after
    elif after is None:
        after = sign * (target - size) - before
    else:
        target = size + sign * (before + after)
    _check_positive(owner, names, (before, after, target), f" for {size} rows or columns and {told}")
    return before, after, target


def _check_positive(owner: str, names: Sequence[str], values: Sequence[Any], why: str) -> None:
    for name, value in zip(names, values):
        if isinstance(value, int) and value < 0:
            raise ValueError(f"{owner}: {name} must be >= 0; it is {value}{why}.")
