"""Callbacks: when they are called, what they see, and what they do.

That hooks come in Keras's order, and that `EarlyStopping` and `ReduceLROnPlateau` decide as Keras's, is tested in
`test_training_golden.py`.
"""

import csv

import numpy as np
import pytest
from golden.training_cases import scripted
from small import N, R, X, assert_equal_weights, chain, classifier, noisy, quiet, regression

import laminax as lx
from laminax import callbacks, layers


class Logs(callbacks.Callback):
    """Keeps the logs of each epoch."""

    def __init__(self):
        self.seen = []

    def on_epoch_end(self, epoch, logs=None):
        self.seen.append(dict(logs))


class Adds(callbacks.Callback):
    """Adds a number to the logs."""

    def __init__(self, name, values):
        self.name, self.values = name, values

    def on_epoch_end(self, epoch, logs=None):
        logs[self.name] = self.values[epoch]


# History


def test_history():
    model = regression(metrics=["mae"])
    history = quiet(model, X, R, epochs=3, validation_data=(X, R), seed=11)
    assert history is model.history
    assert list(history.history) == ["loss", "mae", "val_loss", "val_mae"]
    assert all(len(values) == 3 and all(type(v) is float for v in values) for values in history.history.values())
    assert (history.epoch, history.seed, history.mode) == ([0, 1, 2], 11, "fused")
    assert history.params["epochs"] == 3
    assert history.params["steps"] == 1
    assert history.params["metrics"] == ["loss", "mae", "val_loss", "val_mae"]


def test_the_seed_that_nobody_gave_is_kept_and_repeats_the_run():
    first, second = regression(), regression()
    seed = quiet(first, X, R, batch_size=8, epochs=2).seed
    assert quiet(second, X, R, batch_size=8, epochs=2, seed=seed).history == first.history.history
    assert_equal_weights(first, second)


def test_history_is_shown_as_a_table():
    assert repr(callbacks.History()) == "History: no epochs yet"
    history = quiet(regression(), X, R, epochs=4, validation_data=(X, R), validation_freq=2)
    lines = repr(history).splitlines()
    assert lines[0].split() == ["epoch", "loss", "val_loss"]
    assert [len(line.split()) for line in lines[1:]] == [2, 3, 2, 3]  # validated after every second epoch
    assert lines[4].split()[2] == f"{history.history['val_loss'][1]:.4g}"
    many = quiet(regression(), X, R, epochs=20)
    assert [line.split()[0] for line in repr(many).splitlines()] == ["epoch", "1", "2", "3", "...", "18", "19", "20"]


# What callbacks see


def test_logs_that_a_callback_adds_reach_those_after_it():
    before, after = Logs(), Logs()
    given = [before, Adds("extra", [3.0, 2.0, 1.0]), after]
    history = quiet(regression(), X, R, epochs=3, callbacks=given)
    assert "extra" not in before.seen[0]
    assert [logs["extra"] for logs in after.seen] == history.history["extra"] == [3.0, 2.0, 1.0]


def test_a_monitor_may_watch_what_a_callback_adds():
    stop = callbacks.EarlyStopping("extra", patience=1, mode="max")
    history = quiet(regression(), X, R, epochs=9, callbacks=[Adds("extra", [1, 2, 1, 1, 1]), stop])
    assert len(history.epoch) == 3
    function = callbacks.LambdaCallback(on_epoch_end=lambda epoch, logs: logs.update(extra=-epoch))
    stop = callbacks.EarlyStopping("extra", mode="max")
    assert len(quiet(regression(), X, R, epochs=9, callbacks=[function, stop]).epoch) == 2


def test_numbers_of_batches_are_running_means():
    seen = []
    watch = callbacks.LambdaCallback(on_train_batch_end=lambda batch, logs: seen.append(logs["loss"]))
    model, hand = regression(), regression()
    quiet(model, X, R, batch_size=11, shuffle=False, callbacks=[watch])
    first, second = (hand.train_on_batch(X[rows], R[rows]) for rows in (slice(11), slice(11, 22)))
    assert seen == pytest.approx([first, (first + second) / 2], rel=1e-6)


class Measures(callbacks.Callback):
    """Evaluates and predicts in the middle of an epoch."""

    def on_train_batch_end(self, batch, logs=None):
        self.model.evaluate(X * 0, R * 0 + 100, verbose=0)
        self.model.predict(X, verbose=0)


def test_a_callback_may_evaluate_in_the_middle_of_an_epoch():
    plain, measured = noisy(), noisy()
    wanted = quiet(plain, X, R, batch_size=8, epochs=2, seed=0).history
    assert quiet(measured, X, R, batch_size=8, epochs=2, seed=0, callbacks=[Measures()]).history == wanted
    assert_equal_weights(plain, measured)


def test_params_and_model_are_set_before_training():
    seen = []

    class Look(callbacks.Callback):
        def on_train_begin(self, logs=None):
            seen.append((self.model, self.params["epochs"], self.params["steps"], self.params["verbose"]))

    model = regression()
    quiet(model, X, R, batch_size=8, epochs=2, callbacks=[Look()])
    assert seen == [(model, 2, 3, 0)]


def test_one_callback_needs_no_list():
    logs = Logs()
    quiet(regression(), X, R, callbacks=logs)
    assert len(logs.seen) == 1
    assert len(quiet(regression(), X, R, callbacks=(Logs(), logs)).epoch) == 1
    assert len(logs.seen) == 2


@pytest.mark.parametrize("hook", ["on_train_begin", "on_train_batch_end", "on_test_end", "on_epoch_end"])
def test_a_callback_that_raises_leaves_a_model_that_trains_on(hook):
    def fail(*args):
        raise OSError("disk full")

    model = regression()
    broken = callbacks.Callback()
    setattr(broken, hook, fail)
    with pytest.raises(OSError, match="disk full"):
        quiet(model, X, R, batch_size=8, epochs=2, validation_data=(X, R), callbacks=[broken])
    assert np.isfinite(model.predict(X, verbose=0)).all()
    assert len(quiet(model, X, R, batch_size=8, epochs=2).epoch) == 2


@pytest.mark.parametrize("hook", ["on_epoch_begin", "on_train_batch_begin", "on_train_batch_end", "on_epoch_end"])
def test_a_callback_may_stop_the_run(hook):
    stop = callbacks.Callback()
    setattr(stop, hook, lambda number, logs: setattr(stop.model, "stop_training", True))
    model = regression(optimizer="sgd")
    history = quiet(model, X, R, batch_size=8, epochs=5, callbacks=[stop])
    assert history.epoch == [0]
    assert int(model.optimizer.iterations) == (3 if hook == "on_epoch_end" else 1)
    assert len(quiet(model, X, R, epochs=3).epoch) == 3  # the next run is not stopped


# EarlyStopping


def test_early_stopping_restores_the_best_weights():
    kept = []
    keep = callbacks.LambdaCallback(on_epoch_end=lambda epoch, logs: kept.append(model.get_weights()))
    stop = callbacks.EarlyStopping("extra", patience=2, mode="min", restore_best_weights=True)
    model = regression()
    history = quiet(model, X, R, epochs=9, callbacks=[Adds("extra", [3, 1, 2, 2, 0]), keep, stop])
    assert history.epoch == [0, 1, 2, 3]
    assert (stop.best, stop.best_epoch, stop.stopped_epoch) == (1.0, 1, 3)
    for a, b in zip(kept[1], model.get_weights()):
        np.testing.assert_array_equal(a, b)


def test_a_callback_can_be_used_again():
    stop = callbacks.EarlyStopping("extra", patience=1, mode="min")
    for _ in range(2):
        assert len(quiet(regression(), X, R, epochs=9, callbacks=[Adds("extra", [1, 2, 3]), stop]).epoch) == 2


def test_not_a_number_is_never_an_improvement():
    nan = float("nan")
    stop = callbacks.EarlyStopping("loss", patience=2, restore_best_weights=True, mode="min")
    assert scripted(lx, stop, [nan, 1.0, nan, 2.0, 3.0])["weights"] == 1
    assert scripted(lx, stop, [nan, nan, nan])["epochs"] == 2


@pytest.mark.parametrize("make", [callbacks.EarlyStopping, callbacks.ReduceLROnPlateau])
def test_epochs_without_validation_do_not_count(make):
    watch = make("val_loss", patience=1)
    history = quiet(regression(), X, R, epochs=6, validation_data=(X, R), validation_freq=3, callbacks=[watch])
    assert len(history.epoch) == 6
    assert watch.best == min(history.history["val_loss"])


@pytest.mark.parametrize(
    ("monitor", "better"),
    [("loss", 0.5), ("accuracy", 2.0), ("val_accuracy", 2.0), ("my_error", 0.5), ("val_auc", 2.0), ("mae", 0.5)],
)
def test_the_way_up_is_known_from_the_name_or_the_metric(monitor, better):
    stop = callbacks.EarlyStopping(monitor)
    stop.set_model(classifier())
    assert stop.improves(better, 1.0)
    assert not stop.improves(1.0, better)


def test_the_way_up_is_known_from_a_metric_of_any_name():
    model = classifier(metrics=[lx.metrics.SparseCategoricalAccuracy(name="hits")])
    stop = callbacks.EarlyStopping("hits")
    quiet(model, X, np.arange(N) % 3, callbacks=[stop])
    assert stop.improves(1.0, 0.5)


def test_the_way_up_must_be_known_before_training():
    model = regression(metrics=[lambda y, p: abs(y - p)])
    name = quiet(model, X, R).model.metrics_names[1]
    before = model.get_weights()
    with pytest.raises(ValueError, match="Set mode='max' or mode='min'"):
        quiet(model, X, R, callbacks=[callbacks.EarlyStopping(name)])
    for a, b in zip(before, model.get_weights()):
        np.testing.assert_array_equal(a, b)


def test_a_name_that_will_not_be_logged_is_an_error_before_training():
    model = regression(metrics=["mae"])
    before = model.get_weights()
    for monitor, words in [("val_mae", "Give fit validation_data"), ("maee", "Did you mean 'mae'"), ("acc", "Known:")]:
        for make in (callbacks.EarlyStopping, callbacks.ReduceLROnPlateau):
            with pytest.raises(ValueError, match=words):
                quiet(model, X, R, callbacks=[make(monitor)])
    for a, b in zip(before, model.get_weights()):
        np.testing.assert_array_equal(a, b)
    with pytest.raises(ValueError, match="not in the logs"):  # it might have been added, and was not
        quiet(model, X, R, callbacks=[Adds("other", [1]), callbacks.EarlyStopping("never", mode="min")])


def test_early_stopping_says_what_it_did(capsys):
    stop = callbacks.EarlyStopping("extra", mode="min", verbose=1)
    quiet(regression(), X, R, epochs=9, callbacks=[Adds("extra", [1, 2, 3]), stop])
    assert capsys.readouterr().out == "Epoch 2: stopped early, best epoch 1.\n"


# Learning rates


@pytest.mark.parametrize(
    "schedule",
    [
        lambda epoch: 0.1 / (epoch + 1),
        lambda epoch, rate: 0.1 / (epoch + 1),
        lambda epoch, rate=None: 0.1 / (epoch + 1) if rate else None,
        lambda *given: 0.1 / (given[0] + 1) if len(given) == 2 else None,
        lambda epoch: np.float32(0.1) / (epoch + 1),
    ],
    ids=range(5),
)
def test_schedules(schedule):
    model = regression(optimizer="sgd")
    history = quiet(model, X, R, epochs=3, callbacks=[callbacks.LearningRateScheduler(schedule)])
    assert history.history["learning_rate"] == pytest.approx([0.1, 0.05, 0.1 / 3])
    assert float(model.optimizer.learning_rate) == pytest.approx(0.1 / 3)


def test_a_schedule_acts_at_the_next_step():
    model = regression(optimizer="sgd")
    before = model.get_weights()
    quiet(model, X, R, callbacks=[callbacks.LearningRateScheduler(lambda epoch: 0.0)])
    for a, b in zip(before, model.get_weights()):
        np.testing.assert_array_equal(a, b)


def test_a_schedule_must_give_a_number():
    with pytest.raises(ValueError, match="schedule must give a number; got 'fast'"):
        quiet(regression(), X, R, callbacks=[callbacks.LearningRateScheduler(lambda epoch: "fast")])


def test_reduction_is_logged_and_told(capsys):
    reduce = callbacks.ReduceLROnPlateau("extra", factor=0.5, patience=1, mode="min", verbose=1)
    model = regression(optimizer=lx.optimizers.SGD(0.1))
    history = quiet(model, X, R, epochs=4, callbacks=[Adds("extra", [1, 1, 1, 0]), reduce])
    assert history.history["learning_rate"] == pytest.approx([0.1, 0.1, 0.05, 0.025])
    assert "Epoch 2: learning rate reduced from 0.1 to 0.05." in capsys.readouterr().out


# TerminateOnNaN, CSVLogger, LambdaCallback


def test_terminate_on_nan(capsys):
    x = X.copy()
    x[12] = np.nan
    model = regression(optimizer="sgd")
    history = quiet(model, x, R, batch_size=4, epochs=3, shuffle=False, callbacks=[callbacks.TerminateOnNaN()])
    assert history.epoch == [0]
    assert int(model.optimizer.iterations) == 4
    assert "Batch 3: the loss is nan" in capsys.readouterr().out
    with pytest.raises(RuntimeError, match="The loss is nan at batch 3"):
        quiet(regression(), x, R, batch_size=4, shuffle=False, callbacks=[callbacks.TerminateOnNaN(raise_error=True)])


def read(path, delimiter=","):
    with open(path, newline="") as file:
        return list(csv.reader(file, delimiter=delimiter))


def test_csv_logger(tmp_path):
    path = tmp_path / "log.csv"
    model = regression(metrics=["mae"])
    history = quiet(model, X, R, epochs=2, validation_data=(X, R), callbacks=[callbacks.CSVLogger(path)])
    header, *rows = read(path)
    assert header == ["epoch", "loss", "mae", "val_loss", "val_mae"]
    assert [int(row[0]) for row in rows] == [0, 1]
    for name, column in zip(header[1:], list(zip(*rows))[1:]):
        assert list(map(float, column)) == history.history[name]
    quiet(
        model,
        X,
        R,
        initial_epoch=2,
        epochs=3,
        validation_data=(X, R),
        callbacks=[callbacks.CSVLogger(path, append=True)],
    )
    assert [row[0] for row in read(path)] == ["epoch", "0", "1", "2"]
    quiet(model, X, R, epochs=1, callbacks=[callbacks.CSVLogger(str(path), separator=";")])
    assert [row[:1] for row in read(path, ";")] == [["epoch"], ["0"]]


def test_csv_logger_with_gaps_and_arrays(tmp_path):
    path = tmp_path / "log.csv"
    path.touch()
    logger = callbacks.CSVLogger(path, append=True)
    extra = Adds("extra", [np.array([1.0, 2.0])] * 2)
    given = {"validation_data": (X, R), "validation_freq": 2, "callbacks": [extra, logger]}
    quiet(regression(), X, R, epochs=2, **given)
    header, first, second = read(path)
    assert header == ["epoch", "extra", "loss", "val_loss"]
    assert (first[1], first[3]) == ("[1.0, 2.0]", "NA")
    assert np.isfinite(float(second[3]))


def test_lambda_callback():
    called = []
    names = [
        "on_train_begin",
        "on_train_end",
        "on_epoch_begin",
        "on_epoch_end",
        "on_train_batch_begin",
        "on_train_batch_end",
    ]
    hooks = {name: lambda *args, name=name: called.append(name) for name in [*names, "on_test_begin"]}
    quiet(regression(), X, R, validation_data=(X, R), callbacks=[callbacks.LambdaCallback(**hooks)])
    assert called == [names[0], names[2], names[4], names[5], "on_test_begin", names[3], names[1]]


def test_callbacks_of_evaluate_and_predict():
    called = []

    class All(callbacks.Callback):
        def on_test_batch_end(self, batch, logs=None):
            called.append(("test", batch, list(logs)))

        def on_predict_batch_end(self, batch, logs=None):
            called.append(("predict", batch, logs["outputs"].shape))

    model = chain(layers.Dense(1))
    model.evaluate(X, R, batch_size=11, callbacks=[All()], verbose=0)
    model.predict(X, batch_size=16, callbacks=All(), verbose=0)
    tested = [("test", 0, ["loss"]), ("test", 1, ["loss"])]
    assert called == [*tested, ("predict", 0, (16, 1)), ("predict", 1, (6, 1))]
