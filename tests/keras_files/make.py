"""Makes the files that Keras itself wrote, and what its models answer, for `test_keras_files.py`.

    pip install keras==3.15.1 jax tensorflow-cpu h5py
    python tests/keras_files/make.py [words in names]

`files.zip` holds the files; `answers.npz` inputs and outputs, and for trained models a further batch and the weights
after it. The suite reads these and needs no Keras.
"""

import os
import pathlib
import sys
import tempfile
import zipfile

os.environ["KERAS_BACKEND"] = "jax"
os.environ.setdefault("JAX_PLATFORMS", "cpu")

import h5py
import jax
import keras
import numpy as np
from keras.src.legacy.saving import legacy_h5_format

HERE = pathlib.Path(__file__).parent
FILES = pathlib.Path(tempfile.mkdtemp())
sys.path.insert(0, str(HERE))
import cases  # noqa: E402
import families  # noqa: E402, F401


def scatter(model):
    """Weights at no special value; but what was learnt from data, or from other weights, stays."""
    learnt = (keras.layers.Normalization, keras.layers.SpectralNormalization)
    kept = [layer for layer in model._flatten_layers() if isinstance(layer, learnt)]
    kept = {id(v) for layer in kept for v in layer._non_trainable_variables}
    for v in model.weights:
        if "float" in v.dtype and id(v) not in kept:
            positive = "variance" in v.name or "stddev" in v.name
            v.assign(cases.RNG.uniform(0.5, 1.5, v.shape) if positive else cases.RNG.normal(size=v.shape) * 0.4)


def numbered(prefix, tree):
    return {f"{prefix}{i}": np.asarray(leaf) for i, leaf in enumerate(jax.tree.leaves(tree))}


def make(name):
    """Save one model, and give its arrays by name."""
    cases.RNG = np.random.default_rng(list(name.encode()))
    keras.utils.set_random_seed(7)
    keras.backend.clear_session()
    model, x = cases.CASES[name]()
    if not model.compiled:
        scatter(model)
    model.save(FILES / f"{name}.keras")
    args = x if isinstance(x, tuple) else (x,)
    texts = (
        getattr(x, "dtype", np.dtype(int)).kind == "U"
    )  # which a model of Keras on JAX can't take, but its layer can
    outputs = model.layers[-1](x) if texts else model(*args, training=False)
    found = {**numbered("input", args), **numbered("output", outputs)}
    if name.startswith("optimizer"):
        x, y = cases.normal(8, 3), cases.integers(2, 8)
        model.train_on_batch(x, y)
        found.update(next_x=x, next_y=y, **numbered("weight", model.get_weights()))
    return {f"{name}/{key}": value for key, value in found.items()}


def make_weights():
    """Files of weights alone: Keras 3's, and those of Keras 2, by the order of layers."""
    cases.RNG = np.random.default_rng(5)
    found = {}
    for name in ("residual", "nested", "subclass"):
        model, x = cases.CASES[name]()
        scatter(model)
        model.save_weights(FILES / f"{name}.weights.h5")
        with h5py.File(FILES / f"{name}.h5", "w") as file:
            legacy_h5_format.save_weights_to_hdf5_group(file, model)
        found.update({f"weights_{name}/{key}": v for key, v in numbered("input", x).items()})
        found.update({f"weights_{name}/{key}": v for key, v in numbered("output", model(x, training=False)).items()})
    model, x = cases.CASES["chain"]()
    scatter(model)
    model.save(FILES / "whole.h5")
    found.update({f"weights_whole/{key}": v for key, v in numbered("input", x).items()})
    found.update({f"weights_whole/{key}": v for key, v in numbered("output", model(x, training=False)).items()})
    return found


def main(words):
    archive, answers = HERE / "files.zip", HERE / "answers.npz"
    arrays = dict(np.load(answers)) if words else {}
    if words:
        zipfile.ZipFile(archive).extractall(FILES)
    for name in cases.CASES:
        if not words or any(word in name for word in words):
            arrays = {key: v for key, v in arrays.items() if not key.startswith(f"{name}/")} | make(name)
    if not words or "weights" in words:
        arrays |= make_weights()
    np.savez_compressed(answers, **arrays)
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as kept:
        for path in sorted(FILES.iterdir()):
            kept.write(path, path.name)
    print(len(list(FILES.iterdir())), f"{archive.stat().st_size / 1e3:.0f} + {answers.stat().st_size / 1e3:.0f} kB")


if __name__ == "__main__":
    main(sys.argv[1:])
