"""Weights in files."""

import os
import re

import numpy as np
import pytest

import laminax as lx
from laminax import layers, saving
from laminax.saving import IncompatibleWeightsError

ENDINGS = (".weights.h5", ".safetensors")


def model_of(units=3, dtype=None, **more):
    return lx.Sequential(
        [lx.Input((4,)), layers.Dense(units, dtype=dtype, **more), layers.BatchNormalization(), layers.Dropout(0.5)]
    )


def scattered(model):
    rng = np.random.default_rng(1)
    model.set_weights([rng.normal(size=w.shape) for w in model.get_weights()])
    return model


def assert_same_weights(a, b):
    for x, y in zip(a.weights, b.weights, strict=True):
        assert x.dtype == y.dtype
        np.testing.assert_array_equal(x.numpy(), y.numpy())


@pytest.fixture(params=ENDINGS)
def path(request, tmp_path):
    return tmp_path / f"m{request.param}"


@pytest.mark.parametrize("dtype", ["float32", "bfloat16", "float16", "mixed_bfloat16"])
def test_weights_come_back(path, dtype):
    model, other = scattered(model_of(dtype=dtype)), model_of(dtype=dtype)
    model.save_weights(path)
    report = other.load_weights(path)
    assert_same_weights(model, other)
    assert report.weights == len(model.weights if path.suffix == ".h5" else model.variables)
    assert report.notes == []
    if path.suffix == ".safetensors":  # which has the state of random layers, too
        np.testing.assert_array_equal(*(m.layers[-1].seed_generator.state.numpy() for m in (model, other)))


def test_a_file_that_does_not_fit_changes_nothing(path):
    model_of(5).save_weights(path)
    model = model_of(3)
    before = model.get_weights()
    with pytest.raises(IncompatibleWeightsError, match=r"\(4, 5\), the model's sequential/dense/kernel \(4, 3\)"):
        model.load_weights(path)
    lx.Sequential([lx.Input((4,)), layers.PReLU(name="other")], name="o").save_weights(path)
    with pytest.raises(IncompatibleWeightsError, match=r"lacks .*dense.*has unknown layers/(other|p_re_lu)"):
        model.load_weights(path)
    for a, b in zip(before, model.get_weights()):
        np.testing.assert_array_equal(a, b)


def test_what_does_not_fit_can_be_left_out(path):
    model, other = scattered(model_of(3)), model_of(5)
    model.save_weights(path)
    before = other.get_weights()
    with pytest.warns(UserWarning, match="left out what does not fit"):
        report = other.load_weights(path, skip_mismatch=True)
    assert report.weights == (0 if path.suffix == ".h5" else 1)
    for a, b in zip(before, other.get_weights()):
        np.testing.assert_array_equal(a, b)


def test_types_are_converted_where_nothing_is_lost_unseen(path):
    model, other = scattered(model_of()), model_of(dtype="bfloat16")
    model.save_weights(path)
    report = other.load_weights(path)
    assert "converted from float32 to bfloat16" in report.notes[0]
    assert "converted" in str(report)

    class Counts(layers.Layer):
        def __init__(self, dtype, **kwargs):
            super().__init__(**kwargs)
            self.counts = self.add_weight((2,), "ones", dtype, trainable=False)

        def call(self, x):
            return x

    def counting(dtype, value):
        made = lx.Sequential([lx.Input((4,)), Counts(dtype)])
        made.layers[0].counts.assign(value)
        return made

    counting("int32", [1, 300]).save_weights(path)
    small = counting("int16", [0, 0])
    small.load_weights(path)
    assert small.layers[0].counts.numpy().tolist() == [1, 300]
    with pytest.raises(IncompatibleWeightsError, match="integers that do not fit the model's int8"):
        counting("int8", [0, 0]).load_weights(path)
    with pytest.raises(IncompatibleWeightsError, match="is int32, the model's sequential/counts/variable float32"):
        counting("float32", [0, 0]).load_weights(path)
    with pytest.raises(IncompatibleWeightsError, match="is int32, the model's sequential/counts/variable bool"):
        counting("bool", [0, 0]).load_weights(path)


def test_numbers_that_are_not_finite_are_told(path):
    model = model_of()
    model.layers[0].kernel.assign(np.full((4, 3), np.nan))
    model.save_weights(path)
    with pytest.warns(UserWarning, match=r"not finite in layers/dense/"):
        model_of().load_weights(path)


def test_bad_names(tmp_path):
    model = model_of()
    for bad in ("m.h5", "m.keras", "m"):
        with pytest.raises(ValueError, match=r"kept in \.weights\.h5 or \.safetensors files"):
            model.save_weights(tmp_path / bad)
    with pytest.raises(ValueError, match=r"kept in \.weights\.h5, \.safetensors, \.keras or \.h5 files"):
        model.load_weights(tmp_path / "m.txt")
    with pytest.raises(ValueError, match="max_shard_size is not supported"):
        model.save_weights(tmp_path / "m.weights.h5", max_shard_size=1)
    with pytest.raises(saving.UnsafeFileError, match=r"\.pt is not read.*Convert it to \.safetensors"):
        model.load_weights(os.fsencode(tmp_path / "m.pt"))


def test_what_is_no_file(path, tmp_path):
    model = model_of()
    with pytest.raises(FileNotFoundError, match=re.escape(str(path))):
        model.load_weights(path)
    path.mkdir()
    with pytest.raises(IsADirectoryError, match=re.escape(str(path))):
        model.load_weights(path)
    path.rmdir()
    os.mkfifo(path)
    with pytest.raises(ValueError, match="is not a regular file"):
        model.load_weights(path)
    path.unlink()
    path.symlink_to(tmp_path / "nowhere")
    with pytest.raises(FileNotFoundError):
        model.load_weights(path)


def test_without_weights(path):
    empty = lx.Sequential([layers.Dense(1)])
    with pytest.raises(ValueError, match="has no weights yet"):
        empty.save_weights(path)
    model_of().save_weights(path)
    with pytest.raises(IncompatibleWeightsError, match=r"has no weights yet|has unknown"):
        empty.load_weights(path)


def test_an_existing_file_may_be_kept(path):
    model = model_of()
    saving.save_weights(model, path)
    before = path.read_bytes()
    with pytest.raises(FileExistsError, match="overwrite=True"):
        model.save_weights(path, overwrite=False)
    scattered(model).save_weights(path)
    assert path.read_bytes() != before
    saving.load_weights(model_of(), path)


def test_the_optimizer_is_in_the_file_of_keras(tmp_path):
    model, other = model_of(), model_of()
    for one in (model, other):
        one.compile(lx.optimizers.Adam(0.01), "mse")
        one.optimizer.build(one.trainable_variables)
    model.optimizer.apply([np.ones(v.shape, "float32") for v in model.trainable_variables])
    model.save_weights(tmp_path / "m.weights.h5")
    report = other.load_weights(tmp_path / "m.weights.h5")
    assert report.optimizer == len(other.optimizer.variables)
    for a, b in zip(model.optimizer.variables, other.optimizer.variables, strict=True):
        np.testing.assert_array_equal(a.numpy(), b.numpy())
    other.compile("sgd", "mse")
    with pytest.warns(UserWarning, match=r"the state of the optimizer is not restored: it has 10 variables, .*SGD 2"):
        other.load_weights(tmp_path / "m.weights.h5")
    assert other.optimizer.iterations.numpy() == 0


def test_layers_that_read_and_write_themselves(tmp_path):
    class Own(layers.Layer):
        def build(self, shape):
            self.scale = self.add_weight((2,), "ones")

        def call(self, x):
            return x * self.scale[0]

        def save_own_variables(self, store):
            store["first"], store["second"] = self.scale.numpy()[:1], self.scale.numpy()[1:]

        def load_own_variables(self, store):
            self.scale.assign(np.concatenate([store["first"], store["second"]]))

    model, other = lx.Sequential([lx.Input((2,)), Own()]), lx.Sequential([lx.Input((2,)), Own()])
    model.layers[0].scale.assign([3, 4])
    model.save_weights(tmp_path / "m.weights.h5")
    other.load_weights(tmp_path / "m.weights.h5")
    assert other.layers[0].scale.numpy().tolist() == [3, 4]
    lx.Sequential([lx.Input((2,)), Own(name="o"), Own()]).save_weights(tmp_path / "two.weights.h5")
    with pytest.raises(IncompatibleWeightsError, match="unknown layers/own_1/vars/first"):
        other.load_weights(tmp_path / "two.weights.h5")
