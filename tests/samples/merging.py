"""Samples of layers."""

from contract_layers import LayerSample

from laminax import layers
from samples.inputs import STEPS, normal, steps

LAYERS = [
    steps(layers.Add, {}, inputs=([STEPS, normal(4, 5, 3), normal(4, 5, 3)],), free=(1, 2), mask="passes"),
    LayerSample(layers.Add, {}, ([STEPS, normal(4, 3)],)),
    steps(layers.Average, {}, inputs=([STEPS, normal(4, 5, 3)],), free=(1, 2), mask="passes"),
    steps(layers.Concatenate, {}, inputs=([STEPS, normal(4, 5, 2)],), mask="passes"),
    steps(layers.Concatenate, {"axis": 1}, inputs=([STEPS, normal(4, 2, 3)],)),
    steps(layers.Dot, {"axes": (2, 2)}, inputs=([STEPS, normal(4, 2, 3)],)),
    LayerSample(layers.Dot, {"axes": -1, "normalize": True}, ([normal(4, 3), normal(4, 3)],)),
    steps(layers.Maximum, {}, inputs=([STEPS, normal(4, 5, 3)],), free=(1, 2), mask="passes"),
    steps(layers.Minimum, {}, inputs=([STEPS, normal(4, 5, 3)],), free=(1, 2), mask="passes"),
    steps(layers.Multiply, {}, inputs=([STEPS, normal(4, 5, 3)],), free=(1, 2), mask="passes"),
    steps(layers.Subtract, {}, inputs=([STEPS, normal(4, 5, 3)],), free=(1, 2), mask="passes"),
]
