"""Makes the golden numbers of optimizers and schedules from Keras, the oracle.

    pip install keras==3.15.1 jax
    KERAS_BACKEND=jax python tests/golden/make_optimizers.py

`optimizers.npz` holds, for each case of `optimizer_cases.py`, the parameters after 20 steps and their moving averages
as one vector; the weights and losses of a small model after `fit`; and the rates of schedules.
"""

import os
import pathlib

os.environ.setdefault("KERAS_BACKEND", "jax")
os.environ.setdefault("JAX_PLATFORMS", "cpu")

import keras
import numpy as np
import optimizer_cases as cases


def variables():
    """The parameters as Keras's variables: `dense/kernel` in the scope `dense`."""
    found = []
    for path, value in cases.start().items():
        scope, name = path.split("/")
        with keras.name_scope(scope):
            found.append(keras.Variable(value, name=name))
    return found


def stepped(name, arguments):
    """The parameters after all steps, then their averages."""
    arguments = dict(arguments)
    exclude = arguments.pop("exclude", None)
    optimizer = getattr(keras.optimizers, name)(**arguments)
    if exclude:
        optimizer.exclude_from_weight_decay(var_names=exclude)
    params, grads = variables(), cases.gradients()
    optimizer.build(params)
    for step in range(cases.STEPS):
        optimizer.apply([grads[path][step] for path in cases.SHAPES], params)
    averages = optimizer._model_variables_moving_average if optimizer.use_ema else []
    return [keras.ops.convert_to_numpy(v) for v in (*params, *averages)]


def main():
    arrays = {}
    for name, several in cases.CASES.items():
        for i, arguments in enumerate(several):
            arrays[f"{name}{i}"] = np.concatenate([value.ravel() for value in stepped(name, arguments)])
    for i, case in enumerate(cases.FITS):
        weights, losses = cases.fitted(keras, *case)
        arrays[f"fit{i}"] = np.concatenate([*(w.ravel() for w in weights), losses])
    for i, (name, arguments) in enumerate(cases.SCHEDULES):
        schedule = getattr(keras.optimizers.schedules, name)(**arguments)
        arrays[f"schedule{i}"] = np.array([schedule(step) for step in cases.RATES], "float32")
    path = pathlib.Path(__file__).parent / "optimizers.npz"
    np.savez_compressed(path, **arrays)
    print(len(arrays), f"{path.stat().st_size / 1e3:.0f} kB")


if __name__ == "__main__":
    main()
