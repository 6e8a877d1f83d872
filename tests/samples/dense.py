"""Samples of layers."""

from contract_layers import LayerSample

from laminax import layers
from samples.inputs import integers, steps

LAYERS = [
    steps(
        layers.EinsumDense,
        {"equation": "abc,cde->abde", "output_shape": (None, 2, 4), "bias_axes": "e", "activation": "tanh"},
        mask="warns",
    ),
    steps(layers.EinsumDense, {"equation": "ab...,bc->ac...", "output_shape": 4, "bias_axes": "c"}, free=()),
    LayerSample(
        layers.ReversibleEmbedding,
        {"input_dim": 3, "output_dim": 2, "tie_weights": False, "mask_zero": True},
        (integers(3, 4, 5),),
        free=(1,),
    ),
]
