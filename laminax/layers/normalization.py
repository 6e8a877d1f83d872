"""Layers that bring each sample by itself to a standard."""

from typing import Any

import jax
import jax.numpy as jnp

from .._core import checks, dtypes
from .._core.variable import Variable
from ..ops.normalization import fitted, group_normalized, layer_normalized, scaled_and_moved
from .dense import known_size
from .input_spec import InputSpec
from .layer import Array, Layer

__all__ = ["GroupNormalization", "LayerNormalization", "RMSNormalization", "UnitNormalization"]


class LayerNormalization(Layer):
    """`(x - mean) / sqrt(variance + epsilon) * gamma + beta`, each sample by itself, over `axis` (Ba et al., 2016).

    Args:
        axis: the axes over which mean and variance are taken, an integer or several. `gamma` and `beta` span them.
        epsilon: keeps the root from zero.
        center: whether to add `beta`.
        scale: whether to multiply by `gamma`.
        beta_initializer, gamma_initializer: first values.
        beta_regularizer, gamma_regularizer: penalties.
        beta_constraint, gamma_constraint: where they must stay.
        rms_scaling: `x / sqrt(variance + epsilon) * gamma` instead, for models that were trained so. New ones
            take `RMSNormalization`, which divides by the root of the mean square.
    """

    set_by_class = ("autocast",)
    supports_masking = True

    def __init__(
        self,
        axis: Any = -1,
        epsilon: float = 1e-3,
        center: bool = True,
        scale: bool = True,
        beta_initializer: Any = "zeros",
        gamma_initializer: Any = "ones",
        beta_regularizer: Any = None,
        gamma_regularizer: Any = None,
        beta_constraint: Any = None,
        gamma_constraint: Any = None,
        *,
        rms_scaling: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.autocast = False  # a float32 input is not squeezed into a short type before its mean is taken
        self.axis = checked_axis(self, axis)
        self.epsilon = checks.number(self, "epsilon", epsilon)
        self.center = center and not rms_scaling
        self.scale = scale or rms_scaling
        self.describe_weight("beta", beta_initializer, beta_regularizer, beta_constraint)
        self.describe_weight("gamma", gamma_initializer, gamma_regularizer, gamma_constraint)
        self.rms_scaling = rms_scaling

    def build(self, input_shape: Any) -> None:
        shape = tuple(known_size(self, input_shape, axis) for axis in resolved_axes(self, len(input_shape)))
        self.gamma, self.beta = add_scale_and_offset(self, shape)

    def call(self, inputs: Array) -> Array:
        axes = resolved_axes(self, inputs.ndim)
        x = dtypes.at_least_float32(inputs)
        weights = scale_and_offset(self, x.dtype)
        if self.rms_scaling:
            inverse = jax.lax.rsqrt(jnp.var(x, axes, keepdims=True) + self.epsilon)
            outputs = scaled_and_moved(x * inverse, *weights, axes)
        else:
            outputs = layer_normalized(x, *weights, axes, self.epsilon)
        return outputs.astype(self.compute_dtype)


class GroupNormalization(Layer):
    """`(x - mean) / sqrt(variance + epsilon) * gamma + beta` over each group of channels (Wu & He, 2018).

    Mean and variance are those of one sample: over the channels of the group and all other axes but the batch's.
    One group is nearly layer normalization, one channel a group is instance normalization.

    Args:
        groups: the number of groups, which must divide that of the channels; -1 makes a group of each channel.
        axis: the axis of the channels.
        epsilon, center, scale, beta_initializer, ..., gamma_constraint: as in `LayerNormalization`; `gamma` and
            `beta` have one value a channel.
    """

    set_by_class = ("autocast",)
    supports_masking = True

    def __init__(
        self,
        groups: int = 32,
        axis: int = -1,
        epsilon: float = 1e-3,
        center: bool = True,
        scale: bool = True,
        beta_initializer: Any = "zeros",
        gamma_initializer: Any = "ones",
        beta_regularizer: Any = None,
        gamma_regularizer: Any = None,
        beta_constraint: Any = None,
        gamma_constraint: Any = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.autocast = False  # as in LayerNormalization
        self.groups = groups if groups == -1 else checks.integer(self, "groups", groups)
        self.axis = checked_axis(self, axis, several=False)
        self.epsilon = checks.number(self, "epsilon", epsilon)
        self.center = center
        self.scale = scale
        self.describe_weight("beta", beta_initializer, beta_regularizer, beta_constraint)
        self.describe_weight("gamma", gamma_initializer, gamma_regularizer, gamma_constraint)

    def build(self, input_shape: Any) -> None:
        (axis,) = resolved_axes(self, len(input_shape))
        if axis == 0:
            raise ValueError(f"Layer {self.name!r}: axis 0 is the batch's; axis must be that of the channels.")
        channels = known_size(self, input_shape, axis)
        if channels % self.groups:
            rule = "cannot be more than the number of" if self.groups > channels else "must divide the"
            raise ValueError(
                f"Layer {self.name!r} (GroupNormalization): groups ({self.groups}) {rule} channels ({channels})."
            )
        self.gamma, self.beta = add_scale_and_offset(self, (channels,))
        self.input_spec = InputSpec(ndim=len(input_shape), axes={axis: channels})

    def call(self, inputs: Array) -> Array:
        (axis,) = resolved_axes(self, inputs.ndim)
        groups = inputs.shape[axis] if self.groups == -1 else self.groups
        x = dtypes.at_least_float32(inputs)
        outputs = group_normalized(x, *scale_and_offset(self, x.dtype), axis, groups, self.epsilon)
        return outputs.astype(self.compute_dtype)


class RMSNormalization(Layer):
    """`x / sqrt(mean(x ** 2) + epsilon) * scale`, each sample by itself, over `axis` (Zhang & Sennrich, 2019).

    Args:
        axis: the axes over which the mean is taken, an integer or several. `scale` spans them.
        epsilon: keeps the root from zero.
    """

    supports_masking = True

    def __init__(self, axis: Any = -1, epsilon: float = 1e-6, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.axis = checked_axis(self, axis)
        self.epsilon = checks.number(self, "epsilon", epsilon)

    def build(self, input_shape: Any) -> None:
        shape = tuple(known_size(self, input_shape, axis) for axis in resolved_axes(self, len(input_shape)))
        self.scale = self.add_weight(shape, "ones", autocast=False, name="scale")

    def call(self, inputs: Array) -> Array:
        axes = resolved_axes(self, inputs.ndim)
        x = dtypes.at_least_float32(inputs)
        outputs = x * jax.lax.rsqrt(jnp.mean(jnp.square(x), axes, keepdims=True) + self.epsilon)
        return (outputs * fitted(self.scale.value, x, axes)).astype(self.compute_dtype)


class UnitNormalization(Layer):
    """`x / sqrt(sum(x ** 2))`: each vector along `axis` gets the length one; zeros stay zeros.

    Args:
        axis: the axes over which the sum is taken, an integer or several.
    """

    supports_masking = True

    def __init__(self, axis: Any = -1, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.axis = checked_axis(self, axis)

    def call(self, inputs: Array) -> Array:
        x = dtypes.at_least_float32(inputs)
        length = jnp.sum(jnp.square(x), resolved_axes(self, x.ndim), keepdims=True)
        return (x * jax.lax.rsqrt(jnp.maximum(length, 1e-24))).astype(self.compute_dtype)


def checked_axis(layer: Layer, axis: Any, several: bool = True) -> Any:
    """`axis`, an integer or, where `several` may be given, a list of them."""
    found = list(axis) if isinstance(axis, (list, tuple)) else [axis]
    fits = found and all(isinstance(a, int) and not isinstance(a, bool) for a in found)
    if not fits or (len(found) > 1 and not several):
        wanted = "an integer or a list of integers" if several else "an integer"
        raise checks.refused(layer, "axis", f"must be {wanted}", axis)
    return found if several and isinstance(axis, (list, tuple)) else found[0]


def resolved_axes(layer: Any, rank: int) -> tuple[int, ...]:
    """`layer.axis` as axes of an array of this rank, counted from 0, in their order."""
    axes = layer.axis if isinstance(layer.axis, list) else [layer.axis]
    if not all(-rank <= a < rank for a in axes):
        raise ValueError(f"Layer {layer.name!r} normalizes axis {layer.axis}; its input has {rank} axes.")
    return tuple(sorted({a % rank for a in axes}))


def add_scale_and_offset(layer: Any, shape: tuple[int, ...]) -> tuple[Variable | None, Variable | None]:
    """`gamma` and `beta` of a normalization, `None` where it has none. They stay in their own float type."""
    gamma = layer.make_weight("gamma", shape, autocast=False) if layer.scale else None
    beta = layer.make_weight("beta", shape, autocast=False) if layer.center else None
    return gamma, beta


def scale_and_offset(layer: Any, dtype: Any) -> tuple[Array | None, Array | None]:
    """`gamma` and `beta` in a type, `None` where there is none."""
    gamma, beta = (None if v is None else v.value.astype(dtype) for v in (layer.gamma, layer.beta))
    return gamma, beta
