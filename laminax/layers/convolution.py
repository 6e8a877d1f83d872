"""Convolutions."""

from typing import Any

import jax.numpy as jnp

from .. import activations
from .._core import checks, settings
from ..ops import convolution
from .dense import known_size
from .input_spec import InputSpec
from .layer import Array
from .steps import AlongSteps

__all__ = [
    "Conv1D",
    "Conv2D",
    "Conv3D",
    "Convolution1D",
    "Convolution2D",
    "Convolution3D",
]


class Windowed(AlongSteps):
    """The base of layers that slide windows with weights over `rank` spatial axes, then add a bias and activate.

    Subclasses make their kernels in `make_kernels(channels)`, which returns the number of output channels, and compute
    `convolve(inputs)`.
    """

    rank: int
    paddings: tuple[str, ...] = ("valid", "same")

    def __init__(
        self,
        kernel_size: Any,
        strides: Any = 1,
        padding: str = "valid",
        data_format: str | None = None,
        dilation_rate: Any = 1,
        activation: Any = None,
        use_bias: bool = True,
        bias_initializer: Any = "zeros",
        bias_regularizer: Any = None,
        bias_constraint: Any = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.kernel_size = checks.integers(self, "kernel_size", kernel_size, self.rank)
        self.strides = checks.integers(self, "strides", strides, self.rank)
        self.padding = checks.choice(self, "padding", padding, self.paddings)
        self.data_format = settings.standardize_data_format(data_format)
        self.dilation_rate = checks.integers(self, "dilation_rate", dilation_rate, self.rank)
        self.activation = activations.get(activation)
        self.use_bias = use_bias
        self.describe_weight("bias", bias_initializer, bias_regularizer, bias_constraint)
        self.input_spec = InputSpec(ndim=self.rank + 2)

    @property
    def how(self) -> tuple[Any, ...]:
        """What the functions in `ops` are told of the windows."""
        return self.strides, self.padding, self.data_format, self.dilation_rate

    @property
    def span(self) -> int:
        return (self.kernel_size[0] - 1) * self.dilation_rate[0] + 1

    def make_kernels(self, channels: int) -> int:
        """Make the weights of the windows; returns the number of output channels."""
        raise NotImplementedError(f"{type(self).__name__} must define make_kernels(channels).")

    def convolve(self, inputs: Array) -> Array:
        """The output before bias and activation."""
        raise NotImplementedError(f"{type(self).__name__} must define convolve(inputs).")

    def build(self, input_shape: Any) -> None:
        axis = 1 if self.data_format == "channels_first" else -1
        channels = known_size(self, input_shape, axis)
        outputs = self.make_kernels(channels)
        self.bias = self.make_weight("bias", (outputs,)) if self.use_bias else None
        self.input_spec = InputSpec(ndim=self.rank + 2, axes={axis: channels})

    def call(self, inputs: Array, mask: Array | None = None) -> Array:
        real = self.real_steps(inputs, mask)
        outputs = self.convolve(inputs if real is None else jnp.where(real, inputs, 0))
        if self.bias is not None:
            first = self.data_format == "channels_first"
            outputs = outputs + self.bias.value.reshape((1, -1) + (1,) * self.rank if first else (-1,))
        return self.masked(self.activation(outputs), inputs, mask)


def check_window(layer: Any, shape: Any, window: tuple[int, ...], dilation: tuple[int, ...]) -> None:
    """Raise a `ValueError` if a window without padding is larger than the input."""
    space = shape[2:] if layer.data_format == "channels_first" else shape[1:-1]
    for size, w, d in zip(space, window, dilation):
        span = (w - 1) * d + 1
        if layer.padding == "valid" and isinstance(size, int) and span > size:
            raise ValueError(
                f"Layer {layer.name!r} ({type(layer).__name__}): Computed output size would be zero or negative: the "
                f"window {window} is larger than the input {tuple(space)}. Use a smaller one, or padding='same'."
            )


def check_steps(layer: Any) -> None:
    """Raise a `ValueError` if windows have both steps and gaps."""
    if max(layer.strides) > 1 and max(layer.dilation_rate) > 1:
        raise ValueError(
            f"{type(layer).__name__}: strides and dilation_rate can't both be more than 1; "
            f"got strides={layer.strides} and dilation_rate={layer.dilation_rate}."
        )


class Convolution(Windowed):
    """The base of convolutions over `rank` spatial axes: `activation(conv(inputs, kernel) + bias)`."""

    def __init__(
        self,
        filters: int,
        kernel_size: Any,
        strides: Any = 1,
        padding: str = "valid",
        data_format: str | None = None,
        dilation_rate: Any = 1,
        groups: int = 1,
        activation: Any = None,
        use_bias: bool = True,
        kernel_initializer: Any = "glorot_uniform",
        bias_initializer: Any = "zeros",
        kernel_regularizer: Any = None,
        bias_regularizer: Any = None,
        activity_regularizer: Any = None,
        kernel_constraint: Any = None,
        bias_constraint: Any = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(
            kernel_size,
            strides,
            padding,
            data_format,
            dilation_rate,
            activation,
            use_bias,
            bias_initializer,
            bias_regularizer,
            bias_constraint,
            activity_regularizer=activity_regularizer,
            **kwargs,
        )
        self.filters = checks.integer(self, "filters", filters)
        self.groups = checks.integer(self, "groups", groups)
        self.describe_weight("kernel", kernel_initializer, kernel_regularizer, kernel_constraint)
        check_steps(self)
        if self.filters % self.groups:
            raise ValueError(f"{type(self).__name__}: groups ({groups}) must divide filters ({filters}).")

    def make_kernels(self, channels: int) -> int:
        if channels % self.groups:
            raise ValueError(f"Layer {self.name!r}: groups ({self.groups}) must divide the {channels} input channels.")
        self.kernel = self.make_weight("kernel", (*self.kernel_size, channels // self.groups, self.filters))
        return self.filters

    def convolve(self, inputs: Array) -> Array:
        check_window(self, inputs.shape, self.kernel_size, self.dilation_rate)
        return convolution.conv(inputs, self.kernel.value, *self.how)


class Conv1D(Convolution):
    """Convolution over sequences: `activation(conv(inputs, kernel) + bias)`.

    Input `(batch, steps, channels)`. Output `(batch, new steps, filters)`. `kernel` is
    `(kernel_size, channels / groups, filters)`, `bias` is `(filters,)`. Of a mask, the new steps are left that the
    sequence alone would have; masked steps count as zeros.

    Args:
        filters: the number of output channels.
        kernel_size: the number of steps in the window.
        strides: how far the window moves.
        padding: `"valid"` (none), `"same"` (zeros, so that stride 1 keeps the size), or `"causal"` (zeros before the
            start alone, so that no output sees a later step; van den Oord et al., 2016).
        data_format: `"channels_last"`, or `"channels_first"` for `(batch, channels, steps)`.
        dilation_rate, groups, ...: as `Conv2D`.
    """

    rank = 1
    paddings = ("valid", "same", "causal")


class Conv2D(Convolution):
    """Convolution over images: `activation(conv(inputs, kernel) + bias)`.

    Input `(batch, height, width, channels)`. Output `(batch, new height, new width, filters)`. `kernel` is
    `(*kernel_size, channels / groups, filters)`, `bias` is `(filters,)`.

    Args:
        filters: the number of output channels.
        kernel_size: height and width of the window, one integer for both or two.
        strides: steps of the window.
        padding: `"valid"` (none) or `"same"` (zeros, so that stride 1 keeps the size).
        data_format: `"channels_last"`, or `"channels_first"` for `(batch, channels, height, width)`.
        dilation_rate: distance of the window's points; not together with strides.
        groups: the channels are split into this many parts, each with its own filters.
        activation: a function or its name; `None` is linear.
        use_bias: whether to add a bias.
        kernel_initializer, bias_initializer: first values of the weights.
        kernel_regularizer, bias_regularizer: penalties on the weights.
        activity_regularizer: a penalty on the output.
        kernel_constraint, bias_constraint: where the weights must stay.
    """

    rank = 2


class Conv3D(Convolution):
    """Convolution over volumes, `(batch, depth, height, width, channels)`. Arguments as `Conv2D`, with three sizes."""

    rank = 3


Convolution1D, Convolution2D, Convolution3D = Conv1D, Conv2D, Conv3D
