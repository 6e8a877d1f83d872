"""Random arrays: from an integer seed always the same, from a `SeedGenerator` new ones at each call.

They are those that Keras draws from the same seed by its JAX backend.
"""

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from ._core import compat
from ._core.random import SeedGenerator, draw_seed, words
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
        return seed.key()
    if isinstance(seed, jax.Array) and jnp.issubdtype(seed.dtype, jax.dtypes.prng_key):
        return seed
    if getattr(seed, "dtype", None) == "uint32" and np.shape(seed) == (2,):
        return jax.random.wrap_key_data(seed)
    if seed is None:
        if compat.is_traced():
            raise ValueError(
                "In a compiled step you should only use seeded random ops: without a seed, each step would give the "
                "same numbers. Make `self.seed_generator = SeedGenerator()` in the layer, and give it as `seed`."
            )
        seed = draw_seed()
    if isinstance(seed, bool) or not isinstance(seed, (int, np.integer)):
        raise ValueError(
            f"Argument `seed` must be either an integer or a SeedGenerator, or a key of jax.random; got {seed!r}."
        )
    return jax.random.wrap_key_data(jnp.asarray(words(int(seed))))


def normal(shape: Any, mean: float = 0.0, stddev: float = 1.0, dtype: Any = None, seed: Any = None) -> Array:
    """Normal numbers."""
    x = jax.random.normal(_key(seed), tuple(shape), dtype or floatx())
    return x * jnp.asarray(stddev, x.dtype) + jnp.asarray(mean, x.dtype)


def truncated_normal(shape: Any, mean: float = 0.0, stddev: float = 1.0, dtype: Any = None, seed: Any = None) -> Array:
    """Normal numbers, those beyond two standard deviations drawn anew."""
    x = jax.random.truncated_normal(_key(seed), -2.0, 2.0, tuple(shape), dtype or floatx())
    return x * jnp.asarray(stddev, x.dtype) + jnp.asarray(mean, x.dtype)


def uniform(shape: Any, minval: Any = 0.0, maxval: Any = 1.0, dtype: Any = None, seed: Any = None) -> Array:
    """Numbers in `minval <= x < maxval`, all equally likely."""
    kind = jnp.dtype(dtype or floatx())
    if not jnp.issubdtype(kind, jnp.floating):
        raise ValueError(
            f"random.uniform requires a floating point `dtype`; got {dtype!r}. Use `random.randint` for integers."
        )
    return jax.random.uniform(_key(seed), tuple(shape), kind, minval, maxval)


def randint(shape: Any, minval: Any, maxval: Any, dtype: Any = "int32", seed: Any = None) -> Array:
    """Integers in `minval <= x < maxval`, all equally likely."""
    if not jnp.issubdtype(jnp.dtype(dtype), jnp.integer):
        raise ValueError(f"random.randint requires an integer `dtype`; got {dtype!r}. Use `random.uniform` for floats.")
    return jax.random.randint(_key(seed), tuple(shape), minval, maxval, jnp.dtype(dtype))


def categorical(logits: Array, num_samples: int, dtype: Any = "int32", seed: Any = None) -> Array:
    """`(rows, num_samples)` classes, from logits `(rows, classes)`: class `i` with probability `softmax(logits)[i]`."""
    logits = jnp.asarray(logits)
    if logits.ndim != 2:
        raise ValueError(f"random.categorical takes logits (rows, classes); got the shape {logits.shape}.")
    shape = len(logits), num_samples
    return jax.random.categorical(_key(seed), logits[..., None], axis=1, shape=shape).astype(dtype)


def shuffle(x: Array, axis: int = 0, seed: Any = None) -> Array:
    """The slices along `axis` in another order."""
    return jax.random.permutation(_key(seed), x, axis)


def dropout(inputs: Array, rate: float, noise_shape: Any = None, seed: Any = None) -> Array:
    """Zero each number with probability `rate` and divide the others by `1 - rate`.

    `noise_shape` has size 1 on an axis along which all are kept or dropped together.
    """
    if isinstance(rate, (int, float)) and rate in (0, 1):
        return inputs if rate == 0 else jnp.zeros_like(inputs)
    shape = inputs.shape if noise_shape is None else tuple(noise_shape)
    shape = tuple(size if wanted is None else wanted for size, wanted in zip(inputs.shape, shape))
    keep = jax.random.bernoulli(_key(seed), 1.0 - rate, shape)
    return jnp.where(keep, inputs / (1.0 - rate), jnp.zeros_like(inputs))


def gamma(shape: Any, alpha: Any, dtype: Any = None, seed: Any = None) -> Array:
    """Numbers of the Gamma distribution with shape `alpha` and scale 1."""
    return jax.random.gamma(_key(seed), jnp.asarray(alpha), tuple(shape), dtype or floatx())


def beta(shape: Any, alpha: Any, beta: Any, dtype: Any = None, seed: Any = None) -> Array:
    """Numbers of the Beta distribution."""
    return jax.random.beta(_key(seed), jnp.asarray(alpha), jnp.asarray(beta), tuple(shape), dtype or floatx())


def binomial(shape: Any, counts: Any, probabilities: Any, dtype: Any = None, seed: Any = None) -> Array:
    """How many of `counts` trials succeed, each with the given probability."""
    n, p = jnp.asarray(counts), jnp.asarray(probabilities)
    return jax.random.binomial(_key(seed), n, p, tuple(shape), dtype or floatx())
