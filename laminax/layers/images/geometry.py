"""Random layers that move the pixels of images, and with them masks and bounding boxes."""

from typing import Any

import jax.numpy as jnp

from ..._core import checks
from ...ops import bounding_boxes as boxes_of
from ...ops import image as images_ops
from ..layer import Array
from .base import RandomImageLayer, batch_size_of, images_of

__all__ = [
    "RandomFlip",
    "RandomRotation",
    "RandomShear",
    "RandomTranslation",
    "RandomZoom",
]


class GeometricLayer(RandomImageLayer):
    """The base of layers that move pixels in training: subclasses draw a transformation, and move by it."""

    interpolation = "nearest"

    def move(self, images: Array, transformation: Any, interpolation: str) -> Array:
        """The transformed images, `(batch, height, width, channels)`."""
        raise NotImplementedError(f"{type(self).__name__} must define move(self, images, ...).")

    def move_boxes(self, boxes: Array, transformation: Any, height: Any, width: Any) -> Array:
        """The transformed boxes, `"xyxy"` in pixels."""
        raise NotImplementedError(f"{type(self).__name__} can't transform bounding boxes.")

    def transform_images(self, images: Array, transformation: Any, training: bool = True) -> Array:
        return self._moved(self.as_floats(images), transformation, training, self.interpolation)

    def transform_segmentation_masks(self, segmentation_masks: Any, transformation: Any, training: bool = True) -> Any:
        return self._moved(jnp.asarray(segmentation_masks), transformation, training, "nearest")

    def _moved(self, images: Array, transformation: Any, training: bool, interpolation: str) -> Array:
        if not training or transformation is None:
            return images
        if images.ndim == 3:
            return self.move(images[None], transformation, interpolation)[0]
        return self.move(images, transformation, interpolation)

    def transform_bounding_boxes(self, bounding_boxes: Any, transformation: Any, training: bool = True) -> Any:
        """The boxes around what was in them, as far as it is in the image; if nothing is, the label becomes -1."""
        if not training or transformation is None:
            return bounding_boxes
        size = self.size_of(transformation["input_shape"])
        moved = self.boxes_in_pixels(bounding_boxes, size)
        moved["boxes"] = self.move_boxes(moved["boxes"], transformation, *size)
        moved = boxes_of.clip_to_image_size(moved, *size)
        return self.boxes_in_format(moved, size)


class RandomFlip(GeometricLayer):
    """In training, turns each image over with probability 1/2.

    Args:
        mode: `"horizontal"` (left becomes right), `"vertical"`, or `"horizontal_and_vertical"` (both at once).
        seed: an integer for the same sequence of draws at each run.
        data_format: where the channels are.
    """

    def __init__(
        self,
        mode: str = "horizontal_and_vertical",
        seed: int | None = None,
        data_format: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(seed=seed, data_format=data_format, **kwargs)
        self.mode = checks.choice(self, "mode", mode, ("horizontal", "vertical", "horizontal_and_vertical"))

    def get_random_transformation(self, data: Any, training: bool = True, seed: Any = None) -> Any:
        if not training:
            return None
        flips = self.uniform((batch_size_of(data), 1, 1, 1), seed=seed) <= 0.5
        return {"flips": flips, "input_shape": images_of(data).shape}

    def move(self, images: Array, transformation: Any, interpolation: str) -> Array:
        axes = [
            axis
            for axis, side in ((self.width_axis, "horizontal"), (self.height_axis, "vertical"))
            if side in self.mode
        ]
        return jnp.where(transformation["flips"], jnp.flip(images, axes), images)

    def move_boxes(self, boxes: Array, transformation: Any, height: Any, width: Any) -> Array:
        left, top, right, bottom = jnp.moveaxis(boxes, -1, 0)
        if "horizontal" in self.mode:
            left, right = width - right, width - left
        if "vertical" in self.mode:
            top, bottom = height - bottom, height - top
        flipped = jnp.stack([left, top, right, bottom], -1)
        return jnp.where(jnp.squeeze(transformation["flips"], -1), flipped, boxes)


class AffineLayer(GeometricLayer):
    """The base of random affine transformations.

    Args:
        fill_mode: what lies outside of `a b c d`: `"reflect"` `b a | a b c d | d c`, `"constant"`
            `k k | a b c d | k k`, `"wrap"` `c d | a b c d | a b`, `"nearest"` `a a | a b c d | d d`.
        interpolation: `"bilinear"` or `"nearest"`.
        seed: an integer for the same sequence of draws at each run.
        fill_value: `k`.
        data_format: where the channels are.
    """

    def __init__(
        self,
        fill_mode: str = "reflect",
        interpolation: str = "bilinear",
        seed: int | None = None,
        fill_value: float = 0.0,
        data_format: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(seed=seed, data_format=data_format, **kwargs)
        self.fill_mode = checks.choice(self, "fill_mode", fill_mode, ("reflect", "wrap", "constant", "nearest"))
        self.interpolation = checks.choice(self, "interpolation", interpolation, ("nearest", "bilinear"))
        self.fill_value = fill_value

    def matrix(self, transformation: Any, height: Any, width: Any) -> Array:
        """The eight numbers of `ops.image.affine_transform` for each image, `(batch, 8)`."""
        raise NotImplementedError(f"{type(self).__name__} must define matrix(self, transformation, ...).")

    def move(self, images: Array, transformation: Any, interpolation: str) -> Array:
        matrix = self.matrix(transformation, *self.size_of(images.shape))
        return images_ops.affine_transform(
            images, matrix, interpolation, self.fill_mode, self.fill_value, self.data_format
        )


def _rows(*numbers: Any) -> Array:
    """The numbers, arrays `(batch,)` or alone, as `(batch, count)`."""
    return jnp.stack(jnp.broadcast_arrays(*(jnp.asarray(n).astype("float32") for n in numbers)), -1)


class RandomRotation(AffineLayer):
    """In training, turns each image about its centre.

    Args:
        factor: the range of the angle as a share of the full turn, two numbers in -1 .. 1, or one for
            `-factor .. factor`. Positive is against the clock.
        fill_mode, interpolation, seed, fill_value, data_format: as `RandomTranslation`.
    """

    def __init__(
        self,
        factor: Any,
        fill_mode: str = "reflect",
        interpolation: str = "bilinear",
        seed: int | None = None,
        fill_value: float = 0.0,
        data_format: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(fill_mode, interpolation, seed, fill_value, data_format, **kwargs)
        self.factor = self.range_of("factor", factor)

    def get_random_transformation(self, data: Any, training: bool = True, seed: Any = None) -> Any:
        if not training:
            return None
        low, high = self.factor
        angle = self.uniform((batch_size_of(data),), 360 * low, 360 * high, seed)
        return {"angle": angle, "input_shape": images_of(data).shape}

    def matrix(self, transformation: Any, height: Any, width: Any) -> Array:
        angle = jnp.deg2rad(jnp.asarray(transformation["angle"]).astype("float32"))
        sin, cos = jnp.sin(angle), jnp.cos(angle)
        x, y = (width - 1) * 0.5, (height - 1) * 0.5
        return _rows(cos, -sin, x - x * cos + y * sin, sin, cos, y - x * sin - y * cos, 0, 0)

    def move_boxes(self, boxes: Array, transformation: Any, height: Any, width: Any) -> Array:
        return boxes_of.affine_transform(boxes, transformation["angle"], 0, 0, 1, 0, 0, height, width)


class RandomTranslation(AffineLayer):
    """In training, shifts each image.

    Args:
        height_factor: the range of the shift down as a share of the height, two numbers in -1 .. 1, or one for
            `-height_factor .. height_factor`.
        width_factor: the same to the right, of the width.
        fill_mode: what lies outside of `a b c d`: `"reflect"` `b a | a b c d | d c`, `"constant"`
            `k k | a b c d | k k`, `"wrap"` `c d | a b c d | a b`, `"nearest"` `a a | a b c d | d d`.
        interpolation: `"bilinear"` or `"nearest"`.
        seed: an integer for the same sequence of draws at each run.
        fill_value: `k`.
        data_format: where the channels are.
    """

    def __init__(
        self,
        height_factor: Any,
        width_factor: Any,
        fill_mode: str = "reflect",
        interpolation: str = "bilinear",
        seed: int | None = None,
        fill_value: float = 0.0,
        data_format: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(fill_mode, interpolation, seed, fill_value, data_format, **kwargs)
        self.height_factor = height_factor
        self.width_factor = width_factor
        self._height_range = self.range_of("height_factor", height_factor)
        self._width_range = self.range_of("width_factor", width_factor)

    def get_random_transformation(self, data: Any, training: bool = True, seed: Any = None) -> Any:
        if not training:
            return None
        shape, batch = images_of(data).shape, (batch_size_of(data),)
        height, width = self.size_of(shape)
        down = self.uniform(batch, *self._height_range, seed) * height
        right = self.uniform(batch, *self._width_range, seed) * width
        return {"translations": jnp.stack([right, down], -1), "input_shape": shape}

    def matrix(self, transformation: Any, height: Any, width: Any) -> Array:
        right, down = jnp.moveaxis(jnp.asarray(transformation["translations"]), -1, 0)
        return _rows(1, 0, -right, 0, 1, -down, 0, 0)

    def move_boxes(self, boxes: Array, transformation: Any, height: Any, width: Any) -> Array:
        shift = jnp.tile(jnp.asarray(transformation["translations"]).astype(boxes.dtype), 2)
        return boxes + (shift if boxes.ndim == 2 else shift[:, None])


class RandomZoom(AffineLayer):
    """In training, shows each image smaller or larger, with the same centre.

    Args:
        height_factor: the range of the zoom, two numbers above -1 and up to 1, or one for
            `-height_factor .. height_factor`: 0.2 shows 20% more of the height, -0.2 shows 20% less.
        width_factor: the same for the width; `None` keeps the aspect ratio.
        fill_mode, interpolation, seed, fill_value, data_format: as `RandomTranslation`.
    """

    def __init__(
        self,
        height_factor: Any,
        width_factor: Any = None,
        fill_mode: str = "reflect",
        interpolation: str = "bilinear",
        seed: int | None = None,
        fill_value: float = 0.0,
        data_format: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(fill_mode, interpolation, seed, fill_value, data_format, **kwargs)
        self.height_factor = height_factor
        self.width_factor = width_factor
        for name, factor in (("height_factor", height_factor), ("width_factor", width_factor)):
            if isinstance(factor, (tuple, list)) and -1 in factor:
                raise checks.refused(self, name, "must be above -1", factor)
        self._height_range = self.range_of("height_factor", height_factor)
        self._width_range = None if width_factor is None else self.range_of("width_factor", width_factor)

    def get_random_transformation(self, data: Any, training: bool = True, seed: Any = None) -> Any:
        if not training:
            return None
        batch = (batch_size_of(data), 1)
        height_zoom = width_zoom = 1 + self.uniform(batch, *self._height_range, seed)
        if self._width_range is not None:
            width_zoom = 1 + self.uniform(batch, *self._width_range, seed)
        return {"height_zoom": height_zoom, "width_zoom": width_zoom, "input_shape": images_of(data).shape}

    def matrix(self, transformation: Any, height: Any, width: Any) -> Array:
        x, y = (jnp.asarray(transformation[side])[:, 0] for side in ("width_zoom", "height_zoom"))
        return _rows(x, 0, (width - 1) / 2 * (1 - x), 0, y, (height - 1) / 2 * (1 - y), 0, 0)

    def move_boxes(self, boxes: Array, transformation: Any, height: Any, width: Any) -> Array:
        x, _, left, _, y, top = self.matrix(transformation, height, width)[:, :6].T[:, :, None]
        corners = [(boxes[..., i] - start) / zoom for i, start, zoom in zip(range(4), (left, top) * 2, (x, y) * 2)]
        return jnp.stack(corners, -1)


def _one_number(factor: Any) -> Any:
    """`x` for `(-x, x)`, as Keras writes one number."""
    pair = isinstance(factor, (tuple, list)) and len(factor) == 2 and factor[0] == -factor[1]
    return factor[1] if pair else factor


class RandomShear(AffineLayer):
    """In training, slants each image: `x` grows by a share of `y`, and `y` by a share of `x`.

    Boxes are slanted in shares of width and height.

    Args:
        x_factor: the range of the share along x, two numbers in 0 .. 1, or one for `-x_factor .. x_factor`. Each
            image takes it as drawn or, with the y one, negated.
        y_factor: the same along y.
        interpolation, fill_mode, fill_value, data_format, seed: as `RandomTranslation`.
    """

    def __init__(
        self,
        x_factor: Any = 0.0,
        y_factor: Any = 0.0,
        interpolation: str = "bilinear",
        fill_mode: str = "reflect",
        fill_value: float = 0.0,
        data_format: str | None = None,
        seed: int | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(fill_mode, interpolation, seed, fill_value, data_format, **kwargs)
        self.x_factor, self.y_factor = map(_one_number, (x_factor, y_factor))
        self._x_range, self._y_range = (
            self._range_about_zero(name, getattr(self, name)) for name in ("x_factor", "y_factor")
        )

    def _range_about_zero(self, name: str, factor: Any) -> tuple[float, float]:
        low, high = self.range_of(name, factor, 0.0, 1.0)
        return (low, high) if isinstance(factor, (tuple, list)) else (-high, high)

    def get_random_transformation(self, data: Any, training: bool = True, seed: Any = None) -> Any:
        if not training:
            return None
        batch = (batch_size_of(data),)
        sign = jnp.where(self.uniform(batch, seed=seed) > 0.5, -1.0, 1.0)
        factors = [self.uniform(batch, *bounds, seed) * sign for bounds in (self._x_range, self._y_range)]
        return {"shear_factor": jnp.stack(factors, -1), "input_shape": images_of(data).shape}

    def matrix(self, transformation: Any, height: Any, width: Any) -> Array:
        x, y = jnp.moveaxis(jnp.asarray(transformation["shear_factor"]), -1, 0)
        return _rows(1, x, 0, y, 1, 0, 0, 0)

    def move_boxes(self, boxes: Array, transformation: Any, height: Any, width: Any) -> Array:
        boxes = boxes_of.convert_format(boxes, "xyxy", "rel_xyxy", height, width)
        along_x, along_y = jnp.moveaxis(jnp.asarray(transformation["shear_factor"]).astype(boxes.dtype), -1, 0)[
            ..., None
        ]
        left, top, right, bottom = jnp.moveaxis(boxes, -1, 0)
        left, right = _slanted(left, right, along_x * top, along_x * bottom)
        top, bottom = _slanted(top, bottom, along_y * left, along_y * right)
        boxes = jnp.stack([left, top, right, bottom], -1)
        return boxes_of.convert_format(boxes, "rel_xyxy", "xyxy", height, width)


def _slanted(first: Array, last: Array, one: Array, other: Array) -> tuple[Array, Array]:
    """An interval whose two ends, shifted back by `one` on one side and by `other` on the other, lie in it."""
    return first - jnp.maximum(one, other), last - jnp.minimum(one, other)
