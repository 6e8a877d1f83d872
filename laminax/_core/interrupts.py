"""Ctrl-C, and the request to end, that act only where nothing is half done.

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


class Noted:
    """A handler of Ctrl-C and of the request to end (SIGTERM) that only notes them; a second one acts at once."""

    def __init__(self) -> None:
        self._before: dict[int, Any] = {}
        self._came: tuple[Any, ...] | None = None

    @property
    def came(self) -> bool:
        """Whether one has come."""
        return self._came is not None

    def __call__(self, *number_and_frame: Any) -> None:
        if self._came is not None:
            self._came = None
            self.leave()
            signal.raise_signal(number_and_frame[0])
        self._came = number_and_frame

    def take(self) -> None:
        """Stand in for the handlers that there are."""
        for number in (signal.SIGINT, signal.SIGTERM):
            before = signal.getsignal(number)
            if callable(before) or (number == signal.SIGTERM and before == signal.SIG_DFL):
                self._before[number] = before
                signal.signal(number, self)
            if isinstance(before, _Held):  # one may have come already
                self._came, before._came = before._came, None

    def leave(self) -> None:
        """Put back the handlers that there were."""
        for number, before in self._before.items():
            signal.signal(number, before)

    def act(self) -> None:
        """What the signal would have done when it came, if it did: SIGTERM ends the program with the status 143."""
        came, self._came = self._came, None
        if came is not None:
            before = self._before[came[0]]
            if not callable(before):
                raise SystemExit(128 + came[0])
            before(*came)
        held = self._before.get(signal.SIGINT)
        if isinstance(held, _Held):
            held.act()


@contextlib.contextmanager
def noted() -> Iterator[Noted]:
    """Inside, Ctrl-C and SIGTERM wait for `act`, or the end, also while code of the user's own runs."""
    handler = Noted()
    if _ours():
        handler.take()
    try:
        yield handler
    finally:
        handler.leave()
        handler.act()


def _ours() -> bool:
    """Python delivers signals to the main thread alone."""
    return threading.current_thread() is threading.main_thread()
