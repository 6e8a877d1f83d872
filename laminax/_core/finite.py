"""Whether all numbers of many arrays are finite, at the price of reading them once, or less."""

from typing import Any

import jax
import jax.numpy as jnp

from .dtypes import at_least_float32

Array = Any
FEW = 4096  # numbers of an array, up to which each is looked at by itself
MANY = 2**17  # numbers beyond which reading all of them may be felt beside the rest of a step


def all_finite(tree: Any, turn: Array | None = None) -> Array:
    """Whether no number of a tree of float arrays is NaN or infinite; exact, whatever their size.

    Args:
        tree: the arrays.
        turn: an integer. With it, of an array of more than `MANY` numbers about so many are looked at, others each
            turn, until all have been.
    """
    seen = [jnp.all(jnp.isfinite(_seen(x, turn))) for x in jax.tree.leaves(tree)]
    return jnp.all(jnp.stack([jnp.array(True), *seen]))


def _seen(x: Array, turn: Array | None) -> Array:
    """Fewer numbers, of which one is not finite if and only if one of `x` is not: sums of rows that are made small.

    A product with a vector is the fastest way to read an array as a whole. What is not finite stays so in any sum; and
    the shares by which rows are multiplied are such that no sum of finite numbers leaves the range of its type.
    """
    if x.size <= FEW:
        return x
    rows = x.reshape(-1, x.shape[-1])
    if turn is not None and x.size > MANY:
        count = max(1, MANY // x.shape[-1])
        turns = -(-len(rows) // count)
        rows = jax.lax.dynamic_slice_in_dim(rows, turn % turns * count, count)
    rows = at_least_float32(rows)
    shares = jnp.full(len(rows), 0.5 ** len(rows).bit_length(), rows.dtype)
    return jnp.matmul(shares, rows, precision="highest")
