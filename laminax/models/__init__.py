"""Models: how layers are joined and trained."""

from .clone import clone_model
from .model import Model
from .sequential import Sequential

__all__ = ["Model", "Sequential", "clone_model"]
