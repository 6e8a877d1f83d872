"""Functions and modules of other JAX libraries as layers."""

import json
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from contract import assert_close
from samples.bridges import Module, call, init

import laminax as lx
from laminax import layers, saving

X = np.random.default_rng(4).normal(size=(8, 4)).astype("float32")


class Affine(NamedTuple):
    """A node that is no dict."""

    kernel: object
    offset: object
    activation: object


def apply_affine(params, inputs):
    return params.activation(inputs @ params.kernel + params.offset)


AFFINE = Affine(np.ones((4, 3)), 0.5, jnp.tanh)


def test_any_tree_of_arrays():
    """The arrays become weights by their paths; what is no array stays; the tree keeps its nodes."""
    layer = layers.JaxLayer(apply_affine, params=AFFINE)
    assert layer.built
    assert [*layer.state()[0]] == ["params/kernel", "params/offset"]
    assert isinstance(layer.params, Affine)
    assert layer.params.activation is jnp.tanh
    assert_close(layer(X), np.tanh(X.sum(1, keepdims=True) + 0.5).repeat(3, 1))


def test_training_moves_weights_and_state():
    layer = layers.JaxLayer(call, init)
    model = lx.Sequential([lx.Input((4,)), layer])
    before = layer.get_weights()
    model.compile("sgd", "mse")
    model.fit(X, X[:, :3], batch_size=4, epochs=1, verbose=0)
    assert all((a != b).any() for a, b in zip(before, layer.get_weights()))
    assert int(layer.model_state["calls"].value) == 2
    assert_close(model.predict(X, verbose=0), model(X))


def test_integers_are_not_trained():
    layer = layers.JaxLayer(lambda params, inputs: inputs[:, : params["n"].size], params={"n": np.arange(2)})
    assert layer.trainable_weights == []
    assert layer(X).shape == (8, 2)


def test_trees_of_inputs():
    layer = layers.JaxLayer(
        lambda params, inputs: inputs["a"] @ params + inputs["b"],
        lambda inputs: jnp.ones((inputs["a"].shape[-1], inputs["b"].shape[-1])),
    )
    assert_close(layer({"a": X, "b": X[:, :2]}), X.sum(1, keepdims=True) + X[:, :2])


def test_keys_are_for_training():
    def noisy(rng, inputs):
        return inputs if rng is None else inputs + jax.random.normal(rng, inputs.shape)

    layer, twin = (layers.JaxLayer(noisy, seed=3) for _ in range(2))
    assert_close(layer(X), X)
    first, second = layer(X, training=True), layer(X, training=True)
    assert np.abs(first - second).max() > 0.1
    assert_close(twin(X, training=True), first)


def test_same_seed_same_first_values():
    made = [layers.JaxLayer(call, init, seed=seed) for seed in (1, 1, 2)]
    a, b, c = (np.asarray(layer(X)) for layer in made)
    np.testing.assert_array_equal(a, b)
    assert (a != c).any()


def test_module_by_method_and_variables():
    class Named(Module):
        def forward(self, inputs):
            raise RuntimeError

        def apply(self, variables, inputs, rngs=None, method=None, mutable=()):
            assert method == "forward"
            assert rngs == {}
            return inputs @ variables["params"]["kernel"], {}

    module = Named()
    for method in ("forward", module.forward):
        layer = layers.FlaxLayer(module, method, {"params": {"kernel": np.ones((4, 2))}})
        assert [*layer.state()[0]] == ["params/kernel"]
        assert_close(layer(X), X.sum(1, keepdims=True).repeat(2, 1))


def test_config_names_the_module():
    layer = layers.FlaxLayer(Module())
    layer(X)
    config = json.loads(json.dumps(layers.serialize(layer)))
    with saving.custom_object_scope({"Module": Module()}):
        twin = layers.deserialize(config)
    twin(X)
    twin.set_weights(layer.get_weights())
    assert_close(twin(X), layer(X))


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (
            (lambda params, x: x, init),
            "call_fn takes the argument 'x'; it may take params, state, rng, inputs, training",
        ),
        ((lambda params: params, init), "call_fn must take the argument 'inputs'"),
        ((call, lambda key, inputs: inputs), "init_fn takes the argument 'key'; it may take rng, inputs, training"),
        ((call,), "call_fn takes params or state, so give init_fn"),
    ],
)
def test_bad_arguments(arguments, words):
    with pytest.raises(ValueError, match=words):
        layers.JaxLayer(*arguments)


def test_other_structure_after_a_call():
    layer = layers.JaxLayer(lambda state, inputs: (inputs, {**state, "b": 1}), state={"a": np.ones(1)})
    with pytest.raises(ValueError, match="state after a call must have the structure of that before"):
        layer(X)
