"""Layers that change shape and size: what they refuse, free sizes, and numbers of hand."""

import numpy as np
import pytest

import laminax as lx
from laminax import layers

REFUSED = {
    "cropping below zero": (
        lambda: layers.Cropping1D(-1),
        "Cropping1D: argument `cropping` must be an integer >= 0; got -1",
    ),
    "cropping of three": (
        lambda: layers.Cropping1D((1, 2, 3)),
        "Cropping1D: argument `cropping` must be an integer or 2 of them",
    ),
    "cropping of words": (
        lambda: layers.Cropping2D("1"),
        "Cropping2D: argument `cropping` must be an integer >= 0; got '1'",
    ),
    "cropping of one axis": (
        lambda: layers.Cropping3D((1, 2)),
        r"Cropping3D: argument `cropping` must be an integer, 3 integers or 3 pairs; got \(1, 2\)",
    ),
    "padding with a triple": (
        lambda: layers.ZeroPadding2D(((1, 2), (3, 4, 5))),
        r"ZeroPadding2D: argument `padding` must be an integer or 2 of them; got \(3, 4, 5\)",
    ),
    "padding below zero": (
        lambda: layers.ZeroPadding3D(-2),
        "ZeroPadding3D: argument `padding` must be an integer >= 0; got -2",
    ),
    "data format": (lambda: layers.ZeroPadding1D(data_format="first"), "Unknown data_format 'first'"),
    "size zero": (lambda: layers.UpSampling1D(0), "UpSampling1D: argument `size` must be a positive integer; got 0"),
    "size of three": (
        lambda: layers.UpSampling2D((1, 2, 3)),
        "UpSampling2D: argument `size` must be an integer or 2 of them",
    ),
    "interpolation": (
        lambda: layers.UpSampling2D(interpolation="cubic"),
        "UpSampling2D: argument `interpolation` can't be 'cubic'. Did you mean 'bicubic'",
    ),
    "n": (lambda: layers.RepeatVector(2.5), "RepeatVector: argument `n` should be a positive integer; got 2.5"),
    "dims from zero": (lambda: layers.Permute((0, 1)), r"Permute: dims must hold each of 1 .. 2 once; got \(0, 1\)"),
    "target -2": (lambda: layers.Reshape((-2, 5)), r"non-negative integers, and -1 .*; got target_shape=\(-2, 5\)"),
    "target -1 twice": (
        lambda: layers.Reshape((-1, -1)),
        r"at most one unknown .*; got target_shape=\(-1, -1\)",
    ),
    "target of a fraction": (lambda: layers.Reshape((2.5,)), r"got target_shape=\(2.5,\)"),
    "cropped away": (
        lambda: layers.Cropping2D(((1, 2), (0, 0)))(np.ones((1, 3, 5, 2))),
        r"'cropping2d' \(Cropping2D\): Values in `cropping` .* leaves nothing of axis 1 of \(1, 3, 5, 2\)",
    ),
    "rank": (lambda: layers.UpSampling3D()(np.ones((1, 2, 3))), "expects an input with 5 axes"),
    "values too many": (
        lambda: layers.Reshape((2, 3))(np.ones((1, 5))),
        r"make \(2, 3\), 6 values, of \(5,\), 5",
    ),
    "no multiple": (lambda: layers.Reshape((2, -1))(np.ones((1, 5))), r"2 values or a multiple of that, of \(5,\), 5"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_refused(case):
    make, words = REFUSED[case]
    with pytest.raises(ValueError, match=words):
        make()


def test_a_free_size_is_reshaped_when_it_fits():
    """The shape is known before there is data; data that does not fit is an error then."""
    x = lx.Input((None,))
    y = layers.Reshape((2, 3))(x)
    assert y.shape == (None, 2, 3)
    model = lx.Model(x, y)
    np.testing.assert_array_equal(model(np.arange(6.0)[None]), [[[0, 1, 2], [3, 4, 5]]])
    with pytest.raises(ValueError, match=r"can't make \(2, 3\), 6 values, of \(7,\)"):
        model(np.ones((1, 7)))


def test_arguments_in_one_form():
    """One number, one an axis, and two an axis are kept as pairs; a sequence has one pair."""
    assert layers.ZeroPadding2D((1, 2)).padding == ((1, 1), (2, 2))
    assert layers.ZeroPadding1D(3).get_config()["padding"] == (3, 3)
    assert layers.Cropping3D(1).cropping == ((1, 1),) * 3
    assert "data_format" not in layers.Cropping1D().get_config()
    assert layers.UpSampling1D(3).get_config()["size"] == 3


@pytest.mark.parametrize("cls", [layers.Cropping2D, layers.ZeroPadding2D, layers.UpSampling2D, layers.Flatten])
def test_the_default_layout_is_the_program_s(cls):
    lx.config.set_image_data_format("channels_first")
    try:
        assert cls().data_format == "channels_first"
    finally:
        lx.config.set_image_data_format("channels_last")


def test_integers_stay_integers():
    x = np.arange(8, dtype="int32").reshape(1, 2, 2, 2)
    for layer in (layers.ZeroPadding2D(), layers.UpSampling2D(), layers.Cropping2D(), layers.Permute((2, 1, 3))):
        assert layer(x).dtype == "int32"
    assert layers.UpSampling2D(interpolation="bilinear")(x).dtype == "float32"


def test_bilinear_by_hand():
    """A quarter of the way from one pixel to the next, and the border repeated."""
    x = np.array([0.0, 4.0]).reshape(1, 1, 2, 1)
    y = layers.UpSampling2D((1, 2), interpolation="bilinear")(x)
    np.testing.assert_allclose(np.ravel(y), [0, 1, 3, 4])
