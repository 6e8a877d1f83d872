"""Connectionist temporal classification: labels without their places (Graves et al., 2006).

A network gives class scores for each of many frames; the target is a shorter sequence of
labels. The loss is minus the log of the sum of the probabilities of all paths through the frames
that read as the target, once repeats are merged and blanks removed.
"""

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from .._core import compat, context, dtypes
from .._core.errors import unknown
from .loss import Array, Loss

__all__ = ["CTC", "ctc"]

_NEVER = -jnp.inf


class CTC(Loss):
    """Connectionist temporal classification (Graves et al., 2006).

    `y_true`: integer labels `(batch, labels)`, right-padded by the blank, a negative number or
    `pad_value`. `y_pred`: logits `(batch, frames, classes)`; frames that the mask of the output
    excludes do not count.

    Args:
        blank: the class that stands for "no label": an integer, or `"last"`.
        pad_value: a number that pads the targets, besides the blank and negative ones.
        infeasible: what to do with a row whose frames are fewer than its labels and the blanks
            that repeated labels need: `"raise"` an error where the numbers are known, else as `"inf"`;
            `"drop"` it from the mean; `"inf"`: its loss is infinite, its gradient zero.
        reduction, name, dtype: as of `Loss`.
    """

    def __init__(
        self,
        reduction: str | None = "sum_over_batch_size",
        name: str = "ctc",
        dtype: Any = None,
        blank: int | str = 0,
        pad_value: int | None = None,
        infeasible: str = "raise",
    ) -> None:
        super().__init__(name, reduction, dtype)
        if infeasible not in ("raise", "drop", "inf"):
            raise unknown("infeasible", infeasible, ("raise", "drop", "inf"))
        if blank != "last" and (isinstance(blank, bool) or not isinstance(blank, int)):
            raise ValueError(f"CTC: blank must be an integer or 'last'; got {blank!r}.")
        self.blank = blank
        self.pad_value = pad_value
        self.infeasible = infeasible

    def target(self, y_true: Any, dtype: str) -> Array:
        return jnp.asarray(y_true)

    def mask(self, y_true: Any, y_pred: Any) -> Array | None:
        if self.infeasible != "drop":
            return None
        return feasible(*self._labels(y_true, self._blank(y_pred.shape[-1])), _frames(y_pred))

    def _labels(self, y_true: Any, blank: int) -> tuple[Array, Array]:
        labels = jnp.asarray(y_true).astype("int32")
        real = (labels >= 0) & (labels != blank)
        real = real if self.pad_value is None else real & (labels != self.pad_value)
        places = jnp.where(real, jnp.arange(1, labels.shape[1] + 1), 0)
        return labels, jnp.max(places, axis=1, initial=0)

    def _blank(self, classes: int) -> int:
        return classes - 1 if self.blank == "last" else int(self.blank)

    def check(self, y_true: Any, frames: Any, classes: int) -> None:
        """Raise a `ValueError` that names the rows of `y_true` that `frames` frames of `classes` classes can't be."""
        blank = self._blank(classes)
        labels, lengths = self._labels(y_true, blank)
        frames = np.broadcast_to(np.asarray(frames), lengths.shape)
        check_labels(labels, lengths, frames, classes, blank, self.infeasible == "raise")

    def call(self, y_true: Array, y_pred: Array) -> Array:
        if y_pred.ndim != 3 or y_true.ndim != 2 or y_true.shape[0] != y_pred.shape[0]:
            raise ValueError(
                "CTC takes labels (batch, labels) and logits (batch, frames, classes); "
                f"got the shapes {y_true.shape} and {y_pred.shape}."
            )
        blank, frames = self._blank(y_pred.shape[-1]), _frames(y_pred)
        if not any(map(compat.is_tracer, (y_true, y_pred, frames))):
            self.check(y_true, np.sum(frames, 1), y_pred.shape[-1])
        losses = negative_log_likelihood(y_pred, *self._labels(y_true, blank), frames, blank)
        return jnp.where(jnp.isinf(losses), 0, losses) if self.infeasible == "drop" else losses


def ctc(y_true: Any, y_pred: Any) -> Array:
    """`CTC(reduction=None)` with the blank 0: one value a sample."""
    loss = CTC(reduction=None)
    return loss.call(jnp.asarray(y_true), jnp.asarray(y_pred))


def _frames(y_pred: Array) -> Array:
    """Which frames are real, `(batch, frames)`."""
    mask = context.fact(y_pred, "mask")
    return jnp.ones(y_pred.shape[:2], bool) if mask is None else mask.astype(bool)


def needed_frames(labels: Array, lengths: Array) -> Array:
    """Labels plus the blanks that must part equal neighbours."""
    repeats = (labels[:, 1:] == labels[:, :-1]) & (jnp.arange(1, labels.shape[1]) < lengths[:, None])
    return lengths + jnp.sum(repeats, 1)


def feasible(labels: Array, lengths: Array, frames: Array) -> Array:
    """Whether a row has frames enough for its labels."""
    return jnp.sum(frames, 1) >= needed_frames(labels, lengths)


def check_labels(labels: Any, lengths: Any, frames: Any, classes: int, blank: int, strict: bool) -> None:
    """Raise a `ValueError` that names the rows whose labels can't be learnt."""
    labels, lengths, frames = np.asarray(labels), np.asarray(lengths), np.asarray(frames)
    within = np.arange(labels.shape[1]) < lengths[:, None]
    wrong = within & ((labels < 0) | (labels >= classes) | (labels == blank))
    if wrong.any():
        row, place = np.argwhere(wrong)[0]
        raise ValueError(
            f"CTC: y[{row}] has the label {labels[row, place]} at place {place}; "
            f"labels are 0..{classes - 1} without the blank {blank}, and padding comes last."
        )
    short = frames < np.asarray(needed_frames(jnp.asarray(labels), jnp.asarray(lengths)))
    if strict and short.any():
        rows = np.flatnonzero(short)
        raise ValueError(
            f"CTC: {len(rows)} rows have fewer frames than labels (and blanks between equal ones) need: rows "
            f"{rows[:8].tolist()}, with {frames[rows[:8]].tolist()} frames for {lengths[rows[:8]].tolist()} labels. "
            "Give the model more frames, shorten the labels, or set infeasible='drop'."
        )


@jax.jit  # eager calls then compile the loop once
def negative_log_likelihood(logits: Array, labels: Array, lengths: Array, frames: Array, blank: int) -> Array:
    """`-log p(labels | logits)` of each row, infinite where it is impossible; the gradient is always finite.

    Args:
        logits: `(batch, frames, classes)`.
        labels: `(batch, labels)` integers; those past the length are not looked at.
        lengths: `(batch,)` numbers of labels.
        frames: `(batch, frames)` booleans, which frames are real.
        blank: the class of the blank.
    """
    within = jnp.arange(labels.shape[1]) < lengths[:, None]
    labels = jnp.where(within, labels, blank)
    batch, count = labels.shape
    states = jnp.full((batch, 2 * count + 1), blank, labels.dtype).at[:, 1::2].set(labels)
    return _loss(logits, states, lengths, frames, blank)


@jax.custom_vjp
def _loss(logits: Array, states: Array, lengths: Array, frames: Array, blank: int) -> Array:
    return _forward(logits, states, lengths, frames, blank)[0]


def _forward(logits: Array, states: Array, lengths: Array, frames: Array, blank: int) -> Any:
    log_p = jax.nn.log_softmax(dtypes.at_least_float32(logits))
    emitted = jnp.take_along_axis(log_p, jnp.broadcast_to(states[:, None], (*frames.shape, states.shape[1])), 2)
    alpha, beta = _paths(emitted, states, lengths, frames, blank)
    ends = _ends(states.shape[1], lengths)
    likelihood = jax.nn.logsumexp(jnp.where(ends, alpha[-1], _NEVER), axis=1)
    return -likelihood, (log_p, alpha, beta, likelihood, states, frames)


def _ends(count: int, lengths: Array) -> Array:
    """The states in which a path may end: the last label and the blank after it."""
    place = jnp.arange(count)
    last = 2 * lengths[:, None]
    return (place == last) | (place == last - 1)


def _paths(emitted: Array, states: Array, lengths: Array, frames: Array, blank: int) -> tuple[Array, Array]:
    """Log sums over paths, by frame: up to and with the frame (alpha), and after it (beta).

    Both run in one loop, alpha from the first frame and beta from the last.
    """
    batch, count = states.shape
    skips = (states != blank) & (states != _shift(states, 2, -1))  # a label may follow another one at once
    start = jnp.where(jnp.arange(count) < 1, jnp.zeros((batch, 1), emitted.dtype), _NEVER)
    end = jnp.where(_ends(count, lengths), 0.0, _NEVER).astype(emitted.dtype)

    def step(carry: tuple[Array, Array, Array], xs: Any) -> Any:
        alpha, beta, begun = carry
        (up, up_real), (down, down_real) = xs
        moved = _sum3(alpha, _shift(alpha, 1), jnp.where(skips, _shift(alpha, 2), _NEVER))
        moved = jnp.where(begun[:, None], moved, jnp.where(jnp.arange(count) < 2, 0, _NEVER).astype(up.dtype)) + up
        alpha = jnp.where(up_real[:, None], moved, alpha)
        begun = begun | up_real
        shown = beta
        after = beta + down
        back = _sum3(after, _shift(after, -1), _shift(jnp.where(skips, after, _NEVER), -2))
        beta = jnp.where(down_real[:, None], back, beta)
        return (alpha, beta, begun), (alpha, shown)

    time = jnp.swapaxes(emitted, 0, 1)
    real = frames.T
    none = jnp.zeros((batch,), bool)
    _, (alpha, beta) = jax.lax.scan(step, (start, end, none), ((time, real), (time[::-1], real[::-1])))
    return alpha, beta[::-1]


def _shift(x: Array, by: int, fill: Any = _NEVER) -> Array:
    """`x` moved along the states, towards the end if `by` is positive."""
    edge = jnp.full((x.shape[0], min(abs(by), x.shape[1])), fill, x.dtype)
    if by > 0:
        return jnp.concatenate([edge, x[:, :-by]], 1)
    return jnp.concatenate([x[:, -by:], edge], 1)


def _sum3(a: Array, b: Array, c: Array) -> Array:
    """`log(exp(a) + exp(b) + exp(c))`, minus infinity if all are."""
    top = jnp.maximum(jnp.maximum(a, b), c)
    safe = jnp.where(jnp.isneginf(top), 0, top)
    return top + jnp.log(jnp.where(jnp.isneginf(top), 1, jnp.exp(a - safe) + jnp.exp(b - safe) + jnp.exp(c - safe)))


def _loss_fwd(logits: Array, states: Array, lengths: Array, frames: Array, blank: int) -> Any:
    return _forward(logits, states, lengths, frames, blank)


def _loss_bwd(kept: Any, cotangent: Array) -> Any:
    """`softmax - (share of the paths in each class)`, frame by frame."""
    log_p, alpha, beta, likelihood, states, frames = kept
    possible = jnp.isfinite(likelihood)
    total = jnp.where(possible, likelihood, 0)
    share = jnp.exp(jnp.where(possible[:, None], alpha + beta - total[:, None], _NEVER))
    row = jnp.arange(states.shape[0])[:, None]
    by_class = jax.vmap(lambda s: jnp.zeros((states.shape[0], log_p.shape[-1]), s.dtype).at[row, states].add(s))(share)
    gradient = jnp.exp(log_p) - jnp.swapaxes(by_class, 0, 1)
    counts = (frames & possible[:, None])[..., None]
    scale = jnp.where(possible, cotangent, 0)[:, None, None]
    return jnp.where(counts, gradient, 0) * scale, None, None, None, None


_loss.defvjp(_loss_fwd, _loss_bwd)
