"""Samples of layers."""

from contract_layers import LayerSample

from laminax import activations, layers
from samples.inputs import ROWS, integers, steps

LAYERS = [
    steps(layers.Dense, {"units": 4}, mask="passes"),
    LayerSample(layers.Dense, {"units": 4, "activation": "softmax", "activity_regularizer": "l2"}, (ROWS,)),
    LayerSample(
        layers.Dense,
        {"units": 1, "use_bias": False, "kernel_regularizer": "l1", "kernel_constraint": "non_neg"},
        (ROWS,),
    ),
    LayerSample(layers.Embedding, {"input_dim": 7, "output_dim": 3}, (integers(7, 4, 5),), free=(1,)),
    LayerSample(
        layers.Embedding,
        {"input_dim": 7, "output_dim": 3, "mask_zero": True},
        (integers(3, 4, 5),),
        free=(1,),
        mask="own",
    ),
    steps(layers.Identity, {}, free=(1, 2), mask="passes"),
    steps(layers.Lambda, {"function": activations.gelu}, free=(1, 2), mask="warns", notes=("knows no padding",)),
    steps(layers.Masking, {"mask_value": 0.5}, free=(1, 2), mask="own"),
]
