"""Layers that change the brightness and the colours of images."""

from typing import Any

import jax.numpy as jnp

from ..._core import checks
from ...ops.image.colour import hsv_to_rgb, rgb_to_grayscale, rgb_to_hsv
from ..layer import Array
from .base import RandomImageLayer, batch_size_of, change_value_range, images_of
from .pixels import RandomFactorLayer, RandomPixelLayer, between, checked_value_range, for_each, uniform, uniforms

__all__ = [
    "RandomBrightness",
    "RandomColorDegeneration",
    "RandomColorJitter",
    "RandomContrast",
    "RandomGrayscale",
    "RandomHue",
    "RandomInvert",
    "RandomPosterization",
    "RandomSaturation",
    "Solarization",
]


class RandomBrightness(RandomFactorLayer):
    """In training adds to each image `factor * (largest - smallest value)`, as far as the range of values goes.

    Args:
        factor: two numbers in -1 .. 1 between which one is drawn for each image; one number for `-factor .. factor`.
        value_range: the smallest and the largest value that a pixel may have.
        seed: an integer for the same sequence of draws at each run.
    """

    def __init__(self, factor: Any, value_range: Any = (0, 255), seed: int | None = None, **kwargs: Any) -> None:
        super().__init__(factor, value_range, seed=seed, **kwargs)

    def draw(self, images: Array, key: Array) -> Any:
        low, high = self.value_range
        return {"rgb_delta": self.draw_factor(images, key)[:, None, None, None] * (high - low)}

    def change(self, images: Array, transformation: Any) -> Array:
        return self.clipped(images + for_each(images, transformation["rgb_delta"]))


class RandomContrast(RandomFactorLayer):
    """In training `(image - mean) * factor + mean`, with the mean of each channel of each image.

    Args:
        factor: two numbers in 0 .. 1, for factors in `1 - lower .. 1 + upper`; one number for `1 .. 1 + factor`.
        value_range, seed: as `RandomBrightness`.
    """

    bounds = (0.0, 1.0)

    def __init__(self, factor: Any, value_range: Any = (0, 255), seed: int | None = None, **kwargs: Any) -> None:
        super().__init__(factor, value_range, seed=seed, **kwargs)

    def draw(self, images: Array, key: Array) -> Any:
        lower, upper = self.factor
        return {"contrast_factor": uniform(key, (batch_size_of(images), 1, 1, 1), 1 - lower, 1 + upper)}

    def change(self, images: Array, transformation: Any) -> Array:
        mean = jnp.mean(images, (self.height_axis, self.width_axis), keepdims=True)
        return self.clipped((images - mean) * for_each(images, transformation["contrast_factor"]) + mean)


class RandomSaturation(RandomFactorLayer):
    """In training multiplies the saturation of each image by `factor / (1 - factor)`, up to full saturation.

    Images have three channels: red, green and blue.

    Args:
        factor: two numbers between which one is drawn for each image: 0 is gray, 0.5 changes nothing, 1 saturates
            fully; one number for `-factor .. factor`, where what is negative is gray.
        value_range: the smallest and the largest value that a pixel may have.
        data_format: where the channels are.
        seed: an integer for the same sequence of draws at each run.
    """

    def draw(self, images: Array, key: Array) -> Any:
        factor = self.draw_factor(images, key)
        return {"factor": factor / (1 - factor + 1e-7)}

    def change(self, images: Array, transformation: Any) -> Array:
        hue, saturation, value = _hsv(self, images)
        saturation = jnp.clip(saturation * for_each(images, transformation["factor"]), 0, 1)
        return _from_hsv(self, hue, saturation, value)


class RandomHue(RandomFactorLayer):
    """In training turns the hue of each image by up to `factor` half circles, to either side.

    Args:
        factor: two numbers in 0 .. 1 between which one is drawn for each image; one number for `0 .. factor`.
        value_range, data_format, seed: as `RandomSaturation`.
    """

    bounds = (0.0, 1.0)

    def draw(self, images: Array, key: Array) -> Any:
        side, share = uniforms(key, 2, images)
        return {"factor": jnp.where(side < 0.5, -0.5, 0.5) * between(share, self.factor)}

    def change(self, images: Array, transformation: Any) -> Array:
        hue, saturation, value = _hsv(self, images)
        return self.clipped(_from_hsv(self, hue + for_each(images, transformation["factor"]), saturation, value))


def _hsv(layer: RandomFactorLayer, images: Array) -> list[Array]:
    """Hue, saturation and value of the images, each with an axis of the channels."""
    images = change_value_range(images, layer.value_range, (0, 1), layer.compute_dtype)
    return list(jnp.split(rgb_to_hsv(images, layer.data_format), 3, layer.channel_axis))


def _from_hsv(layer: RandomFactorLayer, *planes: Array) -> Array:
    images = hsv_to_rgb(jnp.concatenate(planes, layer.channel_axis), layer.data_format)
    return change_value_range(images, (0, 1), layer.value_range, layer.compute_dtype)


class RandomColorDegeneration(RandomFactorLayer):
    """In training `image + factor * (gray image - image)`: 1 takes all colour away.

    Args:
        factor: two numbers in -1 .. 1 between which one is drawn for each image; one number for `-factor .. factor`,
            where what is negative makes colours stronger.
        value_range, data_format, seed: as `RandomSaturation`.
    """

    def change(self, images: Array, transformation: Any) -> Array:
        gray = rgb_to_grayscale(images, self.data_format)
        return self.clipped(images + for_each(images, transformation["factor"]) * (gray - images))


class RandomGrayscale(RandomImageLayer):
    """In training makes images gray, each with the probability `factor`, and keeps the number of channels.

    Args:
        factor: the probability, in 0 .. 1.
        data_format, seed: as `RandomSaturation`.
    """

    def __init__(
        self, factor: float = 0.5, data_format: str | None = None, seed: int | None = None, **kwargs: Any
    ) -> None:
        super().__init__(data_format=data_format, seed=seed, **kwargs)
        self.factor = checks.fraction(self, "factor", factor)

    def get_random_transformation(self, data: Any, training: bool = True, seed: Any = None) -> Any:
        if not training:
            return None
        return uniform(self.next_key(seed), (batch_size_of(data), 1, 1, 1)) < self.factor

    def transform_images(self, images: Array, transformation: Any, training: bool = True) -> Array:
        images = self.as_floats(images)
        if not training:
            return images
        return jnp.where(transformation, rgb_to_grayscale(images, self.data_format), images)


class RandomInvert(RandomFactorLayer):
    """In training turns images into their negatives, `smallest + largest value - image`, some of them.

    Args:
        factor: the probability for an image, or two between which one is drawn for each; one number for `0 .. factor`.
        value_range, seed, data_format: as `RandomSaturation`.
    """

    bounds = (0.0, 1.0)

    def __init__(
        self,
        factor: Any = 1.0,
        value_range: Any = (0, 255),
        seed: int | None = None,
        data_format: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(factor, value_range, data_format, seed, **kwargs)

    def draw(self, images: Array, key: Array) -> Any:
        return {"apply_inversion": self.chosen(*uniforms(key, 2, images))}

    def change(self, images: Array, transformation: Any) -> Array:
        low, high = self.value_range
        return jnp.where(for_each(images, transformation["apply_inversion"]), low + high - images, images)


class RandomPosterization(RandomFactorLayer):
    """In training keeps the first few of the 8 bits of each value, so that few colours are left.

    Args:
        factor: how many bits: an integer in 1 .. 8 that is drawn from `lower .. upper - 1`, or that both are; one
            number for `1 .. factor - 1`.
        value_range, data_format, seed: as `RandomSaturation`.
    """

    bounds = (1.0, 8.0)

    def __init__(
        self,
        factor: Any,
        value_range: Any = (0, 255),
        data_format: str | None = None,
        seed: int | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(factor, value_range, data_format, seed, **kwargs)
        for bits in self.factor:
            checks.integer(self, "factor", int(bits) if bits.is_integer() else bits)

    def draw(self, images: Array, key: Array) -> Any:
        return {"shift_factor": 8 - jnp.floor(self.draw_factor(images, key)).astype("int32")}

    def change(self, images: Array, transformation: Any) -> Array:
        step = for_each(images, jnp.ldexp(jnp.float32(1), jnp.asarray(transformation["shift_factor"], "int32")))
        images = jnp.clip(change_value_range(images, self.value_range, (0, 255), self.compute_dtype), 0, 255)
        images = jnp.floor(images / step) * step
        return change_value_range(images, (0, 255), self.value_range, self.compute_dtype)


class Solarization(RandomPixelLayer):
    """In training adds a number, and inverts the values that are then at or above a threshold.

    Args:
        addition_factor: two numbers in 0 .. 1 between which one is drawn for each image, as a part of the range of
            values; one number for `0 .. addition_factor`.
        threshold_factor: the threshold, in the same way. 0 inverts all.
        value_range, seed: as `RandomSaturation`.
    """

    def __init__(
        self,
        addition_factor: Any = 0.0,
        threshold_factor: Any = 0.0,
        value_range: Any = (0, 255),
        seed: int | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(value_range, seed=seed, **kwargs)
        self.addition_factor = self.range_of("addition_factor", addition_factor, 0, 1)
        self.threshold_factor = self.range_of("threshold_factor", threshold_factor, 0, 1)

    def draw(self, images: Array, key: Array) -> Any:
        additions, thresholds = uniforms(key, 2, images)[..., None, None, None]
        return {
            "additions": between(additions, self.addition_factor) * 255,
            "thresholds": between(thresholds, self.threshold_factor) * 255,
        }

    def change(self, images: Array, transformation: Any) -> Array:
        images = change_value_range(images, self.value_range, (0, 255), self.compute_dtype)
        images = jnp.clip(images + for_each(images, transformation["additions"]), 0, 255)
        images = jnp.where(images < for_each(images, transformation["thresholds"]), images, 255 - images)
        return change_value_range(images, (0, 255), self.value_range, self.compute_dtype)


class RandomColorJitter(RandomImageLayer):
    """In training `RandomBrightness`, `RandomContrast`, `RandomSaturation` and `RandomHue`, one after another.

    Args:
        value_range: the smallest and the largest value that a pixel may have.
        brightness_factor, contrast_factor, saturation_factor, hue_factor: the `factor` of each; `None` leaves it out.
        seed, data_format: as `RandomSaturation`.
    """

    def __init__(
        self,
        value_range: Any = (0, 255),
        brightness_factor: Any = None,
        contrast_factor: Any = None,
        saturation_factor: Any = None,
        hue_factor: Any = None,
        seed: int | None = None,
        data_format: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(data_format=data_format, seed=seed, **kwargs)
        self.value_range = checked_value_range(self, value_range)
        self.brightness_factor = brightness_factor
        self.contrast_factor = contrast_factor
        self.saturation_factor = saturation_factor
        self.hue_factor = hue_factor
        self.random_brightness = self._part(RandomBrightness, brightness_factor)
        self.random_contrast = self._part(RandomContrast, contrast_factor)
        self.random_saturation = self._part(RandomSaturation, saturation_factor)
        self.random_hue = self._part(RandomHue, hue_factor)

    def _part(self, cls: type[RandomFactorLayer], factor: Any) -> RandomFactorLayer | None:
        if factor is None:
            return None
        return cls(factor, self.value_range, data_format=self.data_format, seed=self.seed, dtype=self.dtype_policy)

    def _parts(self) -> list[RandomFactorLayer]:
        parts = (self.random_brightness, self.random_contrast, self.random_saturation, self.random_hue)
        return [part for part in parts if part is not None]

    def get_random_transformation(self, data: Any, training: bool = True, seed: Any = None) -> Any:
        if not training or not self._parts():
            return None
        generator = self.generator(seed)
        return [part.draw(images_of(data), generator.key()) for part in self._parts()]

    def transform_images(self, images: Array, transformation: Any, training: bool = True) -> Array:
        images = self.as_floats(images)
        if training and transformation is not None:
            for part, numbers in zip(self._parts(), transformation):
                images = part.transform_images(images, numbers)
        return images
