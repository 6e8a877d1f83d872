"""Policies: layers that draw which of several layers change the images of a batch."""

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp

from ..._core import checks, compat, dtypes
from ..._core.random import SeedGenerator
from ..layer import Array
from .base import BaseImagePreprocessingLayer, RandomImageLayer, images_of
from .blur import RandomSharpness
from .colour import RandomBrightness, RandomColorDegeneration, RandomContrast, RandomPosterization, Solarization
from .geometry import RandomRotation, RandomShear, RandomTranslation
from .histogram import AutoContrast, Equalization
from .mixing import symmetric_beta
from .pixels import checked_value_range, uniform

__all__ = ["AugMix", "RandAugment"]

DRAWS = (
    4  # at most so many times an operation draws: they get their keys beforehand, for splitting costs time to compile
)


class PolicyLayer(RandomImageLayer):
    """The base of policies. They draw the index of an operation, a layer, and keys from which it draws its numbers.

    In a compiled step all operations are compiled and those drawn run; else only those drawn run.

    Args:
        value_range: the smallest and the largest value that a pixel may have.
        factor: how strong the operations are, in 0 .. 1: the `factor` that each of them gets.
        interpolation: of rotation, shear and translation: `"bilinear"` or `"nearest"`.
    """

    def __init__(self, value_range: Any, factor: Any, interpolation: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.value_range = checked_value_range(self, value_range)
        self.factor = self.range_of("factor", factor, 0, 1)
        self.interpolation = interpolation
        self.operations = self._operations()

    def _operations(self) -> list[BaseImagePreprocessingLayer]:
        """The layers from which to draw: those that move pixels, those of values, those of colour and sharpness."""
        factor = self.factor
        common: dict[str, Any] = {
            "data_format": self.data_format,
            "bounding_box_format": self.bounding_box_format,
            "dtype": self.dtype_policy,
        }
        moving = {"interpolation": self.interpolation, "seed": self.seed, **common}
        still = {"value_range": self.value_range, **common}
        random = {"seed": self.seed, **still}
        return [
            RandomShear(x_factor=factor, y_factor=factor, **moving),
            RandomTranslation(height_factor=factor, width_factor=factor, **moving),
            RandomRotation(factor=factor, **moving),
            RandomPosterization(factor=max(1, int(8 * factor[1])), **random),
            Solarization(addition_factor=factor, threshold_factor=factor, **random),
            AutoContrast(**still),
            Equalization(**still),
            RandomBrightness(factor=factor, **random),
            RandomColorDegeneration(factor=factor, **random),
            RandomContrast(factor=factor, **random),
            RandomSharpness(factor=factor, **random),
        ]

    def apply(self, part: str, x: Any, drawn: tuple[Array, Array], shape: Any) -> Any:
        """The `part` of images of `shape`, changed by the operation `(index, keys)`; past the last, as it is."""
        index, keys = drawn
        branches = [self._branch(operation, part, shape) for operation in self.operations] + [lambda x, keys: x]
        if compat.is_tracer(index):
            return jax.lax.switch(index, branches, x, keys)
        return branches[int(index)](x, keys)

    def _branch(self, operation: BaseImagePreprocessingLayer, part: str, shape: Any) -> Callable[[Any, Array], Any]:
        transform = getattr(operation, f"transform_{part}")
        images = jax.ShapeDtypeStruct(shape, self.compute_dtype)

        def run(x: Any, keys: Array) -> Any:
            y = transform(x, operation.get_random_transformation(images, seed=Keys(keys)))
            return jax.tree.map(lambda new, old: new.astype(old.dtype), y, x)

        return run


class RandAugment(PolicyLayer):
    """In training changes each batch by some operations, drawn anew for each batch (Cubuk et al., 2019).

    They are shear, translation, rotation, posterization, solarization, automatic contrast, equalization, brightness,
    loss of colour, contrast and sharpness.

    Args:
        value_range: the smallest and the largest value that a pixel may have.
        num_ops: how many operations, one after another.
        factor: how strong they are, in 0 .. 1; two numbers for a range.
        interpolation: `"bilinear"` or `"nearest"`, where pixels move.
        seed: an integer for the same sequence of draws at each run.
        data_format: where the channels are.
    """

    def __init__(
        self,
        value_range: Any = (0, 255),
        num_ops: int = 2,
        factor: Any = 0.5,
        interpolation: str = "bilinear",
        seed: int | None = None,
        data_format: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(value_range, factor, interpolation, seed=seed, data_format=data_format, **kwargs)
        self.num_ops = checks.integer(self, "num_ops", num_ops, least=0)

    def get_random_transformation(self, data: Any, training: bool = True, seed: Any = None) -> Any:
        if not training:
            return None
        first, second = jax.random.split(self.next_key(seed))
        return {
            "layer_idxes": some_of(len(self.operations), first, (self.num_ops,)),
            "keys": jax.random.split(second, (self.num_ops, DRAWS)),
            "input_shape": images_of(data).shape,
        }

    def transform_images(self, images: Array, transformation: Any, training: bool = True) -> Array:
        return self._transformed("images", self.as_floats(images), transformation, training)

    def transform_bounding_boxes(self, bounding_boxes: Any, transformation: Any, training: bool = True) -> Any:
        return self._transformed("bounding_boxes", bounding_boxes, transformation, training)

    def transform_segmentation_masks(self, segmentation_masks: Any, transformation: Any, training: bool = True) -> Any:
        return self._transformed("segmentation_masks", segmentation_masks, transformation, training)

    def _transformed(self, part: str, x: Any, transformation: Any, training: bool) -> Any:
        if not training:
            return x
        rows = transformation["layer_idxes"], transformation["keys"]
        x = jax.tree.map(jnp.asarray, x)
        return fold(lambda y, row: self.apply(part, y, row, transformation["input_shape"]), x, rows)


class AugMix(PolicyLayer):
    """In training mixes each image with what chains of random operations make of it (Hendrycks et al., 2019).

    `weight * image + (1 - weight) * sum(share_i * chain_i(image))`: the shares are drawn from a Dirichlet distribution
    of `alpha`, the weight from `Beta(alpha, alpha)`. All draws are for the batch. Masks are mixed alike, boxes stay.

    Args:
        value_range: the smallest and the largest value that a pixel may have.
        num_chains: the number of chains.
        chain_depth: how many operations a chain has; each may turn out to be none.
        factor: how strong they are, in 0 .. 1; two numbers for a range.
        alpha: of the distributions: small numbers let one chain, and either it or the image, prevail.
        all_ops: whether brightness, loss of colour, contrast and sharpness are among the operations of `RandAugment`.
        interpolation, seed, data_format: as `RandAugment`.
    """

    def __init__(
        self,
        value_range: Any = (0, 255),
        num_chains: int = 3,
        chain_depth: int = 3,
        factor: Any = 0.3,
        alpha: float = 1.0,
        all_ops: bool = True,
        interpolation: str = "bilinear",
        seed: int | None = None,
        data_format: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(value_range, factor, interpolation, seed=seed, data_format=data_format, **kwargs)
        self.num_chains = checks.integer(self, "num_chains", num_chains)
        self.chain_depth = checks.integer(self, "chain_depth", chain_depth)
        self.alpha = checks.number(self, "alpha", alpha, beyond=True)
        self.all_ops = all_ops
        self.operations = self.operations if all_ops else self.operations[:7]

    def get_random_transformation(self, data: Any, training: bool = True, seed: Any = None) -> Any:
        if not training:
            return None
        weight, shares, indices, keys = jax.random.split(self.next_key(seed), 4)
        size = self.num_chains, self.chain_depth
        return {
            "weight_sample": symmetric_beta(uniform(weight, (2,)), self.alpha),
            "chain_mixing_weights": dirichlet(shares, self.alpha, self.num_chains),
            "layer_idxes": some_of(len(self.operations) + 1, indices, size),
            "keys": jax.random.split(keys, (*size, DRAWS)),
            "input_shape": images_of(data).shape,
        }

    def transform_images(self, images: Array, transformation: Any, training: bool = True) -> Array:
        images = self.as_floats(images)
        if not training:
            return images
        return jnp.clip(self._mixed("images", images, transformation), *self.value_range)

    def transform_segmentation_masks(self, segmentation_masks: Any, transformation: Any, training: bool = True) -> Any:
        masks = jnp.asarray(segmentation_masks)
        if not training:
            return masks
        masks = masks if dtypes.is_float(masks) else self.as_floats(masks)
        return self._mixed("segmentation_masks", masks, transformation)

    def _mixed(self, part: str, x: Array, transformation: Any) -> Array:
        def add_chain(total: Array, row: Any) -> Array:
            share, indices, keys = row
            chain = fold(lambda y, one: self.apply(part, y, one, transformation["input_shape"]), x, (indices, keys))
            return total + share * chain

        shares = transformation["chain_mixing_weights"].astype(x.dtype)
        rows = shares, transformation["layer_idxes"], transformation["keys"]
        weight = transformation["weight_sample"].astype(x.dtype)
        return weight * x + (1 - weight) * fold(add_chain, jnp.zeros_like(x), rows)


class Keys(SeedGenerator):
    """Some keys, one after another, for layers that draw from a generator."""

    def __init__(self, keys: Array) -> None:
        self.keys = iter(keys)

    def key(self) -> jax.Array:
        return next(self.keys)


def fold(step: Callable[[Any, Any], Any], value: Any, rows: Any) -> Any:
    """`value = step(value, row)` for each row of the arrays: a loop on the device if compiled, else in Python."""
    if compat.is_traced():
        return jax.lax.scan(lambda value, row: (step(value, row), None), value, rows)[0]
    for i in range(len(jax.tree.leaves(rows)[0])):
        value = step(value, jax.tree.map(lambda array, i=i: array[i], rows))
    return value


def some_of(count: int, key: Array, shape: Any) -> Array:
    """Integers in `0 .. count - 1`, all as likely but for one in a million: quicker to compile than `randint`."""
    return jnp.floor(uniform(key, shape) * count).astype("int32")


def dirichlet(key: Array, alpha: float, count: int) -> Array:
    """Shares that sum to 1, of Dirichlet's distribution of equal `alpha`: Gamma numbers, divided by their sum."""
    if alpha == 1:  # then they are exponential, which needs no loop
        return jax.nn.softmax(-jax.random.gumbel(key, (count,), "float32"))
    return jax.nn.softmax(jax.random.loggamma(key, jnp.float32(alpha), (count,), "float32"))
