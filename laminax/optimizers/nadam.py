"""Nadam."""

import jax.numpy as jnp
import numpy as np

from .moments import Moments
from .optimizer import Array, Values


class Nadam(Moments):
    """Adam that looks ahead, as Nesterov's momentum does (Dozat, 2016).

    With `u(t) = beta_1 * (1 - 0.96**t / 2)` and `U` the product of `u(1) .. u(step)`:
    `m` and `v` as Adam's, `m_hat = u(step + 1) * m / (1 - U * u(step + 1)) + (1 - u(step)) * grad / (1 - U)`,
    `v_hat = v / (1 - beta_2**step)`, `param -= rate * m_hat / (sqrt(v_hat) + epsilon)`.

    Args:
        learning_rate: the rate, a number, a schedule or a function of the step.
        beta_1: how much of the running mean stays at each step, in the end.
        beta_2: how much of the running square stays at each step.
        epsilon: keeps the divisor from zero.
        **kwargs: as of `Optimizer`.
    """

    def shared(self) -> Values:
        return {"u_product": np.ones((), "float32")}

    def update_shared(self, shared: Values, step: Array) -> Values:
        return {"u_product": shared["u_product"] * self._u(step.astype("float32"))}

    def _u(self, step: Array) -> Array:
        return self.beta_1 * (1 - 0.5 * 0.96**step)

    def update(self, param: Array, grad: Array, slots: Values, step: Array, rate: Array) -> tuple[Array, Values]:
        m, v = self.moments(grad, slots)
        product, u, u_ahead = slots["u_product"].astype(param.dtype), self._u(step), self._u(step + 1)
        m_hat = u_ahead * m / (1 - product * u_ahead) + (1 - u) * grad / (1 - product)
        v_hat = v / (1 - self.beta_2**step)
        return param - rate * m_hat / (jnp.sqrt(v_hat) + self.epsilon), {"momentum": m, "velocity": v}
