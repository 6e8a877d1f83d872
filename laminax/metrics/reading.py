"""How far what was read is from what was written."""

from typing import Any

import jax.numpy as jnp
import numpy as np

from .._core import context
from ..decoding.distance import edit_distance, words
from ..decoding.targets import Targets
from ..losses.loss import divide
from ..ops.ctc_search import greedy
from .metric import Array, Metric, State, weights_of

__all__ = ["CharacterErrorRate", "WordErrorRate"]


class ErrorRate(Metric):
    """The base of `sum of edit distances / sum of the lengths of the targets`; subclasses write `compare`."""

    in_keras = False
    direction = "down"

    def __init__(self, name: str | None, dtype: Any, blank: int | str, pad_value: int | None, alphabet: Any) -> None:
        super().__init__(dtype, name)
        self.blank, self.pad_value, self.alphabet = blank, pad_value, alphabet
        self._targets = Targets(blank, pad_value, alphabet)

    def compare(self, labels: Array, lengths: Array, read: Array, read_lengths: Array) -> tuple[Array, Array]:
        """For each row its edit distance, and the length of its target."""
        raise NotImplementedError(f"{type(self).__name__} must define compare(labels, lengths, read, read_lengths).")

    def zeros(self) -> State:
        return {"errors": np.zeros((), self.dtype), "length": np.zeros((), self.dtype)}

    def update(self, state: State, y_true: Any, y_pred: Any, sample_weight: Any = None) -> State:
        mask, y_pred = context.fact(y_pred, "mask"), jnp.asarray(y_pred)
        frames = jnp.ones(y_pred.shape[:2], bool) if mask is None else mask.astype(bool)
        read = greedy(y_pred, frames, self._targets.blank_of(y_pred.shape[-1]))
        labels, lengths = self._targets.split(self._targets.encode(y_true), y_pred.shape[-1])
        compared = self.compare(labels, lengths, read, jnp.sum(read >= 0, 1, dtype="int32"))
        errors, length = (x.astype(self.dtype) for x in compared)
        weight = weights_of(errors, None, sample_weight)
        weight = jnp.ones_like(errors) if weight is None else weight
        return {
            "errors": state["errors"] + jnp.sum(errors * weight),
            "length": state["length"] + jnp.sum(length * weight),
        }

    def compute(self, state: State) -> Array:
        return divide(state["errors"], state["length"])


class CharacterErrorRate(ErrorRate):
    """Labels to put in, take out or change in what is read, by the number of labels in the targets.

    What is read are the likeliest classes of the frames, without repeats and blanks; frames that the mask of the output
    excludes do not count. It can be more than 1.

    Args:
        name, dtype: as of `Metric`.
        blank, pad_value, alphabet: as of the loss `CTC`; in `compile(metrics=["cer"])` they are that loss's.
    """

    def __init__(
        self,
        name: str = "character_error_rate",
        dtype: Any = None,
        blank: int | str = 0,
        pad_value: int | None = None,
        alphabet: Any = None,
    ) -> None:
        super().__init__(name, dtype, blank, pad_value, alphabet)

    def compare(self, labels: Array, lengths: Array, read: Array, read_lengths: Array) -> tuple[Array, Array]:
        return edit_distance(labels, lengths, read, read_lengths), lengths


class WordErrorRate(ErrorRate):
    """Words to put in, take out or change in what is read, by the number of words in the targets.

    Args:
        name, dtype, blank, pad_value, alphabet: as of `CharacterErrorRate`; by name, `"wer"`.
        separator: the symbol (or without alphabet the label) between words; by default the space of the alphabet.
            Without one, a row is one word.
    """

    def __init__(
        self,
        name: str = "word_error_rate",
        dtype: Any = None,
        blank: int | str = 0,
        pad_value: int | None = None,
        alphabet: Any = None,
        separator: Any = None,
    ) -> None:
        super().__init__(name, dtype, blank, pad_value, alphabet)
        self.separator = separator
        known = self._targets.alphabet
        if separator is None:
            self._label = known.labels.get(" ") if known is not None else None
        elif isinstance(separator, str):
            if known is None:
                raise ValueError(f"WordErrorRate: the separator {separator!r} needs an alphabet; or give its label.")
            self._label = known.encode([separator], "WordErrorRate: separator")[0]
        else:
            self._label = int(separator)

    def compare(self, labels: Array, lengths: Array, read: Array, read_lengths: Array) -> tuple[Array, Array]:
        wanted, count = words(labels, lengths, self._label)
        found, number = words(read, read_lengths, self._label)
        return edit_distance(wanted, count, found, number), count
