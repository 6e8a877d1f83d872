"""Samples of layers."""

from contract_layers import LayerSample

from laminax import layers
from samples.inputs import STEPS, normal, steps

LAYERS = [
    steps(layers.AdditiveAttention, {}, inputs=([STEPS, normal(4, 5, 2), normal(4, 5, 3)],), mask="passes"),
    steps(layers.Attention, {"use_scale": True}, inputs=([STEPS, normal(4, 5, 3)],), mask="passes"),
    LayerSample(
        layers.Attention, {"score_mode": "concat", "dropout": 0.4}, ([STEPS, normal(4, 6, 3)],), notes=("random",)
    ),
    steps(
        layers.GroupedQueryAttention,
        {"head_dim": 2, "num_query_heads": 4, "num_key_value_heads": 2, "sliding_window": 3},
        inputs=(STEPS, normal(4, 5, 3)),
        mask="passes",
    ),
    steps(
        layers.MultiHeadAttention,
        {"num_heads": 2, "key_dim": 3, "value_dim": 2},
        inputs=(STEPS, normal(4, 5, 3), normal(4, 5, 3)),
        mask="passes",
    ),
    LayerSample(
        layers.MultiHeadAttention,
        {"num_heads": 2, "key_dim": 2, "attention_axes": (1, 2), "use_gate": True, "output_shape": 4, "dropout": 0.3},
        (normal(4, 3, 2, 3), normal(4, 2, 2, 3)),
        notes=("random",),
    ),
]
