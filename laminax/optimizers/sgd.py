"""Stochastic gradient descent."""

from typing import Any

from .._core import checks
from .optimizer import Array, Optimizer, Values, zeros


class SGD(Optimizer):
    """`param -= rate * grad`; with momentum, `m = momentum * m - rate * grad`, `param += m`.

    With `nesterov` the step looks ahead: `param += momentum * m - rate * grad` (Sutskever et al., 2013).

    Args:
        learning_rate: the rate, a number, a schedule or a function of the step.
        momentum: in 0 .. 1.
        nesterov: whether to look ahead.
        **kwargs: as of `Optimizer`.
    """

    def __init__(self, learning_rate: Any = 0.01, momentum: float = 0.0, nesterov: bool = False, **kwargs: Any) -> None:
        super().__init__(learning_rate, **kwargs)
        self.momentum = checks.fraction(self, "momentum", momentum)
        self.nesterov = checks.boolean(self, "nesterov", nesterov)

    def slots(self, param: Array) -> Values:
        return {"momentum": zeros(param)} if self.momentum else {}

    def update(self, param: Array, grad: Array, slots: Values, step: Array, rate: Array) -> tuple[Array, Values]:
        if not self.momentum:
            return param - rate * grad, {}
        m = self.momentum * slots["momentum"] - rate * grad
        ahead = self.momentum * m - rate * grad if self.nesterov else m
        return param + ahead, {"momentum": m}
