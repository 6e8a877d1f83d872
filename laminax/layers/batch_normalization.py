"""Mean and variance of each channel brought to a standard, over the batch."""

import math
from typing import Any

import jax
import jax.numpy as jnp

from .._core import checks, context, dtypes
from .._core.variable import Variable
from .dense import known_size
from .input_spec import InputSpec
from .layer import Array, Layer
from .normalization import add_scale_and_offset, checked_axis, resolved_axes

__all__ = ["BatchNormalization"]


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
        synchronized: has no effect. Where a batch is spread over devices the statistics are those of the
            whole batch, since a compiled program computes with the array and not with its parts.
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
        self.axis = checked_axis(self, axis, several=False)
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
        shape = (known_size(self, input_shape, *resolved_axes(self, len(input_shape))),)
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
        kept = _kept(x, mask)
        if kept is None:
            return jnp.mean(x, axes), jnp.var(x, axes)
        count = jnp.maximum(jnp.sum(jnp.broadcast_to(kept, x.shape), axes, dtype=x.dtype), 1e-7)
        mean = jnp.sum(jnp.where(kept, x, 0), axes) / count
        return mean, jnp.sum(jnp.where(kept, jnp.square(x - self._wide(mean, x)), 0), axes) / count

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


def _kept(x: Array, mask: Array | None) -> Array | None:
    """Whether a value counts in the statistics; `None` where all do."""
    frame = context.current()
    kept = None
    if mask is not None:
        if not 1 <= mask.ndim < x.ndim or not all(m in (1, n) for m, n in zip(mask.shape, x.shape)):
            shapes = f"{x.shape[:-1]}, or less of its axes from the first on"
            raise ValueError(f"BatchNormalization: the mask must have the shape {shapes}; got {mask.shape}.")
        kept = mask.astype(bool).reshape(*mask.shape, *(1,) * (x.ndim - mask.ndim))
    if frame is not None and frame.rows is not None and frame.rows.shape == x.shape[:1]:
        rows = frame.rows.reshape((-1,) + (1,) * (x.ndim - 1))
        kept = rows if kept is None else kept & rows
    return kept


def _move(running: Variable, value: Array, momentum: float) -> None:
    running.assign(running.value * momentum + jax.lax.stop_gradient(value) * (1 - momentum))


def _checked_clipping(clipping: dict[str, float] | None) -> dict[str, float] | None:
    bounds = clipping or {}
    if unknown := set(bounds) - {"rmin", "rmax", "dmax"}:
        raise ValueError(
            f"BatchNormalization: Received invalid keys {sorted(unknown)} in argument `renorm_clipping`, which holds "
            "rmin, rmax and dmax."
        )
    if bounds.get("rmin", -math.inf) > bounds.get("rmax", math.inf):
        raise checks.refused("BatchNormalization", "renorm_clipping", "rmax should be at least rmin", clipping)
    if bounds.get("dmax", 0) < 0:
        raise checks.refused("BatchNormalization", "renorm_clipping", "dmax should be non-negative", clipping)
    return clipping
