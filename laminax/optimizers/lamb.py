"""Lamb."""

import jax.numpy as jnp

from .clipping import norm
from .moments import Moments
from .optimizer import Array, Values


class Lamb(Moments):
    """Adam whose step is as long as the parameter, times the rate: for large batches (You et al., 2020).

    `m` and `v` as Adam's, `u = m / (1 - beta_1**step) / (sqrt(v / (1 - beta_2**step)) + epsilon)`,
    `param -= rate * |param| / |u| * u`, with the factor 1 where one of the norms is 0.

    Args:
        learning_rate: the rate, a number, a schedule or a function of the step.
        beta_1: how much of the running mean stays at each step.
        beta_2: how much of the running square stays at each step.
        epsilon: keeps the divisor from zero.
        **kwargs: as of `Optimizer`.
    """

    def update(self, param: Array, grad: Array, slots: Values, step: Array, rate: Array) -> tuple[Array, Values]:
        m, v = self.moments(grad, slots)
        u = m / (1 - self.beta_1**step) / (jnp.sqrt(v / (1 - self.beta_2**step)) + self.epsilon)
        length, step_length = norm([param]), norm([u])
        some = (length > 0) & (step_length > 0)
        ratio = jnp.where(some, length, 1) / jnp.where(some, step_length, 1)
        return param - ratio * rate * u, {"momentum": m, "velocity": v}
