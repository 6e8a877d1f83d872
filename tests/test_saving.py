"""Weights in files."""

import os

import numpy as np
import pytest

import laminax as lx
from laminax import layers
from laminax.saving import weights


def model_of(units=3, dtype=None):
    return lx.Sequential(
        [lx.Input((4,)), layers.Dense(units, dtype=dtype), layers.BatchNormalization(), layers.Dropout(0.5, seed=1)]
    )


@pytest.fixture
def path(tmp_path):
    return tmp_path / "m.safetensors"


@pytest.mark.filterwarnings("ignore:.*is slower than float32 on a CPU")
@pytest.mark.parametrize("dtype", ["float32", "bfloat16", "mixed_bfloat16"])
def test_weights_come_back(path, dtype):
    model, other = model_of(dtype=dtype), model_of(dtype=dtype)
    model.compile("adam", "mse")
    model.fit(np.ones((8, 4)), np.ones((8, 3)), verbose=0)
    model.save_weights(path)
    other.load_weights(path)
    for a, b in zip(model.variables, other.variables, strict=True):
        assert a.dtype == b.dtype
        np.testing.assert_array_equal(a.numpy(), b.numpy())


def test_a_file_that_does_not_fit_changes_nothing(path):
    model_of(5).save_weights(path)
    model = model_of(3)
    before = model.get_weights()
    with pytest.raises(ValueError, match=r"layers/dense/kernel of shape \(4, 5\), the model of \(4, 3\)"):
        model.load_weights(path)
    lx.Sequential([lx.Input((4,)), layers.Dense(3, name="other")]).save_weights(path)
    with pytest.raises(ValueError, match=r"lacks layers/dense/kernel.*has unknown layers/other"):
        model.load_weights(path)
    for a, b in zip(before, model.get_weights()):
        np.testing.assert_array_equal(a, b)


def test_bad_files_and_names(path, tmp_path):
    model = model_of()
    with pytest.raises(ValueError, match=r"kept in \.safetensors files"):
        model.save_weights(tmp_path / "m.h5")
    with pytest.raises(FileNotFoundError):
        model.load_weights(path)
    path.write_bytes(b"not a file of weights")
    with pytest.raises(ValueError, match=r"is no whole \.safetensors file"):
        model.load_weights(path)
    with pytest.raises(ValueError, match="has no weights yet"):
        lx.Sequential([layers.Dense(1)]).save_weights(path)
    model.save_weights(path)
    with pytest.raises(FileExistsError, match="overwrite=True"):
        model.save_weights(path, overwrite=False)


def test_a_save_that_fails_leaves_the_old_file(path, monkeypatch):
    model = model_of()
    model.save_weights(path)
    before = path.read_bytes()

    def fails(*_):
        raise OSError("no space left")

    model.set_weights([w + 1 for w in model.get_weights()])
    for name in ("fsync", "replace"):
        with monkeypatch.context() as patch:
            patch.setattr(weights.os, name, fails)
            with pytest.raises(OSError, match="no space left"):
                model.save_weights(path)
        assert path.read_bytes() == before
        assert os.listdir(path.parent) == [path.name]
