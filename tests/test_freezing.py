"""What `trainable` says is obeyed at the next run or epoch, without `compile`; the optimizer keeps what it knows."""

import itertools

import numpy as np
import pytest
from small import N, R, X, assert_close_weights, assert_equal_weights, chain, quiet, regression, stepwise

import laminax as lx
from laminax import layers


def adam():
    return lx.optimizers.Adam(0.05)


def moved(model, before):
    """Which weights are not as they were."""
    return [not np.array_equal(a, b) for a, b in zip(before, model.get_weights(), strict=True)]


def test_a_frozen_layer_stays_and_the_others_move():
    model = regression(optimizer=adam())
    quiet(model, X, R)
    model.layers[0].trainable = False
    before = model.get_weights()
    quiet(model, X, R)
    assert moved(model, before) == [False, False, True, True]
    before = model.get_weights()
    model.train_on_batch(X, R)
    assert moved(model, before) == [False, False, True, True]
    model.layers[0].trainable = True
    before = model.get_weights()
    model.train_on_batch(X, R)
    assert moved(model, before) == [True, True, True, True]


def test_a_single_variable_can_be_frozen():
    model = regression()
    model.layers[0].bias.trainable = False
    before = model.get_weights()
    quiet(model, X, R)
    assert moved(model, before) == [True, False, True, True]


def test_a_frozen_model_can_be_evaluated_and_thawed():
    model = regression()
    model.trainable = False
    assert model.trainable_variables == []
    assert model.evaluate(X, R, verbose=0) > 0
    assert model.predict(X, verbose=0).shape == (N, 1)
    model.trainable = True
    before = model.get_weights()
    quiet(model, X, R)
    assert all(moved(model, before))


def slots(model, part):
    """What the optimizer remembers of the variables whose path contains `part`."""
    return {v.name: v.numpy() for v in model.optimizer.variables if part in v.name}


def test_the_optimizer_keeps_what_it_knows_of_frozen_weights():
    model = regression(optimizer=adam())
    quiet(model, X, R, epochs=3)
    first = model.layers[0]
    known = slots(model, "dense/kernel")
    assert known
    assert any(np.any(value) for value in known.values())
    first.trainable = False
    quiet(model, X, R)
    for name, value in slots(model, "dense/kernel").items():
        np.testing.assert_array_equal(value, known[name])
    first.trainable = True
    steps = int(model.optimizer.iterations)
    quiet(model, X, R)
    assert int(model.optimizer.iterations) == steps + 1


def test_weights_that_were_frozen_first_get_slots_when_they_move():
    model, start = regression(optimizer=adam()), regression(optimizer=adam())
    model.layers[0].trainable = False
    quiet(model, X, R)
    model.layers[0].trainable = True
    quiet(model, X, R)
    assert moved(model, start.get_weights()) == [True] * 4


class Thaw(lx.callbacks.Callback):
    """Sets `trainable` of a layer after some epochs."""

    def __init__(self, layer, epoch, value=True):
        self.layer, self.epoch, self.value = layer, epoch, value
        self.weights = []

    def on_epoch_end(self, epoch, logs=None):
        self.weights.append(self.model.get_weights())
        if epoch == self.epoch:
            self.layer.trainable = self.value


@pytest.mark.parametrize("drive", ["fused", "stepwise"])
@pytest.mark.parametrize("value", [True, False])
def test_a_callback_may_freeze_and_thaw(monkeypatch, drive, value):
    if drive == "stepwise":
        stepwise(monkeypatch)
    model, parts = (chain(layers.Dense(3), layers.BatchNormalization(), layers.Dense(1)) for _ in range(2))
    thaw = Thaw(model.layers[0], 1, value)
    for m in (model, parts):
        m.layers[0].trainable = not value
    history = quiet(model, X, R, batch_size=8, epochs=4, seed=0, callbacks=[thaw])
    assert history.mode == drive
    quiet(parts, X, R, batch_size=8, epochs=2, seed=0)
    parts.layers[0].trainable = value
    quiet(parts, X, R, batch_size=8, initial_epoch=2, epochs=4, seed=0)
    assert_equal_weights(model, parts)
    kernels = [weights[0] for weights in thaw.weights]
    stood = [np.array_equal(a, b) for a, b in itertools.pairwise(kernels)]
    assert stood == [value, not value, not value]


def test_thawing_in_a_stream_goes_on_where_it_was():
    taken = []

    def batches():
        for i in range(100):
            taken.append(i)
            yield X[:8], R[:8]

    model = regression()
    model.layers[0].trainable = False
    quiet(model, batches(), epochs=4, steps_per_epoch=3, callbacks=[Thaw(model.layers[0], 1)])
    assert taken == list(range(12))


def test_normalization_that_is_frozen_uses_its_running_statistics():
    """Also where there is no weight that the freezing could take from the gradient."""
    inner = layers.BatchNormalization(center=False, scale=False, momentum=0.5)
    model = chain(layers.Dense(3), inner, layers.Dense(1))
    thaw = Thaw(inner, 0, False)
    quiet(model, X, R, epochs=3, callbacks=[thaw])
    means = [weights[2] for weights in thaw.weights]
    assert not np.array_equal(means[0], np.zeros(3))
    np.testing.assert_array_equal(means[0], means[1])
    np.testing.assert_array_equal(means[0], means[2])


def test_freezing_an_inner_model():
    inner = lx.Sequential([lx.Input((4,)), layers.Dense(3), layers.Dropout(0.5)])
    inner.trainable = False
    model = chain(inner, layers.Dense(1))
    before = model.get_weights()
    quiet(model, X, R)
    assert moved(model, before) == [False, False, True, True]


def test_the_learning_rate_is_obeyed_at_the_next_step():
    model = regression(optimizer=lx.optimizers.SGD(0.1))
    quiet(model, X, R)
    model.optimizer.learning_rate = 0.0
    before = model.get_weights()
    quiet(model, X, R)
    assert moved(model, before) == [False] * 4
    schedules = lx.optimizers.schedules
    for rate, wanted in ((0.1, True), (0.0, False), (0.1, True)):
        model.optimizer.learning_rate = schedules.ExponentialDecay(rate, 10, 0.9)
        before = model.get_weights()
        quiet(model, X, R)
        assert any(moved(model, before)) is wanted


def test_weights_that_are_set_between_runs_and_in_callbacks():
    model, other = regression(optimizer="sgd"), regression(optimizer="sgd")
    start = model.get_weights()

    class Reset(lx.callbacks.Callback):
        def on_epoch_end(self, epoch, logs=None):
            if epoch == 1:
                self.model.set_weights(start)

    quiet(model, X, R, epochs=3, shuffle=False, callbacks=[Reset()])
    quiet(other, X, R, epochs=1, shuffle=False)
    assert_close_weights(model, other)


def test_weights_that_share_an_array_for_a_while():
    """A launch deletes what it replaces; an array that two variables hold must not be deleted twice."""
    model = chain(layers.Dense(4), layers.Dense(4), layers.Dense(1))

    class Share(lx.callbacks.Callback):
        def on_epoch_end(self, epoch, logs=None):
            self.model.layers[0].kernel.assign(self.model.layers[1].kernel.value)

        def on_train_batch_end(self, batch, logs=None):
            self.model.layers[0].bias.assign(self.model.layers[1].bias.value)

    quiet(model, X, R, batch_size=8, epochs=3, callbacks=[Share()])
    np.testing.assert_array_equal(model.layers[0].kernel.numpy(), model.layers[1].kernel.numpy())


def test_arrays_from_before_a_run_live_on():
    model = regression()
    held = [v.value for v in model.weights]
    quiet(model, X, R, epochs=2)
    assert all(np.isfinite(np.asarray(value)).all() for value in held)


def test_an_optimizer_for_another_model_is_refused():
    optimizer = adam()
    quiet(regression(optimizer=optimizer), X, R)
    other = regression(optimizer=optimizer)
    with pytest.raises(ValueError, match="already trains the variables of another model"):
        quiet(other, X, R)
    other.compile(type(optimizer).from_config(optimizer.get_config()), "mse")
    quiet(other, X, R)


def test_compile_again_keeps_weights_and_may_keep_the_optimizer():
    model = regression(optimizer=adam())
    quiet(model, X, R)
    before = model.get_weights()
    model.compile(model.optimizer, "mae")
    for a, b in zip(before, model.get_weights()):
        np.testing.assert_array_equal(a, b)
    quiet(model, X, R)
    assert int(model.optimizer.iterations) == 2


def test_a_chain_may_grow_after_training():
    model = regression(optimizer=adam())
    quiet(model, X, R)
    model.add(layers.Dense(1, name="last"))
    quiet(model, X, R)
    assert len(model.get_weights()) == 6
    assert model.predict(X, verbose=0).shape == (N, 1)
