"""A compiled model bound to the form of its data: which loss and which metrics look at which output."""

import functools
from collections.abc import Mapping
from typing import Any, NamedTuple

import jax
import numpy as np

from .. import metrics as metric_families
from .._core import context
from .._core.variable import scratch
from ..data.sources import Sample
from ..data.weights import by_class, combined
from ..decoding.lengths import FrameCounter
from ..layers.stateless import penalties
from ..losses import CTC
from ..metrics import Metric
from ..metrics.mean import LossMean
from ..objective.accuracy import accuracy_for, describe, like_loss
from ..objective.check import (
    Output,
    Split,
    about_batch,
    about_losses,
    about_metrics,
    about_numbers,
    about_run,
    class_words,
    scales_inputs,
)
from ..objective.crossentropy import NAMES as CROSSENTROPY
from ..objective.crossentropy import crossentropy_for
from ..objective.finding import tell
from ..objective.heads import Ends, Head, ends
from ..objective.suggest import AUTO, choose, written
from ..optimizers import Optimizer
from .objective import Objective, Value, rows_of
from .outputs import Outputs
from .scores import Scores, by_output
from .step import Batch

Array = Any
_ACCURACY = ("accuracy", "acc")


class Settings(NamedTuple):
    """What was given to `compile`."""

    optimizer: Optimizer
    loss: Any = None
    loss_weights: Any = None
    metrics: Any = None
    weighted_metrics: Any = None
    combine_losses: str = "mean"
    run_eagerly: bool = False
    steps_per_execution: int = 1
    weighted_mean: bool = False
    on_nonfinite: str = "raise"


class Binding:
    """Losses and metrics, matched with the outputs that a model gives for a first batch. Builds the model.

    Args:
        model: the model.
        settings: what was given to `compile`.
        sample: a first batch.

    Attributes:
        outputs: the names of the outputs.
        heads: how each output ends.
        losses: those that were given to `compile`, with the model's penalties, as one scalar.
        objective: what training makes small: these, or what the model itself computes.
        scores: what is logged.
        chosen: what was chosen for the user, in words.
    """

    def __init__(self, model: Any, settings: Settings, sample: Sample) -> None:
        self.model = model
        self.chosen: list[str] = []
        self._metrics: dict[int, str] = {}  # what `"auto"` stood for, by output
        self._counter = FrameCounter(model)
        x = model.standardize_inputs(sample.x)
        found = ends(model, x)
        self.outputs = Outputs(found.heads, getattr(model, "output_names", None))
        self.heads: list[Head] = self.outputs.specs
        self._ends = {_form(x): found}
        add = functools.partial(penalties, model)
        given = self._loss(sample, settings.loss), settings.loss_weights, settings.combine_losses
        self.losses = Objective(*given, self.outputs, add, settings.weighted_mean)
        self.judged = not model.computes_own_loss and "train" not in model.own_steps()
        own = model.computes_own_loss
        self.objective: Objective | OwnObjective = OwnObjective(model) if own else self.losses
        parts = [] if own else self.losses.part_names
        resolve = functools.partial(self._metric, sample)
        metrics = settings.metrics, settings.weighted_metrics
        targets = functools.partial(self._targets, sample)
        described = self._described(self.heads) if self.judged else []
        tell(about_losses(described))
        self.scores = Scores(self.outputs, *metrics, resolve, parts, targets)
        tell(about_metrics(described, self.scores.by_output(), targets()) if described else ())

    def _loss(self, sample: Sample, given: Any) -> Any:
        """Losses as the user wrote them; `"crossentropy"` and `"auto"` are chosen by head and targets."""
        found = self.outputs.spread(given, "loss", strict=True)
        for i, loss in enumerate(found):
            if isinstance(loss, str) and loss.lower() == AUTO:
                choice = choose(self.heads[i], self._targets(sample)[i], self._named()[i])
                found[i] = choice.loss
                self.chosen.append(f"{self._prefix(i)}loss = {written(choice.loss)} ({choice.task}: {choice.why})")
            if isinstance(loss, str) and loss.lower() in CROSSENTROPY:
                found[i] = crossentropy_for(self.heads[i], self._targets(sample)[i])
                self.chosen.append(f"{loss} = {found[i]!r}")
        return found

    def _metric(self, sample: Sample, identifier: Any, output: int) -> Metric:
        """A metric from what the user wrote; `"accuracy"` and `"auto"` are chosen by loss, head and targets."""
        name = identifier.lower() if isinstance(identifier, str) else ""
        if name == AUTO:
            choice = choose(self.heads[output], self._targets(sample)[output], self._named()[output])
            self._metrics[output] = choice.metrics[0]
            return self._metric(sample, choice.metrics[0], output)
        if name not in (*_ACCURACY, *CROSSENTROPY):
            return like_loss(metric_families.resolve(identifier), self.losses.losses[output], identifier)
        loss, target = self.losses.losses[output], self.outputs.targets(sample.y)[output]
        if target is None:
            raise ValueError(f"metrics=[{identifier!r}] compares with targets, and there are none.")
        if name in CROSSENTROPY and loss is not None:
            return LossMean(loss, identifier)
        metric = accuracy_for(loss, self.heads[output], target, identifier)
        self.chosen.append(f"{identifier} = {describe(metric)}")
        return metric

    def explicit(self, settings: Settings) -> Settings:
        """The settings with what was chosen in the place of each `"auto"`, as they are saved."""
        names = self.outputs.names
        if _is_auto(settings.loss):
            found = dict(zip(names, self.losses.losses))
            settings = settings._replace(loss=found if len(found) > 1 else found[names[0]])
        for part in ("metrics", "weighted_metrics"):
            given = getattr(settings, part)
            if _is_auto(given):
                each = [
                    [self._metrics[i] if _is_auto(one) else one for one in wanted]
                    for i, wanted in enumerate(by_output(given, self.outputs, part))
                ]
                changed: dict[str, Any] = {part: dict(zip(names, each)) if len(names) > 1 else each[0]}
                settings = settings._replace(**changed)
        return settings

    def batch(self, sample: Sample, class_weight: Any = None) -> Batch:
        """Arrays as the user gave them, in the form that steps take, with class weights in the sample weights.

        Raises:
            ValueError: where inputs do not fit the model, or targets their losses.
        """
        x = self.model.standardize_inputs(sample.x)
        if self.judged:
            heads, rows = self._ends_for(x)
            data = Split(x, self._targets(sample))
            self.outputs.spread(sample.weight, "sample_weight")
            tell(about_batch(self._described(jax.tree.leaves(heads)), data, sample.weight, rows, self._frames(x)))
        return Batch(x, sample.y, sample.weight if class_weight is None else self._weights(sample, class_weight))

    def review(
        self, train: Batch, validation: Batch | None, share: float, class_weight: Any, halts: bool = True
    ) -> str:
        """Warn of what is odd about the arrays of a run; `share` of their last rows became those for validation.

        Args:
            halts: whether the run ends at a step that is not finite.

        Returns:
            How often each class occurs in both parts, in words, where `share` made them.
        """
        told = ""
        if self.judged:
            data = Split(train.x, self.outputs.targets(train.y))
            held = None if validation is None else Split(validation.x, self.outputs.targets(validation.y))
            scaled = scales_inputs(list(self.model._flatten_layers()))
            tell(about_run(self._described(self.heads), data, held, share, class_weight, scaled))
            tell(about_numbers(train.x, functools.partial(self._heeds, train.x)) if halts else ())
            told = class_words(self._described(self.heads), data, held) if share and held is not None else ""
        return told

    def _heeds(self, x: Any, row: int) -> bool:
        """Whether the model gives finite numbers for a row that holds others, as one does that fills them in."""
        with scratch(), context.call(training=False):
            outputs = self.model(jax.tree.map(lambda a: a[row : row + 1], x))
        return all(np.isfinite(np.asarray(y, "float32")).all() for y in jax.tree.leaves(outputs))

    def _described(self, heads: list[Head]) -> list[Output]:
        """The outputs as checks take them."""
        several = len(self.outputs) > 1
        words = [f"output {name!r}" if several else "the output" for name in self.outputs.names]
        return [Output(*parts) for parts in zip(self.losses.losses, heads, self._named(), words)]

    def _ends_for(self, x: Any) -> Ends:
        """Both ends of the model for these inputs: a later batch may have other lengths than the first."""
        form = _form(x)
        if form not in self._ends:
            self._ends[form] = ends(self.model, x)
        return self._ends[form]

    def _frames(self, x: Any) -> list[Any]:
        """For each output the number of frames of each row, where they have a mask and a loss that asks for it."""
        asked = any(isinstance(loss, CTC) and loss.infeasible == "raise" for loss in self.losses.losses)
        return self._counter(x) if asked else [None] * len(self.outputs)

    def _targets(self, sample: Sample) -> list[Any]:
        return self.outputs.targets(sample.y)

    def _prefix(self, output: int) -> str:
        return f"{self.outputs.names[output]}: " if len(self.outputs) > 1 else ""

    def _named(self) -> list[str]:
        """The targets by the words by which a user finds them."""
        return ["y"] if len(self.outputs) == 1 else [f"y[{name!r}]" for name in self.outputs.names]

    def _weights(self, sample: Sample, class_weight: Any) -> Any:
        """Sample weights times class weights, for each output."""
        nested = isinstance(class_weight, Mapping) and any(isinstance(v, Mapping) for v in class_weight.values())
        classes = self.outputs.spread(class_weight, "class_weight") if nested else [class_weight] * len(self.outputs)
        weights = self.outputs.spread(sample.weight, "sample_weight")
        new: list[Any] = []
        for name, head, y, weight, wanted in zip(self._named(), self.heads, self._targets(sample), weights, classes):
            if wanted is not None:
                weight = combined(weight, by_class(y, wanted, name, holds_one_hot(head, y)))
            new.append(weight)
        return new if len(new) > 1 else new[0]


def _form(x: Any) -> tuple[Any, ...]:
    """The shapes of arrays without the batch's axis."""
    return tuple(tuple(leaf.shape[1:]) for leaf in jax.tree.leaves(x))


def _is_auto(given: Any) -> bool:
    """Whether `"auto"` stands in a loss, a metric, or a list or dict of them."""
    leaves = given.values() if isinstance(given, Mapping) else given if isinstance(given, (list, tuple)) else ()
    return (isinstance(given, str) and given.lower() == AUTO) or any(map(_is_auto, leaves))


def holds_one_hot(head: Head, y: Any) -> bool:
    """Whether targets have a last axis of classes, as their output has."""
    return y is not None and len(y.shape) == len(head.shape) and y.shape[-1] == head.shape[-1] > 1


class OwnObjective:
    """The objective of a model that defines `compute_loss` itself: targets and weights as the user gave them."""

    formula = ""

    def __init__(self, model: Any) -> None:
        self.model = model

    def __call__(self, batch: Batch, y_pred: Any) -> tuple[Array, dict[str, Value]]:
        context.lose_rows()
        total = self.model.compute_loss(x=batch.x, y=batch.y, y_pred=y_pred, sample_weight=batch.weight)
        return total, {"loss": Value(total, rows_of(batch))}
