"""The cases of the objective that show in a run: steps that are not finite, callbacks, modes and masks, freezing, CTC,
weights of classes, names. Each in several disguises, with the exact words, and with sound neighbours that stay silent.
"""

import warnings

import numpy as np
import pytest
from misuse import MESSAGES
from objective_cases import C2, C3, SPARSE, N, Own, R, X, put

import laminax as lx
from laminax import layers, losses
from laminax.callbacks import EarlyStopping, ModelCheckpoint, ReduceLROnPlateau

F = np.random.default_rng(5).normal(size=(N, 6, 3)).astype("float32")  # frames
L = np.stack([1 + np.arange(N) % 4, 1 + np.arange(N) // 2 % 3], 1)  # labels of sequences: 1 to 4, 0 is the blank


def one(units, activation, shape):
    inputs = lx.Input(shape)
    return lx.Model(inputs, layers.Dense(units, activation)(inputs))


def own(units, activation, shape):
    return Own(units, activation)


def two(units, activation, shape):
    """The same as the output `a`, beside another."""
    inputs = lx.Input(shape)
    inner = layers.Dense(2)(layers.Flatten()(inputs))
    return lx.Model(inputs, {"a": layers.Dense(units, activation)(inputs), "b": layers.Dense(1)(inner)})


def batches(x, y):
    return [(x[i : i + 32], {k: v[i : i + 32] for k, v in y.items()} if isinstance(y, dict) else y[i : i + 32])
            for i in range(0, len(x), 32)]  # fmt: skip


DISGUISES = {
    "functional": (one, False),
    "subclassed": (own, False),
    "stream": (one, True),
    "subclassed, stream": (own, True),
    "two outputs": (two, False),
    "two outputs, stream": (two, True),
}


def program(
    disguise, x=X, y=R, units=1, activation=None, loss="mse", metrics=None, optimizer="sgd", settings=None, **how
):
    """Compile and train, in a disguise. Arguments of `fit` may be functions, for objects that serve once."""
    make, stream = DISGUISES[disguise]
    lx.utils.set_random_seed(3)
    model = make(units, activation, x.shape[1:])
    how = {name: value() if callable(value) else value for name, value in how.items()}
    loss = loss() if callable(loss) else loss
    if make is two:
        loss, metrics = {"a": loss, "b": "mse"}, metrics and {"a": metrics}
        y = {"a": y, "b": R}
        held = how.get("validation_data")
        how.update({"validation_data": (held[0], {"a": held[1], "b": R})} if held else {})
        how.update({"class_weight": {"a": how["class_weight"]}} if "class_weight" in how else {})
    model.compile(optimizer() if callable(optimizer) else optimizer, loss, metrics=metrics, **(settings or {}))
    data = (batches(x, y),) if stream else (x, y)
    model.fit(*data, verbose=0, **how)
    return model


def heard(disguise, **case):
    """What is said in the course of a program: warnings, and the error that ends it."""
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        try:
            program(disguise, **case)
            error = []
        except Exception as ended:
            error = [f"{type(ended).__name__}: {ended}"]
    return "\n".join([f"{one.category.__name__}: {one.message}" for one in told] + error)


NAN = put(X, (37, 2), np.nan)
HELD = {"validation_data": (X, R)}
# Of four equal labels in six frames, which cannot be read, in every ninth row.
SOME = np.where(np.arange(N)[:, None] % 9, 1 + np.repeat(L, 2, 1) % 3 + np.arange(1, 5) % 2, 2)
CTC = {"x": F, "y": L, "units": 5, "loss": "ctc"}
CASES = [
    # 13: steps that are not finite
    ("nan in x", {"x": NAN, "shuffle": False}, "NonFiniteError: Step 2 of epoch 1; , 2]; = nan"),
    ("inf in x", {"x": put(X, (0, 3), np.inf), "shuffle": False}, "NonFiniteError: Step 1 of epoch 1; 0, 3]; = inf"),
    (
        "a rate",
        {"optimizer": lambda: lx.optimizers.SGD(1e38), "shuffle": False, "epochs": 3},
        "NonFiniteError: Step; the layer; gives; a lower learning rate",
    ),
    ("nan, skipped", {"x": NAN, "settings": {"on_nonfinite": "skip"}}, "ObjectiveWarning: 1 of 2 steps of epoch 1"),
    ("nan, ignored", {"x": NAN, "settings": {"on_nonfinite": "ignore"}}, ""),
    ("large numbers", {"x": X * 1e3, "optimizer": "adam"}, ""),
    # 15: callbacks that would never act
    ("monitor", {"callbacks": lambda: EarlyStopping("val_los"), **HELD}, "ValueError: EarlyStopping; 'val_los'"),
    ("monitor without validation", {"callbacks": lambda: ReduceLROnPlateau()}, "ValueError; 'val_loss'; validation"),
    (
        "monitor of no metric",
        {"callbacks": lambda: ModelCheckpoint("a.keras", monitor="val_acc", save_best_only=True), **HELD},
        "ValueError: ModelCheckpoint; 'val_acc'",
    ),
    ("monitored", {"callbacks": lambda: EarlyStopping("val_loss"), **HELD}, ""),
    ("monitored in training", {"callbacks": lambda: ReduceLROnPlateau("loss")}, ""),
    # 18: sequences of labels
    ("a label that is no class", {**CTC, "y": L + (np.arange(N) == 9)[:, None] * 4}, "ValueError; 9; 5 classes"),
    ("the blank among labels", {**CTC, "y": np.where(L == 4, 0, L)[:, [0, 1]]}, "ValueError; blank"),
    ("more labels than frames", {**CTC, "y": np.tile([1, 2], (N, 4))}, "ValueError; 8; frames"),
    ("equal neighbours", {**CTC, "y": np.full((N, 4), 2)}, "ValueError; 7; frames"),
    ("labels", CTC, ""),
    ("padded labels", {**CTC, "y": np.where(np.arange(N)[:, None] % 3 + [[0, 1]] > 2, -1, L)}, ""),
    ("rows that are dropped", {**CTC, "y": SOME, "loss": lambda: losses.CTC(infeasible="drop")}, ""),
    # 19: weights of classes
    (
        "a class without weight",
        {"y": C3, "units": 3, "activation": "softmax", "loss": SPARSE, "class_weight": {0: 1.0, 1: 2.0}},
        "ValueError; class_weight; 2",
    ),
    (
        "a yes without weight",
        {"y": C2, "activation": "sigmoid", "loss": "binary_crossentropy", "class_weight": {0: 1.0}},
        "ValueError; class_weight; 1",
    ),
    (
        "weights of classes",
        {"y": C3, "units": 3, "activation": "softmax", "loss": SPARSE, "class_weight": {0: 1.0, 1: 2.0, 2: 0.5}},
        "",
    ),
    # 20: names
    ("loss's name", {"loss": "mean_squared_eror"}, "ValueError; Did you mean 'mean_squared_error'"),
    ("metric's name", {"metrics": ["acuracy"]}, "ValueError; Did you mean 'Accuracy'"),
    ("optimizer's name", {"optimizer": "adamm"}, "ValueError; Did you mean 'Adam'"),
    ("activation's name", {"activation": "rellu"}, "ValueError; Did you mean 'relu'"),
    ("names", {"loss": "MSE", "metrics": ["mae"], "optimizer": "Adam", "activation": "tanh", "y": np.tanh(R)}, ""),
]
ROWS = [(name, disguise, case, words) for name, case, words in CASES for disguise in DISGUISES]


def said():
    """What is said of each row."""
    for name, disguise, case, words in ROWS:
        if words:
            yield f"{name}, {disguise}", heard(disguise, **case)


@pytest.mark.parametrize(("name", "disguise", "case", "words"), ROWS, ids=[f"{row[0]}, {row[1]}" for row in ROWS])
def test_what_is_said(name, disguise, case, words):
    found = heard(disguise, **case)
    if not words:
        assert found == ""
        return
    assert not [part for part in words.split("; ") if part not in found], found
    assert found == MESSAGES[f"test_objective_runs: {name}, {disguise}"]


# 16, 17: what can't go wrong, in any form of a model


class Chain:
    """Calls layers one after another, and says nothing of modes or masks."""

    def __init__(self, *inner):
        super().__init__()
        self.inner = list(inner)

    def call(self, x):
        for layer in self.inner:
            x = layer(x)
        return x


class Around(Chain, layers.Layer):
    """A chain in a layer of the user's own."""


class Model(Chain, lx.Model):
    """A chain in a model of the user's own."""


def functional(*inner, shape=(4,), dtype=None):
    x = inputs = lx.Input(shape, dtype=dtype)
    for layer in inner:
        x = layer(x)
    return lx.Model(inputs, x)


FORMS = {
    "sequential": lambda *inner, **form: lx.Sequential(inner),
    "functional": functional,
    "subclassed": lambda *inner, **form: Model(*inner),
    "layers in a layer": lambda *inner, **form: functional(Around(*inner[:-1]), inner[-1], **form),
    "a model in a model": lambda *inner, **form: functional(lx.Sequential(inner[:-1]), inner[-1], **form),
    "a model in a class": lambda *inner, **form: Model(lx.Sequential(inner[:-1]), Around(inner[-1])),
}
FEEDS = {
    "arrays": lambda model, x, y: model.fit(x, y, verbose=0),
    "stream": lambda model, x, y: model.fit(batches(x, y), verbose=0),
    "a batch": lambda model, x, y: model.train_on_batch(x, y),
}
BOTH = pytest.mark.parametrize("feed", FEEDS), pytest.mark.parametrize("form", FORMS)


def of_both(test):
    for mark in BOTH:
        test = mark(test)
    return test


@of_both
def test_the_mode_reaches_every_layer(form, feed):
    """Statistics and random numbers move in training, and in nothing else."""
    statistics, dropout = layers.BatchNormalization(), layers.Dropout(0.5, seed=1)
    model = FORMS[form](statistics, dropout, layers.Dense(1))
    model.compile("sgd", "mse")
    first, again = (model.predict(X, verbose=0) for _ in "ab")
    model.evaluate(X, R, verbose=0)
    np.testing.assert_array_equal(first, again)
    assert not statistics.moving_mean.numpy().any()
    before = dropout.seed_generator.state.numpy() if hasattr(dropout, "seed_generator") else None
    FEEDS[feed](model, X, R)
    assert statistics.moving_mean.numpy().all()
    assert before is None or (dropout.seed_generator.state.numpy() != before).any()


@of_both
def test_the_mask_reaches_every_layer(form, feed):
    """Padding changes nothing, whatever stands between the embedding and the layer that heeds it."""
    x = 1 + np.arange(N * 3).reshape(N, 3) % 8
    padded = np.concatenate([x, np.zeros((N, 2), "int64")], 1)
    results = []
    for data in (x, padded):
        lx.utils.set_random_seed(7)
        inner = layers.Embedding(9, 4, mask_zero=True), layers.Dropout(0.0), layers.LSTM(3), layers.Dense(1)
        model = FORMS[form](*inner, shape=(None,), dtype="int32")
        model.compile("sgd", "mse")
        FEEDS[feed](model, data, R)
        results.append(model.predict(data, verbose=0))
    np.testing.assert_allclose(*results, rtol=1e-5, atol=1e-6)


@of_both
def test_freezing_after_compile_is_obeyed(form, feed):
    """At the next step, and back again; the others move, and nothing is said."""
    frozen = layers.Dense(3, "tanh")
    model = FORMS[form](frozen, layers.Dense(2), layers.Dense(1))
    model.compile("adam", "mse")
    FEEDS[feed](model, X, R)
    for stays in (True, False):
        frozen.trainable = not stays
        before, others = frozen.kernel.numpy(), model.get_weights()
        FEEDS[feed](model, X, R)
        assert np.array_equal(frozen.kernel.numpy(), before) == stays
        assert sum((a != b).any() for a, b in zip(others, model.get_weights())) == (4 if stays else 6)
