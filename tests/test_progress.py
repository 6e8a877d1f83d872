"""What a run shows: a bar that lives on a terminal or in a notebook, a line an epoch elsewhere, or nothing."""

import io
import os
import re
import select
import sys
import types

import pytest
from small import AB, SK, C, N, R, X, classifier, regression, two

from laminax import callbacks
from laminax.callbacks import progress
from laminax.callbacks.progress import Progress


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self):
        return True


class Clock:
    """A clock that goes on by a fixed time at each look."""

    def __init__(self, step):
        self.now, self.step = 100.0, step

    def perf_counter(self):
        self.now += self.step
        return self.now


def on_terminal(monkeypatch):
    """Let standard output be a terminal, and each look at the clock come late enough for the bar to be due."""
    stream = Terminal()
    monkeypatch.setattr(sys, "stdout", stream)
    monkeypatch.setattr(progress, "time", Clock(1.0))
    return stream


def screen(text):
    """The lines that one sees at the end: `\\r` goes back to the start of its line."""
    lines = []
    for line in text.split("\n"):
        shown = ""
        for part in line.split("\r"):
            shown = part + shown[len(part) :]
        lines.append(shown.rstrip())
    return lines


def test_verbose_0_prints_nothing(capsys):
    model = regression()
    model.fit(X, R, verbose=0, epochs=2, validation_data=(X, R))
    model.evaluate(X, R, verbose=0)
    model.predict(X, verbose=0)
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize("verbose", [1, 2, "auto", True])
def test_a_line_an_epoch_where_there_is_no_terminal(capsys, verbose):
    regression(metrics=["mae"]).fit(X, R, batch_size=8, epochs=2, verbose=verbose, validation_data=(X, R))
    lines = capsys.readouterr().out.splitlines()
    assert (
        lines[0]
        == f"Training on cpu: {N} samples in 3 batches an epoch, fused (data on the device, several steps a launch)."
    )
    assert len(lines) == 3
    for i, line in enumerate(lines[1:]):
        assert line.startswith(f"Epoch {i + 1}/2  ")
        assert re.findall(r"(\w+) -?\d+\.\d+", line.split("a step")[1]) == ["loss", "mae", "val_loss", "val_mae"]


def test_the_bar_on_a_terminal(monkeypatch):
    terminal = on_terminal(monkeypatch)
    regression().fit(X, R, batch_size=4, epochs=2, steps_per_epoch=10, callbacks=[Each()])
    text = terminal.getvalue()
    first, *bars = re.findall(r"\rEpoch 1/2  \[([#.]*)\] (\d+)/10  (?:([^ ]+ [a-z]+) left  )?loss \d\.\d+", text)
    assert first == ("##......................", "1", "")
    assert [int(done) for _, done, _ in bars] == list(range(2, 11))
    assert all(left for _, _, left in bars)
    assert {len(bar) for bar, _, _ in bars} == {24}
    filled = [bar.count("#") for bar, _, _ in bars]
    assert filled == sorted(filled)
    assert filled[-1] == 24
    assert bars[-1][2] == "0 us"
    lines = screen(text)
    assert [line[:9] for line in lines] == ["Training ", "Epoch 1/2", "Epoch 2/2", ""]
    assert not any("[" in line or "left" in line for line in lines)


class Each(callbacks.Callback):
    """Lets each step be a launch."""

    def on_train_batch_end(self, batch, logs=None):
        pass


def test_the_time_that_is_left_follows_from_the_steps(monkeypatch):
    """The first ones aside, which hold the compilation."""
    stream = Terminal()
    shown = Progress(1, "Epoch {}/3", stream)
    clock = Clock(0.0)
    monkeypatch.setattr(progress, "time", clock)
    shown.begin(0, 100)
    clock.now += 1000
    shown.update(1, {"loss": 0.5})
    assert stream.getvalue() == "\rEpoch 1/3  [........................] 1/100  loss 0.5000"
    shown.end(100, {"loss": 0.5})
    stream.truncate(stream.seek(0))
    shown.begin(0, 100)
    clock.now += 30
    shown.update(25, {"loss": 0.5})
    assert stream.getvalue().startswith("\rEpoch 1/3  [######..................] 25/100  90.0 s left  loss 0.5000")
    clock.now += 30
    shown.update(50, {"loss": 12345.0})
    assert "60.0 s left  loss 1.2345e+04" in stream.getvalue()
    clock.now += 60
    shown.end(100, {"loss": 0.25})
    assert screen(stream.getvalue())[0] == "Epoch 1/3  2:00 min, 1.2 s a step  loss 0.2500"


def test_the_bar_of_a_stream_counts_steps(monkeypatch):
    terminal = on_terminal(monkeypatch)
    regression().fit(((X[:4], R[:4]) for _ in range(3)), verbose=1)
    assert re.findall(r"\rEpoch 1/1  step (\d)  loss", terminal.getvalue()) == ["1", "2", "3"]


def test_what_callbacks_print_stands_on_lines_of_its_own(monkeypatch):
    terminal = on_terminal(monkeypatch)
    say = callbacks.LambdaCallback(on_epoch_end=lambda epoch, logs: print(f"end of {epoch}"))
    regression().fit(X, R, batch_size=8, epochs=2, callbacks=[say])
    assert [line[:9] for line in screen(terminal.getvalue())] == [
        "Training ",
        "end of 0",
        "Epoch 1/2",
        "end of 1",
        "Epoch 2/2",
        "",
    ]


def test_an_error_begins_on_a_line_of_its_own(monkeypatch):
    terminal = on_terminal(monkeypatch)

    def fail(epoch, logs):
        raise OSError("disk full")

    with pytest.raises(OSError, match="disk full"):
        regression().fit(X, R, callbacks=[callbacks.LambdaCallback(on_epoch_end=fail)])
    assert terminal.getvalue().endswith("\r")


def test_logs_that_callbacks_add_are_shown(capsys):
    rate = callbacks.LearningRateScheduler(lambda epoch: 0.125)
    regression(optimizer="sgd").fit(X, R, callbacks=[rate], verbose=2)
    assert capsys.readouterr().out.endswith("learning_rate 0.1250\n")


def test_verbose_2_shows_no_bar_on_a_terminal(monkeypatch):
    terminal = on_terminal(monkeypatch)
    regression().fit(X, R, batch_size=4, verbose=2)
    assert "\r" not in terminal.getvalue()
    assert len(terminal.getvalue().splitlines()) == 2


def test_the_bar_fits_the_terminal(monkeypatch):
    stream = Terminal()
    monkeypatch.setattr(stream, "fileno", lambda: 1)
    monkeypatch.setattr(os, "get_terminal_size", lambda fd: os.terminal_size((40, 20)))
    shown = Progress(1, "Epoch {}", stream)
    shown.begin(0, 10)
    shown.update(5, {"a_long_name": 1.0, "another_long_name": 2.0})
    assert len(stream.getvalue()) == 40  # one for going back, 39 that are seen
    shown.clear()
    assert screen(stream.getvalue()) == [""]


def test_evaluation_and_prediction(capsys):
    model = classifier(metrics=["accuracy"])
    model.evaluate(X, C)
    model.predict(X)
    first, second = capsys.readouterr().out.splitlines()
    assert re.fullmatch(r"Evaluation  .* a step  loss \d\.\d+  accuracy \d\.\d+", first)
    assert re.fullmatch(r"Prediction  .* a step", second)


def test_the_bar_of_evaluation_and_prediction(monkeypatch):
    terminal = on_terminal(monkeypatch)
    model = regression()
    model.evaluate(X, R, batch_size=8, callbacks=[EachTest()])
    model.predict(X, batch_size=8)
    text = terminal.getvalue()
    assert re.findall(r"\rEvaluation  \[[#.]*\] (\d)/3", text) == ["1", "2", "3"]
    assert re.findall(r"\rPrediction  \[[#.]*\] (\d)/3", text) == ["1", "2", "3"]
    assert [line[:10] for line in screen(text)] == ["Evaluation", "Prediction", ""]


class EachTest(callbacks.Callback):
    """Lets each step of an evaluation be a launch."""

    def on_test_batch_end(self, batch, logs=None):
        pass


def test_the_first_line_says_what_was_chosen(capsys):
    two(metrics=None, loss_weights=[2.0, 1.0]).fit(AB, SK, verbose=2)
    assert capsys.readouterr().out.startswith(
        "Training on cpu: 22 samples in 1 batch an epoch, fused (data on the device, several steps a launch); loss = (2"
    )
    classifier(metrics=["acc"]).fit([(X, C)], verbose=2)
    chosen = "Training on cpu: 1 batch an epoch, stepwise (batches from a stream); acc = SparseCategoricalAccuracy."
    assert capsys.readouterr().out.splitlines()[0] == chosen


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(5e-6, "5 us"), (0.0015, "1.5 ms"), (0.25, "250 ms"), (12.34, "12.3 s"), (99.96, "100.0 s"), (125, "2:05 min")],
)
def test_durations(seconds, text):
    assert progress._duration(seconds) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [(0, "0.0000"), (0.1234567, "0.1235"), (1e-5, "1.0000e-05"), (float("nan"), "nan"), (-2.5, "-2.5000"), ("a", "a")],
)
def test_numbers(value, text):
    assert progress._number(value) == text


class Display:
    """What IPython gives back for something displayed."""

    def __init__(self, shown):
        self.shown = [shown]

    def update(self, shown):
        self.shown.append(shown)


@pytest.fixture
def notebook(monkeypatch):
    """A stub of IPython in which a kernel runs; gives what is displayed."""
    displays = []

    def display(shown, display_id):
        assert display_id is True
        displays.append(Display(shown))
        return displays[-1]

    module, inner = types.ModuleType("IPython"), types.ModuleType("IPython.display")
    module.get_ipython = lambda: types.SimpleNamespace(config={"IPKernelApp": {}})
    inner.Pretty, inner.display = str, display
    monkeypatch.setitem(sys.modules, "IPython", module)
    monkeypatch.setitem(sys.modules, "IPython.display", inner)
    return displays


def test_a_notebook_shows_one_output_an_epoch_that_is_updated(notebook, capsys, monkeypatch):
    monkeypatch.setattr(progress, "time", Clock(1.0))
    regression().fit(X, R, batch_size=8, epochs=2, callbacks=[Each()])
    assert len(notebook) == 2
    assert [len(display.shown) for display in notebook] == [4, 4]
    assert notebook[1].shown[0].startswith("Epoch 2/2  [########")
    assert re.match(r"Epoch 2/2  .* a step  loss", notebook[1].shown[-1])
    assert capsys.readouterr().out.count("\n") == 1  # what is said before


def test_a_shell_of_ipython_is_no_notebook(monkeypatch):
    module = types.ModuleType("IPython")
    module.get_ipython = lambda: types.SimpleNamespace(config={})
    monkeypatch.setitem(sys.modules, "IPython", module)
    assert not Progress(1, stream=io.StringIO()).live


def test_a_pseudo_terminal():
    """What a program prints on a terminal of the system."""
    pty = pytest.importorskip("pty", reason="the system has no pseudo-terminals")
    ours, theirs = pty.openpty()
    with os.fdopen(theirs, "w") as stream:
        assert Progress(1, stream=stream).live
        shown = Progress("auto", "Epoch {}/1", stream)
        shown.begin(0, 4)
        shown.update(2, {"loss": 1.0})
        shown.end(4, {"loss": 0.5})
        text = ""  # a terminal may hand it over in pieces
        while not text.endswith("\n") and select.select([ours], [], [], 5)[0]:
            text += os.read(ours, 4096).decode()
    os.close(ours)
    assert text.startswith("\rEpoch 1/1  [############............] 2/4")
    assert re.search(r"loss 0\.5000 *\r\n$", text)
