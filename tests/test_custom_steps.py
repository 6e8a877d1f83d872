"""Models that override `compute_loss`, `train_step` or `test_step`, in Keras's form."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from small import C, N, R, X, assert_close_weights, quiet

import laminax as lx
from laminax import layers, losses, metrics


def made(cls, *, loss="mse", metrics=("mae",), **settings):
    """A graph with statistics, as a model of class `cls`."""
    lx.utils.set_random_seed(7)
    inputs = lx.Input((4,))
    h = layers.BatchNormalization()(layers.Dense(5, use_bias=False)(inputs))
    model = cls(inputs, layers.Dense(1)(h))
    model.compile(lx.optimizers.Adam(0.01), loss, metrics=list(metrics), **settings)
    return model


class Plain(lx.Model):
    """Nothing is overridden."""


class Extended(lx.Model):
    """The built-in loss, and a little more."""

    def compute_loss(self, x=None, y=None, y_pred=None, sample_weight=None, training=True):
        return super().compute_loss(x, y, y_pred, sample_weight) + 0.5


class Weighted(lx.Model):
    """A loss of its own that heeds weights."""

    def compute_loss(self, x=None, y=None, y_pred=None, sample_weight=None):
        error = jnp.mean(jnp.square(y - y_pred), -1)
        return jnp.mean(error if sample_weight is None else error * sample_weight)


class Shown(lx.Model):
    """The built-in steps, which log a little more."""

    def train_step(self, state, data):
        logs, state = super().train_step(state, data)
        return {**logs, "twice": 2 * logs["loss"]}, state

    def test_step(self, state, data):
        logs, state = super().test_step(state, data)
        return {**logs, "twice": 2 * logs["loss"]}, state


class ByHand(lx.Model):
    """Keras's guide to a custom step in JAX, word for word in its structure."""

    def compute_loss_and_updates(self, trainable, other, x, y, training=False):
        y_pred, other = self.stateless_call(trainable, other, x, training=training)
        return self.compute_loss(x, y, y_pred), (y_pred, other)

    def updated(self, metrics_variables, loss, y, y_pred):
        logs, new = {}, []
        for metric in self.metrics:
            own = metrics_variables[len(new) : len(new) + len(metric.variables)]
            given = (loss,) if metric.name == "loss" else (y, y_pred)
            own = metric.stateless_update_state(own, *given)
            logs[metric.name] = metric.stateless_result(own)
            new += own
        return logs, new

    def train_step(self, state, data):
        trainable, other, optimizer, metrics_variables = state
        x, y = data
        gradient = jax.value_and_grad(self.compute_loss_and_updates, has_aux=True)
        (loss, (y_pred, other)), grads = gradient(trainable, other, x, y, training=True)
        trainable, optimizer = self.optimizer.stateless_apply(optimizer, grads, trainable)
        logs, metrics_variables = self.updated(metrics_variables, loss, y, y_pred)
        return logs, (trainable, other, optimizer, metrics_variables)

    def test_step(self, state, data):
        trainable, other, metrics_variables = state
        x, y = data
        loss, (y_pred, other) = self.compute_loss_and_updates(trainable, other, x, y)
        logs, metrics_variables = self.updated(metrics_variables, loss, y, y_pred)
        return logs, (trainable, other, metrics_variables)


class OwnTrackers(lx.Model):
    """No loss in `compile`: a step with trackers in attributes, without the metrics' names of `compile`."""

    def __init__(self):
        super().__init__()
        self.head = layers.Dense(1)
        self.tracker = metrics.Mean(name="error")
        self.loss_fn = losses.MeanSquaredError()

    def call(self, x):
        return self.head(x)

    @property
    def metrics(self):
        return [self.tracker]

    def train_step(self, state, data):
        trainable, other, optimizer, tracked = state
        x, y = data

        def loss(trainable):
            y_pred, _ = self.stateless_call(trainable, other, x)
            return self.loss_fn(y, y_pred)

        value, grads = jax.value_and_grad(loss)(trainable)
        trainable, optimizer = self.optimizer.stateless_apply(optimizer, grads, trainable)
        tracked = self.tracker.stateless_update_state(tracked, value)
        return {"error": self.tracker.stateless_result(tracked)}, (trainable, other, optimizer, tracked)


def test_a_loss_of_its_own_is_trained_and_evaluated():
    plain, extended = made(Plain), made(Extended)
    h1 = quiet(plain, X, R, batch_size=8, epochs=2, seed=0, validation_data=(X, R)).history
    h2 = quiet(extended, X, R, batch_size=8, epochs=2, seed=0, validation_data=(X, R)).history
    for name in ("loss", "val_loss"):
        np.testing.assert_allclose(np.add(h1[name], 0.5), h2[name], rtol=1e-5)
    np.testing.assert_allclose(h1["val_mae"], h2["val_mae"], rtol=1e-5)
    assert_close_weights(plain, extended, 1e-5)
    assert extended.test_on_batch(X, R)[0] == pytest.approx(plain.test_on_batch(X, R)[0] + 0.5, rel=1e-5)


def test_a_loss_of_its_own_gets_the_weights():
    plain, own = made(Plain), made(Weighted, loss=None)
    weight = np.linspace(0, 2, N).astype("float32")
    h1 = quiet(plain, X, R, batch_size=8, seed=0, sample_weight=weight).history["loss"]
    h2 = quiet(own, X, R, batch_size=8, seed=0, sample_weight=weight).history["loss"]
    np.testing.assert_allclose(h1, h2, rtol=1e-5)
    assert_close_weights(plain, own, 1e-5)


class Autoencoder(lx.Model):
    """Three outputs and one target: what fits what is the loss's own affair."""

    def __init__(self):
        super().__init__()
        self.encoder, self.decoder = layers.Dense(2), layers.Dense(4)

    def call(self, x):
        code = self.encoder(x)
        return self.decoder(code), code, 2 * code

    def compute_loss(self, x=None, y=None, y_pred=None, sample_weight=None, training=True):
        back, code, _ = y_pred
        target = x if y is None else y
        return jnp.mean(jnp.square(target - back)) + 0.01 * jnp.mean(jnp.square(code))


@pytest.mark.parametrize("targets", [(X,), ()])
def test_one_target_for_several_outputs(targets):
    lx.utils.set_random_seed(7)
    model = Autoencoder()
    model.compile("adam")
    history = quiet(model, X, *targets, batch_size=8, epochs=3).history
    assert list(history) == ["loss"]
    assert history["loss"][-1] < history["loss"][0]
    back, code, _ = model.predict(X, verbose=0)
    wanted = np.mean((X - back) ** 2) + 0.01 * np.mean(code**2)
    assert model.evaluate(X, *targets, verbose=0) == pytest.approx(wanted, rel=1e-5)


def test_built_in_steps_can_be_extended():
    plain, shown = made(Plain), made(Shown)
    given = {"batch_size": 8, "epochs": 2, "seed": 0, "validation_data": (X, R)}
    wanted, found = quiet(plain, X, R, **given).history, quiet(shown, X, R, **given).history
    assert list(found) == ["loss", "mae", "twice", "val_loss", "val_mae", "val_twice"]
    for name, values in wanted.items():
        np.testing.assert_allclose(found[name], values, rtol=1e-4)
    np.testing.assert_allclose(found["val_twice"], np.multiply(2, found["val_loss"]), rtol=1e-6)
    assert_close_weights(plain, shown, 1e-5)
    assert list(shown.train_on_batch(X, R, return_dict=True)) == ["loss", "mae", "twice"]
    assert shown.test_on_batch(X, R)[2] == pytest.approx(2 * shown.test_on_batch(X, R)[0])


@pytest.mark.parametrize("drive", ["fused", "stepwise", "eager"])
def test_a_step_by_hand(drive):
    plain, own = made(Plain), made(ByHand, run_eagerly=drive == "eager")
    batches = [(X[i : i + 11], R[i : i + 11]) for i in (0, 11)]
    data = (batches,) if drive == "stepwise" else (X, R)
    given = {
        "epochs": 2,
        "validation_data": (X, R),
        **({} if drive == "stepwise" else {"batch_size": 11, "shuffle": False}),
    }
    wanted = quiet(plain, X, R, batch_size=11, shuffle=False, epochs=2, validation_data=(X, R)).history
    history = quiet(own, *data, **given)
    assert history.mode == drive
    for name, values in wanted.items():
        np.testing.assert_allclose(history.history[name], values, rtol=1e-4, err_msg=name)
    assert_close_weights(plain, own, 1e-4)
    assert int(own.optimizer.iterations) == 4


def test_a_step_by_hand_sees_the_plain_short_batch():
    plain, own = made(Plain), made(ByHand)
    quiet(plain, X, R, batch_size=8, shuffle=False)
    quiet(own, X, R, batch_size=8, shuffle=False)
    assert_close_weights(plain, own, 1e-4)


def test_trackers_in_attributes():
    lx.utils.set_random_seed(7)
    model = OwnTrackers()
    model.compile("sgd")
    history = quiet(model, X, R, batch_size=11, epochs=3).history
    assert list(history) == ["error"]
    assert history["error"][-1] < history["error"][0]
    assert [m.name for m in model.metrics] == ["error"]


class WeightedStep(Plain):
    """Looks at the structure of what it is given."""

    seen = None

    def train_step(self, state, data):
        type(self).seen = jax.tree.map(lambda a: a.shape, data)
        return super().train_step(state, data)


def test_a_step_gets_data_as_the_user_gave_them():
    model = made(WeightedStep)
    quiet(model, X, R, batch_size=11, sample_weight=np.ones(N))
    assert WeightedStep.seen == ((11, 4), (11, 1), (11,))
    quiet(model, X, R, batch_size=11)
    assert WeightedStep.seen == ((11, 4), (11, 1))
    quiet(model, X, R, batch_size=2, class_weight=dict.fromkeys(R[:, 0].tolist(), 1.0))
    assert WeightedStep.seen == ((2, 4), (2, 1), (2,))


def test_a_step_reads_the_variables_of_the_state():
    """`add_loss` of weights, or a rate that a callback moves, are those of the step, and not of the trace."""
    rates = []

    class Rate(Plain):
        def train_step(self, state, data):
            logs, state = super().train_step(state, data)
            return {**logs, "rate": self.optimizer.learning_rate.value}, state

    class Halve(lx.callbacks.Callback):
        def on_epoch_end(self, epoch, logs=None):
            rates.append(logs["rate"])
            self.model.optimizer.learning_rate = float(self.model.optimizer.learning_rate) / 2

    quiet(made(Rate), X, R, epochs=3, callbacks=[Halve()])
    assert rates == pytest.approx([0.01, 0.005, 0.0025])


@pytest.mark.parametrize(
    "returned",
    [lambda s: None, lambda s: ({}, s[:2]), lambda s: (1, s), lambda s: ({}, (s[0][:1], *s[1:]))],
    ids=range(4),
)
def test_a_step_that_returns_something_else_is_told_so(returned):
    class Wrong(Plain):
        def train_step(self, state, data):
            return returned(state)

    model = made(Wrong)
    for _ in range(2):  # the second time is like the first
        with pytest.raises(ValueError, match=r"train_step must return \(logs, state\)"):
            quiet(model, X, R)


def test_stateless_call_in_a_loop_of_ones_own():
    """As `fit`: the same gradients, statistics and seeds, as pure functions of lists."""
    model, hand = made(Plain), made(Plain)
    optimizer = lx.optimizers.Adam(0.01)
    optimizer.build(hand.trainable_variables)
    loss_fn = losses.MeanSquaredError()
    trainable = [v.value for v in hand.trainable_variables]
    other = [v.value for v in hand.non_trainable_variables]
    slots = [v.value for v in optimizer.variables]

    @jax.jit
    def step(trainable, other, slots, x, y):
        def loss(trainable):
            y_pred, new = hand.stateless_call(trainable, other, x, training=True)
            return loss_fn(y, y_pred), new

        grads, other = jax.grad(loss, has_aux=True)(trainable)
        trainable, slots = optimizer.stateless_apply(slots, grads, trainable)
        return trainable, other, slots

    for i in (0, 11):
        trainable, other, slots = step(trainable, other, slots, X[i : i + 11], R[i : i + 11])
    for variable, value in zip([*hand.trainable_variables, *hand.non_trainable_variables], [*trainable, *other]):
        variable.assign(value)
    quiet(model, X, R, batch_size=11, shuffle=False)
    assert_close_weights(model, hand, 1e-5)


def test_a_generative_pair_of_models():
    """Two models and two optimizers in one, with a step of its own that needs neither loss nor targets."""

    class Pair(lx.Model):
        def __init__(self):
            super().__init__()
            self.forger, self.judge = layers.Dense(4), layers.Dense(1)

        def call(self, x):
            return self.judge(self.forger(x))

        def train_step(self, state, data):
            trainable, other, optimizer, tracked = state

            def loss(trainable):
                y_pred, _ = self.stateless_call(trainable, other, data[0])
                return jnp.mean(jax.nn.softplus(-y_pred))

            value, grads = jax.value_and_grad(loss)(trainable)
            trainable, optimizer = self.optimizer.stateless_apply(optimizer, grads, trainable)
            return {"fooled": value, "by_unit": grads[1]}, (trainable, other, optimizer, tracked)

    model = Pair()
    model.compile(lx.optimizers.Adam(0.05))
    history = quiet(model, X, epochs=20, batch_size=11, shuffle=False).history
    assert history["fooled"][-1] < history["fooled"][0]
    assert history["by_unit"][0].shape == (4,)


def test_classes_with_own_step_are_not_judged_by_the_loss_of_compile():
    """Targets that no built-in loss could take reach the step."""
    model = made(WeightedStep, loss=lambda y, p: jnp.mean(jnp.square(p[:, 0] - y)), metrics=[])
    quiet(model, X, C.astype("float32"), batch_size=11)
    assert WeightedStep.seen == ((11, 4), (11,))
