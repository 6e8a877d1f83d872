"""Layers that bring mean and variance to a standard."""

from typing import Any

import jax
import jax.numpy as jnp

from .._core import checks, context, dtypes
from .._core.variable import Variable
from .dense import known_size
from .input_spec import InputSpec
from .layer import Array, Layer

__all__ = ["BatchNormalization", "LayerNormalization"]


class BatchNormalization(Layer):
    """`(x - mean) / sqrt(variance + epsilon) * gamma + beta` for each channel (Ioffe & Szegedy, 2015).

    In training, mean and variance are those of the batch, without masked steps, and move the
    running ones: `moving = momentum * moving + (1 - momentum) * batch`. Otherwise, and when
    `trainable` is False, the running ones are used.

    Args:
        axis: the axis of the channels.
        momentum: of the running mean and variance.
        epsilon: keeps the root from zero.
        center: whether to add `beta`.
        scale: whether to multiply by `gamma`.
        beta_initializer, gamma_initializer: first values.
        moving_mean_initializer, moving_variance_initializer: first values of the running ones.
        beta_regularizer, gamma_regularizer: penalties.
        beta_constraint, gamma_constraint: where they must stay.
        renorm: batch renormalization (Ioffe, 2017): in training too the output follows running
            statistics, so that small batches do no harm.
        renorm_clipping: bounds `{"rmin", "rmax", "dmax"}` of the corrections.
        renorm_momentum: of the statistics that the corrections follow.
        synchronized: statistics over all devices; with one device there is nothing to do.
    """

    supports_masking = True

    moving_mean_initializer: Any
    moving_variance_initializer: Any

    def __init__(
        self,
        axis: int = -1,
        momentum: float = 0.99,
        epsilon: float = 1e-3,
        center: bool = True,
        scale: bool = True,
        beta_initializer: Any = "zeros",
        gamma_initializer: Any = "ones",
        moving_mean_initializer: Any = "zeros",
        moving_variance_initializer: Any = "ones",
        beta_regularizer: Any = None,
        gamma_regularizer: Any = None,
        beta_constraint: Any = None,
        gamma_constraint: Any = None,
        renorm: bool = False,
        renorm_clipping: dict[str, float] | None = None,
        renorm_momentum: float = 0.99,
        synchronized: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.axis = axis if isinstance(axis, int) else checks.integers(self, "axis", axis, 1, least=-9)[0]
        self.momentum = checks.fraction(self, "momentum", momentum)
        self.epsilon = checks.number(self, "epsilon", epsilon)
        self.center = center
        self.scale = scale
        self.describe_weight("beta", beta_initializer, beta_regularizer, beta_constraint)
        self.describe_weight("gamma", gamma_initializer, gamma_regularizer, gamma_constraint)
        self.describe_weight("moving_mean", moving_mean_initializer)
        self.describe_weight("moving_variance", moving_variance_initializer)
        self.renorm = renorm
        self.renorm_clipping = _checked_clipping(renorm_clipping)
        self.renorm_momentum = checks.fraction(self, "renorm_momentum", renorm_momentum)
        self.synchronized = synchronized

    def build(self, input_shape: Any) -> None:
        if not -len(input_shape) <= self.axis < len(input_shape):
            raise ValueError(
                f"Layer {self.name!r} normalizes axis {self.axis}; its input has the shape {tuple(input_shape)}."
            )
        shape = (known_size(self, input_shape, self.axis),)
        self.gamma, self.beta = add_scale_and_offset(self, shape)
        self.moving_mean = self._running("moving_mean", shape, self.moving_mean_initializer)
        self.moving_variance = self._running("moving_variance", shape, self.moving_variance_initializer)
        if self.renorm:
            self.moving_stddev = self._running("moving_stddev", shape, self._start_stddev)
            self.renorm_mean = self._running("renorm_mean", shape, self.moving_mean_initializer)
            self.renorm_stddev = self._running("renorm_stddev", shape, self._start_stddev)
        self.input_spec = InputSpec(ndim=len(input_shape), axes={self.axis: shape[0]})

    def _running(self, name: str, shape: tuple[int, ...], initializer: Any) -> Variable:
        return self.add_weight(shape, initializer, trainable=False, autocast=False, name=name)

    def _start_stddev(self, shape: tuple[int, ...], dtype: str) -> Array:
        return jnp.sqrt(self.moving_variance_initializer(shape, dtype))

    def call(self, inputs: Array, training: bool = False, mask: Array | None = None) -> Array:
        x = dtypes.at_least_float32(inputs)
        scale = 1.0 if self.gamma is None else self.gamma.value
        offset = 0.0 if self.beta is None else self.beta.value
        if training and self.trainable:
            mean, variance = self._moments(x, mask)
            if self.renorm:
                r, d = self._corrections(mean, variance)
                scale, offset = scale * r, offset + scale * d
            else:
                _move(self.moving_mean, mean, self.momentum)
                _move(self.moving_variance, variance, self.momentum)
        else:
            mean, variance = self.moving_mean.value, self.moving_variance.value
        inverse = jax.lax.rsqrt(variance + self.epsilon) * scale
        return (x * self._wide(inverse, x) + self._wide(offset - mean * inverse, x)).astype(self.compute_dtype)

    def _wide(self, values: Array, x: Array) -> Array:
        shape = [1] * x.ndim
        shape[self.axis] = -1
        return values.reshape(shape)

    def _moments(self, x: Array, mask: Array | None) -> tuple[Array, Array]:
        """Mean and variance of each channel, over what is neither masked nor padding of the batch."""
        axes = tuple(i for i in range(x.ndim) if i != self.axis % x.ndim)
        weight = _weights(x, self.axis, mask)
        if weight is None:
            return jnp.mean(x, axes), jnp.var(x, axes)
        count = jnp.maximum(jnp.sum(jnp.broadcast_to(weight, x.shape), axes), 1e-7)
        mean = jnp.sum(x * weight, axes) / count
        return mean, jnp.sum(jnp.square(x - self._wide(mean, x)) * weight, axes) / count

    def _corrections(self, mean: Array, variance: Array) -> tuple[Array, Array]:
        stddev = jnp.sqrt(variance + self.epsilon)
        held = jnp.maximum(self.renorm_stddev.value, jnp.sqrt(self.epsilon))
        r, d = stddev / held, (mean - self.renorm_mean.value) / held
        bounds = self.renorm_clipping or {}
        r = jnp.clip(r, bounds.get("rmin"), bounds.get("rmax"))
        d = jnp.clip(d, -bounds["dmax"], bounds["dmax"]) if "dmax" in bounds else d
        _move(self.renorm_mean, mean, self.renorm_momentum)
        _move(self.renorm_stddev, stddev, self.renorm_momentum)
        _move(self.moving_mean, mean, self.momentum)
        _move(self.moving_stddev, stddev, self.momentum)
        self.moving_variance.assign(jnp.maximum(jnp.square(self.moving_stddev.value) - self.epsilon, 0))
        return jax.lax.stop_gradient(r), jax.lax.stop_gradient(d)


class LayerNormalization(Layer):
    """`(x - mean) / sqrt(variance + epsilon) * gamma + beta`, each sample by itself, over `axis` (Ba et al., 2016).

    Args:
        axis: the axes over which mean and variance are taken, an integer or several.
        epsilon: keeps the root from zero.
        center: whether to add `beta`.
        scale: whether to multiply by `gamma`.
        beta_initializer, gamma_initializer: first values.
        beta_regularizer, gamma_regularizer: penalties.
        beta_constraint, gamma_constraint: where they must stay.
    """

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
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.axis = axis if isinstance(axis, int) else list(axis)
        self.epsilon = checks.number(self, "epsilon", epsilon)
        self.center = center
        self.scale = scale
        self.describe_weight("beta", beta_initializer, beta_regularizer, beta_constraint)
        self.describe_weight("gamma", gamma_initializer, gamma_regularizer, gamma_constraint)

    def _axes(self, rank: int) -> tuple[int, ...]:
        axes = [self.axis] if isinstance(self.axis, int) else self.axis
        if not all(-rank <= a < rank for a in axes):
            raise ValueError(f"Layer {self.name!r} normalizes axis {self.axis}; its input has {rank} axes.")
        return tuple(sorted(a % rank for a in axes))

    def build(self, input_shape: Any) -> None:
        shape = tuple(known_size(self, input_shape, axis) for axis in self._axes(len(input_shape)))
        self.gamma, self.beta = add_scale_and_offset(self, shape)

    def call(self, inputs: Array) -> Array:
        axes = self._axes(inputs.ndim)
        x = dtypes.at_least_float32(inputs)
        mean = jnp.mean(x, axes, keepdims=True)
        variance = jnp.var(x, axes, keepdims=True)
        outputs = (x - mean) * jax.lax.rsqrt(variance + self.epsilon)
        shape = [size if i in axes else 1 for i, size in enumerate(inputs.shape)]
        if self.gamma is not None:
            outputs = outputs * self.gamma.value.reshape(shape)
        if self.beta is not None:
            outputs = outputs + self.beta.value.reshape(shape)
        return outputs.astype(self.compute_dtype)


def add_scale_and_offset(layer: Any, shape: tuple[int, ...]) -> tuple[Variable | None, Variable | None]:
    """`gamma` and `beta` of a normalization, `None` where it has none. They stay in their own float type."""
    gamma = layer.make_weight("gamma", shape, autocast=False) if layer.scale else None
    beta = layer.make_weight("beta", shape, autocast=False) if layer.center else None
    return gamma, beta


def _weights(x: Array, axis: int, mask: Array | None) -> Array | None:
    """1 for what counts in the statistics and 0 for what does not; `None` where all counts."""
    frame = context.current()
    weight = None
    if mask is not None:
        if mask.ndim != x.ndim - 1:
            raise ValueError(f"The mask must have one axis less than the input {x.shape}; got {mask.shape}.")
        weight = jnp.expand_dims(mask.astype(x.dtype), axis % x.ndim)
    if frame is not None and frame.rows is not None and frame.rows.shape == x.shape[:1]:
        rows = frame.rows.astype(x.dtype).reshape((-1,) + (1,) * (x.ndim - 1))
        weight = rows if weight is None else weight * rows
    return weight


def _move(running: Variable, value: Array, momentum: float) -> None:
    running.assign(running.value * momentum + jax.lax.stop_gradient(value) * (1 - momentum))


def _checked_clipping(clipping: dict[str, float] | None) -> dict[str, float] | None:
    if clipping is not None and (unknown := set(clipping) - {"rmin", "rmax", "dmax"}):
        raise ValueError(f"renorm_clipping takes rmin, rmax and dmax; got {sorted(unknown)}.")
    return clipping
