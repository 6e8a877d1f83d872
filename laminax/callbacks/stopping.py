"""Callbacks that end a run."""

import math
from typing import Any

from .._core import checks
from .callback import Callback, Logs
from .monitor import Monitor


class EarlyStopping(Monitor):
    """Ends the run when a number has not improved for `patience` epochs.

    Args:
        monitor: its name in the logs.
        min_delta: a change of less is no improvement.
        patience: how many epochs without improvement are allowed.
        verbose: 1 prints what is done.
        mode: `"min"`, `"max"` or `"auto"`.
        baseline: a value that must be passed for an epoch to count as improvement.
        restore_best_weights: at the end go back to the weights of the best epoch.
        start_from_epoch: look at no epoch before this one.
    """

    remembered = ("wait", "stopped_epoch", "best_epoch", "best", "best_weights")

    def __init__(
        self,
        monitor: str = "val_loss",
        min_delta: float = 0,
        patience: int = 0,
        verbose: int = 0,
        mode: str = "auto",
        baseline: float | None = None,
        restore_best_weights: bool = False,
        start_from_epoch: int = 0,
    ) -> None:
        super().__init__(monitor, mode, min_delta)
        self.patience = checks.integer(self, "patience", patience, least=0)
        self.verbose = verbose
        self.baseline = baseline
        self.restore_best_weights = restore_best_weights
        self.start_from_epoch = start_from_epoch

    def on_train_begin(self, logs: Logs | None = None) -> None:
        self.wait = 0
        self.stopped_epoch = 0
        self.best_epoch = 0
        self.best: float | None = None
        self.best_weights: Any = None

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        value = self.value(logs)
        if value is None or epoch < self.start_from_epoch:
            return
        self.wait += 1
        if self.improves(value, self.best):
            self.best, self.best_epoch = value, epoch
            if self.restore_best_weights:
                self.best_weights = self.model.get_weights()
            if self.baseline is None or self.improves(value, self.baseline):
                self.wait = 0
        elif self.wait >= self.patience and epoch > 0:
            self.stopped_epoch = epoch
            self.model.stop_training = True

    def on_train_end(self, logs: Logs | None = None) -> None:
        if self.stopped_epoch and self.verbose:
            print(f"Epoch {self.stopped_epoch + 1}: stopped early, best epoch {self.best_epoch + 1}.")
        if self.best_weights is not None:
            self.model.set_weights(self.best_weights)


class TerminateOnNaN(Callback):
    """Ends the run when the loss is not a finite number.

    Args:
        raise_error: raise a `RuntimeError` instead of ending quietly.
    """

    def __init__(self, raise_error: bool = False) -> None:
        self.raise_error = raise_error

    def on_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        loss = (logs or {}).get("loss")
        if loss is None or math.isfinite(loss):
            return
        if self.raise_error:
            raise RuntimeError(f"The loss is {loss} at batch {batch}.")
        print(f"Batch {batch}: the loss is {loss}, training ends.")
        self.model.stop_training = True
