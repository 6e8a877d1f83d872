"""Cases: class, arguments, inputs, arguments of the call."""

from inputs import HOLES, MASK, made, normal

BACK = {"go_backwards": True, "return_sequences": True}
ALL = {"return_sequences": True, "return_state": True}
CASES = [
    ("LSTM", {"units": 4}, [normal(3, 5, 2)], {}),
    ("LSTM", {"units": 4, "return_sequences": True}, [normal(3, 5, 2)], {"mask": MASK}),
    ("LSTM", {"units": 4, "return_sequences": True}, [normal(3, 5, 2)], {"mask": HOLES}),
    ("LSTM", {"units": 4}, [normal(3, 5, 2)], {"mask": HOLES}),
    ("LSTM", {"units": 4, "return_sequences": True, "return_state": True}, [normal(3, 5, 2)], {}),
    ("LSTM", {"units": 4, "go_backwards": True, "return_sequences": True}, [normal(3, 5, 2)], {"mask": MASK}),
    ("LSTM", {"units": 4, "activation": "relu", "recurrent_activation": "hard_sigmoid"}, [normal(3, 5, 2)], {}),
    ("LSTM", {"units": 4, "use_bias": False, "unit_forget_bias": False, "unroll": True}, [normal(3, 5, 2)], {}),
    ("LSTM", {"units": 4, **ALL}, [normal(3, 5, 2)], {"initial_state": [normal(3, 4), normal(3, 4)], "mask": HOLES}),
    ("LSTM", {"units": 4, "zero_output_for_mask": True}, [normal(3, 5, 2)], {"mask": MASK}),
    ("LSTMCell", {"units": 4}, [normal(3, 2), [normal(3, 4), normal(3, 4)]], {}),
    ("GRU", {"units": 4, **ALL}, [normal(3, 5, 2)], {}),
    ("GRU", {"units": 4, **ALL}, [normal(3, 5, 2)], {"initial_state": normal(3, 4), "mask": HOLES}),
    ("GRU", {"units": 4, "reset_after": False, **BACK}, [normal(3, 5, 2)], {"mask": MASK}),
    ("GRU", {"units": 4, "use_bias": False, "zero_output_for_mask": True, **BACK}, [normal(3, 5, 2)], {"mask": HOLES}),
    ("GRU", {"units": 4, "activation": "relu", "recurrent_activation": "hard_sigmoid"}, [normal(3, 5, 2)], {}),
    ("GRUCell", {"units": 4}, [normal(3, 2), [normal(3, 4)]], {}),
    ("SimpleRNN", {"units": 4, **ALL}, [normal(3, 5, 2)], {"initial_state": normal(3, 4), "mask": HOLES}),
    ("SimpleRNN", {"units": 4, "activation": "relu", "use_bias": False, **BACK}, [normal(3, 5, 2)], {}),
    ("SimpleRNNCell", {"units": 4}, [normal(3, 2), [normal(3, 4)]], {}),
    ("RNN", {"cell": made("GRUCell", units=4), "unroll": True, **ALL}, [normal(3, 5, 2)], {"mask": HOLES}),
    (
        "RNN",
        {"cell": [made("LSTMCell", units=3), made("GRUCell", units=4)], **ALL},
        [normal(3, 5, 2)],
        {"mask": MASK},
    ),
    ("ConvLSTM1D", {"filters": 2, "kernel_size": 3, "strides": 2, **ALL}, [normal(2, 3, 6, 2)], {}),
    (
        "ConvLSTM1D",
        {"filters": 2, "kernel_size": 3, "dilation_rate": 2, "padding": "same", **BACK},
        [normal(3, 5, 6, 2)],
        {},
    ),
    ("ConvLSTM2D", {"filters": 2, "kernel_size": (2, 3), "unit_forget_bias": False}, [normal(2, 3, 4, 5, 2)], {}),
    (
        "ConvLSTM2D",
        {"filters": 2, "kernel_size": 2, "data_format": "channels_first", "padding": "same", **ALL},
        [normal(2, 3, 2, 4, 3)],
        {"initial_state": [normal(2, 2, 4, 3), normal(2, 2, 4, 3)]},
    ),
    ("ConvLSTM3D", {"filters": 2, "kernel_size": 2, "use_bias": False}, [normal(2, 3, 3, 3, 2, 2)], {}),
    (
        "Bidirectional",
        {"layer": made("LSTM", units=2, **ALL), "merge_mode": None},
        [normal(3, 5, 2)],
        {"mask": HOLES, "initial_state": [normal(3, 2) for _ in range(4)]},
    ),
    ("Bidirectional", {"layer": made("GRU", units=2, return_sequences=True)}, [normal(3, 5, 2)], {"mask": MASK}),
    ("Bidirectional", {"layer": made("SimpleRNN", units=2), "merge_mode": "mul"}, [normal(3, 5, 2)], {}),
    (
        "Bidirectional",
        {
            "layer": made("GRU", units=2),
            "backward_layer": made("LSTM", units=2, go_backwards=True),
            "merge_mode": "ave",
        },
        [normal(3, 5, 2)],
        {"mask": HOLES},
    ),
    ("TimeDistributed", {"layer": made("Conv2D", filters=2, kernel_size=2)}, [normal(2, 3, 4, 3, 2)], {}),
    ("TimeDistributed", {"layer": made("BatchNormalization")}, [normal(4, 3, 2)], {"training": True}),
    ("TimeDistributed", {"layer": made("LSTM", units=2)}, [normal(2, 3, 4, 2)], {}),
]
