"""What every callback keeps, each property its own function of a sample."""

import dataclasses
import functools
import inspect
from typing import Any

import numpy as np
import pytest
from contract import assert_same_bits, check_repr, check_unknown_argument, from_json, where

import laminax as lx
from laminax import utils

X = np.random.default_rng(6).normal(size=(12, 3)).astype("float32")
Y = X.sum(1)


@dataclasses.dataclass(frozen=True, eq=False)
class CallbackSample:
    """A callback that can be made.

    Attributes:
        cls: the class.
        arguments: of the constructor; a path in them is one within the working folder.
        notes: `"acts"` (it changes the run), `"no config"` (it holds what is no data), `"alone"` (a run takes but one).
    """

    cls: type
    arguments: dict[str, Any]
    notes: tuple[str, ...] = ()

    def make(self, **more):
        return self.cls(**{**self.arguments, **more})


@functools.cache
def model(averages=False):
    """One model, so that its steps compile once, and its first weights; one whose optimizer keeps averages."""
    utils.set_random_seed(3)
    model = lx.Sequential([lx.Input((3,)), lx.layers.Dense(2, activation="tanh"), lx.layers.Dense(1)])
    model.compile(lx.optimizers.SGD(use_ema=averages), "mse")
    return model, model.get_weights()


def run(*callbacks):
    """The numbers of a run with validation from the first weights on, of an evaluation, and of a prediction."""
    net, start = model(any(isinstance(callback, lx.callbacks.SwapEMAWeights) for callback in callbacks))
    net.set_weights(start)
    for variable in net.optimizer.variables:
        variable.assign(np.zeros(variable.shape))
    net.optimizer.learning_rate = 0.05
    given = {"callbacks": list(callbacks), "verbose": 0}
    history = net.fit(X, Y, batch_size=5, epochs=4, validation_split=0.25, seed=1, **given).history
    result, outputs = net.evaluate(X, Y, **given), net.predict(X, **given)
    return {"history": history, "result": result, "outputs": outputs, "weights": net.get_weights()}


@functools.cache
def plain():
    return run()


def check_survives_a_fit(sample):
    """Numbers of all epochs are finite; a callback that only watches changes none of them."""
    found = run(sample.make())
    assert np.isfinite([v for values in found["history"].values() for v in values]).all()
    if "acts" in sample.notes:
        assert not np.array_equal(found["outputs"], plain()["outputs"])
    else:
        np.testing.assert_allclose(found["history"]["loss"], plain()["history"]["loss"], rtol=1e-6)
        np.testing.assert_allclose(found["outputs"], plain()["outputs"], rtol=1e-5, atol=1e-6)


def check_second_fit_is_as_the_first(sample):
    """An object that has watched a run does in the next one what a new object does."""
    used = sample.make()
    first = run(used)
    assert_same_bits(run(used), first)


@where(lambda sample: "alone" not in sample.notes)
def check_two_of_a_kind(sample):
    """Two objects of a class stand side by side."""
    assert np.isfinite(run(sample.make(), sample.make())["history"]["loss"]).all()


@where(lambda sample: "no config" not in sample.notes)
def check_config(sample):
    twin = from_json(sample.make())
    assert_same_bits(run(twin), run(sample.make()))


def check_words(sample):
    """`repr` is no address; a misspelt argument is named with the right one."""
    callback = sample.make()
    if type(callback).__repr__ is lx.callbacks.Callback.__repr__:
        check_repr(callback)
    own = [name for name in inspect.signature(sample.cls).parameters if name not in ("args", "kwargs")]
    if own:
        check_unknown_argument(sample.make, own[0])
    else:
        with pytest.raises(TypeError, match=f"{sample.cls.__name__} has no argument 'monitor'"):
            sample.cls(monitor="loss")


CHECKS = [
    function
    for name, function in list(globals().items())
    if name.startswith("check_") and function.__module__ == __name__
]
