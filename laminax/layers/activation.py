"""Activations as layers."""

import numbers
from typing import Any

import jax.numpy as jnp

from .. import activations
from .._core import checks
from .dense import known_size
from .input_spec import InputSpec
from .layer import Array, Layer

__all__ = ["ELU", "Activation", "LeakyReLU", "PReLU", "ReLU", "Softmax"]


class Activation(Layer):
    """Applies an activation function, given as function or name."""

    supports_masking = True

    def __init__(self, activation: Any, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.activation = activations.get(activation)

    def call(self, inputs: Array) -> Array:
        return self.activation(inputs)


class ReLU(Layer):
    """`min(x, max_value)` where `x > threshold`, else `negative_slope * (x - threshold)`.

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
        self.max_value = max_value
        if max_value is not None:
            self.max_value = _not_negative("max_value of a ReLU layer", max_value, "a negative value")
        self.negative_slope = _not_negative("negative_slope of a ReLU layer", negative_slope)
        self.threshold = _not_negative("threshold of a ReLU layer", threshold)

    def call(self, inputs: Array) -> Array:
        return activations.relu(inputs, self.negative_slope, self.max_value, self.threshold)


class LeakyReLU(Layer):
    """`x` where positive, else `negative_slope * x` (Maas et al., 2013).

    Args:
        negative_slope: the slope below zero.
    """

    supports_masking = True

    def __init__(self, negative_slope: float = 0.3, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.negative_slope = _not_negative("The negative_slope value of a Leaky ReLU layer", negative_slope)

    def call(self, inputs: Array) -> Array:
        return activations.leaky_relu(inputs, self.negative_slope)


class PReLU(Layer):
    """`x` where positive, else `alpha * x`, where `alpha` is learned (He et al., 2015).

    `alpha` has the shape of one sample, with size 1 on `shared_axes`.

    Args:
        alpha_initializer: first values of `alpha`.
        alpha_regularizer: a penalty on it.
        alpha_constraint: where it must stay.
        shared_axes: the axes along which one `alpha` serves all, an integer or several: `[1, 2]` for one for each
            channel of `(batch, height, width, channels)`.
    """

    supports_masking = True

    def __init__(
        self,
        alpha_initializer: Any = "zeros",
        alpha_regularizer: Any = None,
        alpha_constraint: Any = None,
        shared_axes: Any = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.describe_weight("alpha", alpha_initializer, alpha_regularizer, alpha_constraint)
        several = isinstance(shared_axes, (list, tuple))
        self.shared_axes = None if shared_axes is None else list(shared_axes) if several else [shared_axes]
        for axis in self.shared_axes or ():
            checks.integer(self, "shared_axes", axis)

    def build(self, input_shape: Any) -> None:
        rank, shared = len(input_shape), self.shared_axes or []
        if max(shared, default=0) >= rank:
            raise ValueError(
                f"Layer {self.name!r} (PReLU): shared_axes must be axes of its input; "
                f"got {shared} for the shape {tuple(input_shape)}."
            )
        own = {axis: known_size(self, input_shape, axis) for axis in range(1, rank) if axis not in shared}
        self.alpha = self.make_weight("alpha", tuple(own.get(axis, 1) for axis in range(1, rank)))
        self.input_spec = InputSpec(ndim=rank, axes=own)

    def call(self, inputs: Array) -> Array:
        return jnp.where(inputs > 0, inputs, inputs * self.alpha)


class ELU(Layer):
    """`x` where positive, else `alpha * (exp(x) - 1)` (Clevert et al., 2016).

    Args:
        alpha: minus the lowest value.
    """

    supports_masking = True

    def __init__(self, alpha: float = 1.0, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.alpha = alpha

    def call(self, inputs: Array) -> Array:
        return activations.elu(inputs, self.alpha)


class Softmax(Layer):
    """`exp(x) / sum(exp(x))` along `axis`, over what the mask leaves.

    Call with `mask`, which broadcasts to the input: what it leaves out (`False`, or a number up to 1/2) gets 0.
    A mask of the steps matters where the sum goes over them, and is passed on.

    Args:
        axis: an axis, or several, over all of which the sum goes.
    """

    supports_masking = True

    def __init__(self, axis: Any = -1, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.axis = tuple(axis) if isinstance(axis, list) else axis

    def call(self, inputs: Array, mask: Array | None = None) -> Array:
        mask = None if mask is None else self._widened(mask, inputs)
        if mask is None:
            return activations.softmax(inputs, self.axis)
        if mask.ndim > inputs.ndim or any(m not in (1, n) for m, n in zip(mask.shape[::-1], inputs.shape[::-1])):
            raise ValueError(
                f"Layer {self.name!r} (Softmax): mask must be broadcastable to the input and must not have more "
                f"dimensions; got {tuple(mask.shape)} for {tuple(inputs.shape)}."
            )
        kept = mask.astype("float32") > 0.5
        lowest = jnp.asarray(jnp.finfo(inputs.dtype).min / 2, inputs.dtype)
        outputs = activations.softmax(jnp.where(kept, inputs, lowest), self.axis)
        return jnp.where(kept, outputs, 0)

    def _widened(self, mask: Array, inputs: Array) -> Array | None:
        """A mask of the steps with all axes of the input, `None` where each step is alone; others as they are."""
        rank = mask.ndim
        if not 2 <= rank < inputs.ndim or mask.shape != inputs.shape[:rank]:
            return mask
        axes = self.axis if isinstance(self.axis, tuple) else (self.axis,)
        alone = all(axis % inputs.ndim >= rank for axis in axes)
        return None if alone else mask.reshape(mask.shape + (1,) * (inputs.ndim - rank))


def _not_negative(what: str, value: Any, never: str = "None or a negative value") -> float:
    if not isinstance(value, numbers.Real) or isinstance(value, bool) or not float(value) >= 0:
        raise ValueError(f"{what} cannot be {never}; got {value!r}.")
    return float(value)
