"""How targets are given: as padded arrays, as lists of labels, or as texts."""

from typing import Any

import jax.numpy as jnp
import numpy as np

from ..ops.ctc import blank_class
from .alphabet import Alphabet

Array = Any
PAD = -1


class Targets:
    """The form of targets.

    Args:
        blank: the class of the blank, or `"last"`.
        pad_value: a number that pads rows, besides the blank and negative ones.
        alphabet: the symbols of texts, or `None`.
    """

    def __init__(self, blank: Any = 0, pad_value: int | None = None, alphabet: Any = None) -> None:
        if blank != "last" and (isinstance(blank, bool) or not isinstance(blank, (int, np.integer)) or blank < 0):
            raise ValueError(f"blank must be a class (an integer >= 0) or 'last'; got {blank!r}.")
        if pad_value is not None and (isinstance(pad_value, bool) or not isinstance(pad_value, (int, np.integer))):
            raise ValueError(f"pad_value must be an integer or None; got {pad_value!r}.")
        self.blank, self.pad_value = blank, pad_value
        self.alphabet = None if alphabet is None else Alphabet(alphabet, blank)

    def blank_of(self, classes: int) -> int:
        """The class of the blank among `classes`."""
        if self.alphabet is not None and isinstance(classes, int) and classes != self.alphabet.classes:
            raise ValueError(
                f"The output has {classes} classes; the alphabet and the blank need {self.alphabet.classes}. "
                f"Give the last layer {self.alphabet.classes} units."
            )
        return blank_class(self.blank, classes)

    def encode(self, y: Any, name: str = "y", round_up: bool = False) -> Any:
        """Texts and lists of labels as an array `(rows, labels)`, padded by -1; anything else as it is.

        With `round_up`, the number of columns is a power of two, so that batches have few different shapes.
        """
        rows = _rows(y)
        if rows is not None:
            found = [self._labels(row, f"{name}[{i}]") for i, row in enumerate(rows)]
            return padded(found, _width(max(map(len, found), default=0), round_up))
        if round_up and isinstance(y, np.ndarray) and y.ndim == 2 and y.dtype.kind in "iuf":
            return np.pad(y.astype("int32"), ((0, 0), (0, _width(y.shape[1], True) - y.shape[1])), constant_values=PAD)
        return y

    def _labels(self, row: Any, where: str) -> Any:
        row = row.decode() if isinstance(row, bytes) else row
        if not isinstance(row, str) and not any(isinstance(symbol, str) for symbol in row):
            return row
        if self.alphabet is None:
            raise TypeError(f"{where} is text: give the loss an alphabet, as in CTC(alphabet='abc'), or give integers.")
        return self.alphabet.encode(row, where)

    def split(self, y: Array, classes: int) -> tuple[Array, Array]:
        """Labels `(batch, labels)`, and how many of each row count."""
        labels = jnp.asarray(y).astype("int32")
        return labels, jnp.sum(self.real(labels, classes), 1, dtype="int32")

    def real(self, labels: Any, classes: int) -> Any:
        """Which numbers are labels, and not padding."""
        real = (labels >= 0) & (labels != self.blank_of(classes))
        return real if self.pad_value is None else real & (labels != self.pad_value)


def padded(rows: list[Any], width: int) -> np.ndarray:
    """Rows of labels as one array, filled up by -1."""
    found = np.full((len(rows), width), PAD, "int32")
    for i, row in enumerate(rows):
        found[i, : len(row)] = np.asarray(row)
    return found


def _width(count: int, round_up: bool) -> int:
    return max(8, 1 << (count - 1).bit_length()) if round_up and count > 0 else max(count, 1)


def _rows(y: Any) -> list[Any] | None:
    """The rows of texts or of lists of labels; `None` if `y` is something else."""
    y = y.to_numpy() if hasattr(y, "to_numpy") else y
    if isinstance(y, np.ndarray):
        if y.dtype.kind not in "OSUT":
            return None
        y = list(y[:, 0] if y.ndim == 2 and y.shape[1] == 1 else y)
    return list(y) if isinstance(y, (list, tuple)) and y and all(map(_is_row, y)) else None


def _is_row(row: Any) -> bool:
    if isinstance(row, (str, bytes)):
        return True
    if isinstance(row, (list, tuple)):
        return not any(isinstance(value, (list, tuple)) or np.ndim(value) for value in row)
    return getattr(row, "ndim", None) == 1
