"""How likely a sequence of labels is, over all ways to lay it along the frames (Graves et al., 2006).

A path gives each frame a class: the labels in their order, each for a frame or more, with blanks around them, which
only equal neighbours need. So there are two states for each label, in it and in the blanks behind it; the blanks before
the first label are state 0. `alpha` sums over the ways from the first frame to a state, `beta` over those from the last
frame, which is the same sum read backwards: one loop makes both, side by side. States stand before the batch in memory,
so that a step from label to label is one from row to row.
"""

from typing import Any, NamedTuple

import jax
import jax.numpy as jnp

from .._core import dtypes

Array = Any
_NEVER = -jnp.inf


class _Emissions(NamedTuple):
    """What the frames give to the states.

    Attributes:
        logs: `(frames, 1 + labels, batch)`, logits of the blank and of each label, less the largest one of the frame:
            sums over many frames then stay near 0, where floats are finest.
        largest: `(batch, frames)`, what was taken off.
        total: `(batch, frames)`, the sum over all classes of the exponentials of what is left.
    """

    logs: Array
    largest: Array
    total: Array


@jax.jit  # so that calls outside of a compiled program compile it once
def negative_log_likelihood(logits: Array, labels: Array, lengths: Array, frames: Array | None, blank: Array) -> Array:
    """`-log p(labels | logits)` of each row, at least 0; infinite where the frames are too few for the labels.

    The gradient is finite everywhere, and 0 where the value is not finite. A label that is no class gives NaN.

    Args:
        logits: `(batch, frames, classes)`.
        labels: `(batch, labels)` integers; those past the length do not count.
        lengths: `(batch,)`, the numbers of labels.
        frames: `(batch, frames)` booleans, which frames count; `None` if all do.
        blank: the class of the blank.
    """
    within = jnp.arange(labels.shape[1], dtype="int32") < lengths[:, None]
    known = (labels >= 0) & (labels < logits.shape[-1])
    columns = jnp.pad(jnp.where(within & known, labels, blank), ((0, 0), (1, 0)), constant_values=blank)
    losses = _loss(logits, columns, lengths, frames)
    return jnp.where(jnp.any(within & ~known, 1), jnp.nan, losses)


@jax.custom_vjp
def _loss(logits: Array, columns: Array, lengths: Array, frames: Array | None) -> Array:
    emitted = _emissions(logits, columns)
    real = None if frames is None else frames.T
    last, _ = _sweep(emitted.logs, _skips(columns), _places(columns) == 0 * lengths, real)
    return _value(_likelihood(last, lengths), emitted.total, frames)


def _emissions(logits: Array, columns: Array) -> _Emissions:
    logits = dtypes.at_least_float32(logits)
    largest = jnp.max(logits, -1)
    largest = jnp.where(jnp.isfinite(largest), largest, 0)
    total = jnp.sum(jnp.exp(logits - largest[..., None]), -1)
    rows = jnp.broadcast_to(jnp.arange(columns.shape[0], dtype="int32"), columns.T.shape)
    whole_columns = jax.lax.GatherDimensionNumbers(  # frames, states, batch: no transposed copy
        offset_dims=(0,), collapsed_slice_dims=(0, 2), start_index_map=(0, 2)
    )
    logs = jax.lax.gather(
        logits,
        jnp.stack([rows, columns.T], -1),
        whole_columns,
        slice_sizes=(1, logits.shape[1], 1),
        mode="promise_in_bounds",
    )
    return _Emissions(logs - largest.T[:, None], largest, total)


def _places(columns: Array) -> Array:
    return jnp.arange(columns.shape[1], dtype="int32")[:, None]


def _skips(columns: Array) -> Array:
    """`(1 + labels, batch)`, whether the next label may follow with no blank in between."""
    changes = columns[:, 2:] != columns[:, 1:-1]
    return jnp.pad(changes, ((0, 0), (1, 1)), constant_values=True).T[: columns.shape[1]]


def _sweep(emitted: Array, skips: Array, start: Array, real: Array | None) -> tuple[Any, Array]:
    """Logs of the sums over the ways from the start to each state: after the last frame, and in all to the labels."""

    def step(sums: tuple[Array, Array], frame: tuple[Array, Array | None]) -> Any:
        (blanks, labels), (emitted, real) = sums, frame
        either = _add(blanks, labels)
        entered = _add(labels, _one_on(jnp.where(skips, either, blanks)))
        new = either + emitted[0], entered + emitted
        if real is not None:
            new = jnp.where(real, new[0], blanks), jnp.where(real, new[1], labels)
        return new, new[1]

    blanks = jnp.where(start, 0, _NEVER).astype(emitted.dtype)
    return jax.lax.scan(step, (blanks, jnp.full_like(blanks, _NEVER)), (emitted, real))


def _add(a: Array, b: Array) -> Array:
    """`log(exp(a) + exp(b))`, with minus infinity as the log of 0. (`log1p` is slower, its digits are lost.)"""
    largest = jnp.maximum(a, b)
    finite = jnp.maximum(largest, jnp.finfo(a.dtype).min)
    return largest + jnp.log(1 + jnp.exp(jnp.minimum(a, b) - finite))


def _one_on(x: Array) -> Array:
    return jax.lax.pad(x, jnp.asarray(_NEVER, x.dtype), [(1, -1, 0), (0, 0, 0)])


def _likelihood(last: tuple[Array, Array], lengths: Array) -> Array:
    """A path ends in the last label or in the blanks behind it; without labels, in the blanks."""
    in_blanks, in_label = (jnp.take_along_axis(sums, lengths[None], 0)[0] for sums in last)
    return _add(in_blanks, in_label)


def _value(likelihood: Array, total: Array, frames: Array | None) -> Array:
    logs = jnp.log(total) if frames is None else jnp.where(frames, jnp.log(total), 0)
    return jnp.maximum(jnp.sum(logs, 1) - likelihood, 0)


def _forward(logits: Array, columns: Array, lengths: Array, frames: Array | None) -> Any:
    """The value, and what the gradient needs of the paths."""
    batch, labels = columns.shape[0], columns.shape[1] - 1
    emitted, skips, places = _emissions(logits, columns), _skips(columns), _places(columns)
    logs, real = emitted.logs, None if frames is None else frames.T
    backwards = jnp.concatenate([logs[:, :1], logs[:, :0:-1]], 1)[::-1]
    last, sums = _sweep(
        jnp.concatenate([logs, backwards], 2),
        jnp.concatenate([skips, skips[::-1]], 1),
        jnp.concatenate([places == 0 * lengths, places == labels - lengths], 1),
        None if real is None else jnp.concatenate([real, real[::-1]], 1),
    )
    likelihood = _likelihood((last[0][:, :batch], last[1][:, :batch]), lengths)
    possible = likelihood > _NEVER
    alpha, beta = sums[:, 1:, :batch], sums[::-1, :0:-1, batch:]
    once = jnp.where(logs[:, 1:] > _NEVER, logs[:, 1:], 0) + jnp.where(possible, likelihood, 0)  # both hold the frame
    passed = alpha + beta - once
    through = jnp.exp(passed if real is None else jnp.where(real[:, None], passed, _NEVER))
    value = _value(likelihood, emitted.total, frames)
    return value, (logits, emitted.largest, emitted.total, through, columns, frames, possible)


def _backward(kept: Any, cotangent: Array) -> Any:
    """`softmax - shares of the paths`, frame by frame; what does not go through a label goes through a blank."""
    logits, largest, total, through, columns, frames, possible = kept
    scale = jnp.where(possible, cotangent, 0)
    factors = scale[:, None] / total
    if frames is not None:
        factors, scale = jnp.where(frames, factors, 0), jnp.where(frames.T, scale, 0)
    gradient = jnp.exp(dtypes.at_least_float32(logits) - largest[..., None]) * factors[..., None]
    labels = jnp.sum(through, 1)
    paths = jnp.concatenate([jnp.maximum(1 - labels, 0)[:, None], through / jnp.maximum(labels, 1)[:, None]], 1)
    shares = jnp.transpose(paths * -jnp.broadcast_to(scale, labels.shape)[:, None], (2, 1, 0))
    rows = jnp.arange(columns.shape[0], dtype="int32")[:, None]
    gradient = gradient.at[rows, :, columns].add(shares, mode="promise_in_bounds")
    return gradient.astype(logits.dtype), None, None, None


_loss.defvjp(_forward, _backward)
