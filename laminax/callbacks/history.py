"""The record of a run."""

from collections.abc import Mapping
from typing import Any

from .callback import Callback, Logs


class History(Callback):
    """What `fit` returns: the numbers of each epoch.

    Attributes:
        history: `{name: [number of each epoch]}`.
        epoch: the epochs, counted from 0.
        seed: the seed that the order of the data followed.
        mode: how steps were driven, `"fused"`, `"stepwise"` or `"eager"`.
    """

    def __init__(self) -> None:
        self.history: dict[str, list[float]] = {}
        self.epoch: list[int] = []
        self.seed: int | None = None
        self.mode = ""
        self._rows: list[Logs] = []

    def on_train_begin(self, logs: Logs | None = None) -> None:
        self.epoch = []
        self.history = {}
        self._rows = []

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        self.epoch.append(epoch)
        self._rows.append(dict(logs or {}))
        for name, value in (logs or {}).items():
            self.history.setdefault(name, []).append(value)

    def get_state(self) -> dict[str, Any]:
        return {"epoch": self.epoch, "rows": self._rows}

    def set_state(self, state: Mapping[str, Any]) -> None:
        self.on_train_begin()
        for epoch, row in zip(state["epoch"], state["rows"]):
            self.on_epoch_end(epoch, row)

    def __repr__(self) -> str:
        if not self.epoch:
            return "History: no epochs yet"
        shown = (
            [*range(3), *range(len(self.epoch) - 3, len(self.epoch))] if len(self.epoch) > 7 else range(len(self.epoch))
        )
        names = list(self.history)
        widths = [max(len(name), 9) for name in names]
        lines = ["epoch  " + "  ".join(name.rjust(w) for name, w in zip(names, widths))]
        for i in shown:
            cells = [_number(self._rows[i].get(name)).rjust(w) for name, w in zip(names, widths)]
            lines.append(f"{self.epoch[i] + 1:5d}  " + "  ".join(cells))
            if i == 2 and len(self.epoch) > 7:
                lines.append("  ...")
        return "\n".join(lines)


def _number(value: Any) -> str:
    return f"{value:.4g}" if isinstance(value, (int, float)) else ""
