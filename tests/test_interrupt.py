"""Ctrl-C and exceptions at any moment leave a model that holds a whole number of steps, predicts, and trains on."""

import contextlib
import os
import random
import signal
import threading
import time

import numpy as np
import pytest
from interrupted import BATCHES, Expected, assert_same_state, presses, replay, state, trained_pair, whole_steps
from small import N, R, X, noisy, quiet, regression, stepwise

import laminax as lx
from laminax import callbacks
from laminax._core import interrupts


@pytest.fixture
def ctrl_c():
    """Ctrl-C raises `KeyboardInterrupt` where a test expects it; one that comes later than that does no harm."""
    expected, before = Expected(), signal.getsignal(signal.SIGINT)
    signal.signal(signal.SIGINT, expected.handle)
    yield expected
    time.sleep(0.02)
    signal.signal(signal.SIGINT, before)


@pytest.mark.parametrize("times", [1, 3])
@pytest.mark.parametrize("drive", ["fused", "stepwise"])
def test_ctrl_c_leaves_a_whole_number_of_steps(monkeypatch, ctrl_c, drive, times, tmp_path):
    """`python -m interrupted 500` presses more often."""
    if drive == "stepwise":
        stepwise(monkeypatch)
    assert whole_steps(ctrl_c, times, 60, tmp_path).history.mode == drive


@pytest.mark.parametrize("validated", [False, True])
def test_ctrl_c_and_a_run_that_goes_on(ctrl_c, tmp_path, validated):
    """After any number of them a run is as one without."""
    given = {"x": X, "y": R, "batch_size": 6, "seed": 1, **({"validation_data": (X, R)} if validated else {})}
    model, other, third = noisy(), noisy(), noisy()
    quiet(model, **given, resume=tmp_path / "model")

    def epochs():
        return int(model.optimizer.iterations) // 4

    def run():
        quiet(third, **given, epochs=next(ends), resume=tmp_path / "third")

    ends = iter([4, 8])  # it goes on where it ended
    for _, moment in presses(random.Random(validated), run, 25, epochs, 10):
        ctrl_c.interrupted(lambda: quiet(model, **given, epochs=10**9, resume=tmp_path / "model"), moment)
        assert np.isfinite(model.predict(X, verbose=0)).all()
    assert epochs() > 10
    done = epochs() + 1
    history = quiet(model, **given, epochs=done, resume=tmp_path / "model")
    wanted = quiet(other, **given, epochs=done)
    assert history.history == wanted.history
    assert_same_state(model, other)


def test_ctrl_c_in_a_stream_and_in_eager_steps(ctrl_c):
    for settings, data in (({}, {"x": [(X, R)] * 3}), ({"run_eagerly": True}, {"x": X, "y": R})):
        model = regression(optimizer="sgd", **settings)
        quiet(model, **data)
        rng = random.Random(0)
        for _ in range(10):
            ctrl_c.interrupted(lambda m=model, d=data: quiet(m, **d, epochs=10**9), rng.uniform(0, 0.05))
            assert np.isfinite(model.predict(X, verbose=0)).all()
            assert signal.getsignal(signal.SIGINT) == ctrl_c.handle
        assert len(quiet(model, **data, epochs=2).epoch) == 2


def test_ctrl_c_in_evaluation_and_prediction(ctrl_c):
    model = noisy()
    model.evaluate(X, R, verbose=0)
    before = state(model)

    def ask():
        while True:
            model.evaluate(X, R, batch_size=8, verbose=0)
            model.predict(X, batch_size=8, verbose=0)

    for i in range(10):
        ctrl_c.interrupted(ask, 0.003 * i)
    for a, b in zip(before, state(model), strict=True):
        np.testing.assert_array_equal(a, b)
    assert signal.getsignal(signal.SIGINT) == ctrl_c.handle


def test_ctrl_c_in_a_callback_comes_at_once():
    """Also when the callback does not mind: later steps are protected again."""
    seen = []

    class Presses(callbacks.Callback):
        def on_train_batch_end(self, batch, logs=None):
            with pytest.raises(KeyboardInterrupt):
                signal.raise_signal(signal.SIGINT)
            seen.append(signal.getsignal(signal.SIGINT))

    quiet(regression(), X, R, epochs=2, callbacks=[Presses()])
    assert seen == [signal.default_int_handler] * 2
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_held_back_until_the_end_of_a_step():
    order = []

    def pressed(times):
        with interrupts.held():
            interrupts.checkpoint()
            with interrupts.held():  # an inner one is of no account
                for _ in range(times):
                    signal.raise_signal(signal.SIGINT)
            order.append("done")
            interrupts.checkpoint()
            order.append("on")

    for times in (0, 1, 3):
        with pytest.raises(KeyboardInterrupt) if times else contextlib.nullcontext():
            pressed(times)
        assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
    assert order == ["done", "on", "done", "done"]


def test_released_at_once():
    order = []

    def pressed_within():
        with interrupts.released():
            signal.raise_signal(signal.SIGINT)
            order.append("never")

    def pressed_before():
        signal.raise_signal(signal.SIGINT)
        order.append("before")
        with interrupts.released():
            order.append("never")

    with interrupts.held():
        for pressed in (pressed_within, pressed_before):
            with pytest.raises(KeyboardInterrupt):
                pressed()
            assert signal.getsignal(signal.SIGINT) is not signal.default_int_handler
    assert order == ["before"]
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_released_to_a_new_handler():
    seen = []
    try:
        with interrupts.held():
            with interrupts.released():
                signal.signal(signal.SIGINT, lambda *_: seen.append("new"))
            signal.raise_signal(signal.SIGINT)
            assert seen == []
        assert seen == ["new"]
    finally:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def test_a_handler_of_the_users_own_is_called_between_steps():
    class StopError(Exception):
        pass

    def handler(*_):
        raise StopError

    model, other = trained_pair()
    before = signal.signal(signal.SIGINT, handler)
    try:
        start = int(model.optimizer.iterations)
        soon = threading.Timer(0.01, os.kill, (os.getpid(), signal.SIGINT))
        start_timer = callbacks.LambdaCallback(on_train_begin=lambda *_: soon.start())
        with pytest.raises(StopError):
            quiet(model, **BATCHES, epochs=10**9, callbacks=[start_timer])
        assert signal.getsignal(signal.SIGINT) is handler
    finally:
        signal.signal(signal.SIGINT, before)
    replay(other, int(model.optimizer.iterations) - start)
    assert_same_state(model, other)


def test_ctrl_c_that_is_ignored_stays_so():
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        press = callbacks.LambdaCallback(on_epoch_begin=lambda *_: os.kill(os.getpid(), signal.SIGINT))
        assert len(quiet(regression(), X, R, epochs=2, callbacks=[press]).epoch) == 2
        assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGINT, before)


def test_fit_in_another_thread_leaves_signals_alone():
    found = []

    def run():
        look = callbacks.LambdaCallback(on_epoch_end=lambda *_: found.append(signal.getsignal(signal.SIGINT)))
        found.append(len(quiet(regression(), X, R, epochs=2, callbacks=[look]).epoch))

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    assert found == [signal.default_int_handler, signal.default_int_handler, 2]


@pytest.mark.parametrize("step", [0, 1, 3, 5])
def test_an_exception_of_a_callback_leaves_whole_steps(step):
    model, other = noisy(), noisy()

    class Breaks(callbacks.Callback):
        seen = 0

        def on_train_batch_end(self, batch, logs=None):
            self.seen += 1
            if self.seen > step:
                raise OSError("disk full")

    with pytest.raises(OSError, match="disk full"):
        quiet(model, **BATCHES, epochs=3, callbacks=[Breaks()])
    replay(other, step + 1)
    assert int(model.optimizer.iterations) == step + 1
    assert_same_state(model, other)
    quiet(model, **BATCHES)
    quiet(other, **BATCHES)
    assert_same_state(model, other)


def test_an_exception_of_the_data_leaves_whole_steps():
    model, other = noisy(), noisy()

    def broken():
        for i in (0, 6, 12):
            yield X[i : i + 6], R[i : i + 6]
        raise OSError("cable pulled")

    with pytest.raises(OSError, match="cable pulled"):
        quiet(model, broken())
    replay(other, 3)
    assert_same_state(model, other)
    assert model.predict(X, verbose=0).shape == (N, 1)


def test_an_exception_in_the_model_leaves_it_as_it_was():
    """Raised while a step is traced: nothing has run."""
    fails = []

    class Fragile(lx.layers.Layer):
        def call(self, x):
            if fails:
                raise ArithmeticError("too warm")
            return x

    lx.utils.set_random_seed(7)
    model = lx.Sequential([lx.Input((4,)), Fragile(), lx.layers.Dense(1)])
    model.compile("sgd", "mse")
    before = state(model)
    fails.append(True)
    for call in (lambda: quiet(model, X, R), lambda: model.train_on_batch(X, R), lambda: model.predict(X, verbose=0)):
        with pytest.raises(ArithmeticError, match="too warm"):
            call()
    for a, b in zip(before, state(model)):
        np.testing.assert_array_equal(a, b)
    fails.clear()
    assert len(quiet(model, X, R).epoch) == 1
