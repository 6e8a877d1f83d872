"""Every public callback keeps the contract of callbacks."""

import pytest
from contract import check_all_have_samples, parametrize, public_classes
from contract_callbacks import CHECKS
from contract_samples import ABSTRACT_CALLBACKS, CALLBACKS

from laminax import callbacks


def test_every_callback_has_a_sample():
    check_all_have_samples(public_classes(callbacks, callbacks.Callback), CALLBACKS, ABSTRACT_CALLBACKS)


@parametrize(CALLBACKS, CHECKS)
def test_callback(check, sample, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    check(sample)


def test_a_misspelt_hook_is_named():
    with pytest.raises(TypeError, match="Did you mean 'on_test_end'"):
        callbacks.LambdaCallback(on_tests_end=print)
