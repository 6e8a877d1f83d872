"""The functions of NumPy, with Keras's arguments and types, computed by `jax.numpy`."""

import jax.numpy as jnp

from . import arranging, counting, creating, reducing, scalars
from ._table import adopt
from .arranging import *
from .counting import *
from .creating import *
from .reducing import *
from .scalars import *

_adopted = adopt(
    jnp,
    __name__,
    """
allclose(x1, x2; rtol=1e-05, atol=1e-08, equal_nan=False)
append(x1, x2; axis=None)
array_split(x; indices_or_sections, axis=0)
bitwise_and(x, y)
bitwise_left_shift(x, y)
bitwise_or(x, y)
bitwise_right_shift(x, y)
bitwise_xor(x, y)
broadcast_to(x; shape)
column_stack(xs)
concatenate(xs; axis=0)
correlate(x1, x2; mode='valid')
count_nonzero(x; axis=None)
cross(x1, x2; axisa=-1, axisb=-1, axisc=-1, axis=None)
cumprod(x; axis=None, dtype=None)
cumsum(x; axis=None, dtype=None)
diag(x; k=0)
diagflat(x; k=0)
diagonal(x; offset=0, axis1=0, axis2=1)
diff(a; n=1, axis=-1)
digitize(x, bins)
dsplit(x; indices_or_sections)
dstack(xs)
empty(; shape, dtype=None)
empty_like(x; dtype=None)
expand_dims(x; axis)
eye(; N, M=None, k=0, dtype=None)
flip(x; axis=None)
full_like(x, fill_value; dtype=None)
geomspace(start, stop; num=50, endpoint=True, dtype=None, axis=0)
hsplit(x; indices_or_sections)
hstack(xs)
identity(; n, dtype=None)
isclose(x1, x2, rtol=1e-05, atol=1e-08; equal_nan=False)
isin(x1, x2; assume_unique=False, invert=False)
left_shift(x, y)
linspace(start, stop; num=50, endpoint=True, retstep=False, dtype=None, axis=0)
logspace(start, stop; num=50, endpoint=True, base=10, dtype=None, axis=0)
max(x; axis=None, keepdims=False, initial=None)
min(x; axis=None, keepdims=False, initial=None)
moveaxis(x; source, destination)
nan_to_num(x; nan=0.0, posinf=None, neginf=None)
nancumprod(x; axis=None, dtype=None)
nancumsum(x; axis=None, dtype=None)
nanpercentile(x, q; axis=None, method='linear', keepdims=False)
nanquantile(x, q; axis=None, method='linear', keepdims=False)
ones(; shape, dtype=None)
ones_like(x; dtype=None)
percentile(x, q; axis=None, method='linear', keepdims=False)
prod(x; axis=None, keepdims=False, dtype=None)
quantile(x, q; axis=None, method='linear', keepdims=False)
reshape(x; newshape)
right_shift(x, y)
roll(x; shift, axis=None)
rot90(array; k=1, axes=(0,1))
sort(x; axis=-1)
split(x; indices_or_sections, axis=0)
swapaxes(x; axis1, axis2)
take(x, indices; axis=None)
take_along_axis(x, indices; axis=None)
tensordot(x1, x2; axes=2)
tile(x; repeats)
trace(x; offset=0, axis1=0, axis2=1)
transpose(x; axes=None)
tri(; N, M=None, k=0, dtype=None)
tril(x; k=0)
triu(x; k=0)
unravel_index(indices; shape)
vander(x; N=None, increasing=False)
vsplit(x; indices_or_sections)
vstack(xs)
zeros(; shape, dtype=None)
zeros_like(x; dtype=None)
""",
    unary="""
    abs absolute angle arccos arccosh arcsin arcsinh arctan arctanh bitwise_invert bitwise_not cbrt ceil conj conjugate
    copy corrcoef cos cosh deg2rad exp exp2 expm1 fabs fliplr flipud floor i0 imag isfinite isinf isnan isneginf
    isposinf isreal log log10 log1p log2 logical_not ndim negative rad2deg ravel real reciprocal sign signbit sin sinc
    sinh size sqrt square tan tanh
    """,
    binary="""
    add arctan2 divide dot equal floor_divide fmax fmin fmod gcd greater greater_equal heaviside hypot inner kron lcm
    less less_equal logaddexp logaddexp2 logical_and logical_or logical_xor maximum minimum mod multiply nextafter
    not_equal outer power subtract true_divide vdot
    """,
    reductions="""
    all amax amin any median nanargmax nanargmin nanmax nanmean nanmedian nanmin nanprod nanstd nansum nanvar ptp sum
    """,
    floats="""
    angle arccos arccosh arcsin arcsinh arctan arctan2 arctanh cbrt ceil corrcoef cos cosh deg2rad divide exp exp2
    expm1 fabs floor geomspace heaviside hypot i0 linspace log log10 log1p log2 logaddexp logaddexp2 logspace median
    nanmean nanmedian nanpercentile nanquantile nanstd nanvar nextafter percentile quantile rad2deg reciprocal sin
    sinc sinh sqrt tan tanh true_divide
    """,
    made="empty eye identity ones tri zeros",
)
globals().update(_adopted)

__all__ = sorted(
    [*_adopted, *arranging.__all__, *counting.__all__, *creating.__all__, *reducing.__all__, *scalars.__all__]
)
