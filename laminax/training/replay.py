"""One step once more, part by part, to find where it is first not finite."""

import numpy as np

from ..data.arrays import named_leaves
from ..objective.nonfinite import NonFiniteError, Place, describe, first_layer, first_number
from .step import Batch, Program, State, gradients


def not_finite(
    step: str, program: Program, state: State, batch: Batch | None, rows: np.ndarray | None
) -> NonFiniteError:
    """The error for a step, named by `step`, with where it began; `state` is that before it."""
    where = "its batch is gone. " if batch is None else f"{locate(program, state, batch, rows)} "
    return NonFiniteError(
        f"{step} is not finite: {where}The weights are those before it. To leave such steps out: "
        "compile(on_nonfinite='skip')."
    )


def locate(program: Program, state: State, batch: Batch, rows: np.ndarray | None) -> str:
    """Where a step over `batch` is first not finite, in words; `state` is that before it.

    Args:
        program: what the step runs.
        state: the state before the step.
        batch: its data.
        rows: their places in all of the data.
    """
    for name, tree in (("x", batch.x), ("y", batch.y), ("sample_weight", batch.weight)):
        for path, leaf in named_leaves(tree, name):
            place = first_number(leaf)
            if place is not None:
                return describe(Place("data", path, place, leaf[place]), rows)
    layer = first_layer(program, state, batch)
    if layer is not None:
        return describe(layer, rows)
    total, grads = gradients(program, state, batch)[:2]
    if not np.isfinite(np.asarray(total)):
        return describe(Place("loss", "the loss", (), np.asarray(total)), rows)
    for path, grad in grads.items():
        place = first_number(grad)
        if place is not None:
            return describe(Place("gradient", path, place, np.asarray(grad)[place]), rows)
    return "nothing that a second run of the same step shows"
