"""Optimizers: how parameters move. One family a file."""

from typing import Any

from .._core.config import getter, record
from . import schedules
from .adam import Adam, AdamW
from .optimizer import Optimizer
from .rmsprop import RMSprop
from .sgd import SGD
from .wrappers import LossScaleOptimizer, OptaxOptimizer

_lookup = getter("optimizer", (Adam, AdamW, RMSprop, SGD))


def get(identifier: Any) -> Optimizer:
    """An optimizer from its name, config, class or object, or from an optax transformation."""
    if isinstance(identifier, Optimizer):
        return identifier
    if not isinstance(identifier, (str, dict, type)) and hasattr(identifier, "init") and hasattr(identifier, "update"):
        return OptaxOptimizer(identifier)
    found = _lookup(identifier)
    if not isinstance(found, Optimizer):
        raise TypeError(
            f"An optimizer is a name, a config, an Optimizer or an optax transformation; got {identifier!r}."
        )
    return found


serialize = record

__all__ = ["SGD", "Adam", "AdamW", "LossScaleOptimizer", "Optimizer", "RMSprop", "get", "schedules", "serialize"]
