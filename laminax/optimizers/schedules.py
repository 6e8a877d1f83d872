"""Learning rates as functions of the step."""

import itertools
import math
from collections.abc import Sequence
from typing import Any

import jax.numpy as jnp

from .._core import checks
from .._core.config import Configurable, from_data, record

__all__ = [
    "CosineDecay",
    "CosineDecayRestarts",
    "ExponentialDecay",
    "InverseTimeDecay",
    "LearningRateSchedule",
    "PiecewiseConstantDecay",
    "PolynomialDecay",
    "deserialize",
    "serialize",
]

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
        self.initial_learning_rate = _rate(self, initial_learning_rate)
        self.decay_steps = _positive(self, "decay_steps", decay_steps)
        self.decay_rate = checks.real(self, "decay_rate", decay_rate)
        self.staircase = checks.boolean(self, "staircase", staircase)
        self.name = name

    def __call__(self, step: Any) -> Array:
        return self.initial_learning_rate * self.decay_rate ** _periods(step, self.decay_steps, self.staircase)


class InverseTimeDecay(LearningRateSchedule):
    """`initial_learning_rate / (1 + decay_rate * step / decay_steps)`, the quotient rounded down if `staircase`."""

    def __init__(
        self,
        initial_learning_rate: float,
        decay_steps: int,
        decay_rate: float,
        staircase: bool = False,
        name: str = "InverseTimeDecay",
    ) -> None:
        self.initial_learning_rate = _rate(self, initial_learning_rate)
        self.decay_steps = _positive(self, "decay_steps", decay_steps)
        self.decay_rate = checks.real(self, "decay_rate", decay_rate)
        self.staircase = checks.boolean(self, "staircase", staircase)
        self.name = name

    def __call__(self, step: Any) -> Array:
        return self.initial_learning_rate / (1 + self.decay_rate * _periods(step, self.decay_steps, self.staircase))


class PolynomialDecay(LearningRateSchedule):
    """`(initial_learning_rate - end_learning_rate) * (1 - step / decay_steps) ** power + end_learning_rate`.

    After `decay_steps` the rate stays, or, with `cycle`, goes up again: `decay_steps` is then taken as often as it
    needs to be to reach the step.
    """

    def __init__(
        self,
        initial_learning_rate: float,
        decay_steps: int,
        end_learning_rate: float = 0.0001,
        power: float = 1.0,
        cycle: bool = False,
        name: str = "PolynomialDecay",
    ) -> None:
        self.initial_learning_rate = _rate(self, initial_learning_rate)
        self.decay_steps = _positive(self, "decay_steps", decay_steps)
        self.end_learning_rate = _rate(self, end_learning_rate)
        self.power = checks.real(self, "power", power)
        self.cycle = checks.boolean(self, "cycle", cycle)
        self.name = name

    def __call__(self, step: Any) -> Array:
        periods = _periods(step, self.decay_steps)
        done = periods / jnp.maximum(jnp.ceil(periods), 1) if self.cycle else jnp.minimum(periods, 1)
        span = self.initial_learning_rate - self.end_learning_rate
        return span * (1 - done) ** self.power + self.end_learning_rate


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
        self.initial_learning_rate = _rate(self, initial_learning_rate)
        self.decay_steps = _positive(self, "decay_steps", decay_steps)
        self.alpha = checks.real(self, "alpha", alpha)
        self.name = name
        self.warmup_target = None if warmup_target is None else _rate(self, warmup_target)
        self.warmup_steps = checks.integer(self, "warmup_steps", warmup_steps, least=0)

    def __call__(self, step: Any) -> Array:
        step = jnp.asarray(step, "float32")
        if self.warmup_target is None:
            return self._decay(step, self.initial_learning_rate)
        climbed = step / max(self.warmup_steps, 1)
        warm = self.initial_learning_rate + (self.warmup_target - self.initial_learning_rate) * climbed
        return jnp.where(step < self.warmup_steps, warm, self._decay(step - self.warmup_steps, self.warmup_target))

    def _decay(self, step: Array, top: float) -> Array:
        return top * _cosine(jnp.clip(step / self.decay_steps, 0, 1), self.alpha)


class CosineDecayRestarts(LearningRateSchedule):
    """Halves of cosines one after another, each from a new top (Loshchilov & Hutter, 2017).

    Args:
        initial_learning_rate: the first top.
        first_decay_steps: the length of the first one.
        t_mul: each is so many times as long as the one before.
        m_mul: each starts so many times as high as the one before.
        alpha: the least rate, as a part of the first top.
        name: a name.
    """

    def __init__(
        self,
        initial_learning_rate: float,
        first_decay_steps: int,
        t_mul: float = 2.0,
        m_mul: float = 1.0,
        alpha: float = 0.0,
        name: str = "SGDRDecay",
    ) -> None:
        self.initial_learning_rate = _rate(self, initial_learning_rate)
        self.first_decay_steps = _positive(self, "first_decay_steps", first_decay_steps)
        self.t_mul = checks.number(self, "t_mul", t_mul, beyond=True)
        self.m_mul = checks.number(self, "m_mul", m_mul)
        self.alpha = checks.real(self, "alpha", alpha)
        self.name = name

    def __call__(self, step: Any) -> Array:
        periods = _periods(step, self.first_decay_steps)
        restarts = jnp.floor(periods)
        done = periods - restarts
        if self.t_mul != 1:
            t, guess = self.t_mul, jnp.log(1 + periods * (self.t_mul - 1)) / math.log(self.t_mul)
            restarts = jnp.floor(guess + 1e-4)  # a logarithm of a power may come out a little too small
            done = jnp.maximum((periods - (t**restarts - 1) / (t - 1)) / t**restarts, 0)
        return self.initial_learning_rate * _cosine(done, self.alpha, self.m_mul**restarts)


class PiecewiseConstantDecay(LearningRateSchedule):
    """`values[i]` up to and with step `boundaries[i]`, the last value after that.

    Args:
        boundaries: steps, ascending.
        values: rates, one more than the boundaries.
        name: a name.
    """

    def __init__(self, boundaries: Sequence[float], values: Sequence[float], name: str = "PiecewiseConstant") -> None:
        if len(boundaries) != len(values) - 1:
            raise ValueError(
                f"PiecewiseConstantDecay needs one more value than boundaries; got {len(values)} and {len(boundaries)}."
            )
        if any(a >= b for a, b in itertools.pairwise(boundaries)):
            raise ValueError(f"PiecewiseConstantDecay: boundaries must ascend; got {list(boundaries)}.")
        self.boundaries = list(boundaries)
        self.values = list(values)
        self.name = name

    def __call__(self, step: Any) -> Array:
        place = jnp.sum(jnp.asarray(step) > jnp.asarray(self.boundaries))
        return jnp.asarray(self.values, "float32")[place]


def _periods(step: Any, length: float, whole: bool = False) -> Array:
    periods = jnp.asarray(step, "float32") / length
    return jnp.floor(periods) if whole else periods


def _cosine(done: Array, alpha: float, top: Array | float = 1.0) -> Array:
    """From `top` down to `alpha` while `done` goes from 0 to 1."""
    return (1 - alpha) * top * (1 + jnp.cos(jnp.pi * done)) / 2 + alpha


def _rate(schedule: Any, rate: Any) -> float:
    """A rate as a number; it may be a variable, such as the rate that an optimizer has."""
    return checks.real(schedule, "a learning rate", float(rate) if hasattr(rate, "dtype") else rate)


def _positive(schedule: Any, name: str, steps: Any) -> int:
    return int(checks.number(schedule, name, steps, beyond=True))


def serialize(learning_rate_schedule: LearningRateSchedule) -> dict[str, Any]:
    """A schedule as data."""
    return record(learning_rate_schedule)


def deserialize(config: dict[str, Any], custom_objects: Any = None) -> Any:
    """A schedule from data."""
    return from_data(config, custom_objects)
