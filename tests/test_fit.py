"""`fit`, `evaluate` and `predict`: the same numbers however they are driven."""

import jax
import numpy as np
import pytest
from small import (
    AB,
    SK,
    C,
    N,
    R,
    X,
    arrays,
    assert_close_weights,
    assert_equal_weights,
    by_hand,
    chain,
    classifier,
    noisy,
    quiet,
    regression,
    stepwise,
    two,
)

import laminax as lx
from laminax import layers
from laminax.training.drive import Pace


def both_ways(monkeypatch, make, *args, **kwargs):
    """The same training, fused and stepwise: models and histories."""
    fused, h1 = make(), None
    h1 = quiet(fused, *args, **kwargs)
    stepwise(monkeypatch)
    single = make()
    h2 = quiet(single, *args, **kwargs)
    assert (h1.mode, h2.mode) == ("fused", "stepwise")
    return fused, h1, single, h2


@pytest.mark.parametrize(("batch_size", "shuffle"), [(8, True), (11, False), (100, True)])
def test_fused_and_stepwise_give_the_same_bits(monkeypatch, batch_size, shuffle):
    given = {"batch_size": batch_size, "epochs": 3, "seed": 5, "shuffle": shuffle, "validation_split": 0.2}
    fused, h1, single, h2 = both_ways(monkeypatch, noisy, X, R, **given)
    assert h1.history == h2.history
    assert_equal_weights(fused, single)


def test_fused_and_stepwise_convolutions_give_the_same_bits(monkeypatch):
    """In every form that a convolution has: dots of patches, XLA's own, and sums of products."""
    images = np.random.default_rng(0).normal(size=(100, 24, 24, 3)).astype("float32")

    def make():
        lx.utils.set_random_seed(0)
        inner = [layers.Conv2D(8, 3), layers.BatchNormalization(), layers.Conv2D(16, 3, 2), layers.DepthwiseConv2D(3)]
        tail = [layers.Conv2DTranspose(8, 3, 2), layers.GlobalAveragePooling2D(), layers.Dense(3)]
        net = lx.Sequential([lx.Input((24, 24, 3)), *inner, *tail])
        net.compile("adam", "mse")
        return net

    targets = np.random.default_rng(1).normal(size=(100, 3)).astype("float32")
    fused, h1, single, h2 = both_ways(monkeypatch, make, images, targets, batch_size=32, epochs=3)
    assert (h1.mode, h2.mode) == ("fused", "stepwise")
    assert h1.history == h2.history
    assert_equal_weights(fused, single)


def test_fused_and_stepwise_with_several_inputs_and_weights(monkeypatch):
    given = {"batch_size": 8, "epochs": 2, "seed": 5, "sample_weight": np.linspace(0, 1, N)}
    fused, h1, single, h2 = both_ways(monkeypatch, lambda: two(optimizer="adam"), AB, SK, **given)
    assert h1.history == h2.history
    assert_equal_weights(fused, single)


def test_a_stream_gives_what_the_arrays_give():
    batches = [(X[i : i + 8], R[i : i + 8]) for i in range(0, N, 8)]
    first, second = noisy(), noisy()
    h1 = quiet(first, X, R, batch_size=8, epochs=2, shuffle=False, seed=3)
    h2 = quiet(second, batches, epochs=2, seed=3)
    assert (h1.mode, h2.mode) == ("fused", "stepwise")
    assert h1.history == h2.history
    assert_equal_weights(first, second)


@pytest.mark.parametrize("first", [[], [lx.Input((None, 2))]])
def test_batches_may_differ_in_length(first):
    """Targets are held against the output for their batch, not for the first."""
    model = lx.Sequential([*first, layers.Dense(3)])
    model.compile("sgd", "mse")
    lengths = [np.ones((2, n, 2), "float32") for n in (2, 4, 2)]
    quiet(model, [(x, np.zeros((*x.shape[:2], 3), "float32")) for x in lengths])
    with pytest.raises(ValueError, match=r"Batch 2: y has the shape \(n, 2, 3\), the output \(n, 4, 3\)"):
        quiet(model, [(x, np.zeros((2, 2, 3), "float32")) for x in lengths])


def test_steps_per_execution_changes_no_bit():
    plain = noisy()
    wanted = quiet(plain, X, R, batch_size=4, epochs=2, seed=1)
    for steps in (4, 100):
        several = noisy(steps_per_execution=steps)
        assert quiet(several, X, R, batch_size=4, epochs=2, seed=1).history == wanted.history
        assert_equal_weights(plain, several)


class Steps(lx.callbacks.Callback):
    """Writes down the hooks of batches."""

    def __init__(self):
        self.seen = []

    def on_train_batch_begin(self, batch, logs=None):
        self.seen.append(("begin", batch))

    def on_train_batch_end(self, batch, logs=None):
        self.seen.append(("end", batch))


def test_a_callback_on_batches_sees_each_step_and_changes_no_bit():
    plain, watched, steps = noisy(), noisy(), Steps()
    h1 = quiet(plain, X, R, batch_size=8, epochs=2, seed=1)
    h2 = quiet(watched, X, R, batch_size=8, epochs=2, seed=1, callbacks=[steps])
    assert steps.seen == 2 * [(when, i) for i in range(3) for when in ("begin", "end")]
    assert h1.history == h2.history
    assert_equal_weights(plain, watched)


def test_a_callback_on_batches_sees_each_launch_of_several_steps():
    steps = Steps()
    quiet(regression(steps_per_execution=4), X, R, batch_size=4, callbacks=[steps])
    assert steps.seen == [("begin", 0), ("end", 3), ("begin", 4), ("end", 5)]


def test_eager_steps_are_close_to_compiled_ones():
    compiled, eager = noisy(), noisy(run_eagerly=True)
    h1 = quiet(compiled, X, R, batch_size=11, epochs=2, seed=1)
    h2 = quiet(eager, X, R, batch_size=11, epochs=2, seed=1)
    assert h2.mode == "eager"
    np.testing.assert_allclose(h1.history["loss"], h2.history["loss"], rtol=1e-5)
    for a, b in zip(compiled.get_weights(), eager.get_weights()):
        np.testing.assert_allclose(a, b, rtol=1e-4, atol=1e-5)
    np.testing.assert_allclose(compiled.predict(X, verbose=0), eager.predict(X, verbose=0), rtol=1e-3, atol=1e-5)


def test_eager_steps_call_the_model_with_values():
    seen = []

    class Looking(layers.Layer):
        def call(self, x):
            if not isinstance(x, jax.core.Tracer):
                seen.append(float(x[0, 0]))
            return x

    model = chain(Looking(), layers.Dense(1), jit_compile=False)
    assert quiet(model, X, R, batch_size=11, shuffle=False).mode == "eager"
    assert seen == [float(X[0, 0]), float(X[11, 0])]


@pytest.mark.parametrize("batch_size", [1, 8])
def test_the_loss_of_an_epoch_is_the_mean_over_the_samples(batch_size):
    model, hand = regression(), regression()
    history = quiet(model, X, R, batch_size=batch_size, epochs=2, shuffle=False).history["loss"]
    np.testing.assert_allclose(history, by_hand(hand, X, R, batch_size, 2), rtol=1e-6)


def test_evaluate_does_not_depend_on_the_batch_size():
    model = classifier(metrics=["accuracy", "crossentropy"])
    wanted = model.evaluate(X, C, batch_size=N, verbose=0)
    for batch_size in (1, 3, 8, 16, 1000):
        np.testing.assert_allclose(model.evaluate(X, C, batch_size=batch_size, verbose=0), wanted, rtol=1e-6)


def test_evaluate_of_masked_steps_does_not_depend_on_the_batch_size():
    x = arrays(N, 6, 4) * (np.arange(6)[None, :, None] < (np.arange(N) % 7)[:, None, None])
    model = lx.Sequential([lx.Input((6, 4)), layers.Masking(), layers.Dense(2)])
    model.compile("sgd", "mse", metrics=["mae"])
    y = arrays(N, 6, 2)
    wanted = model.evaluate(x, y, batch_size=N, verbose=0)
    for batch_size in (1, 4, 7):
        np.testing.assert_allclose(model.evaluate(x, y, batch_size=batch_size, verbose=0), wanted, rtol=1e-6)


def test_evaluate_gives_a_number_a_list_or_a_dict():
    model = regression()
    assert isinstance(model.evaluate(X, R, verbose=0), float)
    model.compile("sgd", "mse", metrics=["mae"])
    found = model.evaluate(X, R, verbose=0)
    assert isinstance(found, list)
    assert model.evaluate(X, R, verbose=0, return_dict=True) == dict(zip(["loss", "mae"], found))
    assert model.metrics_names == ["loss", "mae"]


def test_evaluate_changes_nothing():
    model = noisy()
    before = model.get_weights()
    seeds = [v.numpy() for v in model.variables]
    model.evaluate(X, R, verbose=0)
    for a, b in zip([*before, *seeds], [*model.get_weights(), *(v.numpy() for v in model.variables)]):
        np.testing.assert_array_equal(a, b)


def test_predict_does_not_depend_on_the_batch_size():
    model = noisy()
    wanted = np.asarray(model(X))
    for batch_size in (None, 1, 3, 8, 22, 1000):
        np.testing.assert_allclose(model.predict(X, batch_size=batch_size, verbose=0), wanted, rtol=1e-5, atol=1e-6)


def test_predict_in_other_forms():
    model, pair = regression(), two()
    wanted = model.predict(X, verbose=0)
    np.testing.assert_array_equal(model.predict_on_batch(X), wanted)
    stream = [(X[:8], R[:8]), (X[8:16],), (X[16:],)]
    np.testing.assert_allclose(model.predict(stream, verbose=0), wanted, rtol=1e-6, atol=1e-7)
    np.testing.assert_allclose(model.predict(iter([X[:8], X[8:]]), verbose=0), wanted, rtol=1e-6, atol=1e-7)
    assert model.predict(X, batch_size=8, steps=2, verbose=0).shape == (16, 1)
    first, second = pair.predict(AB, batch_size=8, verbose=0)
    again = pair.predict([AB["a"], AB["b"]], verbose=0)
    np.testing.assert_allclose(first, again[0], rtol=1e-6, atol=1e-7)
    np.testing.assert_allclose(second, again[1], rtol=1e-6, atol=1e-7)


def test_predict_of_no_rows_has_the_shape_of_the_outputs():
    assert regression().predict(X[:0], verbose=0).shape == (0, 1)
    assert regression().predict_on_batch(X[:0]).shape == (0, 1)
    assert [y.shape for y in two().predict({"a": X[:0], "b": X[:0, :2]}, verbose=0)] == [(0, 1), (0, 1)]


def test_predict_needs_no_compile_and_no_targets():
    model = chain(layers.Dense(1), compile=False)
    assert model.predict(X, verbose=0).shape == (N, 1)
    model = classifier(metrics=["accuracy"])
    assert model.predict(X, verbose=0).shape == (N, 3)
    quiet(model, X, C)
    assert model.metrics_names == ["loss", "accuracy"]


def test_initial_epoch_and_epochs():
    model = regression()
    history = quiet(model, X, R, initial_epoch=3, epochs=5)
    assert history.epoch == [3, 4]
    assert quiet(model, X, R, epochs=0).epoch == []
    assert quiet(model, X, R, initial_epoch=3, epochs=2).epoch == []


def test_going_on_is_the_same_as_not_stopping():
    """The order of the data follows from the seed and the epoch, so it goes on where it was."""
    whole, parts = regression(), regression()
    h = quiet(whole, X, R, batch_size=8, epochs=4, seed=2).history["loss"]
    h1 = quiet(parts, X, R, batch_size=8, epochs=2, seed=2).history["loss"]
    h2 = quiet(parts, X, R, batch_size=8, initial_epoch=2, epochs=4, seed=2).history["loss"]
    assert h == h1 + h2
    assert_equal_weights(whole, parts)


def test_steps_per_epoch_goes_on_through_the_data():
    """Passes follow one another: the same steps as by hand, whatever the number in an epoch."""
    model, hand = regression(optimizer="sgd"), regression(optimizer="sgd")
    start = model.get_weights()
    for steps in (1, 2, 4, 7):
        model.set_weights(start)
        hand.set_weights(start)
        history = quiet(model, X, R, batch_size=8, epochs=3, steps_per_epoch=steps, shuffle=False).history["loss"]
        taken = [slice(8 * (i % 3), 8 * (i % 3) + 8) for i in range(3 * steps)]
        losses = [(hand.train_on_batch(X[rows], R[rows]), len(X[rows])) for rows in taken]
        for epoch, found in enumerate(history):
            part = losses[epoch * steps : (epoch + 1) * steps]
            assert found == pytest.approx(sum(v * n for v, n in part) / sum(n for _, n in part), rel=1e-5)
        assert_close_weights(model, hand)


def test_each_epoch_has_each_row_once_in_a_new_order(monkeypatch):
    rows = []

    class Look(lx.losses.Loss):
        def call(self, y_true, y_pred):
            jax.debug.callback(lambda y: rows.append(y[:, 0].tolist()), y_true, ordered=True)
            return jax.numpy.mean(jax.numpy.square(y_true - y_pred), -1)

    numbers = np.arange(N, dtype="float32")[:, None]
    quiet(regression(loss=Look()), X, numbers, batch_size=8, epochs=2, seed=0)
    jax.effects_barrier()
    orders = [[*rows[i], *rows[i + 1], *rows[i + 2]] for i in (0, 3)]
    assert all(sorted(order) == list(range(N)) for order in orders)
    assert orders[0] != orders[1]
    assert orders[0] != sorted(orders[0])
    rows.clear()
    quiet(regression(loss=Look()), X, numbers, batch_size=8, shuffle=False)
    jax.effects_barrier()
    assert [*rows[0], *rows[1], *rows[2]] == list(range(N))


def test_validation_by_arrays_stream_split_and_list():
    wanted = regression().evaluate(X[15:], R[15:], verbose=0)
    for given in (
        {"validation_data": (X[15:], R[15:])},
        {"validation_data": [X[15:], R[15:]]},
        {"validation_data": [(X[15:18], R[15:18]), (X[18:], R[18:])]},
        {"validation_split": 0.3},
    ):
        model = regression(optimizer=lx.optimizers.SGD(0.0))
        history = quiet(model, X, R, epochs=2, **given).history
        np.testing.assert_allclose(history["val_loss"], [wanted, wanted], rtol=1e-6)


def test_validation_split_takes_the_last_rows():
    model, hand = regression(), regression()
    quiet(model, X, R, batch_size=8, validation_split=0.3, shuffle=False)
    by_hand(hand, X[:15], R[:15], 8)
    for a, b in zip(model.get_weights(), hand.get_weights()):
        np.testing.assert_allclose(a, b, rtol=1e-6, atol=1e-6)


def test_validation_freq():
    model = regression()
    for frequency, wanted in [(1, 5), (2, 2), (5, 1), (6, 0), ([1, 4], 2), ((2,), 1), (np.int64(2), 2)]:
        history = quiet(model, X, R, epochs=5, validation_data=(X, R), validation_freq=frequency).history
        assert len(history.get("val_loss", [])) == wanted
        assert len(history["loss"]) == 5


def test_batches_one_by_one():
    model = noisy()
    logs = model.train_on_batch(X, R, return_dict=True)
    assert list(logs) == ["loss", "mae"]
    assert model.train_on_batch(X, R)[0] < logs["loss"] * 10
    tested = model.test_on_batch(X, R)
    assert tested == pytest.approx(model.evaluate(X, R, verbose=0), rel=1e-6)
    assert int(model.optimizer.iterations) == 2


def test_the_pace_fits_launches_to_their_time():
    pace = Pace(seconds=0.1)
    pace.tell(1, 5.0)  # compiles
    assert pace.count == 1
    pace.tell(1, 0.001)
    assert pace.count == 8
    pace.tell(8, 0.008)
    assert pace.count == 64
    pace.tell(64, 6.4)
    assert pace.count == 1
    fixed = Pace(fixed=3)
    fixed.tell(1, 1.0)
    fixed.tell(3, 1e-6)
    assert fixed.count == 3


def test_data_may_live_on_the_device():
    first, second = regression(), regression()
    h1 = quiet(first, X, R, batch_size=8, seed=1).history
    h2 = quiet(second, jax.numpy.asarray(X), jax.numpy.asarray(R), batch_size=8, seed=1).history
    assert h1 == h2
