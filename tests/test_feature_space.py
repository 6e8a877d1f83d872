"""Tables, column by column: what `FeatureSpace` learns, encodes and refuses."""

import numpy as np
import pandas as pd
import pytest
from contract import assert_close, from_json

import laminax as lx
from laminax import layers
from laminax.utils import FeatureSpace

TABLE = {
    "age": [0.0, 0.1, 0.2, 0.3, 0.4, 0.5],
    "size": [1.0, 2.0, 3.0, 4.0, 5.0, 6.0],
    "city": ["a", "b", "a", "c", "a", "b"],
    "code": [3, 3, 5, 7, 5, 3],
}
KINDS = {
    "age": "float_normalized",
    "size": FeatureSpace.float_discretized(num_bins=3),
    "city": "string_categorical",
    "code": "integer_hashed",
}
WIDTHS = {"age": 1, "city": 4, "code": 8, "size": 3, "city_X_code": 8}


def space(**settings):
    settings = {"crosses": [("city", "code")], "crossing_dim": 8, "hashing_dim": 8, **settings}
    made = FeatureSpace({**KINDS, "size": FeatureSpace.float_discretized(num_bins=3)}, **settings)
    made.adapt(TABLE)
    return made


def by_hand():
    """What comes out, in its order, from the layers alone."""
    age, city = np.array(TABLE["age"]), np.array(TABLE["city"])
    codes = layers.Hashing(8)(np.array(TABLE["code"]))
    places = layers.StringLookup(vocabulary=["a", "b", "c"])(city)
    return {
        "age": ((age - age.mean()) / age.std())[:, None],
        "city": np.eye(4)[places],
        "code": np.eye(8)[codes],
        "size": np.eye(3)[np.digitize(TABLE["size"], space().preprocessors["size"].bin_boundaries)],
        "city_X_code": np.eye(8)[layers.HashedCrossing(8)([np.asarray(places), np.asarray(codes)])],
    }


def test_one_array_or_several():
    wanted = {key: value.astype("float32") for key, value in by_hand().items()}
    assert {key: value.shape[1] for key, value in wanted.items()} == WIDTHS
    assert_close(space()(TABLE), np.concatenate(list(wanted.values()), axis=1))
    assert_close(space(output_mode="dict")(TABLE), wanted)


@pytest.mark.parametrize(
    "data",
    [
        pd.DataFrame(TABLE),
        [{key: values[i] for key, values in TABLE.items()} for i in range(6)],
        [{key: values[i : i + 4] for key, values in TABLE.items()} for i in (0, 4)],
        ((({key: values[i] for key, values in TABLE.items()}), 0) for i in range(6)),
    ],
    ids=["a dataframe", "rows", "batches", "a generator of rows with targets"],
)
def test_forms_of_data_to_adapt(data):
    made, wanted = space(), space()(TABLE)
    made.adapt({**TABLE, "city": ["z"] * 6})
    made.adapt(data)
    assert_close(made(TABLE), wanted)


def test_a_row():
    made = space()
    assert_close(made({key: values[2] for key, values in TABLE.items()}), made(TABLE)[2])
    assert made(pd.DataFrame(TABLE).to_dict("series")).shape == (6, sum(WIDTHS.values()))


def test_beginning_of_a_model():
    made = space()
    model = lx.Model(made.get_inputs(), layers.Dense(1)(made.get_encoded_features()))
    model.compile("sgd", "mse")
    y = np.arange(6.0)
    model.fit(TABLE, y, epochs=2, verbose=0)
    rest = lx.Model(made.get_encoded_features(), model.outputs[0])
    assert_close(model.predict(TABLE, verbose=0), rest.predict(made(TABLE), verbose=0))


def test_integers_and_layers_of_ones_own():
    kinds = {
        "city": FeatureSpace.feature("string", layers.TextVectorization(output_mode="tf_idf"), "float"),
        "code": FeatureSpace.integer_categorical(max_tokens=3, output_mode="int"),
        "size": FeatureSpace.float_rescaled(2.0, 1.0),
    }
    made = FeatureSpace(kinds, "dict")
    made.adapt(TABLE)
    found = made(TABLE)
    assert found["code"].tolist() == [[1], [1], [2], [0], [2], [1]]
    assert found["size"].ravel().tolist() == [3.0, 5.0, 7.0, 9.0, 11.0, 13.0]
    assert found["city"].shape == (6, 4)


def test_config():
    made = FeatureSpace({"city": "string_categorical", "age": "float"}, crosses=[], name="mine")
    made.adapt(TABLE)
    twin = from_json(made)
    assert_close(twin(TABLE), made(TABLE))  # the vocabulary is in the config
    with pytest.raises(ValueError, match=r"You need to call `\.adapt\(data\)`"):
        from_json(space())(TABLE)  # the mean is not: it is a weight


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: FeatureSpace({}), "cannot be None or empty"),
        (lambda: FeatureSpace({"a": "floats"}), "Unknown kind of feature 'floats'"),
        (lambda: FeatureSpace({"a": "float"}, output_mode="list"), "for argument `output_mode`"),
        (lambda: FeatureSpace({"a": "float"}, crosses=[("a", "b")]), "crosses name 'b', which should be present in"),
        (lambda: FeatureSpace({"a": "integer_hashed"}, crosses=[("a", "a")], crossing_dim=None), "`crossing_dim`"),
        (lambda: FeatureSpace({"a": "float_normalized"})({"a": [1.0]}), "You need to call `.adapt"),
        (lambda: FeatureSpace({"a": "float"})([1.0]), "with a dict; got list"),
        (lambda: FeatureSpace({"a": "float"})({"b": [1.0]}), "has no column 'a'"),
        (lambda: FeatureSpace({"a": "float"}).adapt([1.0]), "adapt takes a dict of columns"),
        (lambda: FeatureSpace({"a": FeatureSpace.integer_hashed(3, "int")})({"a": [1]}), "can't be joined"),
        (lambda: FeatureSpace({"a": Feature("float32", "one_hot")})({"a": [1.0]}), "can't be one-hot"),
    ],
)
def test_refused(make, words):
    with pytest.raises(ValueError) as error:
        make()
    assert words in str(error.value)


def Feature(dtype, mode):  # noqa: N802
    return FeatureSpace.feature(dtype, layers.Rescaling(1.0), mode)
