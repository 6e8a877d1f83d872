"""Helpers that programs name: seeds, one-hot targets, tables of features."""

from .feature_space import FeatureSpace
from .numerical import to_categorical
from .seeds import set_random_seed

__all__ = ["FeatureSpace", "set_random_seed", "to_categorical"]
