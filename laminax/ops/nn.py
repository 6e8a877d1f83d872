"""What networks are made of: activations, windows, encodings, normalizations."""

from typing import Any

import jax
import jax.numpy as jnp

from .. import activations as _activations
from .._core import dtypes, settings
from .._core.graph import symbolic
from . import convolution as _convolution
from . import pooling as _pooling

Array = Any
_ACTIVATIONS = """
celu elu gelu glu hard_shrink hard_sigmoid hard_silu hard_tanh leaky_relu log_sigmoid log_softmax relu relu6 selu
sigmoid silu soft_shrink softmax softplus softsign sparse_plus sparse_sigmoid sparsemax squareplus tanh tanh_shrink
threshold
"""
globals().update({name: getattr(_activations, name) for name in _ACTIVATIONS.split()})
swish, hard_swish = _activations.silu, _activations.hard_silu

__all__ = [
    *_ACTIVATIONS.split(),
    "average_pool",
    "batch_normalization",
    "conv",
    "depth_to_space",
    "hard_swish",
    "layer_normalization",
    "max_pool",
    "moments",
    "multi_hot",
    "normalize",
    "one_hot",
    "polar",
    "psnr",
    "rms_normalization",
    "space_to_depth",
    "swish",
]

average_pool = symbolic(_pooling.average_pool)
conv = symbolic(_convolution.conv)
max_pool = symbolic(_pooling.max_pool)


@symbolic
def batch_normalization(
    x: Array,
    mean: Array,
    variance: Array,
    axis: int,
    offset: Array | None = None,
    scale: Array | None = None,
    epsilon: float = 1e-3,
) -> Array:
    """`(x - mean) / sqrt(variance + epsilon) * scale + offset`, each channel of `axis` with its own numbers."""
    wide = [1] * x.ndim
    wide[axis] = -1
    inverse = jax.lax.rsqrt(variance + epsilon)
    outputs = (x - mean.reshape(wide)) * inverse.reshape(wide)
    outputs = outputs if scale is None else outputs * scale.reshape(wide)
    return (outputs if offset is None else outputs + offset.reshape(wide)).astype(x.dtype)


@symbolic
def depth_to_space(x: Array, block_size: int, data_format: str | None = "channels_last") -> Array:
    """Blocks of channels as blocks of `block_size` x `block_size` pixels."""
    if first := settings.standardize_data_format(data_format) == "channels_first":
        x = jnp.moveaxis(x, 1, -1)
    n, h, w, c = x.shape
    b = block_size
    y = x.reshape(n, h, w, b, b, c // b**2).transpose(0, 1, 3, 2, 4, 5).reshape(n, h * b, w * b, c // b**2)
    return jnp.moveaxis(y, -1, 1) if first else y


@symbolic
def space_to_depth(x: Array, block_size: int, data_format: str | None = "channels_last") -> Array:
    """Blocks of `block_size` x `block_size` pixels as channels."""
    if first := settings.standardize_data_format(data_format) == "channels_first":
        x = jnp.moveaxis(x, 1, -1)
    n, h, w, c = x.shape
    b = block_size
    y = x.reshape(n, h // b, b, w // b, b, c).transpose(0, 1, 3, 2, 4, 5).reshape(n, h // b, w // b, b * b * c)
    return jnp.moveaxis(y, -1, 1) if first else y


@symbolic
def moments(x: Array, axes: Any, keepdims: bool = False, synchronized: bool = False) -> tuple[Array, Array]:
    """Mean and variance over `axes`, summed in float32. Over several devices they are those of the whole array."""
    axes = tuple(axes) if isinstance(axes, (list, tuple)) else axes
    wide = dtypes.at_least_float32(x)
    return jnp.mean(wide, axes, keepdims=keepdims).astype(x.dtype), jnp.var(wide, axes, keepdims=keepdims).astype(
        x.dtype
    )


def _fitted(weight: Array, x: Array, axes: Any) -> Array:
    shape = [size if i in axes else 1 for i, size in enumerate(x.shape)]
    return jnp.asarray(weight).reshape(shape)


def _all_axes(axis: Any, rank: int) -> tuple[int, ...]:
    return tuple(a % rank for a in (axis if isinstance(axis, (list, tuple)) else [axis]))


@symbolic
def layer_normalization(
    x: Array, gamma: Array | None = None, beta: Array | None = None, axis: Any = -1, epsilon: float | None = None
) -> Array:
    """`(x - mean) / sqrt(variance + epsilon) * gamma + beta`, over `axis`."""
    axes = _all_axes(axis, x.ndim)
    wide = dtypes.at_least_float32(x)
    mean, variance = jnp.mean(wide, axes, keepdims=True), jnp.var(wide, axes, keepdims=True)
    outputs = (wide - mean) * jax.lax.rsqrt(variance + (settings.epsilon() if epsilon is None else epsilon))
    outputs = outputs if gamma is None else outputs * _fitted(gamma, x, axes)
    return (outputs if beta is None else outputs + _fitted(beta, x, axes)).astype(x.dtype)


@symbolic
def rms_normalization(x: Array, scale: Array | None = None, axis: Any = -1, epsilon: float | None = None) -> Array:
    """`x / sqrt(mean(x^2) + epsilon) * scale`, over `axis`."""
    axes = _all_axes(axis, x.ndim)
    wide = dtypes.at_least_float32(x)
    squares = jnp.mean(jnp.square(wide), axes, keepdims=True)
    outputs = wide * jax.lax.rsqrt(squares + (settings.epsilon() if epsilon is None else epsilon))
    return (outputs if scale is None else outputs * _fitted(scale, x, axes)).astype(x.dtype)


@symbolic
def multi_hot(
    inputs: Array, num_classes: int | None = None, axis: int = -1, dtype: Any = None, sparse: bool = False
) -> Array:
    """For each set of integers on the last axis a vector with ones at their places."""
    _refuse_sparse(sparse)
    if num_classes is None:
        raise ValueError("multi_hot needs num_classes, the length of the vectors.")
    hot = jax.nn.one_hot(inputs, num_classes, axis=axis, dtype=dtype or settings.floatx())
    return jnp.max(hot, 1 if inputs.ndim > 1 else 0)


@symbolic
def normalize(x: Array, axis: Any = -1, order: float = 2, epsilon: float | None = None) -> Array:
    """`x` divided by its norm along `axis`."""
    least = settings.epsilon() if epsilon is None else epsilon
    if order == 2:
        squares = jnp.sum(jnp.square(x), axis, keepdims=True)
        return x * jax.lax.rsqrt(jnp.maximum(squares, least**2))
    return x / jnp.maximum(jnp.linalg.norm(x, order, axis, keepdims=True), least)


@symbolic
def one_hot(x: Array, num_classes: int, axis: int = -1, dtype: Any = None, sparse: bool = False) -> Array:
    """Integers as vectors with a one at their place; a row of zeros for what is out of range."""
    _refuse_sparse(sparse)
    return jax.nn.one_hot(x, num_classes, axis=axis, dtype=dtype or settings.floatx())


def _refuse_sparse(sparse: bool) -> None:
    if sparse:
        raise ValueError("sparse=True is not supported: there are no sparse arrays here.")


@symbolic
def polar(abs_: Array, angle: Array) -> Array:
    """`abs * (cos(angle) + i sin(angle))`."""
    return jax.lax.complex(abs_ * jnp.cos(angle), abs_ * jnp.sin(angle))


@symbolic
def psnr(x1: Array, x2: Array, max_val: float) -> Array:
    """The peak signal-to-noise ratio in decibel: `20 log10(max_val) - 10 log10(mean((x1 - x2)^2))`."""
    return 20 * jnp.log10(jnp.asarray(max_val, x1.dtype)) - 10 * jnp.log10(jnp.mean(jnp.square(x1 - x2)))
