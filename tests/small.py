"""Small models and data that the tests of training share."""

import jax
import numpy as np

import laminax as lx
from laminax import layers
from laminax.training import trainer

N = 22  # no multiple of the batch sizes that tests use


def arrays(*shape, seed=0):
    """Normal numbers that follow from the shape and the seed."""
    return np.random.default_rng([seed, *shape]).normal(size=shape).astype("float32")


X, R = arrays(N, 4), arrays(N, 1)
C = np.arange(N) * 7 % 3


def chain(*inner, loss="mse", optimizer=None, compile=True, width=4, **settings):
    """A compiled chain of layers on rows of 4 numbers, the same weights at each call."""
    lx.utils.set_random_seed(7)
    model = lx.Sequential([lx.Input((width,)), *inner])
    if compile:
        model.compile(optimizer or lx.optimizers.SGD(0.05, momentum=0.5), loss, **settings)
    return model


def regression(**settings):
    """One unit on a hidden layer."""
    return chain(layers.Dense(3, "tanh"), layers.Dense(1), **settings)


def classifier(**settings):
    """Three classes."""
    settings = {"loss": "sparse_categorical_crossentropy", **settings}
    return chain(layers.Dense(3, "softmax"), **settings)


def noisy(**settings):
    """A chain whose layers change state: statistics and random numbers."""
    lx.utils.set_random_seed(7)
    inner = layers.Dense(5), layers.BatchNormalization(), layers.Dropout(0.3), layers.Dense(1)
    return chain(*inner, metrics=["mae"], **settings)


def two(loss="mse", **settings):
    """Inputs `a` and `b`, outputs `size` and `kind`."""
    lx.utils.set_random_seed(7)
    a, b = lx.Input((4,), name="a"), lx.Input((2,), name="b")
    h = layers.Dense(3, "tanh")(layers.Concatenate()([a, b]))
    model = lx.Model([a, b], [layers.Dense(1, name="size")(h), layers.Dense(1, name="kind")(h)])
    model.compile(settings.pop("optimizer", "sgd"), loss, **settings)
    return model


AB = {"a": X, "b": X[:, :2]}
SK = {"size": R, "kind": X[:, 3:]}


def quiet(model, *args, **kwargs):
    """`fit` that prints nothing."""
    return model.fit(*args, verbose=0, **kwargs)


def by_hand(model, x, y, batch_size, epochs=1, **kwargs):
    """Train batch by batch, each as long as it is; the mean loss of each epoch."""
    losses = []
    count = len(jax.tree.leaves(x)[0])
    for _ in range(epochs):
        total = 0.0
        for i in range(0, count, batch_size):
            rows = slice(i, i + batch_size)
            part = {name: jax.tree.map(lambda a: a[rows], value) for name, value in kwargs.items()}  # noqa: B023
            xs, ys = (jax.tree.map(lambda a: a[rows], tree) for tree in (x, y))  # noqa: B023
            logs = model.train_on_batch(xs, ys, return_dict=True, **part)
            total += logs["loss"] * len(jax.tree.leaves(xs)[0])
        losses.append(total / count)
    return losses


def assert_equal_weights(first, second):
    """To the bit."""
    for a, b in zip(first.get_weights(), second.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)


def assert_close_weights(first, second, tolerance=1e-6):
    for a, b in zip(first.get_weights(), second.get_weights(), strict=True):
        np.testing.assert_allclose(a, b, rtol=tolerance, atol=tolerance)


def stepwise(monkeypatch):
    """Let no data be put on the device as a whole, so that steps go one by one."""
    monkeypatch.setattr(trainer, "RESIDENT_BYTES", 0)


class Traces:
    """Counts how often a function of arrays is traced."""

    def __init__(self, function):
        self.function, self.count = function, 0

    def __call__(self, *args):
        self.count += 1
        return self.function(*args)
