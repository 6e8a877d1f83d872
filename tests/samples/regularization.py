"""Samples of layers."""

from laminax import layers
from samples.inputs import images, steps, volumes

LAYERS = [
    steps(layers.ActivityRegularization, {"l1": 0.1, "l2": 0.2}, free=(1, 2), mask="passes"),
    steps(layers.AlphaDropout, {"rate": 0.3}, free=(1, 2), mask="passes", notes=("random",)),
    steps(layers.Dropout, {"rate": 0.5}, free=(1, 2), mask="passes", notes=("random",)),
    steps(layers.Dropout, {"rate": 0.3, "noise_shape": (None, 1, None), "seed": 4}, mask="passes", notes=("random",)),
    steps(layers.GaussianDropout, {"rate": 0.3}, free=(1, 2), mask="passes", notes=("random",)),
    steps(layers.GaussianNoise, {"stddev": 0.3}, free=(1, 2), mask="passes", notes=("random",)),
    steps(layers.SpatialDropout1D, {"rate": 0.3}, free=(1, 2), mask="passes", notes=("random",)),
    images(layers.SpatialDropout2D, {"rate": 0.3, "data_format": "channels_first"}, notes=("random",)),
    volumes(layers.SpatialDropout3D, {"rate": 0.3, "seed": 2}, notes=("random",)),
]
