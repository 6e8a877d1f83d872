"""Linear algebra."""

from typing import Any

import jax
import jax.numpy as jnp

from .._core import checks, compat
from .._core.graph import symbolic
from .._core.operation import Array, float_operation

__all__ = [
    "cholesky",
    "cholesky_inverse",
    "det",
    "eig",
    "eigh",
    "inv",
    "jvp",
    "logdet",
    "lstsq",
    "lu_factor",
    "matrix_power",
    "matrix_rank",
    "norm",
    "pinv",
    "qr",
    "solve",
    "solve_triangular",
    "svd",
]


def _check(name: str, x: Array, square: bool = False) -> None:
    if x.ndim < 2 or (square and x.shape[-1] != x.shape[-2]):
        raise ValueError(f"{name} takes {'square ' * square}matrices, (..., rows, columns); got the shape {x.shape}.")


@float_operation
def cholesky(x: Array, upper: bool = False) -> Array:
    """`L`, lower triangular, with `L @ L^T = x`, or its transpose.

    Raises:
        ValueError: if `x` is not positive definite; in a compiled program there is NaN instead.
    """
    _check("cholesky", x, square=True)
    found = jnp.linalg.cholesky(x, upper=upper)
    if not compat.is_tracer(found) and jnp.isnan(found).any():
        raise ValueError("cholesky: the matrix is not positive definite.")
    return found


@float_operation
def cholesky_inverse(x: Array, upper: bool = False) -> Array:
    """The inverse of the matrix whose Cholesky factor is `x`."""
    _check("cholesky_inverse", x, square=True)
    return jax.scipy.linalg.cho_solve((x, not upper), jnp.broadcast_to(jnp.eye(x.shape[-1], dtype=x.dtype), x.shape))


@float_operation
def det(x: Array) -> Array:
    """The determinant."""
    _check("det", x, square=True)
    return jnp.linalg.det(x)


@float_operation
def eig(x: Array) -> Any:
    """Eigenvalues and eigenvectors; on a CPU only."""
    _check("eig", x, square=True)
    return tuple(jnp.linalg.eig(x))


@float_operation
def eigh(x: Array) -> Any:
    """Eigenvalues, ascending, and eigenvectors of a symmetric or Hermitian matrix."""
    _check("eigh", x, square=True)
    return tuple(jnp.linalg.eigh(x))


@float_operation
def inv(x: Array) -> Array:
    """The inverse."""
    _check("inv", x, square=True)
    return jnp.linalg.inv(x)


@symbolic
def jvp(fun: Any, primals: Any, tangents: Any, has_aux: bool = False) -> Any:
    """The value of a function, and its derivative in the direction of `tangents`."""
    return jax.jvp(fun, tuple(primals), tuple(tangents), has_aux=has_aux)


@float_operation
def logdet(x: Array) -> Array:
    """The logarithm of the determinant of a positive definite matrix."""
    return jnp.linalg.slogdet(x)[1]


@float_operation
def lstsq(a: Array, b: Array, rcond: float | None = None) -> Array:
    """`x` with the smallest `|a @ x - b|`."""
    return jnp.linalg.lstsq(a, b, rcond)[0]


@float_operation
def lu_factor(x: Array) -> Any:
    """The LU decomposition with pivots."""
    _check("lu_factor", x)
    return tuple(jax.scipy.linalg.lu_factor(x))


@float_operation
def matrix_power(x: Array, n: int) -> Array:
    """`x @ x @ ... @ x` of `n` factors; of the inverse, if `n` is negative."""
    return jnp.linalg.matrix_power(x, n)


@float_operation
def matrix_rank(x: Array, tol: Any = None) -> Array:
    """How many singular values are larger than `tol`."""
    _check("matrix_rank", x)
    return jnp.linalg.matrix_rank(x, tol)


@float_operation
def norm(x: Array, ord: Any = None, axis: Any = None, keepdims: bool = False) -> Array:
    """The norm of vectors or matrices."""
    return jnp.linalg.norm(x, ord, axis, keepdims)


@float_operation
def pinv(x: Array, rcond: Any = None) -> Array:
    """The Moore-Penrose inverse."""
    _check("pinv", x)
    return jnp.linalg.pinv(x, rcond)


@float_operation
def qr(x: Array, mode: str = "reduced") -> Any:
    """`q` orthogonal and `r` upper triangular, with `q @ r = x`."""
    _check("qr", x)
    checks.choice("qr", "mode", mode, ("reduced", "complete"))
    return tuple(jnp.linalg.qr(x, mode))


@float_operation
def solve(a: Array, b: Array) -> Array:
    """`x` with `a @ x = b`."""
    _check("solve", a, square=True)
    return jnp.linalg.solve(a, b[..., None])[..., 0] if b.ndim == a.ndim - 1 else jnp.linalg.solve(a, b)


@float_operation
def solve_triangular(a: Array, b: Array, lower: bool = False) -> Array:
    """`x` with `a @ x = b`, for a triangular `a`."""
    _check("solve_triangular", a, square=True)
    if b.ndim == a.ndim - 1:
        return jax.scipy.linalg.solve_triangular(a, b[..., None], lower=lower)[..., 0]
    return jax.scipy.linalg.solve_triangular(a, b, lower=lower)


@float_operation
def svd(x: Array, full_matrices: bool = True, compute_uv: bool = True) -> Any:
    """`u`, singular values descending, `v^T`; or the singular values alone."""
    _check("svd", x)
    found = jnp.linalg.svd(x, full_matrices=full_matrices, compute_uv=compute_uv)
    return tuple(found) if compute_uv else found
