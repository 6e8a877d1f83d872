"""Samples of layers."""

from contract_layers import LayerSample

from laminax import layers
from samples.inputs import ROWS, images, steps

LAYERS = [
    steps(layers.Activation, {"activation": "tanh"}, free=(1, 2), mask="passes"),
    LayerSample(layers.Activation, {"activation": "softmax"}, (ROWS,), free=(1,)),
    steps(layers.ELU, {"alpha": 0.7}, free=(1, 2), mask="passes"),
    steps(layers.LeakyReLU, {}, free=(1, 2), mask="passes"),
    steps(layers.PReLU, {"shared_axes": [1], "alpha_regularizer": "l1"}, mask="passes"),
    steps(layers.ReLU, {}, free=(1, 2), mask="passes"),
    steps(layers.ReLU, {"max_value": 1.0, "negative_slope": 0.1, "threshold": 0.3}, free=(1, 2), mask="passes"),
    steps(layers.Softmax, {}, free=(1, 2), mask="passes"),
    steps(layers.Softmax, {"axis": 1}, free=(1, 2), mask="passes"),
    images(layers.Softmax, {"axis": [1, 2]}),
]
