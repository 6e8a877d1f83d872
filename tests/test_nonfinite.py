"""Steps that are not finite: the weights stay, and the error says where it began."""

import jax
import numpy as np
import pytest
from small import N, R, X, arrays, assert_equal_weights, chain, quiet, stepwise

import laminax as lx
from laminax import layers
from laminax._core.finite import all_finite
from laminax.callbacks import TerminateOnNaN

pytestmark = pytest.mark.filterwarnings("ignore:.*and the model gives no finite number for that row")
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


def filled(value, *place, shape=(100, 50)):
    """A gradient with one number that is given."""
    x = arrays(*shape)
    x[place] = value
    return x


WRONG = np.nan, np.inf, -np.inf
EXTREME = np.where(np.arange(5000).reshape(100, 50) % 3, -np.finfo("float32").max, np.finfo("float32").max)


@pytest.mark.parametrize(
    ("grad", "fine"),
    [
        *[(filled(value, *place), False) for value in WRONG for place in ((0, 0), (57, 3), (99, 49))],
        (np.concatenate([filled(np.inf, 5, 3), filled(-np.inf, 5, 3)]), False),
        (filled(np.nan, 4999, shape=(5000,)), False),
        (filled(np.inf, 2, 3, 1, 7, shape=(5, 5, 4, 64)), False),
        (filled(np.inf, 3, shape=(50,)), False),
        (filled(np.inf, 70, 3).astype("float16"), False),
        (EXTREME, True),
        (np.full((100, 50), 65504, "float16"), True),
        (np.full((5000, 1), np.finfo("float32").max), True),
        (np.full((100, 50), 1e-45, "float32"), True),
        (arrays(50), True),
        (arrays(0, 3), True),
    ],
)
def test_what_is_looked_at(grad, fine):
    """Every number, also of large gradients; and no finite number is too large or too small."""
    assert bool(jax.jit(all_finite)({"kernel": grad, "bias": arrays(3)})) == fine


SLOW = pytest.mark.filterwarnings("ignore:.*computes in float16, which is slower:UserWarning")


def test_a_part_in_turn():
    """Of very large gradients: all in as many turns as they have parts."""
    seen = []
    for place in ((0, 0), (1999, 5), (2047, 99), (4999, 99)):
        grad = filled(np.nan, *place, shape=(5000, 100))
        assert not bool(all_finite(grad))
        seen.append([i for i in range(8) if not bool(jax.jit(all_finite)(grad, i))])
    assert seen == [[0, 4], [1, 5], [1, 5], [3, 7]]


def without_nan(x):
    return lx.ops.where(lx.ops.isnan(x), 0.0, x)


def hidden():
    """A NaN that the forward pass hides, and that comes back to one row of a large gradient alone."""
    x = arrays(N, 600)
    x[3, 411] = np.nan
    return x


def wide(**settings):
    return model(layers.Dense(8, name="h"), layers.Lambda(without_nan), width=600, **settings)


@pytest.mark.parametrize("scaled", [False, True], ids=["", "under loss scaling"])
@pytest.mark.parametrize("eager", [False, True], ids=["compiled", "eager"])
def test_one_row_of_a_large_gradient(scaled, eager):
    """The weights stay; under loss scaling the factor falls until it can't be the reason."""
    optimizer = lx.optimizers.SGD(0.1)
    optimizer = lx.optimizers.LossScaleOptimizer(optimizer, initial_scale=0.25) if scaled else optimizer
    halting = wide(optimizer=optimizer, run_eagerly=eager)
    before = halting.get_weights()
    with pytest.raises(lx.objective.NonFiniteError, match=r"Step (1|14) of epoch 1 .*x\[3, 411\] = nan") as caught:
        quiet(halting, hidden(), R, steps_per_epoch=20)
    assert ("Step 14 " in str(caught.value)) == scaled
    for a, b in zip(before, halting.get_weights()):
        np.testing.assert_array_equal(a, b)


def test_one_row_of_a_very_large_gradient():
    """No weight takes it before its turn comes, and then the run ends."""
    x = hidden()
    huge = model(layers.Dense(800), layers.Lambda(without_nan), width=600, optimizer=lx.optimizers.SGD(1e-5))
    with pytest.raises(lx.objective.NonFiniteError, match=r"Step 1 of epoch 3 .*x\[3, 411\] = nan"):
        quiet(huge, x, R, epochs=9)
    assert all(np.isfinite(w).all() for w in huge.get_weights())


def test_loss_scaling_forgives_gradients_that_are_too_large():
    """A factor that takes gradients out of range is halved, no step is an error, and the model learns."""
    scaled = model(optimizer=lx.optimizers.LossScaleOptimizer(lx.optimizers.SGD(1e-3), initial_scale=2.0**127))
    history = quiet(scaled, X * 8, R, epochs=3, batch_size=2)
    assert np.isfinite(history.history["loss"]).all()
    assert history.history["loss"][-1] < history.history["loss"][0]
    assert float(scaled.optimizer.dynamic_scale) < 2.0**127


@pytest.mark.parametrize("policy", ["float32", "mixed_float16"])
@SLOW
def test_a_loss_that_is_nan_halts_under_loss_scaling(policy):
    """No factor helps there: neither weights nor statistics nor the optimizer's factor take it."""
    scaled = model(layers.Dense(3, dtype=policy), optimizer=lx.optimizers.LossScaleOptimizer(lx.optimizers.SGD(0.05)))
    before = scaled.get_weights()
    with pytest.raises(lx.objective.NonFiniteError, match=r"x\[13, 2\] = nan"):
        quiet(scaled, BAD, R)
    for a, b in zip(before, scaled.get_weights()):
        np.testing.assert_array_equal(a, b)


@SLOW
def test_float16_by_policy():
    """The factor that `compile` puts around an optimizer falls by the same flag, and "skip" counts what is left out."""
    lx.utils.set_random_seed(7)
    skipping = lx.Sequential([lx.Input((4,)), layers.Dense(1)], dtype="mixed_float16")
    skipping.compile("sgd", "mse", on_nonfinite="skip")
    assert isinstance(skipping.optimizer, lx.optimizers.LossScaleOptimizer)
    with pytest.warns(lx.objective.ObjectiveWarning, match="1 of 6 steps of epoch 1 were not finite"):
        quiet(skipping, BAD, R, batch_size=4)
    assert np.isfinite(skipping.get_weights()[0]).all()
