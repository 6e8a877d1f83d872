"""Layers that enlarge space by whole factors."""

from typing import Any

import jax
import jax.numpy as jnp

from .._core import checks, dtypes, settings
from .input_spec import InputSpec
from .layer import Array, Layer

__all__ = ["UpSampling1D", "UpSampling2D", "UpSampling3D"]
INTERPOLATIONS = ("nearest", "bilinear", "bicubic", "lanczos3", "lanczos5")


class UpSampling(Layer):
    """The base of layers that repeat each value along `rank` spatial axes, `size` times."""

    rank: int
    size: Any

    def __init__(self, size: Any, data_format: str | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        one = self.rank == 1
        self.size = checks.integer(self, "size", size) if one else checks.integers(self, "size", size, self.rank)
        self.data_format = settings.standardize_data_format(data_format)
        self.input_spec = InputSpec(ndim=self.rank + 2)

    def call(self, inputs: Array) -> Array:
        for axis, times in self.factors().items():
            inputs = jnp.repeat(inputs, times, axis)
        return inputs

    def factors(self) -> dict[int, int]:
        """How many times each spatial axis grows."""
        sizes = (self.size,) if self.rank == 1 else self.size
        return dict(enumerate(sizes, 2 if self.data_format == "channels_first" else 1))


class UpSampling1D(UpSampling):
    """Each step `size` times: `(batch, steps, features)` to `(batch, steps * size, features)`.

    Args:
        size: the factor, a positive integer.
    """

    rank = 1
    set_by_class = ("data_format",)

    def __init__(self, size: int = 2, **kwargs: Any) -> None:
        super().__init__(size, "channels_last", **kwargs)


class UpSampling2D(UpSampling):
    """A larger image: `(batch, height, width, channels)`, with height and width times `size`.

    Args:
        size: the factors of height and width, one integer for both or two.
        data_format: `"channels_last"`, or `"channels_first"` for `(batch, channels, height, width)`.
        interpolation: `"nearest"` repeats the pixels; `"bilinear"`, `"bicubic"`, `"lanczos3"` and `"lanczos5"` weigh
            those around.
    """

    rank = 2

    def __init__(
        self, size: Any = (2, 2), data_format: str | None = None, interpolation: str = "nearest", **kwargs: Any
    ) -> None:
        super().__init__(size, data_format, **kwargs)
        self.interpolation = checks.choice(self, "interpolation", interpolation, INTERPOLATIONS)

    def call(self, inputs: Array) -> Array:
        if self.interpolation == "nearest":
            return super().call(inputs)
        factors = self.factors()
        shape = [size * factors.get(axis, 1) for axis, size in enumerate(inputs.shape)]
        outputs = jax.image.resize(dtypes.at_least_float32(inputs), shape, self.interpolation)
        return outputs.astype(self.compute_dtype)


class UpSampling3D(UpSampling):
    """A larger volume: each value of `(batch, depth, height, width, channels)` `size` times along each spatial axis.

    Args:
        size: the factors of depth, height and width, one integer for all or three.
        data_format: `"channels_last"`, or `"channels_first"` for `(batch, channels, depth, height, width)`.
    """

    rank = 3

    def __init__(self, size: Any = (2, 2, 2), data_format: str | None = None, **kwargs: Any) -> None:
        super().__init__(size, data_format, **kwargs)
