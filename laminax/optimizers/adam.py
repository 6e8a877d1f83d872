"""Adam, and AdamW."""

from typing import Any

import jax.numpy as jnp

from .._core import checks
from .moments import Moments
from .optimizer import Array, Values, zeros


class Adam(Moments):
    """Steps by the running mean of the gradient over the root of its running square (Kingma & Ba, 2015).

    `m = beta_1 * m + (1 - beta_1) * grad`, `v = beta_2 * v + (1 - beta_2) * grad**2`,
    `param -= rate * sqrt(1 - beta_2**step) / (1 - beta_1**step) * m / (sqrt(v) + epsilon)`.

    `epsilon` is the paper's "epsilon hat", added to the root of the uncorrected `v`.

    Args:
        learning_rate: the rate, a number, a schedule or a function of the step.
        beta_1: how much of the running mean stays at each step.
        beta_2: how much of the running square stays at each step.
        epsilon: keeps the divisor from zero.
        amsgrad: divide by the largest `v` so far (Reddi et al., 2018).
        **kwargs: as of `Optimizer`.
    """

    def __init__(
        self,
        learning_rate: Any = 0.001,
        beta_1: float = 0.9,
        beta_2: float = 0.999,
        epsilon: float = 1e-7,
        amsgrad: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(learning_rate, beta_1, beta_2, epsilon, **kwargs)
        self.amsgrad = checks.boolean(self, "amsgrad", amsgrad)

    def slots(self, param: Array) -> Values:
        return {**super().slots(param), **({"velocity_hat": zeros(param)} if self.amsgrad else {})}

    def update(self, param: Array, grad: Array, slots: Values, step: Array, rate: Array) -> tuple[Array, Values]:
        m, v = self.moments(grad, slots)
        new = {"momentum": m, "velocity": v}
        if self.amsgrad:
            v = new["velocity_hat"] = jnp.maximum(slots["velocity_hat"], v)
        rate = rate * jnp.sqrt(1 - self.beta_2**step) / (1 - self.beta_1**step)
        return param - rate * m / (jnp.sqrt(v) + self.epsilon), new


class AdamW(Adam):
    """Adam, with weight decay apart from the gradient (Loshchilov & Hutter, 2019).

    Each step also takes `weight_decay * rate * param` off the parameter. Arguments as `Adam`.
    """

    def __init__(
        self,
        learning_rate: Any = 0.001,
        weight_decay: float | None = 0.004,
        beta_1: float = 0.9,
        beta_2: float = 0.999,
        epsilon: float = 1e-7,
        amsgrad: bool = False,
        **kwargs: Any,
    ) -> None:
        if weight_decay is None:
            raise ValueError(
                "AdamW: Argument `weight_decay` must be a float. Received: weight_decay=None. For no decay use Adam."
            )
        super().__init__(learning_rate, beta_1, beta_2, epsilon, amsgrad, weight_decay=weight_decay, **kwargs)
