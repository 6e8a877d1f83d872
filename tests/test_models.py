"""Models: chains, graphs, subclasses; layers and weights in them; copies and tables."""

import gc

import numpy as np
import pytest

import laminax as lx
from laminax import layers, models, ops


def x_of(*shape):
    return np.random.default_rng(0).normal(size=shape).astype("float32")


# Chains.


def test_a_chain_is_built_as_soon_as_its_input_is_known():
    early = [
        lx.Sequential([lx.Input((4,)), layers.Dense(3), layers.Dense(2)]),
        lx.Sequential([layers.Dense(3, input_shape=(4,)), layers.Dense(2)]),
        lx.Sequential([layers.Dense(3, input_dim=4), layers.Dense(2)]),
        lx.Sequential([layers.InputLayer((4,)), layers.Dense(3), layers.Dense(2)]),
    ]
    for model in early:
        assert model.built
        assert model.input_shape == (None, 4)
        assert model.output_shape == (None, 2)
        assert model.count_params() == 23
        assert [layer.name for layer in model.layers] == ["dense", "dense_1"]


def test_a_chain_without_an_input_is_built_by_data():
    for use in (
        lambda m: m(x_of(5, 4)),
        lambda m: m.build((None, 4)),
        lambda m: m.predict(x_of(5, 4), verbose=0),
        lambda m: m(lx.Input((4,))),
    ):
        model = lx.Sequential([layers.Dense(3), layers.Dense(2)])
        assert not model.built
        assert model.weights == []
        with pytest.raises(ValueError, match="has no weights yet"):
            model.count_params()
        use(model)
        assert model.count_params() == 23
        assert model.predict(x_of(2, 4), verbose=0).shape == (2, 2)


def test_add_and_pop():
    model = lx.Sequential([layers.Dense(3, input_shape=(4,))])
    first = model.layers[0].kernel
    model.add(layers.Dense(2))
    model.add(layers.Dense(7))
    assert model.output_shape == (None, 7)
    popped = model.pop()
    assert popped.units == 7
    assert model.output_shape == (None, 2)
    assert model.layers[0].kernel is first
    model.add(layers.Dense(5))
    assert model.predict(x_of(2, 4), verbose=0).shape == (2, 5)


@pytest.fixture
def uncollected():
    """No cycle of objects is freed meanwhile: what is said must not depend on when that happens."""
    gc.disable()
    yield
    gc.enable()


def test_a_layer_of_a_chain_has_one_input_and_output(uncollected):
    model = lx.Sequential([layers.Dense(3, input_shape=(4,)), layers.Dense(2), layers.Dense(5)])
    popped = model.pop()
    with pytest.raises(AttributeError, match="has not been called on a symbolic tensor"):
        _ = popped.output
    model.add(layers.Dense(7))
    assert [layer.output.shape for layer in model.layers] == [(None, 3), (None, 2), (None, 7)]
    assert model.layers[1].input is model.layers[0].output
    assert lx.Model(model.layers[0].output, model.output)(x_of(2, 3)).shape == (2, 7)


def test_asking_for_a_shape_is_no_call_of_the_model(uncollected):
    inputs = lx.Input((4,))
    dense = layers.Dense(3)
    outputs = dense(inputs)
    assert dense.compute_output_shape((None, 4)) == (None, 3)
    assert dense.compute_output_spec(inputs).shape == (None, 3)
    assert dense.compute_output_spec(x_of(2, 4)).shape == (2, 3)
    assert dense.output is outputs


def test_a_chain_calls_each_layer_once_to_join_it():
    calls = []

    class Counted(layers.Layer):
        def call(self, x):
            calls.append(self.name)
            return x

    lx.Sequential([lx.Input((4,)), *(Counted(name=f"c{i}") for i in range(6))])
    assert max(calls.count(name) for name in set(calls)) == calls.count("c0") <= 2


def test_a_layer_that_does_not_fit_leaves_the_chain_as_it_was(uncollected):
    model = lx.Sequential()
    with pytest.raises(ValueError, match="expects an input with 4 axes"):
        model.add(layers.Conv2D(3, 3, input_shape=(4,)))
    model.add(layers.Dense(3, input_shape=(5,)))
    with pytest.raises(ValueError, match="expects an input with 3 axes"):
        model.add(layers.LSTM(3))
    assert model.output_shape == (None, 3)
    assert model.built
    later = lx.Sequential([layers.Dense(3), layers.LSTM(3)])
    with pytest.raises(ValueError, match="expects an input with 3 axes"):
        later(x_of(2, 4))
    later.pop()
    assert later(x_of(2, 4)).shape == (2, 3)
    assert later.layers[0].output.shape == (None, 3)


def test_a_chain_grows_while_it_trains():
    model = lx.Sequential([layers.Dense(3, input_shape=(4,))])
    model.compile("sgd", "mse")
    model.fit(x_of(8, 4), x_of(8, 3), verbose=0)
    model.add(layers.Dense(2))
    model.compile("sgd", "mse")
    model.fit(x_of(8, 4), x_of(8, 2), verbose=0)


def test_what_a_chain_refuses():
    dense = layers.Dense(2)
    model = lx.Sequential([dense])
    with pytest.raises(TypeError, match="Sequential takes layers; got 3"):
        model.add(3)
    with pytest.raises(ValueError, match="must be the first layer"):
        model.add(lx.Input((3,)))
    with pytest.raises(ValueError, match="can't stand in a chain twice"):
        model.add(dense)
    with pytest.raises(ValueError, match="has no layers"):
        lx.Sequential().pop()
    chain = lx.Sequential([layers.Dense(3, input_shape=(4,))])
    with pytest.raises(ValueError, match="expects an input with 4 axes"):
        chain.add(layers.Conv2D(2, 3))
    assert len(chain.layers) == 1  # as before
    assert chain(x_of(1, 4)).shape == (1, 3)


def test_integers_reach_an_embedding():
    model = lx.Sequential([layers.Embedding(10, 3), layers.GlobalAveragePooling1D(), layers.Dense(1)])
    assert model.predict(np.array([[1, 2, 3]]), verbose=0).shape == (1, 1)
    assert model.predict(np.array([[1.0, 2.0, 3.0]]), verbose=0).shape == (1, 1)


# Graphs.


def test_residuals_operators_and_shared_layers():
    inputs = lx.Input((4,))
    shared = layers.Dense(4, activation="tanh")
    h = shared(inputs)
    h = shared(h) + h * 0.5 - 1
    outputs = ops.sum(h, axis=-1, keepdims=True) / 2
    model = lx.Model(inputs, outputs)
    x = x_of(3, 4)
    once = np.tanh(x @ shared.kernel.value + shared.bias.value)
    twice = np.tanh(once @ shared.kernel.value + shared.bias.value)
    np.testing.assert_allclose(model(x), (twice + once * 0.5 - 1).sum(-1, keepdims=True) / 2, rtol=1e-5)
    assert model.count_params() == 20
    assert [layer.name for layer in model.layers] == ["input_layer", "dense"]


@pytest.mark.parametrize("form", ["list", "dict"])
def test_several_inputs_and_outputs(form):
    a, b = lx.Input((4,), name="a"), lx.Input((3,), name="b")
    joined = layers.Concatenate()([a, b])
    left, right = layers.Dense(2, name="left")(joined), layers.Dense(1, name="right")(a)
    if form == "list":
        model = lx.Model([a, b], [left, right])
        given = [x_of(5, 4), x_of(5, 3)]
        y = model(given)
        assert [v.shape for v in y] == [(5, 2), (5, 1)]
    else:
        model = lx.Model({"a": a, "b": b}, {"left": left, "right": right})
        given = {"a": x_of(5, 4), "b": x_of(5, 3)}
        y = model(given)
        assert {k: v.shape for k, v in y.items()} == {"left": (5, 2), "right": (5, 1)}
    assert model.input_names == ["a", "b"]
    assert model.output_names == ["left", "right"]
    by_name = model({"b": x_of(5, 3), "a": x_of(5, 4)})
    assert type(by_name) is type(y)


def test_nested_models_and_sub_models():
    inner = lx.Sequential([layers.Dense(3, input_shape=(4,)), layers.Dense(2)], name="inner")
    inputs = lx.Input((4,))
    outputs = layers.Dense(1)(inner(inputs) + inner(layers.Dense(4)(inputs)))
    model = lx.Model(inputs, outputs)
    assert model.get_layer("inner") is inner
    assert len(model.weights) == 8
    features = lx.Model(model.inputs, model.layers[1].output)
    np.testing.assert_array_equal(features(x_of(2, 4)), model.layers[1](x_of(2, 4)))
    head = lx.Model(inner.layers[0].output, inner.output)
    assert head(x_of(2, 3)).shape == (2, 2)


def test_a_graph_in_a_subclass():
    class Tower(lx.Model):
        def __init__(self, units):
            inputs = lx.Input((4,))
            super().__init__(inputs=inputs, outputs=layers.Dense(units)(inputs))
            self.units = units

    model = Tower(3)
    assert model(x_of(2, 4)).shape == (2, 3)
    assert model.name == "tower"
    assert model.output_shape == (None, 3)


def test_layers_called_with_keywords_and_structures():
    class Scale(layers.Layer):
        def call(self, x, factor=1.0, offset=None):
            return {"y": x * factor + (0 if offset is None else offset)}

    x, o = lx.Input((3,)), lx.Input((3,))
    y = Scale()(x, factor=3.0, offset=o)["y"]
    model = lx.Model([x, o], y)
    np.testing.assert_array_equal(model([np.ones((1, 3)), np.full((1, 3), 2.0)]), np.full((1, 3), 5.0))


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda x, y: lx.Model(x, layers.Dense(1)(y)), "not connected to `inputs`: it needs .*, which is none of them"),
        (lambda x, y: lx.Model([x, y], layers.Dense(1)(y)), "leads to none of the outputs"),
        (lambda x, y: lx.Model([x, x], layers.Dense(1)(x)), "stands twice"),
        (lambda x, y: lx.Model(x, np.ones(3)), "must be symbolic tensors"),
        (lambda x, y: lx.Model(x), "must be symbolic tensors"),
        (
            lambda x, y: lx.Model([x, y], layers.Add()([layers.Dense(1, name="d")(x), layers.Dense(1, name="d")(y)])),
            "Two layers are named 'd'",
        ),
    ],
)
def test_what_a_graph_refuses(make, words):
    with pytest.raises(ValueError, match=words):
        make(lx.Input((3,)), lx.Input((3,)))


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ([x_of(2, 4)], "x has 1 array; the model has 2 inputs"),
        ({"a": x_of(2, 4), "bb": x_of(2, 3)}, "no array for the input 'b'. Did you mean 'bb'"),
        ([x_of(2, 4), x_of(2, 5)], r"x\['b'\] has the shape \(None, 5\)"),
        ([x_of(2, 4), x_of(2, 3, 3)], r"x\['b'\] has the shape \(None, 3, 3\)"),
    ],
)
def test_what_inputs_a_graph_refuses(given, words):
    a, b = lx.Input((4,), name="a"), lx.Input((3,), name="b")
    model = lx.Model([a, b], layers.Concatenate()([a, b]))
    with pytest.raises(ValueError, match=words):
        model(given)


def test_a_chain_without_an_input_takes_other_lengths_later():
    """Whether the first data came to a call or to `predict`; a shape that the program said holds."""
    long, short = np.ones((2, 4, 3)), np.ones((2, 2, 3))
    model = lx.Sequential([layers.Dense(2)])
    model(long)
    assert model(short).shape == (2, 2, 2)
    model = lx.Sequential([layers.Dense(2)])
    model.build((None, 4, 3))
    with pytest.raises(ValueError, match="x has the shape"):
        model(short)


def test_a_missing_axis_of_size_one():
    model = lx.Sequential([layers.Dense(2, input_shape=(1,))])
    assert model(np.ones(5)).shape == (5, 2)
    flat = lx.Model(i := lx.Input(()), ops.expand_dims(i, -1))
    assert flat(np.ones((5, 1))).shape == (5, 1)


# Subclasses.


class Net(lx.Model):
    """Layers in attributes, lists and dicts."""

    def __init__(self, width=5):
        super().__init__()
        self.hidden = layers.Dense(width, activation="relu")
        self.drop = layers.Dropout(0.5)
        self.rest = [layers.Dense(4), {"head": layers.Dense(3, name="head")}]

    def call(self, x, training=False):
        x = self.drop(self.hidden(x), training=training)
        return self.rest[1]["head"](self.rest[0](x))


def test_a_subclass():
    model = Net()
    assert [layer.name for layer in model.layers] == ["dense", "dropout", "dense_1", "head"]
    assert model(x_of(2, 4)).shape == (2, 3)
    assert len(model.weights) == 6
    assert len(model.variables) == 7
    assert model.get_layer("head").units == 3
    assert model.get_layer(index=0) is model.hidden
    built = Net()
    built.build((None, 4))
    assert built.count_params() == model.count_params()
    with pytest.raises(AttributeError, match="no symbolic inputs"):
        _ = model.output_shape


def test_a_subclass_in_a_graph():
    inputs = lx.Input((4,))
    net = Net()
    model = lx.Model(inputs, layers.Dense(1)(net(inputs)))
    assert model.predict(x_of(3, 4), verbose=0).shape == (3, 1)
    assert len(model.weights) == 8


def test_a_model_that_computes_nothing():
    with pytest.raises(NotImplementedError, match="define call"):
        lx.Model()(np.ones((1, 2)))


# Weights, names, layers.


def test_get_and_set_weights():
    model = lx.Sequential([layers.Dense(3, input_shape=(4,)), layers.BatchNormalization(), layers.Dense(2)])
    weights = model.get_weights()
    assert [w.shape for w in weights] == [(4, 3), (3,), (3,), (3,), (3,), (3,), (3, 2), (2,)]
    model.set_weights([w + 1 for w in weights])
    np.testing.assert_array_equal(model.get_weights()[0], weights[0] + 1)
    weights[0][:] = 99  # a copy
    assert not np.any(model.get_weights()[0] == 99)
    with pytest.raises(ValueError, match="has 8 weights; got 1 arrays"):
        model.set_weights(weights[:1])
    with pytest.raises(ValueError, match=r"dense/kernel has shape \(4, 3\); got an array of shape \(1,\)"):
        model.set_weights([np.ones(1), *weights[1:]])


def test_trainable_reaches_inner_layers():
    inner = lx.Sequential([layers.Dense(3, input_shape=(4,)), layers.Dense(2)])
    model = lx.Sequential([inner, layers.Dense(1)])
    model.build((None, 4))
    inner.trainable = False
    assert len(model.trainable_weights) == 2
    assert len(model.non_trainable_weights) == 4
    inner.trainable = True
    inner.layers[0].trainable = False
    assert len(model.trainable_weights) == 4
    model.trainable = False
    assert model.trainable_weights == []


def test_names_are_counted_within_a_model():
    names = [[layer.name for layer in lx.Sequential([layers.Dense(1), layers.Dense(1)]).layers] for _ in range(2)]
    assert names == [["dense", "dense_1"]] * 2
    given = lx.Sequential([layers.Dense(1, name="dense_1"), layers.Dense(1), layers.Dense(1)])
    assert [layer.name for layer in given.layers] == ["dense_1", "dense", "dense_2"]
    shared = layers.Dense(1)
    lx.Sequential([layers.Dense(1), shared])
    assert shared.name == "dense_1"
    for bad in ("", "a/b", 3):
        with pytest.raises(ValueError, match="A layer's name"):
            layers.Dense(1, name=bad)


def test_get_layer():
    model = lx.Sequential([layers.Dense(3, name="first"), layers.Dense(2, name="second")])
    assert model.get_layer("second") is model.layers[1]
    assert model.get_layer(index=-1) is model.layers[1]
    with pytest.raises(ValueError, match="Did you mean 'first'"):
        model.get_layer("frist")
    with pytest.raises(ValueError, match="There is no layer 5"):
        model.get_layer(index=5)
    with pytest.raises(ValueError, match="either a name or an index"):
        model.get_layer()


def test_input_and_output_of_a_layer():
    dense = layers.Dense(2)
    with pytest.raises(AttributeError, match="has not been called on a symbolic tensor"):
        _ = dense.output
    x = lx.Input((3,))
    y = dense(x)
    assert dense.input is x
    assert dense.output is y
    z = dense(lx.Input((3,)))
    with pytest.raises(AttributeError, match="was called 2 times"):
        _ = dense.output
    assert z.shape == (None, 2)


# Copies.


def test_clone_of_a_chain():
    model = lx.Sequential([layers.Dense(3, input_shape=(4,), name="a"), layers.Dense(2)], name="net")
    copy = models.clone_model(model)
    assert [layer.name for layer in copy.layers] == ["a", "dense"]
    assert copy.name == "net"
    assert not np.array_equal(copy.get_weights()[0], model.get_weights()[0])
    copy.set_weights(model.get_weights())
    np.testing.assert_array_equal(copy(x_of(2, 4)), model(x_of(2, 4)))


def test_clone_of_a_graph():
    inputs = {"a": lx.Input((4,), name="a"), "b": lx.Input((4,), name="b")}
    inner = lx.Sequential([layers.Dense(4), layers.Lambda(ops.tanh)])
    h = inner(inputs["a"]) + inner(inputs["b"]) * 2
    model = lx.Model(inputs, {"y": layers.Dense(1, name="y")(h), "h": h})
    copy = models.clone_model(model)
    assert copy.input_names == model.input_names
    assert copy.output_names == model.output_names
    copy.set_weights(model.get_weights())
    given = {"a": x_of(2, 4), "b": x_of(2, 4)}
    for name, value in model(given).items():
        np.testing.assert_array_equal(copy(given)[name], value)
    own = {id(w) for w in model.weights}
    assert not any(id(w) in own for w in copy.weights)


def test_clone_with_other_layers():
    model = lx.Sequential([layers.Dense(3, input_shape=(4,)), layers.Dropout(0.5), layers.Dense(2)])

    def without_dropout(layer):
        return (
            layers.Dropout(0.0) if isinstance(layer, layers.Dropout) else layers.Dense.from_config(layer.get_config())
        )

    copy = models.clone_model(model, clone_function=without_dropout)
    assert copy.layers[1].rate == 0
    on_new_input = models.clone_model(lx.Model(i := lx.Input((4,)), layers.Dense(2)(i)), input_tensors=lx.Input((4,)))
    assert on_new_input(x_of(1, 4)).shape == (1, 2)


def test_clone_of_a_subclass():
    copy = models.clone_model(Net(width=7))
    assert isinstance(copy, Net)
    assert copy.hidden.units == 7


def test_config_of_a_chain():
    model = lx.Sequential([lx.Input((4,)), layers.Dense(3, "relu"), layers.Dense(2)], name="net")
    copy = lx.Sequential.from_config(model.get_config())
    assert copy.get_config() == model.get_config()
    copy.set_weights(model.get_weights())
    np.testing.assert_array_equal(copy(x_of(2, 4)), model(x_of(2, 4)))


# Tables.


def printed(model, **arguments):
    lines = []
    model.summary(print_fn=lines.append, **arguments)
    return "\n".join(lines)


def test_summary_of_a_chain():
    model = lx.Sequential(
        [layers.Dense(32, input_shape=(784,)), layers.BatchNormalization(), layers.Dense(10)], name="net"
    )
    assert printed(model) == "\n".join(
        [
            'Model: "net" (Sequential)',
            "----------------------------------------------------------------",
            "Layer (type)                               Output shape   Params",
            "----------------------------------------------------------------",
            "dense (Dense)                              (None, 32)     25,120",
            "batch_normalization (BatchNormalization)   (None, 32)        128",
            "dense_1 (Dense)                            (None, 10)        330",
            "----------------------------------------------------------------",
            "Parameters: 25,578 (99.91 KB)",
            "  trained: 25,514 (99.66 KB)",
            "  not trained: 64 (256 B)",
            "Outputs of all layers: 3.35 KB a sample",
        ]
    )


def test_summary_before_the_input_is_known():
    text = printed(lx.Sequential([layers.Dense(3)]))
    assert "?" in text
    assert "not known before the shape of the input is" in text
    net = Net()
    assert "?" in printed(net)
    net(x_of(2, 4))
    assert "(None, 3)" in printed(net)


def test_summary_of_a_graph():
    inputs = lx.Input((4,))
    inner = lx.Sequential([layers.Dense(4, name="deep")], name="inner")
    model = lx.Model(inputs, layers.Add()([inner(inputs), inputs * 2]))
    text = printed(model, expand_nested=True, show_trainable=True)
    assert "Connected to" in text
    assert "inner, multiply(input_layer)" in text
    assert "  deep (Dense)" in text
    inner.trainable = False
    assert "no" in printed(model, show_trainable=True)
    inner.trainable = True
    model.compile("adam", "mse")
    model.fit(x_of(4, 4), x_of(4, 4), verbose=0)
    assert "of the optimizer" in printed(model)


def test_summary_of_some_layers():
    model = lx.Sequential([layers.Dense(2, name=n) for n in "abcd"])
    model.build((None, 2))
    text = printed(model, layer_range=("b", "c"))
    assert "b (Dense)" in text
    assert "c (Dense)" in text
    assert "a (Dense)" not in text
    with pytest.raises(ValueError, match="layer_range names 'x'"):
        printed(model, layer_range=("x", "c"))


def test_repr():
    assert (
        repr(lx.Sequential([layers.Dense(2)], name="net"))
        == "Sequential(layers=[Dense(units=2, name='dense')], name='net')"
    )
    model = lx.Model(i := lx.Input((2,)), layers.Dense(1)(i), name="m")
    assert repr(model) == "Model(name='m')"
    assert repr(Net(width=3)) == "Net(width=3)"
