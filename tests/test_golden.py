"""Numbers equal Keras's: optimizers, and the order of layers in graphs.

The numbers were made by `golden/make.py`.
"""

import functools
import json
import pathlib

import jax
import numpy as np
import pytest

import laminax as lx

FOLDER = pathlib.Path(__file__).parent / "golden"
CASES = json.loads((FOLDER / "cases.json").read_text())
ARRAYS = dict(np.load(FOLDER / "arrays.npz"))


def numbered(prefix):
    """The arrays `prefix0`, `prefix1`, ..."""
    found = []
    while f"{prefix}{len(found)}" in ARRAYS:
        found.append(ARRAYS[f"{prefix}{len(found)}"])
    return found


def ids(family):
    return [f"{i}-{case['class']}-{json.dumps(case.get('arguments', {}))}" for i, case in enumerate(CASES[family])]


def assert_close(found, wanted, tolerance=1e-6):
    """Equal to 1e-6 of the largest number."""
    found, wanted = np.asarray(found), np.asarray(wanted)
    assert found.shape == wanted.shape
    scale = max(1.0, float(np.abs(wanted).max(initial=0)))
    np.testing.assert_allclose(found, wanted, rtol=tolerance, atol=tolerance * scale)


@pytest.mark.parametrize("i", range(len(CASES["optimizers"])), ids=ids("optimizers"))
def test_optimizer(i):
    case = CASES["optimizers"][i]
    arguments = dict(case["arguments"])
    if "schedule" in case:
        name, given = case["schedule"]
        arguments["learning_rate"] = getattr(lx.optimizers.schedules, name)(**given)
    if "decay" in case:
        arguments["weight_decay"] = case["decay"]
    optimizer = getattr(lx.optimizers, case["class"])(**arguments)
    if "exclude" in case:
        optimizer.exclude_from_weight_decay(var_names=case["exclude"])
    if "dynamic" in case:
        optimizer = lx.optimizers.LossScaleOptimizer(optimizer, initial_scale=2.0**10, dynamic_growth_steps=7)
    first = case["class"] not in [earlier["class"] for earlier in CASES["optimizers"][:i]]
    found, losses = (fitted if first else stepped)(optimizer)
    for weight, wanted in zip(found, numbered(f"optimizer{i}/weight"), strict=True):
        assert_close(weight, wanted)
    assert_close(losses, ARRAYS[f"optimizer{i}/loss"])


def trained_model():
    model = lx.Sequential(
        [
            lx.Input((6,)),
            lx.layers.Dense(5, activation="tanh", kernel_regularizer=lx.regularizers.L2(0.1)),
            lx.layers.BatchNormalization(),
            lx.layers.Dropout(0.0),
            lx.layers.Dense(3, activation="softmax"),
        ]
    )
    model.set_weights(numbered("train/start"))
    return model


def fitted(optimizer):
    """The weights and the mean loss of two epochs of `fit`."""
    model = trained_model()
    model.compile(optimizer, "sparse_categorical_crossentropy")
    history = model.fit(ARRAYS["train/x"], ARRAYS["train/y"], batch_size=8, epochs=2, shuffle=False, verbose=0)
    return model.get_weights(), history.history["loss"]


@functools.cache
def slope():
    """The gradient of the loss of a batch, compiled once for all optimizers."""
    model = trained_model()

    def scalar(params, extras, x, y):
        outputs, extras, penalties = model.stateless_call(params, extras, x, training=True, return_losses=True)
        loss = lx.losses.sparse_categorical_crossentropy(y, outputs).mean() + sum(penalties)
        return loss, (loss, extras)

    return jax.jit(jax.grad(scalar, has_aux=True))


def stepped(optimizer):
    """The same as `fitted`, step by step, where the optimizer need not be compiled."""
    model, losses = trained_model(), []
    optimizer.build(model.trainable_variables)
    scale = getattr(optimizer, "scale_loss", lambda loss: loss)
    for _ in range(2):
        for k in range(0, len(ARRAYS["train/x"]), 8):
            state = [v.value for v in model.trainable_variables], [v.value for v in model.non_trainable_variables]
            gradient, (loss, extras) = slope()(*state, ARRAYS["train/x"][k : k + 8], ARRAYS["train/y"][k : k + 8])
            optimizer.apply([g * scale(1.0) for g in gradient], model.trainable_variables)
            for variable, value in zip(model.non_trainable_variables, extras, strict=True):
                variable.assign(value)
            losses.append(loss)
    optimizer.finalize_variable_values(model.trainable_variables)
    return model.get_weights(), np.asarray(losses).reshape(2, -1).mean(1)


@pytest.mark.parametrize("i", range(len(CASES["graphs"])))
def test_order_of_layers(i):
    case = CASES["graphs"][i]
    inputs = [lx.Input((4,), name=f"in{k}") for k in range(case["inputs"])]
    tensors, shared = list(inputs), lx.layers.Dense(4, name="shared")
    for k, (kind, a, b) in enumerate(case["plan"]):
        if kind == "dense":
            tensors.append(lx.layers.Dense(4, name=f"dense{k}")(tensors[a]))
        elif kind == "shared":
            tensors.append(shared(tensors[a]))
        elif kind == "add":
            tensors.append(lx.layers.Add(name=f"add{k}")([tensors[a], tensors[b]]))
        else:
            joined = lx.layers.Concatenate(name=f"concat{k}")([tensors[a], tensors[b]])
            tensors.append(lx.layers.Dense(4, name=f"dense{k}")(joined))
    model = lx.Model(inputs, [tensors[e] for e in case["ends"]])
    assert [layer.name for layer in model.layers] == case["layers"]
