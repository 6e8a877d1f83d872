"""Numbers equal Keras's: losses, metrics, and the order of layers in graphs.

The numbers were made by `golden/make.py`.
"""

import json
import pathlib

import numpy as np
import pytest

import laminax as lx

FOLDER = pathlib.Path(__file__).parent / "golden"
CASES = json.loads((FOLDER / "cases.json").read_text())
ARRAYS = dict(np.load(FOLDER / "arrays.npz"))


def ids(family):
    return [f"{i}-{case['class']}-{json.dumps(case.get('arguments', {}))}" for i, case in enumerate(CASES[family])]


def assert_close(found, wanted, tolerance=1e-6):
    """Equal to 1e-6 of the largest number."""
    found, wanted = np.asarray(found), np.asarray(wanted)
    assert found.shape == wanted.shape
    scale = max(1.0, float(np.abs(wanted).max(initial=0)))
    np.testing.assert_allclose(found, wanted, rtol=tolerance, atol=tolerance * scale)


@pytest.mark.parametrize("i", range(len(CASES["losses"])), ids=ids("losses"))
def test_loss(i):
    case = CASES["losses"][i]
    loss = getattr(lx.losses, case["class"])(**case["arguments"])
    value = loss(ARRAYS[f"loss{i}/y_true"], ARRAYS[f"loss{i}/y_pred"], ARRAYS.get(f"loss{i}/weight"))
    assert_close(value, ARRAYS[f"loss{i}/value"])


@pytest.mark.parametrize("i", range(len(CASES["metrics"])), ids=ids("metrics"))
def test_metric(i):
    case = CASES["metrics"][i]
    metric = getattr(lx.metrics, case["class"])(**case["arguments"])
    metric.update_state(
        ARRAYS[f"metric{i}/y_true"], ARRAYS[f"metric{i}/y_pred"], sample_weight=ARRAYS.get(f"metric{i}/weight")
    )
    assert_close(metric.result(), ARRAYS[f"metric{i}/value"])


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
