"""Layers for text: alone, first in a model, and on their way through configs."""

import json
import pathlib

import numpy as np
import pandas as pd
import pytest
from contract import assert_close, assert_same_bits, from_json

import laminax as lx
from laminax import layers, models

GOLDEN = json.loads((pathlib.Path(__file__).parent / "golden" / "text.json").read_text())
TEXTS = ["good film", "bad film", "very good", "so bad", "good good", "bad bad film"] * 3
RIGHT = np.array([1, 0, 1, 0, 1, 0] * 3, "float32")


@pytest.mark.parametrize("case", GOLDEN["StringLookup"]["cases"], ids=lambda case: str(case["arguments"]))
def test_string_lookup(case):
    layer = layers.StringLookup(**case["arguments"])
    layer.adapt(GOLDEN["StringLookup"]["data"])
    assert layer.get_vocabulary() == case["vocabulary"]
    assert layer.vocabulary_size() == len(case["vocabulary"])
    inputs = GOLDEN["StringLookup"]["inputs"]
    for one in (layer, from_json(layer)):
        assert_close(one(inputs).tolist(), case["output"])
    symbolic = layer(lx.Input((3,), dtype="string"))
    assert (symbolic.shape[1:], symbolic.dtype) == (layer(inputs).shape[1:], layer(inputs).dtype)


@pytest.mark.parametrize("case", GOLDEN["TextVectorization"]["cases"], ids=lambda case: str(case["arguments"]))
def test_text_vectorization(case):
    layer = layers.TextVectorization(**case["arguments"])
    layer.adapt(GOLDEN["TextVectorization"]["data"])
    assert layer.get_vocabulary() == case["vocabulary"]
    inputs = np.array(GOLDEN["TextVectorization"]["inputs"])
    for one in (layer, from_json(layer)):
        assert_close(one(inputs).tolist(), case["output"])
        assert_close(one(inputs[:, None]).tolist(), case["output"])
    for shape in ((), (1,)):
        symbolic = layer(lx.Input(shape, dtype="string"))
        assert symbolic.dtype == layer(inputs).dtype
        assert symbolic.shape[1] in (None, layer(inputs).shape[1])


@pytest.mark.parametrize("encoding", ["utf-8", "latin-1"])
def test_all_forms_of_text(encoding):
    layer = layers.StringLookup(vocabulary=["é", "b"], encoding=encoding)
    for form in (
        ["é", "b", "x"],
        np.array(["é", "b", "x"]),
        np.array(["é", "b", "x"], object),
        np.array(["é", "b", "x"], np.dtypes.StringDType()),
        np.array([text.encode(encoding) for text in ("é", "b", "x")]),
        pd.Series(["é", "b", "x"]),
    ):
        assert layer(form).tolist() == [1, 2, 0]
    assert layer("b").tolist() == 2


@pytest.mark.parametrize("data", [TEXTS, np.array(TEXTS), pd.Series(TEXTS), [TEXTS[:9], TEXTS[9:]], iter([TEXTS])])
def test_forms_of_data_to_adapt(data):
    layer = layers.TextVectorization()
    layer.adapt(data if isinstance(data, (list, np.ndarray, pd.Series)) and isinstance(data[0], str) else iter(data))
    assert layer.get_vocabulary()[:5] == ["", "[UNK]", "good", "bad", "film"]
    layer.adapt(["other words"])  # which forgets the first ones
    assert layer.get_vocabulary() == ["", "[UNK]", "words", "other"]


def test_back_to_text():
    layer = layers.StringLookup(vocabulary=["a", "b"], invert=True, mask_token="-")
    assert layer([[2, 3], [0, 9]]).tolist() == [["a", "b"], ["-", "[UNK]"]]
    assert layer(lx.Input((2,), dtype="int32")).dtype == "string"


def test_vocabulary_of_a_file(tmp_path):
    path = tmp_path / "words.txt"
    path.write_text("a\né\n\nb\n", encoding="utf-8")
    layer = layers.StringLookup(vocabulary=str(path))
    path.unlink()
    assert from_json(layer).get_vocabulary() == ["[UNK]", "a", "é", "", "b"]
    (tmp_path / "numbers.txt").write_text("5\n-3")
    assert layers.IntegerLookup(vocabulary=tmp_path / "numbers.txt")([-3, 5, 0]).tolist() == [2, 1, 0]
    with pytest.raises(ValueError, match="holds the vocabulary itself"):
        layers.StringLookup.from_config({"vocabulary": str(path)})


def test_vocabulary_with_special_tokens():
    words, weights = ["[UNK]", "a", "b"], [9.0, 1.0, 2.0]
    layer = layers.StringLookup(output_mode="tf_idf", vocabulary=words, idf_weights=weights)
    assert layer([["b", "x"], ["b", "b"]]).tolist() == [[9.0, 0.0, 2.0], [0.0, 0.0, 4.0]]
    assert layer.get_vocabulary() == words
    assert layer.get_vocabulary(include_special_tokens=False) == ["a", "b"]


def test_own_functions():
    layer = layers.TextVectorization(
        standardize=np.char.upper, split=lambda texts: [text.split("|") for text in texts], vocabulary=["A", "B C"]
    )
    assert layer(["a|b c", "x"]).tolist() == [[2, 3], [1, 0]]
    whole = layers.TextVectorization(split=None, vocabulary=["a", "b c"])
    assert whole([["a", "b c"], ["x", ""]]).tolist() == [[2, 3], [1, 0]]
    assert whole(["b c"]).tolist() == [[3]]


# First in a model.


def vectorizer(**arguments):
    layer = layers.TextVectorization(**arguments)
    layer.adapt(TEXTS)
    return layer


def chain(*begin, layer=None):
    lx.utils.set_random_seed(3)
    layer = layer or vectorizer()
    inner = [layers.Embedding(9, 4, mask_zero=True), layers.GlobalAveragePooling1D(), layers.Dense(1, "sigmoid")]
    model = lx.Sequential([*begin, layer, *inner])
    model.compile(lx.optimizers.Adam(0.1), "binary_crossentropy", metrics=["accuracy"])
    return model


def trained(model, x):
    """What training leaves and says, with validation, and batches of which the last is short."""
    history = model.fit(x, RIGHT, batch_size=5, epochs=3, validation_split=0.3, verbose=0, seed=1).history
    scores = model.evaluate(x, RIGHT, verbose=0), model.test_on_batch(x, RIGHT), model.train_on_batch(x, RIGHT)
    return history, scores, model.get_weights(), model.predict(x, verbose=0), np.asarray(model(x))


@pytest.mark.parametrize("begin", [[], [lx.Input((), dtype="string")], [lx.Input((1,), dtype="string")]])
def test_fit_is_that_of_integers(begin):
    """To the bit."""
    found = trained(chain(*begin), TEXTS)
    wanted = trained(chain(layer=layers.Rescaling(1.0)), np.asarray(vectorizer()(TEXTS)))
    assert found[:2] == wanted[:2]
    assert_same_bits(found[2:], wanted[2:])
    assert found[0]["accuracy"][-1] == 1


def test_streams_of_text():
    model = chain()
    batches = [(np.array(TEXTS[:9]), RIGHT[:9]), (pd.Series(TEXTS[9:]), RIGHT[9:])]
    history = model.fit(batches, epochs=2, verbose=0, validation_data=batches).history
    assert history["val_loss"][1] < history["val_loss"][0]
    assert model.predict([(np.array(TEXTS[:4]),), (np.array(TEXTS[4:]),)], verbose=0).shape == (18, 1)
    assert model.predict(pd.Series(TEXTS), verbose=0).shape == (18, 1)
    assert model.predict(np.array([], object), verbose=0).shape == (0, 1)


def test_text_beside_numbers():
    text, number = lx.Input((1,), dtype="string", name="text"), lx.Input((2,), name="number")
    place = layers.Embedding(4, 3)(layers.StringLookup(vocabulary=["a", "b"])(text))
    crossed = layers.HashedCrossing(5, output_mode="one_hot")([text, layers.Discretization([0.0])(number[:, :1])])
    joined = layers.Concatenate()([layers.Flatten()(place), crossed, number])
    model = lx.Model({"text": text, "number": number}, layers.Dense(1)(joined))
    model.compile("sgd", "mse")
    x = {"text": np.array(["a", "b", "c"]), "number": np.ones((3, 2))}
    before = model.get_weights()
    model.fit(x, np.zeros(3), verbose=0)
    assert all((a != b).any() for a, b in zip(before, model.get_weights()))
    assert_close(model(x), model.predict(x, verbose=0))
    copy = models.clone_model(model)
    copy.set_weights(model.get_weights())
    assert_same_bits(copy.predict(x, verbose=0), model.predict(x, verbose=0))


def test_models_of_text_within_models():
    reader = lx.Sequential([lx.Input((1,), dtype="string"), vectorizer(output_sequence_length=3)])
    assert reader.predict(TEXTS[:1], verbose=0).tolist() == [[2, 4, 0]]
    model = lx.Sequential([reader, layers.Embedding(9, 2)])
    assert model.predict(TEXTS, verbose=0).shape == (18, 3, 2)
    text = lx.Input((1,), dtype="string")
    whole = lx.Model(text, model(text))
    assert_same_bits(whole.predict(TEXTS, verbose=0), model.predict(TEXTS, verbose=0))
    assert "text_vectorization" in "".join(layer.name for layer in whole.layers)


def test_long_integers_first_in_a_model():
    layer = layers.IntegerLookup(vocabulary=[5, 2**40])
    model = lx.Sequential([layer, layers.Embedding(3, 1)])
    x = np.array([[5, 2**40, 7]])
    assert_same_bits(model.predict(x, verbose=0), model.layers[1](layer(x)))


# What is refused.

WRONG = {
    "twice": (lambda: layers.StringLookup(vocabulary=["a", "a"]), "at least one repeated term: ['a']"),
    "empty": (lambda: layers.StringLookup(vocabulary=[]), "the vocabulary is empty"),
    "mask": (lambda: layers.StringLookup(vocabulary=["a", "-"], mask_token="-"), "the mask token '-' is reserved"),
    "file": (lambda: layers.StringLookup(vocabulary="no/such"), "Vocabulary file no/such does not exist"),
    "large": (lambda: layers.StringLookup(2, vocabulary=["a", "b"]), "has 3 places, more than max_tokens=2"),
    "weights": (
        lambda: layers.StringLookup(vocabulary=["a"], idf_weights=[1, 2], output_mode="tf_idf"),
        "idf_weights must be one for each of the 1",
    ),
    "no weights": (lambda: layers.StringLookup(vocabulary=["a"], output_mode="tf_idf"), "needs idf_weights"),
    "pad": (lambda: layers.StringLookup(pad_to_max_tokens=True), "pad_to_max_tokens needs max_tokens"),
    "invert": (lambda: layers.StringLookup(invert=True, output_mode="count"), "invert gives tokens"),
    "given": (lambda: layers.StringLookup(vocabulary=["a"]).adapt(["b"]), "was given a vocabulary"),
    "no data": (lambda: layers.StringLookup().adapt(iter(())), "adapt got no data"),
    "unknown": (lambda: layers.StringLookup(num_oov_indices=0, vocabulary=["a"])(["b"]), "['b'] are not in the voc"),
    "ragged": (lambda: layers.TextVectorization(ragged=True), "ragged=True is not supported"),
    "ngrams": (lambda: layers.TextVectorization(ngrams="2"), "`ngrams` must be a positive integer"),
    "length": (
        lambda: layers.TextVectorization(output_mode="count", output_sequence_length=3),
        "output_sequence_length is for output_mode='int'",
    ),
    "split": (lambda: layers.TextVectorization(split="words"), "TextVectorization: argument `split` can't be 'words'"),
    "wide": (lambda: layers.TextVectorization(vocabulary=["a"])([["a", "b"]]), "got the shape (1, 2)"),
}


@pytest.mark.parametrize("name", WRONG)
def test_refused(name):
    make, words = WRONG[name]
    with pytest.raises(ValueError) as error:
        make()
    assert words in str(error.value)


@pytest.mark.parametrize(
    ("texts", "words"),
    [
        ([1, 2], "Turn numbers into text"),
        (["a", None], "Fill in what is missing"),
        ([["a"], ["b", "c"]], "same length"),
    ],
)
def test_no_text(texts, words):
    with pytest.raises((TypeError, ValueError), match=words):
        layers.StringLookup(vocabulary=["a"])(texts)


def test_no_vocabulary():
    with pytest.raises(RuntimeError, match="has no vocabulary"):
        layers.StringLookup()(["a"])
    with pytest.raises(RuntimeError, match="has no vocabulary"):
        layers.StringLookup(output_mode="count")(lx.Input((2,), dtype="string"))


def test_text_where_none_is_taken():
    model = lx.Sequential([lx.Input((1,)), layers.Dense(1)])
    with pytest.raises(TypeError, match="Turn text into numbers"):
        model.predict(np.array(["a"]), verbose=0)
