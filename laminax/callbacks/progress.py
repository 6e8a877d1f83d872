"""What a run shows while it runs: a bar on a terminal or in a notebook, a line an epoch elsewhere."""

import os
import sys
import time
from typing import Any

from .._core import settings
from .._core.errors import unknown

_WIDTH = 24


class Progress:
    """Shows epochs, steps, the time that is left, and the numbers.

    Args:
        verbose: 0 for nothing, 1 (or `"auto"`) for a bar where one can be shown, 2 for a line an epoch.
        title: what is shown, with `{}` for the number of the epoch.
        stream: where to write, standard output by default.
    """

    def __init__(self, verbose: Any = "auto", title: str = "Epoch {}", stream: Any = None) -> None:
        if verbose not in ("auto", 0, 1, 2):
            raise unknown("verbose", verbose, ("auto", "0", "1", "2"))
        self.stream = stream or sys.stdout
        self.title = title
        self.notebook = _in_notebook()
        live = self.notebook or bool(getattr(self.stream, "isatty", lambda: False)())
        self.shown = int(verbose) if verbose != "auto" else 1
        self.live = live and self.shown == 1 and settings.is_interactive_logging_enabled()
        self._display: Any = None
        self._last = 0.0
        self._width = 0
        self._since: tuple[int, float] | None = None  # steps and time from which on the pace is told

    def say(self, line: str) -> None:
        """Print a line of its own."""
        if self.shown and line:
            print(line, file=self.stream, flush=True)

    def clear(self) -> None:
        """Take the bar away, so that others may print."""
        if self.live and self._width:
            print(f"\r{' ' * self._width}\r", end="", file=self.stream, flush=True)
            self._width = 0

    def begin(self, epoch: int, steps: int | None) -> None:
        """An epoch begins."""
        self.epoch, self.steps, self.began = epoch, steps, time.perf_counter()
        self._last = 0.0
        if self._since is not None:
            self._since = 0, self.began

    def due(self) -> bool:
        """Whether it is time to show the bar again."""
        return self.live and time.perf_counter() - self._last > 0.1

    def update(self, done: int, logs: dict[str, float]) -> None:
        """Show the bar."""
        self._last = time.perf_counter()
        if self.steps:
            filled = min(_WIDTH, _WIDTH * done // self.steps)
            bar = f"[{'#' * filled}{'.' * (_WIDTH - filled)}] {done}/{self.steps}  {self._left(done)}".rstrip()
        else:
            bar = f"step {done}"
        self._write(f"{self._title()}  {bar}  {_numbers(logs)}".rstrip(), end=False)

    def _left(self, done: int) -> str:
        """The time until the end of the epoch, at the pace since the first steps of all, which hold the compilation."""
        if self._since is None:
            self._since = done, self._last
        steps, began = self._since
        rest = max((self.steps or 0) - done, 0)
        return f"{_duration((self._last - began) / (done - steps) * rest)} left" if done > steps else ""

    def end(self, done: int, logs: dict[str, float]) -> None:
        """Show the line of a finished epoch."""
        if not self.shown:
            return
        elapsed = time.perf_counter() - self.began
        each = f", {_duration(elapsed / done)} a step" if done else ""
        self._write(f"{self._title()}  {_duration(elapsed)}{each}  {_numbers(logs)}".rstrip(), end=True)

    def _title(self) -> str:
        return self.title.format(self.epoch + 1)

    def _write(self, line: str, end: bool) -> None:
        if self.notebook and self.live:
            self._show_in_notebook(line, end)
        elif self.live:
            line = line if end else line[: _columns(self.stream) - 1]  # a line that wraps can't be written over
            padded = line.ljust(self._width)
            self._width = 0 if end else len(line)
            print(f"\r{padded}", end="\n" if end else "", file=self.stream, flush=True)
        elif end:
            print(line, file=self.stream, flush=True)

    def _show_in_notebook(self, line: str, end: bool) -> None:
        from IPython.display import Pretty, display

        shown = Pretty(line)
        if self._display is None:
            self._display = display(shown, display_id=True)
        else:
            self._display.update(shown)
        if end:
            self._display = None


def _columns(stream: Any) -> int:
    """The width of a terminal."""
    try:
        return os.get_terminal_size(stream.fileno()).columns or 80
    except (AttributeError, OSError, ValueError):
        return 80


def _in_notebook() -> bool:
    """Whether an IPython kernel shows the output; IPython is not imported for the question."""
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython is not None else None
    return shell is not None and "IPKernelApp" in getattr(shell, "config", {})


def _numbers(logs: dict[str, float]) -> str:
    return "  ".join(f"{name} {_number(value)}" for name, value in logs.items())


def _number(value: Any) -> str:
    try:
        value = float(value)
    except (TypeError, ValueError):
        return str(value)
    return f"{value:.4f}" if 1e-3 <= abs(value) < 1e4 or value == 0 else f"{value:.4e}"


def _duration(seconds: float) -> str:
    if seconds < 1e-3:
        return f"{seconds * 1e6:.0f} us"
    if seconds < 1:
        return f"{seconds * 1e3:.0f} ms" if seconds >= 0.01 else f"{seconds * 1e3:.1f} ms"
    if seconds < 100:
        return f"{seconds:.1f} s"
    return f"{int(seconds) // 60}:{int(seconds) % 60:02d} min"
