"""Images as files, as Pillow's images and as arrays. Needs Pillow: `pip install laminax[images]`."""

import io
import os
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np

from .._core.errors import named_arguments, unknown
from .._core.settings import floatx, standardize_data_format

_MODES = {"grayscale": "L", "rgb": "RGB", "rgba": "RGBA"}
_RESAMPLING = ("nearest", "bilinear", "bicubic", "hamming", "box", "lanczos")


def pillow() -> Any:
    """Pillow's module of images."""
    try:
        from PIL import Image
    except ImportError:
        raise ImportError("Images as files need Pillow: pip install laminax[images]") from None
    return Image


@named_arguments
def array_to_img(x: Any, data_format: str | None = None, scale: bool = True, dtype: Any = None) -> Any:
    """An array `(height, width, channels)` with 1, 3 or 4 channels as Pillow's image.

    Args:
        x: the array.
        data_format: where the channels are.
        scale: whether the smallest value becomes 0 and the largest 255.
        dtype: the type in which it is scaled.
    """
    image = np.asarray(x, dtype or floatx())
    if image.ndim != 3:
        raise ValueError(f"array_to_img takes one image, with rank 3; got the shape {image.shape}.")
    if standardize_data_format(data_format) == "channels_first":
        image = image.transpose(1, 2, 0)
    if scale:
        image = image - image.min()
        image = image / (image.max() or 1) * 255
    channels = image.shape[2]
    if channels == 1 and image.max() > 255:
        return pillow().fromarray(image[:, :, 0].astype("int32"))
    if channels not in (1, 3, 4):
        raise ValueError(f"array_to_img: an image has 1, 3 or 4 channels; got {channels}.")
    return pillow().fromarray((image[:, :, 0] if channels == 1 else image).astype("uint8"))


@named_arguments
def img_to_array(img: Any, data_format: str | None = None, dtype: Any = None) -> np.ndarray:
    """Pillow's image as an array `(height, width, channels)`, or as `data_format` says."""
    image = np.asarray(img, dtype or floatx())
    if image.ndim not in (2, 3):
        raise ValueError(f"img_to_array takes one image; got the shape {image.shape}.")
    image = image if image.ndim == 3 else image[:, :, None]
    return image.transpose(2, 0, 1) if standardize_data_format(data_format) == "channels_first" else image


@named_arguments
def load_img(
    path: Any,
    color_mode: str = "rgb",
    target_size: tuple[int, int] | None = None,
    interpolation: str = "nearest",
    keep_aspect_ratio: bool = False,
) -> Any:
    """Pillow's image of a file.

    Args:
        path: the file, or its bytes in an `io.BytesIO`.
        color_mode: `"grayscale"`, `"rgb"` or `"rgba"`.
        target_size: height and width; `None` is as it is.
        interpolation: of the resizing: `"nearest"`, `"bilinear"`, `"bicubic"`, `"hamming"`, `"box"` or `"lanczos"`.
        keep_aspect_ratio: whether the largest part in the middle with the new aspect ratio is taken.
    """
    if color_mode not in _MODES:
        raise unknown("color_mode", color_mode, _MODES)
    if not isinstance(path, (str, bytes, os.PathLike, io.BytesIO)):
        raise TypeError(f"load_img: path should be path-like or io.BytesIO, not {type(path)}.")
    image = pillow().open(path)
    image.load()
    deep = color_mode == "grayscale" and image.mode in ("I;16", "I")
    image = image if deep or image.mode == _MODES[color_mode] else image.convert(_MODES[color_mode])
    if target_size is None or image.size == target_size[::-1]:
        return image
    if interpolation not in _RESAMPLING:
        raise unknown("interpolation", interpolation, _RESAMPLING)
    box = _middle(image.size, target_size[::-1]) if keep_aspect_ratio else None
    return image.resize(target_size[::-1], getattr(pillow().Resampling, interpolation.upper()), box)


def _middle(size: tuple[int, int], wanted: tuple[int, int]) -> tuple[int, int, int, int]:
    """The largest box in the middle, left, top, right and bottom, with the aspect ratio of `wanted`."""
    width, height = min(size[0], size[1] * wanted[0] // wanted[1]), min(size[1], size[0] * wanted[1] // wanted[0])
    left, top = (size[0] - width) // 2, (size[1] - height) // 2
    return left, top, left + width, top + height


@named_arguments
def save_img(
    path: Any, x: Any, data_format: str | None = None, file_format: str | None = None, scale: bool = True, **kwargs: Any
) -> None:
    """Write an array as an image file.

    Args:
        path: the file.
        x: the image.
        data_format: where its channels are.
        file_format: the format, by default what the name of the file says.
        scale: whether the smallest value becomes 0 and the largest 255.
        kwargs: more arguments of Pillow's `save`.
    """
    if file_format is None and isinstance(path, (str, os.PathLike)):
        file_format = os.path.splitext(os.fspath(path))[1][1:]
    file_format = {"jpg": "jpeg"}.get((file_format or "").lower(), file_format)
    image = array_to_img(x, data_format, scale)
    if image.mode == "RGBA" and str(file_format).lower() == "jpeg":
        warnings.warn("JPEG has no transparency: the image is saved without.", stacklevel=2)
        image = image.convert("RGB")
    image.save(path, format=file_format, **kwargs)


def _triangle(x: np.ndarray) -> np.ndarray:
    return np.maximum(1 - np.abs(x), 0)


def _cubic(x: np.ndarray) -> np.ndarray:
    """Keys's kernel with a = -1/2."""
    x = np.abs(x)
    near = (1.5 * x - 2.5) * x**2 + 1
    return np.where(x < 1, near, np.where(x < 2, ((-0.5 * x + 2.5) * x - 4) * x + 2, 0))


def _lanczos(radius: int) -> Callable[[np.ndarray], np.ndarray]:
    return lambda x: np.where(np.abs(x) < radius, np.sinc(x) * np.sinc(x / radius), 0)


INTERPOLATIONS: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "bilinear": _triangle,
    "bicubic": _cubic,
    "lanczos3": _lanczos(3),
    "lanczos5": _lanczos(5),
    "nearest": lambda x: (x >= -0.5) & (x < 0.5),
}


def resampled(image: np.ndarray, size: tuple[int, int], interpolation: str) -> np.ndarray:
    """An image `(height, width, channels)` of another size, as `ops.image.resize` makes it, in NumPy."""
    rows, columns = (_weights(old, new, interpolation) for old, new in zip(image.shape, size))
    return np.einsum("yh,hwc,xw->yxc", rows, image, columns, optimize=True).astype(image.dtype)


def _weights(old: int, new: int, interpolation: str) -> np.ndarray:
    """What each of `old` places counts for each of `new` ones."""
    if old == new:
        return np.eye(old)
    places = (np.arange(new)[:, None] + 0.5) * old / new - 0.5
    if interpolation == "nearest":
        return np.eye(old)[np.floor(places[:, 0] + 0.5).astype(int).clip(0, old - 1)]
    weights = INTERPOLATIONS[interpolation](places - np.arange(old))
    return weights / weights.sum(1, keepdims=True)
