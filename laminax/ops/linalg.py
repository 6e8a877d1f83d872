"""Linear algebra."""

from typing import Any

import jax
import jax.numpy as jnp

from .._core.graph import symbolic

Array = Any
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
    "matrix_rank",
    "norm",
    "pinv",
    "qr",
    "solve",
    "solve_triangular",
    "svd",
]


@symbolic
def cholesky(x: Array, upper: bool = False) -> Array:
    """`L`, lower triangular, with `L @ L^T = x`, or its transpose. NaN where `x` is not positive definite."""
    return jnp.linalg.cholesky(x, upper=upper)


@symbolic
def cholesky_inverse(x: Array, upper: bool = False) -> Array:
    """The inverse of the matrix whose Cholesky factor is `x`."""
    return jax.scipy.linalg.cho_solve((x, not upper), jnp.broadcast_to(jnp.eye(x.shape[-1], dtype=x.dtype), x.shape))


@symbolic
def det(x: Array) -> Array:
    """The determinant."""
    return jnp.linalg.det(x)


@symbolic
def eig(x: Array) -> Any:
    """Eigenvalues and eigenvectors; on a CPU only."""
    return tuple(jnp.linalg.eig(x))


@symbolic
def eigh(x: Array) -> Any:
    """Eigenvalues, ascending, and eigenvectors of a symmetric or Hermitian matrix."""
    return tuple(jnp.linalg.eigh(x))


@symbolic
def inv(x: Array) -> Array:
    """The inverse."""
    return jnp.linalg.inv(x)


def jvp(fun: Any, primals: Any, tangents: Any, has_aux: bool = False) -> Any:
    """The value of a function, and its derivative in the direction of `tangents`."""
    return jax.jvp(fun, tuple(primals), tuple(tangents), has_aux=has_aux)


@symbolic
def logdet(x: Array) -> Array:
    """The logarithm of the determinant of a positive definite matrix."""
    return jnp.linalg.slogdet(x)[1]


@symbolic
def lstsq(a: Array, b: Array, rcond: float | None = None) -> Array:
    """`x` with the smallest `|a @ x - b|`."""
    return jnp.linalg.lstsq(a, b, rcond)[0]


@symbolic
def lu_factor(x: Array) -> Any:
    """The LU decomposition with pivots."""
    return tuple(jax.scipy.linalg.lu_factor(x))


@symbolic
def matrix_rank(x: Array, tol: Any = None) -> Array:
    """How many singular values are larger than `tol`."""
    return jnp.linalg.matrix_rank(x, tol)


@symbolic
def norm(x: Array, ord: Any = None, axis: Any = None, keepdims: bool = False) -> Array:
    """The norm of vectors or matrices."""
    return jnp.linalg.norm(x, ord, axis, keepdims)


@symbolic
def pinv(x: Array, rcond: Any = None) -> Array:
    """The Moore-Penrose inverse."""
    return jnp.linalg.pinv(x, rcond)


@symbolic
def qr(x: Array, mode: str = "reduced") -> Any:
    """`q` orthogonal and `r` upper triangular, with `q @ r = x`."""
    return tuple(jnp.linalg.qr(x, mode))


@symbolic
def solve(a: Array, b: Array) -> Array:
    """`x` with `a @ x = b`."""
    return jnp.linalg.solve(a, b[..., None])[..., 0] if b.ndim == a.ndim - 1 else jnp.linalg.solve(a, b)


@symbolic
def solve_triangular(a: Array, b: Array, lower: bool = False) -> Array:
    """`x` with `a @ x = b`, for a triangular `a`."""
    if b.ndim == a.ndim - 1:
        return jax.scipy.linalg.solve_triangular(a, b[..., None], lower=lower)[..., 0]
    return jax.scipy.linalg.solve_triangular(a, b, lower=lower)


@symbolic
def svd(x: Array, full_matrices: bool = True, compute_uv: bool = True) -> Any:
    """`u`, singular values descending, `v^T`; or the singular values alone."""
    found = jnp.linalg.svd(x, full_matrices=full_matrices, compute_uv=compute_uv)
    return tuple(found) if compute_uv else found
