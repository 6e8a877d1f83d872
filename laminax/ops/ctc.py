"""Connectionist temporal classification, in Keras's form: the loss, and the reading of outputs."""

from typing import Any

import jax
import jax.numpy as jnp

from .._core import checks, dtypes, graph
from . import ctc_search
from .ctc_likelihood import negative_log_likelihood

__all__ = ["ctc_decode", "ctc_loss"]

Array = Any


def ctc_loss(target: Array, output: Array, target_length: Array, output_length: Array, mask_index: int = 0) -> Array:
    """`-log p(target | output)` of each row, over all ways to lay the labels along the frames (Graves et al., 2006).

    At least 0; infinite, with a gradient of 0, where the frames are too few for the labels and for the blanks that
    equal neighbours need.

    Args:
        target: `(batch, labels)` integers.
        output: `(batch, frames, classes)` logits.
        target_length: `(batch,)`, the numbers of labels.
        output_length: `(batch,)`, the numbers of frames.
        mask_index: the class of the blank; -1 is the last one.
    """
    given = (target, output, target_length, output_length, mask_index)
    if graph.any_symbolic(given):  # one value a row, whatever the rest
        dtype = output.dtype if output.dtype == "float64" else "float32"
        return graph.record(ctc_loss, given, {}, graph.SymbolicTensor(output.shape[:1], dtype)).result()
    target, output = jnp.asarray(target), jnp.asarray(output)
    if output.ndim != 3 or target.ndim != 2 or target.shape[0] != output.shape[0]:
        raise ValueError(
            "ctc_loss takes a target (batch, labels) and an output (batch, frames, classes), which must have the same "
            f"first dimension; got the shapes {target.shape} and {output.shape}."
        )
    frames = jnp.arange(output.shape[1], dtype="int32") < _column(output_length)
    lengths = _column(target_length)[:, 0]
    blank = blank_class(mask_index, output.shape[-1])
    return negative_log_likelihood(output, target.astype("int32"), lengths, frames, blank)


@graph.symbolic
def ctc_decode(
    inputs: Array,
    sequence_lengths: Array,
    strategy: str = "greedy",
    beam_width: int = 100,
    top_paths: int = 1,
    merge_repeated: bool = True,
    mask_index: int = 0,
) -> tuple[Array, Array]:
    """The labels that outputs read as.

    `"greedy"` takes the likeliest class of each frame; `"beam_search"` looks for the likeliest labels, over all ways to
    lay them along the frames, and keeps the `beam_width` best beginnings. `decoding` has both as texts.

    Args:
        inputs: `(batch, frames, classes)` logits.
        sequence_lengths: `(batch,)`, the numbers of frames.
        strategy: `"greedy"` or `"beam_search"`.
        beam_width: how many beginnings the search keeps.
        top_paths: how many readings the search gives, the best first.
        merge_repeated: whether equal neighbours are one label; greedy only.
        mask_index: the class of the blank; -1 is the last one.

    Returns:
        `(top_paths, batch, frames)` labels, then -1; and scores `(batch, top_paths)`: of the search the logs of the
        probabilities; greedy, minus the sum of the largest logits.
    """
    inputs = dtypes.at_least_float32(jnp.asarray(inputs))
    frames = jnp.arange(inputs.shape[1], dtype="int32") < _column(sequence_lengths)
    blank = blank_class(mask_index, inputs.shape[-1])
    if strategy == "greedy":
        scores = -jnp.sum(jnp.where(frames, jnp.max(inputs, -1), 0), 1)
        return ctc_search.greedy(inputs, frames, blank, merge_repeated)[None], scores[:, None]
    if strategy != "beam_search":
        raise ValueError(f"Invalid strategy {strategy!r} of ctc_decode: give 'greedy' or 'beam_search'.")
    width = checks.integer("ctc_decode", "beam_width", beam_width)
    if checks.integer("ctc_decode", "top_paths", top_paths) > width:
        raise ValueError(f"ctc_decode: top_paths ({top_paths}) must not exceed beam_width ({beam_width}).")
    return ctc_search.beam_search(jax.nn.log_softmax(inputs), frames, blank, width, top_paths)


def blank_class(index: Any, classes: int) -> int:
    """The class of the blank, counted from the end if it is negative; `"last"` is the last one."""
    place = -1 if index == "last" else int(index)
    if not isinstance(classes, int):
        return place % classes if place < 0 else place
    if not -classes <= place < classes:
        raise ValueError(f"The blank is class {index}, but there are {classes} classes (0..{classes - 1}).")
    return place % classes


def _column(lengths: Any) -> Array:
    return jnp.asarray(lengths).astype("int32").reshape(-1, 1)
