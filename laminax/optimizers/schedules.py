"""Learning rates as functions of the step."""

from typing import Any

import jax.numpy as jnp

from .._core import checks
from .._core.config import Configurable, from_data, record

__all__ = ["CosineDecay", "ExponentialDecay", "LearningRateSchedule", "PiecewiseConstantDecay"]

Array = Any


class LearningRateSchedule(Configurable):
    """A function of the step, which counts from 0. Subclass it and write `__call__`."""

    def __call__(self, step: Any) -> Array:
        raise NotImplementedError(f"{type(self).__name__} must define __call__(step).")


class ExponentialDecay(LearningRateSchedule):
    """`initial_learning_rate * decay_rate ** (step / decay_steps)`, the exponent rounded down if `staircase`."""

    def __init__(
        self,
        initial_learning_rate: float,
        decay_steps: int,
        decay_rate: float,
        staircase: bool = False,
        name: str = "ExponentialDecay",
    ) -> None:
        self.initial_learning_rate = initial_learning_rate
        self.decay_steps = _positive(self, decay_steps)
        self.decay_rate = decay_rate
        self.staircase = staircase
        self.name = name

    def __call__(self, step: Any) -> Array:
        exponent = jnp.asarray(step, "float32") / self.decay_steps
        exponent = jnp.floor(exponent) if self.staircase else exponent
        return self.initial_learning_rate * jnp.power(self.decay_rate, exponent)


class CosineDecay(LearningRateSchedule):
    """Half a cosine, from the initial rate down to `alpha` times it (Loshchilov & Hutter, 2017), after a warm-up.

    With `warmup_target` the rate first climbs in a line from `initial_learning_rate` to
    `warmup_target`, for `warmup_steps` steps; the cosine then starts there.
    """

    def __init__(
        self,
        initial_learning_rate: float,
        decay_steps: int,
        alpha: float = 0.0,
        name: str = "CosineDecay",
        warmup_target: float | None = None,
        warmup_steps: int = 0,
    ) -> None:
        self.initial_learning_rate = initial_learning_rate
        self.decay_steps = _positive(self, decay_steps)
        self.alpha = alpha
        self.name = name
        self.warmup_target = warmup_target
        self.warmup_steps = warmup_steps

    def __call__(self, step: Any) -> Array:
        step = jnp.asarray(step, "float32")
        if self.warmup_target is None:
            return self._decay(step, self.initial_learning_rate)
        climbed = step / max(self.warmup_steps, 1)
        warm = self.initial_learning_rate + (self.warmup_target - self.initial_learning_rate) * climbed
        return jnp.where(step < self.warmup_steps, warm, self._decay(step - self.warmup_steps, self.warmup_target))

    def _decay(self, step: Array, top: float) -> Array:
        fraction = jnp.clip(step / self.decay_steps, 0, 1)
        cosine = (1 + jnp.cos(jnp.pi * fraction)) / 2
        return top * ((1 - self.alpha) * cosine + self.alpha)


class PiecewiseConstantDecay(LearningRateSchedule):
    """`values[i]` up to and with step `boundaries[i]`, the last value after that.

    Args:
        boundaries: steps, ascending.
        values: rates, one more than the boundaries.
    """

    def __init__(self, boundaries: list[float], values: list[float], name: str = "PiecewiseConstant") -> None:
        if len(boundaries) != len(values) - 1:
            raise ValueError(
                f"PiecewiseConstantDecay needs one more value than boundaries; got {len(values)} and {len(boundaries)}."
            )
        self.boundaries = list(boundaries)
        self.values = list(values)
        self.name = name

    def __call__(self, step: Any) -> Array:
        place = jnp.sum(jnp.asarray(step) > jnp.asarray(self.boundaries))
        return jnp.asarray(self.values, "float32")[place]


def _positive(schedule: Any, steps: Any) -> int:
    return int(checks.number(schedule, "decay_steps", steps, beyond=True))


def serialize(schedule: LearningRateSchedule) -> dict[str, Any]:
    """A schedule as data."""
    return record(schedule)


def deserialize(config: dict[str, Any], custom_objects: Any = None) -> Any:
    """A schedule from data."""
    return from_data(config, custom_objects)
