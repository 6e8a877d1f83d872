"""Makes the golden numbers of losses and metrics from Keras, the oracle, and the arguments of its classes.

    pip install keras==3.15.1 jax
    python tests/golden/make_scores.py

The cases stand in `scores.py`; the test suite reads those and `scores.npz`, and needs no Keras.
"""

import inspect
import json
import os
import pathlib

os.environ["KERAS_BACKEND"] = "jax"
os.environ.setdefault("JAX_PLATFORMS", "cpu")

import jax
import jax.numpy as jnp
import keras
import numpy as np
import scores

HERE = pathlib.Path(__file__).parent
CUT = 4  # rows of the first batch of a metric


def outputs(y_pred, mask):
    """Outputs as a layer would give them."""
    y = jnp.asarray(y_pred)
    if mask is not None:
        keras.src.backend.set_keras_mask(y, jnp.asarray(mask))
    return y


def slope_of(loss, y_true, y_pred, weight):
    slope = jax.grad(lambda y: jnp.sum(loss(y_true, y, weight)))
    return np.asarray(slope(jnp.asarray(y_pred, "float32")))


def losses():
    """The value of each case, and for the first of those on the same data the gradient of its sum.

    That is with respect to the outputs, where nothing is masked.
    """
    for name, several, y_true, y_pred, more in scores.LOSSES:
        for i, arguments in enumerate(several):
            loss, weight = getattr(keras.losses, name)(**arguments), more.get("weight")
            value = loss(y_true, outputs(y_pred, more.get("mask")), weight)
            if i or "mask" in more:
                yield np.asarray(value), None
            else:
                yield np.asarray(value), slope_of(loss, y_true, y_pred, weight)


def metrics():
    """The value of each case after two batches."""
    for name, several, y_true, y_pred, more in scores.METRICS:
        for arguments in several:
            metric = getattr(keras.metrics, name)(**arguments)
            for rows in (slice(0, CUT), slice(CUT, None)):
                weight, mask = (more[key][rows] if key in more else None for key in ("weight", "mask"))
                metric.update_state(y_true[rows], outputs(y_pred[rows], mask), sample_weight=weight)
            yield np.asarray(metric.result())


def arguments(namespace):
    """`{name: [[argument, default], ...]}` of the classes and functions of a namespace."""
    found = {}
    for name, member in vars(namespace).items():
        if not name.startswith("_") and callable(member):
            parameters = inspect.signature(member).parameters.values()
            found[name] = [[p.name, "required" if p.default is p.empty else p.default] for p in parameters]
    return found


def main():
    arrays = {}
    for i, (value, slope) in enumerate(losses()):
        arrays[f"loss{i}"] = value
        if slope is not None:
            arrays[f"slope{i}"] = slope
    arrays.update({f"metric{i}": value for i, value in enumerate(metrics())})
    signatures = {name: arguments(getattr(keras, name)) for name in ("losses", "metrics")}
    words = {"keras": keras.__version__, "signatures": signatures}
    np.savez_compressed(HERE / "scores.npz", words=np.array(json.dumps(words)), **arrays)
    print({key: len(value) for key, value in signatures.items()}, len(arrays))
    print(f"{(HERE / 'scores.npz').stat().st_size / 1e3:.0f} kB")


if __name__ == "__main__":
    main()
