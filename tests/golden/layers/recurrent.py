"""Cases: class, arguments, inputs, arguments of the call."""

from inputs import HOLES, MASK, normal

CASES = [
    ("LSTM", {"units": 4}, [normal(3, 5, 2)], {}),
    ("LSTM", {"units": 4, "return_sequences": True}, [normal(3, 5, 2)], {"mask": MASK}),
    ("LSTM", {"units": 4, "return_sequences": True}, [normal(3, 5, 2)], {"mask": HOLES}),
    ("LSTM", {"units": 4}, [normal(3, 5, 2)], {"mask": HOLES}),
    ("LSTM", {"units": 4, "return_sequences": True, "return_state": True}, [normal(3, 5, 2)], {}),
    ("LSTM", {"units": 4, "go_backwards": True, "return_sequences": True}, [normal(3, 5, 2)], {"mask": MASK}),
    ("LSTM", {"units": 4, "activation": "relu", "recurrent_activation": "hard_sigmoid"}, [normal(3, 5, 2)], {}),
    ("LSTM", {"units": 4, "use_bias": False, "unit_forget_bias": False, "unroll": True}, [normal(3, 5, 2)], {}),
]
