"""Samples of layers."""

from laminax import layers
from samples.inputs import steps

LAYERS = [
    steps(layers.Dropout, {"rate": 0.5}, free=(1, 2), mask="passes", notes=("random",)),
    steps(layers.Dropout, {"rate": 0.3, "noise_shape": (None, 1, None), "seed": 4}, mask="passes", notes=("random",)),
]
