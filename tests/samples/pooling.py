"""Samples of layers."""

from laminax import layers
from samples.inputs import images, steps

LAYERS = [
    images(layers.AveragePooling2D, {}),
    images(layers.AveragePooling2D, {"pool_size": 3, "strides": 2, "padding": "same"}),
    images(layers.AveragePooling2D, {"pool_size": [2, 1], "data_format": "channels_first"}, free=(2, 3)),
    steps(layers.GlobalAveragePooling1D, {}, free=(1, 2), mask="stops"),
    steps(layers.GlobalAveragePooling1D, {"keepdims": True}, mask="stops"),
    steps(layers.GlobalAveragePooling1D, {"data_format": "channels_first"}, free=(1, 2)),
    images(layers.GlobalAveragePooling2D, {}, free=(1, 2, 3)),
    images(layers.GlobalAveragePooling2D, {"data_format": "channels_first", "keepdims": True}),
    images(layers.MaxPooling2D, {}),
    images(layers.MaxPooling2D, {"pool_size": 3, "strides": 2, "padding": "same"}),
    images(layers.MaxPooling2D, {"pool_size": [2, 1], "data_format": "channels_first"}, free=(2, 3)),
]
