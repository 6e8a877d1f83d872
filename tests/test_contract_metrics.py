"""Every public metric keeps the contract of metrics."""

import inspect

import pytest
from contract import check_all_have_samples, parametrize, public_classes
from contract_metrics import CHECKS
from contract_samples import ABSTRACT_METRICS, METRICS

from laminax import losses, metrics

# Keras's names besides those of classes and functions.
ALIASES = {
    "bce": "BinaryCrossentropy",
    "mae": "MeanAbsoluteError",
    "mape": "MeanAbsolutePercentageError",
    "mse": "MeanSquaredError",
    "msle": "MeanSquaredLogarithmicError",
    "rmse": "RootMeanSquaredError",
}


def test_every_metric_has_a_sample():
    check_all_have_samples(public_classes(metrics, metrics.Metric), METRICS, ABSTRACT_METRICS)


def test_every_function_has_a_class_or_is_a_loss():
    functions = {name for name in metrics.__all__ if inspect.isfunction(getattr(metrics, name))}
    sampled = {s.function.__name__ for s in METRICS if s.function is not None}
    assert functions - {"get", "serialize", "deserialize"} <= sampled | set(losses.__all__)


@parametrize(METRICS, CHECKS)
def test_metric(check, sample):
    check(sample)


@pytest.mark.parametrize("alias", ALIASES)
def test_aliases(alias):
    for name in (alias, alias.upper()):
        metric = metrics.resolve(name)
        assert type(metric).__name__ == ALIASES[alias]
        assert metric.name == name


def test_a_misspelt_name_is_near_the_right_one():
    with pytest.raises(ValueError, match=r"Unknown metric 'precission'. Did you mean 'Precision'"):
        metrics.get("precission")
