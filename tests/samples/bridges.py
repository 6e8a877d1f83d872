"""Samples of layers."""

import jax
import jax.numpy as jnp
from contract_layers import LayerSample

from laminax import layers
from samples.inputs import ROWS

NOTES = ("custom", "knows no padding")


def init(rng, inputs):
    """A kernel, and a running mean of what comes out."""
    return {"dense": [jax.random.normal(rng, (inputs.shape[-1], 3))]}, {"mean": jnp.zeros(3), "calls": 0}


def call(params, state, inputs, training):
    """The product with the kernel, minus the mean."""
    outputs = inputs @ params["dense"][0]
    if training:
        mean = state["mean"] * 0.9 + jax.lax.stop_gradient(jnp.mean(outputs, 0)) * 0.1
        state = {"mean": mean, "calls": state["calls"] + 1}
    return outputs - state["mean"], state


class Module:
    """The part of a `flax.linen.Module` that a layer uses: one weight, one running mean, noise in training."""

    def __call__(self, inputs, training=False):
        raise RuntimeError("A module is run by `apply`.")

    def init(self, rngs, inputs, method=None, training=True):
        kernel = jax.random.normal(rngs["params"], (inputs.shape[-1], 3))
        return {"params": {"kernel": kernel}, "batch_stats": {"mean": jnp.zeros(3)}}

    def apply(self, variables, inputs, rngs=None, method=None, mutable=(), training=False):
        outputs, state = inputs @ variables["params"]["kernel"], {k: variables[k] for k in mutable}
        mean = state["batch_stats"]["mean"]
        if training:
            outputs = outputs + jax.random.normal(rngs["dropout"], outputs.shape, "float32").astype(outputs.dtype) / 10
            state = {"batch_stats": {"mean": mean * 0.9 + jax.lax.stop_gradient(jnp.mean(outputs, 0)) * 0.1}}
        return outputs - mean, state


LAYERS = [
    LayerSample(layers.FlaxLayer, lambda: {"module": Module()}, (ROWS,), notes=("random", *NOTES)),
    LayerSample(layers.JaxLayer, {"call_fn": call, "init_fn": init, "seed": 3}, (ROWS,), notes=(*NOTES, "biased")),
]
