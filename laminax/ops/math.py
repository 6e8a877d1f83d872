"""Special functions, the largest of many, sums over segments."""

from typing import Any

import jax
import jax.numpy as jnp

from .._core.graph import symbolic

Array = Any
__all__ = [
    "cdist",
    "erf",
    "erfc",
    "erfinv",
    "in_top_k",
    "logsumexp",
    "rsqrt",
    "segment_max",
    "segment_min",
    "segment_prod",
    "segment_sum",
    "top_k",
    "view_as_complex",
    "view_as_real",
]

erf = symbolic(jax.scipy.special.erf)
erfc = symbolic(jax.scipy.special.erfc)
erfinv = symbolic(jax.scipy.special.erfinv)
rsqrt = symbolic(jax.lax.rsqrt)


@symbolic
def cdist(x: Array, y: Array) -> Array:
    """The Euclidean distance of each row of `x` to each row of `y`."""
    squares = jnp.sum(jnp.square(x[..., :, None, :] - y[..., None, :, :]), -1)
    return jnp.where(squares > 0, jnp.sqrt(jnp.where(squares > 0, squares, 1)), 0)


@symbolic
def in_top_k(targets: Array, predictions: Array, k: int) -> Array:
    """Whether the target's prediction is among the `k` largest of its row."""
    rows = predictions.shape[-1]
    own = jnp.take_along_axis(predictions, jnp.clip(targets, 0, rows - 1)[:, None], -1)
    inside = (targets >= 0) & (targets < rows) & jnp.isfinite(own[:, 0])
    return inside & (jnp.sum(predictions > own, -1) < k)


@symbolic
def logsumexp(x: Array, axis: Any = None, keepdims: bool = False) -> Array:
    """`log(sum(exp(x)))`, without overflow."""
    return jax.nn.logsumexp(x, axis, keepdims=keepdims)


@symbolic
def _segments(data: Array, segment_ids: Array, num_segments: int | None, sorted: bool, of: str) -> Array:
    return getattr(jax.ops, f"segment_{of}")(data, segment_ids, num_segments, indices_are_sorted=sorted)


def _segment(of: str, words: str) -> Any:
    def call(data: Array, segment_ids: Array, num_segments: int | None = None, sorted: bool = False) -> Array:
        return _segments(data, segment_ids, num_segments, sorted, of)

    call.__name__ = call.__qualname__ = f"segment_{of}"
    call.__doc__ = f"The {words} of the rows of each segment: row `i` belongs to `segment_ids[i]`."
    return call


segment_max = _segment("max", "maximum")
segment_min = _segment("min", "minimum")
segment_prod = _segment("prod", "product")
segment_sum = _segment("sum", "sum")


@symbolic
def top_k(x: Array, k: int, sorted: bool = True) -> Any:
    """The `k` largest along the last axis, descending, and their indices."""
    return tuple(jax.lax.top_k(x, k))


@symbolic
def view_as_complex(x: Array) -> Array:
    """Pairs of real and imaginary parts, on a last axis of size 2, as complex numbers."""
    if x.shape[-1] != 2:
        raise ValueError(f"view_as_complex: the last axis must have size 2; got the shape {x.shape}.")
    return jax.lax.complex(x[..., 0], x[..., 1])


@symbolic
def view_as_real(x: Array) -> Array:
    """Complex numbers as pairs of real and imaginary parts, on a new last axis."""
    return jnp.stack([jnp.real(x), jnp.imag(x)], -1)
