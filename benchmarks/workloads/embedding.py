"""The mean of the embeddings of 100 words, of 20,000 that there are. Its time goes into memory, not arithmetic."""

from .workload import CLASSES, Start, Workload

WORDS, FEATURES, LENGTH = 20_000, 64, 100


def inputs(rng, count):
    return rng.integers(0, WORDS, (count, LENGTH)).astype("int32")


def keras(lib):
    layers = lib.layers
    return lib.Sequential(
        [
            lib.Input((LENGTH,), dtype="int32"),
            layers.Embedding(WORDS, FEATURES),
            layers.GlobalAveragePooling1D(),
            layers.Dense(CLASSES, activation="softmax"),
        ]
    )


def torch(weights):
    from torch import nn

    from ..peers.torch_by_hand import put

    net = nn.Sequential(nn.EmbeddingBag(WORDS, FEATURES, mode="mean"), nn.Linear(FEATURES, CLASSES))
    embedding, head, head_bias = weights
    put(net.parameters(), [embedding, head.T, head_bias])
    return net


def jax(weights, x):
    import jax.numpy as jnp

    embedding, head, head_bias = weights
    words = embedding[x.reshape(-1)].reshape(*x.shape, FEATURES)
    return jnp.mean(words, 1) @ head + head_bias


WORKLOAD = Workload(
    name="embedding",
    title="Mean of embeddings",
    batch=128,
    steps=100,
    inputs=inputs,
    shapes=[Start((WORDS, FEATURES), spread=1.0), (FEATURES, CLASSES), (CLASSES,)],
    keras=keras,
    torch=torch,
    jax=jax,
)
