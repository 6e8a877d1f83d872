"""The objective: what is said before training of losses, heads, metrics, targets, inputs and weights."""

import numpy as np
import pytest
from objective_cases import C2, C3, CASES, SPARSE, N, R, X

import laminax as lx
from laminax import layers


class Own(lx.Model):
    """One layer, in a class of the user's own."""

    def __init__(self, units, activation):
        super().__init__()
        self.end = layers.Dense(units, activation)

    def call(self, x):
        return self.end(x)


def functional(units, activation):
    inputs = lx.Input((4,))
    return lx.Model(inputs, layers.Dense(units, activation)(inputs))


def two(units, activation):
    inputs = lx.Input((4,))
    return lx.Model(inputs, {"a": layers.Dense(units, activation)(inputs), "b": layers.Dense(1)(inputs)})


def sequential(units, activation):
    return lx.Sequential([layers.Dense(units, activation)])


def checked(model, loss, metrics, x, y, **kwargs):
    """The report on data, without a run."""
    model.compile("sgd", loss, metrics=metrics)
    return model.check(x, y, verbose=False, run=False, **kwargs)


def batches(y):
    return ((X[i : i + 32], None if y is None else y[i : i + 32]) for i in (0, 32))


def wide(y):
    """Other types of the same numbers."""
    return y if y is None or y.dtype.kind in "bU" else y.astype("float64" if y.dtype.kind == "f" else "int64").tolist()


DISGUISES = {
    "functional": lambda end, loss, metrics, y: checked(functional(*end), loss, metrics, X, y),
    "subclassed, lists": lambda end, loss, metrics, y: checked(Own(*end), loss, metrics, X, wide(y)),
    "stream": lambda end, loss, metrics, y: checked(sequential(*end), loss, metrics, batches(y), None),
    "two outputs": lambda end, loss, metrics, y: checked(
        two(*end), {"a": loss, "b": "mse"}, {"a": metrics}, X, {"a": y, "b": R}
    ),
}
ONLY_WHOLE = ("can't be reached", "All of y")  # what is said of all of the data, not of a batch
ROWS = [
    (case, disguise)
    for case in CASES
    for disguise in DISGUISES
    if disguise != "stream" or not any(words in case[4] for words in ONLY_WHOLE)
]


def test_there_are_many_rows():
    assert len(ROWS) >= 200
    assert len({case[0] for case in CASES}) == len(CASES)


@pytest.mark.parametrize(("case", "disguise"), ROWS, ids=[f"{case[0]}, {disguise}" for case, disguise in ROWS])
def test_what_is_said(case, disguise):
    _, end, loss, y, words, *metrics = case
    loss = loss() if callable(loss) else loss
    metrics = metrics[0] if metrics else None
    report = DISGUISES[disguise](end, loss, metrics() if callable(metrics) else metrics, y)
    assert_said(
        report,
        words.replace("y[", "y['a'][").replace("All of y", "All of y['a']") if disguise == "two outputs" else words,
    )


def assert_said(report, words):
    """Exactly this, in one line; of a sound program nothing."""
    said = "\n".join(f"{'error' if p.impossible else 'warning'}: {p.message}" for p in report.problems)
    if not words:
        assert said == ""
        return
    kind, *parts = words.split("; ")
    lines = said.splitlines()
    assert len(lines) == 1 + parts.count("and a warning"), said
    assert lines[0].startswith(f"{kind}: ")
    assert not [part for part in parts if part != "and a warning" and part not in lines[0]], said
    assert all(len(line) < 400 for line in lines)


def tokens(top=9):
    """Rows of five places in a table of ten."""
    x = np.arange(N * 5).reshape(N, 5) % 9
    x[7, 2] = top
    return x


def embedded(functional=False, **kwargs):
    inner = layers.Embedding(10, 3, **kwargs), layers.GlobalAveragePooling1D(), layers.Dense(1)
    if not functional:
        return lx.Sequential(inner)
    inputs = {"ids": lx.Input((5,), dtype="int32", name="ids"), "size": lx.Input((4,), name="size")}
    h = layers.Concatenate()([inner[1](inner[0](inputs["ids"])), inputs["size"]])
    return lx.Model(inputs, inner[2](h))


def shifted():
    """A model that itself brings its numbers into the table."""
    inputs = lx.Input((5,), dtype="int32")
    h = layers.GlobalAveragePooling1D()(layers.Embedding(10, 3)(lx.ops.clip(inputs, 0, 9)))
    return lx.Model(inputs, layers.Dense(1)(h))


def one(*first):
    return lx.Sequential([*first, layers.Dense(1)])


def three():
    return functional(3, "softmax")


def columns(*sizes):
    return (X * np.array(sizes)).astype("float32")


def weights(place, value):
    w = np.ones(N, "float32")
    w[place] = value
    return w


SORTED = np.repeat(np.arange(3), 22)[:N]
ONLY = {"class_weight": {0: 1.0, 1: 1.0, 2: 3.0}}
DATA = [
    # 14: places in tables
    ("place 10", lambda: (embedded(), "mse", tokens(10), R), "error; x[7, 2] = 10; 10 rows (0..9); input_dim=11"),
    ("place -1", lambda: (embedded(), "mse", tokens(-1), R), "error; x[7, 2] = -1; 10 rows"),
    ("floats", lambda: (embedded(), "mse", tokens(12).astype("float32"), R), "error; x[7, 2] = 12.0; input_dim=13"),
    (
        "by name",
        lambda: (embedded(True), "mse", {"ids": tokens(11), "size": X}, R),
        "error; x['ids'][7, 2] = 11; input_dim=12",
    ),
    ("in a stream", lambda: (embedded(), "mse", ((tokens(10), R) for _ in "a"), None), "error; Batch 1: x[7, 2] = 10"),
    ("places", lambda: (embedded(), "mse", tokens(), R), ""),
    ("masked places", lambda: (embedded(mask_zero=True), "mse", tokens(), R), ""),
    ("places by name", lambda: (embedded(True), "mse", {"ids": tokens(), "size": X * 100}, R), ""),
    ("clipped by the model", lambda: (shifted(), "mse", tokens(40), R), ""),
    # 12: scales
    ("scales", lambda: (one(), "mse", columns(1, 9000, 1, 2), R), "warning; x[:, 1]; x[:, ; Normalization()"),
    ("tiny", lambda: (one(), "mse", columns(1e-3, 300, 1, 2), R), "warning; x[:, 0]; adapt(x)"),
    ("scaled within", lambda: (one(layers.BatchNormalization()), "mse", columns(1, 9000, 1, 2), R), ""),
    ("brought to a scale", lambda: (one(layers.Rescaling(0.1)), "mse", columns(1, 9000, 1, 2), R), ""),
    ("equal scales", lambda: (one(), "mse", columns(9000, 9000, 8000, 500), R), ""),
    ("an empty column", lambda: (one(), "mse", columns(1, 0, 1, 2), R), ""),
    ("small columns", lambda: (one(), "mse", columns(1, 1e-6, 1, 2), R), ""),
    # 19: weights
    (
        "weight nan",
        lambda: (one(), "mse", X, R, {"sample_weight": weights(4, np.nan)}),
        "error; sample_weight[4] = nan",
    ),
    ("weight -1", lambda: (one(), "mse", X, R, {"sample_weight": weights(4, -1)}), "error; sample_weight[4] = -1"),
    ("weight inf", lambda: (one(), "mse", X, R, {"sample_weight": weights(4, np.inf)}), "error; [4] = inf; finite"),
    ("weights 0", lambda: (one(), "mse", X, R, {"sample_weight": np.zeros(N)}), "error; All of sample_weight is 0"),
    ("weights", lambda: (one(), "mse", X, R, {"sample_weight": weights(4, 0)}), ""),
    ("weight of no class", lambda: (three(), SPARSE, X, C2, ONLY), "error; the class 2; y holds only 0, 1"),
    (
        "weight of no class, one-hot",
        lambda: (three(), "categorical_crossentropy", X, np.eye(3)[C2], ONLY),
        "error; class 2; 0, 1",
    ),
    ("weights of classes", lambda: (three(), SPARSE, X, C3, ONLY), ""),
    # 11: parts of the data
    (
        "sorted classes",
        lambda: (three(), SPARSE, X, SORTED, {"validation_split": 0.3}),
        "warning; Class 2 of y in validation and not in training; data.split(",
    ),
    (
        "sorted numbers",
        lambda: (one(), "mse", X, np.sort(R, 0), {"validation_split": 0.2}),
        "warning; y is sorted; validation_split=0.2; Shuffle",
    ),
    (
        "unseen class",
        lambda: (three(), SPARSE, X, C2, {"validation_data": (X, C3)}),
        "warning; Class 2 of y in validation and not in training; stratify=y",
    ),
    (
        "unproved class",
        lambda: (three(), SPARSE, X, C3, {"validation_data": (X, C2)}),
        "warning; Class 2 of y in training and not in validation",
    ),
    ("mixed classes", lambda: (three(), SPARSE, X, C3, {"validation_split": 0.5}), ""),
    ("mixed numbers", lambda: (one(), "mse", X, R, {"validation_split": 0.2}), ""),
    ("sorted, all for training", lambda: (three(), SPARSE, X, SORTED), ""),
    ("few for validation", lambda: (three(), SPARSE, X, C3, {"validation_data": (X[:2], C3[:2])}), ""),
    # Nothing to judge
    ("few rows", lambda: (one(), "mse", columns(1, 9000, 1, 2)[:8], R[:8] * 0), ""),
    ("no loss", lambda: (one(layers.ActivityRegularization(0.1)), None, X, None), ""),
]


@pytest.mark.parametrize(("program", "words"), [case[1:] for case in DATA], ids=[case[0] for case in DATA])
def test_what_is_said_of_data(program, words):
    model, loss, x, y, *more = program()
    assert_said(checked(model, loss, None, x, y, **(more[0] if more else {})), words)
