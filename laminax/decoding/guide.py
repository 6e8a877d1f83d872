"""A search that asks a language model or a lexicon what may come next."""

from collections.abc import Callable, Iterable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from ..ops import ctc_search
from .alphabet import Alphabet

Array = Any
Prefix = tuple[int, ...]


class Guide:
    """What is added to the log probability where a class follows a beginning; the blank stands for the end.

    Args:
        classes: the number of classes.
        blank: the class of the blank.
        alphabet: the symbols, or `None`.
        score, lexicon, separator: as of `beam_search`.
    """

    def __init__(
        self,
        classes: int,
        blank: int,
        alphabet: Alphabet | None,
        score: Callable[[Any], Any] | None,
        lexicon: Iterable[Any] | None,
        separator: Any,
    ) -> None:
        self.classes, self.blank, self.alphabet, self.score = classes, blank, alphabet, score
        self.words = None if lexicon is None else {self._labels(word) for word in lexicon}
        self.separator = None if separator is None else self._labels([separator])[0]
        self.follows: dict[Prefix, set[int]] = {}
        for word in self.words or ():
            for i, label in enumerate(word):
                self.follows.setdefault(word[:i], set()).add(label)
        self._known: dict[Prefix, np.ndarray] = {}

    def _labels(self, word: Any) -> Prefix:
        if isinstance(word, str) or any(isinstance(symbol, str) for symbol in word):
            if self.alphabet is None:
                raise TypeError(f"The lexicon holds the text {word!r}: give an alphabet, or words as lists of labels.")
            return tuple(self.alphabet.encode(word, f"The lexicon's {word!r}"))
        return tuple(map(int, word))

    def __call__(self, prefix: Prefix) -> np.ndarray:
        """The `(classes,)` numbers for a beginning."""
        if prefix not in self._known:
            self._known[prefix] = self._scored(prefix) + self._allowed(prefix)
        return self._known[prefix]

    def _scored(self, prefix: Prefix) -> np.ndarray:
        if self.score is None:
            return np.zeros(self.classes, "float32")
        shown = prefix if self.alphabet is None else self.alphabet.decode(prefix)
        found = np.asarray(self.score(shown), "float32")
        if found.shape != (self.classes,) or np.isnan(found).any():
            raise ValueError(
                f"score must give {self.classes} numbers, one for each class (for the blank: that of the end); for "
                f"{shown!r} it gave {found.dtype}{found.shape}{' with NaN' if np.isnan(found).any() else ''}."
            )
        return found

    def _allowed(self, prefix: Prefix) -> np.ndarray:
        """0 where a class may follow, else minus infinity."""
        if self.words is None:
            return np.zeros(self.classes, "float32")
        start = 1 + max((i for i, label in enumerate(prefix) if label == self.separator), default=-1)
        word = prefix[start:]
        allowed = np.full(self.classes, -np.inf, "float32")
        allowed[list(self.follows.get(word, ()))] = 0
        if word in self.words:
            allowed[[self.blank] if self.separator is None else [self.blank, self.separator]] = 0
        return allowed


@jax.jit
def _step(beams: Any, log_p: Array, bonus: Array, real: Array, blank: Array) -> Any:
    """One frame of all rows; a row whose frame does not count stays as it is."""

    def one(beam: Any, log_p: Array, bonus: Array, real: Array) -> Any:
        new, source, emitted = ctc_search.advance(beam, log_p, blank, bonus=bonus)
        new = jax.tree.map(lambda a, b: jnp.where(real, a, b), new, beam)
        return (
            new,
            jnp.where(real, source, jnp.arange(len(source), dtype="int32")),
            jnp.where(real, emitted, -1),
            new.total,
        )

    return jax.vmap(one)(beams, log_p, bonus, real)


def guided_search(
    log_p: Array, frames: np.ndarray, blank: int, width: int, top_paths: int, guide: Guide
) -> list[list[tuple[Prefix, float]]]:
    """Labels and scores of each row, the best first; arguments as of `ops.ctc_search.beam_search`."""
    batch = len(frames)
    beams = jax.tree.map(lambda a: jnp.repeat(a[None], batch, 0), ctc_search.first_beam(width, log_p.dtype))
    prefixes: list[list[Prefix]] = [[()] * width for _ in range(batch)]
    alive = np.broadcast_to(np.arange(width) == 0, (batch, width))
    totals: Any = np.where(alive, 0.0, -np.inf)
    nothing = np.zeros(guide.classes, "float32")
    for t in range(frames.shape[1]):
        bonus = np.stack(
            [[guide(p) if a else nothing for p, a in zip(*row)] for row in zip(prefixes, alive)], dtype=log_p.dtype
        )
        beams, source, emitted, totals = _step(beams, log_p[:, t], bonus, frames[:, t], blank)
        moves = zip(prefixes, np.asarray(source).tolist(), np.asarray(emitted).tolist())
        prefixes = [[row[s] if e < 0 else (*row[s], e) for s, e in zip(*move)] for row, *move in moves]
        alive = np.asarray(totals) > -np.inf
    ends = [
        [(p, s + guide(p)[blank] if a else -np.inf) for p, s, a in zip(*row)]
        for row in zip(prefixes, np.asarray(totals), alive)
    ]
    return [sorted(row, key=lambda pair: -pair[1])[:top_paths] for row in ends]
