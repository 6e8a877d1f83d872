"""Layers that prepare numbers and categories: what they learn, what they hash to, and what they refuse."""

import json
import pathlib

import jax
import jax.numpy as jnp
import numpy as np
import pandas as pd
import pytest
from contract import assert_close, from_json

import laminax as lx
from laminax import layers
from laminax.layers.preprocessing.fingerprints import hash_texts

GOLDEN = json.loads((pathlib.Path(__file__).parent / "golden" / "text.json").read_text())


def below(hashes, limit=2**62):
    return [h % limit for h in hashes.tolist()]


# Hashing.


def test_hashes_are_tensorflows():
    """Of texts of all lengths for which FarmHash has a rule of its own."""
    assert below(hash_texts(GOLDEN["long"])) == GOLDEN["fingerprints"]
    assert below(hash_texts(GOLDEN["long"], (133, 137))) == GOLDEN["siphashes"]
    assert hash_texts([]).shape == (0,)


@pytest.mark.parametrize("case", GOLDEN["Hashing"], ids=lambda case: str(case["arguments"]))
def test_hashing(case):
    layer = layers.Hashing(1000003, **case["arguments"])
    assert layer(GOLDEN["words"]).tolist() == case["text"]
    assert from_json(layer)(np.array(GOLDEN["words"])[:, None]).ravel().tolist() == case["text"]
    layer = layers.Hashing(1000003, **{**case["arguments"], "mask_value": 7})
    assert layer(np.array(GOLDEN["integers"])).tolist() == case["integers"]


@pytest.mark.parametrize("case", GOLDEN["HashedCrossing"])
def test_hashed_crossing(case):
    layer = layers.HashedCrossing(1000003)
    assert layer(case["features"]).tolist() == case["classes"]
    columns = [np.array(feature)[:, None] for feature in case["features"]]
    assert from_json(layer)(columns).tolist() == [[c] for c in case["classes"]]


@pytest.mark.parametrize("mode", ["int", "one_hot", "multi_hot", "count"])
@pytest.mark.parametrize("shape", [(4,), (4, 1), (3, 2)])
def test_hashing_says_its_shape(mode, shape):
    layer = layers.Hashing(5, output_mode=mode)
    found, real = layer(lx.Input(shape, dtype="int32")), layer(np.arange(2 * np.prod(shape)).reshape(2, *shape))
    assert (found.shape[1:], found.dtype) == (real.shape[1:], real.dtype)
    assert found.shape == layer.compute_output_shape((None, *shape))


def test_crossing_says_its_shape():
    inputs = [lx.Input((1,), dtype="string"), lx.Input((1,), dtype="int32")]
    assert layers.HashedCrossing(5)(inputs).shape == (None, 1)
    assert layers.HashedCrossing(5, output_mode="one_hot")(inputs).shape == (None, 5)


# Integers.


@pytest.mark.parametrize("case", GOLDEN["IntegerLookup"]["cases"], ids=lambda case: str(case["arguments"]))
def test_integer_lookup(case):
    layer = layers.IntegerLookup(**case["arguments"])
    layer.adapt(GOLDEN["IntegerLookup"]["data"])
    assert layer.get_vocabulary() == case["vocabulary"]
    inputs = np.array(GOLDEN["IntegerLookup"]["inputs"])
    assert_close(layer(inputs).tolist(), case["output"])
    assert_close(from_json(layer)(inputs).tolist(), case["output"])
    if case["arguments"].get("oov_method") != "farmhash":
        assert_close(jax.jit(layer)(jnp.asarray(inputs)), layer(inputs))


def test_integer_lookup_and_back():
    layer = layers.IntegerLookup(vocabulary=[12, 36, 2**40])
    places = layer(np.array([[12, 2**40], [7, 36]]))
    assert places.tolist() == [[1, 3], [0, 2]]
    back = layers.IntegerLookup(vocabulary=[12, 36, 42], invert=True, oov_token=-7)
    assert back(places).tolist() == jax.jit(back)(places).tolist() == [[12, 42], [-7, 36]]
    assert back(np.array([5, -1])).tolist() == [-7, -7]


def test_integer_lookup_traced_without_a_place_for_unknown():
    layer = layers.IntegerLookup(vocabulary=[3, 5], num_oov_indices=0, mask_token=9)
    assert jax.jit(layer)(jnp.array([3, 9, 4])).tolist() == [1, 0, -1]
    with pytest.raises(ValueError, match=r"\[4\] are not in the vocabulary"):
        layer([3, 9, 4])


def test_an_adapted_layer_is_compiled_anew():
    layer = layers.IntegerLookup(max_tokens=4)
    layer.adapt([1, 1, 2])
    model = lx.Sequential([lx.Input((2,)), layers.Rescaling(1.0), layer, layers.Embedding(4, 1)])
    x = np.array([[1.0, 7.0]])
    before = model.predict(x, verbose=0)
    layer.adapt([7, 7, 2])
    assert (model.predict(x, verbose=0) != before).all()
    boundaries = layers.Discretization(num_bins=2)
    boundaries.adapt([0.0, 1.0])
    model = lx.Sequential([lx.Input((1,)), layers.Dropout(0.5), boundaries])
    assert model.predict(np.array([[5.0]]), verbose=0) == 1
    boundaries.adapt([10.0, 12.0])
    assert model.predict(np.array([[5.0]]), verbose=0) == 0


# Floats.


def forms(data):
    """The same numbers in the ways in which `adapt` takes them."""
    return {
        "an array": data,
        "a JAX array": jnp.asarray(data),
        "lists": data.tolist(),
        "a dataframe": pd.DataFrame(data),
        "batches": [data[:3], data[3:]],
        "a generator": (data[i : i + 2] for i in range(0, len(data), 2)),
        "batches with targets": [(data[:3], 0), (data[3:], 0)],
    }


DATA = np.array([[1.0, 7.0], [2.0, 3.0], [6.0, -1.0], [4.0, 4.0], [5.0, 5.0]])


@pytest.mark.parametrize("form", forms(DATA))
@pytest.mark.parametrize(("axis", "over"), [(-1, (0,)), (None, (0, 1))])
def test_normalization_adapts(form, axis, over):
    layer = layers.Normalization(axis)
    layer.adapt(forms(DATA)[form])
    assert layer.adapted
    assert_close(layer(DATA), ((DATA - DATA.mean(over)) / DATA.std(over)).astype("float32"))
    assert layer.mean.shape == ((1, 2) if axis == -1 else (1, 1))


@pytest.mark.parametrize("form", forms(DATA))
def test_discretization_adapts(form):
    layer = layers.Discretization(num_bins=3)
    layer.adapt(forms(DATA)[form])
    assert_close(np.array(layer.bin_boundaries), np.array([2.0 + 1 / 3, 4.0 + 2 / 3]))  # of 10 numbers
    twin = from_json(layer)
    assert twin(DATA).tolist() == layer(DATA).tolist() == np.digitize(DATA, layer.bin_boundaries).tolist()


def test_steps_end_what_does_not():
    def endless():
        while True:
            yield DATA

    layer = layers.Discretization(num_bins=2)
    layer.adapt(endless(), steps=3)
    assert len(layer.bin_boundaries) == 1


def test_discretization_is_like_numpy_under_short_floats():
    x = np.array([0.999, 1.0, 1.001, -5.0])
    layer = layers.Discretization([-1.0, 1.0], dtype="mixed_bfloat16")
    assert layer(x).tolist() == np.digitize(x, [-1.0, 1.0]).tolist()


def test_discretization_in_a_model_before_it_adapts():
    layer = layers.Discretization(num_bins=3, output_mode="one_hot")
    model = lx.Sequential([lx.Input((1,)), layer])
    assert model.output_shape == (None, 3)
    with pytest.raises(ValueError, match="You need to call adapt"):
        model.predict(np.ones((2, 1)), verbose=0)
    layer.adapt(np.arange(9.0))
    assert model.predict(np.array([[0.0], [4.0], [9.0]]), verbose=0).tolist() == np.eye(3).tolist()


def test_rescaling_channels_first():
    x = np.ones((2, 3, 4, 5))
    lx.config.set_image_data_format("channels_first")
    try:
        y = layers.Rescaling([1.0, 2.0, 3.0])(x)
    finally:
        lx.config.set_image_data_format("channels_last")
    assert y[0, :, 0, 0].tolist() == [1.0, 2.0, 3.0]


def test_pipeline():
    pipeline = layers.Pipeline([layers.Rescaling(2.0), layers.Dropout(0.5, seed=1)])
    x = np.ones((50, 4))
    assert (pipeline(x) == 0).any()  # as in training, unless told otherwise
    assert (pipeline(x, training=False) == 2).all()
    assert [type(layer) for layer in from_json(pipeline).layers] == [layers.Rescaling, layers.Dropout]
    text = layers.Pipeline([layers.StringLookup(vocabulary=["a"]), layers.CategoryEncoding(2)])
    assert text([["a"], ["b"]]).tolist() == [[0, 1], [1, 0]]
    for begin in ([], [lx.Input((1,), dtype="string")]):
        model = lx.Sequential([*begin, text])
        assert model.predict(np.array([["a"], ["b"]]), verbose=0).tolist() == [[0, 1], [1, 0]]


# What is refused.

WRONG = {
    "no classes": (lambda: layers.CategoryEncoding(), "num_tokens must be set"),
    "classes": (lambda: layers.CategoryEncoding(0), "`num_tokens` must be >= 1, an integer; got 0"),
    "mode": (lambda: layers.CategoryEncoding(3, "int"), "CategoryEncoding: argument `output_mode` can't be 'int'"),
    "sparse": (lambda: layers.CategoryEncoding(3, sparse=True), "sparse=True is not supported"),
    "weights": (lambda: layers.CategoryEncoding(3)([1], count_weights=np.ones(1)), "`count_weights` is not used"),
    "both": (lambda: layers.Discretization([0.0], 2), "Both `num_bins` and `bin_boundaries`"),
    "neither": (lambda: layers.Discretization(), "either `num_bins` or `bin_boundaries`"),
    "falling": (lambda: layers.Discretization([1.0, 0.0]), "in rising order"),
    "given": (lambda: layers.Discretization([1.0]).adapt([1.0]), "was given bin_boundaries"),
    "no data": (lambda: layers.Discretization(num_bins=2).adapt([]), "got no data"),
    "no mean": (lambda: layers.Normalization().adapt(iter(())), "got no data"),
    "shape": (lambda: layers.Normalization().adapt([DATA, DATA[:, :1]]), "an incompatible shape"),
    "given mean": (lambda: layers.Normalization(mean=1.0, variance=1.0).adapt(DATA), "so it can't adapt"),
    "bins": (lambda: layers.Hashing(0), "`num_bins` must be a positive integer"),
    "salt": (lambda: layers.Hashing(2, salt=[1]), "`salt` can only be a tuple of size 2 or an integer"),
    "type": (
        lambda: layers.Hashing(2, dtype="float32"),
        "`dtype` should be int32 or int64 for output_mode='int'; got 'float32'",
    ),
    "one feature": (lambda: layers.HashedCrossing(2)([[1]]), "on a list of at least two inputs"),
    "shapes": (lambda: layers.HashedCrossing(2)([[1, 2], [1]]), "inputs should have shape"),
    "floats": (lambda: layers.HashedCrossing(2)([[1.5], [1]]), "an integer or string dtype"),
    "layers": (lambda: layers.Pipeline.from_config({}), "`layers` must be a list of layers; got None"),
    "max_tokens": (lambda: layers.IntegerLookup(1), "`max_tokens` must be an integer >= 2; got 1"),
    "floormod": (lambda: layers.IntegerLookup(salt=3), "salt is for oov_method='farmhash'"),
    "weights alone": (lambda: layers.IntegerLookup(idf_weights=[1.0]), "idf_weights are for output_mode='tf_idf'"),
}


@pytest.mark.parametrize("name", WRONG)
def test_refused(name):
    make, words = WRONG[name]
    with pytest.raises(ValueError, match="(?s)" + words.replace("(", r"\(").replace("[", r"\[")):
        make()


def test_hashing_is_not_traced():
    with pytest.raises(TypeError, match="runs on the host"):
        jax.jit(layers.Hashing(3))(jnp.arange(3))
    model = lx.Sequential([lx.Input((2,)), layers.Dense(2), layers.Hashing(3)])
    with pytest.raises(TypeError, match="no layer that is trained may come before it"):
        model.predict(np.ones((1, 2)), verbose=0)
