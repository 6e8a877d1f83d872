"""Reading what a network has seen: the labels of the likeliest classes, and the likeliest labels.

The second is a search over prefixes (Graves, 2012). In each frame a prefix stays as it is or grows by a label; ways
that lead to one prefix add up. A frame costs `beam width * classes`, whatever its number.
"""

import functools
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp

Array = Any
_NEVER = -jnp.inf
_FACTORS = (0x9E3779B1, 0x85EBCA6B)  # odd, of random bits


@functools.partial(jax.jit, static_argnames=("merge",))  # so that calls outside of a program compile it once
def greedy(scores: Array, frames: Array, blank: Any, merge: bool = True) -> Array:
    """The class with the largest score in each frame, without repeats and blanks.

    Args:
        scores: `(batch, frames, classes)`.
        frames: `(batch, frames)` booleans, which frames count.
        blank: the class of the blank.
        merge: whether equal neighbours are one label.

    Returns:
        `(batch, frames)` labels, then -1.
    """
    best = packed(jnp.argmax(scores, -1).astype("int32"), frames, blank)
    kept = best != blank
    if merge:
        kept = kept & (best != jnp.pad(best[:, :-1], ((0, 0), (1, 0)), constant_values=-1))
    return packed(best, kept, -1)


def packed(values: Array, kept: Array, fill: Any) -> Array:
    """What is kept of each row, in its order, then `fill`."""
    places = jnp.where(kept, jnp.cumsum(kept, 1, dtype="int32") - 1, values.shape[1])
    rows = jnp.arange(values.shape[0], dtype="int32")[:, None]
    return jnp.full_like(values, fill).at[rows, places].set(values, mode="drop")


class Beam(NamedTuple):
    """The best prefixes, the best first; all arrays are `(width, ...)`.

    Attributes:
        blank: logs of the sums over the ways that end in a blank.
        label: those that end in the prefix's last label.
        last: its last label, -1 if it is empty.
        name: two numbers that tell prefixes apart.
        above: those of the prefix without its last label.
    """

    blank: Array
    label: Array
    last: Array
    name: Array
    above: Array

    @property
    def total(self) -> Array:
        """Logs of the sums over all ways."""
        return jnp.logaddexp(self.blank, self.label)


def first_beam(width: int, dtype: Any) -> Beam:
    """The empty prefix, and places for more."""
    never = jnp.full(width, _NEVER, dtype)
    names = jnp.zeros((width, 2), "uint32")
    return Beam(never.at[0].set(0), never, jnp.full(width, -1, "int32"), names, names)


def advance(
    beam: Beam, log_p: Array, blank: Any, classes: Array | None = None, bonus: Array | None = None
) -> tuple[Beam, Array, Array]:
    """The beam after one more frame, and for each new prefix the place of the one it was, and its new label or -1.

    Args:
        beam: the beam before.
        log_p: `(classes,)`.
        blank: the class of the blank.
        classes: those by which prefixes may grow; all if `None`.
        bonus: `(width, classes)`, what is added where a prefix grows by a class.
    """
    width = len(beam.last)
    classes = jnp.arange(len(log_p), dtype="int32") if classes is None else classes
    gain = log_p if bonus is None else log_p + bonus
    stayed, parent, found = _stay(beam, log_p, gain, blank)
    ways = jnp.where(classes == beam.last[:, None], beam.blank[:, None], beam.total[:, None])
    grown = jnp.where(classes == blank, _NEVER, ways + (gain[classes] if bonus is None else gain[:, classes]))
    column = jnp.full(len(log_p) + 1, len(classes), "int32").at[classes].set(jnp.arange(len(classes), dtype="int32"))
    grown = grown.at[jnp.where(found, parent, width), column[beam.last]].set(_NEVER, mode="drop")
    scores, places = jax.lax.top_k(jnp.concatenate([jnp.logaddexp(*stayed), grown.ravel()]), width)
    old, new = places < width, jnp.maximum(places - width, 0)
    source = jnp.where(old, places, new // len(classes))
    emitted = jnp.where(old, -1, classes[new % len(classes)])
    return _selected(beam, stayed, source, emitted, scores), source, emitted


def _stay(beam: Beam, log_p: Array, gain: Array, blank: Any) -> tuple[tuple[Array, Array], Array, Array]:
    """The two sums of each prefix that does not grow, but for growth of others into it; which these are."""
    same = jnp.all(beam.above[:, None] == beam.name, -1) & (beam.last >= 0)[:, None]
    same = same & (beam.total > _NEVER) & (beam.total > _NEVER)[:, None]
    parent, found = jnp.argmax(same, 1).astype("int32"), jnp.any(same, 1)
    ways = jnp.where(beam.last[parent] == beam.last, beam.blank[parent], beam.total[parent])
    gained = gain[beam.last] if gain.ndim == 1 else gain[parent, beam.last]
    joined = jnp.where(found, ways + gained, _NEVER)
    held = jnp.where(beam.last >= 0, beam.label + log_p[beam.last], _NEVER)
    return (beam.total + log_p[blank], jnp.logaddexp(held, joined)), parent, found


def _selected(beam: Beam, stayed: tuple[Array, Array], source: Array, emitted: Array, scores: Array) -> Beam:
    grows = emitted >= 0
    blank = jnp.where(grows, _NEVER, stayed[0][source])
    label = jnp.where(grows, scores, stayed[1][source])
    name, above = beam.name[source], beam.above[source]
    grown = (name ^ (emitted[:, None] + 1).astype("uint32")) * jnp.array(_FACTORS, "uint32") + jnp.uint32(1)
    grown = grown ^ (grown >> 15)
    wide = grows[:, None]
    return Beam(
        blank,
        label,
        jnp.where(grows, emitted, beam.last[source]),
        jnp.where(wide, grown, name),
        jnp.where(wide, name, above),
    )


@functools.partial(jax.jit, static_argnames=("width", "top_paths"))
def beam_search(log_p: Array, frames: Array, blank: Any, width: int, top_paths: int) -> tuple[Array, Array]:
    """The likeliest labels of each row.

    Args:
        log_p: `(batch, frames, classes)`, logs of probabilities.
        frames: `(batch, frames)` booleans, which frames count.
        blank: the class of the blank.
        width: how many prefixes are kept.
        top_paths: how many are wanted.

    Returns:
        `(top_paths, batch, frames)` labels, then -1; and the logs of their probabilities, `(batch, top_paths)`.
    """
    count = min(width + 1, log_p.shape[-1])  # a class below these makes no prefix that stays

    def search(log_p: Array, frames: Array) -> tuple[Array, Array]:
        def step(beam: Beam, frame: tuple[Array, Array]) -> Any:
            log_p, real = frame
            new, source, emitted = advance(beam, log_p, blank, _likeliest(log_p, count))
            new = jax.tree.map(lambda a, b: jnp.where(real, a, b), new, beam)
            return new, (jnp.where(real, source, jnp.arange(width, dtype="int32")), jnp.where(real, emitted, -1))

        last, steps = jax.lax.scan(step, first_beam(width, log_p.dtype), (log_p, frames))
        return _traced(*steps)[:top_paths], last.total[:top_paths]

    labels, scores = jax.vmap(search)(log_p, frames)
    return jnp.swapaxes(labels, 0, 1), scores


def _likeliest(log_p: Array, count: int) -> Array | None:
    return None if count == len(log_p) else jax.lax.top_k(log_p, count)[1].astype("int32")


def _traced(sources: Array, emitted: Array) -> Array:
    """The labels of each prefix of the last beam: `(width, frames)`, then -1."""

    def back(place: Array, step: tuple[Array, Array]) -> tuple[Array, Array]:
        source, emitted = step
        return source[place], emitted[place]

    _, labels = jax.lax.scan(back, jnp.arange(sources.shape[1], dtype="int32"), (sources, emitted), reverse=True)
    return packed(labels.T, labels.T >= 0, -1)
