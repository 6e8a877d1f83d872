"""Samples of layers."""

from contract_layers import LayerSample

from laminax import layers
from samples.inputs import ROWS, STEPS, integers, steps

LAYERS = [
    steps(layers.Normalization, {}, mask="passes"),
    LayerSample(
        layers.Normalization,
        {"mean": [1.0, 2.0, 3.0], "variance": [0.5, 1.0, 2.0], "invert": True},
        (STEPS,),
        free=(1,),
    ),
    LayerSample(layers.Normalization, {"axis": None, "mean": 0.5, "variance": 2.0}, (ROWS,)),
    steps(layers.Rescaling, {"scale": 0.5, "offset": [0.1, 0.2, 0.3]}, mask="passes"),
    LayerSample(layers.Rescaling, {"scale": 1 / 255}, (integers(255, 4, 3),), free=(1,), notes=("discrete",)),
    LayerSample(
        layers.CategoryEncoding,
        {"num_tokens": 5, "output_mode": "count"},
        (integers(5, 4, 3),),
        (1,),
        notes=("discrete",),
    ),
    LayerSample(
        layers.Discretization,
        {"bin_boundaries": [-0.5, 0.0, 1.0], "output_mode": "one_hot"},
        (STEPS,),
        (1,),
        notes=("discrete",),
    ),
    LayerSample(
        layers.IntegerLookup,
        {"vocabulary": [3, 1, 7], "output_mode": "multi_hot", "num_oov_indices": 2},
        (integers(9, 4, 3),),
        (1,),
        notes=("discrete",),
    ),
    steps(
        layers.Pipeline,
        lambda: {"layers": [layers.Rescaling(2.0), layers.Dense(4), layers.Activation("tanh")]},
        mask="passes",
    ),
]
