"""Makes the golden numbers in this folder from Keras, the oracle.

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


# Layers: class, arguments, inputs, arguments of the call.

MASK = np.array([[1, 1, 1, 0, 0], [1, 1, 1, 1, 1], [1, 0, 0, 0, 0]], bool)
HOLES = np.array([[0, 1, 0, 1, 1], [1, 1, 0, 1, 0], [0, 0, 0, 0, 0]], bool)
L2 = {"class_name": "L2", "config": {"l2": 0.1}, "module": "keras.regularizers", "registered_name": None}

LAYERS = [
    ("Dense", {"units": 4}, [normal(3, 5)], {}),
    ("Dense", {"units": 4, "activation": "relu", "use_bias": False}, [normal(3, 2, 5)], {}),
    ("Dense", {"units": 4, "activation": "softmax"}, [normal(3, 5)], {}),
    ("Activation", {"activation": "tanh"}, [normal(3, 5)], {}),
    ("ReLU", {}, [normal(3, 5)], {}),
    ("ReLU", {"max_value": 1.0, "negative_slope": 0.1, "threshold": 0.3}, [normal(3, 5)], {}),
    ("Softmax", {}, [normal(3, 5)], {}),
    ("Softmax", {"axis": 1}, [normal(3, 5, 2)], {}),
    ("Softmax", {}, [normal(3, 5)], {"mask": MASK}),
    ("Dropout", {"rate": 0.5}, [normal(3, 5)], {}),
    ("Dropout", {"rate": 0.0}, [normal(3, 5)], {"training": True}),
    ("Flatten", {}, [normal(3, 5, 2)], {}),
    ("Flatten", {"data_format": "channels_first"}, [normal(3, 5, 2, 4)], {}),
    ("Reshape", {"target_shape": [2, -1]}, [normal(3, 4, 5)], {}),
    ("Embedding", {"input_dim": 7, "output_dim": 3}, [integers(7, 3, 5)], {}),
    ("Embedding", {"input_dim": 7, "output_dim": 3, "mask_zero": True}, [integers(7, 3, 5)], {}),
    ("Masking", {"mask_value": 0.0}, [normal(3, 5, 2) * MASK[..., None]], {}),
    ("Conv2D", {"filters": 4, "kernel_size": 3}, [normal(2, 7, 6, 3)], {}),
    ("Conv2D", {"filters": 4, "kernel_size": [3, 2], "strides": 2, "padding": "same"}, [normal(2, 7, 6, 3)], {}),
    ("Conv2D", {"filters": 4, "kernel_size": 3, "dilation_rate": 2, "padding": "same"}, [normal(2, 7, 6, 3)], {}),
    ("Conv2D", {"filters": 4, "kernel_size": 3, "groups": 2, "activation": "relu"}, [normal(2, 7, 6, 4)], {}),
    ("Conv2D", {"filters": 4, "kernel_size": 3, "strides": 3, "padding": "same"}, [normal(2, 8, 8, 3)], {}),
    ("Conv2D", {"filters": 2, "kernel_size": 1, "use_bias": False}, [normal(2, 7, 6, 3)], {}),
    ("MaxPooling2D", {}, [normal(2, 7, 6, 3)], {}),
    ("MaxPooling2D", {"pool_size": 3, "strides": 2, "padding": "same"}, [normal(2, 7, 6, 3)], {}),
    ("MaxPooling2D", {"pool_size": [2, 1], "strides": [1, 2]}, [normal(2, 7, 6, 3)], {}),
    ("AveragePooling2D", {"pool_size": 2}, [normal(2, 7, 6, 3)], {}),
    ("AveragePooling2D", {"pool_size": 3, "strides": 2, "padding": "same"}, [normal(2, 7, 6, 3)], {}),
    ("GlobalAveragePooling2D", {}, [normal(2, 7, 6, 3)], {}),
    ("GlobalAveragePooling2D", {"data_format": "channels_first", "keepdims": True}, [normal(2, 7, 6, 3)], {}),
    ("GlobalAveragePooling1D", {}, [normal(3, 5, 2)], {}),
    ("GlobalAveragePooling1D", {"keepdims": True}, [normal(3, 5, 2)], {"mask": MASK}),
    ("BatchNormalization", {}, [normal(6, 5)], {}),
    ("BatchNormalization", {}, [normal(6, 5) * 3 + 1], {"training": True}),
    ("BatchNormalization", {"axis": 1, "center": False}, [normal(4, 3, 5)], {"training": True}),
    ("BatchNormalization", {"scale": False, "momentum": 0.5, "epsilon": 0.1}, [normal(2, 3, 3, 5)], {"training": True}),
    ("BatchNormalization", {}, [normal(3, 5, 2)], {"training": True, "mask": MASK}),
    ("BatchNormalization", {"renorm": True}, [normal(6, 5) * 3 + 1], {"training": True}),
    (
        "BatchNormalization",
        {"renorm": True, "renorm_clipping": {"rmin": 0.5, "rmax": 1.5, "dmax": 0.2}, "renorm_momentum": 0.5},
        [normal(6, 5) * 3 + 1],
        {"training": True},
    ),
    ("LayerNormalization", {}, [normal(3, 5)], {}),
    ("LayerNormalization", {"axis": [1, 2], "epsilon": 1e-5}, [normal(3, 5, 2)], {}),
    ("LayerNormalization", {"center": False}, [normal(3, 5, 2)], {}),
    ("LayerNormalization", {"scale": False, "axis": 1}, [normal(3, 5, 2)], {}),
    ("LSTM", {"units": 4}, [normal(3, 5, 2)], {}),
    ("LSTM", {"units": 4, "return_sequences": True}, [normal(3, 5, 2)], {"mask": MASK}),
    ("LSTM", {"units": 4, "return_sequences": True}, [normal(3, 5, 2)], {"mask": HOLES}),
    ("LSTM", {"units": 4}, [normal(3, 5, 2)], {"mask": HOLES}),
    ("LSTM", {"units": 4, "return_sequences": True, "return_state": True}, [normal(3, 5, 2)], {}),
    ("LSTM", {"units": 4, "go_backwards": True, "return_sequences": True}, [normal(3, 5, 2)], {"mask": MASK}),
    ("LSTM", {"units": 4, "activation": "relu", "recurrent_activation": "hard_sigmoid"}, [normal(3, 5, 2)], {}),
    ("LSTM", {"units": 4, "use_bias": False, "unit_forget_bias": False, "unroll": True}, [normal(3, 5, 2)], {}),
    ("Add", {}, [[normal(3, 5), normal(3, 5), normal(3, 5)]], {}),
    ("Add", {}, [[normal(3, 4, 5), normal(3, 5)]], {}),
    ("Multiply", {}, [[normal(3, 5), normal(3, 5)]], {}),
    ("Concatenate", {}, [[normal(3, 5), normal(3, 2)]], {}),
    ("Concatenate", {"axis": 1}, [[normal(3, 5, 2), normal(3, 1, 2)]], {}),
    ("Rescaling", {"scale": 0.5, "offset": -1.0}, [normal(3, 5)], {}),
    ("Normalization", {"mean": [0.5, -0.5], "variance": [2.0, 0.3]}, [normal(3, 2)], {}),
    ("Normalization", {"mean": 0.5, "variance": 2.0, "axis": None, "invert": True}, [normal(3, 2)], {}),
]


def make_layers(arrays):
    cases = []
    for i, (name, arguments, inputs, call) in enumerate(LAYERS):
        layer = getattr(keras.layers, name)(**arguments)
        layer(*inputs, **call)
        for v in layer.weights:  # no weight at a special value
            start = (
                RNG.uniform(0.5, 1.5, v.shape)
                if "vari" in v.name or "stddev" in v.name
                else RNG.normal(size=v.shape) * 0.5
            )
            v.assign(start)
        weights = [np.array(v) for v in layer.weights]
        trained = [v.value for v in layer.trainable_variables]
        still = [v.value for v in layer.non_trainable_variables]
        outputs, after = layer.stateless_call(trained, still, *inputs, **call)
        leaves = [np.asarray(o) for o in jax.tree.leaves(outputs)]
        probes = [normal(*o.shape) for o in leaves]

        def scalar(trained, x, layer=layer, still=still, call=call, probes=probes):
            found, _ = layer.stateless_call(trained, still, *x, **call)
            return sum((o * p).sum() for o, p in zip(jax.tree.leaves(found), probes))

        floats = all(np.issubdtype(x.dtype, np.floating) for x in jax.tree.leaves(inputs))
        of_weights = jax.grad(scalar)(trained, inputs)
        of_inputs = jax.grad(scalar, argnums=1)(trained, inputs) if floats else []
        for v, value in zip(layer.non_trainable_variables, after):
            v.assign(value)
        arrays.update(
            {
                **{f"layer{i}/input{j}": x for j, x in enumerate(jax.tree.leaves(inputs))},
                **{f"layer{i}/weight{j}": w for j, w in enumerate(weights)},
                **{f"layer{i}/after{j}": np.array(v) for j, v in enumerate(layer.weights)},
                **{f"layer{i}/output{j}": o for j, o in enumerate(leaves)},
                **{f"layer{i}/probe{j}": p for j, p in enumerate(probes)},
                **{f"layer{i}/weight_gradient{j}": np.asarray(g) for j, g in enumerate(of_weights)},
                **{f"layer{i}/input_gradient{j}": np.asarray(g) for j, g in enumerate(jax.tree.leaves(of_inputs))},
            }
        )
        call = {k: v.tolist() if isinstance(v, np.ndarray) else v for k, v in call.items()}
        cases.append({"class": name, "arguments": arguments, "call": call, "several": isinstance(inputs[0], list)})
    return cases


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
        "layers": make_layers(arrays),
        "losses": make_losses(arrays),
        "metrics": make_metrics(arrays),
        "optimizers": make_optimizers(arrays),
        "graphs": make_graphs(arrays),
    }
    (HERE / "cases.json").write_text(json.dumps(cases, indent=1) + "\n")
    np.savez_compressed(HERE / "arrays.npz", **arrays)
    print({key: len(value) for key, value in cases.items()}, f"{(HERE / 'arrays.npz').stat().st_size / 1e3:.0f} kB")


if __name__ == "__main__":
    main()
