"""Every layer and every optimizer comes back from a file: its config, its weights, its state."""

import json

import contract_samples
import jax
import numpy as np
import pytest
from contract import numbered
from contract_layers import symbols
from samples import LAYERS

import laminax as lx

FIRST = {sample.cls: sample for sample in reversed(LAYERS) if "custom" not in sample.notes}.values()
OPTIMIZERS = [sample for sample in contract_samples.OPTIMIZERS if "no config" not in sample.notes]


def again(model, path):
    model.save(path)
    return lx.saving.load_model(path)


def scatter(variables):
    rng = np.random.default_rng(3)
    for v in variables:
        v.assign(rng.integers(1, 100, v.shape) if "int" in v.dtype else rng.uniform(0.5, 1.5, v.shape))


def assert_equal(found, wanted):
    for a, b in zip(found, wanted, strict=True):
        assert (a.path, a.dtype, a.trainable) == (b.path, b.dtype, b.trainable)
        np.testing.assert_array_equal(a.numpy(), b.numpy())


@pytest.mark.parametrize("sample", FIRST, ids=numbered(FIRST))
def test_layer(sample, tmp_path):
    inputs = symbols(sample, () if "stateful" in sample.notes else (0, *sample.free))
    model = lx.Model(jax.tree.leaves(inputs), sample.make()(*inputs))
    scatter(model.weights)
    other = again(model, tmp_path / "m.keras")
    assert json.dumps(other.get_config()) == json.dumps(model.get_config())
    assert [t.shape for t in other.outputs] == [t.shape for t in model.outputs]
    assert other.restored.weights == len(model.weights)
    if not isinstance(model.layers[-1], lx.layers.SpectralNormalization):  # whose kernel files hold divided
        assert_equal(other.weights, model.weights)


@pytest.mark.parametrize("sample", OPTIMIZERS, ids=numbered(OPTIMIZERS))
def test_optimizer(sample, tmp_path):
    model = lx.Sequential([lx.Input((3,)), lx.layers.Dense(2), lx.layers.Dense(2, trainable=False), lx.layers.Dense(1)])
    model.compile(sample.make(), "mse")
    fresh = again(model, tmp_path / "m.keras")  # before the first step there are no slots
    assert len(fresh.optimizer.variables) == len(model.optimizer.variables)
    model.optimizer.build(model.trainable_variables)
    scatter(model.optimizer.variables)
    other = again(model, tmp_path / "m.keras")
    assert other.optimizer.get_config() == model.optimizer.get_config()
    assert other.restored.optimizer == len(model.optimizer.variables)
    for a, b in zip(other.optimizer.variables, model.optimizer.variables, strict=True):
        np.testing.assert_array_equal(a.numpy(), b.numpy())
    fresh.load_weights(tmp_path / "m.keras")
    for a, b in zip(fresh.optimizer.variables, model.optimizer.variables, strict=True):
        np.testing.assert_array_equal(a.numpy(), b.numpy())


@lx.saving.register_keras_serializable("tests", "Halving")
class Halving(lx.optimizers.Optimizer):
    """Written for Keras: it makes its variables in `build`, in an order of its own."""

    def build(self, variables):
        super().build(variables)
        self.seen = self.add_optimizer_variables(variables, ["zeta", "alpha"])

    def update_step(self, gradient, variable, learning_rate):
        variable.assign(variable / 2)


def test_an_optimizer_written_for_keras(tmp_path):
    model = lx.Sequential([lx.Input((3,)), lx.layers.Dense(2)])
    model.compile(Halving(0.1), "mse")
    model.optimizer.build(model.trainable_variables)
    scatter(model.optimizer.variables)
    other = again(model, tmp_path / "m.keras")
    assert other.restored.optimizer == 6
    for a, b in zip(other.optimizer.variables, model.optimizer.variables, strict=True):
        np.testing.assert_array_equal(a.numpy(), b.numpy())
