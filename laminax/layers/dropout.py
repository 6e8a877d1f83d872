"""Layers that drop parts of their input in training."""

import numbers
from typing import Any

import jax
import jax.numpy as jnp

from .._core import settings
from .._core.random import SeedGenerator
from .input_spec import InputSpec
from .layer import Array, Layer

__all__ = ["Dropout", "SpatialDropout1D", "SpatialDropout2D", "SpatialDropout3D"]


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
        self.rate = checked_rate(self, rate)
        self.noise_shape = checked_noise_shape(self, noise_shape)
        self.seed = seed
        self.seed_generator = SeedGenerator(seed)

    def call(self, inputs: Array, training: bool = False) -> Array:
        if not training or self.rate == 0:
            return inputs
        if self.rate == 1:
            return jnp.zeros_like(inputs)
        shape = full_noise_shape(self, inputs)
        keep = jax.random.bernoulli(self.seed_generator.key(), 1 - self.rate, shape)
        return jnp.where(keep, inputs / (1 - self.rate), 0)


class SpatialDropout(Dropout):
    """The base of dropout of whole channels, over `rank` spatial axes."""

    rank: int

    def __init__(
        self,
        rate: float,
        data_format: str | None = None,
        seed: int | None = None,
        name: str | None = None,
        dtype: Any = None,
        **kwargs: Any,
    ) -> None:
        self.data_format = settings.standardize_data_format(data_format)
        together = (1,) * self.rank
        noise_shape = (None, *together, None) if self.data_format == "channels_last" else (None, None, *together)
        super().__init__(rate, noise_shape, seed, name=name, dtype=dtype, **kwargs)
        self.input_spec = InputSpec(ndim=self.rank + 2)


class SpatialDropout1D(SpatialDropout):
    """`Dropout` of whole features of `(batch, steps, features)` (Tompson et al., 2014).

    Where neighbours are alike, single dropped values are no loss: this drops a feature in all steps.

    Args:
        rate: the fraction to drop, in 0 .. 1.
        seed: an integer for the same sequence of masks at each run.
    """

    rank = 1
    set_by_class = ("noise_shape", "data_format")
    beyond_keras = ("trainable",)

    def __init__(
        self, rate: float, seed: int | None = None, name: str | None = None, dtype: Any = None, **kwargs: Any
    ) -> None:
        super().__init__(rate, "channels_last", seed, name, dtype, **kwargs)


class SpatialDropout2D(SpatialDropout):
    """`Dropout` of whole channels of `(batch, height, width, channels)`, as `SpatialDropout1D` of features.

    Args:
        rate: the fraction to drop, in 0 .. 1.
        data_format: `"channels_last"`, or `"channels_first"` for `(batch, channels, height, width)`.
        seed: an integer for the same sequence of masks at each run.
    """

    rank = 2
    set_by_class = ("noise_shape",)
    beyond_keras = ("trainable",)


class SpatialDropout3D(SpatialDropout):
    """`Dropout` of whole channels of `(batch, depth, height, width, channels)`. Arguments as `SpatialDropout2D`."""

    rank = 3
    set_by_class = ("noise_shape",)
    beyond_keras = ("trainable",)


def checked_rate(layer: Layer, rate: Any) -> float:
    """`rate` as a float in 0 .. 1."""
    if not isinstance(rate, numbers.Real) or isinstance(rate, bool) or not 0 <= float(rate) <= 1:
        raise _unexpected(layer, "rate", "a float value between 0 and 1", rate)
    return float(rate)


def checked_noise_shape(layer: Layer, shape: Any) -> tuple[int | None, ...] | None:
    """`shape` as a tuple of positive integers and `None`."""
    if shape is None:
        return None
    if not isinstance(shape, (list, tuple)):
        raise _unexpected(layer, "noise_shape", "a tuple or list of integers", shape)
    sizes = [size for size in shape if size is not None]
    if not all(isinstance(size, numbers.Integral) and not isinstance(size, bool) for size in sizes):
        raise _unexpected(layer, "noise_shape", "all elements to be integers or None", shape)
    if not all(size > 0 for size in sizes):
        raise _unexpected(layer, "noise_shape", "all dimensions to be positive integers or None", shape)
    return tuple(shape)


def _unexpected(layer: Layer, name: str, wanted: str, value: Any) -> ValueError:
    who = type(layer).__name__
    return ValueError(f"{who}: Invalid value received for argument `{name}`. Expected {wanted}; got {value!r}.")


def full_noise_shape(layer: Any, inputs: Array) -> tuple[int, ...]:
    """The shape of the noise for an input, whose size stands where the layer's `noise_shape` has `None`."""
    shape = layer.noise_shape or inputs.shape
    if len(shape) != inputs.ndim:
        raise ValueError(
            f"Layer {layer.name!r} ({type(layer).__name__}): noise_shape {shape} must have as many axes as the input, "
            f"which has the shape {inputs.shape}."
        )
    return tuple(size if wanted is None else wanted for size, wanted in zip(inputs.shape, shape))
