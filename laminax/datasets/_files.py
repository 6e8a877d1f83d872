"""The files of the data sets."""

import pathlib

import numpy as np

Split = tuple[tuple[np.ndarray, np.ndarray], tuple[np.ndarray, np.ndarray]]


def load(name: str) -> Split:
    """`(x_train, y_train), (x_test, y_test)` of a file beside this one."""
    with np.load(pathlib.Path(__file__).parent / f"{name}.npz", allow_pickle=False) as data:
        return (data["x_train"], data["y_train"]), (data["x_test"], data["y_test"])
