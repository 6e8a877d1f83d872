"""The workload of `lstm`, with a GRU."""

from .lstm import FEATURES, STEPS, UNITS, WORDS, inputs, reader
from .workload import CLASSES, Start, Workload


def keras(lib):
    return reader(lib, lib.layers.GRU(UNITS))


def torch(weights):
    """torch has the gates in the order r, z, n; Keras has z, r, n."""
    import numpy as np
    from torch import nn

    from ..peers.torch_by_hand import put

    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.embedding = nn.Embedding(WORDS, FEATURES)
            self.gru = nn.GRU(FEATURES, UNITS)
            self.head = nn.Linear(UNITS, CLASSES)

        def forward(self, x):
            _, h = self.gru(self.embedding(x.T))
            return self.head(h[0])

    def turned(w):
        z, r, n = np.split(w.T, 3)
        return np.concatenate([r, z, n])

    embedding, kernel, recurrent, bias, head, head_bias = weights
    net = Net()
    put(net.parameters(), [embedding, *map(turned, (kernel, recurrent, bias[0], bias[1])), head.T, head_bias])
    return net


def jax(weights, x):
    import jax.numpy as jnp

    embedding, kernel, recurrent, bias, head, head_bias = weights
    # sigmoid(a) = tanh(a / 2) / 2 + 1/2, so that one tanh serves both gates
    half = jnp.repeat(jnp.array([0.5, 0.5, 1], "float32"), UNITS)
    words = embedding[x.T.reshape(-1)]  # a dot of two matrices: its gradient is faster than that of a stack of them
    projected = (words @ (kernel * half) + bias[0] * half).reshape(STEPS, -1, 3 * UNITS)
    return _loop()(projected, recurrent * half, bias[1] * half) @ head + head_bias


def _loop():
    """`(x, kernel, bias) -> h` of the last step, from the projected inputs `(steps, batch, 3 * units)`.

    The gradient is written out: the kernel's is one matmul after the loop.
    """
    import jax
    import jax.numpy as jnp

    def forward(x, kernel, bias):
        def step(h, x):
            y = h @ kernel + bias
            gates = jnp.tanh(x[:, : 2 * UNITS] + y[:, : 2 * UNITS]) * 0.5 + 0.5
            z, r = jnp.split(gates, 2, -1)
            y_n = y[:, 2 * UNITS :]
            n = jnp.tanh(x[:, 2 * UNITS :] + r * y_n)
            return n + z * (h - n), (h, z, r, n, y_n)

        h, kept = jax.lax.scan(step, jnp.zeros((x.shape[1], UNITS), x.dtype), x)
        return h, (kept, kernel)

    def backward(saved, dh):
        (h, z, r, n, y_n), kernel = saved
        # d sigmoid / d (scaled a) = 2 s (1 - s), d tanh / da = 1 - tanh^2
        slope_z, slope_n = (h - n) * 2 * z * (1 - z), (1 - z) * (1 - n * n)
        slope_r = slope_n * y_n * 2 * r * (1 - r)
        of_y = jnp.concatenate([slope_z, slope_r, slope_n * r], -1)

        def step(dh, xs):
            of_y, z = xs
            dy = jnp.tile(dh, (1, 3)) * of_y
            return dh * z + dy @ kernel.T, (dy, dh)

        _, (dy, each_dh) = jax.lax.scan(step, dh, (of_y, z), reverse=True)
        dx = jnp.concatenate([dy[..., : 2 * UNITS], each_dh * slope_n], -1)
        flat = dy.reshape(-1, 3 * UNITS)
        return dx, h.reshape(-1, UNITS).T @ flat, jnp.sum(flat, 0)

    loop = jax.custom_vjp(lambda *given: forward(*given)[0])
    loop.defvjp(forward, backward)
    return loop


WORKLOAD = Workload(
    name="gru",
    title="GRU",
    batch=128,
    steps=30,
    inputs=inputs,
    shapes=[
        Start((WORDS, FEATURES), spread=1.0),
        (FEATURES, 3 * UNITS),
        (UNITS, 3 * UNITS),
        Start((2, 3 * UNITS)),
        (UNITS, CLASSES),
        (CLASSES,),
    ],
    keras=keras,
    torch=torch,
    jax=jax,
)
