"""Callbacks that change the learning rate."""

import inspect
import numbers
from collections.abc import Callable
from typing import Any

from .._core import checks
from .callback import Callback, Logs
from .monitor import Monitor


class LearningRateScheduler(Callback):
    """Sets the learning rate before each epoch: `schedule(epoch, rate) -> rate`, or `schedule(epoch) -> rate`.

    Args:
        schedule: the function; epochs count from 0.
        verbose: 1 prints the rate.
    """

    def __init__(self, schedule: Callable[..., float], verbose: int = 0) -> None:
        self.schedule = schedule
        self.verbose = verbose

    def on_epoch_begin(self, epoch: int, logs: Logs | None = None) -> None:
        for optimizer in self.model.optimizer.rated.values():
            before = float(optimizer.learning_rate)
            rate: Any = self.schedule(epoch, before) if _takes_two(self.schedule) else self.schedule(epoch)
            if isinstance(rate, bool) or not (isinstance(rate, numbers.Real) or getattr(rate, "shape", None) == ()):
                raise ValueError(f"LearningRateScheduler: schedule must give a number; got {rate!r}.")
            optimizer.learning_rate = float(rate)
            if self.verbose:
                print(f"Epoch {epoch + 1}: learning rate {float(rate):g}.")

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        if logs is not None:
            logs.update(rates(self.model.optimizer))


def rates(optimizer: Any) -> dict[str, float]:
    """The learning rates of an optimizer, by their names in logs."""
    return {name: float(part.learning_rate) for name, part in optimizer.rated.items()}


def _takes_two(schedule: Callable[..., float]) -> bool:
    """Whether a function takes an epoch and a rate."""
    try:
        inspect.signature(schedule).bind(0, 0.0)
    except TypeError:
        return False
    return True


class ReduceLROnPlateau(Monitor):
    """Multiplies the learning rate by `factor` when a number has not improved for `patience` epochs.

    Args:
        monitor: its name in the logs.
        factor: less than 1.
        patience: how many epochs without improvement are allowed.
        verbose: 1 prints what is done.
        mode: `"min"`, `"max"` or `"auto"`.
        min_delta: a change of less is no improvement.
        cooldown: how many epochs to wait after a reduction before watching again.
        min_lr: the least rate.
    """

    remembered = ("best", "wait", "cooling")

    def __init__(
        self,
        monitor: str = "val_loss",
        factor: float = 0.1,
        patience: int = 10,
        verbose: int = 0,
        mode: str = "auto",
        min_delta: float = 1e-4,
        cooldown: int = 0,
        min_lr: float = 0.0,
    ) -> None:
        super().__init__(monitor, mode, min_delta)
        if not 0 < factor < 1:
            raise ValueError(f"ReduceLROnPlateau: factor must be between 0 and 1; got {factor}.")
        self.factor = factor
        self.patience = checks.integer(self, "patience", patience, least=0)
        self.verbose = verbose
        self.cooldown = cooldown
        self.min_lr = min_lr

    def on_train_begin(self, logs: Logs | None = None) -> None:
        self.best: float | None = None
        self.wait = 0
        self.cooling = 0

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        if logs is not None:
            logs.update(rates(self.model.optimizer))
        value = self.value(logs)
        if value is None:
            return
        if self.cooling:
            self.cooling -= 1
            self.wait = 0
        if self.improves(value, self.best):
            self.best, self.wait = value, 0
        elif not self.cooling:
            self.wait += 1
            if self.wait >= self.patience:
                for optimizer in self.model.optimizer.rated.values():
                    self._reduce(optimizer, epoch)

    def _reduce(self, optimizer: Any, epoch: int) -> None:
        before = float(optimizer.learning_rate)
        if before <= self.min_lr:
            return
        optimizer.learning_rate = max(before * self.factor, self.min_lr)
        self.cooling, self.wait = self.cooldown, 0
        if self.verbose:
            print(f"Epoch {epoch + 1}: learning rate reduced from {before:g} to {float(optimizer.learning_rate):g}.")
