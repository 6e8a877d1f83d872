"""The examples and the programs of the README run as they are, and learn what they say."""

import pathlib
import re
import runpy

import numpy as np
import pytest

import laminax as lx

ROOT = pathlib.Path(__file__).parents[1]
EXAMPLES = ROOT / "examples"


def example(name):
    return runpy.run_path(str(EXAMPLES / f"{name}.py"))


def test_digits():
    """As vectors, as sequences, and as images."""
    program = example("digits")
    results = program["run"]()
    least = {"Dense": 0.97, "LSTM": 0.95, "Conv2D": 0.985}
    assert results.keys() == least.keys()
    for name, (parameters, seconds, accuracy) in results.items():
        assert accuracy >= least[name], name
        assert seconds < 120
        assert parameters == program["WAYS"][name][0]().count_params()


def test_textbook(capsys):
    """The loss falls, and the log is a line an epoch."""
    with pytest.warns(lx.objective.ObjectiveWarning, match="on a softmax learns slowly"):
        model = example("textbook")["model"]
    losses = model.history.history["loss"]
    assert len(losses) == 10
    assert losses[-1] < losses[0]
    assert capsys.readouterr().out.count("  loss ") == 10


def test_textbook_has_the_whole_listing():
    text = (EXAMPLES / "textbook.py").read_text()
    listing = text.split("# fmt: off\n")[1].split("# fmt: on\n")[0]
    assert [line.split("(")[0] for line in re.sub(r"  # noqa.*", "", listing).splitlines()] == [
        "from laminax import models, layers, optimizers",
        "model = models.Sequential",
        "model.add",
        "model.add",
        "input_tensor = layers.Input",
        "x = layers.Dense",
        "output_tensor = layers.Dense",
        "model = models.Model",
        "model.compile",
        "model.fit",
    ]


def test_multi_output():
    found = example("multi_output")["run"](verbose=0)
    assert found["grower_accuracy"] >= 0.95
    assert found["alcohol_mae"] < 0.6  # 0.66 by the mean alone
    mean = (found["grower_loss"] + 0.5 * found["alcohol_loss"]) / 2
    assert found["loss"] == pytest.approx(mean, rel=1e-5)


def test_custom_loop():
    assert example("custom_loop")["run"]() >= 0.95


def test_read_digits():
    """Three epochs of the six; strips of test digits, read by the likeliest labels, and drawn as text."""
    program = example("read_digits")
    model, (x, texts) = program["run"](epochs=3)
    assert model.evaluate(x, texts, verbose=0, return_dict=True)["cer"] <= 0.08  # 0.02 after all six
    rows = program["drawn"](x[0]).split("\n")
    assert len(rows) == program["HEIGHT"] // 2
    assert set("".join(rows)) <= set(" ▀▄█")
    assert (x[0] != program["NOTHING"]).any((1, 2)).sum() == len(rows[0])
    assert all(3 <= len(text) <= program["LONGEST"] for text in texts)


def test_every_example_is_tested():
    tested = set(re.findall(r'example\("(\w+)"\)', pathlib.Path(__file__).read_text()))
    assert tested == {path.stem for path in EXAMPLES.glob("*.py")}


def test_readme():
    """Its programs run one after the other."""
    programs = re.findall(r"```python\n(.*?)```", (ROOT / "README.md").read_text(), re.S)
    assert len(programs) >= 2
    scope = {}
    for program in programs:
        exec(program, scope)
    assert isinstance(scope["model"].loss, dict)
    (x_train, _), _ = scope["lx"].datasets.digits.load_data()
    assert np.isin(np.unique(x_train), range(17)).all()
