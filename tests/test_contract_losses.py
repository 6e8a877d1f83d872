"""Every public loss keeps the contract of losses."""

import inspect

import numpy as np
import pytest
from contract import check_all_have_samples, parametrize, public_classes
from contract_losses import CHECKS
from contract_samples import ABSTRACT_LOSSES, LOSSES

from laminax import losses

# Keras's names besides those of classes and functions.
ALIASES = {
    "bce": "BinaryCrossentropy",
    "kld": "KLDivergence",
    "mae": "MeanAbsoluteError",
    "mape": "MeanAbsolutePercentageError",
    "mse": "MeanSquaredError",
    "msle": "MeanSquaredLogarithmicError",
}


def test_every_loss_has_a_sample():
    check_all_have_samples(public_classes(losses, losses.Loss), LOSSES, ABSTRACT_LOSSES)


def test_every_function_has_a_class():
    functions = {name for name in losses.__all__ if inspect.isfunction(getattr(losses, name))}
    assert functions - {"get", "serialize", "deserialize"} == {
        s.function.__name__ for s in LOSSES if s.function is not None
    }


@parametrize(LOSSES, CHECKS)
def test_loss(check, sample):
    check(sample)


@pytest.mark.parametrize("alias", ALIASES)
def test_aliases(alias):
    for name in (alias, alias.upper()):
        assert type(losses.resolve(name)).__name__ == ALIASES[alias]


def test_a_function_of_the_users_own():
    loss = losses.resolve(lambda y_true, y_pred: abs(y_true - y_pred).sum(-1))
    np.testing.assert_allclose(loss(np.zeros((2, 3)), np.ones((2, 3)), np.array([1.0, 3.0])), 6)
    assert losses.resolve(None) is None


def test_a_misspelt_name_is_near_the_right_one():
    with pytest.raises(ValueError, match=r"Unknown loss 'hubber'. Did you mean 'Huber'"):
        losses.get("hubber")
