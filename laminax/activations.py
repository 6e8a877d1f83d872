"""Activation functions. They take arrays, variables and symbolic tensors.

`softmax` and `sigmoid` leave a note of the logits behind their output, so that a loss can use
the stable form whichever way the model was written.
"""

import math
from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp

from ._core import context
from ._core.config import deserializer, getter, register_function, to_data
from ._core.errors import shown
from ._core.operation import Array, operation

_ALL: list[Callable[..., Any]] = []


def _activation(function: Callable[..., Any]) -> Callable[..., Any]:
    wrapped = operation(function, floats=function.__name__ not in ("hard_tanh", "linear", "relu"))
    _ALL.append(register_function(wrapped))
    return wrapped


@_activation
def linear(x: Array) -> Array:
    """`x`."""
    return x


@_activation
def relu(x: Array, negative_slope: float = 0.0, max_value: float | None = None, threshold: float = 0.0) -> Array:
    """`x` above the threshold, `negative_slope * (x - threshold)` below it, at most `max_value`."""
    x = jnp.asarray(x)
    if threshold == 0:
        y = jax.nn.relu(x) if negative_slope == 0 else jnp.where(x > 0, x, negative_slope * x)
    else:
        y = jnp.where(x > threshold, x, negative_slope * (x - threshold))
    return y if max_value is None else jnp.minimum(y, max_value)


@_activation
def leaky_relu(x: Array, negative_slope: float = 0.2) -> Array:
    """`x` where positive, else `negative_slope * x`."""
    return jnp.where(jnp.asarray(x) > 0, x, negative_slope * jnp.asarray(x))


@_activation
def relu6(x: Array) -> Array:
    """`min(max(x, 0), 6)`."""
    return jax.nn.relu6(x)


@_activation
def softmax(x: Array, axis: int | tuple[int, ...] = -1) -> Array:
    """`exp(x) / sum(exp(x))` along `axis`: positive, with sum one."""
    y = jax.nn.softmax(x, axis)
    if axis in (-1, jnp.ndim(y) - 1):
        context.note(y, softmax=x)
    return y


@_activation
def log_softmax(x: Array, axis: int = -1) -> Array:
    """`log(softmax(x))`, without the loss of digits."""
    return jax.nn.log_softmax(x, axis)


@_activation
def sigmoid(x: Array) -> Array:
    """`1 / (1 + exp(-x))`."""
    y = jax.nn.sigmoid(x)
    context.note(y, sigmoid=x)
    return y


@_activation
def log_sigmoid(x: Array) -> Array:
    """`log(sigmoid(x))`."""
    return jax.nn.log_sigmoid(x)


@_activation
def hard_sigmoid(x: Array) -> Array:
    """`min(max(x / 6 + 1/2, 0), 1)`."""
    return jax.nn.hard_sigmoid(x)


@_activation
def sparse_sigmoid(x: Array) -> Array:
    """`min(max((x + 1) / 2, 0), 1)`."""
    return jnp.clip((jnp.asarray(x) + 1) / 2, 0, 1)


@_activation
def tanh(x: Array) -> Array:
    """`(exp(x) - exp(-x)) / (exp(x) + exp(-x))`."""
    return jnp.tanh(x)


@_activation
def hard_tanh(x: Array) -> Array:
    """`min(max(x, -1), 1)`."""
    return jnp.clip(x, -1, 1)


@_activation
def tanh_shrink(x: Array) -> Array:
    """`x - tanh(x)`."""
    return x - jnp.tanh(x)


@_activation
def elu(x: Array, alpha: float = 1.0) -> Array:
    """`x` where positive, else `alpha * (exp(x) - 1)` (Clevert et al., 2016)."""
    return jax.nn.elu(x, alpha)


@_activation
def celu(x: Array, alpha: float = 1.0) -> Array:
    """`max(x, 0) + min(0, alpha * (exp(x / alpha) - 1))` (Barron, 2017)."""
    return jax.nn.celu(x, alpha)


@_activation
def selu(x: Array) -> Array:
    """`1.0507 * elu(x, 1.6733)`, which keeps mean 0 and variance 1 (Klambauer et al., 2017)."""
    return jax.nn.selu(x)


@_activation
def gelu(x: Array, approximate: bool = False) -> Array:
    """`x * P(X <= x)` for a standard normal X (Hendrycks & Gimpel, 2016), or its tanh approximation."""
    return jax.nn.gelu(x, approximate)


@_activation
def silu(x: Array) -> Array:
    """`x * sigmoid(x)`, also called swish."""
    return jax.nn.silu(x)


@_activation
def hard_silu(x: Array) -> Array:
    """`x * hard_sigmoid(x)`, also called hard swish."""
    return jax.nn.hard_silu(x)


@_activation
def mish(x: Array) -> Array:
    """`x * tanh(softplus(x))` (Misra, 2019)."""
    return x * jnp.tanh(jax.nn.softplus(x))


@_activation
def softplus(x: Array) -> Array:
    """`log(1 + exp(x))`."""
    return jax.nn.softplus(x)


@_activation
def sparse_plus(x: Array) -> Array:
    """0 below -1, `(x + 1)**2 / 4` to 1, `x` above."""
    x = jnp.asarray(x)
    return jnp.where(x <= -1, 0, jnp.where(x < 1, jnp.square(x + 1) / 4, x))


@_activation
def squareplus(x: Array, b: float = 4) -> Array:
    """`(x + sqrt(x**2 + b)) / 2` (Barron, 2021)."""
    x = jnp.asarray(x)
    return (x + jnp.hypot(x, jnp.asarray(math.sqrt(b), x.dtype))) / 2  # a square may not fit a short float


@_activation
def softsign(x: Array) -> Array:
    """`x / (1 + |x|)`."""
    return jax.nn.soft_sign(x)


@_activation
def exponential(x: Array) -> Array:
    """`exp(x)`."""
    return jnp.exp(x)


@_activation
def hard_shrink(x: Array, threshold: float = 0.5) -> Array:
    """`x` where `|x| > threshold`, else 0."""
    return jnp.where(jnp.abs(x) > threshold, x, 0)


@_activation
def soft_shrink(x: Array, threshold: float = 0.5) -> Array:
    """`x` moved towards zero by `threshold`, and 0 where it is nearer than that."""
    return jnp.sign(x) * jnp.maximum(jnp.abs(x) - threshold, 0)


@_activation
def threshold(x: Array, threshold: float, default_value: float) -> Array:
    """`x` above the threshold, else `default_value`."""
    return jnp.where(jnp.asarray(x) > threshold, x, default_value)


@_activation
def glu(x: Array, axis: int = -1) -> Array:
    """The first half along `axis` times the sigmoid of the second (Dauphin et al., 2017)."""
    return jax.nn.glu(x, axis)


@_activation
def sparsemax(x: Array, axis: int = -1) -> Array:
    """The point of the simplex nearest to `x` (Martins & Astudillo, 2016)."""
    x = jnp.moveaxis(jnp.asarray(x), axis, -1)
    x = x - jax.lax.stop_gradient(jnp.max(x, -1, keepdims=True))  # the same point, and sums that lose no digits
    ordered = jnp.flip(jnp.sort(x, -1), -1)
    sums = jnp.cumsum(ordered, -1)
    k = jnp.arange(1, x.shape[-1] + 1, dtype=x.dtype)
    size = jnp.sum(k * ordered > sums - 1, -1, keepdims=True)
    tau = (jnp.take_along_axis(sums, size - 1, -1) - 1) / size.astype(x.dtype)
    return jnp.moveaxis(jnp.maximum(x - tau, 0), -1, axis)


hard_swish, swish = hard_silu, silu

_lookup = getter("activation", _ALL, {"swish": silu, "hard_swish": hard_silu})
serialize, deserialize = to_data, deserializer(_lookup)


@shown
def get(identifier: Any) -> Callable[..., Any]:
    """An activation from its name, config or function; `None` is `linear`."""
    found: Callable[..., Any] = linear if identifier is None else _lookup(identifier)
    return found
