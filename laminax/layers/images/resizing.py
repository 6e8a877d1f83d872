"""Layers that give images another size."""

from typing import Any

import jax
import jax.numpy as jnp

from ..._core import checks
from ...ops import bounding_boxes as boxes_of
from ...ops import image as images_ops
from ...ops.image.resizing import INTERPOLATIONS, window_of_ratio
from ..layer import Array
from .base import BaseImagePreprocessingLayer, RandomImageLayer, images_of

__all__ = ["CenterCrop", "RandomCrop", "Resizing"]


class Resizing(BaseImagePreprocessingLayer):
    """Images of the given size, in their own type.

    Input `(batch, any height, any width, channels)`. Output `(batch, height, width, channels)`.

    Args:
        height, width: the new size.
        interpolation: `"bilinear"`, `"nearest"`, `"bicubic"`, `"lanczos3"` or `"lanczos5"`.
        crop_to_aspect_ratio: take the largest part in the middle that has the new aspect ratio.
        pad_to_aspect_ratio: add borders on both sides until the image has the new aspect ratio.
        fill_mode: `"constant"` alone.
        fill_value: the value of the borders.
        antialias: whether to blur before making smaller.
        data_format: where the channels are.
    """

    def __init__(
        self,
        height: int,
        width: int,
        interpolation: str = "bilinear",
        crop_to_aspect_ratio: bool = False,
        pad_to_aspect_ratio: bool = False,
        fill_mode: str = "constant",
        fill_value: float = 0.0,
        antialias: bool = False,
        data_format: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(data_format=data_format, **kwargs)
        self.height = checks.integer(self, "height", height)
        self.width = checks.integer(self, "width", width)
        self.interpolation = checks.choice(self, "interpolation", interpolation, INTERPOLATIONS)
        if crop_to_aspect_ratio and pad_to_aspect_ratio:
            raise ValueError("Resizing: give only one of crop_to_aspect_ratio and pad_to_aspect_ratio.")
        self.crop_to_aspect_ratio = crop_to_aspect_ratio
        self.pad_to_aspect_ratio = pad_to_aspect_ratio
        self.fill_mode = checks.choice(self, "fill_mode", fill_mode, ("constant",))
        self.fill_value = fill_value
        self.antialias = bool(antialias)

    def get_random_transformation(self, data: Any, training: bool = True, seed: Any = None) -> tuple[Any, Any]:
        """Height and width of the input; nothing here is random."""
        return self.size_of(images_of(data).shape)

    def transform_images(self, images: Array, transformation: Any = None, training: bool = True) -> Array:
        return self._resized(images, self.interpolation)

    def transform_segmentation_masks(
        self, segmentation_masks: Any, transformation: Any = None, training: bool = True
    ) -> Array:
        return self._resized(segmentation_masks, "nearest")

    def _resized(self, images: Array, interpolation: str) -> Array:
        return images_ops.resize(
            images,
            (self.height, self.width),
            interpolation,
            self.antialias,
            self.crop_to_aspect_ratio,
            self.pad_to_aspect_ratio,
            self.fill_mode,
            self.fill_value,
            self.data_format,
        )

    def transform_bounding_boxes(self, bounding_boxes: Any, transformation: Any, training: bool = True) -> Any:
        """The boxes in the new image; boxes of zeros, and those of -1, are padding and become zeros."""
        height, width = transformation
        given = jnp.asarray(bounding_boxes["boxes"])
        padding = jnp.all(given == -1, -1) | jnp.all(given == 0, -1)
        moved = self.boxes_in_pixels(bounding_boxes, (height, width))
        scale_x, scale_y, left, top = self._placement(height, width)
        moved["boxes"] = moved["boxes"] * _twice(scale_x, scale_y) + _twice(left, top)
        moved = boxes_of.clip_to_image_size(moved, self.height, self.width)
        moved["boxes"] = jnp.where(padding[..., None], 0, moved["boxes"])
        return self.boxes_in_format(moved, (self.height, self.width))

    def _placement(self, height: int, width: int) -> tuple[float, float, float, float]:
        """By what x and y grow, and where the left upper corner of the input comes to be."""
        x, y = self.width / width, self.height / height
        if self.pad_to_aspect_ratio:
            x = y = min(x, y)
        if self.crop_to_aspect_ratio:
            x = y = max(x, y)
        free_x, free_y = self.width - width * x, self.height - height * y
        if self.crop_to_aspect_ratio:
            return x, y, -(-free_x // 2), -(-free_y // 2)
        return x, y, free_x // 2, free_y // 2


class CenterCrop(BaseImagePreprocessingLayer):
    """The middle of images, in the given size; of a smaller image the largest part with that aspect ratio, resized.

    Input `(batch, any height, any width, channels)`. Output `(batch, height, width, channels)`.

    Args:
        height, width: the new size.
        data_format: where the channels are.
    """

    def __init__(self, height: int, width: int, data_format: str | None = None, **kwargs: Any) -> None:
        super().__init__(data_format=data_format, **kwargs)
        self.height = checks.integer(self, "height", height)
        self.width = checks.integer(self, "width", width)

    def get_random_transformation(self, data: Any, training: bool = True, seed: Any = None) -> dict[str, Any]:
        """The shape of the input; nothing here is random."""
        return {"input_shape": images_of(data).shape}

    def transform_images(self, images: Array, transformation: Any = None, training: bool = True) -> Array:
        return self._cropped(self.as_floats(images), "bilinear")

    def transform_segmentation_masks(
        self, segmentation_masks: Any, transformation: Any = None, training: bool = True
    ) -> Array:
        return self._cropped(jnp.asarray(segmentation_masks), "nearest")

    def _cropped(self, images: Array, interpolation: str) -> Array:
        (top, left), (height, width) = self._window(images.shape)
        if (height, width) == (self.height, self.width):
            return images_ops.crop_images(
                images, top, left, target_height=height, target_width=width, data_format=self.data_format
            )
        size = (self.height, self.width)
        return images_ops.resize(images, size, interpolation, crop_to_aspect_ratio=True, data_format=self.data_format)

    def _window(self, shape: Any) -> tuple[tuple[int, int], tuple[int, int]]:
        """`(top, left), (height, width)` of the part that is taken."""
        height, width = self.size_of(shape)
        if height >= self.height and width >= self.width:
            return ((height - self.height) // 2, (width - self.width) // 2), (self.height, self.width)
        return window_of_ratio((height, width), self.height, self.width)

    def transform_bounding_boxes(self, bounding_boxes: Any, transformation: Any, training: bool = True) -> Any:
        shape = transformation["input_shape"]
        start, size = self._window(shape)
        moved = self.boxes_in_pixels(bounding_boxes, self.size_of(shape))
        grow = _twice(self.width / size[1], self.height / size[0])
        moved["boxes"] = boxes_of.crop(moved["boxes"], *start, *size) * grow
        moved = boxes_of.clip_to_image_size(moved, self.height, self.width)
        return self.boxes_in_format(moved, (self.height, self.width))


class RandomCrop(RandomImageLayer):
    """In training, a part of the given size from anywhere in each image.

    In inference, and where an image is smaller, the largest part in the middle that has that aspect ratio, resized.
    Input `(batch, any height, any width, channels)`. Output `(batch, height, width, channels)`.

    Args:
        height, width: the new size.
        seed: an integer for the same sequence of parts at each run.
        data_format: where the channels are.
    """

    def __init__(
        self, height: int, width: int, seed: int | None = None, data_format: str | None = None, **kwargs: Any
    ) -> None:
        super().__init__(seed=seed, data_format=data_format, **kwargs)
        self.height = checks.integer(self, "height", height)
        self.width = checks.integer(self, "width", width)

    def get_random_transformation(self, data: Any, training: bool = True, seed: Any = None) -> dict[str, Any]:
        """The shape of the input, and top and left of the part of each image, `None` where the part is resized."""
        shape = images_of(data).shape
        free = [have - wanted for have, wanted in zip(self.size_of(shape), (self.height, self.width))]
        if not training or min(free) < 0:
            return {"input_shape": shape, "top": None, "left": None}
        batch = (shape[0] if len(shape) == 4 else 1,)
        top, left = (jax.random.randint(self.next_key(seed), batch, 0, most + 1) for most in free)
        return {"input_shape": shape, "top": top, "left": left}

    def transform_images(self, images: Array, transformation: Any, training: bool = True) -> Array:
        return self._cropped(self.as_floats(images), transformation, "bilinear")

    def transform_segmentation_masks(self, segmentation_masks: Any, transformation: Any, training: bool = True) -> Any:
        return self._cropped(jnp.asarray(segmentation_masks), transformation, "nearest")

    def _cropped(self, images: Array, transformation: Any, interpolation: str) -> Array:
        size = (self.height, self.width)
        if transformation["top"] is None:
            return images_ops.resize(
                images, size, interpolation, crop_to_aspect_ratio=True, data_format=self.data_format
            )

        def one(image: Array, top: Array, left: Array) -> Array:
            for start, wanted, axis in zip((top, left), size, (self.height_axis, self.width_axis)):
                image = jax.lax.dynamic_slice_in_dim(image, start, wanted, image.ndim + axis)
            return image

        if images.ndim == 3:
            return one(images, transformation["top"][0], transformation["left"][0])
        return jax.vmap(one)(images, transformation["top"], transformation["left"])

    def transform_bounding_boxes(self, bounding_boxes: Any, transformation: Any, training: bool = True) -> Any:
        """The boxes within the part; each keeps its label, also where nothing of it is left."""
        size = self.size_of(transformation["input_shape"])
        boxes = self.boxes_in_pixels(bounding_boxes["boxes"], size)
        if transformation["top"] is None:
            start, part = window_of_ratio(size, self.height, self.width)
            grow = _twice(self.width / part[1], self.height / part[0])
            boxes = boxes_of.crop(boxes, *start, *part) * grow
        else:
            top, left = (transformation[side][:, None, None] for side in ("top", "left"))
            boxes = boxes_of.crop(boxes, top, left, self.height, self.width)
        boxes = self.boxes_in_format(boxes, (self.height, self.width))
        return {**bounding_boxes, "boxes": boxes}


def _twice(x: Any, y: Any) -> Array:
    """A number for each of the four of a box."""
    return jnp.array([x, y, x, y], "float32")
