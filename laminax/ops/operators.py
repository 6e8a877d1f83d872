"""The operators of symbolic tensors: `x + y` records `add(x, y)`."""

from collections.abc import Callable
from typing import Any

from .._core.graph import SymbolicTensor
from . import numpy

_BINARY = {
    "add": "add",
    "sub": "subtract",
    "mul": "multiply",
    "truediv": "true_divide",
    "floordiv": "floor_divide",
    "mod": "mod",
    "pow": "power",
    "matmul": "matmul",
    "and": "logical_and",
    "or": "logical_or",
    "xor": "logical_xor",
}
_OTHERS = {
    "getitem": "get_item",
    "lt": "less",
    "le": "less_equal",
    "gt": "greater",
    "ge": "greater_equal",
    "ne": "not_equal",
    "neg": "negative",
    "abs": "absolute",
    "invert": "logical_not",
    "round": "round",
}


def _method(function: Callable[..., Any], swap: bool = False) -> Callable[..., Any]:
    def call(self: Any, *others: Any) -> Any:
        return function(*others, self) if swap else function(self, *others)

    call.__doc__ = function.__doc__
    return call


def install() -> None:
    """Give symbolic tensors their operators."""
    for names, swapped in ((_BINARY, False), (_OTHERS, False), (_BINARY, True)):
        for operator, name in names.items():
            method = _method(getattr(numpy, name), swapped)
            setattr(SymbolicTensor, f"__{'r' if swapped else ''}{operator}__", method)
    for name in ("reshape", "squeeze"):
        setattr(SymbolicTensor, name, _method(getattr(numpy, name)))
