"""Several arrays into one."""

import functools
from typing import Any

from ..._core.settings import epsilon
from ...layers.merging import Add, Average, Concatenate, Dot, Maximum, Minimum, Multiply, Subtract
from .normalization import inverse_root
from .table import LOST, converts, makes_mask
from .writer import Value, Writer

_OPERATORS = {
    Add: "Add",
    Average: "Add",
    Maximum: "Max",
    Minimum: "Min",
    Multiply: "Mul",
    Subtract: "Sub",
}


@converts(*_OPERATORS)
def _element_by_element(g: Writer, layer: Any, inputs: list[Value]) -> str:
    rank = max(x.rank for x in inputs)
    aligned = [x if x.rank == rank else g.Unsqueeze(x, list(range(1, 1 + rank - x.rank))) for x in inputs]
    merged = functools.reduce(functools.partial(g.add, _OPERATORS[type(layer)]), aligned)
    return g.Div(merged, float(len(inputs))) if type(layer) is Average else g.name_of(merged)


@converts(Concatenate)
def _concatenate(g: Writer, layer: Any, inputs: list[Value]) -> str:
    return g.Concat(*inputs, axis=layer.axis % inputs[0].rank)


@converts(Dot)
def _dot(g: Writer, layer: Any, inputs: list[Value]) -> str:
    pair = (layer.axes, layer.axes) if isinstance(layer.axes, int) else layer.axes
    axes = [axis % x.rank for axis, x in zip(pair, inputs)]
    arrays: list[Any] = list(inputs)
    if layer.normalize:
        lengths = [g.ReduceSum(g.Mul(x, x), [axis]) for x, axis in zip(inputs, axes)]
        arrays = [g.Mul(x, inverse_root(g, g.Max(length, epsilon() ** 2))) for x, length in zip(inputs, lengths)]
    letters = iter("cdefghijklmnop")
    names = [["a", *(next(letters) for _ in range(x.rank - 1))] for x in inputs]
    for name, axis in zip(names, axes):
        name[axis] = "b"
    left, right = ("".join(name) for name in names)
    result = "a" + (left + right).replace("a", "").replace("b", "")
    y = g.Einsum(*arrays, equation=f"{left},{right}->{result}")
    return g.Unsqueeze(y, [1]) if len(result) == 1 else y


@makes_mask(*_OPERATORS)
def _in_every_input(g: Writer, layer: Any, inputs: list[Value]) -> Any:
    masks = [x.mask for x in inputs]
    if None in masks:
        return None
    if LOST in masks or len({m.rank for m in masks}) > 1:
        return LOST
    return Value(functools.reduce(g.Or, masks), masks[0].shape, "bool")


@makes_mask(Concatenate)
def _of_features(g: Writer, layer: Any, inputs: list[Value]) -> Any:
    masks = [x.mask for x in inputs]
    if masks == [None] * len(masks):
        return None
    features = all(layer.axis % x.rank == x.rank - 1 for x in inputs)
    steps = all(isinstance(m, Value) and m.rank == x.rank - 1 for m, x in zip(masks, inputs))
    return Value(functools.reduce(g.Or, masks), masks[0].shape, "bool") if features and steps else LOST


@makes_mask(Dot)
def _no_mask(g: Writer, layer: Any, inputs: list[Value]) -> None:
    return None
