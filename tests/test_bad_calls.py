"""Misuse of all that is not `fit`: constructors, graphs, layers of one's own, losses, metrics, operations, files."""

import numpy as np
import pytest
from misuse import assert_shown, message
from small import R, X, chain, quiet

import laminax as lx
from laminax import callbacks, initializers, layers, losses, metrics, ops, optimizers

x = np.ones((2, 3), "float32")


class WithoutInit(layers.Layer):
    """Forgets its base."""

    def __init__(self):
        self.rate = 1

    def call(self, x):
        return x


class WithoutReturn(layers.Layer):
    """Computes, and gives nothing."""

    def call(self, x):
        ops.exp(x)


class MakesInCall(layers.Layer):
    """Makes a weight each time."""

    def call(self, x):
        return x @ self.add_weight((x.shape[-1], 2))


class WithoutCall(layers.Layer):
    """Has nothing to compute."""


class Forgetful(lx.Model):
    """A model that gives nothing."""

    def __init__(self):
        super().__init__()
        self.end = layers.Dense(1)

    def call(self, x):
        self.end(x)


class Raises(callbacks.Callback):
    """A callback with a mistake of its own."""

    def on_epoch_end(self, epoch, logs=None):
        raise KeyError("accurracy")


def between(build):
    """A model between two inputs."""
    return build(lx.Input((3,), name="a"), lx.Input((3,), name="b"))


def named(*names):
    return lx.Sequential([layers.Dense(1, name=name) for name in names])


def built(layer):
    layer(x)
    return layer


def forgetful():
    model = Forgetful()
    model.compile("sgd", "mse")
    return model


CASES = [
    # Optimizers
    *[
        (f"rate {value!r}", lambda v=value: optimizers.Adam(v), ValueError)
        for value in (float("nan"), -1.0, "fast", None, True)
    ],
    ("clipnorm", lambda: optimizers.Adam(clipnorm=0), ValueError),
    ("two clippings", lambda: optimizers.Adam(clipnorm=1.0, clipvalue=1.0), ValueError),
    ("beta_1", lambda: optimizers.Adam(beta_1=1.0), ValueError),
    ("beta_2", lambda: optimizers.AdamW(beta_2=-0.1), ValueError),
    ("momentum", lambda: optimizers.SGD(momentum=2), ValueError),
    ("misspelt rate", lambda: optimizers.Adam(learning_rat=0.1), TypeError),
    ("optimizer's name", lambda: optimizers.get("adamm"), ValueError),
    ("decay steps", lambda: optimizers.schedules.ExponentialDecay(0.1, 0, 0.5), ValueError),
    ("pieces", lambda: optimizers.schedules.PiecewiseConstantDecay([1, 2], [1.0]), ValueError),
    # Graphs and models
    ("not connected", lambda: between(lambda a, b: lx.Model(a, layers.Dense(1)(b))), ValueError),
    ("input without output", lambda: between(lambda a, b: lx.Model([a, b], layers.Dense(1)(b))), ValueError),
    ("output that is an array", lambda: lx.Model(lx.Input((3,)), 3.0), ValueError),
    ("inputs that are numbers", lambda: lx.Model(3, 4), ValueError),
    ("two of one name", lambda: named("d", "d"), ValueError),
    ("a number as layer", lambda: lx.Sequential([3]), TypeError),
    ("a name as layer", lambda: lx.Sequential().add("dense"), TypeError),
    ("negative size", lambda: lx.Input((-1,)), ValueError),
    ("layer of no name", lambda: named("abc").get_layer("abd"), ValueError),
    ("layer of no place", lambda: named("abc").get_layer(index=4), ValueError),
    ("fewer weights", lambda: built(layers.Dense(2)).set_weights([x]), ValueError),
    ("weights of another shape", lambda: built(layers.Dense(2)).set_weights([x, x[0]]), ValueError),
    ("a slash in a name", lambda: layers.Dense(1, name="a/b"), ValueError),
    ("numpy on a symbol", lambda: np.exp(lx.Input((3,))), TypeError),
    ("if on a symbol", lambda: bool(lx.Input((3,)) > 0), TypeError),
    ("loop over a symbol", lambda: list(lx.Input((3,))), TypeError),
    # Layers of one's own
    ("no super().__init__", lambda: WithoutInit()(x), RuntimeError),
    ("no return", lambda: WithoutReturn()(lx.Input((3,))), ValueError),
    ("no return in a model", lambda: quiet(forgetful(), X, R), ValueError),
    ("weight in call", lambda: MakesInCall()(x), ValueError),
    ("no call", lambda: WithoutCall()(x), NotImplementedError),
    ("its own argument", lambda: WithoutCall(untis=3), TypeError),
    ("units as text", lambda: layers.Dense("3"), ValueError),
    ("a callback's mistake", lambda: quiet(chain(layers.Dense(1)), X, R, callbacks=[Raises()]), KeyError),
    # Losses and metrics
    ("reduction", lambda: losses.MeanSquaredError(reduction="men"), ValueError),
    ("loss of two shapes", lambda: losses.MeanSquaredError()(x, x[:, :2]), ValueError),
    ("loss of classes", lambda: losses.CategoricalCrossentropy()(np.array([[1], [0]]), x), ValueError),
    ("weights of a loss", lambda: losses.MeanSquaredError()(x, x, np.ones(5)), ValueError),
    ("CTC of vectors", lambda: losses.CTC()(x, x), ValueError),
    ("loss's name", lambda: losses.get("mean_sqared_error"), ValueError),
    ("metric's name", lambda: metrics.get("acuracy"), ValueError),
    ("metric of two shapes", lambda: metrics.MeanAbsoluteError().update_state(x, x[:, :2]), ValueError),
    ("curve", lambda: metrics.AUC(curve="RC"), ValueError),
    ("thresholds", lambda: metrics.AUC(num_thresholds=1), ValueError),
    # Operations
    ("window", lambda: ops.max_pool(lx.Input((9, 9, 1)), 0), ValueError),
    ("one-hot", lambda: lx.utils.to_categorical([0, 5], 3), ValueError),
    # Names of functions and types
    ("activation", lambda: lx.activations.get("rellu"), ValueError),
    ("initializer", lambda: initializers.get("zeroes"), ValueError),
    ("stddev", lambda: initializers.RandomNormal(stddev=-1), ValueError),
    ("regularizer", lambda: lx.regularizers.get("l3"), ValueError),
    ("penalty", lambda: lx.regularizers.L2(-1), ValueError),
    ("constraint", lambda: lx.constraints.get("maxnrm"), ValueError),
    ("policy", lambda: lx.config.set_dtype_policy("float17"), ValueError),
    ("float type", lambda: lx.config.set_floatx("int8"), ValueError),
    ("seed", lambda: lx.utils.set_random_seed(-3), ValueError),
    # Files
    ("pickle", lambda: lx.saving.load_model("model.pt"), lx.saving.UnsafeFileError),
    ("save as pickle", lambda: named("a").save("model.pkl"), lx.saving.UnsafeFileError),
    ("checkpoint's ending", lambda: callbacks.ModelCheckpoint("model.pt"), ValueError),
]


@pytest.mark.parametrize(("name", "program", "kind"), CASES, ids=[case[0] for case in CASES])
def test_the_error(name, program, kind):
    with pytest.raises(Exception) as caught:
        program()
    assert type(caught.value) is kind
    assert_shown(f"test_bad_calls: {name}", caught.value)


def said():
    """What each program says."""
    return [(name, message(program)) for name, program, _ in CASES]


def test_there_are_many():
    """Misuses of the public API, each with its exact words."""
    import test_bad_input
    import test_bad_input_layers

    assert len({name for name, *_ in CASES}) == len(CASES) >= 60
    assert len(CASES) + len(test_bad_input.CASES) + len(test_bad_input_layers.FLAT) >= 250
