"""Products along named axes, and embeddings: shapes, first values, bad input."""

import jax
import numpy as np
import pytest
from contract import assert_close

import laminax as lx
from laminax import layers


@pytest.mark.parametrize(
    ("equation", "sizes", "bias_axes", "shape", "kernel", "bias", "output"),
    [
        ("ab,b->a", (), None, (None, 32), (32,), None, (None,)),
        ("abc,cde->abde", (1, 3, 4), "d", (None, 1, 2), (2, 3, 4), (3, 1), (None, 1, 3, 4)),
        ("abc,cde->abde", (7, 3, 4), "be", (None, 7, 2), (2, 3, 4), (7, 1, 4), (None, 7, 3, 4)),
        ("abc,cd->abd", (None, 4), "d", (None, None, 2), (2, 4), (4,), (None, None, 4)),
        ("...bc,bc->...b", 32, None, (None, 3, 32, 64), (32, 64), None, (None, 3, 32)),
        ("...b,b->...", (), None, (None, 3, 5), (5,), None, (None, 3)),
        ("bc...,cde->bde...", (3, 4), "e", (None, 1, 2, 5), (1, 3, 4), (4, 1, 1), (None, 3, 4, 2, 5)),
    ],
)
def test_shapes(equation, sizes, bias_axes, shape, kernel, bias, output):
    layer = layers.EinsumDense(equation, sizes, bias_axes=bias_axes)
    assert layer.compute_output_shape(shape) == output
    assert layer.kernel.shape == kernel
    assert (None if layer.bias is None else layer.bias.shape) == bias


def test_any_number_of_axes():
    layer = layers.EinsumDense("...x,xy->...y", 3, bias_axes="y")
    assert [layer(np.ones(shape)).shape for shape in ((2, 4), (2, 5, 4))] == [(2, 3), (2, 5, 3)]


def test_first_values_go_by_inputs_and_outputs():
    """`(heads, size)` are inputs where they are summed over, and outputs where they stand in the output."""
    for equation, sizes, shape in (("bnh,nhd->bd", 50, (None, 8, 10)), ("bd,nhd->bnh", (8, 10), (None, 50))):
        layer = layers.EinsumDense(equation, sizes)
        layer.build(shape)
        limit = np.sqrt(6 / (80 + 50))
        assert 0.98 * limit < np.abs(layer.kernel.numpy()).max() <= limit


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("ab,bc", 4), "must have the form 'ab,bc->ac'.*got 'ab,bc'"),
        (("...ab,bc->ac", 4), "must have the form"),
        (("...a...,ab->...b...", 4), "must have the form"),
        ((None, 4), "must have the form"),
        (("ab,bc->ad", 4), "'d' of the output of 'ab,bc->ad' is in no other part"),
        (("ab,bd->a", ()), "'d' of the kernel of 'ab,bd->a' is in no other part"),
        (("ab,bc->ca", 4), "must begin with the batch's axis, as the input does: with 'a'"),
        (("ab,bc->ac", (3, 4)), "a size for each of \\['c'\\].*got \\(3, 4\\)"),
        (("ab,bc->ac", 0), "`output_shape` must be a positive integer; got 0"),
        (("ab,bc->ac", 4, None, "b"), "the output of 'ab,bc->ac' has no axis 'b' for bias_axes"),
    ],
)
def test_bad_arguments(arguments, words):
    with pytest.raises(ValueError, match=words):
        layers.EinsumDense(*arguments)


@pytest.mark.parametrize(
    ("arguments", "shape", "words"),
    [
        (("ab,bc->ac", 4), (2, 3, 5), "has other axes than its input, which has the shape \\(2, 3, 5\\)"),
        (("...b,bc->...c", 4), (3,), "has other axes than its input"),
        (("abc,cd->abd", (6, 4)), (2, 3, 5), "'b' has the size 3 in the input, but 6 in output_shape"),
        (("ab,bc->ac", 4), (2, None), "must know the size of the axis 'b'"),
        (("ab,bc->ac", (None,)), (2, 3), "must know the size of the axis 'c'"),
    ],
)
def test_bad_input(arguments, shape, words):
    with pytest.raises(ValueError, match=words):
        layers.EinsumDense(*arguments).build(shape)


# Embeddings.


@pytest.mark.parametrize("indices", [[0, 7], [-1, 3]])
def test_no_such_row(indices):
    layer = layers.Embedding(7, 2)
    with pytest.raises(ValueError, match=f"takes integers in 0 .. 6 .*; got {min(indices)} .. {max(indices)}"):
        layer(np.array(indices))


def test_integers_that_come_as_floats_keep_their_value():
    layer = layers.Embedding(1000, 2, dtype="mixed_bfloat16")
    assert_close(layer(np.array([[257.0, 999.0]])), layer(np.array([[257, 999]])))


@pytest.mark.parametrize("weights", [np.ones((3, 4)), [np.ones((3, 4))]])
def test_weights_to_start_from(weights):
    assert_close(layers.Embedding(3, 4, weights=weights).embeddings.value, np.ones((3, 4), "float32"))
    layer = layers.ReversibleEmbedding(3, 4, tie_weights=False, weights=weights)
    assert [v.shape for v in layer.weights] == [(3, 4), (4, 3)]


def test_there_and_back_in_one_model():
    """Tied weights are one matrix; the mask of the integers reaches the logits' loss."""
    layer = layers.ReversibleEmbedding(5, 3, mask_zero=True, logit_soft_cap=2.0)
    tokens = lx.Input((4,), dtype="int32")
    model = lx.Model(tokens, layer(layers.Dense(3)(layer(tokens)), reverse=True))
    assert model.output_shape == (None, 4, 5)
    assert [v.shape for v in layer.weights] == [(5, 3)]
    x = np.array([[1, 2, 3, 0], [4, 1, 0, 0]])
    assert np.abs(model(x)).max() <= 2
    model.compile("sgd", lx.losses.SparseCategoricalCrossentropy(from_logits=True))
    logits = np.asarray(model(x))[x != 0]
    wanted = -jax.nn.log_softmax(logits)[np.arange(5), x[x != 0]].mean()
    assert_close(np.float32(model.evaluate(x, x, verbose=0)), np.float32(wanted), 1e-5)


@pytest.mark.parametrize("dtype", ["float32", "float16"])
def test_type_of_the_way_back(dtype):
    layer = layers.ReversibleEmbedding(5, 3, reverse_dtype=dtype, dtype="mixed_bfloat16")
    assert layer(np.ones((2, 3), "float32"), reverse=True).dtype == dtype


def test_bad_cap():
    with pytest.raises(ValueError, match="`logit_soft_cap` must be a number > 0; got 0"):
        layers.ReversibleEmbedding(5, 3, logit_soft_cap=0)
