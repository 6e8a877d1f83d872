"""The outputs of a model."""

from collections.abc import Iterator
from typing import Any

import jax
import numpy as np

from .._core import interrupts
from .._core.variable import read, write
from ..callbacks.callback import CallbackList
from ..callbacks.progress import Progress
from ..data.arrays import as_arrays, length_of
from ..data.sources import StreamSource, is_stream
from .arguments import check_counts
from .trainer import Trainer

Array = Any


@interrupts.held()
def predict(
    trainer: Trainer, x: Any, *, batch_size: int | None, verbose: Any, steps: int | None, callbacks: Any
) -> Any:
    """The outputs of a model on data; see `Model.predict`."""
    check_counts("predict", batch_size=batch_size, steps=steps)
    first, batches, total, size = _batches(x, batch_size or 32, steps, trainer.model.on_host)
    trainer.build(first)
    progress = Progress(verbose, "Prediction")
    progress.begin(0, total)
    watching = CallbackList(callbacks, trainer.model, {"verbose": progress.shown, "epochs": 1, "steps": total})
    watching.call("on_predict_begin", {})
    parts: list[Any] = []
    for batch in batches:
        watching.call("on_predict_batch_begin", len(parts), {})
        parts.append(jax.tree.map(np.asarray, predict_batch(trainer, batch, size)))
        watching.call("on_predict_batch_end", len(parts) - 1, {"outputs": parts[-1]})
        interrupts.checkpoint()
        if progress.due():
            progress.update(len(parts), {})
    watching.call("on_predict_end", {})
    progress.end(len(parts), {})
    if not parts:
        return jax.tree.map(lambda a: np.asarray(a)[:0], predict_batch(trainer, first, None))
    return jax.tree.map(lambda *a: a[0] if len(a) == 1 else np.concatenate(a), *parts)


def _batches(x: Any, size: int, steps: int | None, text: bool) -> tuple[Any, Iterator[Any], int | None, int | None]:
    """A first batch, all batches, how many there are, and, if there are several, the size of the first."""
    if is_stream(x):
        source = StreamSource(x, steps, text=text)
        source.convert(lambda sample: sample.x)
        first = source.first()
        return first, source.epoch(0), source.steps, length_of({"x": first})
    arrays = as_arrays(x, "x", text)
    if not jax.tree.leaves(arrays):
        raise ValueError("x holds no arrays.")
    count = length_of({"x": arrays})
    first = jax.tree.map(lambda a: a[:size] if count else _blank(a), arrays)
    starts = range(0, count, size)[:steps]
    batches = (jax.tree.map(lambda a, i=i: a[i : i + size], arrays) for i in starts)
    return first, batches, len(starts), size if len(starts) > 1 else None


def _blank(a: Array) -> Array:
    """A row like those of an array: zeros, or empty text."""
    return np.zeros((1, *a.shape[1:]), "U1" if a.dtype == object else a.dtype)


def predict_batch(trainer: Trainer, x: Any, size: int | None = None) -> Any:
    """The outputs for one batch. Where `size` is given, batches of fewer rows are filled up to it."""
    program = trainer.forward
    run = trainer.predictor(program)
    x = trainer.model.standardize_inputs(x)
    outputs, changed = run(read(program.params), read(program.extras), x, size)
    write({path: program.extras[path] for path in changed}, changed)
    return outputs
