"""Rectangles at random places in images: erased ones."""

from typing import Any

import jax
import jax.numpy as jnp

from ..._core import checks
from ..layer import Array
from .base import BaseImagePreprocessingLayer
from .pixels import RandomFactorLayer, between, for_each, uniforms

__all__ = ["RandomErasing"]


class RandomErasing(RandomFactorLayer):
    """In training fills a rectangle in some images (Zhong et al., 2017).

    Args:
        factor: the probability for an image, or two between which one is drawn for each; one number for `0 .. factor`.
        scale: two numbers in 0 .. 1 between which two are drawn for each image: their roots are width and height of
            the rectangle, as parts of the image's; one number for `0 .. scale`.
        fill_value: a number, or three, one for each channel; `None` draws normal noise.
        value_range: the smallest and the largest value that a pixel may have.
        seed: an integer for the same sequence of draws at each run.
        data_format: where the channels are.
    """

    bounds = (0.0, 1.0)

    def __init__(
        self,
        factor: Any = 1.0,
        scale: Any = (0.02, 0.33),
        fill_value: Any = None,
        value_range: Any = (0, 255),
        seed: int | None = None,
        data_format: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(factor, value_range, data_format, seed, **kwargs)
        self.scale = self.range_of("scale", scale, 0, 1)
        self.fill_value = self._checked_fill(fill_value)

    def _checked_fill(self, value: Any) -> Any:
        numbers = value if isinstance(value, (tuple, list)) else [value] * 3
        fits = all(isinstance(v, (int, float)) and not isinstance(v, bool) for v in numbers)
        if value is not None and not (fits and len(numbers) == 3):
            raise checks.refused(self, "fill_value", "must be a number, three of them, or None", value)
        return value

    def draw(self, images: Array, key: Array) -> Any:
        key, fill = jax.random.split(key)
        numbers = uniforms(key, 6, images)
        return {
            "apply_erasing": self.chosen(*numbers[:2]),
            "batch_masks": rectangles(self, images, jnp.sqrt(between(numbers[2:4], self.scale)), numbers[4:]),
            "fill_value": self._fill(images, fill),
        }

    def _fill(self, images: Array, key: Array) -> Array:
        if self.fill_value is None:
            shape = images.shape if len(images.shape) == 4 else (1, *images.shape)
            return self.clipped(jax.random.normal(key, shape, "float32") * self.value_range[1])
        shape = [1] * 4
        shape[self.channel_axis] = -1
        return self.clipped(jnp.asarray(self.fill_value, "float32").reshape(shape))

    def change(self, images: Array, transformation: Any) -> Array:
        fill = jnp.asarray(transformation["fill_value"]).astype(images.dtype)
        erased = jnp.where(jnp.asarray(transformation["batch_masks"]), fill, images)
        return jnp.where(for_each(images, transformation["apply_erasing"]), erased, images)


def rectangles(layer: BaseImagePreprocessingLayer, images: Array, sides: Array, places: Array) -> Array:
    """Which pixels lie in a rectangle, one for each image, as booleans with a single channel.

    Args:
        layer: says where height, width and channels are.
        images: a batch, or one image.
        sides: width and height, `(2, batch)`, as parts of the image's.
        places: the part of the free width that is left of it, and of the free height above it, `(2, batch)`.
    """
    inside: Any = True
    for axis, side, place in zip((layer.width_axis, layer.height_axis), sides, places):
        size = images.shape[axis]
        start = for_each(side, place * (1 - side) * size)
        pixels = jnp.arange(size, dtype="float32").reshape([-1 if a == axis % 4 else 1 for a in range(4)])
        inside = inside & (pixels >= start) & (pixels < start + for_each(side, side * size))
    return inside
