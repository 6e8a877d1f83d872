"""Cases: class, arguments, inputs, arguments of the call."""

from inputs import MASK, integers, normal

CASES = [
    ("Dense", {"units": 4}, [normal(3, 5)], {}),
    ("Dense", {"units": 4, "activation": "relu", "use_bias": False}, [normal(3, 2, 5)], {}),
    ("Dense", {"units": 4, "activation": "softmax"}, [normal(3, 5)], {}),
    ("Embedding", {"input_dim": 7, "output_dim": 3}, [integers(7, 3, 5)], {}),
    ("Embedding", {"input_dim": 7, "output_dim": 3, "mask_zero": True}, [integers(7, 3, 5)], {}),
    ("Identity", {}, [normal(3, 5)], {}),
    ("Masking", {"mask_value": 0.0}, [normal(3, 5, 2) * MASK[..., None]], {}),
]
