"""The same seed gives the same bits, and nobody else's random numbers are touched."""

import hashlib
import os
import random
import subprocess
import sys
import threading

import numpy as np
from small import AB, SK, N, R, X, assert_equal_weights, noisy, quiet, two

import laminax as lx
from laminax import layers


def test_two_runs_in_one_process():
    runs = []
    for _ in range(2):
        model = noisy()
        history = quiet(model, X, R, batch_size=8, epochs=3, seed=5, validation_split=0.2)
        runs.append((model, history))
    assert runs[0][1].history == runs[1][1].history
    assert_equal_weights(runs[0][0], runs[1][0])


def test_the_seed_of_fit_rules_order_and_noise():
    """Models whose dropout was seeded otherwise train alike if `fit` has a seed, and differ by it."""

    def run(program_seed, seed):
        model = noisy()
        start = model.get_weights()
        lx.utils.set_random_seed(program_seed)
        model = lx.models.clone_model(model)
        model.compile("sgd", "mse")
        model.set_weights(start)
        return quiet(model, X, R, batch_size=8, epochs=2, seed=seed).history["loss"]

    seeded = run(1, 5)
    assert run(2, 5) == seeded
    assert run(1, 6) != seeded
    assert run(1, None) != run(2, None)


def test_a_layer_with_a_seed_of_its_own_keeps_it():
    def masks(seed):
        lx.utils.set_random_seed(1)
        model = lx.Sequential([lx.Input((4,)), layers.Dropout(0.5, seed=3), layers.Dense(1)])
        model.compile(lx.optimizers.SGD(0.0), "mse")
        return quiet(model, X, R, epochs=2, shuffle=False, seed=seed).history["loss"]

    assert masks(1) == masks(2)
    assert masks(1)[0] != masks(1)[1]  # each step draws anew


def state_of_the_program():
    return random.getstate(), np.random.get_state()[1].tolist(), np.random.get_state()[2]


def test_global_random_state_is_neither_moved_nor_read():
    model = noisy()
    before = state_of_the_program()
    quiet(model, X, R, batch_size=8, epochs=2, validation_split=0.2)
    model.evaluate(X, R, verbose=0)
    model.predict(X, verbose=0)
    lx.Sequential([lx.Input((4,)), layers.Dense(3), layers.Dropout(0.5)])
    assert state_of_the_program() == before

    losses = []
    for seed in (1, 2):
        model = noisy()
        random.seed(seed)
        np.random.seed(seed)
        losses.append(quiet(model, X, R, batch_size=8, epochs=2, seed=0).history["loss"])
    assert losses[0] == losses[1]


def test_runs_without_a_seed_differ():
    model = noisy()
    seeds = {quiet(model, X, R, epochs=0).seed for _ in range(4)}
    assert len(seeds) == 4


PROGRAM = """
import hashlib
import small
small.lx.utils.set_random_seed(3)
digest = hashlib.sha256()
for model, data in ((small.noisy(), (small.X, small.R)), (small.two(metrics=["mae"]), (small.AB, small.SK))):
    history = small.quiet(model, *data, batch_size=8, epochs=2, seed=1)
    digest.update(repr(history.history).encode())
    for weight in model.get_weights():
        digest.update(weight.tobytes())
print(digest.hexdigest())
"""


def own_digest():
    """What `PROGRAM` prints, computed here."""
    digest = hashlib.sha256()
    for model, data in ((noisy(), (X, R)), (two(metrics=["mae"]), (AB, SK))):
        history = quiet(model, *data, batch_size=8, epochs=2, seed=1)
        digest.update(repr(history.history).encode())
        for weight in model.get_weights():
            digest.update(weight.tobytes())
    return digest.hexdigest()


def test_processes_with_other_hash_seeds():
    runs = []
    for seed in ("1", "2"):
        environment = {**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": os.path.dirname(__file__)}
        command = [sys.executable, "-c", PROGRAM]
        runs.append(subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True, cwd=os.getcwd()))
    printed = [run.communicate()[0].strip() for run in runs]
    assert [run.returncode for run in runs] == [0, 0]
    assert printed[0] == printed[1] == own_digest()


def test_models_trained_at_once_in_threads_are_as_if_alone():
    given = {"batch_size": 8, "epochs": 3, "seed": 5}
    wanted = noisy()
    quiet(wanted, X, R, **given)
    models = [noisy() for _ in range(3)]
    threads = [threading.Thread(target=quiet, args=(model, X, R), kwargs=given) for model in models]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for model in models:
        assert_equal_weights(wanted, model)
    assert models[0].predict(X, verbose=0).shape == (N, 1)
