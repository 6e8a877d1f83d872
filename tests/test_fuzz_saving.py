"""Damaged files: whatever is wrong with them, what comes of it is a `ModelFileError`, soon and in little memory."""

import gc
import warnings

import fuzz_saving
import pytest


@pytest.fixture
def unseen():
    """What tests before have left is not looked through by the garbage collector: that may take seconds."""
    gc.freeze()
    yield
    gc.unfreeze()


def test_damage_of_all_kinds(tmp_path, unseen):
    """The first cases of many: `python -m fuzz_saving 100000` tries more."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        fuzz_saving.others(), fuzz_saving.archives()
        found, wrong = fuzz_saving.run(range(2000), tmp_path)
    assert wrong == []
    assert found.total() == 2000
    assert all(
        found[name] > 5 for name in ("CorruptFileError", "UnsafeFileError", "IncompatibleWeightsError", "loaded")
    )
