"""Makes the golden numbers of losses, metrics and graphs from Keras, the oracle.

    pip install keras==3.15.1 jax
    KERAS_BACKEND=jax python tests/golden/make.py

The test suite reads the files and needs no Keras. A case is written once, here, and the tests build it from the same
words.
"""

import json
import os
import pathlib

os.environ.setdefault("KERAS_BACKEND", "jax")
os.environ.setdefault("JAX_PLATFORMS", "cpu")

import jax
import keras
import numpy as np

HERE = pathlib.Path(__file__).parent
RNG = np.random.default_rng(20261123)


def normal(*shape):
    return RNG.normal(size=shape).astype("float32")


def integers(high, *shape):
    return RNG.integers(0, high, shape).astype("int32")


# Losses and metrics: class, arguments, targets, outputs, weights.

PROBABILITIES = np.asarray(jax.nn.softmax(normal(6, 4)))
SHARES = RNG.uniform(0.05, 0.95, (6, 4)).astype("float32")
ONE_HOT = np.eye(4, dtype="float32")[integers(4, 6)]
BITS = integers(2, 6, 4)
WEIGHTS = RNG.uniform(0, 2, 6).astype("float32")

LOSSES = [
    ("MeanSquaredError", {}, normal(6, 4), normal(6, 4), None),
    ("MeanSquaredError", {"reduction": "sum"}, normal(6, 4), normal(6, 4), WEIGHTS),
    (
        "MeanSquaredError",
        {"reduction": "mean_with_sample_weight"},
        normal(6, 3, 4),
        normal(6, 3, 4),
        WEIGHTS[:, None] * np.ones((6, 3), "f"),
    ),
    ("MeanSquaredError", {"reduction": None}, normal(6, 4), normal(6, 4), WEIGHTS),
    ("MeanSquaredError", {}, normal(6), normal(6, 1), WEIGHTS),
    ("MeanAbsoluteError", {}, normal(6, 4), normal(6, 4), WEIGHTS),
    ("Huber", {}, normal(6, 4) * 3, normal(6, 4), None),
    ("Huber", {"delta": 0.3}, normal(6, 4), normal(6, 4), WEIGHTS),
    ("BinaryCrossentropy", {}, BITS, SHARES, None),
    ("BinaryCrossentropy", {"from_logits": True}, BITS, normal(6, 4) * 4, WEIGHTS),
    ("BinaryCrossentropy", {"label_smoothing": 0.2}, BITS, SHARES, WEIGHTS),
    ("CategoricalCrossentropy", {}, ONE_HOT, PROBABILITIES, None),
    ("CategoricalCrossentropy", {}, ONE_HOT, SHARES, WEIGHTS),
    ("CategoricalCrossentropy", {"from_logits": True, "label_smoothing": 0.1}, ONE_HOT, normal(6, 4), None),
    (
        "CategoricalCrossentropy",
        {"axis": 1},
        np.swapaxes(np.eye(4, dtype="float32")[integers(4, 6, 3)], 1, 2),
        np.asarray(jax.nn.softmax(normal(6, 4, 3), 1)),
        None,
    ),
    ("SparseCategoricalCrossentropy", {}, integers(4, 6), PROBABILITIES, WEIGHTS),
    ("SparseCategoricalCrossentropy", {"from_logits": True}, integers(4, 6, 3), normal(6, 3, 4), None),
    ("SparseCategoricalCrossentropy", {"ignore_class": 1}, np.array([0, 1, 2, 3, 1, 0], "int32"), PROBABILITIES, None),
    ("CTC", {}, np.array([[1, 2, 0], [3, 3, 0], [1, 2, 3]], "int32"), normal(3, 8, 5), None),
]

METRICS = [
    ("Accuracy", {}, integers(3, 6), integers(3, 6), None),
    ("BinaryAccuracy", {}, BITS, SHARES, WEIGHTS),
    ("BinaryAccuracy", {"threshold": 0.2}, BITS[:, 0], SHARES[:, :1], None),
    ("CategoricalAccuracy", {}, ONE_HOT, PROBABILITIES, WEIGHTS),
    ("SparseCategoricalAccuracy", {}, integers(4, 6), PROBABILITIES, None),
    ("TopKCategoricalAccuracy", {"k": 2}, ONE_HOT, PROBABILITIES, WEIGHTS),
    ("SparseTopKCategoricalAccuracy", {"k": 2}, integers(4, 6), PROBABILITIES, None),
    ("MeanSquaredError", {}, normal(6, 4), normal(6, 4), WEIGHTS),
    ("MeanAbsoluteError", {}, normal(6, 4), normal(6, 4), None),
    ("RootMeanSquaredError", {}, normal(6, 4), normal(6, 4), WEIGHTS),
    ("Precision", {}, BITS, SHARES, None),
    ("Precision", {"thresholds": [0.2, 0.7, 0.4]}, BITS, SHARES, WEIGHTS),
    ("Precision", {"top_k": 2}, BITS, SHARES, None),
    ("Precision", {"class_id": 1}, BITS, SHARES, None),
    ("Recall", {}, BITS, SHARES, WEIGHTS),
    ("Recall", {"top_k": 2, "class_id": 0}, BITS, SHARES, None),
    ("AUC", {}, BITS, SHARES, None),
    ("AUC", {"curve": "PR"}, BITS, SHARES, WEIGHTS),
    ("AUC", {"curve": "PR", "summation_method": "minoring"}, BITS, SHARES, None),
    ("AUC", {"summation_method": "majoring", "num_thresholds": 7}, BITS, SHARES, None),
    ("AUC", {"multi_label": True, "num_labels": 4}, BITS, SHARES, None),
    ("AUC", {"multi_label": True, "num_labels": 4, "label_weights": [1.0, 2.0, 0.5, 0.0]}, BITS, SHARES, None),
    ("AUC", {"from_logits": True, "thresholds": [0.3, 0.6]}, BITS, normal(6, 4), None),
]


def make_losses(arrays):
    cases = []
    for i, (name, arguments, y_true, y_pred, weight) in enumerate(LOSSES):
        loss = getattr(keras.losses, name)(**arguments)
        arrays.update(
            {
                f"loss{i}/y_true": y_true,
                f"loss{i}/y_pred": y_pred,
                f"loss{i}/value": np.asarray(loss(y_true, y_pred, weight)),
            }
        )
        if weight is not None:
            arrays[f"loss{i}/weight"] = weight
        cases.append({"class": name, "arguments": arguments})
    return cases


def make_metrics(arrays):
    cases = []
    for i, (name, arguments, y_true, y_pred, weight) in enumerate(METRICS):
        metric = getattr(keras.metrics, name)(**arguments)
        metric.update_state(y_true, y_pred, weight)
        arrays.update(
            {f"metric{i}/y_true": y_true, f"metric{i}/y_pred": y_pred, f"metric{i}/value": np.asarray(metric.result())}
        )
        if weight is not None:
            arrays[f"metric{i}/weight"] = weight
        cases.append({"class": name, "arguments": arguments})
    return cases


# The order of layers in graphs.


def make_graphs(arrays):
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


def main():
    arrays = {}
    cases = {
        "keras": keras.__version__,
        "losses": make_losses(arrays),
        "metrics": make_metrics(arrays),
        "graphs": make_graphs(arrays),
    }
    (HERE / "cases.json").write_text(json.dumps(cases, indent=1) + "\n")
    np.savez_compressed(HERE / "arrays.npz", **arrays)
    print({key: len(value) for key, value in cases.items()}, f"{(HERE / 'arrays.npz').stat().st_size / 1e3:.0f} kB")


if __name__ == "__main__":
    main()
