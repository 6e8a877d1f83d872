"""Images of another size: resampled, cropped, padded, cut into patches."""

from collections.abc import Sequence
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from ..._core import checks, dtypes, settings
from ..._core.graph import symbolic
from ..convolution import explicit_padding, per_axis
from ..core import saturate_cast
from .layout import check_rank, spatial_axes

Array = Any
INTERPOLATIONS = ("bilinear", "nearest", "lanczos3", "lanczos5", "bicubic")
_METHODS = ("linear", "bilinear", "trilinear", "triangle", "cubic", "bicubic", "tricubic", "lanczos3", "lanczos5")

__all__ = [
    "crop_images",
    "extract_patches",
    "extract_patches_3d",
    "pad_images",
    "resize",
    "scale_and_translate",
]


@symbolic
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


@symbolic
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


@symbolic
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


@symbolic
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


@symbolic
def extract_patches(
    images: Array,
    size: Any,
    strides: Any = None,
    dilation_rate: Any = 1,
    padding: str = "valid",
    data_format: str | None = None,
) -> Array:
    """Patches of images as vectors: `(batch, rows, columns, patch height * patch width * channels)`.

    Args:
        images: an image, 3 axes, or a batch of them; volumes, with an axis more, where `size` has three numbers.
        size: height and width of a patch, one number for both, or depth, height and width.
        strides: steps from patch to patch; `None` is `size`.
        dilation_rate: distance of a patch's points.
        padding: `"valid"`, or `"same"` with zeros around.
        data_format: where the channels are.
    """
    if not isinstance(size, (int, tuple, list)):
        raise TypeError(f"extract_patches: Expected an int or a tuple of them as size; got {size!r}.")
    rank = 2 if isinstance(size, int) else len(size)
    if rank not in (2, 3):
        raise ValueError(f"extract_patches: Expected a tuple of length 2 or 3 as size; got {size!r}.")
    return _patches(images, rank, size, strides, dilation_rate, padding, data_format)


@symbolic
def extract_patches_3d(
    volumes: Array,
    size: Any,
    strides: Any = None,
    dilation_rate: Any = 1,
    padding: str = "valid",
    data_format: str | None = None,
) -> Array:
    """Patches of volumes, `(batch, depth, height, width, channels)`, as vectors. Arguments as `extract_patches`."""
    if not isinstance(size, int) and len(size) != 3:
        raise TypeError(f"extract_patches_3d: Expected an int or a tuple of length 3 as size; got {size!r}.")
    return _patches(volumes, 3, size, strides, dilation_rate, padding, data_format)


def _patches(images: Any, rank: int, size: Any, strides: Any, dilation: Any, padding: str, layout: str | None) -> Array:
    checks.choice("extract_patches", "padding", padding, ("valid", "same"))
    window = checks.integers("extract_patches", "size", size, rank)
    steps = window if not strides else checks.integers("extract_patches", "strides", strides, rank)
    dilation = per_axis(dilation, rank)
    x = jnp.asarray(images)
    if x.ndim not in (rank + 1, rank + 2):
        raise ValueError(
            f"extract_patches: with {rank} sizes, images have {rank + 1} axes, or {rank + 2} with a batch; "
            f"got the shape {tuple(x.shape)}."
        )
    first, single = settings.standardize_data_format(layout) == "channels_first", x.ndim == rank + 1
    x = x[None] if single else x
    x = jnp.moveaxis(x, 1, -1) if first else x
    pads = explicit_padding(padding, x.shape[1:-1], window, steps, dilation)
    x = jnp.pad(x, [(0, 0), *pads, (0, 0)])
    x = _cut(x, window, steps, dilation)
    x = jnp.moveaxis(x, -1, 1) if first else x
    return x[0] if single else x


def _cut(x: Array, window: Sequence[int], steps: Sequence[int], dilation: Sequence[int]) -> Array:
    """Patches by one look-up an axis: `(batch, *space, channels)` to `(batch, *places, patch)`."""
    rank = len(window)
    for i in range(rank):
        axis = 1 + 2 * i  # each axis before has become two
        count = (x.shape[axis] - (window[i] - 1) * dilation[i] - 1) // steps[i] + 1
        places = np.arange(count)[:, None] * steps[i] + np.arange(window[i]) * dilation[i]
        x = jnp.take(x, places, axis=axis)
    places_first = [0, *(1 + 2 * i for i in range(rank)), *(2 + 2 * i for i in range(rank)), 2 * rank + 1]
    x = jnp.transpose(x, places_first)
    return x.reshape(*x.shape[: rank + 1], -1)
