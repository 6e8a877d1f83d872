"""Files that Keras 3.15.1 wrote open, and answer as they did there.

They were made by `keras_files/make.py`.
"""

import jax
import keras_files
import numpy as np
import pytest
from contract import quick_jit
from keras_files import answers, numbered

import laminax as lx
from laminax._core.catalog import find_class
from laminax._core.holder import variables
from laminax._core.reading import is_record

TRAINED = [name for name in keras_files.names() if name.startswith("optimizer_")]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return keras_files.unpack(tmp_path_factory.mktemp("keras"))


def skip_unknown(config):
    """Skip the test of a file that names a class which the package does not have."""
    todo = [config]
    while todo:
        item = todo.pop()
        if is_record(item) and str(item.get("module")).startswith("keras.optimizers"):
            try:
                find_class(item)
            except lx.saving.UnsafeFileError:
                pytest.skip(f"the package has no {item['class_name']}")
        todo += item.values() if isinstance(item, dict) else item if isinstance(item, list) else ()


def loaded(folder, name):
    skip_unknown(keras_files.config_of(folder / f"{name}.keras"))
    return lx.saving.load_model(folder / f"{name}.keras")


def check_outputs(model, name):
    """The outputs for the stored inputs are the stored ones."""
    inputs = numbered(f"{name}/input")
    if len(inputs) == 1:
        inputs = inputs[0]
    elif model.inputs is not None and isinstance(model.input, dict):
        inputs = dict(zip(sorted(model.input), inputs))
    found = model(inputs, training=False) if model.on_host else compiled(model)(model.state(), inputs)
    for y, wanted in zip(jax.tree.leaves(found), numbered(f"{name}/output"), strict=True):
        y, wanted = np.asarray(y, "float64"), wanted.astype("float64")
        assert y.shape == wanted.shape
        scale = np.abs(wanted).max() if wanted.size else 1
        np.testing.assert_allclose(y, wanted, rtol=0, atol=tolerance(model) * scale)


def compiled(model):
    return quick_jit(lambda state, x: model.stateless_call(*state, x, training=False)[0])


def tolerance(model):
    """1e-6 of the largest output; of a model that computes in short floats, what their last digit says."""
    short = {layer.compute_dtype for layer in model.layers} & {"bfloat16", "float16"}
    return {"bfloat16": 1e-2, "float16": 1e-3}[short.pop()] if short else 1e-6


@pytest.mark.parametrize("name", [name for name in keras_files.names() if name not in TRAINED])
def test_predictions(folder, name):
    model = loaded(folder, name)
    assert model.restored.weights == len(model.weights)
    check_outputs(model, name)


@pytest.fixture(scope="module")
def gradient():
    """The gradients of the small model that all optimizers trained: compiled once."""
    model = lx.Sequential([lx.Input((3,)), lx.layers.Dense(4, "tanh"), lx.layers.Dense(2, "softmax")])
    loss = lx.losses.SparseCategoricalCrossentropy()
    return quick_jit(jax.grad(lambda params, x, y: loss(y, model.stateless_call(params, {}, x)[0])))


@pytest.mark.parametrize("name", TRAINED)
def test_training_goes_on(folder, name, gradient):
    """The step after loading is the one that Keras took: the optimizer's state is there, each thing in its place."""
    model = loaded(folder, name)
    assert model.restored.optimizer >= len(model.optimizer.variables) - 2  # a loss scaler has two that Keras lacks
    cells = variables(model)
    params = {path: cells[path].value for path in model.state()[0]}
    scale = float(model.optimizer.scale_loss(np.float32(1)))
    grads = gradient(params, answers()[f"{name}/next_x"], answers()[f"{name}/next_y"])
    model.optimizer.apply([scale * grads[path] for path in model.optimizer._params])
    for found, wanted in zip(model.get_weights(), numbered(f"{name}/weight"), strict=True):
        np.testing.assert_allclose(found, wanted, rtol=0, atol=1e-6)


def test_what_was_compiled(folder):
    model = loaded(folder, "compiled")
    assert str(model.restored).endswith(
        "compiled.keras: 4 weights, compiled with optimizer Adam, loss sparse_categorical_crossentropy, metrics "
        "[accuracy, top], metrics [sparse_categorical_crossentropy], 10 variables of the optimizer"
    )
    assert model.optimizer.clipnorm == 2.0
    assert int(model.optimizer.iterations) == 3
    assert lx.saving.load_model(folder / "compiled.keras", compile=False).optimizer is None
    several = loaded(folder, "compiled_outputs")
    assert model.loss.reduction == "sum"
    assert several.loss["two"].name == "huber_loss"
    assert several.combine_losses == "sum"  # as Keras does


@pytest.mark.parametrize("name", ["residual", "nested", "subclass"])
@pytest.mark.parametrize("ending", [".weights.h5", ".h5", ".keras"])
def test_weights_alone(folder, name, ending):
    model = lx.saving.load_model(folder / f"{name}.keras")
    model.set_weights([w + 1 for w in model.get_weights()])
    model.load_weights(folder / f"{name}{ending}")
    check_outputs(model, name if ending == ".keras" else f"weights_{name}")


def test_whole_models_of_keras_2_give_their_weights(folder):
    with pytest.raises(lx.saving.UnsupportedVersionError, match="load_weights"):
        lx.saving.load_model(folder / "whole.h5")
    model = lx.saving.load_model(folder / "chain.keras")
    model.load_weights(folder / "whole.h5")
    check_outputs(model, "weights_whole")


def test_layers_of_keras_2_by_name(folder):
    model = lx.saving.load_model(folder / "residual.keras")
    before = model.get_layer("conv2d").kernel.numpy()
    model.get_layer("dense").name = "other"
    report = model.load_weights(folder / "residual.h5", by_name=True)
    assert report.weights == len(model.weights) - 2
    assert not np.array_equal(model.get_layer("conv2d").kernel.numpy(), before)
