"""Layers that blur and sharpen images."""

from typing import Any

import jax
import jax.numpy as jnp

from ..._core import checks
from ...ops.image.colour import correlate
from ...ops.image.warping import gaussian_blur
from ..layer import Array
from .pixels import RandomFactorLayer, for_each, uniform, uniforms

__all__ = ["RandomGaussianBlur", "RandomSharpness"]


class RandomSharpness(RandomFactorLayer):
    """In training `image + (1 - 2 factor) * (smooth - image)`: 0 smooths, 0.5 changes nothing, 1 sharpens.

    `smooth` is the mean of the 3 x 3 pixels around, in which the pixel itself counts five times.

    Args:
        factor: two numbers in 0 .. 1 between which one is drawn for each image; one number for `0 .. factor`.
        value_range: the smallest and the largest value that a pixel may have.
        data_format: where the channels are.
        seed: an integer for the same sequence of draws at each run.
    """

    bounds = (0.0, 1.0)

    def change(self, images: Array, transformation: Any) -> Array:
        factor = 2 * for_each(images, transformation["factor"])
        around = correlate(correlate(images, (1, 1, 1), self.height_axis), (1, 1, 1), self.width_axis)
        smooth = (around + 4 * images) / 13
        return self.clipped(images + (1 - factor) * (smooth - images))


class RandomGaussianBlur(RandomFactorLayer):
    """In training blurs some images by a Gaussian bell, with zeros around them.

    Args:
        factor: the probability for an image, or two between which one is drawn for each; one number for `0 .. factor`.
        kernel_size: width and height of the bell's part that counts, in pixels, odd; one number for both.
        sigma: two numbers in 0 .. 1 between which the standard deviations are drawn, one along the width and one along
            the height, for the batch; one number for `0 .. sigma`.
        value_range, data_format, seed: as `RandomSharpness`.
    """

    bounds = (0.0, 1.0)

    def __init__(
        self,
        factor: Any = 1.0,
        kernel_size: Any = 3,
        sigma: Any = 1.0,
        value_range: Any = (0, 255),
        data_format: str | None = None,
        seed: int | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(factor, value_range, data_format, seed, **kwargs)
        self.kernel_size = checks.integers(self, "kernel_size", kernel_size, 2)
        if any(size % 2 == 0 for size in self.kernel_size):
            raise checks.refused(self, "kernel_size", "must be odd", kernel_size)
        self.sigma = self.range_of("sigma", sigma, 0, 1)

    def draw(self, images: Array, key: Array) -> Any:
        choice, sigma = jax.random.split(key)
        return {
            "should_apply_blur": self.chosen(*uniforms(choice, 2, images)),
            "blur_factor": uniform(sigma, (2,), *self.sigma) + 1e-6,
        }

    def change(self, images: Array, transformation: Any) -> Array:
        blurred = gaussian_blur(images, self.kernel_size, transformation["blur_factor"], self.data_format)
        return self.clipped(jnp.where(for_each(images, transformation["should_apply_blur"]), blurred, images))
