"""All checks of losses, metrics and data: of their form, of each batch, and of all the arrays of a run."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from ..data.arrays import named_leaves
from ..metrics import Metric
from .classes import counts, spread, tail, words
from .families import KNOWN
from .finding import Finding
from .heads import Head
from .inputs import absent, alike, missing, not_finite, places, scales, weights
from .pairs import pair
from .scoring import score
from .targets import check_targets
from .values import unlikely, values


class Output(NamedTuple):
    """One output: its loss, how it ends, and the words by which a user finds it and its targets."""

    loss: Any
    head: Head
    name: str = "y"
    words: str = "the output"


class Split(NamedTuple):
    """The arrays of a run: inputs, and the targets of each output."""

    x: Any
    y: Sequence[Any]


def about_losses(outputs: Sequence[Output]) -> Iterator[Finding]:
    """Losses against heads."""
    for output in outputs:
        yield from pair(output.loss, output.head, output.words)


def about_metrics(
    outputs: Sequence[Output], metrics: Sequence[Sequence[Metric]], y: Sequence[Any]
) -> Iterator[Finding]:
    """The metrics of each output against its loss, its head and its targets."""
    for output, own, targets in zip(outputs, metrics, y):
        for metric in own:
            yield from score(metric, output.loss, output.head, targets, output.name)


def about_batch(
    outputs: Sequence[Output], data: Split, weight: Any, rows: Mapping[int, int], frames: Sequence[Any] | None = None
) -> Iterator[Finding]:
    """What can't be in any batch. Raises a `ValueError` where shapes or labels do not fit; see `check_targets`."""
    for output, y, length in zip(outputs, data.y, frames or [None] * len(outputs)):
        check_targets(output.loss, output.head, y, output.name, length)
        yield from values(output.loss, output.head, y, output.name)
    named = named_leaves(data.x, "x") if rows else []
    for place, size in rows.items():
        name, leaf = named[place]
        yield from places(leaf, size, name)
    for name, leaf in named_leaves(weight, "sample_weight"):
        yield from weights(leaf, name)


def about_run(
    outputs: Sequence[Output],
    data: Split,
    validation: Split | None = None,
    share: float = 0.0,
    class_weight: Any = None,
    scaled: bool = False,
) -> Iterator[Finding]:
    """What is odd about all of the data of a run.

    Args:
        outputs: the outputs.
        data: the arrays for training.
        validation: those for validation.
        share: the share of the last rows that became `validation`.
        class_weight: as `fit` takes it.
        scaled: whether the model has layers that bring inputs to one scale.
    """
    for i, (output, y) in enumerate(zip(outputs, data.y)):
        if y is None:
            continue
        found = counts(output.loss, output.head, y)
        yield from absent(_of_output(class_weight, output.name), y, found, output.name)
        held = None if validation is None else validation.y[i]
        told = [] if held is None else list(spread(found, counts(output.loss, output.head, held), share, output.name))
        yield from told or unlikely(output.loss, output.head, y, output.name)
        if held is not None and not told:
            yield from tail(np.asarray(y), np.asarray(held), share, output.name)
    named = named_leaves(data.x, "x")
    if all(isinstance(output.loss, KNOWN) and y is not None for output, y in zip(outputs, data.y)):
        yield from alike([leaf for _, leaf in named])
    for name, leaf in named if not scaled else ():
        yield from scales(leaf, name)


def about_numbers(x: Any, heeds: Callable[[int], bool]) -> Iterator[Finding]:
    """Numbers of the inputs `x` that are not finite, of which the first row is not one that the model `heeds`."""
    for name, leaf in named_leaves(x, "x"):
        place = not_finite(leaf)
        if place is not None and not heeds(place[0]):
            yield missing(leaf, place, name)


def class_words(outputs: Sequence[Output], train: Split, validation: Split) -> str:
    """How often each class occurs in training and in validation, in words."""
    told = []
    for output, y, held in zip(outputs, train.y, validation.y):
        found = {"training": counts(output.loss, output.head, y), "validation": counts(output.loss, output.head, held)}
        told += [f"classes of {output.name}: {words(found)}"] if found["training"] is not None else []
    return "; ".join(told)


def scales_inputs(layers: Sequence[Any]) -> bool:
    """Whether among a model's layers is one that brings numbers to one scale."""
    return any(
        "Normalization" in kind.__name__ or kind.__name__ == "Rescaling" for x in layers for kind in type(x).__mro__
    )


def _of_output(class_weight: Any, name: str) -> Any:
    if not isinstance(class_weight, Mapping) or not any(isinstance(v, Mapping) for v in class_weight.values()):
        return class_weight
    return next((v for key, v in class_weight.items() if name in ("y", f"y[{key!r}]")), None)
