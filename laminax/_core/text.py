"""Text as arrays: it stays on the host, in NumPy's arrays of objects."""

from typing import Any

import numpy as np


def as_array(values: Any) -> np.ndarray:
    """An array, nested lists or a dataframe as a NumPy array; text in lists as objects.

    NumPy by itself would make each text as long as the longest one.
    """
    if hasattr(values, "to_numpy"):
        return values.to_numpy()
    if isinstance(values, (list, tuple)) and _begins_with_text(values):
        return np.array(values, object)
    return np.asarray(values)


def _begins_with_text(values: Any) -> bool:
    while isinstance(values, (list, tuple)) and len(values):
        values = values[0]
    return isinstance(values, (str, bytes))


def is_text(array: np.ndarray) -> bool:
    """Whether an array holds text, and not numbers."""
    if array.dtype.kind == "O":
        return array.size == 0 or isinstance(array.flat[0], (str, bytes))
    return array.dtype.kind in "SUT"


def as_text(values: Any, encoding: str = "utf-8") -> np.ndarray:
    """Text as an array of `str` objects.

    Raises:
        TypeError: for what is no text.
    """
    array = as_array(values)
    flat = array.reshape(-1).tolist()
    for i, value in enumerate(flat):
        if isinstance(value, bytes):
            flat[i] = value.decode(encoding)
        elif not isinstance(value, str):
            raise TypeError(f"Text is wanted; got {value!r}. {_remedy(value)}")
    text = np.empty(len(flat), object)
    text[:] = flat
    return text.reshape(array.shape)


def _remedy(value: Any) -> str:
    if isinstance(value, (list, tuple)):
        return "Give lists of the same length."
    missing = value is None or value != value
    return "Fill in what is missing." if missing else "Turn numbers into text by str()."


def as_integers(values: Any) -> np.ndarray:
    """Numbers as an array of 64-bit integers; floats lose what is behind the point.

    Raises:
        TypeError: for what is no number.
    """
    array = as_array(values)
    if array.dtype.kind not in "biuf":
        raise TypeError(f"Integers are wanted; got {array.flat[0] if array.size else array.dtype!r}.")
    return array.astype("int64")
