"""Ctrl-C that acts only where nothing is half done.

An exception that a signal's handler raises may appear between any two instructions: within JAX, where caches break,
or within a callback of the garbage collector, where Python drops it. So a run holds Ctrl-C back, asks for it between
its steps, and releases it while code of the user's own runs.
"""

import contextlib
import signal
import threading
from collections.abc import Iterator
from typing import Any


class _Held:
    """A handler of signals that only remembers; `before` is the one whose place it takes."""

    def __init__(self, before: Any) -> None:
        self.before = before
        self._came: tuple[Any, ...] | None = None

    def __call__(self, *signal_and_frame: Any) -> None:
        self._came = signal_and_frame

    def act(self) -> None:
        """What Ctrl-C would have done when it came, if it did."""
        came, self._came = self._came, None
        if came is not None:
            self.before(*came)


@contextlib.contextmanager
def held() -> Iterator[None]:
    """Inside, Ctrl-C waits for `checkpoint`, `released` or the end."""
    before = signal.getsignal(signal.SIGINT)
    if not _ours() or not callable(before) or isinstance(before, _Held):
        yield
        return
    handler = _Held(before)
    signal.signal(signal.SIGINT, handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, handler.before)
        handler.act()


@contextlib.contextmanager
def released() -> Iterator[None]:
    """Inside, Ctrl-C acts at once, as it does outside of `held`."""
    handler = signal.getsignal(signal.SIGINT)
    if not _ours() or not isinstance(handler, _Held):
        yield
        return
    signal.signal(signal.SIGINT, handler.before)
    try:
        handler.act()
        yield
    finally:
        handler.before = signal.getsignal(signal.SIGINT)  # which may be a new one
        signal.signal(signal.SIGINT, handler)


def checkpoint() -> None:
    """Let a Ctrl-C that is held back act."""
    handler = signal.getsignal(signal.SIGINT)
    if _ours() and isinstance(handler, _Held):
        handler.act()


def _ours() -> bool:
    """Python delivers signals to the main thread alone."""
    return threading.current_thread() is threading.main_thread()
