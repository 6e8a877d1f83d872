"""Layers inside layers: their paths, metrics, arguments and masks; and what a layer says of shapes."""

import numpy as np
import pytest

import laminax as lx
from laminax import layers, metrics

X = np.ones((2, 3, 4), "float32")


class Scale(layers.Layer):
    """A weight of its own, and an argument that reaches it through layers that know nothing of it."""

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self._register_call_context_args("times")

    def build(self, input_shape):
        self.scale = self.add_weight((), "ones", name="scale")

    def call(self, inputs, times=1):
        return inputs * self.scale * times


class Around(layers.Layer):
    """Another layer, with a metric beside it."""

    def __init__(self, inner, **kwargs):
        super().__init__(**kwargs)
        self.inner = inner
        self.kept = {"loss": [metrics.Mean(name="kept")]}

    def call(self, inputs):
        return self.inner(inputs)


def paths(layer):
    return [variable.path for variable in layer.variables]


def test_paths_begin_with_the_layers_around():
    outer = Around(Around(Scale(name="one"), name="inner"), name="outer")
    outer(X)
    assert paths(outer) == ["outer/inner/one/scale"]
    assert (outer.path, outer.inner.inner.path) == ("outer", "outer/inner/one")
    both = layers.Bidirectional(layers.SimpleRNN(2), name="both")
    both.build(X.shape)
    assert paths(both)[0] == "both/forward_simple_rnn/simple_rnn_cell/kernel"
    assert both.weights[0].path in repr(both.weights[0])


def test_paths_within_models():
    """As in Keras: layers of a chain begin with its name, those of a graph do not."""
    chain = lx.Sequential([lx.Input((4,)), layers.Dense(2)], name="chain")
    late = lx.Sequential([layers.Dense(2)], name="late")
    late.build((None, 4))
    assert (paths(chain)[0], paths(late)[0]) == ("chain/dense/kernel", "late/dense/kernel")
    x = lx.Input((4,))
    assert paths(lx.Model(x, layers.Dense(2)(x)))[0] == "dense/kernel"


def test_a_layer_built_by_itself_keeps_its_path():
    one = Scale(name="one")
    one.build(X.shape)
    Around(one, name="outer")(X)
    assert one.scale.path == "one/scale"


def test_metrics_in_attributes_of_inner_layers():
    outer = Around(Around(Scale()))
    assert outer.metrics == [outer.kept["loss"][0], outer.inner.kept["loss"][0]]
    assert len(outer.metrics_variables) == 4
    assert outer.variables == []
    model = lx.Sequential([outer])
    assert model.metrics == outer.metrics


def test_arguments_reach_layers_that_registered_them():
    outer = Around(Around(Scale()))
    outer._register_call_context_args("times")
    np.testing.assert_array_equal(outer(X, times=3), 3 * X)
    np.testing.assert_array_equal(outer(X), X)
    with pytest.raises(RuntimeError, match="after the layer has been called"):
        outer._register_call_context_args("more")
    chain = lx.Sequential([Around(Scale())])
    chain._register_call_context_args("times")
    np.testing.assert_array_equal(chain(X, times=2), 2 * X)


def test_arguments_stop_at_layers_that_did_not():
    class Deaf(layers.Layer):
        def call(self, inputs, times=1):
            return inputs * times

    outer = Around(Deaf())
    outer._register_call_context_args("times")
    np.testing.assert_array_equal(outer(X, times=3), X)


@pytest.mark.parametrize(
    ("make", "kind", "words"),
    [
        (lambda layer: layer.add_weight("kernel", (3, 4)), ValueError, "name as a keyword argument, name='kernel'"),
        (lambda layer: layer.add_weight("kernel", shape=(3, 4)), ValueError, "name as a keyword argument"),
        (lambda layer: layer.add_weight((3,), shape=(3,)), ValueError, "`shape` was passed both positionally and"),
        (lambda layer: layer.add_weight((3,), "zeros", "float32", "b"), TypeError, "at most 3 positional arguments"),
    ],
)
def test_the_order_of_add_weight(make, kind, words):
    with pytest.raises(kind, match=words):
        make(layers.Layer())


MASK = np.array([[True, False, True]])


@pytest.mark.parametrize("name", ["mask", "previous_mask"])
def test_the_mask_goes_by_either_name(name):
    for layer in (layers.Attention(), layers.Add()):
        found = layer.compute_mask(inputs=[X, X], **{name: [MASK, MASK]})
        np.testing.assert_array_equal(found, MASK)
    np.testing.assert_array_equal(layers.Dropout(0.5).compute_mask(X, **{name: MASK}), MASK)
    assert layers.Flatten().compute_mask(X, **{name: MASK}) is None


def test_the_mask_of_a_symbolic_tensor_may_be_an_output():
    x, y = lx.Input((3, 4)), lx.Input((3, 4))
    joined = layers.Concatenate(axis=1)([layers.Masking()(x), y])
    model = lx.Model([x, y], joined._keras_mask)
    x = X * np.array([1, 0, 1], "float32")[:, None]
    np.testing.assert_array_equal(model([x, X]), [[True, False, True, True, True, True]] * 2)


def test_shapes_of_several_arguments():
    layer = layers.MultiHeadAttention(2, 3)
    shapes = {"query_shape": (None, 5, 8), "value_shape": [None, 4, 6]}
    assert layer.compute_output_shape(**shapes) == (None, 5, 8)
    assert layer.compute_output_shape((7, 5, 8), (7, 4, 6), None) == (7, 5, 8)
    assert layers.Dense(2).compute_output_shape(input_shape=(None, 3)) == (None, 2)
    with pytest.raises(ValueError, match="must be equal"):
        layers.MultiHeadAttention(2, 3).compute_output_shape((2, 4, 8), (2, 2, 8), (2, 1, 7))
    with pytest.raises(NotImplementedError, match="does not have a `compute_output_shape` method"):
        layers.Layer().compute_output_shape((2, 3))


def test_a_layer_of_layers_without_a_call_can_be_built():
    class Bare(layers.Layer):
        def __init__(self):
            super().__init__()
            self.inner = Scale()

    bare = Bare()
    bare.build(None)
    assert bare.built
    assert bare.weights == []


def test_weights_may_be_added_later():
    """`_tracker` is what programs written for Keras unlock before they add weights."""
    layer = Scale()
    layer.build(X.shape)
    layer._tracker.unlock()
    layer.more = layer.add_weight((2,), name="more")
    layer._tracker.lock()
    assert [v.name for v in layer.weights] == ["scale", "more"]


EMBED, STEP, LAST = layers.Embedding(9, 4, mask_zero=True), layers.Dense(3), layers.SimpleRNN(2)


def embedded(tokens):
    return layers.Dropout(0.5)(STEP(EMBED(tokens)))


def symbolic(function):
    """A model of symbolic tensors."""
    tokens = lx.Input((None,), dtype="int32")
    return lx.Model(tokens, function(tokens))


class Steps(lx.Model):
    """A model by subclass, of layers or models."""

    def __init__(self, *parts):
        super().__init__()
        self.parts = parts

    def call(self, tokens):
        for part in self.parts:
            tokens = part(tokens)
        return tokens


def test_masks_reach_the_last_layer_whatever_lies_between():
    """Padding changes nothing: called eagerly, in chains, graphs and subclasses, and in these within each other."""
    tokens = np.array([[1, 2, 3, 0, 0], [4, 5, 6, 0, 0]])
    wanted = LAST(embedded(tokens[:, :3]))
    front = lx.Sequential([EMBED, STEP, layers.Dropout(0.5)])
    ways = [
        lambda x: LAST(embedded(x)),
        lx.Sequential([EMBED, STEP, LAST]),
        symbolic(lambda x: LAST(embedded(x))),
        Steps(EMBED, STEP, LAST),
        lx.Sequential([front, LAST]),
        symbolic(lambda x: LAST(front(x))),
        symbolic(lambda x: LAST(symbolic(embedded)(x))),
        Steps(front, LAST),
        lx.Sequential([Around(front), LAST]),
    ]
    for way in ways:
        np.testing.assert_allclose(way(tokens), wanted, rtol=1e-6)
