"""What Adam and its kin have in common."""

from typing import Any

import jax.numpy as jnp

from .._core import checks
from .optimizer import Array, Optimizer, Values, zeros


class Moments(Optimizer):
    """The base of optimizers with a running mean of the gradient, `momentum`, and of its square, `velocity`.

    Args:
        learning_rate: the rate, a number, a schedule or a function of the step.
        beta_1: how much of the running mean stays at each step.
        beta_2: how much of the running square stays at each step.
        epsilon: keeps the divisor from zero.
        **kwargs: as of `Optimizer`.
    """

    def __init__(
        self,
        learning_rate: Any = 0.001,
        beta_1: float = 0.9,
        beta_2: float = 0.999,
        epsilon: float = 1e-7,
        **kwargs: Any,
    ) -> None:
        super().__init__(learning_rate, **kwargs)
        self.beta_1 = checks.fraction(self, "beta_1", beta_1, below=True)
        self.beta_2 = checks.fraction(self, "beta_2", beta_2, below=True)
        self.epsilon = checks.number(self, "epsilon", epsilon)

    def slots(self, param: Array) -> Values:
        return {"momentum": zeros(param), "velocity": zeros(param)}

    def moments(self, grad: Array, slots: Values) -> tuple[Array, Array]:
        """`beta_1 * m + (1 - beta_1) * grad`, and `beta_2 * v + (1 - beta_2) * grad**2`."""
        m, v = slots["momentum"], slots["velocity"]
        return m + (grad - m) * (1 - self.beta_1), v + (jnp.square(grad) - v) * (1 - self.beta_2)
