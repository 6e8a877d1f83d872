"""Callbacks that write the logs down, and callbacks from functions."""

import csv
import os
import warnings
from collections.abc import Callable, Mapping
from typing import Any

from .._core.errors import did_you_mean
from .callback import Callback, Logs


class CSVLogger(Callback):
    """Writes a line for each epoch to a file of comma-separated values.

    Args:
        filename: the file.
        separator: what stands between two values.
        append: go on with an existing file, whose header is kept.
    """

    def __init__(self, filename: str | os.PathLike[str], separator: str = ",", append: bool = False) -> None:
        self.filename = os.fspath(filename)
        self.separator = separator
        self.append = append

    def on_train_begin(self, logs: Logs | None = None) -> None:
        self.keys: list[str] | None = None
        kept = self.append or self.params.get("resumed", False)
        with open(self.filename, "a+" if kept else "w+", newline="") as file:
            file.seek(0)
            header = next(csv.reader(file, delimiter=self.separator), None)
        if header:
            self.keys = header[1:]

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        logs = logs or {}
        with open(self.filename, "a", newline="") as file:
            writer = csv.writer(file, delimiter=self.separator)
            if self.keys is None:
                self.keys = [*sorted(logs), *sorted(set(self.params.get("metrics", ())) - set(logs))]
                writer.writerow(["epoch", *self.keys])
            writer.writerow([epoch, *(_cell(logs.get(key, "NA")) for key in self.keys)])

    def get_state(self) -> dict[str, Any]:
        return {"keys": self.keys, "bytes": os.path.getsize(self.filename)}

    def set_state(self, state: Mapping[str, Any]) -> None:
        self.keys = state["keys"]
        size = os.path.getsize(self.filename)
        if size < state["bytes"]:
            warnings.warn(
                f"CSVLogger: {self.filename} has {size} bytes, and had {state['bytes']} at the checkpoint: lines of "
                "epochs before are missing.",
                stacklevel=2,
            )
        os.truncate(self.filename, min(size, state["bytes"]))


def _cell(value: Any) -> Any:
    """A number as it is, an array as a list."""
    return value.tolist() if hasattr(value, "tolist") else value


class LambdaCallback(Callback):
    """Functions as hooks: `LambdaCallback(on_epoch_end=lambda epoch, logs: print(logs))`."""

    def __init__(
        self,
        on_epoch_begin: Callable[..., Any] | None = None,
        on_epoch_end: Callable[..., Any] | None = None,
        on_train_begin: Callable[..., Any] | None = None,
        on_train_end: Callable[..., Any] | None = None,
        on_train_batch_begin: Callable[..., Any] | None = None,
        on_train_batch_end: Callable[..., Any] | None = None,
        **kwargs: Any,
    ) -> None:
        hooks = {
            "on_epoch_begin": on_epoch_begin,
            "on_epoch_end": on_epoch_end,
            "on_train_begin": on_train_begin,
            "on_train_end": on_train_end,
            "on_train_batch_begin": on_train_batch_begin,
            "on_train_batch_end": on_train_batch_end,
        }
        unknown = [name for name in kwargs if not (name.startswith("on_") and hasattr(Callback, name))]
        if unknown:
            known = [name for name in vars(Callback) if name.startswith("on_")]
            raise TypeError(f"LambdaCallback has no argument {unknown[0]!r}.{did_you_mean(unknown[0], known)}")
        vars(self).update({name: hook for name, hook in {**hooks, **kwargs}.items() if hook is not None})

    def _argument(self, name: str) -> Any:
        return vars(self).get(name)
