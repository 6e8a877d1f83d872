"""Saving: what lasts."""

from . import objects
from .objects import *
from .weights import load_weights, save_weights

__all__ = ["load_weights", "save_weights"]
__all__ += objects.__all__
