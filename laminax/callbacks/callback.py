"""The base of callbacks, and the list that calls them."""

from collections.abc import Iterable, Mapping
from typing import Any

from .._core import interrupts
from .._core.config import Configurable

Logs = dict[str, float]


class Callback(Configurable):
    """Watches a run and may act on it. Subclass it and write the hooks that you need.

    Attributes:
        model: the model.
        params: `"verbose"`, `"epochs"`, `"steps"` of the run, `"metrics"`, the names under which it logs, and
            `"resumed"`, whether it goes on from a checkpoint.
        remembered: the names of attributes that a checkpoint keeps; see `get_state`.

    Hooks on batches are called for each batch, which makes the run go one step at a time.
    `logs` may be added to: later callbacks and the history see it.
    """

    model: Any = None
    params: Mapping[str, Any] = {}
    remembered: tuple[str, ...] = ()

    def get_state(self) -> dict[str, Any]:
        """What a run that is resumed must know of it, asked for between steps: the attributes of `remembered`.

        Numbers, texts, arrays, `None`, and lists and dicts of these.
        """
        return {name: getattr(self, name) for name in self.remembered}

    def set_state(self, state: Mapping[str, Any]) -> None:
        """Take what `get_state` gave. A resumed run asks for it after `on_train_begin`, within an epoch again after
        `on_epoch_begin`."""
        for name in self.remembered:
            setattr(self, name, state[name])

    def set_params(self, params: Mapping[str, Any]) -> None:
        """Take what is known of the run."""
        self.params = params

    def set_model(self, model: Any) -> None:
        """Take the model that is run."""
        self.model = model

    def on_train_begin(self, logs: Logs | None = None) -> None:
        """Before the first epoch."""

    def on_train_end(self, logs: Logs | None = None) -> None:
        """After the last epoch."""

    def on_epoch_begin(self, epoch: int, logs: Logs | None = None) -> None:
        """Before an epoch; they count from 0."""

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        """After an epoch and its validation, with all its numbers."""

    def on_train_batch_begin(self, batch: int, logs: Logs | None = None) -> None:
        """Before a batch; they count from 0 in each epoch."""
        self.on_batch_begin(batch, logs)

    def on_train_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        """After a batch, with the numbers of the epoch so far."""
        self.on_batch_end(batch, logs)

    def on_batch_begin(self, batch: int, logs: Logs | None = None) -> None:
        """Another name of `on_train_batch_begin`."""

    def on_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        """Another name of `on_train_batch_end`."""

    def on_test_begin(self, logs: Logs | None = None) -> None:
        """Before an evaluation, also one within `fit`."""

    def on_test_end(self, logs: Logs | None = None) -> None:
        """After an evaluation."""

    def on_test_batch_begin(self, batch: int, logs: Logs | None = None) -> None:
        """Before a batch of an evaluation."""

    def on_test_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        """After a batch of an evaluation."""

    def on_predict_begin(self, logs: Logs | None = None) -> None:
        """Before a prediction."""

    def on_predict_end(self, logs: Logs | None = None) -> None:
        """After a prediction."""

    def on_predict_batch_begin(self, batch: int, logs: Logs | None = None) -> None:
        """Before a batch of a prediction."""

    def on_predict_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        """After a batch of a prediction; `logs["outputs"]` holds it."""


class CallbackList:
    """Calls the same hook of several callbacks, in order.

    Args:
        callbacks: one, several or `None`.
        model: the model that they watch.
        params: what they are told of the run.
    """

    def __init__(self, callbacks: Any, model: Any, params: Mapping[str, Any]) -> None:
        self.callbacks = gathered(callbacks)
        for callback in self.callbacks:
            callback.set_params(params)
            callback.set_model(model)

    def call(self, hook: str, *args: Any) -> None:
        """Call `hook` of all."""
        with interrupts.released():
            for callback in self.callbacks:
                getattr(callback, hook)(*args)

    def watches_batches(self, kind: str) -> bool:
        """Whether one of the callbacks does something at each batch of `"train"` or `"test"`."""
        hooks = [f"on_{kind}_batch_begin", f"on_{kind}_batch_end"]
        hooks += ["on_batch_begin", "on_batch_end"] if kind == "train" else []
        return any(_overrides(callback, hook) for callback in self.callbacks for hook in hooks)


def gathered(callbacks: Iterable[Callback] | Callback | None) -> list[Callback]:
    """Callbacks as a list; a `TypeError` for what is none."""
    if callbacks is None:
        return []
    several = isinstance(callbacks, Iterable) and not isinstance(callbacks, (str, bytes, Mapping))
    found: list[Any] = list(callbacks) if several else [callbacks]  # type: ignore[arg-type]
    for callback in found:
        if isinstance(callback, type) or not hasattr(callback, "set_model"):
            hint = f" Make an object of it: {callback.__name__}(...)." if isinstance(callback, type) else ""
            raise TypeError(f"callbacks must be Callback objects; got {callback!r}.{hint}")
    return found


def _overrides(callback: Any, hook: str) -> bool:
    return hook in vars(callback) or getattr(type(callback), hook, None) is not getattr(Callback, hook)
