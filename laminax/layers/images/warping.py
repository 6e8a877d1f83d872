"""Random layers that bend images: perspective and elastic transformations."""

from typing import Any

import jax.numpy as jnp

from ..._core import checks
from ..._core.random import SeedGenerator
from ...ops import image as images_ops
from ...ops.image.layout import batched
from ...ops.image.warping import FILL_MODES, elastic_field, homography, look_up, project
from ..layer import Array
from .base import batch_size_of, images_of
from .geometry import GeometricLayer

__all__ = ["RandomElasticTransform", "RandomPerspective"]


class OccasionalLayer(GeometricLayer):
    """The base of layers that move the pixels of some images, and leave the others alone.

    Args:
        factor: the range of the probability, two numbers in 0 .. 1, or one for `0 .. factor`; drawn for each image.
        interpolation: `"bilinear"` or `"nearest"`.
        fill_value: what lies outside.
    """

    def __init__(
        self, factor: Any = 1.0, interpolation: str = "bilinear", fill_value: float = 0.0, **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        self.factor = self.range_of("factor", factor, 0.0, 1.0)
        self.interpolation = checks.choice(self, "interpolation", interpolation, ("nearest", "bilinear"))
        self.fill_value = fill_value

    def chosen(self, batch: Any, seed: Any) -> Array:
        """Which images are moved, `(batch,)` booleans."""
        probability = self.uniform((batch,), *self.factor, seed)
        return self.uniform((batch,), seed=seed) < probability


class RandomPerspective(OccasionalLayer):
    """In training, shows some images as if seen from elsewhere, by shifts of their corners.

    Args:
        factor: the range of the probability, two numbers in 0 .. 1, or one for `0 .. factor`; drawn for each image.
        scale: how far corners move, at most half of this share of the side; in 0 .. 1.
        interpolation: `"bilinear"` or `"nearest"`.
        fill_value: what lies outside.
        seed: an integer for the same sequence of draws at each run.
        data_format: where the channels are.
    """

    def __init__(
        self,
        factor: Any = 1.0,
        scale: float = 1.0,
        interpolation: str = "bilinear",
        fill_value: float = 0.0,
        seed: int | None = None,
        data_format: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(factor, interpolation, fill_value, seed=seed, data_format=data_format, **kwargs)
        self.scale = checks.fraction(self, "scale", scale)

    def get_random_transformation(self, data: Any, training: bool = True, seed: Any = None) -> Any:
        if not training:
            return None
        shape, batch = images_of(data).shape, batch_size_of(data)
        height, width = self.size_of(shape)
        chosen = self.chosen(batch, seed)
        shares = self.uniform((batch, 4, 2), -0.5 * self.scale, 0.5 * self.scale, seed)
        side = jnp.stack([jnp.asarray(s - 1).astype("float32") for s in (width, height)])
        start = jnp.array([[0, 0], [1, 0], [0, 1], [1, 1]], "float32") * side
        start = jnp.broadcast_to(start, shares.shape)
        return {
            "apply_perspective": chosen,
            "start_points": start,
            "end_points": start + start * shares,
            "input_shape": shape,
        }

    def move(self, images: Array, transformation: Any, interpolation: str) -> Array:
        moved = images_ops.perspective_transform(
            images,
            transformation["start_points"],
            transformation["end_points"],
            interpolation,
            self.fill_value,
            self.data_format,
        )
        return jnp.where(transformation["apply_perspective"][:, None, None, None], moved, images)

    def move_boxes(self, boxes: Array, transformation: Any, height: Any, width: Any) -> Array:
        start, end = (jnp.asarray(transformation[p]).astype("float32") for p in ("start_points", "end_points"))
        left, top, right, bottom = jnp.moveaxis(boxes, -1, 0)
        x, y = jnp.stack([left, right, right, left], -1), jnp.stack([top, top, bottom, bottom], -1)
        x, y = project(homography(end, start), x, y)
        moved = jnp.stack([x.min(-1), y.min(-1), x.max(-1), y.max(-1)], -1)
        return jnp.where(transformation["apply_perspective"][:, None, None], moved, boxes)


class RandomElasticTransform(OccasionalLayer):
    """In training, shows some images as on rubber, by a random field of shifts. Simard et al., 2003.

    Bounding boxes can't be given.

    Args:
        factor: the range of the probability, two numbers in 0 .. 1, or one for `0 .. factor`; drawn for each image.
        scale: the range of the strength, two numbers in 0 .. 1, or one for `0 .. scale`; drawn for each batch.
        interpolation: `"bilinear"` or `"nearest"`.
        fill_mode: what lies outside of `a b c d`: `"mirror"` `c b | a b c d | c b`, or as `RandomTranslation`.
        fill_value: what lies outside where `fill_mode` is `"constant"`.
        value_range: `(low, high)` of the values; the output is clipped to it.
        seed: an integer for the same sequence of draws at each run.
        data_format: where the channels are.
    """

    def __init__(
        self,
        factor: Any = 1.0,
        scale: Any = 1.0,
        interpolation: str = "bilinear",
        fill_mode: str = "reflect",
        fill_value: float = 0.0,
        value_range: Any = (0, 255),
        seed: int | None = None,
        data_format: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(factor, interpolation, fill_value, seed=seed, data_format=data_format, **kwargs)
        self.scale = self.range_of("scale", scale, 0.0, 1.0)
        self.fill_mode = checks.choice(self, "fill_mode", fill_mode, FILL_MODES)
        self.value_range = value_range

    def get_random_transformation(self, data: Any, training: bool = True, seed: Any = None) -> Any:
        """Which images are moved, how far, and the key of the field; the same for images and masks."""
        if not training or self.scale[1] == 0 or self.factor[1] == 0:
            return None
        return {
            "apply_transform": self.chosen(batch_size_of(data), seed),
            "distortion_factor": self.uniform((), *self.scale, seed),
            "seed": self.next_key(seed),
            "input_shape": images_of(data).shape,
        }

    def transform_images(self, images: Array, transformation: Any, training: bool = True) -> Array:
        moved = super().transform_images(images, transformation, training)
        return jnp.clip(moved, *self.value_range) if training and transformation is not None else moved

    def move(self, images: Array, transformation: Any, interpolation: str) -> Array:
        strength, key = transformation["distortion_factor"], transformation["seed"]
        if isinstance(key, (int, SeedGenerator)):
            key = self.next_key(key)
        height, width = self.size_of(images.shape)
        deviation = min(height, width) * 0.05
        most = int(6 * deviation * self.scale[1]) // 2
        layout, back = batched(images, self.data_format)
        x, y = elastic_field(key, layout, max(height, width) * 0.1 * strength, deviation * strength, most)
        moved = back(look_up(layout, x, y, interpolation, self.fill_mode, self.fill_value))
        return jnp.where(transformation["apply_transform"][:, None, None, None], moved, images)
