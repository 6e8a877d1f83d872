"""The outputs of a model: all at once, into arrays that are there, or batch by batch."""

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

import jax
import numpy as np

from .._core import interrupts
from .._core.variable import read, write
from ..callbacks.callback import CallbackList
from ..callbacks.progress import Progress
from ..data.arrays import as_arrays, length_of, named_leaves
from ..data.sources import StreamSource, is_stream
from .arguments import check_counts
from .trainer import Trainer

Array = Any
BATCH = 32  # rows, where the user says nothing


def predict(
    trainer: Trainer, x: Any, *, batch_size: int | None, verbose: Any, steps: int | None, callbacks: Any, out: Any
) -> Any:
    """The outputs of a model on data; see `Model.predict`."""
    check_counts("predict", batch_size=batch_size, steps=steps)
    size = batch_size or BATCH
    if isinstance(x, np.ndarray) and 0 < len(x) <= size and not (verbose or steps or callbacks or out is not None):
        outputs = trainer.answer(x)
        return _fetched(_one_batch(trainer, x) if outputs is None else outputs)
    return _in_batches(trainer, x, size, verbose, steps, callbacks, out)


@interrupts.held()
def _one_batch(trainer: Trainer, x: np.ndarray) -> Any:
    return predict_batch(trainer, as_arrays(x, "x", trainer.model.on_host))


@interrupts.held()
def _in_batches(trainer: Trainer, x: Any, size: int, verbose: Any, steps: int | None, callbacks: Any, out: Any) -> Any:
    given = _batches(trainer, x, size, steps)
    progress = Progress(verbose, "Prediction")
    progress.begin(0, given.total)
    watching = CallbackList(callbacks, trainer.model, {"verbose": progress.shown, "epochs": 1, "steps": given.total})
    watching.call("on_predict_begin", {})
    parts = Parts(out, given.rows)
    done = 0
    for outputs in _answers(trainer, given, watching):
        parts.add(outputs)
        done += 1
        interrupts.checkpoint()
        if progress.due():
            progress.update(done, {})
    watching.call("on_predict_end", {})
    progress.end(done, {})
    return parts.whole(lambda: _of_no_rows(trainer, given.first))


def predict_iter(trainer: Trainer, x: Any, batch_size: int | None, steps: int | None) -> Iterator[Any]:
    """The outputs batch by batch; see `Model.predict_iter`."""
    check_counts("predict_iter", batch_size=batch_size, steps=steps)
    with interrupts.held():
        answers = _answers(trainer, _batches(trainer, x, batch_size or BATCH, steps))
    while True:
        with interrupts.held():
            outputs = next(answers, None)
        if outputs is None:
            return
        yield outputs


class Batches(NamedTuple):
    """What to predict from.

    Attributes:
        first: a first batch, of which shapes can be learnt.
        items: all batches.
        total: how many they are, `None` if not known before.
        rows: how many rows they hold, `None` if not known before.
        size: the rows of a full batch, if there are several.
    """

    first: Any
    items: Iterable[Any]
    total: int | None
    rows: int | None
    size: int | None


def _batches(trainer: Trainer, x: Any, size: int, steps: int | None) -> Batches:
    text = trainer.model.on_host
    if is_stream(x):
        source = StreamSource(x, steps, text=text)
        source.convert(lambda sample: sample.x)
        first = source.first()
        trainer.build(first)
        return Batches(first, source.epoch(0), source.steps, None, length_of({"x": first}))
    arrays = as_arrays(x, "x", text)
    if not jax.tree.leaves(arrays):
        raise ValueError("x holds no arrays.")
    count = length_of({"x": arrays})
    first = jax.tree.map(lambda a: a[:size] if count else _blank(a), arrays)
    trainer.build(first)
    starts = range(0, count, size)[:steps]
    items = (jax.tree.map(lambda a, i=i: a[i : i + size], arrays) for i in starts)
    return Batches(first, items, len(starts), min(count, len(starts) * size), size if len(starts) > 1 else None)


def _blank(a: Array) -> Array:
    """A row like those of an array: zeros, or empty text."""
    return np.zeros((1, *a.shape[1:]), "U1" if a.dtype == object else a.dtype)


def _of_no_rows(trainer: Trainer, first: Any) -> Any:
    return jax.tree.map(lambda a: np.asarray(a)[:0], predict_batch(trainer, first))


def _answers(trainer: Trainer, given: Batches, watching: CallbackList | None = None) -> Iterator[Any]:
    """The outputs of each batch, as NumPy arrays. The device is one batch ahead, unless somebody watches each."""
    each = watching is not None and watching.watches_batches("predict")
    running: list[Any] = []
    for i, batch in enumerate(given.items):
        if each and watching is not None:
            watching.call("on_predict_batch_begin", i, {})
        running.append(predict_batch(trainer, batch, given.size))
        if each and watching is not None:
            running[-1] = _fetched(running[-1])
            watching.call("on_predict_batch_end", i, {"outputs": running[-1]})
        if len(running) > 1:
            yield _fetched(running.pop(0))
    yield from map(_fetched, running)


def _fetched(outputs: Any) -> Any:
    return np.asarray(outputs) if hasattr(outputs, "shape") else jax.tree.map(np.asarray, outputs)


class Parts:
    """The outputs of batches, put together.

    Args:
        out: arrays to write into, in the structure of the outputs; `None` makes new ones.
        rows: how many rows will come, `None` if that is not known.
    """

    def __init__(self, out: Any, rows: int | None) -> None:
        self.out, self.rows = out, rows
        self.given = out is not None
        self.kept: list[Any] = []
        self.at = 0

    def add(self, outputs: Any) -> None:
        """Take the outputs of the next batch."""
        count = len(jax.tree.leaves(outputs)[0])
        if self.at == 0 and self.given:
            self._check(outputs)
        if self.out is None and self.rows is not None and self.rows > count:
            self.out = jax.tree.map(lambda y: np.empty((self.rows, *y.shape[1:]), y.dtype), outputs)
        if self.out is None:
            self.kept.append(outputs)
        else:
            self._write(outputs, count)
        self.at += count

    def _write(self, outputs: Any, count: int) -> None:
        for whole, part in zip(jax.tree.leaves(self.out), jax.tree.leaves(outputs)):
            if self.at + count > len(whole):
                raise ValueError(f"out has {len(whole)} rows, and more outputs than these have come.")
            whole[self.at : self.at + count] = part

    def _check(self, outputs: Any) -> None:
        """Raise a `ValueError` if `out` does not fit the outputs."""
        wholes, parts = named_leaves(self.out, "out"), jax.tree.leaves(outputs)
        if len(wholes) != len(parts):
            raise ValueError(f"out has {len(wholes)} arrays; the model has {len(parts)} outputs.")
        for (name, whole), part in zip(wholes, parts):
            wanted = (self.rows if self.rows is not None else len(whole), *part.shape[1:])
            if whole.shape != wanted or whole.dtype != part.dtype:
                raise ValueError(
                    f"{name} must be an array of the shape {wanted} and the type {part.dtype}; "
                    f"got {whole.shape} and {whole.dtype}."
                )

    def whole(self, of_no_rows: Any) -> Any:
        """All outputs, as one array for each."""
        if self.out is not None:
            return self.out
        if not self.kept:
            return of_no_rows()
        return jax.tree.map(lambda *a: a[0] if len(a) == 1 else np.concatenate(a), *self.kept)


def predict_batch(trainer: Trainer, x: Any, size: int | None = None) -> Any:
    """The outputs for one batch. Where `size` is given, batches of fewer rows are filled up to it."""
    trainer.build(x)
    program = trainer.forward
    run = trainer.predictor(program)
    x = trainer.model.standardize_inputs(x)
    outputs, changed = run(read(program.params), read(program.extras), x, size)
    write({path: program.extras[path] for path in changed}, changed)
    return outputs
