"""All that a run must know to go on as if it had never been ended, as arrays by name and data."""

import collections
import warnings
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import jax
import numpy as np

from .._core import compat
from .._core.file_errors import IncompatibleWeightsError
from .._core.variable import Variable, read, write
from .._version import __version__
from ..callbacks.callback import Callback
from ..data.sources import ArraySource, StreamSource
from ..saving.checkpoints import FORMAT, Checkpoint
from ..saving.mixed import joined, parted, text
from .described import Parts, difference
from .trainer import Trainer, all_layers

Source = ArraySource | StreamSource


class Place(NamedTuple):
    """Where a run is: after `step` steps of an epoch.

    Attributes:
        epoch: the epoch, counted from 0.
        step: how many of its steps are done.
        ended: whether all are that will be; what is left of the epoch is its validation.
    """

    epoch: int
    step: int = 0
    ended: bool = False

    @property
    def within(self) -> bool:
        """Whether the epoch has begun."""
        return self.step > 0 or self.ended


class Run(NamedTuple):
    """What takes part in a run."""

    trainer: Trainer
    callbacks: list[Callback]
    train: Source
    validation: Source | None
    facts: Mapping[str, Any]  # what else must be the same when it goes on
    parts: Parts = {}  # the settings of its layers, losses and optimizer

    def cells(self) -> dict[str, Variable]:
        """All variables, by path: those of the model, the optimizer and the metrics."""
        program = self.trainer.program("train")
        metrics = self.trainer.cells(program, train=True).metrics  # makes what the optimizer keeps, too
        groups = {
            "model": {**program.params, **program.extras},
            "optimizer": dict(zip(program.optimizer.paths, program.optimizer.variables)),
            "metrics": metrics,
        }
        return {f"{group}/{path}": v for group, cells in groups.items() for path, v in cells.items()}

    def switches(self) -> Iterator[Any]:
        """What can be frozen: layers and variables."""
        yield from all_layers(self.trainer.model)
        yield from self.trainer.model.variables

    def data(self) -> dict[str, Any]:
        """What tells the data and the versions: all of it must be the same for the same bits."""
        arrays = self.train if isinstance(self.train, ArraySource) else None
        told = {
            "samples": arrays and arrays.count,
            "batch_size": arrays and arrays.batch_size,
            "steps an epoch": self.train.steps,
            "data": "arrays" if arrays else "batches",
            "shuffle": arrays and arrays.shuffle,
        }
        return {**told, **self.facts}


class Moment(NamedTuple):
    """A run at one moment. It costs nothing to hold: arrays are on the device still, and states as callbacks gave them.

    Attributes:
        place: where the run is.
        arrays: the values of all variables, by path.
        callbacks: `(class, state)` of each callback that has one.
        more: data.
    """

    place: Place
    arrays: dict[str, Any]
    callbacks: list[tuple[str, Any]]
    more: dict[str, Any]

    def written(self) -> tuple[bytes, dict[str, np.ndarray]]:
        """As data and arrays of the host's own: the next step deletes those on the device."""
        for array in self.arrays.values():
            array.copy_to_host_async()
        arrays = {name: _copied(array) for name, array in self.arrays.items()}
        states = [
            {"class": name, "state": parted(state, f"callbacks/{i}", arrays)}
            for i, (name, state) in enumerate(self.callbacks)
        ]
        return text({"format": FORMAT, "place": list(self.place), "callbacks": states, **self.more}), arrays


def taken(run: Run, place: Place, **more: Any) -> Moment:
    """The run as it is now."""
    states = [(type(c).__name__, c.get_state()) for c in run.callbacks if hasattr(c, "get_state")]
    data = {
        "stopped": bool(run.trainer.model.stop_training),
        "frozen": _frozen(run),
        "data": run.data(),
        "parts": run.parts,
        "versions": versions(),
        **more,
    }
    return Moment(place, read(run.cells()), [(name, state) for name, state in states if state], data)


def restore(run: Run, found: Checkpoint) -> None:
    """Let the run be as it was."""
    run.trainer.model.stop_training = found.state["stopped"]
    _freeze(run, found.state["frozen"])
    cells = run.cells()
    write(cells, {path: compat.copied(compat.on_device(found.arrays[path])) for path in cells})
    waiting = collections.defaultdict(list)
    for entry in found.state["callbacks"]:
        waiting[entry["class"]].append(joined(entry["state"], found.arrays))
    for callback in run.callbacks:
        states = waiting[type(callback).__name__]
        if states:
            callback.set_state(states.pop(0))
    left = [name for name, states in waiting.items() if states]
    if left:
        warnings.warn(
            f"{found.path} holds the state of callbacks that fit is not given: {', '.join(left)}.", stacklevel=6
        )


def check(run: Run, found: Checkpoint) -> None:
    """Raise a `ValueError` unless the checkpoint is one of this run; a warning names other versions."""
    kept, now = found.state["data"], run.data()
    for name, value in now.items():
        if kept.get(name) != value:
            raise ValueError(
                f"{found.path} can't be resumed: {name} was {kept.get(name)!r} then, and is {value!r} now. Call fit as "
                "then, or give another folder."
            )
    frozen = _frozen(run)
    if len(found.state["frozen"]) == len(frozen):
        _freeze(run, found.state["frozen"])
    try:
        _check_variables(run, found)
        _check_parts(run, found)
    except ValueError:
        _freeze(run, frozen)
        raise
    _warn_of_versions(found)


def _check_parts(run: Run, found: Checkpoint) -> None:
    changed = difference(found.state["parts"], run.parts, all_layers(run.trainer.model))
    if changed:
        raise ValueError(
            f"{found.path} can't be resumed: {changed}. Build and compile the model as then, or give another folder."
        )


def _warn_of_versions(found: Checkpoint) -> None:
    then, now = found.state["versions"], versions()
    changed = [f"{name} {old}, now {now.get(name)}" for name, old in then.items() if old != now.get(name)]
    if changed:
        warnings.warn(
            f"{found.path} was written with {'; '.join(changed)}: the numbers may differ in their last digits.",
            stacklevel=7,
        )


def _frozen(run: Run) -> list[bool]:
    return [not switch._trainable for switch in run.switches()]


def _freeze(run: Run, frozen: list[bool]) -> None:
    for switch, still in zip(run.switches(), frozen):
        if switch._trainable == still:
            switch.trainable = not still


def _check_variables(run: Run, found: Checkpoint) -> None:
    forms = {path: (tuple(v.shape), v._value.dtype.name) for path, v in run.cells().items()}
    kept = {path: (a.shape, a.dtype.name) for path, a in found.arrays.items() if not path.startswith("callbacks/")}
    differing = [path for path in {**kept, **forms} if kept.get(path) != forms.get(path)]
    if differing:
        old, new = (_form(table.get(differing[0])) for table in (kept, forms))
        raise IncompatibleWeightsError(
            f"is of another model, optimizer or set of metrics: {differing[0]} is {old} there, and {new} in this one"
            f"{f'; {len(differing) - 1} more differ' if len(differing) > 1 else ''}.",
            path=found.path,
        )


def _form(form: Any) -> str:
    return "missing" if form is None else f"{form[1]} of shape {form[0]}"


def versions() -> dict[str, str]:
    """What rounds."""
    device = jax.devices()[0]
    return {
        "laminax": __version__,
        "jax": jax.__version__,
        "compiler": compat.compiler(),
        "device": f"{device.platform} {device.device_kind}",
    }


def _copied(array: Any) -> np.ndarray:
    """An array of the host's own: on a CPU NumPy would look into the device's memory."""
    found = np.asarray(array)
    return found if found.base is None and found.flags.owndata else found.copy()
