"""Metrics: what is watched. One family a file."""

from collections.abc import Mapping
from typing import Any

from .._core.config import custom_objects as scope
from .._core.config import getter, register_function, to_data
from ..losses import ALIASES as LOSS_ALIASES
from ..losses import (
    Loss,
    binary_crossentropy,
    binary_focal_crossentropy,
    categorical_crossentropy,
    categorical_focal_crossentropy,
    categorical_hinge,
    hinge,
    huber,
    kl_divergence,
    log_cosh,
    mean_absolute_error,
    mean_absolute_percentage_error,
    mean_squared_error,
    mean_squared_logarithmic_error,
    poisson,
    sparse_categorical_crossentropy,
    squared_hinge,
)
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
from .auc import AUC
from .confusion import FalseNegatives, FalsePositives, Precision, Recall, TrueNegatives, TruePositives
from .correlation import ConcordanceCorrelation, PearsonCorrelation, concordance_correlation, pearson_correlation
from .curve import PrecisionAtRecall, RecallAtPrecision, SensitivityAtSpecificity, SpecificityAtSensitivity
from .f_score import F1Score, FBetaScore
from .hinges import CategoricalHinge, Hinge, SquaredHinge
from .iou import BinaryIoU, IoU, MeanIoU, OneHotIoU, OneHotMeanIoU
from .mean import LossMean, Mean, MeanMetricWrapper, Sum
from .metric import Metric
from .probability import (
    BinaryCrossentropy,
    CategoricalCrossentropy,
    KLDivergence,
    Poisson,
    SparseCategoricalCrossentropy,
)
from .reading import CharacterErrorRate, WordErrorRate
from .regression import (
    CosineSimilarity,
    LogCoshError,
    MeanAbsoluteError,
    MeanAbsolutePercentageError,
    MeanSquaredError,
    MeanSquaredLogarithmicError,
    R2Score,
    RootMeanSquaredError,
)

# Each function and the class of its mean; names and aliases are those of Keras.
_CLASSES: dict[Any, type[Metric]] = {
    accuracy: Accuracy,
    binary_accuracy: BinaryAccuracy,
    binary_crossentropy: BinaryCrossentropy,
    categorical_accuracy: CategoricalAccuracy,
    categorical_crossentropy: CategoricalCrossentropy,
    categorical_hinge: CategoricalHinge,
    concordance_correlation: ConcordanceCorrelation,
    hinge: Hinge,
    kl_divergence: KLDivergence,
    log_cosh: LogCoshError,
    mean_absolute_error: MeanAbsoluteError,
    mean_absolute_percentage_error: MeanAbsolutePercentageError,
    mean_squared_error: MeanSquaredError,
    mean_squared_logarithmic_error: MeanSquaredLogarithmicError,
    pearson_correlation: PearsonCorrelation,
    poisson: Poisson,
    sparse_categorical_accuracy: SparseCategoricalAccuracy,
    sparse_categorical_crossentropy: SparseCategoricalCrossentropy,
    sparse_top_k_categorical_accuracy: SparseTopKCategoricalAccuracy,
    squared_hinge: SquaredHinge,
    top_k_categorical_accuracy: TopKCategoricalAccuracy,
}
_FUNCTIONS = (binary_focal_crossentropy, categorical_focal_crossentropy, huber)  # those without a class
_OTHERS = (
    *(AUC, Precision, Recall, TruePositives, TrueNegatives, FalsePositives, FalseNegatives),
    *(PrecisionAtRecall, RecallAtPrecision, SensitivityAtSpecificity, SpecificityAtSensitivity),
    *(F1Score, FBetaScore, IoU, BinaryIoU, MeanIoU, OneHotIoU, OneHotMeanIoU),
    *(CosineSimilarity, R2Score, RootMeanSquaredError, Mean, MeanMetricWrapper, Sum),
    *(CharacterErrorRate, WordErrorRate),
)
_ALIASES: dict[str, Any] = {
    **{name: _CLASSES[function] for name, function in LOSS_ALIASES.items()},
    **dict.fromkeys(("rmse", "RMSE"), RootMeanSquaredError),
    "log_cosh": LogCoshError,
    "cer": CharacterErrorRate,
    "wer": WordErrorRate,
}

for _function in _CLASSES:
    register_function(_function)

get = getter("metric", (*_CLASSES.values(), *_OTHERS, *_FUNCTIONS), _ALIASES)


def serialize(metric: Any) -> Any:
    """A metric or a function as data that `get` and `deserialize` take: its class and arguments, or its name."""
    return to_data(metric)


def deserialize(config: Any, custom_objects: Mapping[str, Any] | None = None) -> Any:
    """The metric that `serialize` described; `custom_objects` are the program's own classes and functions, by name."""
    with scope(custom_objects or {}):
        return get(config)


def resolve(identifier: Any) -> Metric:
    """A `Metric` from its name, config, class, function or object, or from a loss; named as the user named it."""
    found = get(identifier)
    if isinstance(found, Metric):
        if isinstance(identifier, str):
            found.name = identifier
        return found
    if found is None:
        raise TypeError("A metric can't be None.")
    if isinstance(found, Loss):
        return LossMean(found)
    name = identifier if isinstance(identifier, str) else getattr(found, "__name__", None)
    return _CLASSES[found](name=name) if found in _CLASSES else MeanMetricWrapper(found, name)


__all__ = [
    "AUC",
    "Accuracy",
    "BinaryAccuracy",
    "BinaryCrossentropy",
    "BinaryIoU",
    "CategoricalAccuracy",
    "CategoricalCrossentropy",
    "CategoricalHinge",
    "CharacterErrorRate",
    "ConcordanceCorrelation",
    "CosineSimilarity",
    "F1Score",
    "FBetaScore",
    "FalseNegatives",
    "FalsePositives",
    "Hinge",
    "IoU",
    "KLDivergence",
    "LogCoshError",
    "Mean",
    "MeanAbsoluteError",
    "MeanAbsolutePercentageError",
    "MeanIoU",
    "MeanMetricWrapper",
    "MeanSquaredError",
    "MeanSquaredLogarithmicError",
    "Metric",
    "OneHotIoU",
    "OneHotMeanIoU",
    "PearsonCorrelation",
    "Poisson",
    "Precision",
    "PrecisionAtRecall",
    "R2Score",
    "Recall",
    "RecallAtPrecision",
    "RootMeanSquaredError",
    "SensitivityAtSpecificity",
    "SparseCategoricalAccuracy",
    "SparseCategoricalCrossentropy",
    "SparseTopKCategoricalAccuracy",
    "SpecificityAtSensitivity",
    "SquaredHinge",
    "Sum",
    "TopKCategoricalAccuracy",
    "TrueNegatives",
    "TruePositives",
    "WordErrorRate",
    "accuracy",
    "binary_accuracy",
    "binary_crossentropy",
    "binary_focal_crossentropy",
    "categorical_accuracy",
    "categorical_crossentropy",
    "categorical_focal_crossentropy",
    "categorical_hinge",
    "concordance_correlation",
    "deserialize",
    "get",
    "hinge",
    "huber",
    "kl_divergence",
    "log_cosh",
    "mean_absolute_error",
    "mean_absolute_percentage_error",
    "mean_squared_error",
    "mean_squared_logarithmic_error",
    "pearson_correlation",
    "poisson",
    "serialize",
    "sparse_categorical_accuracy",
    "sparse_categorical_crossentropy",
    "sparse_top_k_categorical_accuracy",
    "squared_hinge",
    "top_k_categorical_accuracy",
]
