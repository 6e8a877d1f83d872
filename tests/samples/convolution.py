"""Samples of layers."""

from laminax import layers
from samples.inputs import images, steps, volumes

TWO = {"filters": 2, "kernel_size": 2}

LAYERS = [
    steps(layers.Conv1D, {**TWO, "padding": "causal", "dilation_rate": 2}, mask="shrinks"),
    images(layers.Conv2D, {"filters": 2, "kernel_size": 3, "activation": "relu"}, mask="shrinks"),
    images(layers.Conv2D, {"filters": 2, "kernel_size": [3, 2], "strides": 2, "padding": "same", "use_bias": False}),
    images(layers.Conv2D, {**TWO, "filters": 4, "groups": 2, "dilation_rate": 2, "kernel_regularizer": "l2"}),
    images(layers.Conv2D, {"filters": 2, "kernel_size": 3, "data_format": "channels_first"}, free=(2, 3)),
    volumes(layers.Conv3D, {**TWO, "strides": (1, 2, 1)}),
    steps(layers.Conv1DTranspose, {**TWO, "strides": 3}, mask="warns"),
    images(layers.Conv2DTranspose, {**TWO, "kernel_size": 3, "strides": 2, "padding": "same", "output_padding": 1}),
    images(layers.Conv2DTranspose, {**TWO, "dilation_rate": 2, "data_format": "channels_first"}, free=(2, 3)),
    volumes(layers.Conv3DTranspose, {**TWO, "strides": (1, 2, 1)}),
    steps(layers.DepthwiseConv1D, {"kernel_size": 3, "depth_multiplier": 2}, mask="shrinks"),
    images(layers.DepthwiseConv2D, {"kernel_size": 3, "strides": 2, "padding": "same"}),
    steps(layers.SeparableConv1D, {**TWO, "activation": "tanh"}, mask="shrinks"),
    images(layers.SeparableConv2D, {**TWO, "depth_multiplier": 2, "data_format": "channels_first"}, free=(2, 3)),
]
