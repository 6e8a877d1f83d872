"""Losses and metrics of one or several outputs: how they find their output, and how they become one scalar."""

import jax.numpy as jnp
import numpy as np
import pytest
from small import AB, SK, C, N, R, X, assert_equal_weights, chain, quiet, regression, two

import laminax as lx
from laminax import layers, losses, metrics


def measured(model, **kwargs):
    return model.evaluate(AB, SK, verbose=0, return_dict=True, **kwargs)


def errors():
    """The mean squared errors of the two outputs of `two()`, computed here."""
    size, kind = two().predict(AB, verbose=0)
    return float(np.mean((size - SK["size"]) ** 2)), float(np.mean((kind - SK["kind"]) ** 2))


@pytest.mark.parametrize(
    ("settings", "total"),
    [
        ({}, lambda a, b: (a + b) / 2),
        ({"combine_losses": "sum"}, lambda a, b: a + b),
        ({"loss_weights": [1.0, 3]}, lambda a, b: (a + 3 * b) / 2),
        ({"loss_weights": {"kind": 0.5}}, lambda a, b: (a + 0.5 * b) / 2),
        ({"loss_weights": [None, 0.5]}, lambda a, b: (a + 0.5 * b) / 2),
        ({"loss_weights": 2.0, "combine_losses": "sum"}, lambda a, b: 2 * (a + b)),
        ({"loss": ["mse", "mse"]}, lambda a, b: (a + b) / 2),
        ({"loss": {"kind": "mse", "size": losses.MeanSquaredError()}}, lambda a, b: (a + b) / 2),
        ({"loss": {"kind": "mse", "size": None}, "combine_losses": "sum"}, lambda a, b: b),
        ({"loss": [None, "mse"], "loss_weights": [5.0, 2.0]}, lambda a, b: 2 * b),
    ],
    ids=range(10),
)
def test_the_total(settings, total):
    model, (a, b) = two(**settings), errors()
    found = measured(model, batch_size=8)
    assert found["loss"] == pytest.approx(total(a, b), rel=1e-6)
    parts = {name: value for name, value in (("size_loss", a), ("kind_loss", b)) if name in found}
    assert {name: found[name] for name in parts} == pytest.approx(parts, rel=1e-6)
    assert set(found) == {"loss", *parts}


def test_an_output_without_a_loss_needs_no_target():
    model = two(loss={"size": None, "kind": "mse"})
    history = quiet(model, AB, {"kind": SK["kind"]}, validation_data=(AB, [None, SK["kind"]])).history
    assert list(history) == ["loss", "kind_loss", "val_loss", "val_kind_loss"]


@pytest.mark.parametrize(
    ("given", "names"),
    [
        (["mae"], ["size_mae", "kind_mae"]),
        ("mae", ["size_mae", "kind_mae"]),
        ([["mae"], ["mse", "rmse"]], ["size_mae", "kind_mse", "kind_rmse"]),
        (["mae", "mse"], ["size_mae", "kind_mse"]),
        ([[], "mse"], ["kind_mse"]),
        ([None, "mse"], ["kind_mse"]),
        ({"kind": ["mse", metrics.MeanAbsoluteError(name="far")]}, ["kind_mse", "kind_far"]),
        ({"kind": "mae", "size": "mae"}, ["size_mae", "kind_mae"]),
    ],
    ids=range(8),
)
def test_metrics_find_their_outputs(given, names):
    model = two(metrics=given)
    assert list(measured(model)) == ["loss", "size_loss", "kind_loss", *names]
    assert model.metrics_names == ["loss", "size_loss", "kind_loss", *names]


def test_metrics_look_at_the_right_output():
    found = measured(two(metrics={"kind": "mse"}, weighted_metrics={"size": "mse", "kind": "mse"}))
    a, b = errors()
    assert found["kind_mse"] == pytest.approx(b, rel=1e-6)
    assert found["size_mse"] == pytest.approx(a, rel=1e-6)
    assert found["weighted_kind_mse"] == pytest.approx(b, rel=1e-6)


def test_equal_names_are_told_apart():
    model = regression(metrics=["mae", metrics.MeanAbsoluteError(name="mae"), metrics.Mean(name="loss")][:2])
    assert list(model.evaluate(X, R, verbose=0, return_dict=True)) == ["loss", "mae", "mae_1"]
    model = regression(metrics=["mae"], weighted_metrics=["mae"])
    weight = np.linspace(0, 1, N)
    found = model.evaluate(X, R, sample_weight=weight, verbose=0, return_dict=True)
    assert list(found) == ["loss", "mae", "weighted_mae"]
    error = np.abs(model.predict(X, verbose=0) - R)[:, 0]
    assert found["mae"] == pytest.approx(error.mean(), rel=1e-6)
    assert found["weighted_mae"] == pytest.approx((weight * error).sum() / weight.sum(), rel=1e-5)


def test_names_of_a_dict_of_outputs():
    class Net(lx.Model):
        def __init__(self):
            super().__init__()
            self.left, self.right = layers.Dense(1), layers.Dense(2)

        def call(self, x):
            return {"right": self.right(x), "left": [self.left(x)]}

    model = Net()
    model.compile("sgd", {"left/0": "mse", "right": "mae"}, metrics={"right": "mse"})
    targets = {"left/0": R, "right": X[:, :2]}
    assert list(quiet(model, X, targets).history) == ["loss", "left/0_loss", "right_loss", "right_mse"]
    found = model.predict(X, verbose=0)
    assert found["left"][0].shape == (N, 1)
    assert found["right"].shape == (N, 2)


def test_a_list_of_outputs_without_names():
    class Net(lx.Model):
        def __init__(self):
            super().__init__()
            self.left, self.right = layers.Dense(1), layers.Dense(2)

        def call(self, x):
            return self.left(x), self.right(x)

    model = Net()
    model.compile("sgd", ["mse", "mae"])
    assert list(quiet(model, X, [R, X[:, :2]]).history) == ["loss", "output_0_loss", "output_1_loss"]
    assert [y.shape for y in model.predict(X, verbose=0)] == [(N, 1), (N, 2)]


def test_the_progress_says_how_the_total_is_formed(capsys):
    model = two(loss_weights={"kind": 0.5})
    model.fit(AB, SK, verbose=2)
    assert "loss = (size_loss + 0.5 * kind_loss) / 2" in capsys.readouterr().out


# Penalties


class Added(layers.Layer):
    def call(self, x):
        self.add_loss(0.1 * jnp.mean(jnp.square(x)))
        return x


def test_penalties_enter_the_total_once_in_training_and_evaluation():
    inner = layers.Dense(
        3, kernel_regularizer="l2", bias_regularizer="l1", activity_regularizer=lx.regularizers.L1(0.2)
    )
    model = chain(inner, Added(), layers.Dense(1), optimizer=lx.optimizers.SGD(0.0), metrics=["mse"])
    h = np.asarray(inner(X))
    wanted = 0.01 * np.square(inner.kernel.numpy()).sum() + 0.2 * np.abs(h).sum() / N + 0.1 * np.square(h).mean()
    wanted += float(np.mean((model.predict(X, verbose=0) - R) ** 2))
    found = model.evaluate(X, R, verbose=0, return_dict=True)
    assert found["loss"] == pytest.approx(wanted, rel=1e-6)
    assert quiet(model, X, R).history["loss"][0] == pytest.approx(wanted, rel=1e-6)
    assert model.test_on_batch(X, R)[0] == pytest.approx(wanted, rel=1e-6)


def test_penalties_of_several_outputs_are_not_averaged():
    lx.utils.set_random_seed(7)
    inputs = lx.Input((4,))
    h = layers.Dense(3, kernel_regularizer=lx.regularizers.L2(1.0))(inputs)
    model = lx.Model(inputs, [layers.Dense(1, name="a")(h), layers.Dense(1, name="b")(h)])
    model.compile("sgd", "mse")
    found = model.evaluate(X, [R, R], verbose=0, return_dict=True)
    penalty = float(np.square(model.layers[1].kernel.numpy()).sum())
    assert found["loss"] == pytest.approx((found["a_loss"] + found["b_loss"]) / 2 + penalty, rel=1e-6)


def test_a_penalty_alone_can_be_trained():
    model = chain(layers.Dense(3), Added(), loss=None)
    history = quiet(model, X, epochs=5)
    assert history.history["loss"][-1] < history.history["loss"][0]


def test_the_penalty_of_a_frozen_layer_does_not_count():
    layer = layers.Dense(1, kernel_regularizer="l2")
    model = chain(layer)
    before = model.evaluate(X, R, verbose=0)
    layer.trainable = False
    penalty = 0.01 * float(np.square(layer.kernel.numpy()).sum())
    assert before - model.evaluate(X, R, verbose=0) == pytest.approx(penalty, rel=1e-4)


# Losses of the user's own


class Cubed(losses.Loss):
    def call(self, y_true, y_pred):
        return jnp.mean(jnp.abs(y_true - y_pred) ** 3, -1)


def cubed(y_true, y_pred):
    return jnp.mean(jnp.abs(y_true - y_pred) ** 3, -1)


def cubed_mean(y_true, y_pred):
    return jnp.mean(jnp.abs(y_true - y_pred) ** 3)


@pytest.mark.parametrize("loss", [Cubed, Cubed(), cubed, cubed_mean], ids=["class", "object", "function", "scalar"])
def test_own_losses(loss):
    model = regression(loss=loss)
    wanted = np.mean(np.abs(model.predict(X, verbose=0) - R) ** 3)
    assert model.evaluate(X, R, verbose=0) == pytest.approx(wanted, rel=1e-5)
    quiet(model, X, R, epochs=2)


def test_own_losses_heed_sample_weights():
    weight = np.linspace(0, 2, N).astype("float32")
    model = regression(loss=cubed)
    error = np.abs(model.predict(X, verbose=0) - R)[:, 0] ** 3
    found = model.evaluate(X, R, sample_weight=weight, verbose=0)
    assert found == pytest.approx(np.mean(weight * error), rel=1e-5)


def test_one_loss_object_for_two_outputs_is_as_two():
    one, each = two(loss=losses.Huber()), two(loss=[losses.Huber(), losses.Huber()])
    quiet(one, AB, SK, seed=0)
    quiet(each, AB, SK, seed=0)
    assert_equal_weights(one, each)


# Metrics of the user's own


class KerasStyle(metrics.Metric):
    def __init__(self, name="signed", **kwargs):
        super().__init__(name=name, **kwargs)
        self.total = self.add_variable((), "zeros", name="total")
        self.count = self.add_weight(name="count", initializer="zeros")

    def update_state(self, y_true, y_pred, sample_weight=None):
        self.total.assign_add(jnp.sum(y_pred - y_true))
        self.count.assign(self.count + y_true.shape[0])

    def result(self):
        return self.total / self.count


class PureStyle(metrics.Metric):
    def zeros(self):
        return {"total": np.zeros((), "float32"), "count": np.zeros((), "float32")}

    def update(self, state, y_true, y_pred, sample_weight=None):
        return {"total": state["total"] + jnp.sum(y_pred - y_true), "count": state["count"] + y_true.shape[0]}

    def compute(self, state):
        return state["total"] / state["count"]


class Several(metrics.Mean):
    def update_state(self, y_true, y_pred, sample_weight=None):
        super().update_state(y_pred - y_true)

    def result(self):
        return {"signed": super().result(), "twice": 2 * super().result()}


def signed(y_true, y_pred):
    return jnp.mean(y_pred - y_true, -1)


@pytest.mark.parametrize("metric", [KerasStyle, PureStyle, Several, lambda: signed])
def test_own_metrics(metric):
    given = metric()
    model = regression(metrics=[given])
    wanted = np.mean(model.predict(X, verbose=0) - R)
    found = model.evaluate(X, R, batch_size=8, verbose=0, return_dict=True)
    name = "signed" if metric is not PureStyle else "pure_style"
    assert found[name] == pytest.approx(wanted, rel=1e-5)
    history = quiet(model, X, R, batch_size=8, epochs=2, validation_data=(X, R)).history
    assert set(history) == {*found, *(f"val_{key}" for key in found)}
    if metric is Several:
        assert found["twice"] == pytest.approx(2 * wanted, rel=1e-5)
        early = lx.callbacks.EarlyStopping("twice", mode="min")
        quiet(model, X, R, callbacks=[early])


def test_metrics_of_a_model_between_runs():
    model = regression(metrics=[KerasStyle()])
    assert model.metrics == []
    found = model.evaluate(X, R, verbose=0)
    assert [m.name for m in model.metrics] == ["loss", "signed"]
    assert [float(m.result()) for m in model.metrics] == pytest.approx(found)
    model.reset_metrics()
    assert all(float(v.value) == 0 for v in model.metrics_variables)


def test_accuracy_is_chosen_by_loss_and_targets(capsys):
    model = chain(layers.Dense(3, "softmax"), loss="sparse_categorical_crossentropy", metrics=["accuracy", "acc", "ce"])
    model.fit(X, C, verbose=2)
    assert "accuracy = SparseCategoricalAccuracy" in capsys.readouterr().out
    found = model.evaluate(X, C, verbose=0, return_dict=True)
    assert found["accuracy"] == found["acc"] == pytest.approx(np.mean(model.predict(X, verbose=0).argmax(1) == C))
    assert found["ce"] == pytest.approx(found["loss"], rel=1e-6)
