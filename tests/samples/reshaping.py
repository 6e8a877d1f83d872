"""Samples of layers."""

from laminax import layers
from samples.inputs import images, steps

LAYERS = [
    steps(layers.Flatten, {}, mask="warns"),
    images(layers.Flatten, {"data_format": "channels_first"}),
    steps(layers.Reshape, {"target_shape": [3, -1]}, mask="warns"),
    images(layers.Reshape, {"target_shape": [42, 4]}, free=()),
]
