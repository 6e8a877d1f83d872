"""What one forward pass carries besides its inputs: the call frame.

A frame holds the mode (`training`), the losses that layers add, and *facts* about arrays:
the mask of padded steps, the logits behind a softmax. JAX arrays carry no attributes, so a
frame keeps facts by the identity of the array, for as long as the array lives.
"""

import contextlib
import contextvars
import weakref
from collections.abc import Iterator
from typing import Any

import jax

from . import compat

KERAS_MASK = "_keras_mask"  # the attribute of an array in which programs written for Keras put a mask, or look for it


class Facts:
    """What is known of single arrays, by identity; an entry goes when its array does."""

    def __init__(self) -> None:
        self._entries: dict[int, tuple[weakref.ref[Any], dict[str, Any]]] = {}

    def of(self, array: Any) -> dict[str, Any]:
        """The facts about `array`; empty where nothing is known."""
        entry = self._entries.get(id(array))
        return entry[1] if entry and entry[0]() is array else {}

    def note(self, array: Any, **facts: Any) -> None:
        """Add facts about `array`."""
        key, entries = id(array), self._entries
        known = self.of(array)
        entries[key] = (weakref.ref(array, lambda _: entries.pop(key, None)), {**known, **facts})


class Frame:
    """One forward pass.

    Attributes:
        training: whether layers behave as in training; `None` where nobody said.
        losses: scalars added by layers (`add_loss`, activity regularizers).
        rows: which rows of the batch are real, `(batch,)` booleans; `None` if all are.
        facts: what is known of single arrays.
        layer: the innermost layer, whose `call` runs.
        dtype: the compute type of that layer, where its weights are of another.
        rows_lost: whether something ran that does not know of `rows`, so that padding may leak.
        watch: a function `(layer, outputs)` that is told of each call of a layer; `None` for none.
        passed: arguments by which layers around have been called, for layers inside that ask for them.
    """

    def __init__(self, training: bool | None = None, rows: Any = None) -> None:
        self.training = training
        self.rows = rows
        self.losses: list[Any] = []
        self.facts = Facts()
        self.layer: Any = None
        self.dtype: str | None = None
        self.rows_lost = False
        self.passed: dict[str, Any] = {}
        self.watch: Any = None


_frame: contextvars.ContextVar[Frame | None] = contextvars.ContextVar("frame", default=None)
_eager: contextvars.ContextVar[Facts | None] = contextvars.ContextVar("eager", default=None)


def current() -> Frame | None:
    """The frame of the forward pass that is running, if one is."""
    return _frame.get()


@contextlib.contextmanager
def call(training: bool | None = None, rows: Any = None) -> Iterator[Frame]:
    """Run a pure forward pass: a fresh frame, which tells one outside no more than how it may be driven."""
    frame, outer = Frame(training, rows), _frame.get()
    token = _frame.set(frame)
    try:
        yield frame
    finally:
        _frame.reset(token)
        if outer is not None:
            outer.rows_lost = outer.rows_lost or frame.rows_lost


@contextlib.contextmanager
def layer_call(layer: Any, training: bool | None, dtype: str | None, passed: dict[str, Any]) -> Iterator[Frame]:
    """Run one layer: in the running frame, or, called eagerly, in one of its own.

    Facts of eager calls outlive the call, so that `lstm(embedding(x))` finds its mask.
    """
    frame = _frame.get()
    token = None
    if frame is None:
        frame = Frame()
        frame.facts = _eager.get() or Facts()
        _eager.set(frame.facts)
        token = _frame.set(frame)
    before = frame.layer, frame.training, frame.dtype, frame.passed
    frame.layer, frame.training, frame.dtype, frame.passed = layer, training, dtype, passed
    try:
        yield frame
    finally:
        frame.layer, frame.training, frame.dtype, frame.passed = before
        if token is not None:
            _frame.reset(token)


def _facts() -> Facts | None:
    frame = _frame.get()
    return frame.facts if frame is not None else _eager.get()


def fact(array: Any, name: str) -> Any:
    """One fact about `array` (`"mask"`, `"softmax"`, `"sigmoid"`), or `None`."""
    facts = _facts()
    found = facts.of(array).get(name) if facts is not None else None
    return getattr(array, KERAS_MASK, None) if found is None and name == "mask" else found


def note(array: Any, **facts: Any) -> None:
    """Add facts about `array` to the running frame; outside of any, nothing happens."""
    frame = _frame.get()
    if frame is not None:
        frame.facts.note(array, **facts)
    if "mask" in facts and not any(map(compat.is_tracer, (array, facts["mask"]))):
        with contextlib.suppress(AttributeError):
            setattr(array, KERAS_MASK, facts["mask"])


def carry(old: Any, new: Any, convert: Any) -> None:
    """Note for `new` what is known of `old`: masks as they are, logits through `convert`."""
    facts = _facts()
    known = dict(facts.of(old)) if facts is not None and new is not old else {}
    if (mask := getattr(old, KERAS_MASK, None)) is not None:
        known.setdefault("mask", mask)
    if known and new is not old:
        note(new, **{k: v if k == "mask" else convert(v) for k, v in known.items()})


def note_masks(tree: Any, found: list[Any]) -> None:
    """Note masks for the leaves of a tree, where they are not `None`."""
    for x, mask in zip(jax.tree.leaves(tree), found):
        if mask is not None:
            note(x, mask=mask)


def masks(tree: Any) -> Any:
    """The masks of a tree of arrays, `None` where there is none."""
    return jax.tree.map(lambda x: fact(x, "mask"), tree)


def lose_rows(knows: bool = False) -> None:
    """Say that what runs now does not know which rows of the batch are real."""
    frame = _frame.get()
    if frame is not None and not knows:
        frame.rows_lost = True
