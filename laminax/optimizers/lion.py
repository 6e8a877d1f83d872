"""Lion."""

from typing import Any

import jax.numpy as jnp

from .._core import checks
from .optimizer import Array, Optimizer, Values, zeros


class Lion(Optimizer):
    """Steps of one size, in the direction of a sign (Chen et al., 2023).

    `param -= rate * sign(beta_1 * m + (1 - beta_1) * grad)`, `m = beta_2 * m + (1 - beta_2) * grad`.
    The paper advises a rate of a third to a tenth of Adam's.

    Args:
        learning_rate: the rate, a number, a schedule or a function of the step.
        beta_1: how much of the running mean counts in the step; more than 0.
        beta_2: how much of the running mean stays at each step.
        **kwargs: as of `Optimizer`.
    """

    def __init__(self, learning_rate: Any = 0.001, beta_1: float = 0.9, beta_2: float = 0.99, **kwargs: Any) -> None:
        super().__init__(learning_rate, **kwargs)
        self.beta_1 = checks.fraction(self, "beta_1", beta_1)
        self.beta_2 = checks.fraction(self, "beta_2", beta_2)
        if beta_1 == 0:
            raise ValueError("Lion: beta_1 must be more than 0: with 0 only the sign of the gradient counts.")

    def slots(self, param: Array) -> Values:
        return {"momentum": zeros(param)}

    def update(self, param: Array, grad: Array, slots: Values, step: Array, rate: Array) -> tuple[Array, Values]:
        m = slots["momentum"]
        move = jnp.sign(self.beta_1 * m + (1 - self.beta_1) * grad)
        return param - rate * move, {"momentum": self.beta_2 * m + (1 - self.beta_2) * grad}
