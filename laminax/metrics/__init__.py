"""Metrics: what is watched. One family a file."""

from typing import Any

from .._core.config import getter, record, register_function
from ..losses import binary_crossentropy, categorical_crossentropy, huber, mean_absolute_error, mean_squared_error
from ..losses import sparse_categorical_crossentropy as sparse_categorical_crossentropy
from .accuracy import (
    Accuracy,
    BinaryAccuracy,
    CategoricalAccuracy,
    SparseCategoricalAccuracy,
    SparseTopKCategoricalAccuracy,
    TopKCategoricalAccuracy,
    accuracy,
    binary_accuracy,
    categorical_accuracy,
    sparse_categorical_accuracy,
    sparse_top_k_categorical_accuracy,
    top_k_categorical_accuracy,
)
from .confusion import AUC, Precision, Recall
from .mean import Mean, MeanMetricWrapper, Sum
from .metric import Metric
from .reading import CharacterErrorRate, WordErrorRate
from .regression import MeanAbsoluteError, MeanSquaredError, RootMeanSquaredError

_CLASSES: dict[Any, type[Metric]] = {
    accuracy: Accuracy,
    binary_accuracy: BinaryAccuracy,
    categorical_accuracy: CategoricalAccuracy,
    sparse_categorical_accuracy: SparseCategoricalAccuracy,
    top_k_categorical_accuracy: TopKCategoricalAccuracy,
    sparse_top_k_categorical_accuracy: SparseTopKCategoricalAccuracy,
    mean_squared_error: MeanSquaredError,
    mean_absolute_error: MeanAbsoluteError,
}
_FUNCTIONS = (*_CLASSES, binary_crossentropy, categorical_crossentropy, sparse_categorical_crossentropy, huber)
_ALIASES = {
    "bce": binary_crossentropy,
    "mse": mean_squared_error,
    "mae": mean_absolute_error,
    "cer": CharacterErrorRate,
    "rmse": RootMeanSquaredError,
    "wer": WordErrorRate,
}

for _function in _CLASSES:
    register_function(_function)

get = getter(
    "metric",
    (
        *_FUNCTIONS,
        *_CLASSES.values(),
        AUC,
        Mean,
        Precision,
        Recall,
        RootMeanSquaredError,
        Sum,
        CharacterErrorRate,
        WordErrorRate,
    ),
    {**_ALIASES, **{k.upper(): v for k, v in _ALIASES.items()}},
)
serialize = record


def resolve(identifier: Any) -> Metric:
    """A `Metric` from its name, config, class, function or object, named as the user named it."""
    found = get(identifier)
    if isinstance(found, Metric):
        if isinstance(identifier, str):
            found.name = identifier
        return found
    if found is None:
        raise TypeError("A metric can't be None.")
    name = identifier if isinstance(identifier, str) else found.__name__
    return _CLASSES[found](name=name) if found in _CLASSES else MeanMetricWrapper(found, name)


__all__ = [
    "AUC",
    "Accuracy",
    "BinaryAccuracy",
    "CategoricalAccuracy",
    "CharacterErrorRate",
    "Mean",
    "MeanAbsoluteError",
    "MeanMetricWrapper",
    "MeanSquaredError",
    "Metric",
    "Precision",
    "Recall",
    "RootMeanSquaredError",
    "SparseCategoricalAccuracy",
    "SparseTopKCategoricalAccuracy",
    "Sum",
    "TopKCategoricalAccuracy",
    "WordErrorRate",
    "accuracy",
    "binary_accuracy",
    "binary_crossentropy",
    "categorical_accuracy",
    "categorical_crossentropy",
    "get",
    "huber",
    "mean_absolute_error",
    "mean_squared_error",
    "serialize",
    "sparse_categorical_accuracy",
    "sparse_categorical_crossentropy",
    "sparse_top_k_categorical_accuracy",
    "top_k_categorical_accuracy",
]
