"""Layers that join inputs: what they refuse, masks, and the functions beside the classes."""

import jax.numpy as jnp
import numpy as np
import pytest

import laminax as lx
from laminax import layers
from laminax._core import context

RNG = np.random.default_rng(5)
A, B = RNG.normal(size=(2, 3, 4, 5))
REFUSED = {
    "no list": (lambda: layers.Add()(A), r"'add' \(Add\) should be called on a list of inputs; got ArrayImpl"),
    "an empty list": (lambda: layers.Add().call([]), "should be called on a list of inputs; got list"),
    "three to subtract": (lambda: layers.Subtract()([A, A, A]), "should be called on exactly 2 inputs; got 3"),
    "one for a product": (lambda: layers.Dot(1)([A]), "should be called on exactly 2 inputs; got 1"),
    "sizes": (
        lambda: layers.Add()([A, A[:, :3]]),
        r"\(Add\) requires inputs with sizes .*; got \(3, 4, 5\) and \(3, 3,",
    ),
    "sizes of other ranks": (lambda: layers.Maximum()([A, A[:, 0, :3]]), r"got \(3, 4, 5\) and \(3, 3\)"),
    "batches": (lambda: layers.Multiply()([A, A[:1]]), r"got \(3, 4, 5\) and \(1, 4, 5\)"),
    "sizes beside the axis": (
        lambda: layers.Concatenate(1)([A, A[..., :3]]),
        "requires inputs with matching shapes except for the concatenation axis .1.",
    ),
    "ranks": (lambda: layers.Concatenate()([A, A[0]]), "matching shapes except for the concatenation axis .-1."),
    "no such axis": (lambda: layers.Concatenate(3)([A, A]), "requires inputs that have an axis 3"),
    "axes of words": (lambda: layers.Dot("last"), "Dot: argument `axes` must be an integer .*; got 'last'"),
    "three axes": (lambda: layers.Dot((1, 2, 1)), "Dot: argument `axes` must be an integer or 2 of them"),
    "the batch's axis": (lambda: layers.Dot(0)([A, A]), "axes=0 exist and are not the batch's"),
    "no such axes": (lambda: layers.Dot((1, 3))([A, A]), r"axes=\(1, 3\) exist"),
    "sizes along the axes": (lambda: layers.Dot((1, 2))([A, A]), r"requires inputs of equal sizes along axes=\(1, 2\)"),
    "no list of masks": (lambda: layers.Add().compute_mask([A, A], A > 0), "`mask` should be a list; got ndarray"),
    "masks of no list": (lambda: layers.Add().compute_mask(A, [None]), "`inputs` should be a list; got ndarray"),
    "masks too few": (lambda: layers.Concatenate().compute_mask([A, A], [None]), "same length; got 1 and 2"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_refused(case):
    make, words = REFUSED[case]
    with pytest.raises(ValueError, match=words):
        make()


@pytest.mark.parametrize("name", ["add", "subtract", "multiply", "average", "maximum", "minimum", "concatenate", "dot"])
def test_functions(name):
    function, cls = getattr(layers, name), getattr(layers, name.capitalize())
    layer = cls(axes=-1) if name == "dot" else cls()
    np.testing.assert_array_equal(function([A, B]), layer([A, B]))
    assert function([lx.Input((4, 5)), lx.Input((4, 5))], name="mine").node.function.name == "mine"


def masked(cls, masks):
    """The output of a layer for `1, 2, 3` and `10, 20, 30` whose steps have these masks, and its mask."""
    inputs = [jnp.asarray([[[1.0], [2], [3]]]), jnp.asarray([[[10.0], [20], [30]]])]
    masks = [None if m is None else jnp.asarray([m], bool) for m in masks]
    with context.call():
        for x, mask in zip(inputs, masks):
            context.note(x, mask=mask)
        outputs = cls()(inputs)
        found = context.fact(outputs, "mask")
    return np.ravel(outputs).tolist(), None if found is None else np.ravel(found).tolist()


@pytest.mark.parametrize(
    ("cls", "both", "first"),
    [
        (layers.Add, [11, 22, 33], [11, 22, 33]),
        (layers.Subtract, [-9, -18, -27], [-9, -18, -27]),
        (layers.Average, [5.5, 11, 16.5], [5.5, 11, 16.5]),
        (layers.Multiply, [10, 2, 0], [10, 20, 30]),
        (layers.Maximum, [10, 2, 3], [10, 20, 30]),
        (layers.Minimum, [1, 2, 3], [1, 20, 30]),
    ],
)
def test_masked_steps(cls, both, first):
    """Sums and means know no masks; of products and extremes, what is masked out is no part."""
    assert masked(cls, [[1, 1, 0], [1, 0, 0]]) == (both, [True, True, False])
    assert masked(cls, [[1, 0, 0], None]) == (first, None)


def test_masked_steps_of_concatenated_inputs():
    """Along the steps the masks follow each other; along the features, a step is real where one input's is."""
    x = np.ones((1, 2, 3))
    mask = np.array([[True, False]])
    assert layers.Concatenate(1).compute_mask([x, x], [mask, None]).tolist() == [[True, False, True, True]]
    assert layers.Concatenate().compute_mask([x, x], [mask, mask]).tolist() == [[True, False]]
    assert layers.Concatenate().compute_mask([x, x], [None, None]) is None


def test_dot_of_more_axes():
    x, y = RNG.normal(size=(2, 3, 4)), RNG.normal(size=(2, 5, 4, 6))
    np.testing.assert_allclose(layers.Dot((2, 2))([x, y]), np.einsum("bij,bkjl->bikl", x, y), rtol=1e-5, atol=1e-6)
    symbols = [lx.Input(batch_shape=(None, 3, 2)), lx.Input(batch_shape=(None, 1, 2, 3))]
    assert layers.Dot((-2, -1))(symbols).shape == (None, 2, 1, 2)


def test_the_cosine_of_a_zero_vector_is_zero():
    outputs = layers.Dot(1, normalize=True)([np.zeros((2, 3)), np.ones((2, 3))])
    np.testing.assert_array_equal(outputs, [[0], [0]])
