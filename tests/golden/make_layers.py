"""Makes the golden numbers of layers from Keras, the oracle: of the families that are named, or of all.

    pip install keras==3.15.1 jax
    python tests/golden/make_layers.py convolution pooling

`layers/<family>.py` lists the cases: class, arguments, inputs (a list in the list is a list of inputs), arguments of
the call. Beside it comes `layers/<family>.npz`. The test suite reads that and needs no Keras.
"""

import importlib
import json
import os
import pathlib
import sys

os.environ["KERAS_BACKEND"] = "jax"
os.environ.setdefault("JAX_PLATFORMS", "cpu")

import jax
import keras
import numpy as np

HERE = pathlib.Path(__file__).parent / "layers"
sys.path.insert(0, str(HERE))
import inputs as words  # noqa: E402


def make(name, arguments, inputs, call):
    """Inputs, weights, outputs and gradients of one case, by name."""
    layer = getattr(keras.layers, name).from_config(dict(arguments))
    layer(*inputs, **call)
    for v in layer.weights:  # no weight at a special value
        if np.issubdtype(v.dtype, np.floating) and v.dtype != "bfloat16":
            positive = "vari" in v.name or "stddev" in v.name
            v.assign(words.uniform(0.5, 1.5, *v.shape) if positive else words.normal(*v.shape) * 0.5)
    weights = [np.array(v) for v in layer.weights]
    trained = [v.value for v in layer.trainable_variables]
    still = [v.value for v in layer.non_trainable_variables]
    outputs, after = layer.stateless_call(trained, still, *inputs, **call)
    leaves = [np.asarray(o) for o in jax.tree.leaves(outputs)]
    probes = [words.normal(*o.shape) for o in leaves]

    def scalar(trained, x):
        found, _ = layer.stateless_call(trained, still, *x, **call)
        return sum((o * p).sum() for o, p in zip(jax.tree.leaves(found), probes))

    slopes = all(np.issubdtype(o.dtype, np.floating) for o in leaves)
    floats = slopes and all(np.issubdtype(x.dtype, np.floating) for x in jax.tree.leaves(inputs))
    of_weights = jax.grad(scalar)(trained, inputs) if slopes else []
    of_inputs = jax.tree.leaves(jax.grad(scalar, argnums=1)(trained, inputs)) if floats else []
    for v, value in zip(layer.non_trainable_variables, after):
        v.assign(value)
    groups = {
        "input": jax.tree.leaves(inputs),
        "weight": weights,
        "after": [np.array(v) for v in layer.weights],
        "output": leaves,
        "probe": probes,
        "weight_gradient": [np.asarray(g) for g in of_weights],
        "input_gradient": [np.asarray(g) for g in of_inputs],
    }
    return {f"{group}{j}": x for group, found in groups.items() for j, x in enumerate(found)}


def without_arrays(call, arrays, i):
    """The arguments of a call as data: an array goes to `arrays`, and its name takes its place."""

    def one(value):
        if not isinstance(value, np.ndarray):
            return value
        name = f"call{len(arrays)}"
        arrays[f"{i}/{name}"] = value
        return {"array": name}

    return jax.tree.map(one, call)


def main(families):
    for family in families or sorted(p.stem for p in HERE.glob("*.py") if p.stem != "inputs"):
        words.RNG = np.random.default_rng(20261123)
        arrays, cases = {}, []
        for i, (name, arguments, inputs, call) in enumerate(importlib.import_module(family).CASES):
            arrays.update({f"{i}/{key}": value for key, value in make(name, arguments, inputs, call).items()})
            several = [len(x) if isinstance(x, list) else 0 for x in inputs]
            call = without_arrays(call, arrays, i)
            cases.append({"class": name, "arguments": arguments, "call": call, "several": several})
        words_of = {"keras": keras.__version__, "cases": cases}
        np.savez_compressed(HERE / f"{family}.npz", cases=np.array(json.dumps(words_of)), **arrays)
        print(family, len(cases), f"{(HERE / f'{family}.npz').stat().st_size / 1e3:.0f} kB")


if __name__ == "__main__":
    main(sys.argv[1:])
