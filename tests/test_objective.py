"""The objective: what is said before training of losses, heads, metrics, targets, inputs and weights."""

import doctest
import pathlib
import re
import traceback

import numpy as np
import pytest
from misuse import MESSAGES
from objective_cases import C2, C3, CASES, COUNT, HOT, MANY, R3, SHARE, SPARSE, YES, N, Own, R, X, put

import laminax as lx
from laminax import layers
from laminax.objective import inputs
from laminax.objective.suggest import written


def functional(units, activation=None):
    inputs = lx.Input((4,))
    return lx.Model(inputs, layers.Dense(units, activation)(inputs))


def two(units, activation):
    inputs = lx.Input((4,))
    return lx.Model(inputs, {"a": layers.Dense(units, activation)(inputs), "b": layers.Dense(1)(inputs)})


def sequential(units, activation):
    return lx.Sequential([layers.Dense(units, activation)])


def checked(model, loss, metrics, x, y, settings=None, **kwargs):
    """The report on data, without a run."""
    model.compile("sgd", loss, metrics=metrics, **(settings or {}))
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


def report_of(case, disguise):
    """What is found of a case in a disguise."""
    _, end, loss, y, _, *metrics = case
    loss = loss() if callable(loss) else loss
    metrics = metrics[0] if metrics else None
    return DISGUISES[disguise](end, loss, metrics() if callable(metrics) else metrics, y)


def lines(report):
    return "\n".join(f"{'error' if p.impossible else 'warning'}: {p.message}" for p in report.problems)


def said():
    """What is said of each row and of the data."""
    for case, disguise in ROWS:
        if case[4]:
            yield f"{case[0]}, {disguise}", lines(report_of(case, disguise))
    for name, program, words in DATA:
        if words:
            yield name, lines(report_on(*program()))


@pytest.mark.parametrize(("case", "disguise"), ROWS, ids=[f"{case[0]}, {disguise}" for case, disguise in ROWS])
def test_what_is_said(case, disguise):
    name, words = case[0], case[4]
    if disguise == "two outputs":
        words = words.replace("y[", "y['a'][").replace("All of y", "All of y['a']")
    assert_said(report_of(case, disguise), words, f"{name}, {disguise}")


def assert_said(report, words, name=None):
    """Exactly this, in one line; of a sound program nothing."""
    found = lines(report)
    if not words:
        assert found == ""
        return
    kind, *parts = words.split("; ")
    assert len(found.splitlines()) == 1 + parts.count("and a warning"), found
    assert found.startswith(f"{kind}: ")
    assert not [part for part in parts if part != "and a warning" and part not in found.splitlines()[0]], found
    assert all(len(line) < 400 for line in found.splitlines())
    assert name is None or found == MESSAGES[f"test_objective: {name}"]


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


class Filled(layers.Layer):
    """A layer of the user's own that fills in what is missing."""

    def call(self, x):
        return lx.ops.where(lx.ops.isnan(x), 0.0, x)


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
    # 12: numbers that are not finite, columns that tell nothing
    ("nan in x", lambda: (one(), "mse", put(X, (9, 2), np.nan), R), "warning; x[9, 2] = nan (as 1 of 64 in x[:, 2])"),
    ("inf in x", lambda: (one(), "mse", put(X, (9, 2), -np.inf), R), "warning; x[9, 2] = -inf; the run will end; keep"),
    ("a column of nan", lambda: (one(), "mse", put(X, (..., 1), np.nan), R), "warning; x[0, 1] = nan (as 64 of 64"),
    (
        "nan by name",
        lambda: (embedded(True), "mse", {"ids": tokens(), "size": put(X, (63, 0), np.nan)}, R),
        "warning; x['size'][63, 0] = nan; numpy.isfinite(x['size'])",
    ),
    (
        "nan in images",
        lambda: (one(layers.Flatten()), "mse", put(X, (3, 1), np.nan).reshape(N, 2, 2), R),
        "warning; x[3, 0, 1] = nan, and the model gives",
    ),
    ("nan as float16", lambda: (one(), "mse", put(X, (9, 2), np.nan).astype("float16"), R), "warning; x[9, 2] = nan"),
    ("nan that is filled in", lambda: (one(Filled()), "mse", put(X, (9, 2), np.nan), R), ""),
    (
        "nan where none is looked at",
        lambda: (one(), "mse", put(X, (9, 2), np.nan), R, {}, {"on_nonfinite": "skip"}),
        "",
    ),
    ("nan that is ignored", lambda: (one(), "mse", put(X, (9, 2), np.nan), R, {}, {"on_nonfinite": "ignore"}), ""),
    ("large squares", lambda: (one(layers.Rescaling(1e-30)), "mse", X * np.float32(1e30), R), ""),
    ("equal rows", lambda: (one(), "mse", np.ones((N, 4), "float32"), R), "warning; All 64 rows of x are equal"),
    ("equal images", lambda: (one(layers.Flatten()), "mse", np.ones((N, 2, 2)), R), "warning; All 64 rows of x are"),
    ("equal places", lambda: (embedded(), "mse", np.ones((N, 5), "int32"), R), "warning; All 64 rows of x are equal"),
    ("an input of equal rows", lambda: (embedded(True), "mse", {"ids": tokens(), "size": X * 0 + 1}, R), ""),
    ("equal rows and no targets", lambda: (one(layers.ActivityRegularization(0.1)), None, X * 0, None), ""),
    ("equal rows and a loss of one's own", lambda: (one(), lambda y, p: (y - p) ** 2, X * 0, R), ""),
    ("a column of ones", lambda: (one(), "mse", put(X, (..., 1), 1), R), ""),
    ("an empty border", lambda: (one(), "mse", put(X, (..., slice(3)), 0), R), ""),
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
        lambda: (three(), SPARSE, X, C2, {"validation_data": (X + 1, C3)}),
        "warning; Class 2 of y in validation and not in training; stratify=y",
    ),
    (
        "unproved class",
        lambda: (three(), SPARSE, X, C3, {"validation_data": (X + 1, C2)}),
        "warning; Class 2 of y in training and not in validation",
    ),
    (
        "sorted yes and no",
        lambda: (one(layers.Activation("tanh")), "mse", X, np.sort(C2).astype("float32"), {"validation_split": 0.2}),
        "warning; y is sorted",
    ),
    (
        "no yes in validation",
        lambda: (functional(1, "sigmoid"), YES, X, C2, {"validation_data": (X + 1, C2 * 0)}),
        "warning; Class 1 of y in training and not in validation (0: 32, 1: 32 against 0: 64, 1: 0)",
    ),
    (
        "no no in training",
        lambda: (functional(1, "sigmoid"), YES, X, np.sort(1 - C2)[::-1], {"validation_split": 0.5}),
        "warning; Class 0 of y in validation and not in training; data.split(x, y, validation=0.5",
    ),
    (
        "sorted one-hot",
        lambda: (three(), "categorical_crossentropy", X, np.eye(3)[SORTED], {"validation_split": 0.3}),
        "warning; Class 2 of y in validation",
    ),
    (
        "sorted in one of two outputs",
        lambda: (two(1, None), "mse", X, {"a": R, "b": np.sort(R, 0)}, {"validation_split": 0.2}),
        "warning; y['b'] is sorted",
    ),
    ("yes and no", lambda: (functional(1, "sigmoid"), YES, X, C2, {"validation_split": 0.4}), ""),
    ("shares", lambda: (functional(1, "sigmoid"), YES, X, SHARE, {"validation_split": 0.4}), ""),
    ("mixed classes", lambda: (three(), SPARSE, X, C3, {"validation_split": 0.5}), ""),
    ("mixed numbers", lambda: (one(), "mse", X, R, {"validation_split": 0.2}), ""),
    ("sorted, all for training", lambda: (three(), SPARSE, X, SORTED), ""),
    ("few for validation", lambda: (three(), SPARSE, X, C3, {"validation_data": (X[:2] + 1, C3[:2])}), ""),
    # Nothing to judge
    ("few rows", lambda: (one(), "mse", columns(1, 9000, 1, 2)[:8], R[:8] * 0), ""),
    ("no loss", lambda: (one(layers.ActivityRegularization(0.1)), None, X, None), ""),
]


class Wrapped(lx.Model):
    """A model in a class of the user's own, with a second output if there are `several`."""

    def __init__(self, inner, several=False):
        super().__init__()
        self.inner, self.several = inner, several

    def call(self, x):
        y = self.inner(x)
        return {"a": y, "b": lx.ops.mean(y, -1, keepdims=True)} if self.several else y


def plain(*case):
    return case


def subclassed(model, *rest):
    return Wrapped(model), *rest


def other_types(model, loss, x, y, *rest):
    """The same numbers in other types."""
    return model, loss, x if isinstance(x, dict) else wide(x), wide(y), *rest


def with_another(model, loss, x, y, arguments=None, settings=None):
    """As the output `a` of two."""
    given = dict(arguments or {})
    for name in given.keys() & {"sample_weight", "class_weight"}:
        given[name] = {"a": given[name]}
    if "validation_data" in given:
        x_held, y_held = given["validation_data"]
        given["validation_data"] = x_held, {"a": y_held, "b": R[: len(y_held)]}
    return Wrapped(model, True), {"a": loss, "b": "mse"}, x, {"a": y, "b": R[: len(y)]}, given, settings


FORMS = {"plain": plain, "subclassed": subclassed, "other types": other_types, "two outputs": with_another}
DATA_ROWS = [
    (name, program, words, form)
    for name, program, words in DATA
    for form in FORMS
    if form == "plain"
    or not any(word in name for word in ("stream", "two outputs", "no loss", "no targets", "float16"))
]


@pytest.mark.parametrize(
    ("name", "program", "words", "form"), DATA_ROWS, ids=[f"{row[0]}, {row[-1]}" for row in DATA_ROWS]
)
def test_what_is_said_of_data(name, program, words, form):
    """The same in each form, but for the name of the output."""
    report = report_on(*FORMS[form](*program()))
    for i, problem in enumerate(report.problems):
        report.problems[i] = problem._replace(message=problem.message.replace("['a']", ""))
    assert_said(report, words, name)


def report_on(model, loss, x, y, arguments=None, settings=None):
    """What is found of a program and its data."""
    return checked(model, loss, None, x, y, settings, **(arguments or {}))


def test_a_long_array_is_read_in_part(monkeypatch):
    """Every fourth block of rows, and a short one as a whole; the place is that in the array."""
    monkeypatch.setattr(inputs, "LOOKED_AT", 4)
    places = [inputs.not_finite(put(X, (row, 1), np.nan)) for row in range(N)]
    assert places == [(row, 1) for row in range(N)]
    monkeypatch.setattr(inputs, "LONG", 100)
    places = [inputs.not_finite(put(X, (row, 1), np.nan)) for row in range(N)]
    assert [row for row in range(N) if places[row]] == [row for row in range(N) if row // 4 % 4 == 0]
    assert places[17] == (17, 1)


# Chosen, explained


def ends(**outputs):
    inputs = lx.Input((4,))
    made = {name: layers.Dense(*end)(inputs) for name, end in outputs.items()}
    return lx.Model(inputs, made if len(made) > 1 else made["y"])


CHOICES = [
    ((3, "softmax"), C3, "SparseCategoricalCrossentropy()", "accuracy"),
    ((3, None), C3, "SparseCategoricalCrossentropy(from_logits=True)", "accuracy"),
    ((3, "softmax"), HOT, "CategoricalCrossentropy()", "accuracy"),
    ((3, None), HOT, "CategoricalCrossentropy(from_logits=True)", "accuracy"),
    ((3, "sigmoid"), MANY, "BinaryCrossentropy()", "accuracy"),
    ((3, None), MANY, "BinaryCrossentropy(from_logits=True)", "accuracy"),
    ((1, "sigmoid"), C2, "BinaryCrossentropy()", "accuracy"),
    ((1, None), C2, "BinaryCrossentropy(from_logits=True)", "accuracy"),
    ((1, "sigmoid"), SHARE, "BinaryCrossentropy()", "mae"),
    ((1, None), R, "MeanSquaredError()", "mae"),
    ((3, None), R3, "MeanSquaredError()", "mae"),
    ((1, "exponential"), COUNT, "Poisson()", "mae"),
    ((1, "relu"), abs(R), "MeanSquaredError()", "mae"),
]


@pytest.mark.parametrize(("end", "y", "loss", "metric"), CHOICES)
def test_what_is_chosen(end, y, loss, metric):
    """As a suggestion, and by `"auto"`, which takes the same; a sound choice has no problems."""
    found = lx.objective.suggest(ends(y=end), y)
    assert str(found).startswith(f'model.compile("adam", loss=losses.{loss}, metrics=[{metric!r}])\n# y: ')
    model = functional(*end)
    report = checked(model, "auto", "auto", X, y)
    assert_said(report, "")
    assert written(report.outputs[0].loss) == f"losses.{loss}"
    assert model.loss is report.outputs[0].loss
    assert len(report.outputs[0].metrics) == 1


@pytest.mark.parametrize(
    ("end", "y"), [((3, "softmax"), R), ((1, "softmax"), C2), ((3, "sigmoid"), R3), ((2, None), R3)]
)
def test_nothing_fits(end, y):
    with pytest.raises(ValueError, match="Nothing fits y of shape"):
        lx.objective.suggest(functional(*end), y)


def test_several_outputs_are_chosen_by_name():
    model, y = ends(a=(3, "softmax"), b=(1,)), {"a": C3, "b": R}
    found = lx.objective.suggest(model, y)
    assert found.metrics == {"a": ["accuracy"], "b": ["mae"]}
    assert [type(loss).__name__ for loss in found.loss.values()] == [
        "SparseCategoricalCrossentropy",
        "MeanSquaredError",
    ]
    assert "<pre>model.compile(" in found._repr_html_()
    report = checked(model, {"a": "auto", "b": "auto"}, ["auto"], X, y)
    assert report.ok
    assert list(model.loss) == ["a", "b"]
    saved = model.get_compile_config()
    assert saved["metrics"] == {"a": ["accuracy"], "b": ["mae"]}
    assert saved["loss"]["a"]["class_name"] == "SparseCategoricalCrossentropy"


def test_the_choice_is_printed_with_its_reason(capsys):
    model = functional(3, None)
    model.compile("sgd", "auto", metrics="auto")
    history = model.fit(X, C3, validation_split=0.25)
    said = capsys.readouterr().out
    assert "loss = losses.SparseCategoricalCrossentropy(from_logits=True) (one class of 3: integers (n,) and " in said
    assert "classes of y: training 0: 16, 1: 16, 2: 16; validation 0: 6, 1: 5, 2: 5." in said
    assert set(history.history) == {"loss", "accuracy", "val_loss", "val_accuracy"}


def test_the_report():
    """The loss now is that of `evaluate` on those rows, and the run leaves the model as it was."""
    model = functional(3, "softmax")
    model.compile("sgd", SPARSE, metrics=["accuracy"])
    before = model.get_weights()
    report = model.check(X, C3, validation_data=(X[:32], C3[:32]), verbose=False)
    output = report.outputs[0]
    assert output.now == pytest.approx(model.evaluate(X, C3, verbose=0)[0], rel=1e-5)
    assert output.guessing == pytest.approx(np.log(3))
    assert output.trivial == pytest.approx(np.log(3), abs=1e-3)
    assert output.classes["train"].tolist() == [22, 21, 21]
    assert [problem.message[:45] for problem in report.problems] == ["32 of 32 rows of x in validation stand in tra"]
    assert "loss of a constant  1.09" in str(report)
    assert "<td style='text-align:left'>SparseCategoricalCrossentropy()</td>" in report._repr_html_()
    for a, b in zip(before, model.get_weights()):
        np.testing.assert_array_equal(a, b)


@pytest.mark.parametrize(
    ("end", "loss", "y", "least"),
    [
        ((1,), "mse", R, R.var()),
        ((1,), "mae", R, abs(R - np.median(R)).mean()),
        ((1, "sigmoid"), "binary_crossentropy", C2, np.log(2)),
        ((3, "softmax"), "categorical_crossentropy", HOT, np.log(3)),
    ],
)
def test_the_loss_of_a_constant(end, loss, y, least):
    report = checked(functional(*end), loss, None, X, y)
    assert report.outputs[0].trivial == pytest.approx(least, abs=1e-3)


def test_warnings_point_at_the_users_line():
    model = functional(3, "softmax")
    model.compile("sgd", "mse")
    with pytest.warns(lx.objective.ObjectiveWarning, match="To silence: ") as told:
        model.fit(X, HOT, verbose=0)
    assert [one.filename for one in told] == [__file__]


def test_own_losses_are_not_judged():
    model = functional(3, "softmax")
    assert checked(model, lambda y, p: (y - p) ** 2, None, X, HOT).ok


def test_the_page():
    """The listings of `docs/objective.md` give what stands there."""
    page = pathlib.Path(__file__).parents[1] / "docs" / "objective.md"
    failed, tried = doctest.testfile(str(page), module_relative=False)
    assert tried >= 12
    assert not failed


def test_the_page_quotes_what_is_said():
    """All twenty cases stand there, and each quotation is a part of a message; numbers may be others."""
    page = (pathlib.Path(__file__).parents[1] / "docs" / "objective.md").read_text()
    table = page.split("| | you see |")[1].split("\n\n")[0].splitlines()[2:]
    assert [row.split("|")[1].strip() for row in table if row.split("|")[1].strip()] == [*map(str, range(1, 21))]
    said = "\n".join(MESSAGES.values())
    quoted = [words for row in table for words in re.findall("`([^`]+)`", row.split(" | ")[1])]
    assert len(quoted) > 30
    for words in quoted:
        pattern = re.sub(r"\d+", r"\\d+", re.escape(words)).replace(r"\.\.\.", ".*")
        assert re.search(pattern, said), words


# Data in two parts, errors, the doctor


def test_split_by_class():
    (x, y), (x_held, y_held) = lx.data.split(
        X, np.repeat([0, 1, 2], [10, 20, 34]), stratify=np.repeat([0, 1, 2], [10, 20, 34])
    )
    assert np.bincount(y).tolist() == [8, 16, 27]
    assert np.bincount(y_held).tolist() == [2, 4, 7]
    rows = np.concatenate([x, x_held])
    np.testing.assert_array_equal(np.sort(rows, 0), np.sort(X, 0))


def test_split_by_group():
    groups = np.arange(N) // 5
    (_, own), (_, held) = lx.data.split(X, groups, groups=groups, validation=0.3)
    assert not set(own) & set(held)
    assert abs(len(held) - 0.3 * N) <= 5


def test_split_of_trees_and_seeds():
    train, held = lx.data.split({"a": X, "b": [R, C3]}, validation=0.25, seed=3)
    assert held["a"].shape == (16, 4)
    assert train["b"][0].shape == (48, 1)
    again = lx.data.split({"a": X, "b": [R, C3]}, validation=0.25, seed=3)[1]
    np.testing.assert_array_equal(held["a"], again["a"])
    assert not np.array_equal(held["a"], lx.data.split(X, validation=0.25, seed=4)[1])


@pytest.mark.parametrize(
    ("program", "words"),
    [
        (lambda: lx.data.split(X, validation=1.5), "validation must be a number between 0 and 1; got 1.5"),
        (lambda: lx.data.split(), "at least one array"),
        (lambda: lx.data.split(X, C3[:5]), "differ in their number of samples"),
        (lambda: lx.data.split(X, stratify=C3[:5]), "stratify has 5 entries; the arrays have 64 rows"),
        (lambda: lx.data.split(X, stratify=np.arange(N)), "a class of 1 row"),
        (lambda: lx.data.split(X, stratify=C3, groups=C3), "not both"),
        (lambda: lx.data.split(X, groups=np.zeros(N)), "leaves one part empty"),
    ],
)
def test_bad_splits(program, words):
    with pytest.raises(ValueError, match=r"split: |differ") as caught:
        program()
    assert words in str(caught.value)


class Broken(layers.Layer):
    """A layer of the user's own with a mistake in it."""

    def call(self, x):
        return lx.ops.matmul(x, np.zeros((7, 2), "float32"))


def test_errors_show_the_users_lines():
    model = one(Broken())
    model.compile("sgd", "mse")
    with pytest.raises(TypeError) as caught:
        model.fit(X, R, verbose=0)
    lines = traceback.extract_tb(caught.value.__traceback__)
    assert [line.name for line in lines] == ["test_errors_show_the_users_lines", "call"]
    assert "In layer 'broken' (Broken), called with x=float32[None, 4]." in caught.value.__notes__


class Block(layers.Layer):
    """A layer around one."""

    def __init__(self):
        super().__init__()
        self.inner = Broken()

    def call(self, x):
        return self.inner(x)


@pytest.mark.parametrize(
    ("enter", "last"),
    [
        (lambda: Block()(X), "call"),
        (lambda: lx.ops.matmul(X, X), "<lambda>"),
        (lambda: lx.losses.MeanSquaredError()(X, X[:, :2]), "<lambda>"),
        (lambda: lx.metrics.MeanSquaredError().update_state(X, X[:, :2]), "<lambda>"),
        (lambda: lx.metrics.MeanMetricWrapper(lambda y, p: y @ p)(X, X), "<lambda>"),
        (lambda: one().compile("sgd", "mss"), "<lambda>"),
        (lambda: layers.Dense(1)(None), "<lambda>"),
    ],
    ids=["layer", "operation", "loss", "metric", "metric's function", "compile", "layer of the package"],
)
def test_errors_of_every_entry_show_the_users_lines(enter, last):
    """And none of this package or of JAX."""
    with pytest.raises((TypeError, ValueError)) as caught:
        enter()
    lines = traceback.extract_tb(caught.value.__traceback__)
    assert {line.filename for line in lines} == {__file__}
    assert lines[-1].name == last


def test_a_note_says_in_which_layer():
    """By its path in the call, with what it was given."""
    with pytest.raises(TypeError) as caught:
        Block()(X)
    assert "In layer 'block/broken' (Broken), called with x=float32[64, 4]." in caught.value.__notes__


def test_all_lines_may_be_shown():
    lx.config.disable_traceback_filtering()
    try:
        with pytest.raises(ValueError, match="Did you mean") as caught:
            functional(1, None).compile("sgd", "mss")
    finally:
        lx.config.enable_traceback_filtering()
    assert len(traceback.extract_tb(caught.value.__traceback__)) > 3


def test_the_doctor():
    lines = []
    found = lx.doctor(lines.append)
    assert list(found)[:4] == ["laminax", "python", "jax", "devices"]
    assert found["devices"].startswith("cpu:0")
    assert found["gpu"].startswith(("none: ", "not used: "))
    assert len(lines) == len(found)
