"""Rematerialisation: the same numbers, with less kept between forward and backward pass."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from small import C, X, chain

import laminax as lx
from laminax import layers

MODES = [{}, {"mode": "activations"}, {"mode": "larger_than"}, {"mode": "list_of_layers", "layer_names": ["hidden"]}]


def stages(jaxpr):
    """How many parts of a program are computed a second time."""
    return str(jaxpr).count("remat2") + str(jaxpr).count("checkpoint[")


def trained(**scope):
    with lx.RematScope(**scope):
        inner = [layers.Dense(9, "tanh", name="hidden"), layers.BatchNormalization(), layers.Dropout(0.3)]
        model = chain(*inner, layers.Dense(3, "softmax"), loss="sparse_categorical_crossentropy")
    model.fit(X, C, batch_size=11, epochs=2, verbose=0, seed=3)
    return model


@pytest.mark.parametrize("scope", MODES, ids=str)
def test_the_numbers_are_those_without(scope):
    for found, wanted in zip(trained(**scope).get_weights(), trained(mode=None).get_weights(), strict=True):
        np.testing.assert_allclose(found, wanted, rtol=1e-5, atol=1e-6)


def program(**scope):
    with lx.RematScope(**scope):
        layer = layers.Dense(40, "tanh", name="hidden")
    layer(X)
    params, extras = layer.state()
    slope = jax.grad(lambda p: layer.stateless_call(p, extras, X)[0].sum())
    return jax.make_jaxpr(slope)(params)


@pytest.mark.parametrize(
    ("scope", "count"),
    [
        ({"mode": None}, 0),
        ({}, 1),
        ({"mode": "larger_than", "output_size_threshold": 800}, 1),
        ({"mode": "larger_than", "output_size_threshold": 900}, 0),
        ({"mode": "list_of_layers", "layer_names": ["hidden"]}, 1),
        ({"mode": "list_of_layers", "layer_names": ["other"]}, 0),
        ({"mode": "activations"}, 1),
    ],
    ids=str,
)
def test_what_is_computed_again(scope, count):
    assert bool(stages(program(**scope))) == bool(count)


def test_a_layer_or_function_by_itself():
    layer = layers.Dense(2, "tanh")
    layer(X)
    again = lx.remat(layer)
    np.testing.assert_array_equal(again(X), layer(X))

    def f(x):
        return jnp.sin(x).sum()

    np.testing.assert_array_equal(jax.grad(lx.remat(f))(X), jax.grad(f)(X))


def test_masks_and_losses_pass():
    with lx.RematScope():
        model = lx.Sequential(
            [
                lx.Input((None,)),
                layers.Embedding(5, 3, mask_zero=True),
                layers.Dense(2, activity_regularizer="l2"),
                layers.LSTM(2),
            ]
        )
    x = np.array([[1, 2, 0, 0], [3, 0, 0, 0]])
    short = np.array([[1, 2, 0], [3, 0, 0]])
    np.testing.assert_allclose(model(x), model(short), rtol=1e-5)
    assert len(model.losses) == 1


def test_an_unknown_mode():
    with pytest.raises(ValueError, match="RematScope: argument `mode` can't be 'all'"), lx.RematScope(mode="all"):
        pass
