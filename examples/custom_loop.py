"""A training loop by hand, in plain JAX: the model and the optimizer as pure functions of dicts of arrays.

    python examples/custom_loop.py

This is all that `fit` does at heart. Take it as a start where `fit` does not fit: other gradients, several models,
your own schedule of steps.
"""

import jax
import numpy as np

import laminax as lx
from laminax import layers


def run(epochs=30, batch_size=32):
    """Train on the digits, and give the test accuracy."""
    lx.utils.set_random_seed(0)
    (x_train, y_train), (x_test, y_test) = lx.datasets.digits.load_data()
    x_train, x_test = (x.reshape(-1, 64).astype("float32") / 16 for x in (x_train, x_test))

    model = lx.Sequential(
        [lx.Input((64,)), layers.Dense(128, activation="relu"), layers.Dropout(0.2), layers.Dense(10)]
    )
    loss = lx.losses.SparseCategoricalCrossentropy(from_logits=True)
    optimizer = lx.optimizers.Adam(0.003)

    params, extras = model.state()  # {path: array}: what the gradient moves, and the rest (here the state of Dropout)
    slots = optimizer.init(params)

    @jax.jit
    def step(params, extras, slots, x, y):
        def objective(params):
            y_pred, new = model.stateless_call(params, extras, x, training=True)
            return loss(y, y_pred), new

        grads, extras = jax.grad(objective, has_aux=True)(params)
        params, slots = optimizer.advance(slots, grads, params)
        return params, extras, slots

    rng = np.random.default_rng(0)
    for _ in range(epochs):
        order = rng.permutation(len(x_train))
        for i in range(0, len(order) - batch_size + 1, batch_size):
            rows = order[i : i + batch_size]
            params, extras, slots = step(params, extras, slots, x_train[rows], y_train[rows])

    model.set_state(params, extras)  # back into the object: predict and evaluate go on from here
    return float(np.mean(model.predict(x_test, verbose=0).argmax(1) == y_test))


if __name__ == "__main__":
    print(f"test accuracy {run():.4f}")
