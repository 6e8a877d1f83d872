"""Random state: an ordinary variable that each draw replaces.

The library has a source of seeds of its own. Neither Python's nor NumPy's global random
state is read or moved.
"""

import os
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from .config import Configurable
from .holder import Holder, SeedState


class _Source:
    """Seeds for whoever gave none: from the system, or, after `set_seed`, a fixed sequence."""

    def __init__(self) -> None:
        self.sequence: np.random.SeedSequence | None = None

    def draw(self) -> int:
        if self.sequence is None:
            return int.from_bytes(os.urandom(4), "little")
        return int(self.sequence.spawn(1)[0].generate_state(1)[0])


_source = _Source()


def set_seed(seed: int | None) -> None:
    """Make all seeds that are drawn from now on follow from `seed`; `None`: from the system again."""
    _source.sequence = None if seed is None else np.random.SeedSequence(seed)


def draw_seed() -> int:
    """A seed in 0 .. 2**32-1 for an object that was given none."""
    return _source.draw()


class SeedGenerator(Configurable, Holder):
    """A sequence of random keys. Its state is `[seed, number of keys drawn]`.

    Args:
        seed: an integer; `None` draws one. The same seed gives the same keys.
        name: a name.
    """

    def __init__(self, seed: int | None = None, name: str | None = None) -> None:
        self.seed = None if seed is None else checked_seed(seed)
        self.name = name or "seed_generator"
        self.state = SeedState(words(draw_seed() if seed is None else seed), trainable=False, name="state")

    def reset(self, seed: int) -> None:
        """Start the sequence of `seed`."""
        self.state.assign(words(seed))

    def next(self) -> jax.Array:
        """The two words of the next key."""
        state = self.state.value
        self.state.assign(state + jnp.array([0, 1], "uint32"))
        return state

    def key(self) -> jax.Array:
        """The next key, for `jax.random`."""
        return jax.random.wrap_key_data(self.next())


def checked_seed(seed: Any) -> int:
    """A seed, which must be an integer that is not negative."""
    if isinstance(seed, bool) or not isinstance(seed, (int, np.integer)) or seed < 0:
        raise ValueError(f"Argument `seed` must be an integer that is not negative, or None; got {seed!r}.")
    return int(seed)


def words(seed: int) -> np.ndarray:
    """A seed as the two words of a key."""
    return np.array([int(seed) & 0xFFFFFFFF, int(seed) >> 32 & 0xFFFFFFFF], "uint32")


def generator(seed: Any) -> np.random.Generator:
    """A NumPy generator for values that are made once, such as initial weights.

    `seed` is an integer, a `SeedGenerator` (which moves on by one draw) or `None`.
    """
    if isinstance(seed, SeedGenerator):
        entropy = np.asarray(seed.next()).tolist()
        return np.random.Generator(np.random.Philox(np.random.SeedSequence(entropy)))
    entropy = draw_seed() if seed is None else int(seed)
    return np.random.Generator(np.random.Philox(np.random.SeedSequence(entropy)))
