"""Layers for the bounding boxes of images."""

from typing import Any

import jax.numpy as jnp

from ..._core import checks
from ..layer import Array
from .base import BaseImagePreprocessingLayer

__all__ = ["MaxNumBoundingBoxes"]


class MaxNumBoundingBoxes(BaseImagePreprocessingLayer):
    """As many bounding boxes for each image: further ones are left out, missing ones are filled up.

    Input: a dict with `"bounding_boxes"`, of `"boxes"` `(batch, boxes, 4)` and `"labels"` `(batch, boxes)`. Output the
    same with `max_number` boxes. Images go through as they are.

    Args:
        max_number: the number of boxes, a positive integer.
        fill_value: what stands in missing boxes and labels, an integer.
    """

    def __init__(self, max_number: int, fill_value: int = -1, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.max_number = checks.integer(self, "max_number", max_number)
        self.fill_value = int(fill_value)

    def transform_images(self, images: Array, transformation: Any = None, training: bool = True) -> Array:
        return images

    def transform_bounding_boxes(self, bounding_boxes: Any, transformation: Any = None, training: bool = True) -> Any:
        return {**bounding_boxes, **{key: self._filled(bounding_boxes[key]) for key in ("boxes", "labels")}}

    def _filled(self, values: Any) -> Array:
        values = jnp.asarray(values)[:, : self.max_number]
        widths = [(0, self.max_number - values.shape[1] if axis == 1 else 0) for axis in range(values.ndim)]
        return jnp.pad(values, widths, constant_values=self.fill_value)
