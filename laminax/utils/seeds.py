"""One seed for a whole program."""

import random

import numpy as np

from .._core.errors import named_arguments
from .._core.random import set_seed


@named_arguments
def set_random_seed(seed: int | None) -> None:
    """Make a program repeatable: seeds Python's and NumPy's global generators and the library's own source of seeds.

    The library itself never reads or moves the global ones; they are seeded for the program's own use of them.

    Args:
        seed: a non-negative integer below 2**32; `None` lets the library draw from the system again.
    """
    if seed is not None:
        if isinstance(seed, bool) or not isinstance(seed, (int, np.integer)) or not 0 <= seed < 2**32:
            raise ValueError(f"set_random_seed takes an integer in 0 .. 2**32 - 1; got {seed!r}.")
        random.seed(int(seed))
        np.random.seed(int(seed))
    set_seed(None if seed is None else int(seed))
