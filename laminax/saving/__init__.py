"""Saving: what lasts."""

from .._core.file_errors import (
    CheckpointError,
    CorruptFileError,
    IncompatibleWeightsError,
    ModelFileError,
    NoUsableCheckpointError,
    ResourceLimitError,
    UnsafeFileError,
    UnsupportedVersionError,
)
from . import objects
from .models import load_model, model_from_json, save_model, to_json
from .objects import *
from .report import Restored
from .weights import load_weights, save_weights

__all__ = [
    "CheckpointError",
    "CorruptFileError",
    "IncompatibleWeightsError",
    "ModelFileError",
    "NoUsableCheckpointError",
    "ResourceLimitError",
    "Restored",
    "UnsafeFileError",
    "UnsupportedVersionError",
    "load_model",
    "load_weights",
    "model_from_json",
    "save_model",
    "save_weights",
    "to_json",
]
__all__ += objects.__all__
