"""The bundled data: sizes, types, fixed stratified splits, and that it is scikit-learn's."""

import pathlib

import numpy as np
import pytest

from laminax import datasets

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
