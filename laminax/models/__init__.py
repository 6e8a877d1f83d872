"""Models: how layers are joined and trained."""

from ..saving import load_model, model_from_json, save_model
from .clone import clone_model
from .model import Model
from .sequential import Sequential

__all__ = ["Model", "Sequential", "clone_model", "load_model", "model_from_json", "save_model"]
