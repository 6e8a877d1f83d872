"""Callbacks that watch one number: which one, and whether more or less of it is better."""

import math
from collections.abc import Sequence
from typing import Any

from .._core import checks
from .._core.errors import did_you_mean
from .callback import Callback, Logs

_UP = (
    "acc",
    "auc",
    "precision",
    "recall",
    "f1",
    "fbeta",
    "iou",
    "r2",
    "top_k",
    "correlation",
    "true_positives",
    "true_negatives",
)
_DOWN = (
    "loss",
    "error",
    "mse",
    "mae",
    "rmse",
    "mape",
    "msle",
    "crossentropy",
    "hinge",
    "poisson",
    "divergence",
    "logcosh",
    "rate",
    "false_",
)


class Monitor(Callback):
    """The base of callbacks that watch one number of the epoch's logs.

    Args:
        monitor: its name in the logs, such as `"val_loss"`.
        mode: `"min"`, `"max"`, or `"auto"`: by the metric.
        min_delta: a change of less is none.
    """

    def __init__(self, monitor: str = "val_loss", mode: str = "auto", min_delta: float = 0) -> None:
        self.monitor = monitor
        self.mode = checks.choice(self, "mode", mode, ("auto", "min", "max"))
        self.min_delta = abs(min_delta)
        self.best: float | None = None

    def value(self, logs: Logs | None) -> float | None:
        """The number; `None` after an epoch without validation, if it is one of a validation.

        Raises:
            ValueError: with the names that there are, if it is not among them.
        """
        logs = logs or {}
        if self.monitor in logs:
            return float(logs[self.monitor])
        if self.monitor in self.params.get("metrics", ()):
            return None
        raise ValueError(unknown_monitor(self, list(logs)))

    def check(self, names: Sequence[str]) -> None:
        """Raise a `ValueError` if the number will not be among `names`, or if it is not known which way is better."""
        if self.monitor not in names:
            raise ValueError(unknown_monitor(self, names))
        self._upwards()

    def improves(self, value: float, than: float | None) -> bool:
        """Whether `value` is better than `than` by more than `min_delta`; what is no number never is."""
        if than is None or math.isnan(value):
            return not math.isnan(value)
        return value - self.min_delta > than if self._upwards() else value + self.min_delta < than

    def _upwards(self) -> bool:
        if self.mode != "auto":
            return self.mode == "max"
        name = self.monitor.removeprefix("val_")
        for metric in getattr(self.model, "metrics", []):
            if metric.name == name and getattr(metric, "direction", None) is not None:
                return bool(metric.direction == "up")
        if any(part in name for part in _DOWN):
            return False
        if any(part in name for part in _UP):
            return True
        raise ValueError(
            f"{type(self).__name__}: is more or less of {self.monitor!r} better? Set mode='max' or mode='min'."
        )


def unknown_monitor(callback: Any, names: Sequence[str]) -> str:
    """The words for a name that is not in the logs."""
    hint = (
        " Give fit validation_data."
        if callback.monitor.startswith("val_") and not any(n.startswith("val_") for n in names)
        else ""
    )
    near = did_you_mean(callback.monitor, names) if not hint else f" Known: {', '.join(map(repr, names))}."
    return f"{type(callback).__name__} monitors {callback.monitor!r}, which is not in the logs.{hint}{near}"
