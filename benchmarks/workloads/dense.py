"""Dense layers one after another: two classifiers of vectors, small and wide, and an autoencoder.

They are small, so what surrounds the arithmetic shows.
"""

import functools
import itertools

from .workload import CLASSES, Workload, classes

INPUTS = 784


def inputs(size, rng, count):
    return rng.random((count, size), "float32")


def keras(sizes, last, lib):
    activations = ["relu"] * (len(sizes) - 2) + [last]
    layers = [lib.layers.Dense(units, activation=activation) for units, activation in zip(sizes[1:], activations)]
    return lib.Sequential([lib.Input((sizes[0],)), *layers])


def torch(sizes, last, weights):
    from torch import nn

    from ..peers.torch_by_hand import put

    parts = []
    for before, after in itertools.pairwise(sizes):
        parts += [nn.Linear(before, after), nn.ReLU()]
    parts[-1:] = [nn.Sigmoid()] if last == "sigmoid" else []
    net = nn.Sequential(*parts)
    put(net.parameters(), [w.T for w in weights])
    return net


def jax(last, weights, x):
    import jax

    *hidden, kernel, bias = weights
    for w, b in zip(hidden[::2], hidden[1::2]):
        x = jax.nn.relu(x @ w + b)
    x = x @ kernel + bias
    return jax.nn.sigmoid(x) if last == "sigmoid" else x


def network(name, title, sizes, batch=128, steps=468, last="softmax", **more):
    """A workload of layers of these sizes, the inputs' first. All but the last have a relu."""
    return Workload(
        name=name,
        title=title,
        batch=batch,
        steps=steps,
        inputs=functools.partial(inputs, sizes[0]),
        shapes=[shape for before, after in itertools.pairwise(sizes) for shape in ((before, after), (after,))],
        keras=functools.partial(keras, sizes, last),
        torch=functools.partial(torch, sizes, last),
        jax=functools.partial(jax, last),
        **more,
    )


def classifier(name, title, *hidden, features=INPUTS, **more):
    """Vectors into classes."""
    return network(name, title, (features, *hidden, CLASSES), targets=classes, **more)


WORKLOADS = [
    classifier("mlp-32", "Small MLP", 32),
    classifier("mlp-512", "Wide MLP", 512),
    network(
        "autoencoder",
        "Autoencoder",
        (INPUTS, 128, 32, 128, INPUTS),
        last="sigmoid",
        targets=lambda rng, x: x,
        loss="mse",
        steps=200,
    ),
]
