"""Checkpoints of a run: when one is due, how it is written beside the training, and where a run goes on."""

import contextlib
import threading
import time
import warnings
from collections.abc import Callable
from typing import Any

from .._core import interrupts
from ..callbacks.backup import BackupAndRestore
from ..callbacks.callback import Callback
from ..data.sources import StreamSource
from ..saving.checkpoints import Checkpoint, Checkpoints
from .checkpoint import Moment, Place, Run, check, restore, taken
from .described import described

SHARE = 0.05  # the most of its time that training may stand still for checkpoints


class Unkept:
    """A run of which nothing is kept; what is said of the methods says what one that is kept does."""

    resumed = False

    def __enter__(self) -> "Unkept":
        return self

    def __exit__(self, *error: Any) -> None:
        """Wait for what is still written."""

    def seed(self, drawn: int, given: int | None) -> int:
        """The seed of the order of the data: that of the checkpoint, where there is one."""
        return drawn

    def join(self, run: Run) -> str:
        """Hold the checkpoint against the run, and go to its place in the data; says so."""
        return ""

    def rest(self, epochs: range) -> range:
        """The epochs that are left."""
        return epochs

    def begin(self) -> None:
        """After `on_train_begin`: let all be as it was."""

    def begin_epoch(self, epoch: int) -> Place:
        """After `on_epoch_begin`: likewise, if the checkpoint is from within the epoch, whose place is given."""
        return Place(epoch)

    def reached(self, epoch: int, step: int) -> None:
        """Between launches: write what is due, then act on signals."""
        interrupts.checkpoint()

    def ended(self, epoch: int, step: int) -> None:
        """After the steps of an epoch, before its validation."""

    def validating(self, *_: Any) -> None:
        """Between launches of a validation: act on signals, with a checkpoint from before it."""
        interrupts.checkpoint()

    def passed(self, epoch: int, validated: bool) -> None:
        """After an epoch."""

    def complete(self) -> None:
        """After all epochs, before anything is made final."""

    def finish(self) -> None:
        """After all that there is to do."""


class Kept(Unkept):
    """A run of which checkpoints are kept.

    Args:
        settings: how.
    """

    def __init__(self, settings: BackupAndRestore) -> None:
        self.settings = settings
        keep = max(settings.keep, 2 if settings.double_checkpoint else 1)
        self.folder = Checkpoints(settings.backup_dir, keep)
        self.writer = _Writer()
        self._found: Checkpoint | None = None
        self._place = Place(0)
        self._before = 0  # steps of the epochs before this one
        self._validations = 0
        self._saved = 0, time.monotonic()  # steps, and the time, of the last checkpoint
        self._due = False
        self._ended: Any = None  # the run before a validation, as a `Moment`

    def __enter__(self) -> "Kept":
        with contextlib.ExitStack() as stack:
            stack.enter_context(self.folder)
            self._found = self.folder.newest()
            self.resumed = self._found is not None
            self.signals = stack.enter_context(interrupts.noted())
            self._stack = stack.pop_all()
        return self

    def __exit__(self, *error: Any) -> None:
        with self._stack:
            self.writer.wait()

    def seed(self, drawn: int, given: int | None) -> int:
        if self._found is None:
            return drawn
        kept = int(self._found.state["data"]["seed"])
        if given is not None and given != kept:
            raise ValueError(f"{self._found.path} can't be resumed: seed was {kept} then, and is {given} now.")
        return kept

    def join(self, run: Run) -> str:
        self.run = run = run._replace(parts=described(run.trainer))
        _check_generators(self.settings.generators, run)
        if self._found is None:
            return ""
        check(run, self._found)
        state = self._found.state
        self._place = place = Place(*state["place"])
        self._before, self._validations = state["steps"] - place.step, state["validations"]
        self._saved = state["steps"], time.monotonic()
        for source, passes in (
            (run.train, place.epoch - state["first"] + place.ended),
            (run.validation, self._validations),
        ):
            if isinstance(source, StreamSource):
                source.ahead = not source.rewinds and self.settings.generators == "go on"
                source.go_through(0 if source.ahead else passes)
        return f"Resumed from {self._found.path}: epoch {place.epoch + 1}, after {place.step} steps of it."

    def rest(self, epochs: range) -> range:
        self._first = epochs.start if self._found is None else self._found.state["first"]
        if self._found is None:
            self._place = Place(epochs.start)
            return epochs
        over = self._found.state["stopped"] and not self._place.within
        return range(self._place.epoch, self._place.epoch if over else epochs.stop)

    def begin(self) -> None:
        if self._found is not None:
            restore(self.run, self._found)

    def begin_epoch(self, epoch: int) -> Place:
        if self._found is None:
            return Place(epoch)
        if self._place.within:
            restore(self.run, self._found)
        self._found = None
        return self._place

    def reached(self, epoch: int, step: int) -> None:
        self._place = Place(epoch, step)
        self._look()

    def ended(self, epoch: int, step: int) -> None:
        self._place = Place(epoch, step, True)
        self._ended = self._moment()

    def validating(self, *_: Any) -> None:
        if self.signals.came:
            self._write(self._ended, wait=True)
            self.signals.act()

    def passed(self, epoch: int, validated: bool) -> None:
        self._before, self._ended = self._steps, None
        self._validations += validated
        self._place = Place(epoch + 1)
        self._due |= self.settings.save_freq == "epoch"
        self._look()

    def complete(self) -> None:
        if not self.settings.delete_checkpoint:
            self._write(self._moment(), wait=True)

    def finish(self) -> None:
        if self.settings.delete_checkpoint:
            self.writer.wait()
            self.folder.clear()

    @property
    def _steps(self) -> int:
        """How many have been done in all epochs."""
        return self._before + self._place.step

    def _look(self) -> None:
        steps, since = self._saved
        every, minutes = self.settings.save_freq, self.settings.minutes
        due = self._due or (every not in ("epoch", False) and self._steps - steps >= every)
        due = due or (minutes is not None and time.monotonic() - since >= 60 * minutes)
        if self.signals.came:
            self._write(self._moment(), wait=True)
            self.signals.act()
        elif due and not self.writer.busy:
            self._write(self._moment())

    def _moment(self) -> Moment:
        counts = {"steps": self._steps, "validations": self._validations, "first": self._first}
        return taken(self.run, self._place, **counts)

    def _write(self, moment: Moment, wait: bool = False) -> None:
        """Begin to write a checkpoint, after what is still written, and perhaps wait for it."""
        self.writer.wait()
        began = time.monotonic()
        self._due, self._saved = False, (self._steps, began)
        name = f"step-{self._steps:08d}{'' if moment.place.within else '-end'}"
        state, arrays = moment.written()
        self.writer.begin(lambda: self.folder.write(name, state, arrays))
        now = time.monotonic()
        self.writer.rests_until = now + (now - began) / SHARE
        if wait:
            self.writer.wait()


class _Writer:
    """Writes in a thread of its own, one thing at a time. What can't be written is warned of: training goes on."""

    def __init__(self) -> None:
        self._thread: threading.Thread | None = None
        self._error: Exception | None = None
        self.rests_until = 0.0

    def begin(self, job: Callable[[], None]) -> None:
        """Let `job` run in the background."""

        def run() -> None:
            try:
                job()
            except Exception as error:  # told in `wait`
                self._error = error

        self._thread = threading.Thread(target=run, name="checkpoint")
        self._thread.start()

    @property
    def busy(self) -> bool:
        """Whether something is still written, or the next would come too soon."""
        if self._thread is not None and not self._thread.is_alive():
            self.wait()
        return self._thread is not None or time.monotonic() < self.rests_until

    def wait(self) -> None:
        """Until nothing is."""
        if self._thread is not None:
            self._thread.join()
            error, self._thread, self._error = self._error, None, None
            if error is not None:
                warnings.warn(
                    f"A checkpoint was not written: {error}. Training goes on; the last ones stay.", stacklevel=6
                )


def keeper(callbacks: list[Callback], folder: Any) -> Unkept:
    """What keeps the checkpoints of a run: as one of the callbacks says, or in `folder`."""
    found = [callback for callback in callbacks if isinstance(callback, BackupAndRestore)]
    if folder is not None:
        found.append(BackupAndRestore(folder, delete_checkpoint=False))
    if len(found) > 1:
        raise ValueError("fit: give one BackupAndRestore, or resume=folder: a run is kept in one place.")
    return Kept(found[0]) if found else Unkept()


def _check_generators(choice: str, run: Run) -> None:
    for name, source in (("x", run.train), ("validation_data", run.validation)):
        if choice == "refuse" and isinstance(source, StreamSource) and not source.rewinds:
            raise ValueError(
                f"{name} is a generator, whose place can't be found again when the run is resumed. Give an object that "
                "can be iterated again (a class with __iter__, a PyDataset), or choose with "
                "BackupAndRestore(generators=): 'replay' draws and drops what was seen, 'go on' takes what comes."
            )
