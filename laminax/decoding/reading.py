"""Outputs as labels or text."""

from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

from .._core import checks, context, dtypes
from ..ops import ctc_search
from .alphabet import Alphabet
from .guide import Guide, guided_search
from .targets import Targets

Array = Any


class Reading(NamedTuple):
    """Labels, or text if there is an alphabet; and the log of their probability, with what a language model adds."""

    labels: Any
    score: float


def greedy(outputs: Any, lengths: Any = None, blank: Any = 0, alphabet: Any = None) -> list[Any]:
    """The labels of the likeliest class of each frame, without repeats and blanks.

    Args:
        outputs: `(batch, frames, classes)`, logits or probabilities.
        lengths: `(batch,)`, the numbers of frames, or a mask `(batch, frames)`; by default what is known of `outputs`,
            which if they are the result of `model(x)` is their mask.
        blank: the class of the blank, or `"last"`.
        alphabet: symbols, text or a list of texts: then the result is texts.

    Returns:
        For each row a list of labels, or a text.
    """
    outputs, frames, targets = _checked(outputs, lengths, blank, alphabet)
    labels = np.asarray(ctc_search.greedy(outputs, frames, targets.blank_of(outputs.shape[-1])))
    return [_shown(row[row >= 0], targets.alphabet) for row in labels]


def beam_search(
    outputs: Any,
    lengths: Any = None,
    blank: Any = 0,
    alphabet: Any = None,
    beam_width: int = 100,
    top_paths: int = 1,
    from_logits: bool = True,
    score: Callable[[Any], Any] | None = None,
    lexicon: Iterable[Any] | None = None,
    separator: Any = None,
) -> list[list[Reading]]:
    """The likeliest labels of each row, over all ways to lay them along the frames (Graves, 2012).

    The search keeps the `beam_width` best beginnings from frame to frame. It runs on the device; with `score` or
    `lexicon`, frame by frame from the host.

    Args:
        outputs, lengths, blank, alphabet: as of `greedy`.
        beam_width: how many beginnings are kept.
        top_paths: how many readings of each row are given, the best first.
        from_logits: whether `outputs` are logits, not probabilities.
        score: a language model: a function of a beginning (a text, or without alphabet a tuple of labels), that gives
            `(classes,)` numbers, which are added to the log probability where each class comes next. That of the blank
            is added where the reading ends. Called once for each beginning.
        lexicon: words, as texts or lists of labels: then a reading is one of them, or several with `separator` between.
        separator: the symbol or label between words.

    Returns:
        For each row a list of readings, the best first. It is shorter than `top_paths` where fewer are possible.
    """
    outputs, frames, targets = _checked(outputs, lengths, blank, alphabet)
    width = checks.integer("beam_search", "beam_width", beam_width)
    if checks.integer("beam_search", "top_paths", top_paths) > width:
        raise ValueError(f"beam_search: top_paths ({top_paths}) must not exceed beam_width ({beam_width}).")
    classes = outputs.shape[-1]
    place = targets.blank_of(classes)
    log_p = jax.nn.log_softmax(outputs) if from_logits else jnp.log(outputs / jnp.sum(outputs, -1, keepdims=True))
    if score is None and lexicon is None:
        labels, scores = ctc_search.beam_search(log_p, frames, place, width, top_paths)
        found = zip(np.swapaxes(np.asarray(labels), 0, 1), np.asarray(scores))
        rows = [[(p[p >= 0], s) for p, s in zip(*row)] for row in found]
    else:
        guide = Guide(classes, place, targets.alphabet, score, lexicon, separator)
        rows = guided_search(log_p, np.asarray(frames), place, width, top_paths, guide)
    return [[Reading(_shown(p, targets.alphabet), float(s)) for p, s in row if s > -np.inf] for row in rows]


def _checked(outputs: Any, lengths: Any, blank: Any, alphabet: Any) -> tuple[Array, Array, Targets]:
    known = context.fact(outputs, "mask") if lengths is None else lengths
    outputs = jnp.asarray(outputs)
    if outputs.ndim != 3 or not dtypes.is_float(outputs):
        raise ValueError(f"Outputs to read are floats (batch, frames, classes); got {outputs.dtype}{outputs.shape}.")
    return dtypes.at_least_float32(outputs), _frames(known, outputs.shape[:2]), Targets(blank, None, alphabet)


def _frames(known: Any, shape: tuple[int, ...]) -> Array:
    if known is None:
        return jnp.ones(shape, bool)
    known = np.asarray(known)
    if known.shape == shape and known.dtype == bool:
        return jnp.asarray(known)
    if known.shape != shape[:1]:
        raise ValueError(
            f"lengths are the numbers of frames ({shape[0]},), or a mask of booleans {shape}; got {known.dtype}"
            f"{known.shape}."
        )
    if known.size and (known.min() < 0 or known.max() > shape[1]):
        raise ValueError(f"lengths must be in 0..{shape[1]}, the number of frames; got {known.tolist()}.")
    return jnp.asarray(np.arange(shape[1]) < known[:, None])


def _shown(labels: Any, alphabet: Alphabet | None) -> Any:
    labels = [int(label) for label in labels]
    return labels if alphabet is None else alphabet.decode(labels)
