"""Folders of checkpoints: damage, crashes, what is refused, signals, data that can't be found again."""

import contextlib
import errno
import itertools
import json
import os
import random
import re
import shutil
import signal
import threading
import types

import numpy as np
import pytest
from crash_resume import ARRAYS, at_step, check_whole, newest, save
from resume_cases import BATCHES, CASES, HaltError, assert_same, endless, run, waiting
from small import R, X, chain, quiet, regression

import laminax as lx
from laminax import callbacks, layers, saving
from laminax._core import interrupts
from laminax.saving import checkpoints, mixed
from laminax.saving.checkpoints import FORMAT, Checkpoints
from laminax.training import keeping
from laminax.training.described import described, difference
from laminax.training.trainer import all_layers


def test_the_last_ones_stay(tmp_path):
    assert newest(tmp_path) is None
    for number in (3, 12, 7):
        save(tmp_path, number)
    assert newest(tmp_path) == 12
    assert sorted(os.listdir(tmp_path)) == [".lock", "step-00000007", "step-00000012"]
    with Checkpoints(tmp_path, 1) as kept:
        kept.write("step-00000012-end", mixed.text({"format": FORMAT, "number": 13}), ARRAYS)
        kept.write("step-00000012-end", b"no second one", {})
        assert kept.names() == ["step-00000012-end"]
    assert newest(tmp_path) == 13
    (tmp_path / "mine.txt").touch()
    with Checkpoints(tmp_path, 1) as kept:
        kept.clear()
    assert os.listdir(tmp_path) == ["mine.txt"]


def test_every_flipped_bit_and_every_cut_is_found(tmp_path):
    save(tmp_path, 1)
    save(tmp_path, 2)
    path, rng = tmp_path / "step-00000002", random.Random(0)
    shutil.copytree(path, tmp_path / "whole")
    for name in os.listdir(path):
        data = (path / name).read_bytes()
        bits = rng.sample(range(8 * len(data)), 25)
        changed = [data[: b // 8] + bytes([data[b // 8] ^ 1 << b % 8]) + data[b // 8 + 1 :] for b in bits]
        for other in [*changed, b"", data[:-1], data + b" "]:
            (path / name).write_bytes(other)
            with pytest.warns(UserWarning, match=r"step-00000002.*set aside; step-00000001 is used"):
                assert newest(tmp_path) == 1
            shutil.rmtree(tmp_path / "damaged-step-00000002")
            shutil.copytree(tmp_path / "whole", path)
        (path / name).unlink()
        with pytest.warns(UserWarning, match="set aside"):
            assert newest(tmp_path) == 1
        shutil.copytree(tmp_path / "whole", path)
    (path / "state.json").write_bytes(b"{}")
    with pytest.warns(UserWarning, match="set aside"):  # a second one of the name
        newest(tmp_path)
    assert sorted(os.listdir(tmp_path)) == [".lock", "damaged-step-00000002", "step-00000001", "whole"]


def test_none_is_left(tmp_path):
    for number in (1, 2):
        save(tmp_path, number)
        (tmp_path / f"step-0000000{number}" / "state.safetensors").write_bytes(b"x")
    with pytest.raises(saving.NoUsableCheckpointError, match=r"All 2 .* damaged: .*00002.*00001.*Remove them"):
        newest(tmp_path)
    assert isinstance(saving.NoUsableCheckpointError(), saving.CheckpointError)


@pytest.mark.parametrize("state", [b'{"format":1}', b'{"format":3}', b"[]"])
def test_other_forms(tmp_path, state):
    with Checkpoints(tmp_path, 1) as kept:
        kept.write("step-00000001", state, {})
    expected = saving.UnsupportedVersionError if b"format" in state else saving.NoUsableCheckpointError
    with pytest.raises(expected, match=r"of the format [13]; this version reads 2|is no JSON object"):
        newest(tmp_path)


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EIO])
def test_a_fault_at_each_step_of_a_save(tmp_path, code):
    failed = []

    def fail():
        failed.append(code)
        raise OSError(code, os.strerror(code))

    for step in itertools.count(1):
        save(tmp_path, 1)
        with contextlib.suppress(OSError):
            save(tmp_path, 2, at=at_step(step, fail))
        if len(failed) < step:
            break
        check_whole(tmp_path, 2)
    assert step > 15
    assert newest(tmp_path) == 2


def test_two_runs_in_one_folder(tmp_path):
    with Checkpoints(tmp_path, 1):
        with pytest.raises(saving.CheckpointError, match="used by another run that still goes on"):
            quiet(regression(), X, R, resume=tmp_path)
        with pytest.raises(saving.CheckpointError, match="used by another"):
            newest(tmp_path)
    assert len(quiet(regression(), X, R, resume=tmp_path).epoch) == 1


def test_what_programs_that_were_ended_left_is_removed(tmp_path):
    save(tmp_path, 1)
    (tmp_path / ".step-00000009.0123456789ab.tmp").mkdir()
    assert newest(tmp_path) == 1
    assert sorted(os.listdir(tmp_path)) == [".lock", "step-00000001"]


@pytest.mark.parametrize("anew", [True, False])
def test_a_lock_that_was_removed_before_it_was_taken(tmp_path, monkeypatch, anew):
    """The run before has just come to its end, and another one perhaps begins: the lock is that which has the name."""
    left, flock = [1, 2], checkpoints.fcntl.flock

    def late(file, how):
        flock(file, how)
        if left:
            left.pop()
            (tmp_path / ".lock").unlink()
            if anew:
                (tmp_path / ".lock").touch()

    monkeypatch.setattr(checkpoints.fcntl, "flock", late)
    save(tmp_path, 1)
    assert not left
    assert newest(tmp_path) == 1


def test_a_file_system_without_locks(tmp_path, monkeypatch):
    def flock(*_):
        raise OSError(38, "Function not implemented")

    monkeypatch.setattr(checkpoints.fcntl, "flock", flock)
    save(tmp_path, 1)
    assert newest(tmp_path) == 1


def test_data_with_arrays():
    arrays = {}
    given = {
        "a": [1, 2.5, None, "x", True, float("inf")],
        "b": {"c": np.arange(3), "d": np.float32(2)},
        "e": lx.ops.ones((2,), "bfloat16"),
    }
    data = json.loads(mixed.text(mixed.parted(given, "at", arrays)))
    found = mixed.joined(data, arrays)
    assert found["a"] == given["a"]
    assert type(found["b"]["d"]) is np.float32
    np.testing.assert_array_equal(found["b"]["c"], [0, 1, 2])
    assert found["e"].dtype.name == "bfloat16"
    for odd, words in (
        ({1: 2}, "names are texts"),
        ({"$array": 2}, "begin with"),
        ([object()], r"at/0 is .*can't be kept"),
    ):
        with pytest.raises(TypeError, match=words):
            mixed.parted(odd, "at", {})
    with pytest.raises(saving.CorruptFileError, match="no array x"):
        mixed.joined({"$array": "x"}, {})


# Runs.


def halted(folder, case="shuffled", stop=6, **keep):
    """A run that is ended, and leaves checkpoints."""
    with pytest.raises(HaltError):
        run(CASES[case], folder, stop, **{"save_freq": 1, **keep})


@pytest.fixture
def left(tmp_path):
    """What a run has left that was ended."""
    halted(tmp_path)
    return tmp_path / "kept"


@pytest.mark.parametrize(
    ("make", "given", "words"),
    [
        (regression, {"x": X[:20], "y": R[:20]}, "samples was 22 then, and is 20 now"),
        (regression, {"batch_size": 8}, "batch_size was 6 then, and is 8 now"),
        (regression, {"shuffle": False}, "shuffle was True"),
        (regression, {"seed": 5}, r"seed was \d+ then, and is 5 now"),
        (regression, {"steps_per_epoch": 2}, "steps an epoch was 4"),
        (regression, {"validation_split": 0.5}, "samples was 22"),
        (regression, {"validation_data": (X, R)}, "logged names was"),
        (lambda: chain(layers.Dense(4, "tanh"), layers.Dense(1)), {}, r"dense/bias is float32 of shape \(3,\) there"),
        (lambda: regression(optimizer="adam"), {}, "is of another model, optimizer"),
        (lambda: chain(layers.Dense(1)), {}, "differ"),
        (lambda: chain(layers.Dense(3, "relu"), layers.Dense(1)), {}, "activation of dense was 'tanh' then"),
        (
            lambda: regression(optimizer=lx.optimizers.SGD(0.05, momentum=0.5, clipnorm=1.0)),
            {},
            "clipnorm of the optimizer was None then",
        ),
        (lambda: regression(loss="mae"), {}, "loss of compile was 'mse' then, and is 'mae' now"),
    ],
)
def test_another_run_is_refused(left, make, given, words):
    names = os.listdir(left)
    model = make()
    before = [v.numpy() for v in model.variables]
    with pytest.raises(ValueError, match=words):
        quiet(model, **{"x": X, "y": R, "batch_size": 6, "epochs": 3, **given}, resume=left)
    for a, b in zip(before, model.variables):
        np.testing.assert_array_equal(a, b.numpy())
    assert sorted(os.listdir(left)) == sorted(names)
    kept = callbacks.BackupAndRestore(left)
    with pytest.raises(ValueError, match="give one BackupAndRestore, or resume"):
        quiet(model, X, R, callbacks=[kept], resume=left)


class Silent(layers.Layer):
    """Does not say what it was given."""

    def __init__(self, factor, odd):
        super().__init__()
        self.kept = factor + odd

    def get_config(self):
        raise AttributeError

    def call(self, x):
        return x * self.kept


def scaled(mean, loss):
    norm = layers.Normalization(mean=np.full(4, mean), variance=np.ones(4))
    dense = layers.Dense(1, kernel_initializer=lx.initializers.Constant(0.5))
    return chain(norm, dense, Silent(1, 0), loss=loss, loss_weights=np.float32(1))


@pytest.mark.parametrize(
    ("then", "now", "words"),
    [
        (
            (0, lx.losses.Huber(delta=1.0)),
            (0, lx.losses.Huber(delta=2.0)),
            "loss of compile was {'class': 'Huber'.*2.0",
        ),
        ((0, lx.losses.Huber()), (0, lx.losses.mean_squared_error), "and is 'mean_squared_error' now"),
        ((0, {"y": [lambda y, p: y - p]}), (1, {"y": [lambda y, p: y - p]}), "mean of normalization was"),
        ((np.nan, "mse"), (1, "mse"), "mean of normalization was .*'nan'"),
    ],
)
def test_settings_of_all_kinds_are_compared(then, now, words, tmp_path):
    parts = [described(scaled(*given)._trainer) for given in (then, now)]
    assert difference(json.loads(json.dumps(parts[0])), parts[0], []) == ""
    assert re.search(words, difference(*parts, all_layers(scaled(*now))))


def test_other_versions_and_callbacks_are_told(left, monkeypatch):
    path = max(left.glob("step-*"))
    state = json.loads((path / "state.json").read_bytes())
    state["versions"]["jax"] = "0.0"
    arrays = {name: t.read() for name, t in _tensors(path).items()}
    shutil.rmtree(path)
    with Checkpoints(left, 2) as kept:
        kept.write(path.name, mixed.text(state), arrays)
    with (
        pytest.warns(UserWarning, match="written with jax 0.0, now"),
        pytest.warns(UserWarning, match="holds the state of callbacks that fit is not given: CSVLogger"),
    ):
        quiet(regression(), X, R, batch_size=6, epochs=3, resume=left)


def _tensors(path):
    with saving.source.opened(path / "state.safetensors") as source:
        return {name: t._replace(bytes=_Held(t)) for name, t in saving.safetensors.read(source).items()}


class _Held:
    """The array of a tensor whose file is closed later."""

    def __init__(self, tensor):
        self.found = tensor.bytes.array(0, tensor.shape, tensor.dtype)

    def array(self, *_):
        return self.found


def test_a_damaged_one_in_a_run(tmp_path, monkeypatch):
    """The one before is used, and the run is the same."""
    waiting(monkeypatch)
    (tmp_path / "whole").mkdir()
    wanted = run(CASES["shuffled"], tmp_path / "whole")
    halted(tmp_path, save_freq="epoch", stop=9)
    halted(tmp_path, save_freq=1, stop=3)
    newest = max((tmp_path / "kept").glob("step-*"))
    (newest / "state.json").write_bytes(b"{}")
    with pytest.warns(UserWarning, match=f"{newest.name}.*damaged"):
        assert_same(run(CASES["shuffled"], tmp_path, again=True, save_freq=1), wanted)
    assert not (tmp_path / "kept").exists()


def test_what_can_not_be_written_ends_no_run(tmp_path, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Checkpoints, "write", full)
    with pytest.warns(UserWarning, match=r"checkpoint was not written: .*No space left.*Training goes on"):
        assert len(quiet(regression(), X, R, epochs=3, resume=tmp_path).epoch) == 3


def test_a_run_that_is_over(tmp_path):
    """It gives its history again, and goes on to more epochs as if these had been asked for at first."""
    case = CASES["early stopping"]
    whole, data = regression(), {"x": X, "y": R, "batch_size": 6}
    wanted = quiet(whole, **data, epochs=4, seed=1)
    quiet(regression(), **data, epochs=2, seed=1, resume=tmp_path)
    for epochs in (2, 4, 4):
        model = regression()
        history = quiet(model, **data, epochs=epochs, resume=tmp_path)
        assert history.epoch == list(range(epochs))
        assert history.history["loss"] == wanted.history["loss"][:epochs]
    for a, b in zip(model.get_weights(), whole.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)
    stopped = [quiet(case.model(), **data, epochs=9, resume=tmp_path / "b", callbacks=case.callbacks(0)) for _ in "ab"]
    assert stopped[0].history == stopped[1].history
    assert len(stopped[1].epoch) < 9


def test_minutes(tmp_path, monkeypatch):
    waiting(monkeypatch)
    now = itertools.count(0, 20)  # seconds, of which each look takes 20
    monkeypatch.setattr(keeping, "time", types.SimpleNamespace(monotonic=lambda: next(now)))
    halted(tmp_path, save_freq=False, minutes=1, stop=9)
    assert len(list((tmp_path / "kept").glob("step-*"))) == 2
    halted(tmp_path, save_freq=False, stop=2)
    assert len(list((tmp_path / "kept").glob("step-*"))) == 2


def test_lines_that_are_missing_are_told(tmp_path, monkeypatch):
    waiting(monkeypatch)
    halted(tmp_path, stop=7)
    (tmp_path / "files" / "log.csv").write_text("")
    with pytest.warns(UserWarning, match=r"log.csv has 0 bytes, and had \d+ at the checkpoint"):
        run(CASES["shuffled"], tmp_path, save_freq=1)


def test_a_callback_whose_state_can_not_be_kept(tmp_path):
    class Odd(callbacks.Callback):
        def get_state(self):
            return {"file": object()}

    with pytest.raises(TypeError, match=r"callbacks/\d/file is <object .* can't be kept"):
        quiet(regression(), X, R, callbacks=Odd(), resume=tmp_path)


# Generators.


def test_a_generator_is_refused(tmp_path):
    with pytest.raises(ValueError, match=r"x is a generator, whose place can't be found again.*generators="):
        quiet(regression(), endless(), steps_per_epoch=3, resume=tmp_path)
    with pytest.raises(ValueError, match="validation_data is a generator"):
        quiet(regression(), X, R, validation_data=endless(), validation_steps=1, resume=tmp_path)


def test_a_generator_that_goes_on(tmp_path, monkeypatch):
    """It is taken as it comes: what follows the checkpoint is what it gives first."""
    waiting(monkeypatch)
    given = []

    def told(items):
        for item in items:
            given.append(item)
            yield item

    halted(tmp_path, "generator", stop=6, generators="go on")
    case = CASES["generator"]._replace(data={"x": lambda: told(endless())})
    found = run(case, tmp_path, again=True, save_freq=1, generators="go on")
    assert found.history["epoch"] == [0, 1, 2]
    assert len(given) in (4, 5)  # of 9 steps five were done
    assert given[0][0] is BATCHES[0][0]


# Signals.


class Sends(callbacks.Callback):
    """Sends signals after a step, or within a validation."""

    def __init__(self, number, after=0, test=False, times=1):
        self.number, self.left, self.times, self.seen = number, after, times, 0
        if test:
            vars(self)["on_test_batch_end"] = self.send
        else:
            vars(self)["on_train_batch_end"] = self.send

    def send(self, batch, logs=None):
        self.left -= 1
        if not self.left:
            for _ in range(self.times):
                signal.raise_signal(self.number)
            self.seen = 1


@pytest.mark.parametrize("within", ["steps", "validation"])
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_signals_finish_the_step_and_save(tmp_path, number, within):
    (tmp_path / "whole").mkdir()
    case = CASES["validation"]
    wanted = run(case, tmp_path / "whole")
    sends = Sends(number, 5 if within == "steps" else 3, within == "validation")
    handlers = [signal.getsignal(n) for n in (signal.SIGINT, signal.SIGTERM)]
    model = case.model()
    csv = tmp_path / "files" / "log.csv"
    csv.parent.mkdir()
    watching = [callbacks.BackupAndRestore(tmp_path / "kept", save_freq=False), sends]
    with pytest.raises(KeyboardInterrupt if number == signal.SIGINT else SystemExit) as ended:
        quiet(model, **case.data, **case.fit, batch_size=6, epochs=3, callbacks=[callbacks.CSVLogger(csv), *watching])
    assert sends.seen
    assert number == signal.SIGINT or ended.value.code == 143
    assert [signal.getsignal(n) for n in (signal.SIGINT, signal.SIGTERM)] == handlers
    assert np.isfinite(model.predict(X, verbose=0)).all()
    assert [p.name for p in (tmp_path / "kept").glob("step-*")] == [
        "step-00000005" if within == "steps" else "step-00000008"
    ]
    assert_same(run(case, tmp_path, again=True, save_freq=False), wanted)


def test_a_second_ctrl_c_acts_at_once(tmp_path):
    sends = Sends(signal.SIGINT, 3, times=3)
    model = regression()
    with pytest.raises(KeyboardInterrupt):
        quiet(model, X, R, batch_size=6, callbacks=[callbacks.BackupAndRestore(tmp_path), sends])
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
    assert int(model.optimizer.iterations) == 3


def test_noted_signals():
    seen = []
    before = signal.signal(signal.SIGTERM, lambda *_: seen.append("mine"))
    try:
        with interrupts.noted() as noted:
            assert not noted.came
            signal.raise_signal(signal.SIGTERM)
            assert noted.came
            assert not seen
            noted.act()
            noted.act()
            assert seen == ["mine"]
            signal.raise_signal(signal.SIGTERM)
        assert seen == ["mine", "mine"]
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        with interrupts.noted() as noted:
            signal.raise_signal(signal.SIGTERM)
            assert not noted.came
    finally:
        signal.signal(signal.SIGTERM, before)


def test_in_another_thread(tmp_path):
    found = []
    thread = threading.Thread(target=lambda: found.append(quiet(regression(), X, R, resume=tmp_path)))
    thread.start()
    thread.join()
    assert len(found[0].epoch) == 1


def test_arguments():
    for given, words in (
        ({"backup_dir": ""}, "Empty `backup_dir` argument passed"),
        ({"save_freq": "batch"}, "`save_freq` must be 'epoch', a positive number of steps or False"),
        ({"save_freq": 0}, "save_freq"),
        ({"keep": 0}, "keep"),
        ({"minutes": 0}, "minutes"),
        ({"generators": "rewind"}, "'rewind'"),
    ):
        with pytest.raises(ValueError, match=words):
            callbacks.BackupAndRestore(**{"backup_dir": "b", **given})
