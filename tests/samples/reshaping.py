"""Samples of layers."""

from laminax import layers
from samples.inputs import images, rows, steps, volumes

LAYERS = [
    steps(layers.Cropping1D, {"cropping": (1, 2)}, mask="warns"),
    images(layers.Cropping2D, {"cropping": ((1, 2), (0, 1))}),
    volumes(layers.Cropping3D, {"data_format": "channels_first", "cropping": (1, 1, 0)}, free=(1,)),
    steps(layers.Flatten, {}, mask="warns"),
    images(layers.Flatten, {"data_format": "channels_first"}),
    steps(layers.Permute, {"dims": (2, 1)}, free=(1, 2), mask="warns"),
    rows(layers.RepeatVector, {"n": 3}, free=(1,)),
    steps(layers.Reshape, {"target_shape": [3, -1]}, mask="warns"),
    images(layers.Reshape, {"target_shape": [42, 4]}, free=()),
    steps(layers.UpSampling1D, {}, mask="warns"),
    images(layers.UpSampling2D, {"size": (2, 1)}),
    images(layers.UpSampling2D, {"interpolation": "bicubic", "data_format": "channels_first"}, free=(2, 3)),
    volumes(layers.UpSampling3D, {"size": (1, 2, 3)}),
    steps(layers.ZeroPadding1D, {"padding": (0, 2)}, mask="warns"),
    images(layers.ZeroPadding2D, {"padding": ((1, 0), (2, 3))}),
    volumes(layers.ZeroPadding3D, {"padding": (1, 0, 2), "data_format": "channels_first"}, free=(2, 3, 4)),
]
