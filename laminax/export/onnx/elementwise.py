"""Operations in a graph that treat each number alone, and products.

Each takes the arguments of the function in `laminax.ops` by name, and `out`, which has the shape and type of the
result. Types that differ meet in that of the result, or, for comparisons, in their own common one.
"""

import functools
import math
from typing import Any

import numpy as np

from ..._core import dtypes
from ..._core.dtypes import is_float
from .normalization import inverse_root
from .table import OPERATIONS, operates
from .writer import Value, Writer

_OF_ONE = {
    **{"Absolute": "Abs", "Arccos": "Acos", "Arccosh": "Acosh", "Arcsin": "Asin", "Arcsinh": "Asinh"},
    **{"Arctan": "Atan", "Arctanh": "Atanh", "Ceil": "Ceil", "Cos": "Cos", "Cosh": "Cosh", "Erf": "Erf", "Exp": "Exp"},
    **{"Floor": "Floor", "Log": "Log", "Negative": "Neg", "Reciprocal": "Reciprocal", "Sign": "Sign", "Sin": "Sin"},
    **{"Sinh": "Sinh", "Sqrt": "Sqrt", "Tan": "Tan"},
}
_OF_TWO = {
    **{"Add": "Add", "Divide": "Div", "Matmul": "MatMul", "Maximum": "Max", "Minimum": "Min", "Multiply": "Mul"},
    **{"Power": "Pow", "Subtract": "Sub", "TrueDivide": "Div"},
}
_COMPARISONS = {
    **{"Equal": "Equal", "Greater": "Greater", "GreaterEqual": "GreaterOrEqual", "Less": "Less"},
    **{"LessEqual": "LessOrEqual"},
}
_LOGICAL = {"LogicalAnd": "And", "LogicalOr": "Or", "LogicalXor": "Xor"}


def _of_one(op: str, g: Writer, out: Any, x: Any) -> Any:
    return g.add(op, g.cast(x, out.dtype))


def _of_two(op: str, g: Writer, out: Any, x1: Any, x2: Any) -> Any:
    return g.add(op, g.cast(x1, out.dtype), g.cast(x2, out.dtype))


def _comparison(op: str, g: Writer, out: Any, x1: Any, x2: Any) -> Any:
    dtype = _common(x1, x2)
    return g.add(op, g.cast(x1, dtype), g.cast(x2, dtype))


def _logical(op: str, g: Writer, out: Any, x1: Any, x2: Any) -> Any:
    return g.add(op, g.cast(x1, "bool"), g.cast(x2, "bool"))


for _table, _write in ((_OF_ONE, _of_one), (_OF_TWO, _of_two), (_COMPARISONS, _comparison), (_LOGICAL, _logical)):
    OPERATIONS.update({name: functools.partial(_write, op) for name, op in _table.items()})


def _common(*arrays: Any) -> str:
    """The type in which values, arrays and numbers meet: a number follows an array, unless it alone is a float."""
    known = [np.dtype(x.dtype) for x in arrays if hasattr(x, "dtype")]
    if not known or (any(isinstance(x, float) for x in arrays) and all(dtype.kind in "iub" for dtype in known)):
        return "float32"
    return str(np.dtype(dtypes.common(known)))


@operates("NotEqual")
def _not_equal(g: Writer, out: Any, x1: Any, x2: Any) -> str:
    return g.Not(_comparison("Equal", g, out, x1, x2))


@operates("LogicalNot")
def _not(g: Writer, out: Any, x: Any) -> str:
    return g.Not(g.cast(x, "bool"))


@operates("Isnan")
def _is_nan(g: Writer, out: Any, x: Any) -> str:
    return g.IsNaN(g.cast(x, "float32"))


@operates("Isinf")
def _is_infinite(g: Writer, out: Any, x: Any) -> str:
    return g.IsInf(g.cast(x, "float32"))


@operates("Isfinite")
def _is_finite(g: Writer, out: Any, x: Any) -> str:
    return g.Not(g.Or(_is_nan(g, out, x), _is_infinite(g, out, x)))


@operates("Square")
def _square(g: Writer, out: Any, x: Any) -> str:
    return g.Mul(g.cast(x, out.dtype), g.cast(x, out.dtype))


@operates("Rsqrt")
def _inverse_root(g: Writer, out: Any, x: Any) -> str:
    return inverse_root(g, g.cast(x, out.dtype))


@operates("Expm1")
def _exp_less_one(g: Writer, out: Any, x: Any) -> str:
    return g.Sub(g.Exp(g.cast(x, out.dtype)), 1.0)


@operates("Log1p")
def _log_of_one_more(g: Writer, out: Any, x: Any) -> str:
    return g.Log(g.Add(g.cast(x, out.dtype), 1.0))


@operates("Log2")
def _log_of_base_2(g: Writer, out: Any, x: Any) -> str:
    return g.Div(g.Log(g.cast(x, out.dtype)), math.log(2))


@operates("Log10")
def _log_of_base_10(g: Writer, out: Any, x: Any) -> str:
    return g.Div(g.Log(g.cast(x, out.dtype)), math.log(10))


@operates("Mod")
def _remainder(g: Writer, out: Any, x1: Any, x2: Any) -> str:
    x, y = g.cast(x1, out.dtype), g.cast(x2, out.dtype)
    if is_float(out.dtype):
        return g.Sub(x, g.Mul(g.Floor(g.Div(x, y)), y))
    return g.Mod(x, y)


@operates("FloorDivide")
def _floor_divide(g: Writer, out: Any, x1: Any, x2: Any) -> str:
    x, y = g.cast(x1, out.dtype), g.cast(x2, out.dtype)
    if is_float(out.dtype):
        return g.Floor(g.Div(x, y))
    return g.Div(g.Sub(x, g.Mod(x, y)), y)


@operates("Round")
def _round(g: Writer, out: Any, x: Any, decimals: int = 0) -> str:
    unit = 10.0**decimals
    return g.Round(x) if decimals == 0 else g.Div(g.Round(g.Mul(x, unit)), unit)


@operates("Clip")
def _clip(g: Writer, out: Any, x: Any, x_min: Any, x_max: Any) -> str:
    y = g.cast(x, out.dtype)
    y = y if x_min is None else g.Max(y, g.cast(x_min, out.dtype))
    return y if x_max is None else g.Min(y, g.cast(x_max, out.dtype))


@operates("Where")
def _where(g: Writer, out: Any, condition: Any, x1: Any, x2: Any) -> str:
    return g.Where(g.cast(condition, "bool"), g.cast(x1, out.dtype), g.cast(x2, out.dtype))


@operates("Cast")
def _cast(g: Writer, out: Any, x: Any, dtype: Any) -> str:
    return g.cast(x, out.dtype)


@operates("StopGradient")
def _stop_gradient(g: Writer, out: Any, variable: Any) -> str:
    return g.name_of(variable)


@operates("Copy")
def _copy(g: Writer, out: Any, x: Any) -> str:
    return g.name_of(x)


@operates("OnesLike")
def _ones_like(g: Writer, out: Any, x: Any, dtype: Any = None) -> str:
    return g.Expand(g.constant(1, dtype=out.dtype), g.Shape(x))


@operates("ZerosLike")
def _zeros_like(g: Writer, out: Any, x: Any, dtype: Any = None) -> str:
    return g.Expand(g.constant(0, dtype=out.dtype), g.Shape(x))


@operates("Einsum")
def _einsum(g: Writer, out: Any, subscripts: str, operands: Any, kwargs: Any) -> str:
    return g.Einsum(*(g.cast(x, out.dtype) for x in operands), equation=subscripts)


@operates("OneHot")
def _one_hot(
    g: Writer, out: Any, x: Value, num_classes: int, axis: int = -1, dtype: Any = None, sparse: bool = False
) -> str:
    classes = g.constant(np.arange(num_classes), dtype="int64")
    ones = g.Equal(g.Unsqueeze(g.cast(x, "int64"), [-1]), classes)
    return g.moved(g.cast(ones, out.dtype), x.rank + 1, -1, axis)
