"""Metrics of one or several outputs, and the running mean of the loss."""

import functools
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

import jax
import numpy as np

from .._core import context
from .._core.holder import variables
from .._core.variable import Variable, holding, read, scratch
from ..layers.layer import is_builtin
from ..metrics import Mean, Metric
from .finite import MARK
from .outputs import Outputs

Array = Any
Values = dict[str, Array]


class Score(NamedTuple):
    """A metric, the output it looks at, and the name under which it is logged."""

    name: str
    metric: Metric
    output: int
    weighted: bool


class Scores:
    """All that is logged of an epoch, exact whatever the batch size: losses and metrics.

    Args:
        outputs: the names of the outputs.
        metrics: metrics without sample weights: one, a list, or lists by output.
        weighted_metrics: metrics with sample weights, likewise.
        resolve: makes a metric from what the user wrote for an output.
        part_names: the names of the outputs' losses, if they are logged apart.
        targets: gives those of a first batch, one for each output; they tell some metrics how large their state is.
    """

    def __init__(
        self,
        outputs: Outputs,
        metrics: Any,
        weighted_metrics: Any,
        resolve: Callable[[Any, int], Metric],
        part_names: Sequence[str] = (),
        targets: Callable[[], Sequence[Any]] | None = None,
    ) -> None:
        self.outputs = outputs
        self.means = {name: Mean(name=name) for name in ("loss", *part_names)}
        self.scores: list[Score] = []
        for score in (
            *self._collect(metrics, resolve, "metrics", False),
            *self._collect(weighted_metrics, resolve, "weighted_metrics", True),
        ):
            self.scores.append(score._replace(name=self._free(score)))
        self._check_objects()
        self._build(targets)
        self.mark = Variable(np.zeros((), "int32"), trainable=False, name=MARK)
        self.cells: dict[str, Variable] = {MARK: self.mark}
        for name, metric in [*self.means.items(), *((s.name, s.metric) for s in self.scores)]:
            self.cells.update({f"{name}/{path}": v for path, v in variables(metric).items()})

    def _collect(self, given: Any, resolve: Callable[[Any, int], Metric], what: str, weighted: bool) -> list[Score]:
        if given is None:
            return []
        found: list[Score] = []
        for i, (output, wanted) in enumerate(zip(self.outputs.names, by_output(given, self.outputs, what))):
            for identifier in wanted:
                metric = identifier if isinstance(identifier, Metric) else resolve(identifier, i)
                name = metric.name if len(self.outputs) == 1 else f"{output}_{metric.name}"
                found.append(Score(name, metric, i, weighted))
        return found

    def _free(self, score: Score) -> str:
        """Its name, or one by which it can be told from those before it."""
        taken, name, n = {*self.means, *(s.name for s in self.scores)}, score.name, 1
        if name in taken and score.weighted:
            name = f"weighted_{name}"
        free = name
        while free in taken:
            free, n = f"{name}_{n}", n + 1
        return free

    def _check_objects(self) -> None:
        seen: set[int] = set()
        for score in self.scores:
            if id(score.metric) in seen:
                raise ValueError(
                    f"The metric object {score.metric.name!r} is given twice, or for several outputs: it would mix "
                    "their numbers. Give each an object of its own, as in metrics={'a': [AUC()], 'b': [AUC()]}."
                )
            seen.add(id(score.metric))

    def _build(self, targets: Callable[[], Sequence[Any]] | None) -> None:
        """Let metrics that make their variables at a first batch do so, by a pass that computes nothing."""
        for score in self.scores:
            if targets is not None and not score.metric.variables:
                head = self.outputs.specs[score.output]
                y_pred = jax.ShapeDtypeStruct(head.shape, head.dtype)
                with scratch():
                    jax.eval_shape(score.metric.update_state, targets()[score.output], y_pred)

    def by_output(self) -> list[list[Metric]]:
        """The metrics that look at each output."""
        return [[s.metric for s in self.scores if s.output == i] for i in range(len(self.outputs))]

    @property
    def metrics(self) -> list[Metric]:
        """The mean of the loss, those of the outputs' losses, and the metrics."""
        return [*self.means.values(), *(s.metric for s in self.scores)]

    @functools.cached_property
    def names(self) -> list[str]:
        """The names under which numbers are logged, in order."""
        found: list[str] = []
        jax.eval_shape(lambda: found.extend(self.results()))
        return found

    def zeros(self) -> Values:
        """The state before any data."""
        for metric in self.metrics:
            metric.reset_state()
        self.mark.assign(0)
        return read(self.cells)

    def update(self, state: Values, batch: Any, y_pred: Any, losses: Mapping[str, Any]) -> Values:
        """The state after a batch. Pure."""
        with holding(self.cells, state):
            for name, mean in self.means.items():
                mean.update_state(losses[name].mean, losses[name].count)
            self._compare(batch, y_pred)
            return read(self.cells)

    def _compare(self, batch: Any, y_pred: Any) -> None:
        """Let the metrics take in a batch."""
        if not self.scores:
            return
        targets, weights = self.outputs.targets(batch.y), self.outputs.spread(batch.weight, "sample_weight")
        leaves = self.outputs.leaves(y_pred)
        for score in self.scores:
            context.lose_rows(knows=_treats_rows_alone(score.metric))
            weight = weights[score.output] if score.weighted else None
            score.metric.update_state(targets[score.output], leaves[score.output], sample_weight=weight)

    def results(self) -> Values:
        """The numbers by name, the loss first; a metric that gives several is logged under their names."""
        found: Values = {}
        for name, metric in [*self.means.items(), *((s.name, s.metric) for s in self.scores)]:
            value = metric.result()
            found.update(value if isinstance(value, dict) else {name: value})
        return found


def _treats_rows_alone(metric: Metric) -> bool:
    """Whether all of a metric's code is this package's own."""
    kind = type(metric)
    return all(map(is_builtin, (kind.update_state, kind.update, getattr(metric, "fn", kind.update))))


def by_output(given: Any, outputs: Outputs, what: str) -> list[list[Any]]:
    """The metrics of each output: one or a list for all, lists by place (as long as the outputs), or by name."""
    if isinstance(given, dict) and not {"class_name", "config"} <= given.keys():
        return [_list(one) for one in outputs.spread(given, what, [])]
    if isinstance(given, (list, tuple)) and len(outputs) > 1 and len(given) == len(outputs):
        return [_list(one) for one in given]
    return [_list(given) for _ in range(len(outputs))]


def _list(value: Any) -> list[Any]:
    return [] if value is None else list(value) if isinstance(value, (list, tuple)) else [value]
