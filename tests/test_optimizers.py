"""Optimizers beyond their contract: with models, with one another, and written in Keras's form."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from contract import assert_close, assert_same_bits, from_json
from small import R, X, chain, quiet, regression, stepwise

import laminax as lx
from laminax import layers, optimizers
from laminax.callbacks import LearningRateScheduler
from laminax.optimizers import SGD, Adam, LossScaleOptimizer, MultiOptimizer, Muon, OptimizerMap, ScheduleFreeAdamW

ARRAYS = {"dense/kernel": np.arange(6, dtype="float32").reshape(2, 3) - 2, "dense/bias": np.ones(3, "float32")}
GRADS = {path: np.cos(value) for path, value in ARRAYS.items()}


def cells():
    """The arrays as variables."""
    found = []
    for path, value in ARRAYS.items():
        with lx.name_scope(path.split("/")[0]):
            found.append(lx.Variable(value, name=path.split("/")[1]))
    return found


def applied(optimizer, steps=3, variables=None):
    """Variables after some steps."""
    variables = variables or cells()
    for step in range(steps):
        optimizer.apply([grad + step for grad in GRADS.values()], variables)
    return variables


def values(variables):
    return [np.asarray(v.value) for v in variables]


# The variables that an optimizer trains.


def test_built_on_variables_before_fit():
    """Slots that were made for a list of variables are those that `fit` uses."""
    model = regression(optimizer=SGD(0.05, momentum=0.5))
    model.optimizer.build(model.trainable_variables)
    before = {id(v) for v in model.optimizer.variables}
    quiet(model, X, R)
    assert {id(v) for v in model.optimizer.variables} == before
    assert "layers/dense/kernel/momentum" in model.optimizer.paths
    assert all(np.abs(v.value).max() > 0 for v in model.optimizer.variables)
    model.optimizer.apply([v.value for v in model.trainable_variables], model.trainable_variables)
    assert {id(v) for v in model.optimizer.variables} == before


def test_some_of_the_variables():
    """Variables are known by themselves and not by their names; what has no gradient stays, with a warning."""
    variables = [lx.Variable(np.ones(2), name="same") for _ in range(3)]
    optimizer = Adam(0.1)
    optimizer.build(variables)
    optimizer.apply([np.ones(2, "float32")], variables[2:])
    with pytest.warns(UserWarning, match="have no gradient, and stay as they are: same."):
        optimizer.apply([None, np.ones(2, "float32"), np.ones(2, "float32")], variables)
    assert [round(float(v.value[0]), 3) for v in variables] == [1.0, 0.926, 0.8]
    with pytest.raises(ValueError, match="No gradients provided for any variable"):
        optimizer.apply([None] * 3)
    with pytest.raises(ValueError, match="got 1 gradients for 3 variables"):
        optimizer.apply([np.ones(2)])


def test_set_weights():
    first, second = Adam(0.1), Adam(0.1)
    wanted = values(applied(first, 5))
    with pytest.raises(ValueError, match="optimizer that has no slots yet"):
        second.set_weights(first.variables)
    variables = applied(Adam(0.1), 3)
    second.build(variables)
    short = Adam(0.1)
    applied(short, 3)
    second.set_weights(short.variables)
    for step in (3, 4):
        second.apply([grad + step for grad in GRADS.values()], variables)
    assert_same_bits(values(variables), wanted)
    with pytest.raises(ValueError, match="has 6 variables; got 1 arrays"):
        second.set_weights([1])


def test_names_of_parts_of_a_rate():
    def warm(step):
        return 0.1 / (jnp.float32(step) + 1)

    for rate, wanted in ((lambda: 0.25, 0.25), (warm, 0.1)):
        optimizer = SGD(rate)
        assert float(optimizer.learning_rate) == pytest.approx(wanted)
        moved = values(applied(optimizer, 1))[0]
        assert_close(moved, ARRAYS["dense/kernel"] - np.float32(wanted) * GRADS["dense/kernel"])
    optimizer = SGD(0.5)
    optimizer.learning_rate = optimizers.schedules.PolynomialDecay(optimizer.learning_rate, 4)
    assert [v.name for v in optimizer.variables] == ["iterations"]
    assert float(optimizer.learning_rate) == 0.5


def test_a_schedule_that_comes_later_acts(monkeypatch):
    """Also one of an optimizer inside another: compiled steps are made anew."""
    model = regression(optimizer=LossScaleOptimizer(SGD(0.0)))
    before = model.get_weights()
    quiet(model, X, R)
    assert_same_bits(model.get_weights(), before)
    model.optimizer.learning_rate = optimizers.schedules.ExponentialDecay(0.1, 5, 0.5)
    quiet(model, X, R)
    assert any((a != b).any() for a, b in zip(model.get_weights(), before))


# Optimizers in Keras's form.


class Momentum(optimizers.Optimizer):
    """Momentum, as one writes it for Keras."""

    def __init__(self, learning_rate=0.01, momentum=0.9, **kwargs):
        super().__init__(learning_rate=learning_rate, **kwargs)
        self.momentum = momentum

    def build(self, variables):
        if self.built:
            return
        super().build(variables)
        self.momentums = self.add_optimizer_variables(variables, "momentum")
        self.unused = self.add_variable((2,), "ones", name="unused")

    def update_step(self, gradient, variable, learning_rate):
        rate = lx.ops.cast(learning_rate, variable.dtype)
        m = self.momentums[self._get_variable_index(variable)]
        self.assign(m, m * self.momentum - gradient * rate)
        self.assign_add(variable, m)


@pytest.mark.parametrize("more", [{}, {"gradient_accumulation_steps": 2, "weight_decay": 0.1, "clipnorm": 1.0}])
def test_written_for_keras(more):
    """It moves as the built-in one does, and a config brings it back."""
    mine = Momentum(0.1, 0.8, **more)
    assert_close(values(applied(mine, 4)), values(applied(SGD(0.1, 0.8, **more), 4)))
    assert int(mine.iterations) == 4 // more.get("gradient_accumulation_steps", 1)
    assert [v.name.split("/")[-1] for v in mine.variables][-3:] == ["momentum", "momentum", "unused"]
    twin = Momentum.from_config(mine.get_config())
    assert (twin.momentum, twin.clipnorm, float(twin.learning_rate)) == (0.8, mine.clipnorm, pytest.approx(0.1))


def test_written_for_keras_in_fit():
    first, second = regression(optimizer=Momentum(0.05, 0.5)), regression(optimizer=SGD(0.05, momentum=0.5))
    for model in (first, second):
        quiet(model, X, R, epochs=2)
    assert_close(first.get_weights(), second.get_weights())
    momenta = [dict(zip(m.optimizer.paths, values(m.optimizer.variables))) for m in (first, second)]
    assert_close(momenta[0]["sequential/dense/kernel/momentum"], momenta[1]["layers/dense/kernel/momentum"])


def test_update_step_of_built_in_ones():
    """One variable alone, without weight decay."""
    optimizer, variables = optimizers.AdamW(0.1), cells()
    optimizer.build(variables)
    optimizer.update_step(GRADS["dense/bias"], variables[1], 0.5)
    assert_same_bits(variables[0].value, ARRAYS["dense/kernel"])
    assert_close(variables[1].value, np.full(3, 0.5, "float32"), 1e-5)


# Schedule-free.


def test_schedule_free_keeps_the_average():
    """`fit` leaves the average in the model, and goes on from it; a loop of one's own holds where the gradient is."""
    long, short = (regression(optimizer=ScheduleFreeAdamW(0.1, beta_1=0.7)) for _ in range(2))
    losses = quiet(long, X, R, epochs=3, validation_data=(X, R), batch_size=11, shuffle=False).history
    for _ in range(3):
        quiet(short, X, R, batch_size=11, shuffle=False)
    assert_same_bits(long.get_weights(), short.get_weights())
    assert float(long.evaluate(X, R, verbose=0)) == pytest.approx(losses["val_loss"][-1])
    assert losses["val_loss"][-1] < losses["val_loss"][0]

    optimizer, own = ScheduleFreeAdamW(0.1, beta_1=0.7), regression()
    optimizer.build(own.trainable_variables)
    order = [v.path for v in own.trainable_variables]

    @jax.jit
    def step(params, state, x, y):
        def loss(params):
            outputs, _ = own.stateless_call(params, [], x, training=True)
            return jnp.mean(jnp.square(outputs - y))

        return optimizer.stateless_apply(state, jax.grad(loss)(params), params)

    params, state = ([v.value for v in some] for some in (own.trainable_variables, optimizer.variables))
    for _ in range(3):
        for at in range(0, len(X), 11):
            params, state = step(params, state, X[at : at + 11], R[at : at + 11])
    x = optimizer.settled(dict(zip(order, params)), dict(zip(optimizer.paths, state)))
    assert_close([x[path] for path in order], long.get_weights(), 1e-5)
    assert max(np.abs(x[path] - y).max() for path, y in zip(order, params)) > 1e-3


# Several optimizers.


def mixed(**arguments):
    """One of each kind inside one another."""
    kernels = ScheduleFreeAdamW(0.05, use_ema=True)
    rest = optimizers.Nadam(0.05, gradient_accumulation_steps=2, weight_decay=0.01)
    return LossScaleOptimizer(MultiOptimizer(OptimizerMap(rest, {".*kernel": kernels}), **arguments), 2.0**6)


def test_several_optimizers_in_both_loops(monkeypatch):
    first, second = (regression(optimizer=mixed()) for _ in range(2))
    one = quiet(first, X, R, epochs=2, batch_size=11, shuffle=False)
    stepwise(monkeypatch)
    two = quiet(second, X, R, epochs=2, batch_size=11, shuffle=False)
    assert (one.mode, two.mode) == ("fused", "stepwise")
    assert_close(first.get_weights(), second.get_weights())
    assert_close(values(first.optimizer.variables), values(second.optimizer.variables))
    parts = first.optimizer.inner_optimizer.optimizers
    assert [int(part.iterations) for part in parts] == [4, 2]


def test_each_variable_has_its_optimizer():
    for by_function in (True, False):
        kernels, rest = parts = Adam(0.1), SGD(0.5)
        mapping = OptimizerMap(rest, {"dense/kernel": kernels})
        multi = MultiOptimizer((lambda v, parts=parts: parts[v.name == "bias"]) if by_function else mapping)
        found = values(applied(multi))
        assert_close(found[0], values(applied(Adam(0.1)))[0])
        assert_close(found[1], values(applied(SGD(0.5)))[1])
        assert (multi.optimizers, int(multi.iterations), int(kernels.iterations)) == ([kernels, rest], 3, 3)
    twin = from_json(multi)
    assert_close(values(applied(twin)), found)
    assert_close(values(applied(MultiOptimizer(Adam(0.1))))[0], found[0])


def test_callbacks_set_each_rate():
    model = regression(optimizer=MultiOptimizer(OptimizerMap(SGD(0.02), {"dense_1/.*": SGD(0.2)})))
    history = quiet(model, X, R, epochs=2, callbacks=[LearningRateScheduler(lambda epoch, rate: rate / 2)]).history
    assert history["learning_rate_sgd"] == pytest.approx([0.1, 0.05])
    assert history["learning_rate_sgd_1"] == pytest.approx([0.01, 0.005])


def test_map_of_optimizers():
    a, b, rest = SGD(), SGD(), SGD()
    found = OptimizerMap(rest, {"encoder/.*": a, "encoder/dense": b})
    assert [found[path] for path in ("encoder/dense", "encoder/conv", "encoder", "dense")] == [b, a, rest, rest]
    found["encoder/c.*"] = b
    with pytest.raises(ValueError, match=r"'encoder/conv' matches 'encoder/.\*' and 'encoder/c.\*'"):
        found["encoder/conv"]
    del found["encoder/.*"]
    assert (len(found), "encoder/dense" in found, "encoder/conv" in found) == (2, True, False)


# Muon.


def test_muon_moves_matrices():
    """The step has singular values near one another; what Muon does not move, AdamW does."""
    optimizer = Muon(exclude_layers=["last"])
    singular = jnp.linalg.svd(optimizer.zeropower_via_newtonschulz5(jnp.asarray(X[:6]), 5), compute_uv=False)
    assert 0.6 < float(singular.min()) < float(singular.max()) < 1.3
    model = chain(layers.Dense(3), layers.Dense(1, name="last"), optimizer=optimizer)
    quiet(model, X, R)
    assert [path for path in optimizer.paths if path.endswith("velocity")] == [
        f"layers/{name}/velocity" for name in ("dense/bias", "last/kernel", "last/bias")
    ]
    embedding = layers.Embedding(3, 2)
    embedding.build((None,))
    assert [optimizer._should_use_adamw(v) for v in (*embedding.weights, model.layers[0].kernel)] == [True, False]


def test_zeros_by_ftrl():
    """The l1 strength makes exact zeros of what the gradient does not hold."""
    optimizer, variable = optimizers.Ftrl(0.5, l1_regularization_strength=1.0), lx.Variable(np.ones(2, "float32"))
    for _ in range(5):
        optimizer.apply([np.array([-2.0, 0.1], "float32")], [variable])
    assert float(variable.value[0]) > 0
    assert float(variable.value[1]) == 0


# Mistakes.

MISTAKES = [
    (lambda: SGD(clipnorm=1.0, clipvalue=1.0), ValueError, "Only one of `clipnorm`, `clipvalue` and `global_clipnorm`"),
    (lambda: SGD(clipnorm=0), ValueError, "SGD: .*clipnorm.* must be a number > 0; got 0"),
    (lambda: SGD(use_ema="yes"), ValueError, "use_ema.* boolean; got 'yes'"),
    (lambda: SGD(nesterov=1), ValueError, "SGD: .*nesterov.* boolean; got 1"),
    (lambda: SGD(ema_overwrite_frequency=0), ValueError, "ema_overwrite_frequency.* must be a positive integer; got 0"),
    (lambda: SGD(gradient_accumulation_steps=1), ValueError, "must be an integer >= 2; got 1"),
    (lambda: SGD(loss_scale_factor=-1.0), ValueError, "loss_scale_factor.* must be a number > 0; got -1.0"),
    (lambda: SGD(learning_rate="fast"), ValueError, "SGD: .*learning_rate.* must be a number >= 0; got 'fast'"),
    (lambda: SGD(decay=0.1), TypeError, "SGD has no argument 'decay'"),
    (lambda: optimizers.AdamW(weight_decay=None), ValueError, "For no decay use Adam"),
    (lambda: optimizers.Lion(beta_1=0.0), ValueError, "Lion: .*beta_1.* must be more than 0"),
    (lambda: ScheduleFreeAdamW(beta_1=0.0), ValueError, "beta_1.* must be more than 0"),
    (
        lambda: optimizers.Ftrl(learning_rate_power=0.5),
        ValueError,
        "`learning_rate_power` needs to be negative or zero",
    ),
    (lambda: optimizers.Ftrl(beta="much"), ValueError, "Ftrl: .*beta.* must be a number >= 0; got 'much'"),
    (lambda: optimizers.Adafactor(clip_threshold=0), ValueError, "clip_threshold.* must be a number > 0; got 0"),
    (lambda: Muon(muon_a="x"), ValueError, "Muon: .*muon_a.* must be a finite number; got 'x'"),
    (
        lambda: Muon().zeropower_via_newtonschulz5(jnp.ones(3), 1),
        ValueError,
        r"Muon moves matrices; got the shape \(3,",
    ),
    (lambda: LossScaleOptimizer("adam"), TypeError, "inner_optimizer.* must be an Optimizer; got 'adam'"),
    (lambda: LossScaleOptimizer(SGD(), clipnorm=1.0), ValueError, "set clipnorm on the `inner_optimizer`"),
    (lambda: LossScaleOptimizer(SGD(), dynamic=False), ValueError, "set `loss_scale_factor` of an optimizer"),
    (lambda: LossScaleOptimizer(SGD(), inital_scale=2), TypeError, "Did you mean 'initial_scale'"),
    (lambda: MultiOptimizer("adam"), TypeError, "optimizer_map.* must be an OptimizerMap; got 'adam'"),
    (lambda: MultiOptimizer(lambda v: "adam").build(cells()), ValueError, "for dense/kernel; it gave 'adam'"),
    (lambda: MultiOptimizer(SGD()).learning_rate, AttributeError, "each of its `optimizers` has one"),
    (lambda: OptimizerMap("adam"), TypeError, "default_optimizer.* must be an Optimizer; got 'adam'"),
    (lambda: OptimizerMap(SGD(), [SGD()]), TypeError, "optimizer_map.* must be a dictionary"),
    (lambda: OptimizerMap(SGD(), {"a": mixed()}), ValueError, "an optimizer cannot be LossScaleOptimizer"),
    (lambda: OptimizerMap(SGD(), {"a": "sgd"}), ValueError, "a value must be an Optimizer; got 'sgd'"),
    (lambda: OptimizerMap(SGD(), {3: SGD()}), ValueError, "a key must be a string; got 3"),
    (lambda: OptimizerMap(SGD(), {"a": SGD()}).update({"a": SGD()}), ValueError, "a already exist in the OptimizerMap"),
    (lambda: optimizers.schedules.CosineDecay(0.1, 0), ValueError, "decay_steps.* must be a number > 0; got 0"),
    (lambda: optimizers.schedules.CosineDecayRestarts(0.1, 5, t_mul=0), ValueError, "t_mul.* must be a number > 0"),
    (lambda: optimizers.schedules.PolynomialDecay("x", 5), ValueError, "a learning rate must be a finite number"),
    (lambda: optimizers.schedules.PiecewiseConstantDecay([5, 3], [1, 2, 3]), ValueError, "boundaries must ascend"),
    (lambda: lx.name_scope("a/b").__enter__(), ValueError, "name must be a string without a slash; got 'a/b'"),
]


@pytest.mark.parametrize(("call", "kind", "words"), MISTAKES, ids=[words[:40] for *_, words in MISTAKES])
def test_mistakes(call, kind, words):
    with pytest.raises(kind, match=words) as caught:
        call()
    assert "\n" not in str(caught.value)


def test_a_model_without_an_optimizer():
    model = regression(compile=False)
    model.compile(None, "mse")
    assert model.evaluate(X, R, verbose=0) > 0
    with pytest.raises(RuntimeError, match="compile gave it optimizer=None"):
        quiet(model, X, R)
