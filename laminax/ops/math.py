"""Special functions, the largest of many, sums over segments."""

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp

from .._core import compat
from .._core.graph import SymbolicTensor
from .._core.operation import Array, float_operation, operation
from ._table import adopt

_special = {
    **adopt(
        jax.scipy.special, __name__, "gammainc(x1, x2)", unary="erf erfc erfinv", floats="erf erfc erfinv gammainc"
    ),
    **adopt(jax.lax, __name__, "rsqrt(x)", floats="rsqrt"),
}
globals().update(_special)

__all__ = [
    *_special,
    "cdist",
    "in_top_k",
    "logsumexp",
    "segment_max",
    "segment_min",
    "segment_prod",
    "segment_sum",
    "top_k",
    "view_as_complex",
    "view_as_real",
]


@float_operation
def cdist(x: Array, y: Array) -> Array:
    """The Euclidean distance of each row of `x` to each row of `y`: `(..., rows of x, rows of y)`."""
    if min(x.ndim, y.ndim) < 2 or x.shape[-1] != y.shape[-1]:
        raise ValueError(f"cdist: inputs must have rank >= 2 and last dimensions that match; got {x.shape}, {y.shape}.")
    squares = jnp.sum(jnp.square(x[..., :, None, :] - y[..., None, :, :]), -1)
    return jnp.where(squares > 0, jnp.sqrt(jnp.where(squares > 0, squares, 1)), 0)


@operation
def in_top_k(targets: Array, predictions: Array, k: int) -> Array:
    """Whether the target's prediction is among the `k` largest of its row."""
    rows = predictions.shape[-1]
    own = jnp.take_along_axis(predictions, jnp.clip(targets, 0, rows - 1)[:, None], -1)
    inside = (targets >= 0) & (targets < rows) & jnp.isfinite(own[:, 0])
    return inside & (jnp.sum(predictions > own, -1) < k)


@float_operation
def logsumexp(x: Array, axis: Any = None, keepdims: bool = False) -> Array:
    """`log(sum(exp(x)))`, without overflow."""
    return jax.nn.logsumexp(x, tuple(axis) if isinstance(axis, list) else axis, keepdims=keepdims)


def _segment_spec(data: Any, segment_ids: Any, num_segments: int | None = None, sorted: bool = False) -> SymbolicTensor:
    return SymbolicTensor((num_segments, *data.shape[1:]), data.dtype)


def _segment(of: str, words: str) -> Callable[..., Any]:
    def call(data: Array, segment_ids: Array, num_segments: int | None = None, sorted: bool = False) -> Array:
        if segment_ids.ndim != 1:
            raise ValueError(f"segment_{of}: Argument `segment_ids` should be an 1-D vector, got {segment_ids.shape}.")
        if data.shape[:1] != segment_ids.shape:
            raise ValueError(
                f"segment_{of}: Argument `segment_ids` and `data` should have same leading dimension. "
                f"Got {segment_ids.shape} and {data.shape}."
            )
        if num_segments is None and compat.is_tracer(segment_ids):
            raise ValueError(f"segment_{of}: Argument `num_segments` must be set in a compiled program.")
        return getattr(jax.ops, f"segment_{of}")(data, segment_ids, num_segments, indices_are_sorted=sorted)

    call.__name__ = call.__qualname__ = f"segment_{of}"
    call.__doc__ = f"""The {words} of the rows of each segment: row `i` of `data` belongs to `segment_ids[i]`.

    Args:
        data: the rows.
        segment_ids: a whole number for each row.
        num_segments: the number of segments; `None` is the largest number plus one, which a compiled program can't
            know.
        sorted: whether the numbers ascend.
    """
    return operation(call, spec=_segment_spec)


segment_max = _segment("max", "maximum")
segment_min = _segment("min", "minimum")
segment_prod = _segment("prod", "product")
segment_sum = _segment("sum", "sum")


@operation
def top_k(x: Array, k: int, sorted: bool = True) -> Any:
    """The `k` largest along the last axis, descending, and their indices."""
    return tuple(jax.lax.top_k(x, k))


@operation
def view_as_complex(x: Array) -> Array:
    """Pairs of real and imaginary parts, on a last axis of size 2, as complex numbers."""
    if x.shape[-1] != 2:
        raise ValueError(
            f"view_as_complex: Last dimension of input must be size 2, real and imaginary part; got {x.shape}."
        )
    return jax.lax.complex(x[..., 0], x[..., 1])


@operation
def view_as_real(x: Array) -> Array:
    """Complex numbers as pairs of real and imaginary parts, on a new last axis."""
    return jnp.stack([jnp.real(x), jnp.imag(x)], -1)
