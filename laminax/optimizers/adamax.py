"""Adamax."""

import jax.numpy as jnp

from .moments import Moments
from .optimizer import Array, Values, zeros


class Adamax(Moments):
    """Adam with the largest gradient, fading, in place of the root of the running square (Kingma & Ba, 2015, 7.1).

    `m = beta_1 * m + (1 - beta_1) * grad`, `u = max(beta_2 * u, |grad|)`,
    `param -= rate / (1 - beta_1**step) * m / (u + epsilon)`.

    Args:
        learning_rate: the rate, a number, a schedule or a function of the step.
        beta_1: how much of the running mean stays at each step.
        beta_2: how much of the largest gradient stays at each step.
        epsilon: keeps the divisor from zero.
        **kwargs: as of `Optimizer`.
    """

    def slots(self, param: Array) -> Values:
        return {"momentum": zeros(param), "norm": zeros(param)}

    def update(self, param: Array, grad: Array, slots: Values, step: Array, rate: Array) -> tuple[Array, Values]:
        m = slots["momentum"] + (grad - slots["momentum"]) * (1 - self.beta_1)
        u = jnp.maximum(self.beta_2 * slots["norm"], jnp.abs(grad))
        return param - rate * m / ((1 - self.beta_1**step) * (u + self.epsilon)), {"momentum": m, "norm": u}
