"""Layers that spread the values of each image over the whole range, by what its histogram says."""

import math
from typing import Any

import jax.numpy as jnp

from ..._core import checks, dtypes
from ..layer import Array
from .base import BaseImagePreprocessingLayer, change_value_range
from .pixels import checked_value_range

__all__ = ["AutoContrast", "ContrastLimitedAdaptiveHistogramEqualization", "Equalization"]


class AutoContrast(BaseImagePreprocessingLayer):
    """Stretches each channel of each image, so that its values go from the smallest to the largest possible.

    A channel of one value stays as it is. In training and otherwise alike.

    Args:
        value_range: the smallest and the largest value that a pixel may have.
    """

    def __init__(self, value_range: Any = (0, 255), **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.value_range = checked_value_range(self, value_range)

    def transform_images(self, images: Array, transformation: Any = None, training: bool = True) -> Array:
        images = self.as_floats(images)
        axes = (self.height_axis, self.width_axis)
        lowest, highest = jnp.min(images, axes, keepdims=True), jnp.max(images, axes, keepdims=True)
        spread = jnp.where(highest > lowest, highest - lowest, 1)
        low, high = self.value_range
        stretched = jnp.clip((images - lowest) / spread * (high - low) + low, low, high)
        return jnp.where(highest > lowest, stretched, images)


class Equalization(BaseImagePreprocessingLayer):
    """In training changes the values of each channel of each image so that all become about as frequent.

    A value in the bin `b` becomes `(cdf[b] - cdf[first]) / (cdf[last] - cdf[first])` of the range, where `cdf` counts
    the values up to a bin, and `first` is the first bin that holds any. A channel in one bin stays as it is.

    Args:
        value_range: the smallest and the largest value that a pixel may have.
        bins: the number of bins, all of one width.
        data_format: where the channels are.
    """

    def __init__(
        self, value_range: Any = (0, 255), bins: int = 256, data_format: str | None = None, **kwargs: Any
    ) -> None:
        super().__init__(data_format=data_format, **kwargs)
        self.value_range = checked_value_range(self, value_range)
        self.bins = checks.integer(self, "bins", bins, least=2)

    def transform_images(self, images: Array, transformation: Any = None, training: bool = True) -> Array:
        images = self.as_floats(images)
        if not training:
            return images
        values = change_value_range(dtypes.at_least_float32(images), self.value_range, (0, 255))
        values = jnp.moveaxis(values, self.channel_axis, 1)
        values = self._equalized(values.reshape(-1, math.prod(values.shape[2:]))).reshape(values.shape)
        values = change_value_range(jnp.moveaxis(values, 1, self.channel_axis), (0, 255), self.value_range)
        return values.astype(images.dtype)

    def _equalized(self, planes: Array) -> Array:
        """A row for each channel of each image, values in 0 .. 255."""
        places = jnp.clip(planes * (self.bins - 1) / 255, 0, self.bins - 1).astype("int32")
        cdf = jnp.cumsum(counts_of(places, self.bins), -1)
        first = jnp.min(cdf, -1, keepdims=True, initial=planes.shape[-1], where=cdf > 0)
        spread = cdf[:, -1:] - first
        levels = jnp.clip(jnp.round((cdf - first) * 255 / jnp.maximum(spread, 1)), 0, 255)
        return jnp.where(spread > 0, jnp.take_along_axis(levels, places, -1), planes)


def counts_of(places: Array, bins: int) -> Array:
    """How often each of `0 .. bins - 1` stands in each row, as floats: `(rows, bins)`."""
    rows = jnp.arange(places.shape[0])[:, None]
    return jnp.zeros((places.shape[0], bins), "float32").at[rows, places].add(1)


_TILES = 1024  # an image with fewer pixels is repeated until there are enough, and not without end


class ContrastLimitedAdaptiveHistogramEqualization(BaseImagePreprocessingLayer):
    """Equalizes each part of an image by itself, and the parts go over into each other (CLAHE, Zuiderveld, 1994).

    An image is cut into tiles. The histogram of each is cut off at a limit, so that noise in even parts is not made
    strong, and what was cut off goes to all bins alike. A pixel's new value lies between those that the four tiles
    around it give, by its distances from their centres. In training and otherwise alike.

    Args:
        value_range: the smallest and the largest value that a pixel may have.
        clip_limit: the most that a bin may hold, as a multiple of what it held if all were equal; 0 is no limit.
        tile_grid_size: the number of tiles, along the height and along the width.
        data_format: where the channels are.
    """

    def __init__(
        self,
        value_range: Any = (0, 255),
        clip_limit: float = 4.0,
        tile_grid_size: Any = (8, 8),
        data_format: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(data_format=data_format, **kwargs)
        self.value_range = checked_value_range(self, value_range)
        self.clip_limit = checks.number(self, "clip_limit", clip_limit)
        self.tile_grid_size = checks.integers(self, "tile_grid_size", tile_grid_size, 2)
        if max(self.tile_grid_size) > _TILES:
            raise ValueError(f"{type(self).__name__}: at most {_TILES} tiles along a side; got {self.tile_grid_size}.")

    def transform_images(self, images: Array, transformation: Any = None, training: bool = True) -> Array:
        images = jnp.asarray(images)
        values = change_value_range(images.astype("float32"), self.value_range, (0, 255))
        values = jnp.moveaxis(values, self.channel_axis, 1)
        values = self._equalized(values.reshape(-1, *values.shape[2:])).reshape(values.shape)
        values = change_value_range(jnp.moveaxis(values, 1, self.channel_axis), (0, 255), self.value_range)
        return values.astype(images.dtype)

    def _equalized(self, planes: Array) -> Array:
        """`(planes, height, width)`: one for each channel of each image, values in 0 .. 255."""
        count, *size = planes.shape
        rows, columns = self.tile_grid_size
        height, width = (-(-n // parts) for n, parts in zip(size, self.tile_grid_size))  # of a tile
        levels = jnp.clip(planes, 0, 255).astype("int32")
        widths = [(0, 0), (0, rows * height - size[0]), (0, columns * width - size[1])]
        tiles = jnp.pad(levels, widths, "symmetric").reshape(count, rows, height, columns, width).swapaxes(2, 3)
        curves = self._curves(tiles.reshape(-1, height * width)).reshape(count, rows, columns, 256)
        top, bottom, down = _neighbours(size[0], height, rows)
        left, right, across = _neighbours(size[1], width, columns)
        plane = jnp.arange(count)[:, None, None]

        def between(row: Array) -> Array:
            row = row[:, None]
            return (1 - across) * curves[plane, row, left, levels] + across * curves[plane, row, right, levels]

        down = down[:, None]
        return (1 - down) * between(top) + down * between(bottom)

    def _curves(self, tiles: Array) -> Array:
        """What each of the 256 levels becomes, for each tile: a row of the levels that it holds."""
        counts = counts_of(tiles, 256)
        if self.clip_limit > 0:
            kept = jnp.minimum(counts, self.clip_limit * tiles.shape[1] / 256)
            counts = kept + jnp.sum(counts - kept, -1, keepdims=True) / 256
        cdf = jnp.cumsum(counts, -1)
        rest = tiles.shape[1] - cdf[:, :1]
        return jnp.clip((cdf - cdf[:, :1]) * 255 / jnp.where(rest == 0, 1, rest), 0, 255)


def _neighbours(size: Any, length: Any, count: int) -> tuple[Array, Array, Array]:
    """For the pixels along an axis: the tile whose centre is before, the one after, and the share of the latter."""
    places = (jnp.arange(size, dtype="float32") - length / 2) / length
    before = jnp.floor(places)
    indices = before.astype("int32")
    return jnp.clip(indices, 0, count - 1), jnp.clip(indices + 1, 0, count - 1), places - before
