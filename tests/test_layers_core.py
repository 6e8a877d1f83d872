"""Activations, inputs, identities, functions and wrappers as layers: what they refuse, and their special ways."""

import numpy as np
import pytest

import laminax as lx
from laminax import layers

RNG = np.random.default_rng(5)
X = RNG.normal(size=(2, 3, 4)).astype("float32")
SPEC = lx.KerasTensor((2, 3))
REFUSED = {
    "ReLU's bound": (
        lambda: layers.ReLU(max_value=-1.0),
        "max_value of a ReLU layer cannot be a negative value; got -1.0",
    ),
    "ReLU's slope": (
        lambda: layers.ReLU(negative_slope=None),
        "negative_slope of a ReLU layer cannot be None or a negative value; got None",
    ),
    "ReLU's bend": (
        lambda: layers.ReLU(threshold=-0.5),
        "threshold of a ReLU layer cannot be None or a negative value; got -0.5",
    ),
    "LeakyReLU": (
        lambda: layers.LeakyReLU(None),
        "a Leaky ReLU layer cannot be None or a negative value; got None",
    ),
    "PReLU's axis": (
        lambda: layers.PReLU(shared_axes=[0]),
        "PReLU: argument `shared_axes` must be a positive integer; got 0",
    ),
    "PReLU's axes": (
        lambda: layers.PReLU(shared_axes=[1, 3])(X),
        r"\(PReLU\): shared_axes must be axes of its input; got \[1, 3\] for the shape \(2, 3, 4\)",
    ),
    "PReLU's size": (
        lambda: layers.PReLU()(lx.Input((None, 4))),
        r"Axis 1 .* should have a defined dimension but the layer received an input with shape \(None, None, 4\)",
    ),
    "PReLU's later size": (lambda: prelu()(X[..., :3]), "expects an input with the last axis of size 4"),
    "a larger mask": (lambda: layers.Softmax()(X, mask=np.ones((4, 3, 4))), r"broadcastable .*; got \(4, 3, 4\) for"),
    "a mask of more axes": (lambda: layers.Softmax()(X, mask=X[None]), "must not have more dimensions"),
    "two shapes": (lambda: lx.Input((3,), batch_shape=(2, 3)), "cannot pass both `shape` and `batch_shape`"),
    "two batches": (lambda: lx.Input(batch_size=2, batch_shape=(2, 3)), "cannot pass both `batch_size` and"),
    "no shape": (lambda: lx.Input(), "pass a `shape` argument"),
    "sparse": (lambda: lx.Input((3,), sparse=True), "`sparse=True` is not supported: pad"),
    "ragged": (lambda: lx.Input((3,), ragged=True), "`ragged=True` is not supported: pad"),
    "a size of -1": (lambda: lx.Input((-1,)), r"non-negative integers and None; got \(None, -1\)"),
    "no symbolic tensor": (lambda: lx.Input(tensor=X), "`input_tensor` must be a KerasTensor.*; got ndarray"),
    "a tensor's shape": (lambda: lx.Input((4,), tensor=SPEC), r"incompatible `shape` .*; got \(4,\), it has \(3,\)"),
    "a tensor's batch": (lambda: lx.Input(batch_size=5, tensor=SPEC), "incompatible `batch_size`"),
    "a tensor's batch shape": (lambda: lx.Input(batch_shape=(2, 4), tensor=SPEC), "incompatible `batch_shape`"),
    "a tensor's type": (lambda: lx.Input(dtype="float16", tensor=SPEC), "incompatible `dtype`"),
    "a lambda": (
        lambda: layers.Lambda.from_config(layers.Lambda(lambda x: x).get_config()),
        "Lambda: a config can't hold a `lambda`. Define the function by `def`",
    ),
    "no layer inside": (lambda: Twice("dense"), "Twice: argument `layer` must be a Layer; got 'dense'"),
}


class Twice(layers.Wrapper):
    """A layer, applied twice."""

    def call(self, inputs):
        return self.layer(self.layer(inputs))


def prelu():
    layer = layers.PReLU(shared_axes=1)
    layer(X)
    return layer


@pytest.mark.parametrize("case", REFUSED)
def test_refused(case):
    make, words = REFUSED[case]
    with pytest.raises(ValueError, match=words):
        make()


def test_prelu_shares_axes():
    """One slope for each channel, or one for each value; the penalty is on the slopes."""
    assert prelu().alpha.shape == (1, 4)
    assert layers.PReLU(shared_axes=(1, 2)).get_config()["shared_axes"] == [1, 2]
    layer = layers.PReLU("ones", "l1")
    np.testing.assert_array_equal(layer(X), X)
    np.testing.assert_allclose(layer.losses[0], 0.01 * 12, rtol=1e-6)


@pytest.mark.parametrize("mask", [np.array([1.0, 0, 1, 1]), np.array([[True, False, True, True]] * 3)[None]])
def test_softmax_of_a_mask_that_broadcasts(mask):
    outputs = np.asarray(layers.Softmax()(X, mask=mask))
    assert (outputs[..., 1] == 0).all()
    np.testing.assert_allclose(outputs.sum(-1), 1, rtol=1e-6)


def test_softmax_over_masked_steps():
    """Over the steps, padding gets nothing, and all if there is nothing else gets nothing too."""
    mask = np.array([[True, True, False], [False, False, False]])
    outputs = np.asarray(layers.Softmax(axis=1)(X, mask=mask))
    np.testing.assert_allclose(outputs[0, :2].sum(0), 1, rtol=1e-6)
    assert (outputs[0, 2] == 0).all()
    assert (outputs[1] == 0).all()
    np.testing.assert_array_equal(layers.Softmax()(X, mask=mask), layers.Softmax()(X))


def test_identity_of_a_structure():
    inputs = {"a": X, "b": [X, X]}
    outputs = layers.Identity()(inputs)
    assert outputs["b"][1].shape == X.shape
    np.testing.assert_array_equal(outputs["a"], X)


def test_input_takes_a_symbolic_tensor():
    """One that comes from nowhere becomes the input; of another, shape and type are taken."""
    assert layers.InputLayer(input_tensor=(spec := lx.KerasTensor((2, 3), "int32"))).output is spec
    inner = layers.Dense(3)(lx.Input((5,)))
    x = lx.Input(tensor=inner)
    assert (x.shape, x.dtype) == (inner.shape, inner.dtype)
    assert x is not inner
    np.testing.assert_array_equal(lx.Model(x, layers.ReLU()(x))(X[:, 0, :3]), np.maximum(X[:, 0, :3], 0))


def test_input_takes_numpy_numbers_and_types():
    x = lx.Input((np.int64(3), None), np.int64(2), dtype=np.float16)
    assert (x.shape, x.dtype) == ((2, 3, None), "float16")
    with pytest.warns(UserWarning, match="`input_shape` is deprecated. Use `shape`"):
        assert layers.InputLayer(input_shape=(3,)).batch_shape == (None, 3)


def test_wrapper_owns_the_layer():
    layer = Twice(layers.Dense(4, kernel_regularizer="l2"), name="twice")
    layer.build((None, 4))
    assert [v.name for v in layer.weights] == ["kernel", "bias"]
    assert len(layer.losses) == 1
    np.testing.assert_array_equal(layer(X), layer.layer(layer.layer(X)))
    twin = Twice.from_config(layer.get_config())
    assert twin.get_config() == layer.get_config()
    assert isinstance(twin.layer, layers.Dense)
    layer.trainable = False
    assert layer.layer.trainable_weights == []
