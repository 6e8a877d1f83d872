"""Adafactor."""

from typing import Any

import jax.numpy as jnp
import numpy as np

from .._core import checks
from .optimizer import Array, Optimizer, Values, zeros


class Adafactor(Optimizer):
    """Keeps of a matrix's running squares only the sums of rows and columns (Shazeer & Stern, 2018).

    With `s = grad**2 + epsilon_1` and `beta = 1 - step**beta_2_decay`, of the last two axes
    `r = beta * r + (1 - beta) * mean(s, -1)`, `c = beta * c + (1 - beta) * mean(s, -2)`,
    `v = r / mean(r) * c`; of vectors `v = beta * v + (1 - beta) * s`.
    `u = grad / sqrt(v)`, made smaller where its root mean square is more than `clip_threshold`;
    `param -= max(epsilon_2, rms(param)) * min(rate, 1 / sqrt(step)) * u`.

    Args:
        learning_rate: the rate, a number, a schedule or a function of the step.
        beta_2_decay: how fast the memory grows, less than 0.
        epsilon_1: keeps the root from zero.
        epsilon_2: the least size of a parameter that counts.
        clip_threshold: the most that the root mean square of `u` may be.
        relative_step: Keras's argument; the step is bounded by `1 / sqrt(step)` in either case.
        **kwargs: as of `Optimizer`.
    """

    def __init__(
        self,
        learning_rate: Any = 0.001,
        beta_2_decay: float = -0.8,
        epsilon_1: float = 1e-30,
        epsilon_2: float = 1e-3,
        clip_threshold: float = 1.0,
        relative_step: bool = True,
        **kwargs: Any,
    ) -> None:
        super().__init__(learning_rate, **kwargs)
        self.beta_2_decay = checks.real(self, "beta_2_decay", beta_2_decay)
        self.epsilon_1 = checks.number(self, "epsilon_1", epsilon_1)
        self.epsilon_2 = checks.number(self, "epsilon_2", epsilon_2)
        self.clip_threshold = checks.number(self, "clip_threshold", clip_threshold, beyond=True)
        self.relative_step = checks.boolean(self, "relative_step", relative_step)

    def slots(self, param: Array) -> Values:
        if len(param.shape) < 2:
            return {"velocity": zeros(param)}
        *before, rows, columns = param.shape
        return {"r": np.zeros((*before, rows), param.dtype), "c": np.zeros((*before, columns), param.dtype)}

    def update(self, param: Array, grad: Array, slots: Values, step: Array, rate: Array) -> tuple[Array, Values]:
        beta = 1 - step**self.beta_2_decay
        square = jnp.square(grad) + self.epsilon_1
        if param.ndim < 2:
            v = beta * slots["velocity"] + (1 - beta) * square
            new = {"velocity": v}
        else:
            r = beta * slots["r"] + (1 - beta) * jnp.mean(square, -1)
            c = beta * slots["c"] + (1 - beta) * jnp.mean(square, -2)
            v = (r / jnp.mean(r, -1, keepdims=True))[..., None] * c[..., None, :]
            new = {"r": r, "c": c}
        u = grad / jnp.sqrt(v)
        u = u / jnp.maximum(1, _rms(u) / self.clip_threshold)
        return param - jnp.maximum(self.epsilon_2, _rms(param)) * jnp.minimum(rate, 1 / jnp.sqrt(step)) * u, new


def _rms(x: Array) -> Array:
    return jnp.sqrt(jnp.mean(jnp.square(x)))
