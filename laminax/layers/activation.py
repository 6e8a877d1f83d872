"""Activations as layers."""

from typing import Any

import jax.numpy as jnp

from .. import activations
from .._core import checks
from .layer import Array, Layer

__all__ = ["Activation", "ReLU", "Softmax"]


class Activation(Layer):
    """Applies an activation function, given as function or name."""

    supports_masking = True

    def __init__(self, activation: Any, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.activation = activations.get(activation)

    def call(self, inputs: Array) -> Array:
        return self.activation(inputs)


class ReLU(Layer):
    """`min(x, max_value)` where `x >= threshold`, else `negative_slope * (x - threshold)`.

    Args:
        max_value: the largest output, `None` for no bound.
        negative_slope: the slope below the threshold.
        threshold: where the function bends.
    """

    supports_masking = True

    def __init__(
        self, max_value: float | None = None, negative_slope: float = 0.0, threshold: float = 0.0, **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        self.max_value = None if max_value is None else checks.number(self, "max_value", max_value)
        self.negative_slope = checks.number(self, "negative_slope", negative_slope)
        self.threshold = checks.number(self, "threshold", threshold)

    def call(self, inputs: Array) -> Array:
        return activations.relu(inputs, self.negative_slope, self.max_value, self.threshold)


class Softmax(Layer):
    """`exp(x) / sum(exp(x))` along `axis`, over what the mask leaves.

    Call with `mask`, booleans of the input's shape: what is masked out gets 0.
    """

    supports_masking = True

    def __init__(self, axis: Any = -1, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.axis = tuple(axis) if isinstance(axis, list) else axis

    def call(self, inputs: Array, mask: Array | None = None) -> Array:
        if mask is None or mask.ndim < inputs.ndim:
            return activations.softmax(inputs, self.axis)
        kept = mask.astype(bool)
        lowest = jnp.asarray(jnp.finfo(inputs.dtype).min / 2, inputs.dtype)
        outputs = activations.softmax(jnp.where(kept, inputs, lowest), self.axis)
        return jnp.where(kept, outputs, 0)
