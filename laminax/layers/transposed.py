"""Transposed convolutions: they make inputs larger by learned windows."""

from typing import Any

from .._core import checks
from ..ops import convolution
from .convolution import Windowed, check_steps
from .layer import Array

__all__ = [
    "Conv1DTranspose",
    "Conv2DTranspose",
    "Conv3DTranspose",
    "Convolution1DTranspose",
    "Convolution2DTranspose",
    "Convolution3DTranspose",
]


class TransposedConvolution(Windowed):
    """The base of transposed convolutions over `rank` spatial axes: each input is spread over a window."""

    def __init__(
        self,
        filters: int,
        kernel_size: Any,
        strides: Any = 1,
        padding: str = "valid",
        output_padding: Any = None,
        data_format: str | None = None,
        dilation_rate: Any = 1,
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
        self.describe_weight("kernel", kernel_initializer, kernel_regularizer, kernel_constraint)
        self.output_padding = output_padding
        check_steps(self)
        if output_padding is not None:
            self.output_padding = checks.integers(self, "output_padding", output_padding, self.rank, least=0)
            if any(more >= stride for more, stride in zip(self.output_padding, self.strides)):
                raise ValueError(
                    f"{type(self).__name__}: output_padding must be less than strides on each axis; "
                    f"got output_padding={self.output_padding} and strides={self.strides}."
                )

    def call(self, inputs: Array) -> Array:  # type: ignore[override]  # and no mask
        return super().call(inputs)

    def compute_mask(self, inputs: Array, previous_mask: Array | None = None) -> None:
        return None

    def make_kernels(self, channels: int) -> int:
        self.kernel = self.make_weight("kernel", (*self.kernel_size, self.filters, channels))
        return self.filters

    def convolve(self, inputs: Array) -> Array:
        strides, padding, data_format, dilation = self.how
        more = self.output_padding
        return convolution.conv_transpose(inputs, self.kernel.value, strides, padding, more, data_format, dilation)


class Conv1DTranspose(TransposedConvolution):
    """Transposed convolution over sequences.

    Input `(batch, steps, channels)`. Output `(batch, new steps, filters)`. `kernel` is
    `(kernel_size, filters, channels)`. Arguments as `Conv2DTranspose`, with one size.
    """

    rank = 1


class Conv2DTranspose(TransposedConvolution):
    """Transposed convolution over images: each input is spread over a window, and windows that overlap are added.

    Input `(batch, height, width, channels)`. Output `(batch, new height, new width, filters)`. `kernel` is
    `(*kernel_size, filters, channels)`, `bias` is `(filters,)`.

    `n` inputs on an axis become `n * strides` outputs if `"same"`, `(n - 1) * strides + max(window, strides)` if
    `"valid"`; the window is `(kernel_size - 1) * dilation_rate + 1` wide.

    Args:
        filters: the number of output channels.
        kernel_size: height and width of the window, one integer for both or two.
        strides: distance of the windows in the output.
        padding: `"valid"` (nothing is cropped) or `"same"`.
        output_padding: if given, `n` inputs become `(n - 1) * strides`, `window` (or if `"same"`, the remainder of that
            by 2), and this many outputs more; less than `strides`.
        data_format: `"channels_last"`, or `"channels_first"` for `(batch, channels, height, width)`.
        dilation_rate: distance of the window's points; not together with strides.
        activation: a function or its name; `None` is linear.
        use_bias: whether to add a bias.
        kernel_initializer, bias_initializer: first values of the weights.
        kernel_regularizer, bias_regularizer: penalties on the weights.
        activity_regularizer: a penalty on the output.
        kernel_constraint, bias_constraint: where the weights must stay.
    """

    rank = 2


class Conv3DTranspose(TransposedConvolution):
    """Transposed convolution over volumes, `(batch, depth, height, width, channels)`.

    Arguments as `Conv2DTranspose`, with three sizes; by position, `data_format` stands before `output_padding`.
    """

    rank = 3

    def __init__(
        self,
        filters: int,
        kernel_size: Any,
        strides: Any = 1,
        padding: str = "valid",
        data_format: str | None = None,
        output_padding: Any = None,
        *args: Any,
        **kwargs: Any,
    ) -> None:
        super().__init__(filters, kernel_size, strides, padding, output_padding, data_format, *args, **kwargs)


Convolution1DTranspose, Convolution2DTranspose = Conv1DTranspose, Conv2DTranspose
Convolution3DTranspose = Conv3DTranspose
