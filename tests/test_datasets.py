"""The bundled data: sizes, types, fixed stratified splits, and that it is scikit-learn's."""

import pathlib
import warnings

import numpy as np
import pytest

import laminax as lx
from laminax import datasets, layers

# name: (rows to train, rows to test, shape of a row, type of x, type of y)
SETS = {
    "digits": (1438, 359, (8, 8), "uint8", "uint8"),
    "breast_cancer": (456, 113, (30,), "float32", "uint8"),
    "wine": (142, 36, (13,), "float32", "uint8"),
    "diabetes": (354, 88, (10,), "float32", "float32"),
}


def test_all_are_here():
    assert sorted(SETS) == sorted(datasets.__all__)


@pytest.mark.parametrize("name", SETS)
def test_shapes_types_and_split(name):
    train, test, shape, x_type, y_type = SETS[name]
    (x_train, y_train), (x_test, y_test) = getattr(datasets, name).load_data()
    assert (x_train.shape, x_test.shape) == ((train, *shape), (test, *shape))
    assert (y_train.shape, y_test.shape) == ((train,), (test,))
    assert {a.dtype.name for a in (x_train, x_test)} == {x_type}
    assert {a.dtype.name for a in (y_train, y_test)} == {y_type}
    if y_type == "uint8":  # the same share of each class on both sides
        for label in np.unique(y_train):
            assert np.mean(y_test == label) == pytest.approx(np.mean(y_train == label), abs=1 / test)
    else:
        assert np.mean(y_test) == pytest.approx(np.mean(y_train), rel=0.05)


@pytest.mark.parametrize("name", SETS)
def test_rows_are_those_of_scikit_learn(name):
    sklearn = pytest.importorskip("sklearn.datasets", reason="scikit-learn is not installed")
    given = {"scaled": False} if name == "diabetes" else {}
    x, y = getattr(sklearn, f"load_{name}")(return_X_y=True, **given)
    (x_train, y_train), (x_test, y_test) = getattr(datasets, name).load_data()
    ours = np.concatenate([x_train, x_test]).reshape(len(x), -1)
    ours = np.column_stack([ours, np.concatenate([y_train, y_test])]).astype("float32")
    theirs = np.column_stack([x, y]).astype("float32")
    np.testing.assert_array_equal(ours[np.lexsort(ours.T)], theirs[np.lexsort(theirs.T)])


def test_all_together_are_small():
    folder = pathlib.Path(datasets.__file__).parent
    assert sum(path.stat().st_size for path in folder.glob("*.npz")) < 300_000
    readme = (folder / "README.md").read_text()
    assert all(name in readme for name in SETS)


def model_for(name, x):
    """A small model that suits the data, its loss and its metric."""
    first = layers.Rescaling(1 / 16) if name == "digits" else layers.Normalization()
    if name != "digits":
        first.adapt(x)
    end, loss, metric = {
        "digits": (layers.Dense(10, activation="softmax"), "sparse_categorical_crossentropy", "accuracy"),
        "breast_cancer": (layers.Dense(1, activation="sigmoid"), "binary_crossentropy", "accuracy"),
        "wine": (layers.Dense(3, activation="softmax"), "sparse_categorical_crossentropy", "accuracy"),
        "diabetes": (layers.Dense(1), "mse", "mae"),
    }[name]
    model = lx.Sequential([first, layers.Flatten(), layers.Dense(16, activation="relu"), end])
    model.compile(lx.optimizers.Adam(0.01), loss, metrics=[metric])
    return model


@pytest.mark.parametrize("name", SETS)
def test_a_suited_model_learns_without_a_warning(name):
    """Also what is drawn or cut from them: there is nothing to warn of."""
    (x, y), held = getattr(datasets, name).load_data()
    model = model_for(name, x)
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        report = model.check(x, y, validation_data=held, verbose=False)
        history = model.fit(x, y, epochs=4, validation_split=0.2, verbose=0).history
        train, other = lx.data.split(x, y, validation=0.2, seed=1)
        model.fit(*train, validation_data=other, verbose=0)
        model.evaluate(*held, verbose=0)
    assert [str(one.message) for one in told] == []
    assert report.ok, report
    assert history["loss"][-1] < history["loss"][0]
