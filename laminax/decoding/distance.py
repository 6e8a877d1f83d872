"""How far two sequences are apart: the least number of symbols to put in, take out or change (Levenshtein, 1966)."""

import functools
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

Array = Any
_FACTORS = np.array([0x9E3779B1, 0x85EBCA6B], "uint32")  # odd, of random bits


@jax.jit  # so that calls outside of a compiled program compile it once
def edit_distance(first: Array, first_lengths: Array, second: Array, second_lengths: Array) -> Array:
    """The edit distance of each row, `(batch,)` integers.

    The table of the distances of all beginnings, `i` symbols of `first` from `j` of `second`, is filled by diagonals:
    those with the same `i + j` follow from the two diagonals before, all at once.

    Args:
        first, second: `(batch, symbols)`, or `(batch, symbols, numbers)` where several numbers tell symbols apart.
        first_lengths, second_lengths: `(batch,)`, how many symbols count.
    """
    first, second = (jnp.swapaxes(x if x.ndim == 3 else x[..., None], 0, 1) for x in (first, second))
    size, count, batch = first.shape[0], second.shape[0], first.shape[1]
    place = jnp.arange(size + 1, dtype="int32")[:, None]
    backwards = jnp.pad(second[::-1], ((size, size), (0, 0), (0, 0)))
    far = size + count + 1

    def step(before: tuple[Array, Array], k: Array) -> Any:
        last, other = before  # of k - 1, and of k - 2
        seen = jax.lax.dynamic_slice_in_dim(backwards, size + count + 1 - k, size)
        changed = other[:-1] + jnp.any(first != seen, -1).astype("int32")
        best = jnp.minimum(last[1:], last[:-1]) + 1
        best = jnp.concatenate([last[:1] + 1, jnp.minimum(best, changed)])
        best = jnp.where(place > k, far, best)
        return (best, last), best

    start = jnp.where(place > 0, far, jnp.zeros((size + 1, batch), "int32"))
    _, found = jax.lax.scan(step, (start, jnp.full_like(start, far)), jnp.arange(1, far, dtype="int32"))
    table = jnp.concatenate([start[None], found])
    return table[first_lengths + second_lengths, first_lengths, jnp.arange(batch, dtype="int32")]


@functools.partial(jax.jit, static_argnames=("separator",))
def words(labels: Array, lengths: Array, separator: Any) -> tuple[Array, Array]:
    """The words of each row, and their number: two numbers for each word, different for different words.

    The numbers are hashes of 64 bits in all: that two words share them does not happen.

    Args:
        labels: `(batch, labels)`.
        lengths: `(batch,)`, how many labels count.
        separator: the label between words; `None` if a row is one word.
    """
    batch, size = labels.shape
    inside = jnp.arange(size, dtype="int32") < lengths[:, None]
    inside = inside if separator is None else inside & (labels != separator)
    starts = inside & ~jnp.pad(inside[:, :-1], ((0, 0), (1, 0)))
    place = jnp.arange(size, dtype="int32") - jax.lax.cummax(
        jnp.where(starts, jnp.arange(size, dtype="int32"), 0), axis=1
    )
    scattered = (labels[..., None].astype("uint32") + 1) * _FACTORS
    scattered = (scattered ^ (scattered >> 15)) * jnp.asarray(_powers(size))[place]
    scattered = jnp.where(inside[..., None], scattered, 0)
    number = jnp.where(inside, jnp.cumsum(starts, 1, dtype="int32") - 1, size)
    found = (
        jnp.zeros((batch, size, 2), "uint32")
        .at[jnp.arange(batch, dtype="int32")[:, None], number]
        .add(scattered, mode="drop")
    )
    return found, jnp.sum(starts, 1, dtype="int32")


def _powers(size: int) -> np.ndarray:
    """Powers of two odd numbers, modulo 2^32."""
    with np.errstate(over="ignore"):
        return np.cumprod(np.concatenate([np.ones((1, 2), "uint32"), np.tile(_FACTORS, (size, 1))]), 0, dtype="uint32")
