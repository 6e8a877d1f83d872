"""Helpers that programs name: seeds, one-hot targets, padded sequences, datasets of arrays and of files, drawings."""

from .._core.graph import is_symbolic as is_keras_tensor
from .._core.settings import (
    disable_interactive_logging,
    enable_interactive_logging,
    is_interactive_logging_enabled,
)
from ..backend import clear_session, standardize_dtype
from ..data.dataset import PyDataset
from ..saving.objects import (
    CustomObjectScope,
    custom_object_scope,
    deserialize_keras_object,
    get_custom_objects,
    get_registered_name,
    get_registered_object,
    register_keras_serializable,
    serialize_keras_object,
)
from . import bounding_boxes as bounding_boxes
from .audio_folders import audio_dataset_from_directory
from .config import Config
from .feature_space import FeatureSpace
from .files import get_file
from .image_folders import image_dataset_from_directory
from .images import array_to_img, img_to_array, load_img, save_img
from .numerical import normalize, to_categorical
from .packing import get_source_inputs, pack_x_y_sample_weight, unpack_x_y_sample_weight
from .plotting import model_to_dot, plot_model
from .progress import Progbar
from .samples import split_dataset, timeseries_dataset_from_array
from .seeds import set_random_seed
from .sequences import pad_sequences
from .text_folders import text_dataset_from_directory

Sequence = PyDataset

__all__ = [
    "Config",
    "CustomObjectScope",
    "FeatureSpace",
    "Progbar",
    "PyDataset",
    "Sequence",
    "array_to_img",
    "audio_dataset_from_directory",
    "clear_session",
    "custom_object_scope",
    "deserialize_keras_object",
    "disable_interactive_logging",
    "enable_interactive_logging",
    "get_custom_objects",
    "get_file",
    "get_registered_name",
    "get_registered_object",
    "get_source_inputs",
    "image_dataset_from_directory",
    "img_to_array",
    "is_interactive_logging_enabled",
    "is_keras_tensor",
    "load_img",
    "model_to_dot",
    "normalize",
    "pack_x_y_sample_weight",
    "pad_sequences",
    "plot_model",
    "register_keras_serializable",
    "save_img",
    "serialize_keras_object",
    "set_random_seed",
    "split_dataset",
    "standardize_dtype",
    "text_dataset_from_directory",
    "timeseries_dataset_from_array",
    "to_categorical",
    "unpack_x_y_sample_weight",
]
