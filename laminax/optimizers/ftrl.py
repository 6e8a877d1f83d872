"""Follow the regularized leader."""

import numbers
from typing import Any

import jax.numpy as jnp
import numpy as np

from .._core import checks
from .optimizer import Array, Optimizer, Values, zeros


class Ftrl(Optimizer):
    """Follow the regularized leader: zeros in linear models (McMahan et al., 2013).

    With `p = -learning_rate_power`, `l2 = l2_regularization_strength + beta / (2 * rate)`:
    `g = grad + 2 * l2_shrinkage_regularization_strength * param`, `n' = n + grad**2`,
    `z = z + g - (n'**p - n**p) / rate * param`,
    `param = (clip(z, -l1, l1) - z) / (n'**p / rate + 2 * l2)`.

    Args:
        learning_rate: the rate, a number, a schedule or a function of the step; more than 0.
        learning_rate_power: at most 0; with 0 the rate stays.
        initial_accumulator_value: what `n` starts from, at least 0.
        l1_regularization_strength: `l1`, at least 0.
        l2_regularization_strength: at least 0.
        l2_shrinkage_regularization_strength: at least 0; it acts on the gradient alone, not on `n`.
        beta: the paper's beta.
        **kwargs: as of `Optimizer`.
    """

    def __init__(
        self,
        learning_rate: Any = 0.001,
        learning_rate_power: float = -0.5,
        initial_accumulator_value: float = 0.1,
        l1_regularization_strength: float = 0.0,
        l2_regularization_strength: float = 0.0,
        l2_shrinkage_regularization_strength: float = 0.0,
        beta: float = 0.0,
        **kwargs: Any,
    ) -> None:
        super().__init__(learning_rate, **kwargs)
        self.learning_rate_power = learning_rate_power
        self.initial_accumulator_value = initial_accumulator_value
        self.l1_regularization_strength = l1_regularization_strength
        self.l2_regularization_strength = l2_regularization_strength
        self.l2_shrinkage_regularization_strength = l2_shrinkage_regularization_strength
        self.beta = checks.number(self, "beta", beta)
        for name in ("initial_accumulator_value", *(n for n in vars(self) if n.endswith("_strength"))):
            _check_sign(name, getattr(self, name), 1)
        _check_sign("learning_rate_power", learning_rate_power, -1)

    def slots(self, param: Array) -> Values:
        start = np.full(param.shape, self.initial_accumulator_value, param.dtype)
        return {"accumulator": start, "linear": zeros(param)}

    def update(self, param: Array, grad: Array, slots: Values, step: Array, rate: Array) -> tuple[Array, Values]:
        power, l1 = -self.learning_rate_power, self.l1_regularization_strength
        l2 = self.l2_regularization_strength + self.beta / (2 * rate)
        before, after = slots["accumulator"], slots["accumulator"] + jnp.square(grad)
        shrunk = grad + 2 * self.l2_shrinkage_regularization_strength * param
        z = slots["linear"] + shrunk - (after**power - before**power) / rate * param
        new = (jnp.clip(z, -l1, l1) - z) / (after**power / rate + 2 * l2)
        return new, {"accumulator": after, "linear": z}


def _check_sign(name: str, value: float, sign: int) -> None:
    if isinstance(value, bool) or not isinstance(value, numbers.Real) or not value * sign >= 0:
        word = "positive" if sign > 0 else "negative"
        raise ValueError(f"`{name}` needs to be {word} or zero. Received: {name}={value}.")
