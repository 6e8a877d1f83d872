"""Recurrent layers: the derivative that is written out, and sequences without a step."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from contract import policy
from jax.test_util import check_grads

from laminax import layers
from laminax.ops.gru import gru_steps
from laminax.ops.lstm import lstm_steps
from laminax.ops.simple_rnn import simple_rnn_steps

RNG = np.random.default_rng(8)


SHAPES = {
    lstm_steps: ((4, 2, 5), (5, 12), (3, 12), (12,), (2, 3), (2, 3)),
    gru_steps: ((4, 2, 5), (5, 9), (3, 9), (2, 9), (2, 3)),
    simple_rnn_steps: ((4, 2, 5), (5, 3), (3, 3), (3,), (2, 3)),
}


@pytest.mark.parametrize("masked", [False, True])
@pytest.mark.parametrize("steps", SHAPES, ids=lambda steps: steps.__name__)
def test_derivatives_of_all_steps(steps, masked):
    """First and second ones, both ways, of the outputs and the last states."""
    mask = jnp.asarray([[1, 0], [0, 1], [1, 1], [1, 0]], bool)[..., None] if masked else None
    with policy("float64"):
        given = [jnp.asarray(RNG.normal(size=shape)) for shape in SHAPES[steps]]
        check_grads(lambda *a: steps(*a, mask), given, order=2, modes=("fwd", "rev"), atol=1e-6, rtol=1e-6)


@pytest.mark.parametrize(
    "settings", [{}, {"go_backwards": True}, {"recurrent_activation": "hard_sigmoid"}, {"unroll": True}]
)
@pytest.mark.parametrize("length", [1, 5])
def test_all_forms_of_lstm_are_one(settings, length):
    """A mask of ones takes the general loop; without a mask the usual activations take their own form."""
    layer = layers.LSTM(3, return_sequences=True, return_state=True, bias_initializer="uniform", **settings)
    x = jnp.asarray(RNG.normal(size=(2, length, 4)), "float32")
    first = [jnp.asarray(RNG.normal(size=(2, 3)), "float32") for _ in range(2)]
    for start in (None, first):
        for a, b in zip(layer(x, start), layer(x, start, mask=np.ones((2, length), bool))):
            np.testing.assert_allclose(a, b, atol=1e-6)


@pytest.mark.parametrize("settings", [{}, {"activation": "relu"}, {"return_sequences": True}, {"go_backwards": True}])
@pytest.mark.parametrize("masked", [False, True])
def test_no_steps(settings, masked):
    """The states stay, and the output is zero."""
    layer = layers.LSTM(3, return_state=True, **settings)
    layer.build((None, None, 4))
    first = [jnp.full((2, 3), 0.5), jnp.full((2, 3), 0.25)]
    mask = np.ones((2, 0), bool) if masked else None
    output, h, c = layer(np.zeros((2, 0, 4), "float32"), first, mask=mask)
    assert output.shape == ((2, 0, 3) if layer.return_sequences else (2, 3))
    assert not np.any(output)
    np.testing.assert_array_equal(h, first[0])
    np.testing.assert_array_equal(c, first[1])


def test_a_loop_compiles_once_for_all_calls(caplog):
    layer, x = layers.LSTM(5), jnp.asarray(RNG.normal(size=(2, 7, 6)), "float32")
    layer(x)
    with jax.log_compiles():
        layer(x)
    assert "scan" not in caplog.text
