"""Noise in training: its statistics, what is dropped together, bad input."""

import numpy as np
import pytest
from contract import assert_close

from laminax import layers

ONES = np.ones((40, 50, 20), "float32")
NORMAL = np.random.default_rng(6).normal(size=(40, 50, 20)).astype("float32")


def trained(layer, x):
    return np.asarray(layer(x, training=True))


@pytest.mark.parametrize(
    ("layer", "mean", "stddev"),
    [
        (layers.Dropout(0.3, seed=1), 1, np.sqrt(0.3 / 0.7)),
        (layers.GaussianDropout(0.3, seed=1), 1, np.sqrt(0.3 / 0.7)),
        (layers.GaussianNoise(0.3, seed=1), 1, 0.3),
        (layers.GaussianNoise(2.0, seed=1), 1, 2.0),
    ],
)
def test_statistics(layer, mean, stddev):
    y = trained(layer, ONES)
    assert_close(y.mean(), mean, 0.02)
    assert_close(y.std(), stddev, 0.02)


def test_alpha_dropout_keeps_mean_and_variance():
    """Where it drops there stands the least value of SELU, after the same step that the others get."""
    y = trained(layers.AlphaDropout(0.3, seed=1), NORMAL)
    assert_close(y.mean(), 0.0, 0.02)
    assert_close(y.std(), 1.0, 0.02)
    values, counts = np.unique(y, return_counts=True)
    least, a = -1.7580993, (0.7 * (1 + 0.3 * 1.7580993**2)) ** -0.5
    assert_close(values[counts.argmax()], np.float32(a * least * 0.7))
    assert_close(counts.max() / y.size, 0.3, 0.02)
    kept = y != values[counts.argmax()]
    assert_close(y[kept], np.float32(a) * NORMAL[kept] - np.float32(a * 0.3 * least))


@pytest.mark.parametrize("cls", [layers.Dropout, layers.AlphaDropout, layers.SpatialDropout1D])
def test_all_dropped(cls):
    assert_close(trained(cls(1.0), ONES), 0 * ONES)


@pytest.mark.parametrize(
    ("layer", "shape", "together"),
    [
        (layers.Dropout(0.5, (None, 1, None), seed=1), (8, 5, 9), (1,)),
        (layers.AlphaDropout(0.5, [8, 1, 9], seed=1), (8, 5, 9), (1,)),
        (layers.SpatialDropout1D(0.5, 1), (8, 5, 9), (1,)),
        (layers.SpatialDropout2D(0.5, seed=1), (8, 3, 4, 9), (1, 2)),
        (layers.SpatialDropout2D(0.5, "channels_first", 1), (8, 9, 3, 4), (2, 3)),
        (layers.SpatialDropout3D(0.5, seed=1), (8, 2, 3, 4, 9), (1, 2, 3)),
        (layers.SpatialDropout3D(0.5, "channels_first", 1), (8, 9, 2, 3, 4), (2, 3, 4)),
    ],
)
def test_dropped_together(layer, shape, together):
    y = trained(layer, np.ones(shape, "float32"))
    assert_close(y, np.broadcast_to(y.mean(together, keepdims=True), shape))
    assert len(np.unique(y)) == 2


def test_short_types_get_the_noise_of_float32():
    wanted = trained(layers.GaussianNoise(0.3, seed=1), ONES)
    found = layers.GaussianNoise(0.3, seed=1, dtype="mixed_bfloat16")(ONES, training=True)
    assert_close(found, wanted, 0.02)


def test_activity_is_a_mean_over_the_batch():
    layer = layers.ActivityRegularization(l1=0.2, l2=0.3)
    layer(np.full((4, 5), -2.0, "float32"))
    assert_close(layer.losses, [np.float32(5 * (0.2 * 2 + 0.3 * 4))])


@pytest.mark.parametrize(
    ("cls", "arguments", "words"),
    [
        *(
            (c, {"rate": 1.5}, f"{c.__name__}: Invalid value received for argument `rate`")
            for c in (layers.AlphaDropout, layers.GaussianDropout)
        ),
        (layers.SpatialDropout1D, {"rate": -0.5}, "SpatialDropout1D: .* a float value between 0 and 1; got -0.5"),
        (layers.SpatialDropout2D, {"rate": 0.5, "data_format": "last"}, "Unknown data_format 'last'"),
        (layers.GaussianDropout, {"rate": 1.0}, "`rate` must be less than 1"),
        (layers.GaussianNoise, {"stddev": -0.1}, "GaussianNoise: argument `stddev` must be a number >= 0; got -0.1"),
        (
            layers.ActivityRegularization,
            {"l1": -1.0},
            "ActivityRegularization: argument `l1` must be a number >= 0; got -1.0",
        ),
        (layers.Dropout, {"rate": 0.5, "noise_shape": "all"}, "Expected a tuple or list of integers; got 'all'"),
        (
            layers.Dropout,
            {"rate": 0.5, "noise_shape": (2, 0)},
            "Expected all dimensions to be positive integers or None; got \\(2, 0\\)",
        ),
        (layers.AlphaDropout, {"rate": 0.5, "noise_shape": (2, 1.5)}, "Expected all elements to be integers or None"),
        (layers.Dropout, {"rate": 0.5, "seed": -1}, "`seed` must be an integer that is not negative"),
    ],
)
def test_bad_arguments(cls, arguments, words):
    with pytest.raises(ValueError, match=words):
        cls(**arguments)


@pytest.mark.parametrize(
    ("layer", "words"),
    [
        (layers.Dropout(0.5, (1, None)), "noise_shape \\(1, None\\) must have as many axes as the input"),
        (layers.SpatialDropout2D(0.5), "expects an input with 4 axes"),
    ],
)
def test_bad_rank(layer, words):
    with pytest.raises(ValueError, match=words):
        layer(ONES, training=True)
