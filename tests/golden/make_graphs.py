"""Makes the orders of layers in graphs from Keras, the oracle.

    pip install keras==3.15.1 jax
    KERAS_BACKEND=jax python tests/golden/make_graphs.py

The test suite reads the file and needs no Keras. A graph is drawn once, here, and the test builds it by the same plan.
"""

import json
import os
import pathlib

os.environ.setdefault("KERAS_BACKEND", "jax")
os.environ.setdefault("JAX_PLATFORMS", "cpu")

import keras
import numpy as np


def make_graphs():
    orders = []
    for seed in range(40):
        rng = np.random.default_rng(seed)
        inputs = [keras.Input((4,), name=f"in{k}") for k in range(rng.integers(1, 3))]
        tensors, plan = list(inputs), []
        shared = keras.layers.Dense(4, name="shared")
        for k in range(rng.integers(3, 9)):
            kind = rng.choice(["dense", "add", "shared", "concat"])
            a, b = (int(v) for v in rng.integers(0, len(tensors), 2))
            if kind == "dense":
                tensors.append(keras.layers.Dense(4, name=f"dense{k}")(tensors[a]))
            elif kind == "shared":
                tensors.append(shared(tensors[a]))
            elif kind == "add":
                tensors.append(keras.layers.Add(name=f"add{k}")([tensors[a], tensors[b]]))
            else:
                joined = keras.layers.Concatenate(name=f"concat{k}")([tensors[a], tensors[b]])
                tensors.append(keras.layers.Dense(4, name=f"dense{k}")(joined))
            plan.append([str(kind), a, b])
        ends = sorted({len(tensors) - 1, *(int(v) for v in rng.integers(len(inputs), len(tensors), 1))})
        model = keras.Model(inputs, [tensors[e] for e in ends])
        used = {id(t) for nodes in model._nodes_by_depth.values() for node in nodes for t in node.input_tensors}
        if not all(id(t) in used for t in inputs):  # an input that leads nowhere
            continue
        orders.append(
            {"inputs": len(inputs), "plan": plan, "ends": ends, "layers": [layer.name for layer in model.layers]}
        )
    return orders


if __name__ == "__main__":
    graphs = {"keras": keras.__version__, "graphs": make_graphs()}
    (pathlib.Path(__file__).parent / "graphs.json").write_text(json.dumps(graphs, separators=(",", ":")) + "\n")
