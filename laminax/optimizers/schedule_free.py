"""Schedule-free AdamW."""

from collections.abc import Mapping
from typing import Any

import jax.numpy as jnp

from .._core import checks
from .optimizer import Array, Optimizer, Values, as_before, widened, zeros


class ScheduleFreeAdamW(Optimizer):
    """Adam with an average in place of a schedule (Defazio et al., 2024).

    The gradient is taken at `y = (1 - beta_1) * z + beta_1 * x`, where `z` takes the steps and `x` is the mean of all
    `z`: `v = beta_2 * v + (1 - beta_2) * grad**2`,
    `z -= rate * grad / (sqrt(v / (1 - beta_2**step)) + epsilon)`, `x = (1 - 1 / step) * x + z / step`.

    A model that is trained by `fit` or `train_on_batch` keeps `x`, which is what it is evaluated, saved and used by.
    In a loop of your own, by `apply` or `stateless_apply`, the variables hold `y`, as in Keras; `settled` gives `x`.

    Args:
        learning_rate: the rate, a number, a schedule or a function of the step.
        beta_1: how much of `x` is in `y`; more than 0.
        beta_2: how much of the running square stays at each step.
        epsilon: keeps the divisor from zero.
        warmup_steps: for so many steps the rate grows in a line.
        **kwargs: as of `Optimizer`.
    """

    def __init__(
        self,
        learning_rate: Any = 0.0025,
        beta_1: float = 0.9,
        beta_2: float = 0.999,
        epsilon: float = 1e-8,
        warmup_steps: int = 0,
        **kwargs: Any,
    ) -> None:
        super().__init__(learning_rate, **kwargs)
        self.beta_1 = checks.fraction(self, "beta_1", beta_1)
        self.beta_2 = checks.fraction(self, "beta_2", beta_2)
        self.epsilon = checks.number(self, "epsilon", epsilon)
        self.warmup_steps = checks.integer(self, "warmup_steps", warmup_steps, least=0)
        if beta_1 == 0:
            raise ValueError("ScheduleFreeAdamW: beta_1 must be more than 0: with 0 the average is lost.")

    def slots(self, param: Array) -> Values:
        return {"momentum": param, "velocity": zeros(param)}

    def update(self, param: Array, grad: Array, slots: Values, step: Array, rate: Array) -> tuple[Array, Values]:
        if self.warmup_steps:
            rate = rate * jnp.minimum(step / self.warmup_steps, 1)
        y, z = param, slots["momentum"]
        v = slots["velocity"] + (jnp.square(grad) - slots["velocity"]) * (1 - self.beta_2)
        move = -rate * grad / (jnp.sqrt(v / (1 - self.beta_2**step)) + self.epsilon)
        y = y + (1 - self.beta_1) * move + (self.beta_1 * move + z - y) / step  # what the formulas say, without x
        return y, {"momentum": z + move, "velocity": v}

    def ahead(self, params: Mapping[str, Array], state: Values) -> Values:
        """`y`, from `x`."""
        return self._from_momenta(params, state, self.beta_1)

    def settled(self, params: Mapping[str, Array], state: Values) -> Values:
        """`x`, from `y`."""
        return self._from_momenta(params, state, 1 / self.beta_1)

    def _from_momenta(self, params: Mapping[str, Array], state: Values, part: float) -> Values:
        """`z + part * (param - z)`."""
        momenta = widened({path: state[f"{path}/momentum"] for path in params})
        found = {path: momenta[path] + part * (p - momenta[path]) for path, p in widened(params).items()}
        return as_before(found, params)
