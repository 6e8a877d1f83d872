"""Bounds on gradients, which stand in a dict or a list."""

from typing import Any

import jax
import jax.numpy as jnp

from .._core import dtypes

Array = Any


def by_norm(grads: Any, most: float) -> Any:
    """Each gradient scaled down to the norm `most`, if its own is more."""
    return jax.tree.map(lambda g: g * (most / jnp.maximum(norm([g]), most)), grads)


def by_global_norm(grads: Any, most: float) -> Any:
    """All gradients scaled down alike, so that their norm as one vector is at most `most`."""
    scale = most / jnp.maximum(norm(jax.tree.leaves(grads)), most)
    return jax.tree.map(lambda g: g * scale.astype(g.dtype), grads)


def by_value(grads: Any, most: float) -> Any:
    """Each entry moved into `-most .. most`."""
    return jax.tree.map(lambda g: jnp.clip(g, -most, most), grads)


def norm(arrays: list[Array]) -> Array:
    """The Euclidean norm of arrays as one vector."""
    dtype = dtypes.common(a.dtype for a in arrays)
    return jnp.sqrt(sum(jnp.sum(jnp.square(a)).astype(dtype) for a in arrays))
