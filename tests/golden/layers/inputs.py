"""Words in which cases of layers are written."""

import numpy as np

RNG = np.random.default_rng(20261123)  # set anew before each family
MASK = np.array([[1, 1, 1, 0, 0], [1, 1, 1, 1, 1], [1, 0, 0, 0, 0]], bool)
HOLES = np.array([[0, 1, 0, 1, 1], [1, 1, 0, 1, 0], [0, 0, 0, 0, 0]], bool)


def normal(*shape):
    return RNG.normal(size=shape).astype("float32")


def uniform(low, high, *shape):
    return RNG.uniform(low, high, shape).astype("float32")


def integers(high, *shape):
    return RNG.integers(0, high, shape).astype("int32")


def made(name, **config):
    """A layer as the argument of another: `made("LSTM", units=4)`."""
    return {"class_name": name, "config": config, "module": "keras.layers", "registered_name": None}
