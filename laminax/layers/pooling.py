"""Layers that summarise windows, or all, of the space."""

from typing import Any

import jax.numpy as jnp

from .._core import checks, dtypes, settings
from ..ops import pooling
from .convolution import check_window
from .input_spec import InputSpec
from .layer import Array, Layer
from .steps import AlongSteps

__all__ = [
    "AveragePooling1D",
    "AveragePooling2D",
    "AveragePooling3D",
    "AvgPool1D",
    "AvgPool2D",
    "AvgPool3D",
    "GlobalAveragePooling1D",
    "GlobalAveragePooling2D",
    "GlobalAveragePooling3D",
    "GlobalAvgPool1D",
    "GlobalAvgPool2D",
    "GlobalAvgPool3D",
    "GlobalMaxPool1D",
    "GlobalMaxPool2D",
    "GlobalMaxPool3D",
    "GlobalMaxPooling1D",
    "GlobalMaxPooling2D",
    "GlobalMaxPooling3D",
    "MaxPool1D",
    "MaxPool2D",
    "MaxPool3D",
    "MaxPooling1D",
    "MaxPooling2D",
    "MaxPooling3D",
]


class Pooling(AlongSteps):
    """The base of pooling over windows in `rank` spatial axes: subclasses set `pool`."""

    rank: int
    pool: Any

    def __init__(
        self,
        pool_size: Any = 2,
        strides: Any = None,
        padding: str = "valid",
        data_format: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.pool_size = checks.integers(self, "pool_size", pool_size, self.rank)
        self.strides = self.pool_size if strides is None else checks.integers(self, "strides", strides, self.rank)
        self.padding = checks.choice(self, "padding", padding, ("valid", "same"))
        self.data_format = settings.standardize_data_format(data_format)
        self.input_spec = InputSpec(ndim=self.rank + 2)

    @property
    def span(self) -> int:
        return self.pool_size[0]

    def call(self, inputs: Array, mask: Array | None = None) -> Array:
        check_window(self, inputs.shape, self.pool_size, (1,) * self.rank)
        real = self.real_steps(inputs, mask)
        outputs = self.summarise(inputs) if real is None else self.summarise_real(inputs, real)
        return self.masked(outputs, inputs, mask)

    def summarise(self, inputs: Array) -> Array:
        """The values of all windows."""
        return type(self).pool(inputs, self.pool_size, self.strides, self.padding, self.data_format)

    def summarise_real(self, inputs: Array, real: Array) -> Array:
        """The values of all windows, over the steps that are `real`; 0 where there is none."""
        share = self._share(real, inputs)
        if type(self).pool is pooling.average_pool:
            values = self.summarise(jnp.where(real, inputs, 0)) / jnp.where(share > 0, share, 1)
        else:
            least = -jnp.inf if dtypes.is_float(inputs) else jnp.iinfo(inputs.dtype).min
            values = self.summarise(jnp.where(real, inputs, jnp.asarray(least, inputs.dtype)))
        return jnp.where(share > 0, values, 0)

    def _share(self, real: Array, inputs: Array) -> Array:
        """What part of each window is real, but for the padding of the layer."""
        like = jnp.broadcast_to(real, inputs.shape)
        return pooling.average_pool(
            like.astype(self.compute_dtype), self.pool_size, self.strides, self.padding, self.data_format
        )


class MaxPooling1D(Pooling):
    """The largest value in each window of a sequence, by feature.

    Input `(batch, steps, features)`. Output `(batch, new steps, features)`. Masked steps do not count, and of a mask
    the new steps are left that the sequence alone would have.

    Args:
        pool_size: the number of steps in the window.
        strides: how far the window moves; `None` is `pool_size`.
        padding: `"valid"` drops what no window covers, `"same"` pads.
        data_format: `"channels_last"`, or `"channels_first"` for `(batch, features, steps)`.
    """

    rank = 1
    pool = pooling.max_pool


class MaxPooling2D(Pooling):
    """The largest value in each window of an image, by channel.

    Input `(batch, height, width, channels)`. Output `(batch, new height, new width, channels)`.

    Args:
        pool_size: height and width of the window, one integer for both or two.
        strides: steps of the window; `None` is `pool_size`.
        padding: `"valid"` drops what no window covers, `"same"` pads.
        data_format: `"channels_last"`, or `"channels_first"` for `(batch, channels, height, width)`.
    """

    rank = 2
    pool = pooling.max_pool


class MaxPooling3D(Pooling):
    """The largest value in each window of a volume, by channel.

    Input `(batch, depth, height, width, channels)`. Arguments as `MaxPooling2D`, with three sizes.
    """

    rank = 3
    pool = pooling.max_pool


class AveragePooling1D(Pooling):
    """The mean of each window of a sequence, by feature; padding does not count. Arguments as `MaxPooling1D`."""

    rank = 1
    pool = pooling.average_pool


class AveragePooling2D(Pooling):
    """The mean of each window of an image, by channel; padding does not count. Arguments as `MaxPooling2D`."""

    rank = 2
    pool = pooling.average_pool


class AveragePooling3D(Pooling):
    """The mean of each window of a volume, by channel; padding does not count. Arguments as `MaxPooling3D`."""

    rank = 3
    pool = pooling.average_pool


class GlobalPooling(Layer):
    """The base of pooling over all of `rank` spatial axes: subclasses set `pool`, `jnp.mean` or `jnp.max`."""

    rank: int
    pool: Any

    def __init__(self, data_format: str | None = None, keepdims: bool = False, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.data_format = settings.standardize_data_format(data_format)
        self.keepdims = keepdims
        self.input_spec = InputSpec(ndim=self.rank + 2)

    @property
    def axes(self) -> tuple[int, ...]:
        """The spatial axes."""
        first = 2 if self.data_format == "channels_first" else 1
        return tuple(range(first, first + self.rank))

    def call(self, inputs: Array) -> Array:
        return type(self).pool(inputs, self.axes, keepdims=self.keepdims)


class GlobalAveragePooling1D(GlobalPooling):
    """The mean over the steps that the mask leaves: `(batch, steps, features)` to `(batch, features)`.

    A sequence without a real step gives zeros.

    Args:
        data_format: `"channels_first"` for `(batch, features, steps)`.
        keepdims: keep the axis of the steps, with size 1.
    """

    rank = 1
    pool = jnp.mean
    supports_masking = True

    def call(self, inputs: Array, mask: Array | None = None) -> Array:
        if mask is None:
            return super().call(inputs)
        axis = self.axes[0]
        kept = jnp.expand_dims(mask.astype(bool), 3 - axis)
        count = jnp.sum(kept, axis, keepdims=self.keepdims, dtype=inputs.dtype)
        return jnp.sum(jnp.where(kept, inputs, 0), axis, keepdims=self.keepdims) / jnp.maximum(count, 1)

    def compute_mask(self, inputs: Array, previous_mask: Array | None = None) -> None:
        return None


class GlobalAveragePooling2D(GlobalPooling):
    """The mean over height and width: `(batch, height, width, channels)` to `(batch, channels)`.

    Args:
        data_format: `"channels_first"` for `(batch, channels, height, width)`.
        keepdims: keep the axes of height and width, with size 1.
    """

    rank = 2
    pool = jnp.mean


class GlobalAveragePooling3D(GlobalPooling):
    """The mean over depth, height and width. Arguments as `GlobalAveragePooling2D`."""

    rank = 3
    pool = jnp.mean


class GlobalMaxPooling1D(GlobalPooling):
    """The largest value of all steps: `(batch, steps, features)` to `(batch, features)`.

    Arguments as `GlobalAveragePooling1D`.
    """

    rank = 1
    pool = jnp.max


class GlobalMaxPooling2D(GlobalPooling):
    """The largest value over height and width. Arguments as `GlobalAveragePooling2D`."""

    rank = 2
    pool = jnp.max


class GlobalMaxPooling3D(GlobalPooling):
    """The largest value over depth, height and width. Arguments as `GlobalAveragePooling2D`."""

    rank = 3
    pool = jnp.max


AvgPool1D, AvgPool2D, AvgPool3D = AveragePooling1D, AveragePooling2D, AveragePooling3D
MaxPool1D, MaxPool2D, MaxPool3D = MaxPooling1D, MaxPooling2D, MaxPooling3D
GlobalAvgPool1D, GlobalAvgPool2D, GlobalAvgPool3D = (
    GlobalAveragePooling1D,
    GlobalAveragePooling2D,
    GlobalAveragePooling3D,
)
GlobalMaxPool1D, GlobalMaxPool2D, GlobalMaxPool3D = GlobalMaxPooling1D, GlobalMaxPooling2D, GlobalMaxPooling3D
