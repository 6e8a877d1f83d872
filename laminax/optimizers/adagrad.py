"""Adagrad."""

from typing import Any

import jax.numpy as jnp
import numpy as np

from .._core import checks
from .optimizer import Array, Optimizer, Values


class Adagrad(Optimizer):
    """Divides by the root of the sum of all squared gradients (Duchi et al., 2011).

    `v = v + grad**2`, `param -= rate * grad / sqrt(v + epsilon)`. What moved often then moves less.

    Args:
        learning_rate: the rate, a number, a schedule or a function of the step.
        initial_accumulator_value: what `v` starts from, at least 0.
        epsilon: keeps the root from zero.
        **kwargs: as of `Optimizer`.
    """

    def __init__(
        self,
        learning_rate: Any = 0.001,
        initial_accumulator_value: float = 0.1,
        epsilon: float = 1e-7,
        **kwargs: Any,
    ) -> None:
        super().__init__(learning_rate, **kwargs)
        self.initial_accumulator_value = checks.number(self, "initial_accumulator_value", initial_accumulator_value)
        self.epsilon = checks.number(self, "epsilon", epsilon)

    def slots(self, param: Array) -> Values:
        return {"accumulator": np.full(param.shape, self.initial_accumulator_value, param.dtype)}

    def update(self, param: Array, grad: Array, slots: Values, step: Array, rate: Array) -> tuple[Array, Values]:
        v = slots["accumulator"] + jnp.square(grad)
        return param - rate * grad / jnp.sqrt(v + self.epsilon), {"accumulator": v}
