"""Samples of layers."""

from contract_layers import LayerSample

from laminax import layers
from samples.inputs import ROWS, STATES, STEPS, normal, steps

BACKWARDS = {
    "units": 3,
    "go_backwards": True,
    "use_bias": False,
    "activation": "relu",
    "recurrent_activation": "hard_sigmoid",
}
NOISY = {"units": 3, "dropout": 0.3, "recurrent_dropout": 0.3, "seed": 3}


class Mean(layers.Layer):
    """A cell whose state is a running mean: one without `prepare` and `advance`, with dropout of its own."""

    state_size = 3

    def __init__(self, rate=0.0, **kwargs):
        super().__init__(**kwargs)
        self.rate = rate
        self.dropout = layers.Dropout(rate)

    def build(self, input_shape):
        self.kernel = self.add_weight((input_shape[-1], 3), name="kernel")

    def call(self, inputs, states, training=False):
        state = (states[0] + self.dropout(inputs @ self.kernel, training=training)) / 2
        return state, [state]


LAYERS = [
    steps(layers.LSTM, {"units": 3}, mask="stops"),
    steps(layers.LSTM, {**BACKWARDS, "return_sequences": True, "return_state": True}, mask="passes"),
    steps(
        layers.LSTM,
        {"units": 3, "stateful": True, "return_sequences": True},
        free=(),
        mask="passes",
        notes=("stateful",),
    ),
    LayerSample(layers.LSTM, {**NOISY, "unroll": True}, (STEPS[:, :2],), mask="stops", notes=("random",)),
    LayerSample(layers.LSTMCell, {"units": 3}, (ROWS, STATES)),
    LayerSample(
        layers.LSTMCell, {"units": 3, "dropout": 0.2, "recurrent_dropout": 0.2}, (ROWS, STATES), notes=("random",)
    ),
    steps(layers.GRU, {"units": 3, "return_sequences": True}, mask="passes"),
    steps(layers.GRU, {**NOISY, "reset_after": False}, mask="stops", notes=("random",)),
    LayerSample(layers.GRUCell, {"units": 3}, (ROWS, STATES[0])),
    steps(layers.SimpleRNN, {"units": 3, "return_state": True}, mask="stops"),
    LayerSample(layers.SimpleRNNCell, NOISY, (ROWS, STATES[:1]), notes=("random",)),
    steps(layers.RNN, lambda: {"cell": layers.LSTMCell(3), "return_sequences": True}, mask="passes"),
    steps(
        layers.RNN,
        lambda: {"cell": Mean(), "zero_output_for_mask": True},
        mask="stops",
        notes=("custom", "knows no padding"),
    ),
    steps(layers.RNN, lambda: {"cell": Mean(0.3)}, mask="stops", notes=("random", "custom")),
    steps(layers.RNN, lambda: {"cell": [layers.GRUCell(3), layers.LSTMCell(2)]}, mask="stops"),
    LayerSample(
        layers.StackedRNNCells,
        lambda: {"cells": [layers.SimpleRNNCell(3), layers.LSTMCell(3)]},
        (ROWS, [STATES[0], STATES]),
    ),
    LayerSample(layers.ConvLSTM1D, {"filters": 2, "kernel_size": 2}, (normal(4, 3, 4, 2),), free=(1,), mask="stops"),
    LayerSample(
        layers.ConvLSTM2D,
        {
            "filters": 2,
            "kernel_size": 2,
            "data_format": "channels_first",
            "padding": "same",
            "return_sequences": True,
            "recurrent_dropout": 0.3,
        },
        (normal(4, 2, 2, 3, 3),),
        mask="passes",
        notes=("random",),
    ),
    LayerSample(layers.ConvLSTM3D, {"filters": 2, "kernel_size": 2}, (normal(4, 2, 3, 2, 3, 2),), mask="stops"),
    steps(layers.Bidirectional, lambda: {"layer": layers.GRU(2, return_sequences=True)}, mask="passes"),
    steps(
        layers.Bidirectional,
        lambda: {"layer": layers.LSTM(2, return_state=True), "merge_mode": None},
        mask="stops",
    ),
    steps(layers.TimeDistributed, lambda: {"layer": layers.Dense(2)}, mask="passes"),
    steps(
        layers.TimeDistributed,
        lambda: {"layer": layers.BatchNormalization()},
        mask="passes",
    ),
]
