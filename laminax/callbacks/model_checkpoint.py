"""Models in files while they are trained."""

import os
from collections.abc import Sequence
from typing import Any

from .._core import checks
from .._core.errors import did_you_mean
from .callback import Logs
from .monitor import Monitor


class ModelCheckpoint(Monitor):
    """Saves the model, or its weights, after each epoch or every so many batches. A file is whole or as it was before.

    To go on with training exactly where it was, use `BackupAndRestore`, which also remembers the best value.

    Args:
        filepath: a name that ends with `.keras`, or for weights with `.weights.h5` or `.safetensors`. It may hold
            `{epoch}`, counted from 1, `{batch}`, and names of the logs: `"{epoch:02d}-{val_loss:.2f}.keras"`.
        monitor: the number that tells the best model, for `save_best_only`.
        verbose: 1 prints what is done.
        save_best_only: save only when the number is better than before.
        save_weights_only: save weights (and the optimizer's state in `.weights.h5`), not the whole model.
        mode: `"min"`, `"max"` or `"auto"`.
        save_freq: `"epoch"`, or after how many batches.
        initial_value_threshold: a value that must be passed at first.

    Raises:
        KeyError: if `filepath` holds a name that is not in the logs.
        PermissionError: at the begin of `fit`, if nothing can be written to the folder.
    """

    remembered = ("best", "_seen")

    def __init__(
        self,
        filepath: str | os.PathLike[str],
        monitor: str = "val_loss",
        verbose: int = 0,
        save_best_only: bool = False,
        save_weights_only: bool = False,
        mode: str = "auto",
        save_freq: Any = "epoch",
        initial_value_threshold: float | None = None,
    ) -> None:
        super().__init__(monitor, mode)
        if save_freq != "epoch":
            checks.integer(
                self, "save_freq", save_freq, rule="must be 'epoch' or a number of batches (Unrecognized save_freq)"
            )
            vars(self)["on_train_batch_end"] = self._count  # a method of the class would ask for each batch always
        self.filepath = os.fspath(filepath)
        self.verbose = verbose
        self.save_best_only = save_best_only
        self.save_weights_only = save_weights_only
        self.save_freq = save_freq
        self.initial_value_threshold = self.best = initial_value_threshold
        endings = (".weights.h5", ".safetensors") if save_weights_only else (".keras",)
        if not self.filepath.endswith(endings):
            raise checks.refused(
                self, "filepath", f"must end in {' or '.join(f'`{e}`' for e in endings)}", self.filepath
            )
        self._seen = 0  # batches since the last save
        self._epoch = 0

    def check(self, names: Sequence[str]) -> None:
        """As of all that watch a number, where it is asked for."""
        if self.save_best_only:
            super().check(names)

    def on_train_begin(self, logs: Logs | None = None) -> None:
        folder = os.path.dirname(self.filepath) or "."
        if "{" not in folder:
            os.makedirs(folder, exist_ok=True)
            if not os.access(folder, os.W_OK):
                raise PermissionError(f"ModelCheckpoint: nothing can be written to the folder {folder!r}.")

    def on_epoch_begin(self, epoch: int, logs: Logs | None = None) -> None:
        self._epoch = epoch

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        if self.save_freq == "epoch":
            self._save({"epoch": epoch + 1, **(logs or {})})

    def _count(self, batch: int, logs: Logs | None = None) -> None:
        self._seen += 1
        if self._seen >= self.save_freq:
            self._seen = 0
            self._save({"epoch": self._epoch + 1, "batch": batch + 1, **(logs or {})})

    def _save(self, numbers: Logs) -> None:
        value = self.value(numbers) if self.save_best_only else None
        if self.save_best_only and (value is None or not self.improves(value, self.best)):
            return
        path = self._path(numbers)
        if os.path.dirname(path):
            os.makedirs(os.path.dirname(path), exist_ok=True)
        (self.model.save_weights if self.save_weights_only else self.model.save)(path, overwrite=True)
        if self.verbose:
            better = f" {self.monitor} improved from {self.best} to {value}," if value is not None else ""
            print(f"Epoch {int(numbers['epoch'])}:{better} saved to {path}.")
        self.best = self.best if value is None else value

    def _path(self, numbers: Logs) -> str:
        try:
            return self.filepath.format(**numbers)
        except KeyError as error:
            name = error.args[0]
            raise KeyError(f"ModelCheckpoint: filepath holds {name!r}.{did_you_mean(name, numbers)}") from None
