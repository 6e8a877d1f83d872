"""The last short batch of a pass: padded where nobody can tell, plain where somebody could. Its numbers are exact."""

import jax
import jax.numpy as jnp
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
    by_hand,
    chain,
    quiet,
    regression,
    stepwise,
    two,
)

import laminax as lx
from laminax import layers, losses, metrics


class Centred(layers.Layer):
    """A layer of the user's own, in which rows depend on one another."""

    def call(self, x):
        return x - jnp.mean(x, 0, keepdims=True)


class Added(layers.Layer):
    """Adds a loss that depends on the number of rows."""

    def call(self, x):
        self.add_loss(0.1 * jnp.mean(jnp.square(x)))
        return x


class Pairwise(losses.Loss):
    """One value a sample, of which each depends on all samples."""

    def call(self, y_true, y_pred):
        error = y_true - y_pred
        return jnp.mean(jnp.square(error - jnp.mean(error, 0)), -1)


class Count(metrics.Metric):
    """Counts rows, in Keras's style."""

    def __init__(self, name="count"):
        super().__init__(name=name)
        self.total = self.add_variable((), "zeros", name="total")

    def update_state(self, y_true, y_pred, sample_weight=None):
        self.total.assign(self.total + y_true.shape[0])

    def result(self):
        return self.total.value


class Largest(metrics.Metric):
    """The largest output, in the pure style."""

    def zeros(self):
        return {"largest": np.array(-np.inf, "float32")}

    def update(self, state, y_true, y_pred, sample_weight=None):
        return {"largest": jnp.maximum(state["largest"], y_pred.max())}

    def compute(self, state):
        return state["largest"]


class OwnLoss(lx.Model):
    """Computes its loss itself, on a graph of built-in layers."""

    def compute_loss(self, x=None, y=None, y_pred=None, sample_weight=None, training=True):
        return jnp.mean(jnp.square(y - y_pred)) + 0.01 * jnp.mean(jnp.abs(x))


def own_loss():
    lx.utils.set_random_seed(7)
    inputs = lx.Input((4,))
    model = OwnLoss(inputs, layers.Dense(1)(inputs))
    model.compile(lx.optimizers.SGD(0.05, momentum=0.5))
    return model


def scalar(y_true, y_pred):
    return jnp.mean(jnp.square(y_true - y_pred))


def per_row(y_true, y_pred):
    return jnp.mean(jnp.square(y_true - y_pred), -1)


MODELS = {
    "normalization": lambda: chain(layers.Dense(5), layers.BatchNormalization(momentum=0.5), layers.Dense(1)),
    "activity": lambda: chain(layers.Dense(5, activity_regularizer="l2"), layers.Dense(1)),
    "sum": lambda: regression(loss=losses.MeanSquaredError(reduction="sum")),
    "unreduced": lambda: regression(loss=losses.MeanSquaredError(reduction=None)),
    "user layer": lambda: chain(Centred(), layers.Dense(1)),
    "lambda": lambda: chain(layers.Lambda(lambda x: x / jnp.std(x, 0)), layers.Dense(1)),
    "add_loss": lambda: chain(layers.Dense(5), Added(), layers.Dense(1)),
    "scalar loss": lambda: regression(loss=scalar),
    "loss of rows": lambda: regression(loss=per_row),
    "loss over rows": lambda: regression(loss=Pairwise()),
    "own loss": own_loss,
}


STREAM = [(X[i : i + 8], R[i : i + 8]) for i in range(0, N, 8)]
ARRAYS = {"x": X, "y": R, "batch_size": 8, "shuffle": False}


@pytest.mark.parametrize("name", MODELS)
def test_numbers_are_those_of_the_plain_batches(monkeypatch, name):
    """Twice: what is known of a compiled step holds for the next run too."""
    hand = MODELS[name]()
    wanted = by_hand(hand, X, R, 8, epochs=2)
    for drive, given in (("fused", ARRAYS), ("stream", {"x": STREAM}), ("stepwise", ARRAYS)):
        if drive == "stepwise":
            stepwise(monkeypatch)
        model = MODELS[name]()
        found = [quiet(model, **given).history["loss"][0] for _ in range(2)]
        np.testing.assert_allclose(found, wanted, rtol=1e-6, err_msg=drive)
        assert_close_weights(model, hand)


@pytest.mark.parametrize("name", ["normalization", "add_loss", "user layer", "own loss", "unreduced"])
def test_evaluations_are_those_of_the_plain_batches(name):
    model = MODELS[name]()
    parts = [(model.test_on_batch(X[i : i + 8], R[i : i + 8]), len(X[i : i + 8])) for i in range(0, N, 8)]
    wanted = sum(value * count for value, count in parts) / N
    for _ in range(2):
        assert model.evaluate(X, R, batch_size=8, verbose=0) == pytest.approx(wanted, rel=1e-6)
    validated = quiet(model, X, R, epochs=2, validation_data=(X, R), validation_batch_size=8).history["val_loss"][-1]
    assert validated == pytest.approx(model.evaluate(X, R, batch_size=8, verbose=0), rel=1e-6)


def test_metrics_see_real_rows_only():
    known = [lx.metrics.MeanAbsoluteError(name="mae"), lx.metrics.RootMeanSquaredError(name="rmse")]
    model = regression(metrics=[*known, Count(), Largest(), lambda y, p: jnp.mean(jnp.abs(p - jnp.mean(p)))])
    found = model.evaluate(X, R, batch_size=8, verbose=0, return_dict=True)
    p = model.predict(X, verbose=0)
    assert found["count"] == N
    assert found["largest"] == pytest.approx(p.max(), rel=1e-6)
    assert found["mae"] == pytest.approx(np.abs(p - R).mean(), rel=1e-6)
    assert found["rmse"] == pytest.approx(np.sqrt(np.square(p - R).mean()), rel=1e-6)


def test_sample_weights_and_masks_with_padding():
    x = arrays(N, 6, 4) * (np.arange(6)[None, :, None] < (1 + np.arange(N) % 6)[:, None, None])
    y, weight = arrays(N, 6, 2), np.linspace(0, 1, N).astype("float32")

    def make():
        lx.utils.set_random_seed(7)
        model = lx.Sequential([lx.Input((6, 4)), layers.Masking(), layers.BatchNormalization(), layers.Dense(2)])
        model.compile("sgd", "mse", weighted_metrics=["mae"])
        return model

    model, hand = make(), make()
    quiet(model, x, y, batch_size=8, shuffle=False, sample_weight=weight)
    by_hand(hand, x, y, 8, sample_weight=weight)
    assert_close_weights(model, hand)


class Compilations:
    """Counts what JAX compiles under a name, by its log."""

    def __init__(self, caplog, name):
        self.caplog, self.name = caplog, name

    def __call__(self, run):
        self.caplog.clear()
        with jax.log_compiles(), self.caplog.at_level("WARNING"):
            run()
        return sum(f"Compiling jit({self.name})" in record.getMessage() for record in self.caplog.records)


def test_one_executable_whatever_the_short_batch(caplog, monkeypatch):
    count = Compilations(caplog, "traced")
    model = regression(metrics=["mae"])
    assert count(lambda: quiet(model, X, R, batch_size=8, epochs=3, validation_data=(X, R))) == 2
    assert count(lambda: quiet(model, X, R, batch_size=8, epochs=2, validation_data=(X, R))) == 0
    stepwise(monkeypatch)
    assert count(lambda: quiet(model, X, R, batch_size=8, epochs=3)) == 1
    assert count(lambda: quiet(model, X, R, batch_size=8, epochs=1)) == 0
    assert count(lambda: quiet(model, STREAM, epochs=3)) == 0
    assert count(lambda: quiet(regression(), STREAM, epochs=3)) == 1


def test_two_executables_where_padding_is_off(caplog):
    count = Compilations(caplog, "traced")
    assert count(lambda: quiet(chain(Centred(), layers.Dense(1)), X, R, batch_size=8, epochs=3)) == 2
    assert count(lambda: quiet(chain(Centred(), layers.Dense(1)), X, R, batch_size=11, epochs=3)) == 1


def test_predict_compiles_few_sizes(caplog):
    count = Compilations(caplog, "traced")
    model = regression()
    assert count(lambda: model.predict(X, batch_size=8, verbose=0)) == 1
    assert count(lambda: [model.predict(X[:i], verbose=0) for i in range(1, 9)]) == 3  # 1, 2 and 4 rows


def test_several_outputs_with_padding():
    model, hand = two(), two()
    quiet(model, AB, SK, batch_size=8, shuffle=False)
    by_hand(hand, AB, SK, 8)
    assert_close_weights(model, hand)


def test_class_weights_with_padding():
    def make():
        return chain(layers.Dense(3, "softmax"), loss="sparse_categorical_crossentropy")

    model, hand = make(), make()
    weights = {0: 1.0, 1: 3.0, 2: 0.0}
    quiet(model, X, C, batch_size=8, shuffle=False, class_weight=weights)
    for i in range(0, N, 8):
        hand.train_on_batch(X[i : i + 8], C[i : i + 8], class_weight=weights)
    assert_close_weights(model, hand)
