"""Makes the golden numbers of optimizers and graphs from Keras, the oracle.

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

import keras
import numpy as np

HERE = pathlib.Path(__file__).parent
RNG = np.random.default_rng(20261123)


def normal(*shape):
    return RNG.normal(size=shape).astype("float32")


def integers(high, *shape):
    return RNG.integers(0, high, shape).astype("int32")


L2 = {"class_name": "L2", "config": {"l2": 0.1}, "module": "keras.regularizers", "registered_name": None}

# Optimizers: the weights of a small model after 20 steps.

COMMON = [
    {},
    {"weight_decay": 0.02},
    {"clipnorm": 0.5},
    {"clipvalue": 0.05},
    {"global_clipnorm": 0.5},
    {"use_ema": True, "ema_momentum": 0.9},
    {"use_ema": True, "ema_momentum": 0.9, "ema_overwrite_frequency": 3},
    {"gradient_accumulation_steps": 3},
    {"gradient_accumulation_steps": 2, "use_ema": True, "ema_overwrite_frequency": 2},
    {"loss_scale_factor": 8.0},
]
OWN = {
    "SGD": [{}, {"momentum": 0.9}, {"momentum": 0.9, "nesterov": True}],
    "RMSprop": [{}, {"momentum": 0.9}, {"centered": True}, {"momentum": 0.5, "centered": True, "rho": 0.8}],
    "Adam": [{}, {"amsgrad": True}, {"beta_1": 0.8, "beta_2": 0.9, "epsilon": 1e-3}],
    "AdamW": [{}, {"weight_decay": 0.1}],
}
SCHEDULES = [
    ("ExponentialDecay", {"initial_learning_rate": 0.05, "decay_steps": 5, "decay_rate": 0.7}),
    ("ExponentialDecay", {"initial_learning_rate": 0.05, "decay_steps": 5, "decay_rate": 0.7, "staircase": True}),
    ("CosineDecay", {"initial_learning_rate": 0.05, "decay_steps": 15, "alpha": 0.1}),
    ("CosineDecay", {"initial_learning_rate": 0.01, "decay_steps": 10, "warmup_target": 0.05, "warmup_steps": 5}),
    ("PiecewiseConstantDecay", {"boundaries": [3, 9], "values": [0.05, 0.02, 0.01]}),
]


def small_model():
    return keras.Sequential(
        [
            keras.Input((6,)),
            keras.layers.Dense(5, activation="tanh", kernel_regularizer=L2),
            keras.layers.BatchNormalization(),
            keras.layers.Dropout(0.0),
            keras.layers.Dense(3, activation="softmax"),
        ]
    )


def make_optimizers(arrays):
    x, y = normal(80, 6), integers(3, 80)
    start = [np.array(w) for w in small_model().get_weights()]
    arrays.update({"train/x": x, "train/y": y, **{f"train/start{j}": w for j, w in enumerate(start)}})
    jobs = [
        (name, {**own, **common})
        for name, owns in OWN.items()
        for own in owns
        for common in (COMMON if own == {} else [{}])
    ]
    cases = []
    for name, arguments in jobs:
        rate = {"learning_rate": 0.05 if name == "SGD" else 0.01}
        cases.append({"class": name, "arguments": {**rate, **arguments}})
    cases += [{"class": "SGD", "arguments": {"momentum": 0.9}, "schedule": list(schedule)} for schedule in SCHEDULES]
    cases += [{"class": "SGD", "arguments": {"learning_rate": 0.05}, "exclude": ["bias"], "decay": 0.1}]
    cases += [{"class": "Adam", "arguments": {"learning_rate": 0.01}, "dynamic": True}]
    for i, case in enumerate(cases):
        arguments = dict(case["arguments"])
        if "schedule" in case:
            name, given = case["schedule"]
            arguments["learning_rate"] = getattr(keras.optimizers.schedules, name)(**given)
        if "decay" in case:
            arguments["weight_decay"] = case["decay"]
        optimizer = getattr(keras.optimizers, case["class"])(**arguments)
        if "exclude" in case:
            optimizer.exclude_from_weight_decay(var_names=case["exclude"])
        if "dynamic" in case:
            optimizer = keras.optimizers.LossScaleOptimizer(optimizer, initial_scale=2.0**10, dynamic_growth_steps=7)
        model = small_model()
        model.set_weights(start)
        model.compile(optimizer, "sparse_categorical_crossentropy")
        history = model.fit(x, y, batch_size=8, epochs=2, shuffle=False, verbose=0)
        arrays.update({f"optimizer{i}/weight{j}": w for j, w in enumerate(model.get_weights())})
        arrays[f"optimizer{i}/loss"] = np.array(history.history["loss"])
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
        "optimizers": make_optimizers(arrays),
        "graphs": make_graphs(arrays),
    }
    (HERE / "cases.json").write_text(json.dumps(cases, indent=1) + "\n")
    np.savez_compressed(HERE / "arrays.npz", **arrays)
    print({key: len(value) for key, value in cases.items()}, f"{(HERE / 'arrays.npz').stat().st_size / 1e3:.0f} kB")


if __name__ == "__main__":
    main()
