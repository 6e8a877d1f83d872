"""The loops of training and evaluation. They know steps and batches, not layers."""

import time
from collections.abc import Callable
from typing import Any

import jax
import numpy as np

from .._core import compat, interrupts
from .._core.errors import located
from .._core.random import draw_seed
from .._core.variable import read, write
from ..callbacks.callback import Callback, CallbackList, gathered
from ..callbacks.history import History
from ..callbacks.logs import LambdaCallback
from ..callbacks.monitor import Monitor
from ..callbacks.progress import Progress
from ..callbacks.stopping import TerminateOnNaN
from ..data.arrays import as_arrays
from ..data.sources import ArraySource, Sample, StreamSource, is_stream, make_source
from ..objective.finding import odd, tell
from .arguments import check_counts, check_frequency, is_due, split, validation_sample
from .checkpoint import Place, Run
from .finite import MARK, stopped
from .keeping import Unkept, keeper
from .replay import not_finite
from .trainer import Trainer, reseed

Array = Any
Logs = dict[str, Any]
Source = ArraySource | StreamSource


@interrupts.held()
def fit(trainer: Trainer, data: Sample, *, callbacks: Any, resume: Any, **how: Any) -> History:
    """Train for some epochs; see `Model.fit`."""
    callbacks = gathered(callbacks)
    with keeper(callbacks, resume) as kept:
        return _fit(trainer, data, kept, callbacks=callbacks, **how)


def _fit(
    trainer: Trainer,
    data: Sample,
    kept: Unkept,
    *,
    batch_size: int | None,
    epochs: int,
    verbose: Any,
    callbacks: Any,
    validation_split: float,
    validation_data: Any,
    shuffle: bool,
    class_weight: Any,
    initial_epoch: int,
    steps_per_epoch: int | None,
    validation_steps: int | None,
    validation_batch_size: int | None,
    validation_freq: Any,
    seed: int | None,
) -> History:
    check_counts("fit", 0, epochs=epochs, initial_epoch=initial_epoch, seed=seed)
    check_counts("fit", batch_size=batch_size, validation_batch_size=validation_batch_size)
    check_counts("fit", steps_per_epoch=steps_per_epoch, validation_steps=validation_steps)
    check_frequency(validation_freq)
    progress, history = Progress(verbose, f"Epoch {{}}/{epochs}"), History()
    history.seed = kept.seed(draw_seed() if seed is None else int(seed), seed)
    text = trainer.model.on_host
    data = data._replace(y=trainer.encode(data.y))
    data, validation_data = split(data, validation_split, validation_data, text)
    source = make_source(
        data, batch_size, shuffle, history.seed, steps_per_epoch, goes_on=True, text=text, encode=trainer.encode
    )
    trainer.bind(source.first())
    if seed is not None:
        reseed(trainer.model, history.seed)
    _ready(trainer, source, class_weight)
    validation = _validation(trainer, validation_data, validation_batch_size or batch_size, validation_steps)
    given = gathered(callbacks)
    trainer.lenient = any(isinstance(callback, TerminateOnNaN) for callback in given)
    parts = ""
    if isinstance(source, ArraySource):
        held = validation.data if isinstance(validation, ArraySource) else None
        halts = trainer.on_nonfinite == "raise"
        parts = trainer.bound.review(source.data, held, validation_split, class_weight, halts)

    names = _names(trainer, validation is not None)
    params = {"verbose": progress.shown, "epochs": epochs, "steps": source.steps, "metrics": names}
    watching = CallbackList([*given, history], trainer.model, {**params, "resumed": kept.resumed})
    _check_monitors(watching.callbacks, names)
    run = _Run(trainer, watching, progress, source, validation, kept)
    history.mode = run.train.driver.name
    trainer.model.history = history
    progress.say(run.introduction(parts))
    facts = {"seed": history.seed, "logged names": names}
    progress.say(kept.join(Run(trainer, watching.callbacks, source, validation, facts)))
    run.epochs(range(initial_epoch, epochs), validation_freq)
    return history


class _Run:
    """A run of `fit`."""

    def __init__(
        self,
        trainer: Trainer,
        watching: CallbackList,
        progress: Progress,
        source: Source,
        validation: Source | None,
        kept: Unkept,
    ) -> None:
        self.trainer, self.watching, self.progress, self.kept = trainer, watching, progress, kept
        self.train = Pass(trainer, "train", source, watching, progress, kept.reached)
        self.test = None if validation is None else Pass(trainer, "test", validation, watching, None, kept.validating)

    def introduction(self, parts: str = "") -> str:
        """What is run, what was chosen for the user, and `parts`, what is known of a split of the data."""
        source, binding = self.train.source, self.trainer.bound
        rows = f"{source.count} samples in " if isinstance(source, ArraySource) else ""
        steps = "batches" if source.steps is None else f"{source.steps} batch{'es' * (source.steps != 1)}"
        driver = self.train.driver
        words = [f"Training on {jax.devices()[0].platform}: {rows}{steps} an epoch, {driver.name} ({driver.reason})"]
        if binding.objective.formula and len(binding.scores.means) > 1:
            words.append(f"loss = {binding.objective.formula}")
        return "; ".join([*words, *binding.chosen, *([parts] if parts else [])]) + "."

    def epochs(self, numbers: range, validation_freq: Any) -> None:
        """All epochs, until a callback stops them."""
        model, logs = self.trainer.model, {}
        model.stop_training = False
        self.watching.call("on_train_begin", {})
        self.kept.begin()
        try:
            for number in self.kept.rest(numbers):
                logs = self._epoch(number, self.test is not None and is_due(number, validation_freq))
                if model.stop_training:
                    break
        finally:
            self.progress.clear()
        self.kept.complete()
        if numbers:
            self.train.program.optimizer.finalize_variable_values()
        self.watching.call("on_train_end", logs)
        self.kept.finish()

    def _epoch(self, number: int, validated: bool) -> Logs:
        """One epoch, its validation, and what callbacks do with its numbers."""
        self.watching.call("on_epoch_begin", number, {})
        place = self.kept.begin_epoch(number)
        self.progress.begin(number, self.train.source.steps)
        logs = self.train.epoch(place)
        if self.test is not None and validated:
            self.kept.ended(number, self.train.done)
            logs.update({f"val_{name}": value for name, value in run_test(self.test).items()})
        self.progress.clear()
        self.watching.call("on_epoch_end", number, logs)
        self.progress.end(self.train.done, logs)
        self.kept.passed(number, validated)
        return logs


class Pass:
    """Steps of one kind over a source of data, epoch by epoch.

    Args:
        trainer: runs the steps.
        kind: `"train"` or `"test"`.
        source: gives the batches.
        watching: the callbacks.
        progress: shows the steps; `None` shows none.
        between: called after each launch with the epoch and the number of steps that are done.

    Attributes:
        done: the number of steps of the last epoch.
    """

    def __init__(
        self,
        trainer: Trainer,
        kind: str,
        source: Source,
        watching: CallbackList,
        progress: Progress | None = None,
        between: Callable[..., None] = lambda *place: interrupts.checkpoint(),
    ) -> None:
        self.trainer, self.kind, self.source = trainer, kind, source
        self.watching, self.progress, self.between = watching, progress, between
        self.each = watching.watches_batches(kind)
        self.done = 0
        self._prepare()

    def _prepare(self) -> None:
        trainer, train = self.trainer, self.kind == "train"
        self.program = trainer.program(self.kind)
        self.version = trainer.version
        self.cells = trainer.cells(self.program, train)
        if train:  # launches delete the arrays that they replace; those that somebody holds from before must live on
            self.cells.write(jax.tree.map(compat.copied, self.cells.read()))
        self.driver = trainer.driver(self.kind, self.program, self.cells, self.source, self.each)
        self._results = trainer.results(self.kind, self.program)

    def epoch(self, place: Place) -> Logs:
        """The numbers after the steps of an epoch, those from `place` on."""
        if self.trainer.forward and self.trainer.version != self.version:  # weights were frozen or unfrozen
            self._prepare()
        if not place.within:
            self.cells.write(self.cells.read()._replace(metrics=self.program.scores.zeros()))
        self.done, self.number = place.step, place.epoch
        for launch in () if place.ended else self.driver.epoch(place.epoch, place.step):
            if self.each:
                self.watching.call(f"on_{self.kind}_batch_begin", self.done, {})
            metrics = self._launch(launch)
            self.done += launch.steps
            self._tell(metrics)
            self.between(place.epoch, self.done)
            if self.kind == "train" and self.trainer.model.stop_training:
                break
        self._halt(read(self.cells.metrics).get(MARK), last=True)
        return self._numbers(read(self.cells.metrics))

    def _launch(self, launch: Any) -> Any:
        """The metrics' values after some steps."""
        began = time.perf_counter()
        given = read(self.cells.fixed), distinct(self.cells.read())
        state = launch.run(*given)
        self.cells.write(state)
        self._halt(self.driver.wait(state, launch.steps, began))
        return state.metrics

    def _halt(self, mark: Any, last: bool = False) -> None:
        """Raise a `NonFiniteError` if a step was not finite; where they are left out, say how many at the end."""
        if self.kind != "train" or mark is None or self.program.on_nonfinite == "ignore":
            return
        step = stopped(mark)
        if step is not None:
            found = self.driver.batch(self.number, step)
            raise not_finite(f"Step {step} of epoch {self.number + 1}", self.program, self.cells.read(), *found)
        if last and int(mark) < self.done:
            left_out = f"{self.done - int(mark)} of {self.done} steps of epoch {self.number + 1}"
            tell([odd(f"{left_out} were not finite and are left out.")])

    def _tell(self, metrics: Any) -> None:
        """Tell who watches batches."""
        if self.each:
            self.watching.call(f"on_{self.kind}_batch_end", self.done - 1, self._numbers(metrics))
            write(self.cells.metrics, metrics)  # a callback may have evaluated, with the same metrics
        if self.progress is not None and self.progress.due():
            self.progress.update(self.done, self._numbers(metrics))

    def _numbers(self, metrics: Any) -> Logs:
        return _floats(self._results(metrics))


def distinct(state: Any) -> Any:
    """A state in which no array stands twice, as it does after `a.assign(b.value)`: a launch deletes each once."""
    seen: set[int] = set()

    def own(array: Array) -> Array:
        if id(array) in seen:
            return compat.copied(array)
        seen.add(id(array))
        return array

    return jax.tree.map(own, state)


def run_test(test: Pass) -> Logs:
    """The numbers of a model on data."""
    test.watching.call("on_test_begin", {})
    logs = test.epoch(Place(0))
    test.watching.call("on_test_end", logs)
    return logs


@interrupts.held()
def evaluate(
    trainer: Trainer, data: Sample, *, batch_size: int | None, verbose: Any, steps: int | None, callbacks: Any
) -> Logs:
    """The numbers of a model on data; see `Model.evaluate`."""
    check_counts("evaluate", batch_size=batch_size, steps=steps)
    source = make_source(data, batch_size, steps=steps, text=trainer.model.on_host, encode=trainer.encode)
    trainer.bind(source.first())
    _ready(trainer, source, None)
    progress = Progress(verbose, "Evaluation")
    progress.begin(0, source.steps)
    params = {"verbose": progress.shown, "epochs": 1, "steps": source.steps, "metrics": trainer.bound.scores.names}
    watching = CallbackList(callbacks, trainer.model, params)
    test = Pass(trainer, "test", source, watching, progress)
    logs = run_test(test)
    progress.end(test.done, logs)
    return logs


@interrupts.held()
def on_batch(trainer: Trainer, kind: str, data: Sample, class_weight: Any) -> Logs:
    """Train (`"train"`) or test (`"test"`) on one batch: its numbers."""
    x = as_arrays(data.x, "x", trainer.model.on_host)
    sample = Sample(x, as_arrays(trainer.encode(data.y, round_up=True), "y"), as_arrays(data.weight, "sample_weight"))
    sample.check()
    batch = trainer.bind(sample).batch(sample, class_weight)
    program = trainer.program(kind)
    cells = trainer.cells(program, kind == "train")
    state = cells.read()._replace(metrics=program.scores.zeros())
    cells.write(trainer.single(kind, program)(read(cells.fixed), state, batch))
    if kind == "train" and stopped(read(cells.metrics).get(MARK)) is not None:
        raise not_finite("The step", program, cells.read(), batch, None)
    return _floats(trainer.results(kind, program)(read(cells.metrics)))


def _ready(trainer: Trainer, source: Source, class_weight: Any) -> None:
    """Let the source give batches as steps take them, checked."""
    source.convert(lambda sample: trainer.bound.batch(sample, class_weight))


def _validation(trainer: Trainer, data: Any, batch_size: int | None, steps: int | None) -> Source | None:
    if data is None:
        return None
    with located("validation_data"):
        sample = validation_sample(data)
        size = None if is_stream(sample.x) else batch_size
        source = make_source(sample, size, steps=steps, text=trainer.model.on_host, encode=trainer.encode)
        if isinstance(source, StreamSource):
            source.label = "validation_data: "
        _ready(trainer, source, None)
    return source


def _names(trainer: Trainer, validated: bool) -> list[str]:
    """The names under which `fit` logs."""
    tested = trainer.program("test").scores.names if validated else []
    return [*trainer.program("train").scores.names, *(f"val_{name}" for name in tested)]


def _check_monitors(given: list[Callback], names: list[str]) -> None:
    """Raise a `ValueError` for a callback that watches a number that there will not be."""
    package = __name__.split(".")[0]
    for callback in given:
        if isinstance(callback, LambdaCallback) or not type(callback).__module__.startswith(f"{package}."):
            return  # a callback of the user's own may add numbers
        if isinstance(callback, Monitor):
            callback.check([*names, "learning_rate"])


def _floats(values: dict[str, Array]) -> Logs:
    """Numbers on the host, in their order."""
    fetched = jax.device_get(list(values.values()))
    return {name: float(v) if np.ndim(v) == 0 else np.asarray(v) for name, v in zip(values, fetched)}
