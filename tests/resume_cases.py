"""Runs of many kinds, which go on after an end as if there had been none: the table, and how one is run in parts."""

import os
import random
import signal
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from small import AB, SK, C, R, X, chain, classifier, noisy, regression, two

import laminax as lx
from laminax import callbacks, layers, optimizers, utils
from laminax.optimizers import schedules
from laminax.training import keeping

XY = {"x": X, "y": R}
SEQUENCE = {"x": X.reshape(22, 2, 2), "y": R}
VALID = {"validation_data": (X[:9] + 1, R[:9])}
BATCHES = [(X[i : i + 6], R[i : i + 6]) for i in range(0, 22, 6)]


class HaltError(Exception):
    """The end of a run that was not finished."""


class Stop(callbacks.Callback):
    """Ends a run after so many steps."""

    def __init__(self, after):
        self.left = after

    def on_train_batch_end(self, batch, logs=None):
        self.left -= 1
        if not self.left:
            raise HaltError


class KillsItself(Stop):
    """Ends the program after so many steps, as `kill -9` does."""

    def on_train_batch_end(self, batch, logs=None):
        self.left -= 1
        if not self.left:
            os.kill(os.getpid(), signal.SIGKILL)


class Counts(callbacks.Callback):
    """Has a state, which the logs show."""

    remembered = ("seen", "sums")

    def on_train_begin(self, logs=None):
        self.seen, self.sums = 0, np.zeros(2)

    def on_epoch_end(self, epoch, logs=None):
        self.seen += 1
        self.sums = self.sums + [logs["loss"], 1]
        logs["seen"], logs["sum"] = self.seen, float(self.sums[0])


class Unfreezes(callbacks.Callback):
    """Lets the first layer move from the second epoch on."""

    def on_epoch_begin(self, epoch, logs=None):
        if epoch == 1:
            self.model.layers[0].trainable = True


class Shuffled:
    """Batches whose order comes from a state of their own, which each pass moves on."""

    def __init__(self):
        self.rng = np.random.default_rng(4)

    def __iter__(self):
        for i in self.rng.permutation(len(BATCHES)):
            x, y = BATCHES[i]
            yield x + self.rng.normal(size=x.shape).astype("float32"), y


class Dataset(utils.PyDataset):
    """Batches by number, which change from pass to pass."""

    def __init__(self, workers=1):
        super().__init__(workers=workers)
        self.passes = 0

    def __len__(self):
        return len(BATCHES)

    def __getitem__(self, i):
        return BATCHES[i][0] + self.passes, BATCHES[i][1]

    def on_epoch_end(self):
        self.passes += 1


def endless():
    while True:
        yield from BATCHES


class OwnStep(lx.Model):
    """A model with a step of its own."""

    def __init__(self):
        super().__init__()
        self.inner = layers.Dense(1)
        self.dropout = layers.Dropout(0.2)

    def call(self, x):
        return self.inner(self.dropout(x))

    def compute_loss(self, x=None, y=None, y_pred=None, sample_weight=None, training=True):
        return ((y - y_pred) ** 2).mean() * 2


class OwnTrainStep(OwnStep):
    def train_step(self, state, data):
        logs, state = super().train_step(state, data)
        return {"double": logs["loss"] * 2, **logs}, state


def own(cls=OwnStep):
    utils.set_random_seed(7)
    model = cls()
    model.compile(optimizers.Adam(0.01), "mse")
    return model


def frozen():
    model = regression()
    model.layers[0].trainable = False
    return model


def bfloat16():
    return chain(layers.Dense(3, "tanh", dtype="mixed_bfloat16"), layers.Dense(1))


def reached(rate):
    """An optimizer whose gradients are now and then not finite, at a scale that grows until they are."""
    return optimizers.LossScaleOptimizer(optimizers.SGD(rate), initial_scale=2.0**120, dynamic_growth_steps=2)


def several():
    return optimizers.MultiOptimizer(
        optimizers.OptimizerMap(optimizers.Adam(0.01), {"kernel": optimizers.SGD(0.05, momentum=0.9)})
    )


class Case(NamedTuple):
    """A run.

    Attributes:
        model: makes the model.
        data: what `fit` is given; a value that is a function is called first.
        fit: further arguments.
        callbacks: makes those of a run that writes to a folder.
        how: `"stepwise"`, or `""`.
        keep: further arguments of `BackupAndRestore`.
    """

    model: Callable[..., Any]
    data: dict[str, Any] = XY
    fit: dict[str, Any] = {}
    callbacks: Callable[[Any], list[Any]] = lambda folder: []
    how: str = ""
    keep: dict[str, Any] = {}


def plain(**settings):
    """The smallest model with a state: it is compiled three times for a case."""
    return chain(layers.Dropout(0.3), layers.Dense(1), metrics=["mae"], **settings)


def with_optimizer(make, model=plain, **more):
    return Case(lambda: model(optimizer=make()), **more)


def stopping(folder, **more):
    return [callbacks.EarlyStopping("loss", mode="max", patience=1, restore_best_weights=True, **more)]


def streamed(make, **fit):
    return Case(plain, {"x": make}, {"batch_size": None, **fit})


CASES = {
    "shuffled": Case(regression),
    "in order": Case(plain, fit={"shuffle": False}),
    "seeded": Case(noisy, fit={"seed": 3}),
    "one batch": Case(plain, fit={"batch_size": 22, "epochs": 6}),
    "even batches": Case(plain, fit={"batch_size": 11}),
    "later first epoch": Case(plain, fit={"initial_epoch": 2, "epochs": 5}),
    "part of a pass": Case(plain, fit={"steps_per_epoch": 3}),
    "dropout": Case(lambda: chain(layers.Dense(5), layers.Dropout(0.4), layers.Dense(1))),
    "dropout with a seed": Case(lambda: chain(layers.Dropout(0.4, seed=2), layers.Dense(1)), fit={"seed": 5}),
    "batch normalization": Case(lambda: chain(layers.BatchNormalization(), layers.Dense(1))),
    "noise": Case(lambda: chain(layers.GaussianNoise(0.2), layers.SpectralNormalization(layers.Dense(1)))),
    "recurrent": Case(lambda: chain(layers.Reshape((2, 2)), layers.GRU(3, dropout=0.3), layers.Dense(1))),
    "penalties": Case(
        lambda: chain(layers.Dense(3, kernel_regularizer="l2", kernel_constraint="max_norm"), layers.Dense(1))
    ),
    "adam, exponential decay": with_optimizer(lambda: optimizers.Adam(schedules.ExponentialDecay(0.01, 2, 0.8))),
    "cosine decay": with_optimizer(lambda: optimizers.RMSprop(schedules.CosineDecay(0.01, 9, warmup_steps=3))),
    "accumulation": with_optimizer(lambda: optimizers.Adam(0.01, gradient_accumulation_steps=3)),
    "averages": with_optimizer(lambda: optimizers.SGD(0.05, use_ema=True)),
    "averages that overwrite": with_optimizer(
        lambda: optimizers.SGD(0.05, use_ema=True, ema_momentum=0.5, ema_overwrite_frequency=3)
    ),
    "loss scale": with_optimizer(lambda: reached(0.01)),
    "schedule-free": with_optimizer(optimizers.ScheduleFreeAdamW),
    "adafactor": with_optimizer(lambda: optimizers.Adafactor(0.05)),
    "several optimizers": with_optimizer(several),
    "mixed precision": Case(bfloat16),
    "several steps a launch": Case(lambda: plain(steps_per_execution=3)),
    "stepwise": Case(noisy, how="stepwise"),
    "eager": Case(lambda: plain(run_eagerly=True), fit={"epochs": 2, "batch_size": 11}),
    "own loss": Case(own),
    "own step": Case(lambda: own(OwnTrainStep)),
    "class weights": Case(classifier, {"x": X, "y": C}, {"class_weight": {0: 1.0, 1: 2.0, 2: 0.5}}),
    "sample weights": Case(
        lambda: plain(weighted_metrics=["mse"]), {**XY, "sample_weight": np.linspace(0, 2, 22, dtype="float32")}
    ),
    "several outputs": Case(lambda: two(loss={"size": "mse", "kind": "mae"}), {"x": AB, "y": SK}),
    "many metrics": Case(
        lambda: classifier(
            loss="crossentropy",
            metrics=["accuracy", lx.metrics.F1Score(), lx.metrics.MeanIoU(3, sparse_y_true=False, sparse_y_pred=False)],
        ),
        {"x": X, "y": np.eye(3, dtype="float32")[C]},
        {},
    ),
    "validation": Case(noisy, fit=VALID),
    "validation of a part, now and then": Case(plain, fit={"validation_split": 0.3, "validation_freq": 2}),
    "validation from batches": Case(plain, fit={"validation_data": Shuffled}),
    "early stopping": Case(plain, fit={"epochs": 5}, callbacks=stopping),
    "early stopping, later": Case(plain, callbacks=lambda folder: stopping(folder, start_from_epoch=1)),
    "reduced rate": Case(
        plain,
        fit=VALID,
        callbacks=lambda folder: [callbacks.ReduceLROnPlateau(patience=1, factor=0.5, min_delta=100, cooldown=1)],
    ),
    "scheduled rate": Case(
        plain, callbacks=lambda folder: [callbacks.LearningRateScheduler(lambda epoch, rate: rate * 0.7)]
    ),
    "best model": Case(
        plain,
        fit=VALID,
        callbacks=lambda folder: [
            callbacks.ModelCheckpoint(folder / "best.weights.h5", save_best_only=True, save_weights_only=True)
        ],
    ),
    "models by batch": Case(
        plain,
        callbacks=lambda folder: [
            callbacks.ModelCheckpoint(folder / "{epoch}-{batch}.safetensors", save_weights_only=True, save_freq=3)
        ],
    ),
    "swapped averages": with_optimizer(
        lambda: optimizers.SGD(0.05, use_ema=True),
        fit=VALID,
        callbacks=lambda folder: [callbacks.SwapEMAWeights(swap_on_epoch=True)],
    ),
    "own callback": Case(plain, callbacks=lambda folder: [Counts()]),
    "unfrozen": Case(frozen, callbacks=lambda folder: [Unfreezes()]),
    "list of batches": streamed(lambda: list(BATCHES)),
    "batches in an order of their own": streamed(Shuffled),
    "batches that go on": streamed(Shuffled, steps_per_epoch=3),
    "dataset": streamed(Dataset),
    "dataset by threads, in order": streamed(lambda: Dataset(2), shuffle=False),
    "dataset that goes on": streamed(Dataset, steps_per_epoch=3),
    "generator": Case(plain, {"x": endless}, {"batch_size": None, "steps_per_epoch": 3}, keep={"generators": "replay"}),
}

SELDOM = {  # near to others: `crash_resume.py` alone runs them
    "in order",
    "even batches",
    "later first epoch",
    "cosine decay",
    "averages that overwrite",
    "validation of a part, now and then",
    "early stopping, later",
    "adafactor",
    "dataset that goes on",
}


class Outcome(NamedTuple):
    """All that a run leaves."""

    state: dict[str, np.ndarray]
    history: dict[str, Any]
    files: dict[str, bytes]


def run(case, folder, stop=None, again=False, more=(), **keep):
    """Train, with `more` callbacks; with `stop` only so many steps.

    `again`: as a program that is started anew does, by other chances.
    """
    utils.set_random_seed(7)
    model = case.model()
    if again:
        utils.set_random_seed(99)
        if model.built:
            model.set_weights([w + 1 for w in model.get_weights()])
    files = folder / "files"
    files.mkdir(exist_ok=True)
    given = [callbacks.CSVLogger(files / "log.csv"), *case.callbacks(files)]
    if keep:
        given.append(callbacks.BackupAndRestore(folder / "kept", **{**case.keep, **keep}))
    given += [*more, *([Stop(stop)] if stop else [])]
    data = {name: value() if callable(value) else value for name, value in {**case.data, **case.fit}.items()}
    settings = {"batch_size": 6, "epochs": 3, "verbose": 0, **data}
    history = model.fit(**settings, callbacks=given)
    return outcome(model, history, files)


def outcome(model, history, files):
    """What is left."""
    arrays = {f"model/{path}": v.numpy() for path, v in enumerate(model.variables)}
    arrays.update({f"optimizer/{path}": v.numpy() for path, v in enumerate(model.optimizer.variables)})
    rows = {"epoch": history.epoch, **history.history}
    return Outcome(arrays, rows, {name: (files / name).read_bytes() for name in sorted(os.listdir(files))})


def assert_same(found, wanted):
    """To the bit."""
    assert found.state.keys() == wanted.state.keys()
    for name, value in wanted.state.items():
        np.testing.assert_array_equal(found.state[name], value, err_msg=name)
    assert found.history.keys() == wanted.history.keys()
    for name, values in wanted.history.items():
        np.testing.assert_array_equal(found.history[name], values, err_msg=name)
    assert found.files == wanted.files


def waiting(monkeypatch):
    """Let each checkpoint be written before the next step, so that a test knows which there are."""

    def busy(writer):
        writer.wait()
        return False

    monkeypatch.setattr(keeping._Writer, "busy", property(busy))


def in_parts(case, folder, stops, **keep):
    """A run that is ended after some numbers of steps, and started again each time; and what is left in the end."""
    for i, stop in enumerate(stops):
        try:
            run(case, folder, stop, again=i > 0, **keep)
        except HaltError:
            continue
        return None  # the run was over before
    return run(case, folder, again=True, **keep)


def random_stops(name, steps):
    """After how many steps a run is ended, and then once more."""
    rng = random.Random(name)
    first = rng.randint(2, steps - 1)
    return (first, rng.randint(2, steps - first + 1)) if rng.random() < 0.3 else (first,)
