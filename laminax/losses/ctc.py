"""Connectionist temporal classification: labels without their places (Graves et al., 2006).

A network gives class scores for each of many frames; the target is a shorter sequence of labels. The loss is minus the
log of the sum of the probabilities of all paths through the frames that read as the target, once repeats are merged and
blanks removed.
"""

import warnings
from typing import Any

import jax.numpy as jnp
import numpy as np

from .._core import checks, compat, context
from ..decoding.targets import Targets
from ..ops.ctc_likelihood import negative_log_likelihood
from .crossentropy import log_probabilities
from .loss import Array, Loss

__all__ = ["CTC", "ctc"]


class CTC(Loss):
    """Connectionist temporal classification (Graves et al., 2006).

    `y_pred`: `(batch, frames, classes)`. Frames that the mask of the output excludes do not count: a mask of padded
    inputs follows through convolutions and pooling by itself.

    `y_true`: labels `(batch, labels)`, in each row followed by padding: the blank, a negative number or `pad_value`. Or
    a list of lists of labels, of any lengths. Or, with an `alphabet`, texts. `decoding` reads outputs.

    Before `fit` and `evaluate` compute anything, all targets are checked, and a `ValueError` names the rows that can't
    be learnt.

    Args:
        blank: the class that stands for "no label": an integer, or `"last"`.
        pad_value: a number that pads the targets, besides the blank and negative ones.
        infeasible: what to do with a row whose frames are fewer than its labels and the blanks that equal neighbours
            need: `"raise"` an error where the numbers are known before, else as `"inf"`; `"drop"` it from the mean;
            `"inf"`: its loss is infinite, its gradient 0.
        from_logits: `y_pred` are logits, not probabilities. A softmax head is recognised by itself.
        alphabet: the symbols of texts, in the order of the classes without the blank: text, or a list of texts.
        reduction, name, dtype: as of `Loss`.
    """

    beyond_keras = ("from_logits", "blank", "infeasible", "pad_value", "alphabet")

    def __init__(
        self,
        reduction: str | None = "sum_over_batch_size",
        name: str = "ctc",
        dtype: Any = None,
        blank: int | str = 0,
        pad_value: int | None = None,
        infeasible: str = "raise",
        from_logits: bool = True,
        alphabet: Any = None,
    ) -> None:
        super().__init__(name, reduction, dtype)
        self.infeasible = checks.choice(self, "infeasible", infeasible, ("raise", "drop", "inf"))
        self.from_logits = checks.boolean(self, "from_logits", from_logits)
        self.blank, self.pad_value, self.alphabet = blank, pad_value, alphabet
        self._targets = Targets(blank, pad_value, alphabet)

    def encode(self, y_true: Any, name: str = "y", round_up: bool = False) -> Any:
        """Texts and lists of labels as one padded array; anything else as it is."""
        return self._targets.encode(y_true, name, round_up)

    def __call__(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> Any:
        return super().__call__(self.encode(y_true), y_pred, sample_weight)

    def target(self, y_true: Any, dtype: str) -> Array:
        return jnp.asarray(y_true)

    def mask(self, y_true: Any, y_pred: Any) -> Array | None:
        if self.infeasible != "drop":
            return None
        labels, lengths = self._targets.split(y_true, y_pred.shape[-1])
        return _frame_counts(y_pred) >= needed_frames(labels, lengths)

    def call(self, y_true: Array, y_pred: Array) -> Array:
        if y_pred.ndim != 3 or y_true.ndim != 2 or y_true.shape[0] != y_pred.shape[0]:
            raise ValueError(
                "CTC takes labels (batch, labels) and an output (batch, frames, classes); "
                f"got the shapes {y_true.shape} and {y_pred.shape}."
            )
        frames = context.fact(y_pred, "mask")
        frames = None if frames is None else frames.astype(bool)
        if not any(map(compat.is_tracer, (y_true, y_pred, frames))):
            self.check(y_true, np.asarray(_frame_counts(y_pred)), y_pred.shape[-1], "y_true", trains=False)
        logits = y_pred
        if not self.from_logits or context.fact(y_pred, "softmax") is not None:
            known = context.fact(y_pred, "softmax")
            logits = log_probabilities(y_pred, False) if known is None else known
        labels, lengths = self._targets.split(y_true, y_pred.shape[-1])
        blank = self._targets.blank_of(y_pred.shape[-1])
        losses = negative_log_likelihood(logits, labels, lengths, frames, blank).astype(y_pred.dtype)
        return jnp.where(jnp.isposinf(losses), 0, losses) if self.infeasible == "drop" else losses

    def check(self, y_true: Any, frames: Any, classes: int, name: str = "y", trains: bool = True) -> None:
        """Raise a `ValueError` that names the rows of `y_true` that can't be learnt.

        Args:
            y_true: an array `(rows, labels)`.
            frames: the number of frames of each row, or of all.
            classes: the number of classes.
            name: the array's name, for errors.
            trains: whether the targets are for training. If not, a blank among the labels, which Keras takes for one,
                gives a warning.
        """
        labels = _whole(np.asarray(y_true), name)
        real, blank = self._targets.real(labels, classes), self._targets.blank_of(classes)
        _check_places(labels, real, blank, name, trains)
        _check_classes(labels, real, blank, classes, name)
        if self.infeasible == "raise":
            lengths = real.sum(1)
            _check_frames(lengths, np.asarray(needed_frames(labels, lengths)), frames, name)


def ctc(y_true: Any, y_pred: Any) -> Array:
    """`CTC(reduction=None)` with the blank 0: one value a sample."""
    return CTC(reduction=None)(y_true, y_pred)


def _whole(y: np.ndarray, name: str) -> np.ndarray:
    """An array of labels as integers."""
    if y.ndim != 2 or y.dtype.kind not in "iuf":
        raise ValueError(
            f"{name}: CTC takes labels as integers (rows, labels), as lists of integers, or as texts with an alphabet; "
            f"got {y.dtype}{y.shape}."
        )
    broken = y != np.floor(y)
    if broken.any():
        row, place = np.argwhere(broken)[0]
        raise ValueError(f"{name}[{row}] holds {y[row, place]} at place {place}; labels are integers.")
    return y.astype("int64")


def _frame_counts(y_pred: Array) -> Array:
    """How many frames of each row are real."""
    mask = context.fact(y_pred, "mask")
    return jnp.full(y_pred.shape[0], y_pred.shape[1], "int32") if mask is None else jnp.sum(mask, 1, dtype="int32")


def needed_frames(labels: Any, lengths: Any) -> Any:
    """Labels plus the blanks that must part equal neighbours."""
    repeats = (labels[:, 1:] == labels[:, :-1]) & (np.arange(1, labels.shape[1], dtype="int32") < lengths[:, None])
    return lengths + repeats.sum(1, dtype="int32")


def _check_places(labels: np.ndarray, real: np.ndarray, blank: int, name: str, trains: bool) -> None:
    """Raise an error for padding before a label."""
    gaps = ~real & (real[:, ::-1].cumsum(1)[:, ::-1] > 0)
    if not gaps.any():
        return
    row, place = np.argwhere(gaps)[0]
    value = labels[row, place]
    what = "the blank" if value == blank else "padding"
    message = (
        f"{name}[{row}] holds {value} at place {place}, which is {what}, before the label "
        f"{labels[row, place:][real[row, place:]][0]}: in a row labels come first, then padding. "
        f"Number the labels so that none is {value}, or choose another blank: CTC(blank='last')."
    )
    if value != blank or trains:
        raise ValueError(message)
    warnings.warn(message, stacklevel=5)


def _check_classes(labels: np.ndarray, real: np.ndarray, blank: int, classes: int, name: str) -> None:
    wrong = real & (labels >= classes)
    if wrong.any():
        row, place = np.argwhere(wrong)[0]
        raise ValueError(
            f"{name}[{row}] holds the label {labels[row, place]} at place {place}, but the output has {classes} "
            f"classes (0..{classes - 1}), of which {blank} is the blank. Give the last layer {labels.max() + 1} units "
            "or more."
        )


def _check_frames(lengths: np.ndarray, needed: np.ndarray, frames: Any, name: str) -> None:
    frames = np.broadcast_to(np.asarray(frames), lengths.shape)
    rows = np.flatnonzero(frames < needed)
    if not len(rows):
        return
    few = rows[:8]
    listed = "; ".join(f"{name}[{r}]: {lengths[r]} labels need {needed[r]} frames, has {frames[r]}" for r in few)
    raise ValueError(
        f"CTC: {len(rows)} of {len(lengths)} rows have fewer frames than their labels (and the blanks between equal "
        f"ones) need: {listed}{'; ...' if len(rows) > len(few) else ''}. Let the model make more frames (smaller "
        "strides), shorten the labels, or leave such rows out of the mean: CTC(infeasible='drop')."
    )
