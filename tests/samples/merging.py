"""Samples of layers."""

from contract_layers import LayerSample

from laminax import layers
from samples.inputs import STEPS, normal, steps

LAYERS = [
    steps(layers.Add, {}, inputs=([STEPS, normal(4, 5, 3), normal(4, 5, 3)],), free=(1, 2), mask="passes"),
    LayerSample(layers.Add, {}, ([STEPS, normal(4, 3)],), free=()),
    steps(layers.Concatenate, {}, inputs=([STEPS, normal(4, 5, 2)],), mask="passes"),
    steps(layers.Concatenate, {"axis": 1}, inputs=([STEPS, normal(4, 2, 3)],)),
    steps(layers.Multiply, {}, inputs=([STEPS, normal(4, 5, 3)],), free=(1, 2), mask="passes"),
]
