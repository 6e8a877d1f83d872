"""Muon."""

import re
from collections.abc import Mapping
from typing import Any, Self

import jax.numpy as jnp

from .._core import checks
from .._core.patterns import check_patterns
from .._core.variable import Variable
from .adam import Adam
from .optimizer import Array, Optimizer, Values, zeros


class Muon(Optimizer):
    """Moves matrices by an orthogonal matrix near their momentum (Jordan et al., 2024), all else by AdamW.

    `m = momentum * m + grad`, `g = grad + momentum * m` (or `m`, without `nesterov`), and `ns_steps` times
    `g = muon_a * g + (muon_b * g @ g.T + muon_c * (g @ g.T) @ (g @ g.T)) @ g`, from `g / |g|`, which moves all singular
    values towards 1; `param -= rate * rms_rate * sqrt(max(rows, columns)) * g` (Liu et al., 2025).

    The last layer is better left to AdamW: name it in `exclude_layers`.

    Args:
        learning_rate: the rate, a number, a schedule or a function of the step.
        adam_beta_1: AdamW's `beta_1`.
        adam_beta_2: AdamW's `beta_2`.
        adam_weight_decay: AdamW's weight decay.
        epsilon: AdamW's `epsilon`.
        weight_decay: that of the matrices.
        exclude_layers: patterns of the paths of matrices that AdamW moves.
        exclude_embeddings: whether AdamW moves what has `embedding` in its path.
        muon_a: a coefficient of the iteration.
        muon_b: a coefficient of the iteration.
        muon_c: a coefficient of the iteration.
        adam_lr_ratio: AdamW's rate, as a part of the rate.
        momentum: how much of the momentum stays at each step.
        ns_steps: how often to iterate (Newton-Schulz).
        nesterov: whether to look ahead.
        rms_rate: the size of a step next to AdamW's; `None`: the step is not scaled.
        **kwargs: as of `Optimizer`.
    """

    def __init__(
        self,
        learning_rate: Any = 0.001,
        adam_beta_1: float = 0.9,
        adam_beta_2: float = 0.999,
        adam_weight_decay: float | None = 0.004,
        epsilon: float = 1e-7,
        weight_decay: float | None = 0.004,
        exclude_layers: list[str] | None = None,
        exclude_embeddings: bool = True,
        muon_a: float = 3.4445,
        muon_b: float = -4.7750,
        muon_c: float = 2.0315,
        adam_lr_ratio: float = 1,
        momentum: float = 0.95,
        ns_steps: int = 5,
        nesterov: bool = True,
        rms_rate: float | None = 0.2,
        **kwargs: Any,
    ) -> None:
        super().__init__(learning_rate, weight_decay=weight_decay, **kwargs)
        self.adam = _Scaled(adam_lr_ratio, adam_beta_1, adam_beta_2, epsilon, adam_weight_decay)
        self.adam_beta_1, self.adam_beta_2 = adam_beta_1, adam_beta_2
        self.adam_weight_decay, self.adam_lr_ratio = adam_weight_decay, adam_lr_ratio
        self.epsilon = epsilon
        self.exclude_layers = list(exclude_layers or ())
        self.exclude_embeddings = checks.boolean(self, "exclude_embeddings", exclude_embeddings)
        self.muon_a = checks.real(self, "muon_a", muon_a)
        self.muon_b = checks.real(self, "muon_b", muon_b)
        self.muon_c = checks.real(self, "muon_c", muon_c)
        self.momentum = checks.fraction(self, "momentum", momentum)
        self.ns_steps = checks.integer(self, "ns_steps", ns_steps)
        self.nesterov = checks.boolean(self, "nesterov", nesterov)
        self.rms_rate = self._optional(checks.number, "rms_rate", rms_rate)

    @classmethod
    def from_config(cls, config: Mapping[str, Any]) -> Self:
        """A new object with the arguments of `config`."""
        patterns = config.get("exclude_layers")
        check_patterns(patterns if isinstance(patterns, list) else ())
        return super().from_config(config)

    def rule(self, path: str, param: Array) -> Optimizer:
        path = self._name(path)
        embedding = self.exclude_embeddings and "embedding" in path.lower()
        excluded = embedding or any(re.search(pattern, path) for pattern in self.exclude_layers)
        return self.adam if len(param.shape) != 2 or excluded else self

    def slots(self, param: Array) -> Values:
        return {"momentum": zeros(param)}

    def update(self, param: Array, grad: Array, slots: Values, step: Array, rate: Array) -> tuple[Array, Values]:
        m = self.momentum * slots["momentum"] + grad
        g = grad + self.momentum * m if self.nesterov else m
        return param - self.lr_adjust(rate * self.zeropower_via_newtonschulz5(g, self.ns_steps)), {"momentum": m}

    def zeropower_via_newtonschulz5(self, x: Array, steps: int) -> Array:
        """A matrix with the singular vectors of `x`, and singular values near 1."""
        if x.ndim < 2:
            raise ValueError(f"Muon moves matrices; got the shape {x.shape}.")
        tall = x.shape[-2] > x.shape[-1]
        x = x.mT if tall else x
        x = x / (jnp.sqrt(jnp.sum(jnp.square(x), (-2, -1), keepdims=True)) + 1e-7)
        for _ in range(steps):
            a = x @ x.mT
            x = self.muon_a * x + (self.muon_b * a + self.muon_c * a @ a) @ x
        return x.mT if tall else x

    def lr_adjust(self, x: Array) -> Array:
        """A step scaled to about the size of AdamW's."""
        return x if self.rms_rate is None else x * (max(x.shape[0], x.shape[1]) ** 0.5 * self.rms_rate)

    def _should_use_adamw(self, variable: Variable) -> bool:
        return self.rule(variable.path, variable.value) is self.adam


class _Scaled(Adam):
    """Adam at a part of the rate."""

    def __init__(self, ratio: float, beta_1: float, beta_2: float, epsilon: float, weight_decay: float | None) -> None:
        super().__init__(beta_1=beta_1, beta_2=beta_2, epsilon=epsilon, weight_decay=weight_decay)
        self.ratio = checks.number(self, "adam_lr_ratio", ratio)

    def update(self, param: Array, grad: Array, slots: Values, step: Array, rate: Array) -> tuple[Array, Values]:
        return super().update(param, grad, slots, step, rate * self.ratio)
