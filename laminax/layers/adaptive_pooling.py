"""Pooling to a given size, whatever the size of the input."""

from typing import Any

from .._core import checks, settings
from ..ops import pooling
from .input_spec import InputSpec
from .layer import Array, Layer

__all__ = [
    "AdaptiveAveragePooling1D",
    "AdaptiveAveragePooling2D",
    "AdaptiveAveragePooling3D",
    "AdaptiveMaxPooling1D",
    "AdaptiveMaxPooling2D",
    "AdaptiveMaxPooling3D",
]


class AdaptivePooling(Layer):
    """The base of pooling to `output_size` places on each of `rank` spatial axes: subclasses set `pool`.

    Window `i` of `m` over `n` places goes from `floor(i * n / m)` to `ceil((i + 1) * n / m)`.
    """

    rank: int
    pool: Any

    def __init__(self, output_size: Any, data_format: str | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.output_size = checks.integers(self, "output_size", output_size, self.rank)
        self.data_format = settings.standardize_data_format(data_format)
        self.input_spec = InputSpec(ndim=self.rank + 2)

    def call(self, inputs: Array) -> Array:
        return type(self).pool(inputs, self.output_size, self.data_format)


class AdaptiveAveragePooling1D(AdaptivePooling):
    """The means of `output_size` windows that share out a sequence.

    Input `(batch, steps, features)`. Output `(batch, output_size, features)`. Window `i` of `m` over `n` steps goes
    from `floor(i * n / m)` to `ceil((i + 1) * n / m)`.

    Args:
        output_size: the number of windows.
        data_format: `"channels_last"`, or `"channels_first"` for `(batch, features, steps)`.
    """

    rank = 1
    pool = pooling.adaptive_average_pool


class AdaptiveAveragePooling2D(AdaptivePooling):
    """The means of windows that share out an image, as `AdaptiveAveragePooling1D` on each axis.

    Input `(batch, height, width, channels)`. Output `(batch, *output_size, channels)`.

    Args:
        output_size: how many windows lie above and beside each other, one integer for both or two.
        data_format: `"channels_last"`, or `"channels_first"` for `(batch, channels, height, width)`.
    """

    rank = 2
    pool = pooling.adaptive_average_pool


class AdaptiveAveragePooling3D(AdaptivePooling):
    """The means of windows that share out a volume. Arguments as `AdaptiveAveragePooling2D`, with three sizes."""

    rank = 3
    pool = pooling.adaptive_average_pool


class AdaptiveMaxPooling1D(AdaptivePooling):
    """The largest values in windows that share out a sequence. Arguments as `AdaptiveAveragePooling1D`."""

    rank = 1
    pool = pooling.adaptive_max_pool


class AdaptiveMaxPooling2D(AdaptivePooling):
    """The largest values in windows that share out an image. Arguments as `AdaptiveAveragePooling2D`."""

    rank = 2
    pool = pooling.adaptive_max_pool


class AdaptiveMaxPooling3D(AdaptivePooling):
    """The largest values in windows that share out a volume. Arguments as `AdaptiveAveragePooling3D`."""

    rank = 3
    pool = pooling.adaptive_max_pool
