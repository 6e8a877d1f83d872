"""Small helpers that programs name: seeds, one-hot targets."""

from .numerical import to_categorical
from .seeds import set_random_seed

__all__ = ["set_random_seed", "to_categorical"]
