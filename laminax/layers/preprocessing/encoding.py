"""Numbers of classes as vectors."""

from typing import Any

import jax
import jax.numpy as jnp

from ..._core import checks

Array = Any
_OLD_NAMES = {"binary": "multi_hot", "tf-idf": "tf_idf"}


def checked_mode(owner: Any, mode: Any, options: tuple[str, ...]) -> str:
    """A mode by its name, or by one that older programs use."""
    return checks.choice(owner, "output_mode", _OLD_NAMES.get(mode, mode), options)


def refuse_sparse(owner: Any, sparse: Any) -> bool:
    """Raise a `ValueError` for `sparse=True`: JAX's arrays are dense."""
    if sparse:
        raise ValueError(f"{type(owner).__name__}: sparse=True is not supported; outputs are dense arrays.")
    return False


def encode(indices: Array, mode: str, depth: int, dtype: Any, weights: Array | None = None) -> Array:
    """Classes as vectors of size `depth`; a class outside of 0 .. `depth` - 1 counts nowhere.

    Args:
        indices: integers.
        mode: `"int"` for the integers themselves; `"one_hot"` for a vector for each, on the last axis if that is of
            size 1, else on a new one; `"multi_hot"` for a vector of what occurs in a sample, `(batch, size, ...)`
            becomes `(batch, ..., depth)`; `"count"` for how often it does.
        depth: the number of classes.
        dtype: of the result.
        weights: what each of `indices` counts in `"count"`, instead of 1.
    """
    if mode == "int":
        return indices.astype(dtype)
    if mode == "one_hot":
        single = indices.ndim > 1 and indices.shape[-1] == 1
        return jax.nn.one_hot(indices[..., 0] if single else indices, depth, dtype=dtype)
    indices = jnp.atleast_1d(indices)
    vectors = jax.nn.one_hot(indices, depth, dtype=dtype)
    axis = min(indices.ndim - 1, 1)
    if mode == "multi_hot":
        return jnp.max(vectors, axis, initial=0)
    return jnp.sum(vectors if weights is None else vectors * weights[..., None], axis)
