"""The base of layers that prepare images, with what belongs to them: labels, boxes, masks."""

from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any

import jax
import jax.numpy as jnp

from ... import ops, random
from ..._core import checks, dtypes, settings
from ..._core.random import SeedGenerator
from ...ops import bounding_boxes as boxes_of
from ..layer import Array, Layer


class BaseImagePreprocessingLayer(Layer):
    """The base of layers that prepare images.

    Input: images `(batch, height, width, channels)`, one image `(height, width, channels)`, or a dict of
    `"images"` and any of `"labels"`, `"bounding_boxes"`, `"segmentation_masks"`, which go through the same
    transformation. Output the same way, floats in the compute type.

    A subclass writes `get_random_transformation`, which draws the numbers for a whole batch at once, and those of
    the `transform_...` methods that do something; `call` gives them batches alone.

    Args:
        bounding_box_format: the format of `"boxes"`, such as `"xyxy"`; needed where boxes are given.
        data_format: `"channels_last"` or `"channels_first"`.
    """

    backend = SimpleNamespace(**vars(ops), random=random)  # by which subclasses written for Keras compute
    converts_inputs = False  # boxes stay in float32, labels and masks as they are

    def __init__(self, bounding_box_format: str | None = None, data_format: str | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        if bounding_box_format is not None:
            checks.choice(self, "bounding_box_format", bounding_box_format, boxes_of.FORMATS)
        self.bounding_box_format = bounding_box_format
        self.data_format = settings.standardize_data_format(data_format)

    # What a subclass writes.

    def get_random_transformation(self, data: Any, training: bool = True, seed: Any = None) -> Any:
        """The numbers by which `data`, images or a dict, will be transformed; `None` where nothing is to happen.

        `seed` is a `SeedGenerator` or an integer to draw from in place of the layer's own generator.
        """
        return None

    def transform_images(self, images: Array, transformation: Any, training: bool = True) -> Array:
        """The images, transformed, in the compute type."""
        return self.as_floats(images)

    def transform_labels(self, labels: Any, transformation: Any, training: bool = True) -> Any:
        """The labels of the transformed images: by default as they are."""
        return labels

    def transform_bounding_boxes(self, bounding_boxes: Any, transformation: Any, training: bool = True) -> Any:
        """`{"boxes", "labels"}` of the transformed images: by default as they are."""
        return bounding_boxes

    def transform_segmentation_masks(self, segmentation_masks: Any, transformation: Any, training: bool = True) -> Any:
        """The masks of the transformed images: by default as they are."""
        return segmentation_masks

    # How it is called.

    def call(self, data: Any, training: bool = True) -> Any:
        if not isinstance(data, Mapping):
            return self._transform({"images": data}, training)["images"]
        if "images" not in data:
            raise ValueError(f"Layer {self.name!r} needs 'images' in its dict of inputs; got {sorted(data)}.")
        return self._transform(data, training)

    def _transform(self, data: Mapping[str, Any], training: bool) -> dict[str, Any]:
        """Transform the parts of a dict that belong together; what it does not know goes through."""
        methods = {
            "images": self.transform_images,
            "labels": self.transform_labels,
            "bounding_boxes": self.transform_bounding_boxes,
            "segmentation_masks": self.transform_segmentation_masks,
        }
        parts = {key: self._arrays(key, data[key]) for key in methods if key in data}
        single = self._is_single(parts["images"])
        if single:
            parts = jax.tree.map(lambda x: x[None], parts)
        transformation = self.get_random_transformation(parts, training=training)
        parts = {key: methods[key](part, transformation, training=training) for key, part in parts.items()}
        if single:
            parts = jax.tree.map(lambda x: x[0], parts)
        return {**data, **parts}

    def _arrays(self, key: str, part: Any) -> Any:
        """One part of the input as arrays: float images in the compute type, the others in their own."""
        if key == "bounding_boxes":
            if not self.bounding_box_format:
                raise ValueError(
                    f"Layer {self.name!r} got bounding boxes, but does not know their format: "
                    f"give it `bounding_box_format='xyxy'` or another of {', '.join(boxes_of.FORMATS)}."
                )
            return boxes_of.as_arrays(part)
        part = jax.tree.map(jnp.asarray, part, is_leaf=lambda x: isinstance(x, (list, tuple)))
        if key == "images" and self.autocast:
            return dtypes.cast_floats(part, self.compute_dtype)
        return part

    def _is_single(self, images: Array) -> bool:
        if images.ndim not in (3, 4):
            raise ValueError(
                f"Layer {self.name!r}: Expected the input image to be rank 3 or 4, one image or a batch of them; "
                f"got the shape {tuple(images.shape)}."
            )
        return images.ndim == 3

    # What subclasses share.

    def as_floats(self, images: Any) -> Array:
        """The images in the compute type."""
        return jnp.asarray(images).astype(self.compute_dtype)

    @property
    def height_axis(self) -> int:
        """The axis of the height, counted from the last one."""
        return -2 if self.data_format == "channels_first" else -3

    @property
    def width_axis(self) -> int:
        """The axis of the width, counted from the last one."""
        return self.height_axis + 1

    @property
    def channel_axis(self) -> int:
        """The axis of the channels, counted from the last one."""
        return -3 if self.data_format == "channels_first" else -1

    def size_of(self, shape: Any) -> tuple[Any, Any]:
        """Height and width in the shape of images."""
        return shape[self.height_axis], shape[self.width_axis]

    def boxes_in_pixels(self, bounding_boxes: Any, size: tuple[Any, Any]) -> Any:
        """Boxes of the layer's format as `"xyxy"`, in images of this height and width."""
        return boxes_of.convert_format(bounding_boxes, str(self.bounding_box_format), "xyxy", *size)

    def boxes_in_format(self, bounding_boxes: Any, size: tuple[Any, Any]) -> Any:
        """Boxes `"xyxy"` in the layer's format, in images of this height and width."""
        return boxes_of.convert_format(bounding_boxes, "xyxy", str(self.bounding_box_format), *size)

    def range_of(self, name: str, value: Any, low: float = -1.0, high: float = 1.0) -> tuple[float, float]:
        """`(lower, upper)` from two numbers in `low .. high`, or from one: `-value .. value`, as far as allowed."""
        several = isinstance(value, (tuple, list))
        pair = tuple(value) if several else (value,)
        fits = [isinstance(v, (int, float)) and not isinstance(v, bool) and low <= v <= high for v in pair]
        if len(pair) != 1 + several or not all(fits):
            rule = f"should be a number in {low:g} .. {high:g}, or two of them"
            raise ValueError(f"{type(self).__name__}: The `{name}` argument {rule}; got {value!r}.")
        if not several:
            return float(max(0.0 - abs(pair[0]), low)), float(abs(pair[0]))
        return float(min(pair)), float(max(pair))


class RandomImageLayer(BaseImagePreprocessingLayer):
    """The base of layers that change images at random in training, and otherwise leave them as they are.

    Args:
        seed: an integer for the same sequence of draws at each run.
    """

    def __init__(self, seed: int | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.seed = seed
        self.seed_generator = SeedGenerator(seed)

    def generator(self, seed: Any = None) -> SeedGenerator:
        """What to draw from: the layer's own sequence, or that of `seed`, a `SeedGenerator` or an integer."""
        if seed is None:
            return self.seed_generator
        return seed if isinstance(seed, SeedGenerator) else SeedGenerator(seed)

    def next_key(self, seed: Any = None) -> Array:
        """A key for `jax.random`, from the `generator`."""
        return self.generator(seed).key()

    def uniform(self, shape: Any, low: float = 0.0, high: float = 1.0, seed: Any = None, dtype: str = "float32") -> Any:
        """Random numbers in `low .. high`."""
        return random.uniform(shape, low, high, dtype, self.generator(seed))


def images_of(data: Any) -> Array:
    """The images in what a layer was given: images, or a dict of them and more."""
    return data["images"] if isinstance(data, Mapping) else data


def batch_size_of(data: Any) -> Any:
    """The number of images in what a layer was given; 1 for one without an axis of the batch."""
    images = images_of(data)
    return 1 if len(images.shape) == 3 else images.shape[0]


def change_value_range(images: Array, source: Any, target: Any, dtype: str = "float32") -> Array:
    """Images whose values lie in `source` as ones whose values lie in `target`, both `(low, high)`."""
    if tuple(source) == tuple(target):
        return images
    share = (images.astype(dtype) - source[0]) / (source[1] - source[0])
    return share * (target[1] - target[0]) + target[0]
