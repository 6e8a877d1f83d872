"""The fully connected layer."""

from typing import Any

from .. import activations
from .._core import checks
from ..ops.linear import project
from .input_spec import InputSpec
from .layer import Array, Layer

__all__ = ["Dense"]


class Dense(Layer):
    """`activation(inputs @ kernel + bias)`, over the last axis.

    Input `(batch, ..., features)`. Output `(batch, ..., units)`. `kernel` is `(features, units)`,
    `bias` is `(units,)`.

    Args:
        units: the size of the output, a positive integer.
        activation: a function or its name; `None` is linear.
        use_bias: whether to add a bias.
        kernel_initializer, bias_initializer: first values of the weights.
        kernel_regularizer, bias_regularizer: penalties on the weights.
        activity_regularizer: a penalty on the output.
        kernel_constraint, bias_constraint: where the weights must stay.
    """

    supports_masking = True

    def __init__(
        self,
        units: int,
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
        super().__init__(activity_regularizer=activity_regularizer, **kwargs)
        self.units = checks.integer(self, "units", units)
        self.activation = activations.get(activation)
        self.use_bias = use_bias
        self.describe_weight("kernel", kernel_initializer, kernel_regularizer, kernel_constraint)
        self.describe_weight("bias", bias_initializer, bias_regularizer, bias_constraint)
        self.input_spec = InputSpec(min_ndim=2)

    def build(self, input_shape: Any) -> None:
        features = known_size(self, input_shape, -1)
        self.kernel = self.make_weight("kernel", (features, self.units))
        self.bias = self.make_weight("bias", (self.units,)) if self.use_bias else None
        self.input_spec = InputSpec(min_ndim=2, axes={-1: features})

    def call(self, inputs: Array) -> Array:
        outputs = project(inputs, self.kernel)
        if self.bias is not None:
            outputs = outputs + self.bias
        return outputs if self.activation is None else self.activation(outputs)


def known_size(layer: Layer, shape: Any, axis: int) -> int:
    """The size of an axis on which the shape of a weight depends."""
    size = shape[axis]
    if size is None:
        raise ValueError(
            f"Layer {layer.name!r} ({type(layer).__name__}): Axis {axis} of the input tensor should have a defined "
            f"dimension but the layer received an input with shape {tuple(shape)}."
        )
    return int(size)
