"""Models in files while they are trained, and averages in the place of weights."""

import os

import numpy as np
import pytest
from small import R, X, noisy, quiet, regression

import laminax as lx
from laminax import callbacks, optimizers

VALID = {"validation_data": (X[:9] + 1, R[:9])}


def saved(folder, name="{epoch}.keras", model=None, fit=None, **given):
    """The files that a run of three epochs leaves."""
    checkpoint = callbacks.ModelCheckpoint(folder / name, **given)
    history = quiet(model or regression(), X, R, batch_size=6, epochs=3, callbacks=[checkpoint], **(fit or {}))
    return sorted(os.listdir(folder)), checkpoint, history


def test_after_each_epoch(tmp_path, capsys):
    model = regression()
    names, _, history = saved(tmp_path, "{epoch:02d}-{loss:.3f}.keras", model, verbose=1)
    assert names == [f"{i + 1:02d}-{loss:.3f}.keras" for i, loss in enumerate(history.history["loss"])]
    assert capsys.readouterr().out.count("saved to") == 3
    found = lx.saving.load_model(tmp_path / names[-1])
    np.testing.assert_array_equal(found.predict(X, verbose=0), model.predict(X, verbose=0))


def test_by_batches_and_in_a_folder(tmp_path):
    names, _, _ = saved(tmp_path / "new", "{epoch}-{batch}.weights.h5", save_weights_only=True, save_freq=5)
    assert names == ["2-1.weights.h5", "3-2.weights.h5"]
    saved(tmp_path, "{epoch}/{batch}.safetensors", save_weights_only=True, save_freq=8)
    assert (tmp_path / "2" / "4.safetensors").exists()


def test_in_the_folder_at_hand(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    quiet(regression(), X, R, callbacks=[callbacks.ModelCheckpoint("m.keras")])
    assert os.listdir() == ["m.keras"]


def test_the_best_one(tmp_path, capsys):
    given = {"monitor": "loss", "save_best_only": True, "save_weights_only": True, "name": "{epoch}.weights.h5"}
    rate = {"model": regression(optimizer=optimizers.SGD(0.05))}
    names, checkpoint, history = saved(tmp_path / "a", **given, **rate, verbose=1)
    assert checkpoint.best == min(history.history["loss"])
    assert len(names) == 3
    assert "loss improved from None" in capsys.readouterr().out
    names, checkpoint, _ = saved(tmp_path / "b", **given, initial_value_threshold=0.0)
    assert (names, checkpoint.best) == ([], 0.0)
    names, *_ = saved(tmp_path / "c", **given, mode="max")
    assert names == ["1.weights.h5"]
    names, *_ = saved(
        tmp_path / "d", **{**given, "monitor": "val_loss"}, fit={**VALID, "validation_freq": 3}, mode="max"
    )
    assert names == ["3.weights.h5"]


def test_what_is_refused(tmp_path):
    for given, words in (
        ({"filepath": "m.h5"}, "must end in `.keras`; got 'm.h5'"),
        ({"filepath": "m.keras", "save_weights_only": True}, "`.weights.h5` or `.safetensors`"),
        ({"filepath": "m.keras", "save_freq": "batch"}, "Unrecognized save_freq"),
    ):
        with pytest.raises(ValueError, match=words):
            callbacks.ModelCheckpoint(**given)
    with pytest.raises(KeyError, match="Did you mean 'loss'"):
        saved(tmp_path, "{los}.keras")
    with pytest.raises(ValueError, match="monitors 'val_loss'"):
        saved(tmp_path, save_best_only=True)
    (tmp_path / "1.keras").mkdir(exist_ok=True)
    with pytest.raises(IsADirectoryError):
        saved(tmp_path)


def test_a_folder_that_can_not_be_written_to(tmp_path, monkeypatch):
    monkeypatch.setattr(os, "access", lambda *_: False)
    with pytest.raises(PermissionError, match="nothing can be written to the folder"):
        saved(tmp_path)


def averaged(**given):
    return noisy(optimizer=optimizers.SGD(0.05, use_ema=True, **given))


def test_averages_are_evaluated(tmp_path):
    """Numbers of a validation are those of the averages; training goes on from the weights."""
    plain, swapped = averaged(), averaged()
    fit = {"batch_size": 6, "epochs": 3, "seed": 1, **VALID}
    first = quiet(plain, X, R, **fit)
    second = quiet(swapped, X, R, **fit, callbacks=[callbacks.SwapEMAWeights()])
    assert first.history["loss"] == second.history["loss"]
    assert first.history["val_loss"] != second.history["val_loss"]
    for a, b in zip(plain.get_weights(), swapped.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)
    evaluated = swapped.evaluate(*VALID["validation_data"], batch_size=6, verbose=0)
    assert second.history["val_loss"][-1] == evaluated[0]


def test_averages_are_saved(tmp_path):
    model = averaged()
    watching = [callbacks.SwapEMAWeights(swap_on_epoch=True), callbacks.ModelCheckpoint(tmp_path / "{epoch}.keras")]
    stop = callbacks.LambdaCallback(on_epoch_end=lambda epoch, logs: setattr(model, "stop_training", epoch == 1))
    quiet(model, X, R, batch_size=6, epochs=5, callbacks=[*watching, stop])
    found = lx.saving.load_model(tmp_path / "2.keras")
    np.testing.assert_array_equal(found.predict(X, verbose=0), model.predict(X, verbose=0))


def test_averages_are_used_and_put_back():
    model = averaged()
    quiet(model, X, R, batch_size=6)
    kernel, average = model.optimizer.averages[0]
    kernel.assign(average.value + 1)
    before = kernel.numpy()
    apart = model.predict(X, verbose=0)
    assert not np.array_equal(model.predict(X, verbose=0, callbacks=callbacks.SwapEMAWeights()), apart)
    np.testing.assert_array_equal(kernel.numpy(), before)


def test_an_optimizer_without_averages():
    mixed = optimizers.MultiOptimizer(
        optimizers.OptimizerMap(optimizers.SGD(0.1), {"kernel": optimizers.SGD(0.1, use_ema=True)})
    )
    quiet(regression(optimizer=mixed), X, R, callbacks=[callbacks.SwapEMAWeights()])
    for optimizer in ("sgd", optimizers.LossScaleOptimizer(optimizers.SGD())):
        with pytest.raises(ValueError, match="SwapEMAWeights must be used when `use_ema=True` is set"):
            quiet(regression(optimizer=optimizer), X, R, callbacks=[callbacks.SwapEMAWeights()])
