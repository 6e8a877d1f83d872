"""What networks are made of: activations, windows, encodings, normalizations."""

from typing import Any

import jax
import jax.numpy as jnp

from .. import activations as _activations
from .._core import dtypes, settings
from .._core.operation import Array, float_operation, operation
from . import blocks, convolution, crossentropy, pooling
from .attention import dot_product_attention
from .blocks import *
from .crossentropy import *
from .normalization import fitted, layer_normalized

_ACTIVATIONS = """
celu elu glu hard_shrink hard_sigmoid hard_silu hard_swish hard_tanh leaky_relu log_sigmoid log_softmax relu relu6 selu
sigmoid silu soft_shrink softmax softplus softsign sparse_plus sparse_sigmoid sparsemax squareplus swish tanh_shrink
threshold
"""
globals().update({name: getattr(_activations, name) for name in _ACTIVATIONS.split()})

adaptive_average_pool = operation(pooling.adaptive_average_pool)
adaptive_max_pool = operation(pooling.adaptive_max_pool)
average_pool = operation(pooling.average_pool)
conv = operation(convolution.conv)
conv_transpose = operation(convolution.conv_transpose)
depthwise_conv = operation(convolution.depthwise_conv)
max_pool = operation(pooling.max_pool)
separable_conv = operation(convolution.separable_conv)

__all__ = [
    *_ACTIVATIONS.split(),
    *blocks.__all__,
    *crossentropy.__all__,
    "adaptive_average_pool",
    "adaptive_max_pool",
    "average_pool",
    "batch_normalization",
    "conv",
    "conv_transpose",
    "depth_to_space",
    "depthwise_conv",
    "dot_product_attention",
    "gelu",
    "layer_normalization",
    "max_pool",
    "moments",
    "multi_hot",
    "normalize",
    "one_hot",
    "polar",
    "psnr",
    "rms_normalization",
    "separable_conv",
    "space_to_depth",
]


@operation
def gelu(x: Array, approximate: bool = True) -> Array:
    """`x * P(X <= x)` for a standard normal X (Hendrycks & Gimpel, 2016), or its tanh approximation."""
    return _activations.gelu(x, approximate)


@operation
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


@operation
def depth_to_space(x: Array, block_size: int, data_format: str | None = "channels_last") -> Array:
    """Blocks of channels as blocks of `block_size` x `block_size` pixels."""
    b = _block(block_size)
    if first := settings.standardize_data_format(data_format) == "channels_first":
        x = jnp.moveaxis(x, 1, -1)
    n, h, w, c = x.shape
    y = x.reshape(n, h, w, b, b, c // b**2).transpose(0, 1, 3, 2, 4, 5).reshape(n, h * b, w * b, c // b**2)
    return jnp.moveaxis(y, -1, 1) if first else y


@operation
def space_to_depth(x: Array, block_size: int, data_format: str | None = "channels_last") -> Array:
    """Blocks of `block_size` x `block_size` pixels as channels."""
    b = _block(block_size)
    if first := settings.standardize_data_format(data_format) == "channels_first":
        x = jnp.moveaxis(x, 1, -1)
    n, h, w, c = x.shape
    y = x.reshape(n, h // b, b, w // b, b, c).transpose(0, 1, 3, 2, 4, 5).reshape(n, h // b, w // b, b * b * c)
    return jnp.moveaxis(y, -1, 1) if first else y


def _block(size: int) -> int:
    if size < 2:
        raise ValueError(f"`block_size` must be at least 2; got {size}.")
    return size


@float_operation
def moments(x: Array, axes: Any, keepdims: bool = False, synchronized: bool = False) -> tuple[Array, Array]:
    """Mean and variance over `axes`, summed in float32. Over several devices they are those of the whole array.

    What is too large for a short float becomes its largest number.
    """
    axes = tuple(axes) if isinstance(axes, (list, tuple)) else axes
    wide, limits = dtypes.at_least_float32(x), jnp.finfo(x.dtype)
    found = jnp.mean(wide, axes, keepdims=keepdims), jnp.var(wide, axes, keepdims=keepdims)
    mean, variance = (jnp.clip(y, limits.min, limits.max).astype(x.dtype) for y in found)
    return mean, variance


def _all_axes(axis: Any, rank: int) -> tuple[int, ...]:
    return tuple(a % rank for a in (axis if isinstance(axis, (list, tuple)) else [axis]))


@operation
def layer_normalization(
    x: Array, gamma: Array | None = None, beta: Array | None = None, axis: Any = -1, epsilon: float | None = None
) -> Array:
    """`(x - mean) / sqrt(variance + epsilon) * gamma + beta`, over `axis`."""
    wide = dtypes.at_least_float32(x)
    gamma, beta = (None if w is None else jnp.asarray(w, wide.dtype) for w in (gamma, beta))
    axes = tuple(sorted(_all_axes(axis, x.ndim)))
    return layer_normalized(wide, gamma, beta, axes, settings.epsilon() if epsilon is None else epsilon).astype(x.dtype)


@operation
def rms_normalization(x: Array, scale: Array | None = None, axis: Any = -1, epsilon: float | None = None) -> Array:
    """`x / sqrt(mean(x^2) + epsilon) * scale`, over `axis`."""
    axes = _all_axes(axis, x.ndim)
    wide = dtypes.at_least_float32(x)
    squares = jnp.mean(jnp.square(wide), axes, keepdims=True)
    outputs = wide * jax.lax.rsqrt(squares + (settings.epsilon() if epsilon is None else epsilon))
    return (outputs if scale is None else outputs * fitted(jnp.asarray(scale), x, axes)).astype(x.dtype)


@operation
def multi_hot(
    inputs: Array, num_classes: int | None = None, axis: int = -1, dtype: Any = None, sparse: bool = False
) -> Array:
    """For each set of integers on the last axis a vector with ones at their places."""
    _refuse_sparse(sparse)
    if num_classes is None:
        raise ValueError("multi_hot needs num_classes, the length of the vectors.")
    hot = jax.nn.one_hot(inputs, num_classes, axis=axis, dtype=dtype or settings.floatx())
    return jnp.max(hot, 1 if inputs.ndim > 1 else 0)


@float_operation
def normalize(x: Array, axis: Any = -1, order: int = 2, epsilon: float | None = None) -> Array:
    """`x` divided by its norm along `axis`."""
    if not isinstance(order, int) or order < 1:
        raise ValueError(f"normalize: Argument `order` must be an int >= 1; got {order!r}.")
    least = settings.epsilon() if epsilon is None else epsilon
    if order == 2:
        squares = jnp.sum(jnp.square(x), axis, keepdims=True)
        return x * jax.lax.rsqrt(jnp.maximum(squares, least**2))
    return x / jnp.maximum(jnp.linalg.norm(x, order, axis, keepdims=True), least)


@operation
def one_hot(x: Array, num_classes: int, axis: int = -1, dtype: Any = None, sparse: bool = False) -> Array:
    """Integers as vectors with a one at their place; a row of zeros for what is out of range."""
    _refuse_sparse(sparse)
    return jax.nn.one_hot(x, num_classes, axis=axis, dtype=dtype or settings.floatx())


def _refuse_sparse(sparse: bool) -> None:
    if sparse:
        raise ValueError("sparse=True is not supported: there are no sparse arrays here.")


@float_operation
def polar(abs_: Array, angle: Array) -> Array:
    """`abs * (cos(angle) + i sin(angle))`."""
    return jax.lax.complex(abs_ * jnp.cos(angle), abs_ * jnp.sin(angle))


@float_operation
def psnr(x1: Array, x2: Array, max_val: float) -> Array:
    """The peak signal-to-noise ratio in decibel: `20 log10(max_val) - 10 log10(mean((x1 - x2)^2))`."""
    return 20 * jnp.log10(jnp.asarray(max_val, x1.dtype)) - 10 * jnp.log10(jnp.mean(jnp.square(x1 - x2)))
