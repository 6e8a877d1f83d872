"""What is handed to cuDNN's long short-term memory, and taken from it, with a stand-in that takes the same."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from jax.experimental import rnn
from small import quiet

import laminax as lx
from laminax._core import compat
from laminax.ops import lstm, lstm_cudnn

STEPS, BATCH, FEATURES, UNITS = 6, 5, 3, 4
RNG = np.random.default_rng(0)
GIVEN = [
    jnp.asarray(RNG.normal(size=shape), "float32")
    for shape in (
        (STEPS, BATCH, FEATURES),
        (FEATURES, 4 * UNITS),
        (UNITS, 4 * UNITS),
        (4 * UNITS,),
        (BATCH, UNITS),
        (BATCH, UNITS),
    )
]


def rows(*lengths):
    """A mask with so many first steps in each row."""
    return jnp.arange(STEPS)[:, None, None] < jnp.array(lengths)[None, :, None]


MASKS = {
    "none": None,
    "all": rows(6, 6, 6, 6, 6),
    "first steps": rows(6, 1, 3, 2, 5),
    "last steps": rows(6, 1, 3, 2, 5)[::-1],
    "an empty row": rows(6, 0, 3, 2, 5),
}


CALLS = []  # a mark for each time that the stand-in runs


def was_called():
    jax.effects_barrier()
    return bool(CALLS)


@pytest.fixture(autouse=True)
def device(monkeypatch):
    """A GPU, as far as the layer can tell."""

    def lstm_of_device(x, h, c, weights, lengths, features, units):
        jax.debug.callback(lambda: CALLS.append(1))
        assert (x.shape, h.shape, c.shape) == ((BATCH, STEPS, FEATURES), (1, BATCH, UNITS), (1, BATCH, UNITS))
        assert (lengths.shape, lengths.dtype) == ((BATCH,), "int32")
        assert weights.shape == (rnn.get_num_params_in_lstm(features, units, 1, False),)
        (into,), (again,), (first,), (second,) = (
            part.values() for part in rnn.unpack_lstm_weights(weights, features, units, 1, False)
        )
        h, c, outputs = h[0], c[0], []
        for t in range(STEPS):
            i, f, g, o = jnp.split(x[:, t] @ into.T + h @ again.T + first + second, 4, -1)
            new = jax.nn.sigmoid(f) * c + jax.nn.sigmoid(i) * jnp.tanh(g)
            real = (t < lengths)[:, None]
            c, h = jnp.where(real, new, c), jnp.where(real, jax.nn.sigmoid(o) * jnp.tanh(new), h)
            outputs.append(jnp.where(real, h, 0))  # nothing stands behind the end of a row
        return jnp.stack(outputs, 1), h[None], c[None]

    CALLS.clear()
    monkeypatch.setattr(compat, "cudnn_lstm", lstm_of_device)
    monkeypatch.setattr(lstm_cudnn, "is_there", lstm_cudnn.could_run)


@pytest.mark.parametrize("name", MASKS)
def test_outputs_states_and_gradients_are_those_of_the_loop(name):
    def total(steps):
        def of(*given):
            outputs, h, c = steps(*given, MASKS[name])
            weights = jnp.cos(jnp.arange(outputs.size).reshape(outputs.shape))
            return jnp.sum(outputs * weights) + jnp.sum(h**3) + jnp.sum(c**2), (outputs, h)

        return jax.value_and_grad(of, range(6), has_aux=True)

    ours, theirs = total(lstm.lstm_steps)(*GIVEN), total(lstm._in_a_loop)(*GIVEN)
    assert was_called() == (name in ("none", "all", "first steps"))
    for a, b in zip(jax.tree.leaves(ours), jax.tree.leaves(theirs), strict=True):
        np.testing.assert_allclose(a, b, 1e-5, 1e-5)


@pytest.mark.parametrize("name", MASKS)
def test_which_masks_it_runs_on(name):
    if MASKS[name] is not None:
        assert bool(lstm_cudnn.runs_on(MASKS[name])) == (name in ("all", "first steps"))


@pytest.mark.parametrize(
    ("arguments", "asked"),
    [
        ({}, True),
        ({"use_cudnn": True}, True),
        ({"go_backwards": True}, True),
        ({"use_bias": False}, True),
        ({"use_cudnn": False}, False),
        ({"activation": "relu"}, False),
        ({"recurrent_activation": "tanh"}, False),
        ({"unroll": True}, False),
        ({"recurrent_dropout": 0.5}, False),
    ],
)
def test_layers_that_ask_for_it(arguments, asked):
    x = np.asarray(jnp.swapaxes(GIVEN[0], 0, 1))
    layer = lx.layers.LSTM(UNITS, return_sequences=True, return_state=True, **arguments)
    found = [np.asarray(y) for y in layer(x, training=True)]
    assert was_called() == asked
    if asked:
        layer.cell.cudnn = False
        for a, b in zip(found, layer(x, training=True), strict=True):
            np.testing.assert_allclose(a, b, 1e-5, 1e-6)


def test_a_model_with_a_mask_trains_alike():
    tokens = RNG.integers(1, 10, (BATCH, STEPS)) * np.asarray(MASKS["first steps"])[:, :, 0].T

    def trained(use_cudnn):
        lx.utils.set_random_seed(0)
        layers = [lx.layers.Embedding(10, FEATURES, mask_zero=True), lx.layers.LSTM(UNITS, use_cudnn=use_cudnn)]
        model = lx.Sequential([lx.Input((STEPS,), dtype="int32"), *layers, lx.layers.Dense(1)])
        model.compile("sgd", "mse")
        return quiet(model, tokens, np.ones((5, 1)), batch_size=5, epochs=3).history["loss"]

    loop = trained(False)
    assert not was_called()
    np.testing.assert_allclose(trained("auto"), loop, 1e-5)
    assert was_called()


def test_which_types_and_sizes_it_takes():
    x, h = GIVEN[0], GIVEN[4]
    assert lstm_cudnn.could_run(x, h)
    assert not lstm_cudnn.could_run(x.astype("bfloat16"), h)
    assert not lstm_cudnn.could_run(x[:0], h)
