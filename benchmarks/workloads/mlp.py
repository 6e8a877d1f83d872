"""One hidden layer over vectors of 784 numbers, small and wide. Small, so what surrounds the arithmetic shows."""

import functools

from .workload import CLASSES, Workload

INPUTS = 784


def inputs(rng, count):
    return rng.random((count, INPUTS), "float32")


def keras(units, lib):
    return lib.Sequential(
        [
            lib.Input((INPUTS,)),
            lib.layers.Dense(units, activation="relu"),
            lib.layers.Dense(CLASSES, activation="softmax"),
        ]
    )


def torch(units, weights):
    from torch import nn

    from ..peers.torch_by_hand import put

    hidden, head = nn.Linear(INPUTS, units), nn.Linear(units, CLASSES)
    put([hidden.weight, hidden.bias, head.weight, head.bias], [w.T for w in weights])
    return nn.Sequential(hidden, nn.ReLU(), head)


def jax(weights, x):
    import jax

    w1, b1, w2, b2 = weights
    return jax.nn.relu(x @ w1 + b1) @ w2 + b2


def _mlp(units):
    return Workload(
        name=f"mlp-{units}",
        batch=128,
        steps=468,
        inputs=inputs,
        shapes=[(INPUTS, units), (units,), (units, CLASSES), (CLASSES,)],
        keras=functools.partial(keras, units),
        torch=functools.partial(torch, units),
        jax=jax,
    )


WORKLOADS = [_mlp(32), _mlp(512)]
