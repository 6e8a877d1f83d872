"""Optimizers: how parameters move. One family a file."""

from typing import Any

from .._core.config import deserializer, getter, record
from .._core.errors import shown
from . import schedules
from .adadelta import Adadelta
from .adafactor import Adafactor
from .adagrad import Adagrad
from .adam import Adam, AdamW
from .adamax import Adamax
from .ftrl import Ftrl
from .lamb import Lamb
from .lion import Lion
from .loss_scale import LossScaleOptimizer
from .multi import MultiOptimizer, OptimizerMap
from .muon import Muon
from .nadam import Nadam
from .optax_bridge import OptaxOptimizer
from .optimizer import Optimizer
from .rmsprop import RMSprop
from .schedule_free import ScheduleFreeAdamW
from .sgd import SGD

__all__ = [
    "SGD",
    "Adadelta",
    "Adafactor",
    "Adagrad",
    "Adam",
    "AdamW",
    "Adamax",
    "Ftrl",
    "Lamb",
    "Lion",
    "LossScaleOptimizer",
    "MultiOptimizer",
    "Muon",
    "Nadam",
    "Optimizer",
    "OptimizerMap",
    "RMSprop",
    "ScheduleFreeAdamW",
    "deserialize",
    "get",
    "schedules",
    "serialize",
]

_BY_NAME = (
    *(Adadelta, Adafactor, Adagrad, Adam, AdamW, Adamax, Ftrl, Lamb, Lion),
    *(Muon, Nadam, RMSprop, SGD, ScheduleFreeAdamW),
)
_lookup = getter("optimizer", _BY_NAME)
serialize, deserialize = record, deserializer(_lookup)


@shown
def get(identifier: Any) -> Optimizer | None:
    """An optimizer from its name, config, class or object, or from an optax transformation; `None` stays."""
    if identifier is None or isinstance(identifier, Optimizer):
        return identifier
    if not isinstance(identifier, (str, dict, type)) and hasattr(identifier, "init") and hasattr(identifier, "update"):
        return OptaxOptimizer(identifier)
    found = _lookup(identifier)
    if not isinstance(found, Optimizer):
        raise TypeError(
            f"An optimizer is a name, a config, an Optimizer or an optax transformation; got {identifier!r}."
        )
    return found
