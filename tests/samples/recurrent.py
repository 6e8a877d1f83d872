"""Samples of layers."""

from contract_layers import LayerSample

from laminax import layers
from samples.inputs import ROWS, STATES, STEPS, steps

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
    steps(layers.RNN, lambda: {"cell": layers.LSTMCell(3), "return_sequences": True}, mask="passes"),
    steps(
        layers.RNN,
        lambda: {"cell": Mean(), "zero_output_for_mask": True},
        mask="stops",
        notes=("custom", "knows no padding"),
    ),
    steps(layers.RNN, lambda: {"cell": Mean(0.3)}, mask="stops", notes=("random", "custom")),
]
