"""What a model that is looked at once more must not overlook, and what it may: its compiled steps depend on it."""

import gc
import weakref

import numpy as np
import pytest
from small import R, X, assert_equal_weights, quiet, regression

import laminax as lx
from laminax import layers
from laminax._core.snapshot import Snapshot


class Note:
    """Holds no variables."""


class Held(layers.Layer):
    """Layers in a list, in a dict and in an attribute, and something that holds no variables."""

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.steps, self.named, self.head, self.note = [layers.Dense(3)], {"a": layers.Dense(3)}, None, Note()

    def call(self, x):
        for layer in [*self.steps, *self.named.values(), *([self.head] if self.head else [])]:
            x = layer(x)
        return x


class Whim(layers.Layer):
    """Says itself whether it is frozen."""

    frozen = False

    @property
    def trainable(self):
        return not Whim.frozen

    @trainable.setter
    def trainable(self, value):
        pass


def held():
    layer = Held()
    layer(np.ones((2, 3), "float32"))
    return layer


CHANGES = {
    "frozen": lambda layer: setattr(layer, "trainable", False),
    "frozen inside": lambda layer: setattr(layer.named["a"], "trainable", False),
    "a variable frozen": lambda layer: setattr(layer.steps[0].kernel, "trainable", False),
    "appended": lambda layer: layer.steps.append(layers.Dense(3)),
    "replaced in a list": lambda layer: layer.steps.__setitem__(0, layers.Dense(3)),
    "another key": lambda layer: layer.named.update(b=layer.named.pop("a")),
    "a further key": lambda layer: layer.named.update(b=layers.Dense(3)),
    "set": lambda layer: setattr(layer, "head", layers.Dense(3)),
    "set in the place of what holds nothing": lambda layer: setattr(layer, "note", layers.Dense(3)),
    "a new attribute": lambda layer: setattr(layer, "tail", layers.Dense(3)),
    "deleted": lambda layer: delattr(layer, "steps"),
    "another name": lambda layer: (setattr(layer, "others", layer.steps), delattr(layer, "steps")),
    "another variable": lambda layer: setattr(layer.steps[0], "bias", lx.Variable(np.zeros(3, "float32"))),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_a_change_is_seen(change):
    layer = held()
    snapshot = Snapshot(layer)
    assert snapshot.holds()
    change(layer)
    assert not snapshot.holds()


def test_new_values_are_no_change():
    layer = held()
    snapshot = Snapshot(layer)
    layer.steps[0].kernel.assign(np.zeros((3, 3), "float32"))
    assert snapshot.holds()


def test_what_a_class_says_of_itself_is_asked_anew():
    snapshot = Snapshot(Whim())
    assert snapshot.holds()
    try:
        Whim.frozen = True
        assert not snapshot.holds()
    finally:
        Whim.frozen = False
    assert snapshot.holds()


def test_the_owner_of_a_shared_variable_may_be_frozen():
    owner, user = held(), Held()
    user.head = owner.steps[0].kernel
    snapshot = Snapshot(user)
    owner.steps[0].trainable = False
    assert not snapshot.holds()


def test_nothing_is_kept_alive_that_holds_no_variables():
    layer = held()
    seen, snapshot = weakref.ref(layer.note), Snapshot(layer)
    layer.note = None
    gc.collect()
    assert seen() is None
    assert not snapshot.holds()


def test_a_row_asked_for_again_is_of_the_model_as_it_is():
    model, row = regression(), X[:1]
    first = model.predict(row, verbose=0)
    np.testing.assert_array_equal(model.predict(row, verbose=0), first)
    model.set_weights([2 * w for w in model.get_weights()])
    again = model.predict(row, verbose=0)
    np.testing.assert_array_equal(again, regressed_by_twice(row))
    assert not np.array_equal(again, first)
    model.layers[0].trainable = False
    before = model._trainer.version
    assert model._trainer.answer(row) is None
    assert model._trainer.version == before  # a look by which nothing is set
    np.testing.assert_array_equal(model.predict(row, verbose=0), again)
    model.add(layers.Dense(4))
    assert model.predict(row, verbose=0).shape == (1, 4)


def regressed_by_twice(row):
    """What the same model with twice the weights says of a row that it has not seen before."""
    other = regression()
    other.set_weights([2 * w for w in other.get_weights()])
    return other.predict(row, verbose=0)


def test_a_schedule_that_is_set_later_is_obeyed():
    models = regression(optimizer=lx.optimizers.SGD(0.1)), regression(optimizer=lx.optimizers.SGD(0.1))
    for model in models:
        quiet(model, X, R, seed=1)
    models[0].optimizer.learning_rate = lx.optimizers.schedules.ExponentialDecay(0.0, 1, 1.0)
    before = models[0].get_weights()
    quiet(models[0], X, R, seed=2)
    for old, new in zip(before, models[0].get_weights(), strict=True):
        np.testing.assert_array_equal(old, new)
    quiet(models[1], X, R, seed=2)
    with pytest.raises(AssertionError):
        assert_equal_weights(*models)


def test_dropout_and_normalization_of_a_row_asked_for_again():
    model = lx.Sequential([lx.Input((4,)), layers.BatchNormalization(), layers.Dropout(0.5), layers.Dense(2)])
    row = np.random.default_rng(0).normal(size=(1, 4)).astype("float32")
    first = model.predict(row, verbose=0)
    np.testing.assert_array_equal(model.predict(row, verbose=0), first)
    model.layers[0].moving_mean.assign(np.full(4, 3.0))
    assert not np.array_equal(model.predict(row, verbose=0), first)
