"""Symbolic tensors, and the shapes that they infer."""

import operator

import jax.numpy as jnp
import numpy as np
import pytest

import laminax as lx
from laminax import layers, ops


def test_free_dimensions():
    x = lx.Input((None, 8))
    assert x.shape == (None, None, 8)
    assert (x + x).shape == (None, None, 8)
    assert (2 * x - 1).shape == (None, None, 8)
    assert (x @ np.ones((8, 3), "float32")).shape == (None, None, 3)
    assert x[:, 0].shape == (None, 8)
    assert x[:, :, 2:5].shape == (None, None, 3)
    assert (-abs(x) / 2).dtype == "float32"
    assert (x > 0).dtype == "bool"
    assert ops.mean(x, axis=1).shape == (None, 8)
    assert ops.concatenate([x, x], axis=1).shape == (None, None, 8)
    assert ops.concatenate([x, x], axis=2).shape == (None, None, 16)


def test_two_inputs_of_free_length_go_together():
    a, b = lx.Input((None, 8)), lx.Input((None, 8))
    assert layers.Add()([a, b]).shape == (None, None, 8)
    assert ops.matmul(a, ops.transpose(b, (0, 2, 1))).shape == (None, None, None)
    scores = ops.softmax(ops.matmul(a, ops.transpose(b, (0, 2, 1))))
    assert ops.matmul(scores, b).shape == (None, None, 8)


def test_free_height_and_width():
    image = lx.Input((None, None, 3))
    y = layers.Conv2D(4, 3, strides=2, padding="same")(image)
    assert y.shape == (None, None, None, 4)
    assert layers.MaxPooling2D()(y).shape == (None, None, None, 4)
    assert layers.GlobalAveragePooling2D()(y).shape == (None, 4)
    model = lx.Model(image, layers.GlobalAveragePooling2D()(y))
    assert model(np.ones((2, 9, 7, 3))).shape == (2, 4)
    assert model(np.ones((1, 12, 5, 3))).shape == (1, 4)


def test_code_that_needs_a_number_is_asked_twice():
    class Loop(layers.Layer):
        """Sums the steps in a Python loop."""

        def call(self, x):
            total = jnp.zeros((x.shape[0], x.shape[2]), x.dtype)
            for i in range(x.shape[1]):
                total = total + x[:, i]
            return total

    y = Loop()(lx.Input((None, 3)))
    assert y.shape == (None, 3)
    assert Loop()(lx.Input((5, 3), batch_size=2)).shape == (2, 3)

    class Ask(layers.Layer):
        """Branches on a size."""

        def call(self, x):
            return x if x.shape[0] > 4 else x + 1

    assert Ask()(lx.Input((3,))).shape == (None, 3)


def test_the_users_own_error_comes_through():
    class Broken(layers.Layer):
        def call(self, x):
            return self.undefined_name(x)

    with pytest.raises(AttributeError, match="undefined_name"):
        Broken()(lx.Input((None, 3)))


def test_shape_errors_name_the_shapes():
    with pytest.raises(ValueError, match=r"matmul can't be computed for x1=.*\[None, 8\].*\(8,\) and \(7,\)"):
        ops.matmul(lx.Input((8,)), np.ones((7, 2), "float32"))


@pytest.mark.parametrize(
    ("use", "words"),
    [
        (lambda x: np.exp(x), "no value yet. Use laminax.ops instead of numpy"),
        (lambda x: jnp.exp(x), "SymbolicTensor"),
        (lambda x: np.asarray(x), "no value yet. Use laminax.ops instead of numpy"),
        (lambda x: 1 if x[0, 0] > 0 else 2, "can't decide an `if`"),
        (lambda x: len(x), "has no length before there is data"),
        (lambda x: list(x), "has no length before there is data"),
    ],
)
def test_what_a_symbolic_tensor_can_not_do(use, words):
    with pytest.raises(TypeError, match=words):
        use(lx.Input((3,)))


@pytest.mark.parametrize(
    "function",
    [
        operator.add,
        operator.sub,
        operator.mul,
        operator.truediv,
        operator.floordiv,
        operator.mod,
        operator.pow,
        operator.lt,
        operator.le,
        operator.gt,
        operator.ge,
    ],
)
def test_operators_with_arrays_on_the_left(function):
    x = np.array([[1.0, 2.0, 3.0], [2.0, 2.0, 2.0]], "float32")
    inputs = lx.Input((3,))
    for left in (np.array([2.0, 2.0, 4.0], "float32"), jnp.array([2.0, 2.0, 4.0]), np.float32(2)):
        model = lx.Model(inputs, function(left, inputs))
        np.testing.assert_array_equal(model(x), function(np.asarray(left), x))


def test_repr():
    assert repr(lx.Input((3,), name="pixels")) == "<SymbolicTensor pixels float32[None, 3]>"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({}, "pass a `shape`"),
        ({"shape": (3,), "batch_shape": (None, 3)}, "batch_shape"),
        ({"shape": (-1,)}, "non-negative integers and None"),
        ({"shape": (2.5,)}, "non-negative integers and None"),
        ({"shape": (3,), "sparse": True}, "pad the data"),
    ],
)
def test_bad_inputs(arguments, words):
    with pytest.raises(ValueError, match=words):
        lx.Input(**arguments)


def test_input_from_a_tensor():
    x = lx.Input(tensor=lx.Input((3,), dtype="int32"))
    assert (x.shape, x.dtype) == ((None, 3), "int32")


@pytest.mark.parametrize("name", ops.__all__)
def test_ops_take_symbolic_tensors(name):
    """What makes arrays from nothing aside, each op is a function of arrays that a graph can hold."""
    function = getattr(ops, name)
    assert callable(function)
    assert function.__doc__


def test_ops_on_arrays_variables_and_tensors():
    v = lx.Variable(np.array([1.0, -2.0], "float32"))
    np.testing.assert_array_equal(ops.abs(v), [1, 2])
    np.testing.assert_array_equal(ops.relu(v), [1, 0])
    np.testing.assert_array_equal(ops.cast(v, "int32"), [1, -2])
    np.testing.assert_array_equal(ops.one_hot(np.array([1, 0]), 2), [[0, 1], [1, 0]])
    assert ops.one_hot(lx.Input((), dtype="int32"), 4).shape == (None, 4)
    assert ops.norm(np.array([3.0, 4.0])) == 5
    assert ops.shape(lx.Input((3,))) == (None, 3)
    assert isinstance(ops.convert_to_numpy(ops.convert_to_tensor([1.0])), np.ndarray)
    values, places = ops.top_k(np.array([1.0, 3.0, 2.0], "float32"), 2)
    np.testing.assert_array_equal(values, [3, 2])
    np.testing.assert_array_equal(places, [1, 2])


def test_each_call_of_an_operator_has_a_place_of_its_own():
    """Keras's order of the layers, on which that of the weights in a file depends."""
    x = lx.Input((2,))
    first, second = layers.Identity(name="first"), layers.Identity(name="second")
    a = first(x)
    b = x + a
    c = second(x)
    model = lx.Model(x, b + ((c + c) + a))
    assert [layer.name for layer in model.layers[1:]] == ["second", "first"]
