"""Samples of layers."""

from contract_layers import LayerSample

from laminax import layers
from samples.inputs import ROWS, images, steps

LAYERS = [
    steps(layers.BatchNormalization, {}, mask="passes"),
    LayerSample(layers.BatchNormalization, {"scale": False, "center": False, "momentum": 0.5}, (ROWS,)),
    images(layers.BatchNormalization, {"axis": 1, "gamma_regularizer": "l2"}, free=(2, 3)),
    LayerSample(layers.BatchNormalization, {"renorm": True}, (ROWS,), notes=("biased",)),
    images(layers.GroupNormalization, {"groups": 2}),
    images(layers.GroupNormalization, {"groups": -1, "axis": 1, "center": False, "scale": False}, free=(2, 3)),
    steps(layers.LayerNormalization, {}, mask="passes"),
    steps(layers.LayerNormalization, {"axis": [1, 2], "center": False}, free=()),
    steps(layers.LayerNormalization, {"axis": 1, "scale": False}, free=(2,)),
    steps(layers.RMSNormalization, {}, mask="passes"),
    images(layers.SpectralNormalization, lambda: {"layer": layers.Conv2D(3, 2)}, notes=("biased",)),
    steps(layers.UnitNormalization, {}, free=(1, 2), mask="passes"),
]
