"""Layers that disturb their input in training."""

from typing import Any

import jax
import jax.numpy as jnp

from .._core import checks
from .._core.random import SeedGenerator
from .layer import Array, Layer

__all__ = ["Dropout"]


class Dropout(Layer):
    """In training, zeroes each input with probability `rate` and divides the others by `1 - rate`.

    Srivastava et al., 2014. Otherwise gives the input as it is.

    Args:
        rate: the fraction to drop, in 0 .. 1.
        noise_shape: the shape of the mask, 1 (or `None` for the input's size) on an axis along
            which all values are kept or dropped together: `(None, 1, None)` for whole features of
            `(batch, steps, features)`.
        seed: an integer for the same sequence of masks at each run.
    """

    supports_masking = True

    def __init__(self, rate: float, noise_shape: Any = None, seed: int | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.rate = checks.fraction(self, "rate", rate)
        self.noise_shape = None if noise_shape is None else tuple(noise_shape)
        self.seed = seed
        self.seed_generator = SeedGenerator(seed)

    def call(self, inputs: Array, training: bool = False) -> Array:
        if not training or self.rate == 0:
            return inputs
        if self.rate == 1:
            return jnp.zeros_like(inputs)
        shape = self.noise_shape or inputs.shape
        shape = tuple(size if wanted is None else wanted for size, wanted in zip(inputs.shape, shape))
        keep = jax.random.bernoulli(self.seed_generator.next(), 1 - self.rate, shape)
        return jnp.where(keep, inputs / (1 - self.rate), 0)
