"""Random arrays: from an integer seed always the same, from a `SeedGenerator` new ones at each call."""

from typing import Any

import jax
import jax.numpy as jnp

from ._core import compat
from ._core.random import SeedGenerator, draw_seed
from ._core.settings import floatx

Array = Any
__all__ = [
    "SeedGenerator",
    "beta",
    "binomial",
    "categorical",
    "dropout",
    "gamma",
    "normal",
    "randint",
    "shuffle",
    "truncated_normal",
    "uniform",
]


def _key(seed: Any) -> jax.Array:
    """The key of one draw."""
    if isinstance(seed, SeedGenerator):
        return seed.next()
    if seed is None:
        if compat.is_traced():
            raise ValueError(
                "A random function without a seed, in a compiled step, would give the same numbers at each step. "
                "Make `self.seed_generator = SeedGenerator()` in the layer, and give it as `seed=self.seed_generator`."
            )
        seed = draw_seed()
    return jax.random.key(seed)


def normal(shape: Any, mean: float = 0.0, stddev: float = 1.0, dtype: Any = None, seed: Any = None) -> Array:
    """Normal numbers."""
    x = jax.random.normal(_key(seed), tuple(shape), dtype or floatx())
    return x * jnp.asarray(stddev, x.dtype) + jnp.asarray(mean, x.dtype)


def truncated_normal(shape: Any, mean: float = 0.0, stddev: float = 1.0, dtype: Any = None, seed: Any = None) -> Array:
    """Normal numbers, those beyond two standard deviations drawn anew."""
    x = jax.random.truncated_normal(_key(seed), -2.0, 2.0, tuple(shape), dtype or floatx())
    return x * jnp.asarray(stddev, x.dtype) + jnp.asarray(mean, x.dtype)


def uniform(shape: Any, minval: Any = 0.0, maxval: Any = 1.0, dtype: Any = None, seed: Any = None) -> Array:
    """Numbers in `minval <= x < maxval`, all equally likely; integers if `dtype` is an integer type."""
    kind = jnp.dtype(dtype or floatx())
    if jnp.issubdtype(kind, jnp.integer):
        return randint(shape, minval, maxval, kind, seed)
    return jax.random.uniform(_key(seed), tuple(shape), kind, minval, maxval)


def randint(shape: Any, minval: Any, maxval: Any, dtype: Any = "int32", seed: Any = None) -> Array:
    """Integers in `minval <= x < maxval`, all equally likely."""
    if not jnp.issubdtype(jnp.dtype(dtype), jnp.integer):
        raise ValueError(f"randint: dtype must be an integer type; got {dtype!r}. Use `random.uniform` for floats.")
    return jax.random.randint(_key(seed), tuple(shape), minval, maxval, jnp.dtype(dtype))


def categorical(logits: Array, num_samples: int, dtype: Any = "int32", seed: Any = None) -> Array:
    """`num_samples` classes for each row of `logits`: class `i` with probability `softmax(logits)[i]`."""
    shape = (*logits.shape[:-1], num_samples)
    return jax.random.categorical(_key(seed), logits[..., None, :], shape=shape).astype(dtype)


def shuffle(x: Array, axis: int = 0, seed: Any = None) -> Array:
    """The slices along `axis` in another order."""
    return jax.random.permutation(_key(seed), x, axis)


def dropout(inputs: Array, rate: float, noise_shape: Any = None, seed: Any = None) -> Array:
    """Zero each number with probability `rate` and divide the others by `1 - rate`.

    `noise_shape` has size 1 on an axis along which all are kept or dropped together.
    """
    shape = inputs.shape if noise_shape is None else tuple(noise_shape)
    shape = tuple(size if wanted is None else wanted for size, wanted in zip(inputs.shape, shape))
    keep = jax.random.bernoulli(_key(seed), 1 - rate, shape)
    return jnp.where(keep, inputs / (1 - rate), jnp.zeros_like(inputs))


def gamma(shape: Any, alpha: Any, dtype: Any = None, seed: Any = None) -> Array:
    """Numbers of the Gamma distribution with shape `alpha` and scale 1."""
    return jax.random.gamma(_key(seed), alpha, tuple(shape), dtype or floatx())


def beta(shape: Any, alpha: Any, beta: Any, dtype: Any = None, seed: Any = None) -> Array:
    """Numbers of the Beta distribution."""
    return jax.random.beta(_key(seed), alpha, beta, tuple(shape), dtype or floatx())


def binomial(shape: Any, counts: Any, probabilities: Any, dtype: Any = None, seed: Any = None) -> Array:
    """How many of `counts` trials succeed, each with the given probability."""
    return jax.random.binomial(_key(seed), counts, probabilities, tuple(shape), dtype or floatx())
