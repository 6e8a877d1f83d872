"""Functions of arrays, variables and symbolic tensors: those of NumPy, and those of networks.

What `jax.numpy` already says is taken from there, by the tables below; this package adds that a
symbolic tensor may be given, which then stands for the result.
"""

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from .. import activations as _activations
from .._core.graph import shape_of, symbolic
from . import convolution as _convolution
from . import pooling as _pooling

_NUMPY = """
abs absolute add all amax amin any append arange arccos arccosh arcsin arcsinh arctan arctan2 arctanh argmax argmin
argsort array average broadcast_to ceil clip concatenate conj cos cosh count_nonzero cross cumprod cumsum diag
diagonal diff divide dot einsum empty equal exp exp2 expand_dims expm1 eye flip floor floor_divide full full_like
greater greater_equal hstack identity imag isclose isfinite isinf isnan less less_equal linspace log log10 log1p log2
logaddexp logical_and logical_not logical_or logical_xor matmul max maximum mean median meshgrid min minimum mod
moveaxis multiply nan_to_num negative nonzero norm not_equal ones ones_like outer pad power prod quantile ravel real
reciprocal repeat reshape roll round searchsorted sign sin sinh sort split sqrt square squeeze stack std subtract sum
swapaxes take take_along_axis tan tensordot tile trace transpose tril triu true_divide trunc var vdot vstack
where zeros zeros_like
"""
_ACTIVATIONS = """
celu elu gelu glu hard_shrink hard_sigmoid hard_silu hard_tanh leaky_relu log_sigmoid log_softmax mish relu relu6 selu
sigmoid silu soft_shrink softmax softplus softsign sparse_plus sparse_sigmoid sparsemax squareplus tanh tanh_shrink
threshold
"""

globals().update({name: symbolic(getattr(jnp, name)) for name in _NUMPY.split() if hasattr(jnp, name)})
globals().update({name: getattr(_activations, name) for name in _ACTIVATIONS.split()})

conv = symbolic(_convolution.conv)
max_pool = symbolic(_pooling.max_pool)
average_pool = symbolic(_pooling.average_pool)
erf = symbolic(jax.scipy.special.erf)
logsumexp = symbolic(jax.nn.logsumexp)
rsqrt = symbolic(jax.lax.rsqrt)
stop_gradient = symbolic(jax.lax.stop_gradient)
top_k = symbolic(jax.lax.top_k)


@symbolic
def cast(x: Any, dtype: str) -> Any:
    """`x` in another type."""
    return jnp.asarray(x).astype(dtype)


@symbolic
def one_hot(x: Any, num_classes: int, axis: int = -1, dtype: str | None = None) -> Any:
    """Integers as vectors with a one at their place; a row of zeros for what is out of range."""
    return jax.nn.one_hot(x, num_classes, axis=axis, dtype=dtype or "float32")


@symbolic
def norm(x: Any, ord: Any = None, axis: Any = None, keepdims: bool = False) -> Any:
    """The norm of vectors or matrices."""
    return jnp.linalg.norm(x, ord, axis, keepdims)


def convert_to_tensor(x: Any, dtype: str | None = None) -> Any:
    """`x` as a JAX array."""
    return jnp.asarray(x, dtype)


def convert_to_numpy(x: Any) -> np.ndarray:
    """`x` as a NumPy array."""
    return np.asarray(x)


def shape(x: Any) -> Any:
    """The shape of `x`; `None` where a size is free."""
    return shape_of(x)


__all__ = sorted(
    [
        *(name for name in _NUMPY.split() if name in globals()),
        *_ACTIVATIONS.split(),
        *("average_pool", "cast", "conv", "convert_to_numpy", "convert_to_tensor", "erf", "logsumexp", "max_pool"),
        *("one_hot", "rsqrt", "shape", "stop_gradient", "top_k"),
    ]
)
