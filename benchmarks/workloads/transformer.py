"""A block of a Transformer's encoder (Vaswani et al., 2017), and the mean over its steps."""

from .workload import CLASSES, Start, Workload

STEPS, FEATURES, HEADS, SIZE, HIDDEN = 100, 128, 4, 32, 256
EPSILON = 1e-3


def inputs(rng, count):
    return rng.standard_normal((count, STEPS, FEATURES), "float32")


def keras(lib):
    layers = lib.layers
    x = lib.Input((STEPS, FEATURES))
    y = layers.MultiHeadAttention(HEADS, SIZE)(x, x)
    y = layers.LayerNormalization(epsilon=EPSILON)(layers.Add()([x, y]))
    z = layers.Dense(HIDDEN, activation="relu")(y)
    z = layers.Dense(FEATURES)(z)
    z = layers.LayerNormalization(epsilon=EPSILON)(layers.Add()([y, z]))
    z = layers.GlobalAveragePooling1D()(z)
    return lib.Model(x, layers.Dense(CLASSES, activation="softmax")(z))


def torch(weights):
    import numpy as np
    import torch
    from torch import nn

    from ..peers.torch_by_hand import put

    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.attention = nn.MultiheadAttention(FEATURES, HEADS, batch_first=True)
            self.norm1 = nn.LayerNorm(FEATURES, EPSILON)
            self.hidden, self.narrow = nn.Linear(FEATURES, HIDDEN), nn.Linear(HIDDEN, FEATURES)
            self.norm2 = nn.LayerNorm(FEATURES, EPSILON)
            self.head = nn.Linear(FEATURES, CLASSES)

        def forward(self, x):
            x = self.norm1(x + self.attention(x, x, x, need_weights=False)[0])
            x = self.norm2(x + self.narrow(torch.relu(self.hidden(x))))
            return self.head(x.mean(1))

    net = Net()
    attention, rest = weights[:8], weights[8:]
    kernels = np.concatenate([w.reshape(FEATURES, -1) for w in attention[:6:2]], 1).T
    biases = np.concatenate([b.reshape(-1) for b in attention[1:6:2]])
    outward = attention[6].reshape(-1, FEATURES).T
    put(net.parameters(), [kernels, biases, outward, attention[7], *(w.T for w in rest)])
    return net


def jax(weights, x):
    import jax
    import jax.numpy as jnp

    (*attention, out, out_bias), rest = weights[:8], weights[8:]
    scale1, offset1, hidden, hidden_bias, narrow, narrow_bias, scale2, offset2, head, head_bias = rest
    y = x.reshape(-1, FEATURES)
    kernel = jnp.concatenate([w.reshape(FEATURES, -1) for w in attention[::2]], 1)
    bias = jnp.concatenate([b.reshape(-1) for b in attention[1::2]])
    query, key, value = jnp.split((y @ kernel + bias).reshape(-1, STEPS, 3 * HEADS, SIZE), 3, 2)
    scores = jax.nn.softmax(jnp.einsum("btnh,bsnh->bnts", query * SIZE**-0.5, key))
    seen = jnp.einsum("bnts,bsnh->btnh", scores, value).reshape(-1, HEADS * SIZE)
    y = _normalize(y + seen @ out.reshape(-1, FEATURES) + out_bias, scale1, offset1)
    z = jax.nn.relu(y @ hidden + hidden_bias) @ narrow + narrow_bias
    z = _normalize(y + z, scale2, offset2).reshape(-1, STEPS, FEATURES)
    return jnp.mean(z, 1) @ head + head_bias


def _normalize(x, scale, offset):
    import jax
    import jax.numpy as jnp

    mean = jnp.mean(x, -1, keepdims=True)
    variance = jnp.mean(jnp.square(x - mean), -1, keepdims=True)
    return (x - mean) * jax.lax.rsqrt(variance + EPSILON) * scale + offset


def _norm():
    return [Start((FEATURES,), 1.0), (FEATURES,)]


WORKLOAD = Workload(
    name="transformer",
    title="Transformer block",
    batch=32,
    steps=40,
    inputs=inputs,
    shapes=[
        *[(FEATURES, HEADS, SIZE), Start((HEADS, SIZE))] * 3,
        (HEADS, SIZE, FEATURES),
        (FEATURES,),
        *_norm(),
        (FEATURES, HIDDEN),
        (HIDDEN,),
        (HIDDEN, FEATURES),
        (FEATURES,),
        *_norm(),
        (FEATURES, CLASSES),
        (CLASSES,),
    ],
    keras=keras,
    torch=torch,
    jax=jax,
)
