"""Constraints on weights: functions that put an array back where it is allowed, after each step."""

from typing import Any

import jax
import jax.numpy as jnp

from ._core.config import Configurable, deserializer, getter, record
from ._core.settings import epsilon


class Constraint(Configurable):
    """A function `array -> array`; the base leaves all as it is. Subclass it and write `__call__`."""

    def __call__(self, w: jax.Array) -> jax.Array:
        return w


class MaxNorm(Constraint):
    """Scales down what is longer than `max_value`, along `axis`.

    `axis=0` bounds the weights that enter each unit of a dense kernel; `[0, 1, 2]` those of a
    convolution kernel.
    """

    def __init__(self, max_value: float = 2, axis: Any = 0) -> None:
        self.max_value = max_value
        self.axis = axis

    def __call__(self, w: jax.Array) -> jax.Array:
        w = jnp.asarray(w)
        norm = _norm(w, self.axis)
        return w * (jnp.clip(norm, 0, self.max_value) / (epsilon() + norm))


class NonNeg(Constraint):
    """Sets what is negative to zero."""

    def __call__(self, w: jax.Array) -> jax.Array:
        w = jnp.asarray(w)
        return jnp.where(w >= 0, w, 0)


class UnitNorm(Constraint):
    """Scales to length one along `axis`."""

    def __init__(self, axis: Any = 0) -> None:
        self.axis = axis

    def __call__(self, w: jax.Array) -> jax.Array:
        w = jnp.asarray(w)
        return w / (epsilon() + _norm(w, self.axis))


class MinMaxNorm(Constraint):
    """Moves the length along `axis` into `min_value .. max_value`, by the fraction `rate`."""

    def __init__(self, min_value: float = 0.0, max_value: float = 1.0, rate: float = 1.0, axis: Any = 0) -> None:
        self.min_value = min_value
        self.max_value = max_value
        self.rate = rate
        self.axis = axis

    def __call__(self, w: jax.Array) -> jax.Array:
        w = jnp.asarray(w)
        norm = _norm(w, self.axis)
        wanted = self.rate * jnp.clip(norm, self.min_value, self.max_value) + (1 - self.rate) * norm
        return w * (wanted / (epsilon() + norm))


def _norm(w: jax.Array, axis: Any) -> jax.Array:
    axis = tuple(axis) if isinstance(axis, list) else axis
    return jnp.sqrt(jnp.sum(jnp.square(w), axis=axis, keepdims=True))


max_norm, min_max_norm, non_neg, unit_norm = MaxNorm, MinMaxNorm, NonNeg, UnitNorm

get = getter("constraint", (MaxNorm, MinMaxNorm, NonNeg, UnitNorm))
serialize, deserialize = record, deserializer(get)
