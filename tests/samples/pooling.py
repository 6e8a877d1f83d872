"""Samples of layers."""

from laminax import layers
from samples.inputs import images, steps, volumes

LAYERS = [
    steps(layers.AdaptiveAveragePooling1D, {"output_size": 2}, free=(1, 2), mask="warns"),
    images(layers.AdaptiveAveragePooling2D, {"output_size": [3, 2]}, free=(1, 2, 3)),
    volumes(layers.AdaptiveAveragePooling3D, {"output_size": 2, "data_format": "channels_first"}, free=(2, 3, 4)),
    steps(layers.AdaptiveMaxPooling1D, {"output_size": 2}, free=(1, 2), mask="warns"),
    images(layers.AdaptiveMaxPooling2D, {"output_size": [3, 2]}, free=(1, 2, 3)),
    volumes(layers.AdaptiveMaxPooling3D, {"output_size": 2, "data_format": "channels_first"}, free=(2, 3, 4)),
    steps(layers.AveragePooling1D, {"pool_size": 2}, mask="shrinks"),
    images(layers.AveragePooling2D, {}),
    images(layers.AveragePooling2D, {"pool_size": 3, "strides": 2, "padding": "same"}),
    images(layers.AveragePooling2D, {"pool_size": [2, 1], "data_format": "channels_first"}, free=(2, 3)),
    volumes(layers.AveragePooling3D, {"pool_size": 2, "strides": 1}),
    steps(layers.GlobalAveragePooling1D, {}, free=(1, 2), mask="stops"),
    steps(layers.GlobalAveragePooling1D, {"keepdims": True}, mask="stops"),
    steps(layers.GlobalAveragePooling1D, {"data_format": "channels_first"}, free=(1, 2)),
    images(layers.GlobalAveragePooling2D, {}, free=(1, 2, 3)),
    images(layers.GlobalAveragePooling2D, {"data_format": "channels_first", "keepdims": True}),
    volumes(layers.GlobalAveragePooling3D, {}, free=(1, 2, 3, 4)),
    steps(layers.GlobalMaxPooling1D, {"keepdims": True}, free=(1, 2), mask="warns"),
    images(layers.GlobalMaxPooling2D, {}, free=(1, 2, 3)),
    volumes(layers.GlobalMaxPooling3D, {}, free=(1, 2, 3, 4)),
    steps(layers.MaxPooling1D, {}, mask="shrinks"),
    images(layers.MaxPooling2D, {}),
    images(layers.MaxPooling2D, {"pool_size": 3, "strides": 2, "padding": "same"}),
    images(layers.MaxPooling2D, {"pool_size": [2, 1], "data_format": "channels_first"}, free=(2, 3)),
    volumes(layers.MaxPooling3D, {"pool_size": 2, "strides": 1}),
]
