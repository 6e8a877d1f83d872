"""Steps that are not finite: the weights stay, and the error says where it began."""

import numpy as np
import pytest
from small import N, R, X, arrays, assert_equal_weights, chain, quiet, stepwise

import laminax as lx
from laminax import layers
from laminax.callbacks import TerminateOnNaN
from laminax.training.finite import looks_finite

BAD = X.copy()
BAD[13, 2] = np.nan


def model(*inner, **settings):
    """A chain that halts at its first step that is not finite."""
    return chain(*inner, layers.Dense(1), **settings)


def batches(x=BAD):
    return [(x[i : i + 4], R[i : i + 4]) for i in range(0, N, 4)]


def root(x):
    """Which has no slope at 0."""
    return lx.ops.sqrt(lx.ops.square(x))


def logarithm(x):
    return lx.ops.log(x - 100)


CASES = [
    (
        "input",
        lambda: quiet(model(), BAD, R, batch_size=4, shuffle=False),
        "Step 4; x[13, 2] = nan; Fill it",
    ),
    ("input, shuffled", lambda: quiet(model(), BAD, R, batch_size=4), "of epoch 1; x[13, 2] = nan; drop the row"),
    ("input of a stream", lambda: quiet(model(), batches()), "Step 4 of epoch 1; x[1, 2] of the batch = nan"),
    ("input of a batch", lambda: model().train_on_batch(BAD, R), "The step; x[13, 2] of the batch = nan"),
    ("eagerly", lambda: quiet(model(run_eagerly=True), BAD, R, batch_size=11, shuffle=False), "Step 2; x[13, 2] = nan"),
    (
        "a layer",
        lambda: quiet(model(layers.Dense(2, name="h"), layers.Lambda(logarithm, name="log")), X, R),
        "Step 1; the layer log (Lambda) gives nan for row",
    ),
    (
        "a gradient",
        lambda: quiet(model(layers.Dense(2, name="h", kernel_initializer="zeros"), layers.Lambda(root)), X, R),
        "Step 1; the gradient of; h/; nan; of a loss that is finite; clipnorm",
    ),
    (
        "a rate",
        lambda: quiet(model(layers.Dense(3), optimizer=lx.optimizers.SGD(1e12)), X, R, epochs=9),
        "(Dense) gives; for row; a lower learning rate",
    ),
]


@pytest.mark.parametrize(("program", "words"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_where_it_began(program, words):
    with pytest.raises(lx.objective.NonFiniteError) as caught:
        program()
    message = str(caught.value)
    assert not [part for part in words.split("; ") if part not in message], message
    assert "is not finite: " in message
    assert "The weights are those before it." in message
    assert "\n" not in message


@pytest.mark.parametrize("one_by_one", [False, True])
def test_the_weights_are_those_before_the_step(one_by_one, monkeypatch):
    """To the bit, and the next run goes on from them."""
    if one_by_one:
        stepwise(monkeypatch)
    halted, good = (model(layers.Dense(3), layers.BatchNormalization(), optimizer="adam") for _ in "ab")
    with pytest.raises(lx.objective.NonFiniteError, match="Step 4 "):
        quiet(halted, BAD, R, batch_size=4, shuffle=False)
    quiet(good, X, R, batch_size=4, shuffle=False, steps_per_epoch=3)
    assert_equal_weights(halted, good)
    quiet(halted, X, R)
    assert np.isfinite(halted.evaluate(X, R, verbose=0))


def test_steps_may_be_left_out():
    skipping = model(on_nonfinite="skip")
    with pytest.warns(lx.objective.ObjectiveWarning, match="1 of 6 steps of epoch 1 were not finite"):
        history = quiet(skipping, BAD, R, batch_size=4)
    assert np.isfinite(history.history["loss"]).all()
    assert np.isfinite(skipping.get_weights()[0]).all()


@pytest.mark.parametrize("settings", [{"on_nonfinite": "ignore"}, {}], ids=["ignored", "watched by a callback"])
def test_who_asks_for_it_sees_nan(settings, capsys):
    ignoring = model(**settings)
    history = quiet(ignoring, BAD, R, callbacks=[] if settings else [TerminateOnNaN()])
    assert np.isnan(history.history["loss"]).all()


def test_the_rule_is_checked():
    with pytest.raises(ValueError, match=r"compile: argument `on_nonfinite` can't be 'stop'"):
        model(on_nonfinite="stop")


def test_what_is_looked_at():
    """All of small gradients; of large ones every unit."""
    grads = {"kernel": arrays(100, 50), "bias": arrays(50)}
    assert bool(looks_finite(grads))
    for name, place in (("bias", 3), ("kernel", (slice(None), 7))):
        bad = {key: value.copy() for key, value in grads.items()}
        bad[name][place] = np.nan
        assert not bool(looks_finite(bad))
