"""A progress bar for the program's own loops."""

from collections.abc import Iterable
from typing import Any

import numpy as np

from ..callbacks.progress import Progress


class Progbar:
    """Shows how far a loop is, and means of numbers.

    Args:
        target: the number of steps, `None` if it is not known.
        width: not used: the bar has one width.
        verbose: 0 for nothing, 1 for a bar, 2 for a line at the end.
        interval: not used: the bar is shown at most ten times a second.
        stateful_metrics: names of numbers that are shown as they are; of the others the mean is shown.
        stateless_metrics: or, names of numbers of which the mean is shown; the others are shown as they are.
        unit_name: not used.

    Example:

        bar = Progbar(100)
        for step in range(100):
            bar.update(step + 1, [("loss", train(step))])
    """

    def __init__(
        self,
        target: int | None,
        width: int = 20,
        verbose: int = 1,
        interval: float = 0.05,
        stateful_metrics: Iterable[str] | None = None,
        stateless_metrics: Iterable[str] | None = None,
        unit_name: str = "step",
    ) -> None:
        if stateful_metrics is not None and stateless_metrics is not None:
            raise ValueError("Progbar: only one of `stateful_metrics` and `stateless_metrics` can be given.")
        self.target, self.width, self.verbose = target, width, verbose
        self.interval, self.unit_name = interval, unit_name
        self.stateful_metrics = set(stateful_metrics or ())
        self.stateless_metrics = None if stateless_metrics is None else set(stateless_metrics)
        self._seen = 0
        self._sums: dict[str, tuple[float, float]] = {}  # of each number its sum and its weight
        self._progress = Progress(verbose, "")
        self._progress.begin(0, target)

    def update(
        self, current: int, values: Iterable[tuple[str, Any]] | None = None, finalize: bool | None = None
    ) -> None:
        """Step `current` is done.

        Args:
            current: how many steps are done.
            values: pairs of a name and its number of the last steps; of several numbers the mean counts.
            finalize: whether the loop is done; by default, whether the target is reached.
        """
        steps = current - self._seen
        for name, value in values or ():
            total, weight = self._sums.get(name, (0.0, 0.0))
            means = self._is_mean(name)
            number = float(np.mean(value))
            added = (number * steps, float(steps)) if means else (number, 1.0)
            self._sums[name] = (total + added[0], weight + added[1]) if means else added
        self._seen = current
        shown = {name: total / max(weight, 1) for name, (total, weight) in self._sums.items()}
        if finalize or (finalize is None and self.target is not None and current >= self.target):
            self._progress.end(current, shown)
        elif self._progress.due():
            self._progress.update(current, shown)

    def _is_mean(self, name: str) -> bool:
        if self.stateless_metrics is not None:
            return name in self.stateless_metrics
        return name not in self.stateful_metrics

    def add(self, n: int, values: Iterable[tuple[str, Any]] | None = None) -> None:
        """`n` more steps are done."""
        self.update(self._seen + n, values)
