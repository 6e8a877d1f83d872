"""Convolutions of each channel by itself."""

from typing import Any

from .._core import checks
from ..ops import convolution
from .convolution import Windowed, check_window
from .layer import Array

__all__ = [
    "DepthwiseConv1D",
    "DepthwiseConv2D",
    "SeparableConv1D",
    "SeparableConv2D",
    "SeparableConvolution1D",
    "SeparableConvolution2D",
]


class DepthwiseConvolution(Windowed):
    """The base of depthwise convolutions over `rank` spatial axes."""

    def __init__(
        self,
        kernel_size: Any,
        strides: Any = 1,
        padding: str = "valid",
        depth_multiplier: int = 1,
        data_format: str | None = None,
        dilation_rate: Any = 1,
        activation: Any = None,
        use_bias: bool = True,
        depthwise_initializer: Any = "glorot_uniform",
        bias_initializer: Any = "zeros",
        depthwise_regularizer: Any = None,
        bias_regularizer: Any = None,
        activity_regularizer: Any = None,
        depthwise_constraint: Any = None,
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
        self.depth_multiplier = checks.integer(self, "depth_multiplier", depth_multiplier)
        self.describe_weight("depthwise", depthwise_initializer, depthwise_regularizer, depthwise_constraint)

    def make_kernels(self, channels: int) -> int:
        shape = (*self.kernel_size, channels, self.depth_multiplier)
        self.kernel = self.make_weight("depthwise", shape, name="kernel")
        return channels * self.depth_multiplier

    def convolve(self, inputs: Array) -> Array:
        check_window(self, inputs.shape, self.kernel_size, self.dilation_rate)
        return convolution.depthwise_conv(inputs, self.kernel.value, *self.how)


class DepthwiseConv1D(DepthwiseConvolution):
    """Convolution over sequences, of each channel by itself.

    Input `(batch, steps, channels)`. Output `(batch, new steps, channels * depth_multiplier)`. `kernel` is
    `(kernel_size, channels, depth_multiplier)`. Arguments as `DepthwiseConv2D`, with one size.
    """

    rank = 1


class DepthwiseConv2D(DepthwiseConvolution):
    """Convolution over images, of each channel by itself.

    Input `(batch, height, width, channels)`. Output `(batch, new height, new width, channels * depth_multiplier)`, the
    outputs of a channel beside each other. `kernel` is `(*kernel_size, channels, depth_multiplier)`.

    Args:
        kernel_size: height and width of the window, one integer for both or two.
        strides: steps of the window.
        padding: `"valid"` (none) or `"same"` (zeros, so that stride 1 keeps the size).
        depth_multiplier: how many outputs each channel has.
        data_format: `"channels_last"`, or `"channels_first"` for `(batch, channels, height, width)`.
        dilation_rate: distance of the window's points.
        activation: a function or its name; `None` is linear.
        use_bias: whether to add a bias.
        depthwise_initializer, bias_initializer: first values of the weights.
        depthwise_regularizer, bias_regularizer: penalties on the weights.
        activity_regularizer: a penalty on the output.
        depthwise_constraint, bias_constraint: where the weights must stay.
    """

    rank = 2


class SeparableConvolution(Windowed):
    """The base of separable convolutions: one of each channel by itself, then one that mixes the channels."""

    def __init__(
        self,
        filters: int,
        kernel_size: Any,
        strides: Any = 1,
        padding: str = "valid",
        data_format: str | None = None,
        dilation_rate: Any = 1,
        depth_multiplier: int = 1,
        activation: Any = None,
        use_bias: bool = True,
        depthwise_initializer: Any = "glorot_uniform",
        pointwise_initializer: Any = "glorot_uniform",
        bias_initializer: Any = "zeros",
        depthwise_regularizer: Any = None,
        pointwise_regularizer: Any = None,
        bias_regularizer: Any = None,
        activity_regularizer: Any = None,
        depthwise_constraint: Any = None,
        pointwise_constraint: Any = None,
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
        self.depth_multiplier = checks.integer(self, "depth_multiplier", depth_multiplier)
        self.describe_weight("depthwise", depthwise_initializer, depthwise_regularizer, depthwise_constraint)
        self.describe_weight("pointwise", pointwise_initializer, pointwise_regularizer, pointwise_constraint)

    def make_kernels(self, channels: int) -> int:
        multiplier, ones = self.depth_multiplier, (1,) * self.rank
        depthwise, pointwise = (*self.kernel_size, channels, multiplier), (*ones, channels * multiplier, self.filters)
        self.depthwise_kernel = self.make_weight("depthwise", depthwise, name="depthwise_kernel")
        self.pointwise_kernel = self.make_weight("pointwise", pointwise, name="pointwise_kernel")
        return self.filters

    def convolve(self, inputs: Array) -> Array:
        check_window(self, inputs.shape, self.kernel_size, self.dilation_rate)
        return convolution.separable_conv(inputs, self.depthwise_kernel.value, self.pointwise_kernel.value, *self.how)


class SeparableConv1D(SeparableConvolution):
    """Convolution over sequences of each channel by itself, then a mix of the channels at each step.

    Input `(batch, steps, channels)`. Output `(batch, new steps, filters)`. Arguments as `SeparableConv2D`, with one
    size.
    """

    rank = 1


class SeparableConv2D(SeparableConvolution):
    """Convolution over images of each channel by itself, then a mix of the channels in each place (Chollet, 2017).

    Input `(batch, height, width, channels)`. Output `(batch, new height, new width, filters)`. `depthwise_kernel` is
    `(*kernel_size, channels, depth_multiplier)`, `pointwise_kernel` is `(1, 1, channels * depth_multiplier, filters)`.

    Args:
        filters: the number of output channels.
        kernel_size: height and width of the window, one integer for both or two.
        strides: steps of the window.
        padding: `"valid"` (none) or `"same"` (zeros, so that stride 1 keeps the size).
        data_format: `"channels_last"`, or `"channels_first"` for `(batch, channels, height, width)`.
        dilation_rate: distance of the window's points.
        depth_multiplier: how many outputs each channel has before they are mixed.
        activation: a function or its name; `None` is linear.
        use_bias: whether to add a bias.
        depthwise_initializer, pointwise_initializer, bias_initializer: first values of the weights.
        depthwise_regularizer, pointwise_regularizer, bias_regularizer: penalties on the weights.
        activity_regularizer: a penalty on the output.
        depthwise_constraint, pointwise_constraint, bias_constraint: where the weights must stay.
    """

    rank = 2


SeparableConvolution1D, SeparableConvolution2D = SeparableConv1D, SeparableConv2D
