"""Three convolutions over images of 28 x 28, with maxima over 2 x 2 between them."""

import itertools

from .workload import CLASSES, Workload

FILTERS, UNITS = (32, 64, 64), 64
FLAT = 3 * 3 * FILTERS[-1]


def inputs(rng, count):
    return rng.random((count, 28, 28, 1), "float32")


def keras(lib):
    layers = lib.layers
    return lib.Sequential(
        [
            lib.Input((28, 28, 1)),
            layers.Conv2D(FILTERS[0], 3, activation="relu"),
            layers.MaxPooling2D(2),
            layers.Conv2D(FILTERS[1], 3, activation="relu"),
            layers.MaxPooling2D(2),
            layers.Conv2D(FILTERS[2], 3, activation="relu"),
            layers.Flatten(),
            layers.Dense(UNITS, activation="relu"),
            layers.Dense(CLASSES, activation="softmax"),
        ]
    )


def torch(weights):
    """Channels last, which is the faster layout on a CPU."""
    import torch
    from torch import nn

    from ..peers.torch_by_hand import put

    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            pairs = itertools.pairwise((1, *FILTERS))
            self.convolutions = nn.ModuleList([nn.Conv2d(i, o, 3) for i, o in pairs])
            self.hidden, self.head = nn.Linear(FLAT, UNITS), nn.Linear(UNITS, CLASSES)

        def forward(self, x):
            x = x.permute(0, 3, 1, 2)
            for convolution in self.convolutions[:-1]:
                x = nn.functional.max_pool2d(torch.relu(convolution(x)), 2)
            x = torch.relu(self.convolutions[-1](x)).permute(0, 2, 3, 1).flatten(1)
            return self.head(torch.relu(self.hidden(x)))

    net = Net()
    put(net.parameters(), [w.transpose(3, 2, 0, 1) if w.ndim == 4 else w.T for w in weights])
    return net.to(memory_format=torch.channels_last)


def jax(weights, x):
    """A convolution is a dot of patches, which is as fast within a loop as outside; `lax.conv` is not."""
    import jax

    for w, b in zip(weights[:4:2], weights[1:4:2]):
        x = _max_pool(jax.nn.relu(_convolve(x, w) + b))
    w3, b3, w4, b4, w5, b5 = weights[4:]
    x = jax.nn.relu(_convolve(x, w3) + b3).reshape(-1, FLAT)
    return jax.nn.relu(x @ w4 + b4) @ w5 + b5


def _convolve(x, kernel):
    import jax.numpy as jnp

    height, width = x.shape[1] - 2, x.shape[2] - 2
    patches = jnp.concatenate([x[:, i : i + height, j : j + width] for i in range(3) for j in range(3)], -1)
    rows = patches.reshape(-1, patches.shape[-1]) @ kernel.reshape(-1, kernel.shape[-1])
    return rows.reshape(-1, height, width, kernel.shape[-1])


def _max_pool(x):
    """The largest of 2 x 2; the gradient goes to the first of equals, in one pass without sums."""
    import jax
    import jax.numpy as jnp

    height, width = x.shape[1:3]

    @jax.custom_vjp
    def pool(x):
        return forward(x)[0]

    def forward(x):
        four = [x[:, i : height // 2 * 2 : 2, j : width // 2 * 2 : 2] for i in (0, 1) for j in (0, 1)]
        largest = jnp.maximum(jnp.maximum(four[0], four[1]), jnp.maximum(four[2], four[3]))
        equal = [part == largest for part in four]
        return largest, jnp.where(equal[0], 0, jnp.where(equal[1], 1, jnp.where(equal[2], 2, 3))).astype("int8")

    def backward(place, gradient):
        number = jnp.arange(height)[:, None, None] % 2 * 2 + jnp.arange(width)[:, None] % 2
        return (jnp.where(double(place) == number.astype("int8"), double(gradient), 0),)

    def double(a):
        wide = jnp.repeat(jnp.repeat(a, 2, 1), 2, 2)
        return jnp.pad(wide, [(0, 0), (0, height % 2), (0, width % 2), (0, 0)])

    pool.defvjp(forward, backward)
    return pool(x)


WORKLOAD = Workload(
    name="convnet",
    title="Convolutional network",
    batch=64,
    steps=100,
    inputs=inputs,
    shapes=[
        (3, 3, 1, 32),
        (32,),
        (3, 3, 32, 64),
        (64,),
        (3, 3, 64, 64),
        (64,),
        (FLAT, UNITS),
        (UNITS,),
        (UNITS, CLASSES),
        (CLASSES,),
    ],
    keras=keras,
    torch=torch,
    jax=jax,
)
