"""Each sample, or group of its channels, by itself brought to a mean and a variance, with derivatives written out."""

import functools
import math
from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp

from .._core.machine import on_cpu

Array = Any
MANY = 2**19  # numbers from which on repeating the numbers of groups by a product is faster than by dividing places


def layer_normalized(x: Array, gamma: Array | None, beta: Array | None, axes: tuple[int, ...], epsilon: float) -> Array:
    """`(x - mean) / sqrt(variance + epsilon) * gamma + beta`, over `axes`, which `gamma` and `beta` span.

    Args:
        x: float32 or wider.
        gamma, beta: of the shape of these axes; `None` for ones and zeros.
        axes: from 0 on, in their order.
        epsilon: keeps the root from zero.
    """
    first = x.ndim - len(axes)
    if gamma is not None and beta is not None and axes == tuple(range(first, x.ndim)) and on_cpu(*x.shape):
        rows = x.reshape(math.prod(x.shape[:first]), math.prod(x.shape[first:]))
        return _rows(rows, gamma.reshape(-1), beta.reshape(-1), epsilon).reshape(x.shape)
    outputs = standardized(x, functools.partial(jnp.mean, axis=axes, keepdims=True), epsilon)
    return scaled_and_moved(outputs, gamma, beta, axes)


def group_normalized(
    x: Array, gamma: Array | None, beta: Array | None, axis: int, groups: int, epsilon: float
) -> Array:
    """The same over each group of channels, which lie on `axis`, and all other axes but the batch's.

    Args:
        x: float32 or wider.
        gamma, beta: one number a channel; `None` for ones and zeros.
        axis: from 0 on.
        groups: how many; they divide the channels.
        epsilon: keeps the root from zero.
    """
    if gamma is not None and beta is not None and axis == x.ndim - 1 > 1 and on_cpu(*x.shape):
        samples = x.reshape(len(x), math.prod(x.shape[1:-1]), x.shape[-1])
        return _groups(samples, gamma, beta, groups, epsilon).reshape(x.shape)
    others = tuple(i for i in range(1, x.ndim) if i != axis)
    outputs = standardized(x, lambda x: mean_of_groups(jnp.mean(x, others, keepdims=True), groups), epsilon)
    return scaled_and_moved(outputs, gamma, beta, (axis,))


def scaled_and_moved(x: Array, gamma: Array | None, beta: Array | None, axes: tuple[int, ...]) -> Array:
    """`x * gamma + beta`, for a `gamma` and `beta` that span `axes`; `None` for ones and zeros."""
    x = x if gamma is None else x * fitted(gamma, x, axes)
    return x if beta is None else x + fitted(beta, x, axes)


def fitted(weight: Array, x: Array, axes: tuple[int, ...]) -> Array:
    """A weight that spans `axes` of `x`, in the shape in which it broadcasts against it."""
    return weight.reshape([size if i in axes else 1 for i, size in enumerate(x.shape)])


@functools.partial(jax.custom_jvp, nondiff_argnums=(1, 2))
def standardized(x: Array, mean: Callable[[Array], Array], epsilon: float) -> Array:
    """`(x - mean(x)) / sqrt(variance + epsilon)`, where `mean` gives each value the mean of those it stands with."""
    return _centered(x, mean, epsilon)[0]


def _centered(x: Array, mean: Callable[[Array], Array], epsilon: float) -> tuple[Array, Array]:
    """The outputs, and one by the standard deviation."""
    x = x - mean(x)
    inverse = jax.lax.rsqrt(mean(jnp.square(x)) + epsilon)
    return x * inverse, inverse


@standardized.defjvp
def _derivative(mean: Callable[[Array], Array], epsilon: float, given: Any, moved: Any) -> tuple[Array, Array]:
    (x,), (x_dot,) = given, moved
    outputs, inverse = _centered(x, mean, epsilon)
    return outputs, inverse * (x_dot - mean(x_dot) - outputs * mean(outputs * x_dot))


def mean_of_groups(x: Array, groups: int) -> Array:
    """For means of single channels, `x` with all other axes but the batch's of size 1: those of their groups."""
    each = math.prod(x.shape[1:]) // groups
    means = jnp.mean(x.reshape(x.shape[0], groups, each), -1, keepdims=True)
    return jnp.repeat(means, each, -1).reshape(x.shape)


# On a CPU, the fastest sums are products with a vector. So what is wanted of a gradient is what products of a column
# with a row are turned into. Signs stand at the column, lest an array be turned round as a whole.


@functools.partial(jax.custom_jvp, nondiff_argnums=(3,))
def _rows(x: Array, gamma: Array, beta: Array, epsilon: float) -> Array:
    """Each row of `x` by itself."""
    return _centered(x, _mean_of_rows, epsilon)[0] * gamma + beta


_mean_of_rows = functools.partial(jnp.mean, axis=1, keepdims=True)


@_rows.defjvp
def _derivative_of_rows(epsilon: float, given: Any, moved: Any) -> tuple[Array, Array]:
    (x, gamma, beta), (x_dot, gamma_dot, beta_dot) = given, moved
    outputs, inverse = _centered(x, _mean_of_rows, epsilon)
    mean_dot, spread_dot = (-inverse * _mean_of_rows(t) for t in (x_dot, outputs * x_dot))
    ones = jnp.ones_like(inverse)
    beta_dot = ones @ beta_dot[None] + mean_dot @ gamma[None]
    gamma_dot = ones @ gamma_dot[None] + spread_dot @ gamma[None]
    return outputs * gamma + beta, x_dot * inverse * gamma + beta_dot + outputs * gamma_dot


@functools.partial(jax.custom_jvp, nondiff_argnums=(3, 4))
def _groups(x: Array, gamma: Array, beta: Array, groups: int, epsilon: float) -> Array:
    """Each group of the channels of each sample by itself; `x` is `(samples, points, channels)`."""
    return _centered(x, _mean_by(_over_points, groups), epsilon)[0] * gamma + beta


@_groups.defjvp
def _derivative_of_groups(groups: int, epsilon: float, given: Any, moved: Any) -> tuple[Array, Array]:
    (x, gamma, beta), (x_dot, gamma_dot, beta_dot) = given, moved
    outputs, inverse = _centered(x, _mean_by(_over_points, groups), epsilon)
    mean = _mean_by(functools.partial(jnp.sum, axis=1, keepdims=True), groups)
    slope, like = inverse * gamma, (len(x), 1, len(gamma))
    beta_dot = jnp.broadcast_to(beta_dot, like) - slope * mean(x_dot)
    gamma_dot = jnp.broadcast_to(gamma_dot, like) - slope * mean(outputs * x_dot)
    moved_by = x_dot * slope + _at_points(beta_dot, x.shape[1]) + outputs * _at_points(gamma_dot, x.shape[1])
    return outputs * gamma + beta, moved_by


def _over_points(x: Array) -> Array:
    """The sum over the points, whose axis stays."""
    return jax.lax.dot_general(jnp.ones((*x.shape[:2], 1), x.dtype), x, (((1,), (1,)), ((0,), (0,))))


def _at_points(x: Array, points: int) -> Array:
    """One number a channel, at each of the points."""
    return jnp.ones((len(x), points, 1), x.dtype) @ x


def _mean_by(over: Callable[[Array], Array], groups: int) -> Callable[[Array], Array]:
    """For each channel the mean of its group: by sums over the points."""

    def mean(x: Array) -> Array:
        sums = over(x) / x.shape[1]
        if x.size < MANY:
            return mean_of_groups(sums, groups)
        each = x.shape[-1] // groups
        member = jnp.repeat(jnp.eye(groups, dtype=x.dtype), each, 1)
        return (sums / each @ member.T) @ member

    return mean
