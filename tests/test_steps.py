"""Masks of steps through layers that slide windows along them: as many places stay as of the sequence alone."""

import jax.numpy as jnp
import numpy as np
import pytest

import laminax as lx
from laminax import layers
from laminax._core import context

STEPS = 11


def lengths_after(layer, lengths):
    mask = np.arange(STEPS) < np.asarray(lengths)[:, None]
    return np.asarray(layer.compute_mask(np.zeros((len(lengths), STEPS, 2)), mask)).sum(1)


@pytest.mark.parametrize("padding", ["valid", "same", "causal"])
@pytest.mark.parametrize(
    ("window", "stride", "dilation"), [(1, 1, 1), (3, 1, 1), (3, 2, 1), (2, 3, 1), (3, 1, 2), (4, 4, 1)]
)
def test_lengths(window, stride, dilation, padding):
    layer = layers.Conv1D(2, window, stride, padding, dilation_rate=dilation)
    span = (window - 1) * dilation + 1
    lengths = np.arange(STEPS + 1)
    alone = np.maximum(lengths - span, -1) // stride + 1 if padding == "valid" else -(-lengths // stride)
    np.testing.assert_array_equal(lengths_after(layer, lengths), np.maximum(alone, 0))
    if padding != "causal" and dilation == 1:
        np.testing.assert_array_equal(
            lengths_after(layers.MaxPooling1D(window, stride, padding), lengths), np.maximum(alone, 0)
        )


def test_gaps():
    """A place stands for `strides` steps, and one of them is enough; a window with no padding needs its two ends."""
    mask = np.array([[1, 0, 0, 1, 0, 0, 1, 1, 0]], bool)
    x = np.zeros((1, 9, 2))
    np.testing.assert_array_equal(layers.Conv1D(1, 3, 2, "same").compute_mask(x, mask), [[1, 1, 0, 1, 0]])
    np.testing.assert_array_equal(layers.Conv1D(1, 4).compute_mask(x, mask), [[1, 0, 0, 1, 0, 0]])


def test_forms_of_masks():
    """Steps stand on the first spatial axis; a mask of more axes is real where any of a step's places is."""
    mask = np.arange(STEPS) < np.array([[7], [3]])
    for layer, shape in (
        (layers.Conv2D(2, (3, 2), (2, 1), "same"), (2, STEPS, 4, 3)),
        (layers.Conv2D(2, (3, 2), (2, 1), "same", data_format="channels_first"), (2, 3, STEPS, 4)),
        (layers.AveragePooling3D(2, (2, 1, 1), "same"), (2, STEPS, 4, 5, 3)),
    ):
        found = layer.compute_mask(np.zeros(shape), mask)
        assert np.asarray(found).sum(1).tolist() == [4, 2]
    wide = mask[..., None] & np.array([True, False, False, False])
    found = layers.MaxPooling2D(2).compute_mask(np.zeros((2, STEPS, 4, 3)), wide)
    assert np.asarray(found).sum(1).tolist() == [3, 1]
    layer = layers.Conv1D(2, 3)
    with pytest.warns(UserWarning, match="does not pass the mask on"):
        assert layer.compute_mask(np.zeros((2, STEPS, 3)), mask[:, :4]) is None


def test_pooling_leaves_masked_steps_out():
    x = -np.arange(1.0, 17).reshape(1, 8, 2).astype("float32")  # below the zeros of padding
    mask = np.arange(8)[None] < 5
    for layer, wanted in (
        (layers.MaxPooling1D(2, padding="same"), [-1, -5, -9, 0]),
        (layers.AveragePooling1D(2, padding="same"), [-2, -6, -9, 0]),
    ):
        found = np.asarray(layer(np.where(mask[..., None], x, 99).astype("float32"), mask=mask))
        np.testing.assert_allclose(found[0, :, 0], wanted)
    whole = layers.MaxPooling1D(2)(np.arange(8, dtype="int32").reshape(1, 8, 1), mask=mask)
    assert np.asarray(whole).ravel().tolist() == [1, 3, 4, 0]


def encoder(steps):
    inputs, lengths = layers.Input((steps, 6, 1)), layers.Input((), dtype="int32")
    x = layers.Masking()([inputs, lengths])
    x = layers.Conv2D(3, 3, padding="same", activation="relu", bias_initializer="ones")(x)
    x = layers.BatchNormalization()(x)
    x = layers.MaxPooling2D(2)(x)
    x = layers.SeparableConv2D(4, (5, 3), padding="same", activation="relu", bias_initializer="ones")(x)
    x = layers.AveragePooling2D((2, 1), padding="same")(x)
    x = layers.Reshape((-1, 12))(x)
    return lx.Model([inputs, lengths], layers.Dense(3)(layers.Dropout(0.1)(x)))


def test_padding_changes_nothing():
    """Rows read as they do alone, however long the padding."""
    rng = np.random.default_rng(0)
    short, long = encoder(12), encoder(20)
    long.set_weights(short.get_weights())
    lengths = np.array([12, 7, 4], "int32")
    x = rng.uniform(size=(3, 12, 6, 1)).astype("float32")
    x[np.arange(12) >= lengths[:, None]] = -1
    more = np.pad(x, ((0, 0), (0, 8), (0, 0), (0, 0)), constant_values=-1)
    x, more = [x, lengths], [more, lengths]
    for model, data in ((short, x), (long, more)):
        np.testing.assert_array_equal(lx.decoding.frame_lengths(model, data), [3, 2, 1])
        assert model.outputs[0].mask.shape == (None, model.output_shape[1])
    a, b = short.predict(x, verbose=0), long.predict(more, verbose=0)
    for i, n in enumerate([3, 2, 1]):
        np.testing.assert_allclose(a[i, :n], b[i, :n], rtol=1e-5, atol=1e-6)


def test_reshape_keeps_a_mask_of_the_same_steps():
    mask = np.arange(6) < np.array([[4], [2]])
    x = np.zeros((2, 6, 4, 3))
    np.testing.assert_array_equal(layers.Reshape((6, 12)).compute_mask(x, mask), mask)
    np.testing.assert_array_equal(layers.Reshape((-1, 12)).compute_mask(x, mask), mask)
    with pytest.warns(UserWarning, match="does not pass the mask on"):
        assert layers.Reshape((12, -1)).compute_mask(x, mask) is None


def test_masking_by_lengths():
    x = jnp.ones((3, 4, 2, 5))
    for lengths in (np.array([4, 0, 2]), np.array([[4.0], [0.0], [2.0]], "float32")):
        y = layers.Masking()([x, lengths])
        np.testing.assert_array_equal(context.fact(y, "mask"), np.arange(4) < np.array([[4], [0], [2]]))
        assert np.asarray(y).sum((1, 2, 3)).tolist() == [40, 0, 20]
