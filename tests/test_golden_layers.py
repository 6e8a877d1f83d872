"""Numbers of layers equal Keras's: outputs, gradients, state after the call.

The numbers were made by `golden/make_layers.py`.
"""

import functools
import json
import pathlib

import jax
import numpy as np
import pytest
from contract import assert_close, build_by, quick_jit

import laminax as lx

FOLDER = pathlib.Path(__file__).parent / "golden" / "layers"


@functools.cache
def family(name):
    """The cases and the arrays of a family."""
    arrays = dict(np.load(FOLDER / f"{name}.npz"))
    return json.loads(str(arrays.pop("cases")))["cases"], arrays


def params():
    for path in sorted(FOLDER.glob("*.npz")):
        for i, case in enumerate(family(path.stem)[0]):
            yield pytest.param(path.stem, i, id=f"{path.stem}{i}-{case['class']}-{json.dumps(case['arguments'])[:60]}")


def numbered(arrays, prefix):
    """The arrays `prefix0`, `prefix1`, ..."""
    found = []
    while f"{prefix}{len(found)}" in arrays:
        found.append(arrays[f"{prefix}{len(found)}"])
    return found


def inputs_of(case, given):
    """The arguments of the call: arrays, or lists of arrays."""
    rest, inputs = iter(given), []
    for count in case["several"]:
        inputs.append([next(rest) for _ in range(count)] if count else next(rest))
    return inputs


def revived(value, arrays, i):
    """An argument of the call, with the arrays that are stored beside it."""
    if isinstance(value, list):
        return [revived(v, arrays, i) for v in value]
    if isinstance(value, dict):
        return (
            arrays[f"{i}/{value['array']}"]
            if "array" in value
            else {k: revived(v, arrays, i) for k, v in value.items()}
        )
    return value


@pytest.mark.parametrize(("name", "i"), list(params()))
def test_layer(name, i):
    cases, arrays = family(name)
    case = cases[i]
    layer = getattr(lx.layers, case["class"]).from_config(case["arguments"])
    inputs = inputs_of(case, numbered(arrays, f"{i}/input"))
    call = revived(case["call"], arrays, i)
    build_by(layer, *inputs, **call)
    layer.set_weights(numbered(arrays, f"{i}/weight"))
    trained, kept = ([v.value for v in of] for of in (layer.trainable_variables, layer.non_trainable_variables))
    probes = numbered(arrays, f"{i}/probe")
    of_weights, of_inputs = (numbered(arrays, f"{i}/{of}_gradient") for of in ("weight", "input"))

    def scalar(trained, inputs):
        outputs, state = layer.stateless_call(trained, kept, *inputs, **call)
        return sum((o * p).sum() for o, p in zip(jax.tree.leaves(outputs), probes)), (outputs, state)

    if of_inputs or of_weights:
        slope = quick_jit(jax.grad(scalar, (0, 1) if of_inputs else (0,), has_aux=True))
        gradient, (outputs, state) = slope(trained, inputs)
    else:
        gradient, (outputs, state) = [[]], quick_jit(scalar)(trained, inputs)[1]
    for variable, value in zip(layer.non_trainable_variables, state, strict=True):
        variable.assign(value)

    for found, wanted in zip(jax.tree.leaves(outputs), numbered(arrays, f"{i}/output"), strict=True):
        assert_close(found, wanted)
    for found, wanted in zip(layer.get_weights(), numbered(arrays, f"{i}/after"), strict=True):
        assert_close(found, wanted)
    for found, wanted in zip(gradient[0], of_weights, strict=True):
        assert_close(found, wanted, 2e-6)
    for found, wanted in zip(jax.tree.leaves(gradient[1:]), of_inputs, strict=True):
        assert_close(found, wanted, 2e-6)
