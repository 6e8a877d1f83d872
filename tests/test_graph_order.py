"""Layers of a model stand in the order in which Keras has them; the plans were made by `golden/make_graphs.py`."""

import json
import pathlib

import pytest

import laminax as lx

GRAPHS = json.loads((pathlib.Path(__file__).parent / "golden" / "graphs.json").read_text())["graphs"]


@pytest.mark.parametrize("case", GRAPHS)
def test_order_of_layers(case):
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
