"""Noise in training, and penalties on what passes through."""

import math
from typing import Any

import jax
import jax.numpy as jnp

from .. import regularizers
from .._core import checks
from .._core.random import SeedGenerator
from .dropout import checked_noise_shape, checked_rate, full_noise_shape
from .layer import Array, Layer

__all__ = ["ActivityRegularization", "AlphaDropout", "GaussianDropout", "GaussianNoise"]

_SELU_SCALE, _SELU_ALPHA = 1.0507009873554805, 1.6732632423543772


class GaussianNoise(Layer):
    """In training, adds normal noise of the mean zero. Otherwise gives the input as it is.

    Args:
        stddev: the standard deviation of the noise.
        seed: an integer for the same sequence of noise at each run.
    """

    supports_masking = True

    def __init__(self, stddev: float, seed: int | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.stddev = checks.number(self, "stddev", stddev)
        self.seed = seed
        self.seed_generator = SeedGenerator(seed)

    def call(self, inputs: Array, training: bool = False) -> Array:
        if not training or self.stddev == 0:
            return inputs
        return inputs + self.stddev * _noise(self.seed_generator, inputs)


class GaussianDropout(Layer):
    """In training, multiplies by normal noise of the mean one and the variance `rate / (1 - rate)`.

    That is the variance of the factors of `Dropout` (Srivastava et al., 2014). Otherwise gives the input as it is.

    Args:
        rate: as the fraction that `Dropout` drops, in 0 .. 1, but less than 1.
        seed: an integer for the same sequence of noise at each run.
    """

    supports_masking = True

    def __init__(self, rate: float, seed: int | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.rate = checked_rate(self, rate)
        if self.rate == 1:
            raise checks.refused(self, "rate", "must be less than 1, where the noise would be infinite", rate)
        self.seed = seed
        self.seed_generator = SeedGenerator(seed)

    def call(self, inputs: Array, training: bool = False) -> Array:
        if not training or self.rate == 0:
            return inputs
        return inputs * (1 + math.sqrt(self.rate / (1 - self.rate)) * _noise(self.seed_generator, inputs))


class AlphaDropout(Layer):
    """In training, sets each input with probability `rate` to the least value of SELU, and keeps mean and variance.

    With `p` that value, the output is `a * x + b`, `a = 1 / sqrt((1 - rate) * (1 + rate * p ** 2))` and
    `b = -a * rate * p`, so that inputs of mean zero and variance one stay so (Klambauer et al., 2017).
    Otherwise gives the input as it is.

    Args:
        rate: the fraction to drop, in 0 .. 1.
        noise_shape: as in `Dropout`.
        seed: an integer for the same sequence of masks at each run.
    """

    supports_masking = True

    def __init__(self, rate: float, noise_shape: Any = None, seed: int | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.rate = checked_rate(self, rate)
        self.noise_shape = checked_noise_shape(self, noise_shape)
        self.seed = seed
        self.seed_generator = SeedGenerator(seed)

    def call(self, inputs: Array, training: bool = False) -> Array:
        if not training or self.rate == 0:
            return inputs
        if self.rate == 1:
            return jnp.zeros_like(inputs)
        least = -_SELU_SCALE * _SELU_ALPHA
        a = 1 / math.sqrt((1 - self.rate) * (1 + self.rate * least**2))
        shape = full_noise_shape(self, inputs)
        keep = jax.random.bernoulli(self.seed_generator.key(), 1 - self.rate, shape)
        return a * jnp.where(keep, inputs, least) - a * self.rate * least


class ActivityRegularization(Layer):
    """Gives its input as it is, and adds the penalty `l1 * sum(|x|) + l2 * sum(x ** 2)`, divided by the batch.

    Args:
        l1: the factor of the sum of absolute values.
        l2: the factor of the sum of squares.
    """

    set_by_class = ("activity_regularizer",)
    supports_masking = True

    def __init__(self, l1: float = 0.0, l2: float = 0.0, **kwargs: Any) -> None:
        self.l1 = checks.number(self, "l1", l1)
        self.l2 = checks.number(self, "l2", l2)
        super().__init__(activity_regularizer=regularizers.L1L2(self.l1, self.l2), **kwargs)

    def call(self, inputs: Array) -> Array:
        return inputs


def _noise(seeds: SeedGenerator, inputs: Array) -> Array:
    """Normal noise for an input; for a short type that of float32, so that a seed gives the same in each."""
    dtype = "float32" if inputs.dtype.itemsize < 4 else inputs.dtype
    return jax.random.normal(seeds.key(), inputs.shape, dtype).astype(inputs.dtype)
