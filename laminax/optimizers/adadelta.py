"""Adadelta."""

from typing import Any

import jax.numpy as jnp

from .._core import checks
from .optimizer import Array, Optimizer, Values, zeros


class Adadelta(Optimizer):
    """Steps in the size of earlier steps, so that the rate has no unit (Zeiler, 2012).

    `v = rho * v + (1 - rho) * grad**2`, `move = sqrt(d + epsilon) / sqrt(v + epsilon) * grad`,
    `d = rho * d + (1 - rho) * move**2`, `param -= rate * move`. The paper's rate is 1.

    Args:
        learning_rate: the rate, a number, a schedule or a function of the step.
        rho: how much of the running squares stays at each step.
        epsilon: keeps the roots from zero, and starts the first step.
        **kwargs: as of `Optimizer`.
    """

    def __init__(self, learning_rate: Any = 0.001, rho: float = 0.95, epsilon: float = 1e-7, **kwargs: Any) -> None:
        super().__init__(learning_rate, **kwargs)
        self.rho = checks.fraction(self, "rho", rho)
        self.epsilon = checks.number(self, "epsilon", epsilon)

    def slots(self, param: Array) -> Values:
        return {"accumulated_grad": zeros(param), "accumulated_delta_var": zeros(param)}

    def update(self, param: Array, grad: Array, slots: Values, step: Array, rate: Array) -> tuple[Array, Values]:
        v = self.rho * slots["accumulated_grad"] + (1 - self.rho) * jnp.square(grad)
        d = slots["accumulated_delta_var"]
        move = jnp.sqrt(d + self.epsilon) * grad / jnp.sqrt(v + self.epsilon)
        d = self.rho * d + (1 - self.rho) * jnp.square(move)
        return param - rate * move, {"accumulated_grad": v, "accumulated_delta_var": d}
