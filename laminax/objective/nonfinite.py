"""Where a step was first not finite: in the data, in a layer, in the loss, in a gradient."""

from typing import Any, NamedTuple

import jax
import numpy as np

from .._core.pure import running


class NonFiniteError(FloatingPointError):
    """A step of training was not finite. The weights are those before it."""


class Place(NamedTuple):
    """Where a number is that is not finite.

    Attributes:
        kind: `"data"`, `"layer"`, `"loss"` or `"gradient"`.
        name: the array's, or the layer's.
        where: its place in the array; the first of it is the row of the batch.
        value: the number.
    """

    kind: str
    name: str
    where: tuple[int, ...]
    value: Any


HINTS = {
    "data": "Fill it in, or drop the row.",
    "layer": "Look at the layer's weights and inputs; a lower learning rate, or clipnorm=1.0, keeps them small.",
    "loss": "Look at the loss where outputs are 0 or very large.",
    "gradient": "A lower learning rate, or clipnorm=1.0 of the optimizer, may help; look for roots and divisions at 0.",
}


def first_number(array: Any) -> tuple[int, ...] | None:
    """The place of the first number that is not finite."""
    array = np.asarray(array)
    if array.dtype.kind in "biuSUO" or np.isfinite(array.astype("float32")).all():
        return None
    return tuple(int(i) for i in np.argwhere(~np.isfinite(array.astype("float32")))[0])


def first_layer(program: Any, state: Any, batch: Any) -> Place | None:
    """The first layer that gives a number that is not finite, in a run of the model as in the step."""
    found: list[Place] = []

    def watch(layer: Any, outputs: Any) -> None:
        for leaf in jax.tree.leaves(outputs) if not found else ():
            place = first_number(leaf)
            if place is not None:
                found.append(Place("layer", f"{layer.name} ({type(layer).__name__})", place, np.asarray(leaf)[place]))
                return

    with running({**program.params, **program.extras}, {**state.params, **state.extras}, True, batch.rows) as frame:
        frame.watch = watch
        program.model(batch.x)
    return found[0] if found else None


def describe(place: Place, rows: np.ndarray | None) -> str:
    """The place in words, with what to do about it; `rows` are the places of the batch's rows in all of the data."""
    hint = HINTS[place.kind]
    if place.kind == "loss":
        return f"the loss is {place.value}, of outputs that are finite. {hint}"
    if place.kind == "gradient":
        return f"the gradient of {place.name} is {place.value}, of a loss that is finite. {hint}"
    row = place.where[0] if place.where else 0
    if place.kind == "layer":
        of = f"row {row} of the batch" if rows is None else f"row {rows[row]}"
        return f"the layer {place.name} gives {place.value} for {of}. {hint}"
    index = list(place.where) if rows is None else [int(rows[row]), *place.where[1:]]
    return f"{place.name}{index}{' of the batch' if rows is None else ''} = {place.value}. {hint}"
