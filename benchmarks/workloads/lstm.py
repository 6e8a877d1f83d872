"""An embedding of 10,000 words and an LSTM over 200 of them."""

from .workload import CLASSES, Start, Workload

WORDS, FEATURES, UNITS, STEPS = 10_000, 32, 32, 200


def inputs(rng, count):
    return rng.integers(0, WORDS, (count, STEPS)).astype("int32")


def keras(lib):
    return reader(lib, lib.layers.LSTM(UNITS))


def reader(lib, recurrent):
    """The model around a recurrent layer."""
    layers = lib.layers
    return lib.Sequential(
        [
            lib.Input((STEPS,), dtype="int32"),
            layers.Embedding(WORDS, FEATURES),
            recurrent,
            layers.Dense(CLASSES, activation="softmax"),
        ]
    )


def torch(weights):
    """torch has two biases of the gates, which are added; one of them stays at zero."""
    import torch
    from torch import nn

    from ..peers.torch_by_hand import put

    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.embedding = nn.Embedding(WORDS, FEATURES)
            self.lstm = nn.LSTM(FEATURES, UNITS)
            self.head = nn.Linear(UNITS, CLASSES)

        def forward(self, x):
            _, (h, _) = self.lstm(self.embedding(x.T))
            return self.head(h[0])

    net = Net()
    embedding, kernel, recurrent, bias, head, head_bias = weights
    lstm = net.lstm
    put(
        [net.embedding.weight, lstm.weight_ih_l0, lstm.weight_hh_l0, lstm.bias_ih_l0, net.head.weight, net.head.bias],
        [embedding, kernel.T, recurrent.T, bias, head.T, head_bias],
    )
    with torch.no_grad():
        lstm.bias_hh_l0.zero_()
    lstm.bias_hh_l0.requires_grad_(False)
    return net


def jax(weights, x):
    embedding, kernel, recurrent, bias, head, head_bias = weights
    words = embedding[x.T.reshape(-1)]  # a dot of two matrices: its gradient is faster than that of a stack of them
    return lstm(words, kernel, recurrent, bias, STEPS, sequences=False) @ head + head_bias


def lstm(x, kernel, recurrent, bias, steps, sequences):
    """`h` of all steps, `(steps, batch, units)`, or of the last one, from inputs `(steps * batch, features)`."""
    import jax.numpy as jnp

    # sigmoid(z) = tanh(z / 2) / 2 + 1/2, so that one tanh serves all four gates
    half = jnp.repeat(jnp.array([0.5, 0.5, 1, 0.5], "float32"), len(recurrent))
    z = (x @ (kernel * half) + bias * half).reshape(steps, -1, len(half))
    return _loop(sequences)(z, recurrent * half)


def _loop(sequences):
    """`(z, kernel) -> h`, from the projected inputs `(steps, batch, 4 * units)`.

    The gradient is written out: the kernel's is one matmul after the loop.
    """
    import jax
    import jax.numpy as jnp

    def gates(z):
        i, f, g, o = jnp.split(jnp.tanh(z), 4, -1)
        return i * 0.5 + 0.5, f * 0.5 + 0.5, g, o * 0.5 + 0.5

    def forward(z, kernel):
        def step(state, z):
            h, c = state
            i, f, g, o = gates(z + h @ kernel)
            new = f * c + i * g
            t = jnp.tanh(new)
            return (o * t, new), (h, c, i, f, g, o, t)

        zero = jnp.zeros((z.shape[1], len(kernel)), z.dtype)
        (h, _), kept = jax.lax.scan(step, (zero, zero), z)
        *_, o, t = kept
        return o * t if sequences else h, (kept, kernel)

    def backward(saved, dh):
        (h, c, i, f, g, o, t), kernel = saved
        # d sigmoid / d (scaled z) = 2 s (1 - s), d tanh / dz = 1 - tanh^2
        slopes = jnp.concatenate([g * 2 * i * (1 - i), c * 2 * f * (1 - f), i * (1 - g * g)], -1)
        slope_o, through = t * 2 * o * (1 - o), o * (1 - t * t)

        def step(state, xs):
            dh, dc = state
            from_above, slopes, slope_o, through, f = xs
            dh = dh + from_above if sequences else dh
            dc = dc + dh * through
            dz = jnp.concatenate([jnp.tile(dc, (1, 3)) * slopes, dh * slope_o], -1)
            return (dz @ kernel.T, dc * f), dz

        zero = jnp.zeros_like(f[0])
        start, from_above = (zero, dh) if sequences else (dh, None)
        _, dz = jax.lax.scan(step, (start, zero), (from_above, slopes, slope_o, through, f), reverse=True)
        return dz, h.reshape(-1, len(kernel)).T @ dz.reshape(-1, 4 * len(kernel))

    loop = jax.custom_vjp(lambda z, kernel: forward(z, kernel)[0])
    loop.defvjp(forward, backward)
    return loop


WORKLOAD = Workload(
    name="lstm",
    title="LSTM",
    batch=128,
    steps=30,
    inputs=inputs,
    shapes=[
        Start((WORDS, FEATURES), spread=1.0),
        (FEATURES, 4 * UNITS),
        (UNITS, 4 * UNITS),
        (4 * UNITS,),
        (UNITS, CLASSES),
        (CLASSES,),
    ],
    keras=keras,
    torch=torch,
    jax=jax,
)
