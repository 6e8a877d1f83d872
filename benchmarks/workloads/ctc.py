"""A reader of lines: features of 100 frames into labels without their places, by CTC (Graves et al., 2006)."""

from .lstm import lstm
from .workload import Workload

FRAMES, FEATURES, FILTERS, WINDOW, UNITS = 100, 32, 64, 5, 64
CLASSES, LABELS = 28, 15  # 27 labels and the blank; the longest row of labels


def inputs(rng, count):
    return rng.standard_normal((count, FRAMES, FEATURES), "float32")


def targets(rng, x):
    """Rows of 5 to 15 labels, filled up by the blank."""
    labels = rng.integers(1, CLASSES, (len(x), LABELS)).astype("int32")
    lengths = rng.integers(5, LABELS + 1, len(x))
    labels[range(LABELS) >= lengths[:, None]] = 0
    return labels


def keras(lib):
    layers = lib.layers
    return lib.Sequential(
        [
            lib.Input((FRAMES, FEATURES)),
            layers.Conv1D(FILTERS, WINDOW, padding="same", activation="relu"),
            layers.LSTM(UNITS, return_sequences=True),
            layers.Dense(CLASSES),
        ]
    )


def torch(weights):
    """torch has two biases of the gates, which are added; one of them stays at zero."""
    import torch
    from torch import nn

    from ..peers.torch_by_hand import put

    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.convolution = nn.Conv1d(FEATURES, FILTERS, WINDOW, padding=WINDOW // 2)
            self.lstm = nn.LSTM(FILTERS, UNITS)
            self.head = nn.Linear(UNITS, CLASSES)

        def forward(self, x):
            x = torch.relu(self.convolution(x.mT))
            return self.head(self.lstm(x.permute(2, 0, 1))[0]).transpose(0, 1)

    net = Net()
    kernel, bias, inward, recurrent, gate_bias, head, head_bias = weights
    lstm = net.lstm
    lstm_weights = [lstm.weight_ih_l0, lstm.weight_hh_l0, lstm.bias_ih_l0]
    put(
        [*net.convolution.parameters(), *lstm_weights, *net.head.parameters()],
        [kernel.transpose(2, 1, 0), bias, inward.T, recurrent.T, gate_bias, head.T, head_bias],
    )
    with torch.no_grad():
        lstm.bias_hh_l0.zero_()
    lstm.bias_hh_l0.requires_grad_(False)
    return net


def jax(weights, x):
    import jax
    import jax.numpy as jnp

    kernel, bias, inward, recurrent, gate_bias, head, head_bias = weights
    half = WINDOW // 2
    x = jnp.pad(x.swapaxes(0, 1), [(half, half), (0, 0), (0, 0)])  # the steps first, as the loop takes them
    patches = jnp.concatenate([x[i : i + FRAMES] for i in range(WINDOW)], -1).reshape(-1, WINDOW * FEATURES)
    x = jax.nn.relu(patches @ kernel.reshape(-1, FILTERS) + bias)
    h = lstm(x, inward, recurrent, gate_bias, FRAMES, sequences=True)
    logits = h.reshape(-1, UNITS) @ head + head_bias
    return logits.reshape(FRAMES, -1, CLASSES).swapaxes(0, 1)


WORKLOAD = Workload(
    name="ctc",
    title="CTC reader",
    batch=32,
    steps=40,
    inputs=inputs,
    shapes=[
        (WINDOW, FEATURES, FILTERS),
        (FILTERS,),
        (FILTERS, 4 * UNITS),
        (UNITS, 4 * UNITS),
        (4 * UNITS,),
        (UNITS, CLASSES),
        (CLASSES,),
    ],
    keras=keras,
    torch=torch,
    jax=jax,
    targets=targets,
    loss="ctc",
)
