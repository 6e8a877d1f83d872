"""Opens in Keras what this package saved: every layer, every optimizer, and what was once Keras's own file.

    PYTHONPATH=tests python -m keras_opens RESULTS.json [words in names]       # without words all, some minutes

A layer's model must predict there what it predicts here, an optimizer must take the next step that it takes here. The
results tell what was tried, and, by name, what differs. Needs Keras 3.15.1.
"""

import json
import os
import pathlib
import sys
import tempfile
import warnings

os.environ["KERAS_BACKEND"] = "jax"
sys.path.insert(0, str(pathlib.Path(__file__).parent / "keras_files"))

import cases as of_keras  # which also makes the program's own classes known to Keras
import contract_samples
import jax
import keras
import keras_files
import numpy as np
import samples
from contract import numbered
from contract_layers import symbols

import laminax as lx

ELSEWHERE = {
    "layer MultiHeadAttention": "Keras's own fails on JAX where keys and values differ in size",
    "layer Equalization": "Keras's own model of it can't be opened where the size of images is free",
    "layer RandomCrop": "in inference Keras leaves images as they are",
    "optimizer ScheduleFreeAdamW": "a model here is saved with the average, in Keras with the point of the gradient",
    "optimizer MultiOptimizer": "one of its optimizers is ScheduleFreeAdamW",
    **dict.fromkeys(
        (
            "file text_counts",
            "file text_hashing",
            "file text_lookup_given",
            "file text_lookup_learnt",
            "file text_words",
        ),
        "a model of Keras on JAX can't take texts",
    ),
}
CLOSE = {"layer MelSpectrogram": 1e-4}  # logarithms of what is nearly nothing; all else is 1e-6 apart at most


def scatter(model):
    """Weights at no special value."""
    rng = np.random.default_rng(3)
    for v in model.weights:
        if "float" in v.dtype:
            v.assign(rng.normal(size=v.shape) * 0.4 if v.trainable else rng.uniform(0.5, 1.5, v.shape))


def differs(found, wanted, tolerance=1e-6):
    """In what way outputs are not the same; nothing where they are."""
    found, wanted = jax.tree.leaves(found), jax.tree.leaves(wanted)
    if len(found) != len(wanted):
        return f"{len(found)} outputs for {len(wanted)}"
    for y, same in zip(found, wanted):
        y, same = np.asarray(y, "float64"), np.asarray(same, "float64")
        if y.shape != same.shape:
            return f"{y.shape} for {same.shape}"
        if y.size and not np.abs(y - same).max() <= tolerance * max(1, np.abs(same).max()):
            return f"{np.abs(y - same).max():.1e} apart"
    return ""


def check_layer(sample, path, tolerance):
    """A model of one layer answers as it does here."""
    inputs = symbols(sample, () if "stateful" in sample.notes else (0, *sample.free))
    model = lx.Model(jax.tree.leaves(inputs), sample.make()(*inputs))
    scatter(model)
    model.save(path)
    x = [np.asarray(x, "float32") if x.dtype.kind == "f" else x for x in jax.tree.leaves(sample.inputs)]
    x = x if len(x) > 1 else x[0]
    return differs(keras.saving.load_model(path)(x, training=False), model(x, training=False), tolerance)


def check_optimizer(optimizer, path):
    """The state is all there, each thing in its place: Keras's next step is the one of here."""
    model = lx.Sequential([lx.Input((3,)), lx.layers.Dense(4, "tanh"), lx.layers.Dense(2, "softmax")])
    model.compile(optimizer, "sparse_categorical_crossentropy")
    rng = np.random.default_rng(5)
    batches = [(rng.normal(size=(8, 3)).astype("float32"), rng.integers(0, 2, 8)) for _ in range(3)]
    for x, y in batches[:2]:
        model.train_on_batch(x, y)
    model.save(path)
    there, here = keras.saving.load_model(path), lx.saving.load_model(path)
    if there.optimizer.get_config().keys() != optimizer.get_config().keys():
        return f"configs: {set(there.optimizer.get_config()) ^ set(optimizer.get_config())}"
    for one in (model, there, here):
        one.train_on_batch(*batches[2])
    return differs(there.get_weights(), model.get_weights()) or differs(here.get_weights(), model.get_weights())


def check_file(name, folder, path):
    """A file of Keras's own, opened and saved here, is in Keras what it was."""
    lx.saving.load_model(folder / f"{name}.keras").save(path)
    model = keras.saving.load_model(path)
    inputs = keras_files.numbered(f"{name}/input")
    if isinstance(getattr(model, "_inputs_struct", None), dict):
        inputs = [dict(zip(sorted(model._inputs_struct), inputs))]
    short = "float16" in name or "bfloat16" in name
    found = model(inputs if len(inputs) > 1 else inputs[0], training=False)
    different = differs(found, keras_files.numbered(f"{name}/output"), 1e-2 if short else 1e-6)
    if different or not name.startswith("optimizer_"):
        return different
    model.train_on_batch(keras_files.answers()[f"{name}/next_x"], keras_files.answers()[f"{name}/next_y"])
    return differs(model.get_weights(), keras_files.numbered(f"{name}/weight"))


def checks(folder):
    """Every check, by name: a function of a path to save at."""
    found = {}
    for sample, name in zip(samples.LAYERS, numbered(samples.LAYERS)):
        if "custom" not in sample.notes:
            close = CLOSE.get(f"layer {name}", 1e-6)
            found[f"layer {name}"] = lambda path, s=sample, close=close: check_layer(s, path, close)
    for sample, name in zip(contract_samples.OPTIMIZERS, numbered(contract_samples.OPTIMIZERS)):
        if "no config" not in sample.notes:
            found[f"optimizer {name}"] = lambda path, s=sample: check_optimizer(s.make(), path)
    for name in keras_files.names():
        found[f"file {name}"] = lambda path, name=name: check_file(name, folder, path)
    return {name: check for name, check in found.items() if name not in ELSEWHERE}


def main(results, *words):
    warnings.simplefilter("ignore")
    warnings.filterwarnings("error", "Skipping variable loading")  # which is how Keras says that a state does not fit
    assert of_keras.CASES
    tried, wrong = [], {}
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder)
        for name, check in checks(keras_files.unpack(path)).items():
            if not words or name in words or any(word in name for word in words if " " not in word):
                tried.append(name)
                try:
                    different = check(str(path / "saved.keras"))
                except Exception as error:
                    different = f"{type(error).__name__}: {error}"[:600]
                wrong.update({name: different} if different else {})
    pathlib.Path(results).write_text(json.dumps({"tried": tried, "wrong": wrong}, indent=1))
    print(len(tried), "tried;", len(wrong), "wrong:", json.dumps(wrong, indent=1))


if __name__ == "__main__":
    main(*sys.argv[1:])
