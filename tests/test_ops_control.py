"""Branches and loops, functions with gradients of their own, operations as objects."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

import laminax as lx
from laminax import ops


def test_loops_and_branches():
    """All in one program."""

    def program(x):
        return {
            "scan": ops.scan(lambda carry, row: (carry + row, carry * row), jnp.zeros(3), x),
            "back": ops.scan(lambda carry, row: (carry + 1, carry), jnp.zeros(()), None, length=3, reverse=True),
            "associative": ops.associative_scan(jnp.add, x, reverse=True, axis=1),
            "map": ops.map(lambda row: {"sum": row.sum(), "row": row}, x),
            "vectorized": ops.vectorized_map(lambda rows: rows[0] @ rows[1], (x, x)),
            "for": ops.fori_loop(1, 4, lambda i, total: total + i * x[0], jnp.zeros(3)),
            "while": ops.while_loop(lambda i, y: i < 3, lambda i, y: (i + 1, 2 * y), (0, x), maximum_iterations=2),
            "one": ops.while_loop(lambda y: jnp.sum(y) < 50, lambda y: 2 * y, x),
            "cond": ops.cond(x[0, 0] > 0, lambda: x, lambda: -x),
            "switch": ops.switch(2, [lambda y: y, lambda y: -y], x),
        }

    x = np.arange(1, 7, dtype="float32").reshape(2, 3)
    found = jax.tree.map(np.asarray, jax.jit(program)(x))
    np.testing.assert_array_equal(found["scan"][0], x.sum(0))
    np.testing.assert_array_equal(found["scan"][1], [0 * x[0], x[0] * x[1]])
    np.testing.assert_array_equal(found["back"][1], [2, 1, 0])
    np.testing.assert_array_equal(found["associative"], np.cumsum(x[:, ::-1], 1)[:, ::-1])
    np.testing.assert_array_equal(found["map"]["sum"], x.sum(1))
    np.testing.assert_array_equal(found["vectorized"], (x * x).sum(1))
    np.testing.assert_array_equal(found["for"], 6 * x[0])
    assert found["while"][0] == 2
    np.testing.assert_array_equal(found["while"][1], 4 * x)
    np.testing.assert_array_equal(found["one"], 4 * x)
    np.testing.assert_array_equal(found["cond"], x)
    np.testing.assert_array_equal(found["switch"], -x)


def test_control_flow_of_symbolic_tensors():
    x = lx.Input((3,))
    carry, rows = ops.scan(lambda carry, row: (carry, row), lx.KerasTensor((2,)), x)
    assert (carry.shape, rows.shape) == ((2,), (None, 3))
    assert ops.map(lambda row: {"sum": ops.sum(row)}, x)["sum"].shape == (None,)
    assert ops.vectorized_map(ops.sum, x).shape == (None,)
    assert [y.shape for y in ops.while_loop(lambda i, y: i < 3, lambda i, y: (i + 1, y), [0, x])] == [(), (None, 3)]
    assert [y.shape for y in ops.linalg.jvp(ops.sin, (x,), (x,))] == [(None, 3), (None, 3)]


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: ops.scan(3, 0.0, np.ones(2)), "should be a callable"),
        (lambda: ops.scan(lambda c, x: (c, x), 0.0), "to scan over and"),
        (lambda: ops.scan(lambda c, x: (c, x), 0.0, np.ones(2), unroll=0), "positive integer or boolean"),
        (lambda: ops.associative_scan(jnp.add, (np.ones(2), np.ones(3))), "same first dimension"),
    ],
)
def test_what_loops_refuse(call, words):
    with pytest.raises((TypeError, ValueError), match=words):
        call()


def test_a_gradient_of_its_own():
    v = lx.Variable(np.float32(3.0))

    @ops.custom_gradient
    def log1pexp(x):
        e = ops.exp(x)
        return ops.log(1 + e), lambda upstream: upstream * (1 - 1 / (1 + e))

    value, slope = jax.value_and_grad(log1pexp)(jnp.float32(100.0))
    assert (value, slope) == (np.inf, 1)
    np.testing.assert_allclose(log1pexp(v), np.log1p(np.exp(3.0)), rtol=1e-6)


def test_jvp_with_more_results():
    value, slope, more = ops.linalg.jvp(lambda x: (x**2, -x), [2.0], [1.0], has_aux=True)
    assert (value, slope, more) == (4, 4, -2)


class Scale(lx.Operation):
    def __init__(self, factor, name=None):
        super().__init__(name=name)
        self.factor = factor

    def call(self, x, shift=0.0):
        return self.factor * x + shift


def test_operations_of_the_program():
    double = Scale(2.0, name="double")
    x = lx.Input((3,))
    y = double(x, shift=x)
    assert (y.shape, double.input, double.output) == ((None, 3), [x, x], y)
    assert double.get_config() == {"factor": 2.0, "name": "double"}
    again = Scale.from_config(double.get_config())
    model = lx.Model(x, lx.layers.Dense(1, kernel_initializer="ones")(again(double(x))))
    np.testing.assert_allclose(model(np.ones((2, 3), "float32")), np.full((2, 1), 12.0))
    assert Scale(1.0).name != Scale(1.0).name


def test_operations_may_say_their_shapes():
    class Rows(lx.Operation):
        def call(self, x):
            return np.asarray(x)  # not for tracers

        def compute_output_spec(self, x):
            return lx.KerasTensor((*x.shape, 2), "int32")

    y = Rows()(lx.Input((3,)))
    assert (y.shape, y.dtype) == ((None, 3, 2), "int32")


@pytest.mark.parametrize(
    ("make", "error", "words"),
    [
        (lambda: Scale(1.0, name="a/b"), ValueError, "cannot contain character `/`"),
        (lambda: Scale(object()).get_config(), NotImplementedError, "needs a get_config"),
        (lambda: Scale(1.0).output, AttributeError, "has not been called on a symbolic tensor"),
        (lambda: lx.Operation()(np.ones(2)), NotImplementedError, "Operation has no `call`"),
    ],
)
def test_bad_operations(make, error, words):
    with pytest.raises(error, match=words):
        make()


def test_a_graph_as_a_function():
    a, b = lx.KerasTensor((2, 3)), lx.KerasTensor((2, 3))
    total = a + b
    function = lx.Function({"a": a, "b": b}, [total * 3, total**2], name="both")
    ones = np.ones((2, 3), "float32")
    three, four = function({"a": ones, "b": ones})
    np.testing.assert_array_equal(three, 6 * ones)
    np.testing.assert_array_equal(four, 4 * ones)
    again = lx.Function({"a": a, "b": b}, function({"a": b, "b": a})[0])
    np.testing.assert_array_equal(again({"a": ones, "b": ones}), 6 * ones)
    assert lx.Function(total, total + 1).operations == [ops.add]
    free = lx.KerasTensor((None, 3))
    assert lx.Function(free, ops.sum(free, 1)).compute_output_shape((4, 3)) == (4,)
    for call, words in (
        (lambda: lx.Function(a, total), "is not connected to `inputs`"),
        (lambda: lx.Function([], total), "`inputs` argument cannot be empty"),
        (lambda: lx.Function(a, []), "`outputs` argument cannot be empty"),
        (lambda: function(ones), "invalid input structure"),
        (lambda: function({"a": ones[:1], "b": ones}), r"incompatible inputs: \(1, 3\) for \(2, 3\)"),
    ):
        with pytest.raises(ValueError, match=words):
            call()
