"""The report on a model's objective and its data, before it trains."""

import warnings
from typing import Any

import jax
import numpy as np

from .._core.variable import read
from ..data.arrays import named_leaves
from ..data.sources import ArraySource, Sample, make_source
from ..objective.accuracy import describe
from ..objective.classes import rows_in_both
from ..objective.finding import SILENCE, Finding, ObjectiveWarning
from ..objective.inputs import column_sizes, constant_columns
from ..objective.report import Report, about, tables
from .arguments import split, validation_sample
from .step import Batch
from .trainer import Trainer

LOOKED_AT = 256  # rows on which the model is run


def check(trainer: Trainer, data: Sample, validation_data: Any, share: float, class_weight: Any, run: bool) -> Report:
    """The report on `data`; see `Model.check`."""
    report = Report()
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always", ObjectiveWarning)
        try:
            _fill(report, trainer, data, validation_data, share, class_weight, run)
        except (TypeError, ValueError) as error:
            report.problems.append(Finding(True, str(error)))
    found = [Finding(False, str(one.message).removesuffix(f" {SILENCE}")) for one in told if _is_ours(one)]
    for one in told:
        if not _is_ours(one):
            warnings.warn_explicit(one.message, one.category, one.filename, one.lineno)
    report.problems += found
    return report


def _fill(
    report: Report, trainer: Trainer, data: Sample, validation_data: Any, share: float, class_weight: Any, run: bool
) -> None:
    text = trainer.model.on_host
    data, validation_data = split(data._replace(y=trainer.encode(data.y)), share, validation_data, text)
    source = make_source(data, None, text=text, encode=trainer.encode)
    binding = trainer.bind(source.first())
    source.convert(lambda sample: binding.batch(sample, class_weight))
    batch = source.data if isinstance(source, ArraySource) else source.first()
    held = None
    others = (
        None
        if validation_data is None
        else make_source(validation_sample(validation_data), None, text=text, encode=trainer.encode)
    )
    if isinstance(others, ArraySource):
        held = binding.batch(others.data)
    if isinstance(source, ArraySource):
        binding.review(batch, held, share, class_weight, trainer.on_nonfinite == "raise")
    if held is not None:
        for (name, train), (_, other) in zip(named_leaves(batch.x, "x"), named_leaves(held.x, "x")):
            report.problems += rows_in_both(train, other, name)
    _describe(report, trainer, batch, held)
    if run and binding.judged:
        _run(report, trainer, batch)


def _describe(report: Report, trainer: Trainer, batch: Batch, held: Batch | None) -> None:
    binding = trainer.bound
    targets = binding.outputs.targets(batch.y)
    others = binding.outputs.targets(held.y) if held is not None else [None] * len(targets)
    parts = zip(
        binding.outputs.names, binding.heads, binding.losses.losses, targets, others, binding.scores.by_output()
    )
    for name, head, loss, y, other, metrics in parts:
        found = about(name, head, loss, y, other)
        found.metrics = [describe(metric) for metric in metrics]
        report.outputs.append(found)
    for name, x in tables(named_leaves(batch.x, "x")).items():
        report.columns[name], report.constant[name] = column_sizes(x), constant_columns(x)


def _run(report: Report, trainer: Trainer, batch: Batch) -> None:
    """Put in the losses of the model as it is, on the first rows; nothing of it changes."""
    some = jax.tree.map(lambda a: a[:LOOKED_AT], batch)
    program = trainer.program("test")
    cells = trainer.cells(program, train=False)
    before = read(cells.metrics)
    state = cells.read()._replace(metrics=program.scores.zeros())
    found = trainer.results("test", program)(trainer.single("test", program)(read(cells.fixed), state, some).metrics)
    for path, value in before.items():
        cells.metrics[path].assign(value)
    single = len(report.outputs) == 1
    for output in report.outputs:
        value = found.get("loss" if single else f"{output.name}_loss")
        output.now = None if value is None else float(np.asarray(value))


def _is_ours(told: warnings.WarningMessage) -> bool:
    return issubclass(told.category, ObjectiveWarning)
