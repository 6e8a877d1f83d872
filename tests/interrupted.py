"""Presses Ctrl-C at random moments of training: each time the model must be that after a whole number of steps.

PYTHONPATH=tests python -m interrupted 500
"""

import os
import pathlib
import random
import signal
import sys
import tempfile
import threading
import time

import numpy as np
import pytest
from small import R, X, noisy, quiet

import laminax as lx
from laminax.training import trainer


class Expected:
    """Raises one `KeyboardInterrupt` each time that a test expects one."""

    def __init__(self):
        self.here = False

    def handle(self, *_):
        here, self.here = self.here, False
        if here:
            raise KeyboardInterrupt

    def interrupted(self, run, delay, times=1):
        """Press Ctrl-C some times after `delay` seconds of `run()`, and see it end."""

        def press():
            time.sleep(delay)
            for _ in range(times):
                os.kill(os.getpid(), signal.SIGINT)
                time.sleep(0.0005)

        def pressed():
            self.here = True
            thread.start()
            run()

        thread = threading.Thread(target=press)
        with pytest.raises(KeyboardInterrupt):
            pressed()
        thread.join()


def state(model):
    """All that training changes."""
    return [v.numpy() for v in [*model.variables, *model.optimizer.variables]]


def assert_same_state(first, second):
    for a, b in zip(state(first), state(second), strict=True):
        np.testing.assert_array_equal(a, b)


def presses(rng, run, few, done, enough):
    """Moments within the time that `run()` takes here: a few, and on a busy machine more, until enough is `done()`."""
    run()
    start = time.perf_counter()
    run()
    longest = time.perf_counter() - start
    for i in range(20 * few):
        if i >= few and done() > enough:
            break
        yield i, rng.uniform(0, longest)


BATCHES = {"x": X, "y": R, "batch_size": 6, "shuffle": False, "seed": None}


def replay(model, steps):
    """So many steps from the start of an epoch, without anybody who disturbs."""
    if steps:
        quiet(model, **BATCHES, steps_per_epoch=steps)


def trained_pair(**settings):
    """Two equal models with all compiled."""
    pair = noisy(optimizer=lx.optimizers.Adam(1e-3), **settings), noisy(optimizer=lx.optimizers.Adam(1e-3), **settings)
    for model in pair:
        for steps in (4, 1, 2, 3, 8):
            replay(model, steps)
        model.predict(X, verbose=0)
    assert_same_state(*pair)
    return pair


def whole_steps(ctrl_c, times, count, folder):
    """Interrupt training so often: what is left predicts, is saved and loaded, and equals undisturbed steps."""
    model, other = trained_pair()
    third = noisy()

    def done():
        return int(model.optimizer.iterations)

    def run():
        quiet(third, **BATCHES, epochs=4)

    for i, moment in presses(random.Random(0), run, count, done, 100):
        before = done()
        validation = {"validation_data": (X, R)} if i % 3 == 0 else {}
        ctrl_c.interrupted(lambda given=validation: quiet(model, **BATCHES, epochs=10**9, **given), moment, times)
        assert signal.getsignal(signal.SIGINT) == ctrl_c.handle
        predicted = model.predict(X, verbose=0)
        assert np.isfinite(predicted).all()
        model.save(folder / "m.keras")
        if i % 10 == 0:
            np.testing.assert_array_equal(lx.saving.load_model(folder / "m.keras").predict(X, verbose=0), predicted)
        replay(other, done() - before)
        assert_same_state(model, other)
    assert done() > 100
    return model


def main(count):
    """A quarter of them with steps one by one, a quarter pressed three times, and both."""
    ctrl_c = Expected()
    signal.signal(signal.SIGINT, ctrl_c.handle)
    for drive, limit in (("fused", trainer.RESIDENT_BYTES), ("stepwise", 0)):
        trainer.RESIDENT_BYTES = limit
        for times in (1, 3):
            with tempfile.TemporaryDirectory() as folder:
                model = whole_steps(ctrl_c, times, -(-int(count) // 4), pathlib.Path(folder))
            time.sleep(0.02)
            print(f"{drive}, pressed {times} times: {int(model.optimizer.iterations)} steps, all whole", flush=True)
            assert model.history.mode == drive


if __name__ == "__main__":
    main(*sys.argv[1:])
