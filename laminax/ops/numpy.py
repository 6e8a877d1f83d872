"""The functions of NumPy, with Keras's arguments, computed by `jax.numpy`."""

from typing import Any

import jax.numpy as jnp

from .._core.graph import symbolic
from ._table import adopt

Array = Any
_adopted = adopt(
    jnp,
    __name__,
    unary="""
    abs absolute angle arccos arccosh arcsin arcsinh arctan arctanh bartlett bitwise_invert bitwise_not blackman cbrt
    ceil conj conjugate copy corrcoef cos cosh deg2rad exp exp2 expm1 fabs fliplr flipud floor hamming hanning i0 imag
    isfinite isinf isnan isneginf isposinf isreal log log10 log1p log2 logical_not ndim negative nonzero rad2deg ravel
    real reciprocal sign signbit sin sinc sinh size sqrt square tan trunc
    """,
    binary="""
    add arctan2 divide dot equal floor_divide fmax fmin fmod gcd greater greater_equal heaviside hypot inner kron lcm
    ldexp less less_equal logaddexp logaddexp2 logical_and logical_or logical_xor matmul maximum minimum mod multiply
    nextafter not_equal outer power subtract true_divide vdot
    """,
    reductions="""
    all amax amin any argmax argmin mean median nanargmax nanargmin nanmax nanmean nanmedian nanmin nanprod nanstd
    nansum nanvar ptp std sum var
    """,
    others="""
allclose(x1, x2, rtol=1e-05, atol=1e-08, equal_nan=False)
append(x1, x2, axis=None)
arange(start, stop=None, step=None, dtype=None)
argpartition(x, kth, axis=-1)
argsort(x, axis=-1)
array(x, dtype=None)
array_split(x, indices_or_sections, axis=0)
average(x, axis=None, weights=None)
bitwise_and(x, y)
bitwise_left_shift(x, y)
bitwise_or(x, y)
bitwise_right_shift(x, y)
bitwise_xor(x, y)
broadcast_to(x, shape)
clip(x, x_min, x_max)
concatenate(xs, axis=0)
correlate(x1, x2, mode='valid')
count_nonzero(x, axis=None)
cross(x1, x2, axisa=-1, axisb=-1, axisc=-1, axis=None)
cumprod(x, axis=None, dtype=None)
cumsum(x, axis=None, dtype=None)
diag(x, k=0)
diagflat(x, k=0)
diagonal(x, offset=0, axis1=0, axis2=1)
diff(a, n=1, axis=-1)
digitize(x, bins)
dsplit(x, indices_or_sections)
dstack(xs)
empty(shape, dtype=None)
empty_like(x, dtype=None)
expand_dims(x, axis)
eye(N, M=None, k=0, dtype=None)
flip(x, axis=None)
full(shape, fill_value, dtype=None)
full_like(x, fill_value, dtype=None)
geomspace(start, stop, num=50, endpoint=True, dtype=None, axis=0)
histogram(x, bins=10, range=None)
hsplit(x, indices_or_sections)
hstack(xs)
identity(n, dtype=None)
isclose(x1, x2, rtol=1e-05, atol=1e-08, equal_nan=False)
isin(x1, x2, assume_unique=False, invert=False)
kaiser(x, beta)
left_shift(x, y)
linspace(start, stop, num=50, endpoint=True, retstep=False, dtype=None, axis=0)
logspace(start, stop, num=50, endpoint=True, base=10, dtype=None, axis=0)
max(x, axis=None, keepdims=False, initial=None)
min(x, axis=None, keepdims=False, initial=None)
moveaxis(x, source, destination)
nan_to_num(x, nan=0.0, posinf=None, neginf=None)
nancumprod(x, axis=None, dtype=None)
nancumsum(x, axis=None, dtype=None)
nanpercentile(x, q, axis=None, method='linear', keepdims=False)
nanquantile(x, q, axis=None, method='linear', keepdims=False)
ones(shape, dtype=None)
ones_like(x, dtype=None)
percentile(x, q, axis=None, method='linear', keepdims=False)
prod(x, axis=None, keepdims=False, dtype=None)
quantile(x, q, axis=None, method='linear', keepdims=False)
repeat(x, repeats, axis=None)
reshape(x, newshape)
right_shift(x, y)
roll(x, shift, axis=None)
rot90(array, k=1, axes=(0, 1))
round(x, decimals=0)
searchsorted(sorted_sequence, values, side='left')
select(condlist, choicelist, default=0)
sort(x, axis=-1)
split(x, indices_or_sections, axis=0)
squeeze(x, axis=None)
stack(x, axis=0)
swapaxes(x, axis1, axis2)
take(x, indices, axis=None)
take_along_axis(x, indices, axis=None)
tensordot(x1, x2, axes=2)
tile(x, repeats)
trace(x, offset=0, axis1=0, axis2=1)
transpose(x, axes=None)
trapezoid(y, x=None, dx=1.0, axis=-1)
tri(N, M=None, k=0, dtype=None)
tril(x, k=0)
triu(x, k=0)
unique(x, sorted=True, return_index=False, return_inverse=False, return_counts=False, axis=None, size=None, fill_value=None)
unravel_index(indices, shape)
vander(x, N=None, increasing=False)
vsplit(x, indices_or_sections)
vstack(xs)
zeros(shape, dtype=None)
zeros_like(x, dtype=None)
""",  # noqa: E501 - one signature a line
)
globals().update(_adopted)
einsum = symbolic(jnp.einsum)
meshgrid = symbolic(jnp.meshgrid)
vectorize = jnp.vectorize


@symbolic
def bincount(x: Array, weights: Array | None = None, minlength: int = 0, sparse: bool = False) -> Array:
    """How often each integer 0, 1, ... stands in each row of `x`, or the sum of its weights."""
    if sparse:
        raise ValueError("bincount: sparse=True is not supported, JAX has no sparse arrays here.")
    if x.ndim <= 1:
        return jnp.bincount(x, weights, minlength)
    length = max(int(jnp.max(x)) + 1, minlength)
    spread = jnp.arange(length) == x[..., None]
    if weights is None:
        return jnp.sum(spread, -2, dtype="int32")
    return jnp.sum(spread * weights[..., None], -2)


@symbolic
def divide_no_nan(x1: Array, x2: Array) -> Array:
    """`x1 / x2`, and 0 where `x2` is 0."""
    safe = jnp.where(x2 == 0, jnp.ones_like(x2), x2)
    return jnp.where(x2 == 0, jnp.zeros_like(jnp.divide(x1, safe)), jnp.divide(x1, safe))


@symbolic
def get_item(x: Array, key: Any) -> Array:
    """`x[key]`."""
    return x[key]


@symbolic
def pad(x: Array, pad_width: Any, mode: str = "constant", constant_values: Any = None) -> Array:
    """`x` with `pad_width`, `(before, after)` for each axis, of more values around it."""
    return jnp.pad(x, pad_width, mode, **({} if constant_values is None else {"constant_values": constant_values}))


@symbolic
def slogdet(x: Array) -> Any:
    """Sign and logarithm of the absolute value of the determinant."""
    return tuple(jnp.linalg.slogdet(x))


@symbolic
def view(x: Array, dtype: Any = None) -> Array:
    """The bits of `x` as another type."""
    return jnp.asarray(x).view(dtype)


@symbolic
def where(condition: Array, x1: Any = None, x2: Any = None) -> Any:
    """`x1` where the condition holds, else `x2`; without both, the indices where it holds."""
    return jnp.where(condition) if x1 is None and x2 is None else jnp.where(condition, x1, x2)


__all__ = sorted(
    [
        *_adopted,
        *(
            "bincount",
            "divide_no_nan",
            "einsum",
            "get_item",
            "meshgrid",
            "pad",
            "slogdet",
            "vectorize",
            "view",
            "where",
        ),
    ]
)
