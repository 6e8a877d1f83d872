"""Samples of layers."""

from laminax import layers
from samples.inputs import images

LAYERS = [
    images(layers.Conv2D, {"filters": 2, "kernel_size": 3, "activation": "relu"}, mask="warns"),
    images(layers.Conv2D, {"filters": 2, "kernel_size": [3, 2], "strides": 2, "padding": "same", "use_bias": False}),
    images(
        layers.Conv2D, {"filters": 4, "kernel_size": 2, "groups": 2, "dilation_rate": 2, "kernel_regularizer": "l2"}
    ),
    images(layers.Conv2D, {"filters": 2, "kernel_size": 3, "data_format": "channels_first"}, free=(2, 3)),
]
