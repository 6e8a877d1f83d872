"""Losses: what training makes small. One family a file."""

from typing import Any

from .._core.config import getter, record, register_function
from .crossentropy import (
    BinaryCrossentropy,
    CategoricalCrossentropy,
    SparseCategoricalCrossentropy,
    binary_crossentropy,
    categorical_crossentropy,
    sparse_categorical_crossentropy,
)
from .ctc import CTC, ctc
from .loss import Loss, LossFunction
from .regression import (
    Huber,
    MeanAbsoluteError,
    MeanSquaredError,
    huber,
    mean_absolute_error,
    mean_squared_error,
)

# Each function and the class that reduces it; names and aliases are those of Keras.
_CLASSES: dict[Any, type[Loss]] = {
    binary_crossentropy: BinaryCrossentropy,
    categorical_crossentropy: CategoricalCrossentropy,
    sparse_categorical_crossentropy: SparseCategoricalCrossentropy,
    mean_squared_error: MeanSquaredError,
    mean_absolute_error: MeanAbsoluteError,
    huber: Huber,
    ctc: CTC,
}
_ALIASES = {"bce": binary_crossentropy, "mse": mean_squared_error, "mae": mean_absolute_error}

for _function in _CLASSES:
    register_function(_function)

get = getter("loss", (*_CLASSES, *_CLASSES.values()), {**_ALIASES, **{k.upper(): v for k, v in _ALIASES.items()}})
serialize = record


def resolve(identifier: Any) -> Loss | None:
    """A `Loss` from its name, config, class, function or object; `None` stays `None`."""
    found = get(identifier)
    if found is None or isinstance(found, Loss):
        return found
    return _CLASSES[found]() if found in _CLASSES else LossFunction(found)


__all__ = [
    "CTC",
    "BinaryCrossentropy",
    "CategoricalCrossentropy",
    "Huber",
    "Loss",
    "MeanAbsoluteError",
    "MeanSquaredError",
    "SparseCategoricalCrossentropy",
    "binary_crossentropy",
    "categorical_crossentropy",
    "ctc",
    "get",
    "huber",
    "mean_absolute_error",
    "mean_squared_error",
    "serialize",
    "sparse_categorical_crossentropy",
]
