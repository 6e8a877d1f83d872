"""Cases: class, arguments, inputs, arguments of the call."""

import numpy as np
from inputs import MASK, normal

QUERIES, VALUES = MASK[:, :4], MASK
SEES = np.tril(np.ones((3, 4, 5), bool)) & VALUES[:, None]
HEADS = {"num_heads": 2, "key_dim": 3}
GROUPS = {"head_dim": 2, "num_query_heads": 4, "num_key_value_heads": 2}


def inputs():
    return [normal(3, 4, 6), normal(3, 5, 6)]


CASES = [
    ("Attention", {}, [[normal(3, 4, 6), normal(3, 5, 2), normal(3, 5, 6)]], {}),
    ("Attention", {"use_scale": True}, [inputs()], {"mask": [QUERIES, VALUES], "return_attention_scores": True}),
    ("Attention", {"score_mode": "concat", "use_scale": True, "dropout": 0.5}, [inputs()], {"use_causal_mask": True}),
    ("Attention", {"use_scale": True}, [[normal(3, 2, 4, 6), normal(3, 2, 5, 6)]], {}),
    ("AdditiveAttention", {}, [inputs()], {"mask": [None, VALUES], "use_causal_mask": True}),
    ("AdditiveAttention", {"use_scale": False}, [[normal(3, 4, 6), normal(3, 5, 2), normal(3, 5, 6)]], {}),
    ("MultiHeadAttention", HEADS, inputs(), {}),
    (
        "MultiHeadAttention",
        {**HEADS, "value_dim": 4, "use_bias": False, "dropout": 0.5},
        [*inputs(), normal(3, 5, 2)],
        {},
    ),
    ("MultiHeadAttention", HEADS, inputs(), {"attention_mask": SEES, "use_causal_mask": True}),
    ("MultiHeadAttention", HEADS, inputs(), {"attention_mask": SEES, "return_attention_scores": True}),
    ("MultiHeadAttention", {**HEADS, "dropout": 0.5}, inputs(), {"use_causal_mask": True}),
    ("MultiHeadAttention", {**HEADS, "use_gate": True, "output_shape": [2, 3]}, inputs(), {"value_mask": VALUES}),
    ("MultiHeadAttention", {**HEADS, "sliding_window": 2}, [normal(3, 5, 6), normal(3, 5, 6)], {}),
    ("MultiHeadAttention", HEADS, [normal(3, 2, 2, 4), normal(3, 1, 3, 4)], {"return_attention_scores": True}),
    ("MultiHeadAttention", {**HEADS, "attention_axes": 2}, [normal(3, 2, 4, 4), normal(3, 2, 5, 4)], {}),
    ("GroupQueryAttention", GROUPS, inputs(), {"use_causal_mask": True}),
    ("GroupQueryAttention", GROUPS, inputs(), {"attention_mask": SEES, "return_attention_scores": True}),
    ("GroupQueryAttention", {**GROUPS, "use_gate": True}, [*inputs(), normal(3, 5, 2)], {"value_mask": VALUES}),
]
