"""Keras's older place for helpers with data; they are those of `laminax.utils`."""

from ..utils import image_dataset_from_directory, text_dataset_from_directory, timeseries_dataset_from_array
from . import image as image
from . import sequence as sequence

__all__ = ["image_dataset_from_directory", "text_dataset_from_directory", "timeseries_dataset_from_array"]
