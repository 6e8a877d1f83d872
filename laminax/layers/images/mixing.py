"""Layers that mix images with others of the batch, and their labels with them."""

from typing import Any

import jax.numpy as jnp

from ..._core import checks, context, dtypes
from ..layer import Array
from .base import RandomImageLayer, images_of
from .erasing import rectangles
from .pixels import between, uniforms

__all__ = ["CutMix", "MixUp"]


class MixingLayer(RandomImageLayer):
    """The base of layers that mix each image, and its label, with one other of the batch, in training.

    Transformations hold `"permutation_order"`, the other one of each row, and `"mix_weight"`, the share of its own.
    """

    def transform_labels(self, labels: Any, transformation: Any, training: bool = True) -> Any:
        if not training or transformation is None:
            return labels
        labels = jnp.asarray(labels)
        if labels.ndim < 2 and not dtypes.is_float(labels):
            raise ValueError(
                f"Layer {self.name!r} mixes labels, one-hot of shape (batch, classes); got whole numbers of shape "
                f"{labels.shape}. Encode them first, by `ops.one_hot(labels, num_classes)`."
            )
        return self.mixed(labels, transformation)

    def mixed(self, values: Array, transformation: Any) -> Array:
        """`weight * own + (1 - weight) * other`, for each row."""
        values = values if dtypes.is_float(values) else values.astype("float32")
        weight = (
            jnp.asarray(transformation["mix_weight"]).astype(values.dtype).reshape((-1,) + (1,) * (values.ndim - 1))
        )
        return weight * values + (1 - weight) * others(values, transformation)


class MixUp(MixingLayer):
    """In training `weight * image + (1 - weight) * other image`, and the same for labels (Zhang et al., 2017).

    The weight of each image is drawn from a Beta distribution; masks are mixed alike. An image gets the bounding boxes
    of both.

    Args:
        alpha: of `Beta(alpha, alpha)`: near 0 one image or the other wins, 1 makes all weights as likely.
        data_format: where the channels are.
        seed: an integer for the same sequence of draws at each run.
    """

    def __init__(
        self, alpha: float = 0.2, data_format: str | None = None, seed: int | None = None, **kwargs: Any
    ) -> None:
        super().__init__(data_format=data_format, seed=seed, **kwargs)
        self.alpha = checks.number(self, "alpha", alpha, beyond=True)

    def get_random_transformation(self, data: Any, training: bool = True, seed: Any = None) -> Any:
        if not training:
            return None
        numbers = uniforms(self.next_key(seed), 3, images_of(data))
        return {
            "mix_weight": symmetric_beta(numbers[:2], self.alpha),
            "permutation_order": permutation(numbers[2]),
        }

    def transform_images(self, images: Array, transformation: Any, training: bool = True) -> Array:
        images = self.as_floats(images)
        return mixed(images, transformation, 4) if training else images

    def transform_bounding_boxes(self, bounding_boxes: Any, transformation: Any, training: bool = True) -> Any:
        if not training:
            return bounding_boxes
        boxes, labels = (jnp.asarray(bounding_boxes[key]) for key in ("boxes", "labels"))
        return {
            **bounding_boxes,
            "boxes": jnp.concatenate([boxes, others(boxes, transformation)], 1),
            "labels": jnp.concatenate([labels, others(labels, transformation)], -1),
        }

    def transform_segmentation_masks(self, segmentation_masks: Any, transformation: Any, training: bool = True) -> Any:
        if not training:
            return segmentation_masks
        masks = jnp.asarray(segmentation_masks)
        return mixed(masks, transformation, masks.ndim)


class CutMix(MixingLayer):
    """In training puts a rectangle of another image into each (Yun et al., 2019).

    Labels are mixed by the areas.

    Args:
        factor: two numbers in 0 .. 1 between which `alpha` is drawn for each image; the part of its area that stays is
            drawn from `Beta(alpha, alpha)`. One number for `0 .. factor`.
        seed: an integer for the same sequence of draws at each run.
        data_format: where the channels are.
    """

    def __init__(
        self, factor: Any = 1.0, seed: int | None = None, data_format: str | None = None, **kwargs: Any
    ) -> None:
        super().__init__(seed=seed, data_format=data_format, **kwargs)
        self.factor = self.range_of("factor", factor, 0, 1)

    def get_random_transformation(self, data: Any, training: bool = True, seed: Any = None) -> Any:
        if not training:
            return None
        numbers = uniforms(self.next_key(seed), 6, images_of(data))
        weight = symmetric_beta(numbers[:2], between(numbers[2], self.factor) + 1e-6)
        side = jnp.sqrt(1 - weight)
        return {
            "permutation_order": permutation(numbers[3]),
            "batch_masks": rectangles(self, images_of(data), jnp.stack([side, side]), numbers[4:]),
            "mix_weight": weight,
        }

    def transform_images(self, images: Array, transformation: Any, training: bool = True) -> Array:
        images = self.as_floats(images)
        if not training or transformation is None:
            return images
        return jnp.where(jnp.asarray(transformation["batch_masks"]), others(images, transformation), images)


def others(values: Array, transformation: Any) -> Array:
    """For each row the one that it is mixed with."""
    return jnp.take(values, jnp.asarray(transformation["permutation_order"]), axis=0)


def mixed(values: Array, transformation: Any, axes: int) -> Array:
    """`weight * own + (1 - weight) * other` for each row of a batch of so many axes, as floats."""
    values = values if dtypes.is_float(values) else values.astype("float32")
    weight = jnp.asarray(transformation["mix_weight"]).astype(values.dtype).reshape((-1,) + (1,) * (axes - 1))
    return weight * values + (1 - weight) * others(values, transformation)


def permutation(places: Array) -> Array:
    """The rows of the batch in the order of their random `places`; those that only pad it stay among themselves."""
    frame = context.current()
    if frame is None or frame.rows is None or frame.rows.shape != places.shape:
        return jnp.argsort(places)
    drawn = jnp.argsort(jnp.where(frame.rows, places, 2.0))  # the real rows come first
    return jnp.zeros_like(drawn).at[jnp.argsort(~frame.rows)].set(drawn)


def symmetric_beta(numbers: Array, alpha: Any) -> Array:
    """Numbers of `Beta(alpha, alpha)`, each from two in 0 .. 1, `(2, ...)`, by a formula of Devroye (1996).

    Unlike `jax.random.beta` it needs no loop, which would cost seconds to compile.
    """
    radius = jnp.log(numbers[0]) / alpha
    cosine = jnp.cos(2 * jnp.pi * numbers[1])
    near, far = jnp.exp(radius), -jnp.expm1(radius)
    return jnp.clip((1 + cosine * jnp.sqrt(far / (near + far * jnp.square(cosine)))) / 2, 0, 1)
