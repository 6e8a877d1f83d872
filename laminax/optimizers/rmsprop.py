"""RMSprop."""

from typing import Any

import jax.numpy as jnp

from .._core import checks
from .optimizer import Array, Optimizer, Values, zeros


class RMSprop(Optimizer):
    """`v = rho * v + (1 - rho) * grad**2`, `param -= rate * grad / sqrt(v + epsilon)` (Hinton, 2012).

    With `centered`, `v` is made a variance: the square of the gradient's running mean is taken off.

    Args:
        learning_rate: the rate, a number, a schedule or a function of the step.
        rho: how much of the running mean stays at each step.
        momentum: in 0 .. 1; the step becomes `m = momentum * m + step`.
        epsilon: keeps the root from zero.
        centered: whether to take off the mean.
        **kwargs: as of `Optimizer`.
    """

    def __init__(
        self,
        learning_rate: Any = 0.001,
        rho: float = 0.9,
        momentum: float = 0.0,
        epsilon: float = 1e-7,
        centered: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(learning_rate, **kwargs)
        self.rho = checks.fraction(self, "rho", rho)
        self.momentum = checks.fraction(self, "momentum", momentum)
        self.epsilon = checks.number(self, "epsilon", epsilon)
        self.centered = checks.boolean(self, "centered", centered)

    def slots(self, param: Array) -> Values:
        names = ["velocity", *["momentum"] * (self.momentum > 0), *["average_gradient"] * self.centered]
        return {name: zeros(param) for name in names}

    def update(self, param: Array, grad: Array, slots: Values, step: Array, rate: Array) -> tuple[Array, Values]:
        new = {"velocity": self.rho * slots["velocity"] + (1 - self.rho) * jnp.square(grad)}
        variance = new["velocity"]
        if self.centered:
            new["average_gradient"] = self.rho * slots["average_gradient"] + (1 - self.rho) * grad
            variance = variance - jnp.square(new["average_gradient"])
        move = rate * grad / jnp.sqrt(variance + self.epsilon)
        if self.momentum:
            move = new["momentum"] = self.momentum * slots["momentum"] + move
        return param - move, new
