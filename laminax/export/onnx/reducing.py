"""Operations in a graph that sum up arrays."""

import functools
from typing import Any

from ..._core import settings
from .normalization import inverse_root
from .table import OPERATIONS, operates, refused
from .writer import Writer

_REDUCTIONS = {
    **{"Amax": "ReduceMax", "Amin": "ReduceMin", "Logsumexp": "ReduceLogSumExp", "Max": "ReduceMax"},
    **{"Mean": "ReduceMean", "Min": "ReduceMin", "Prod": "ReduceProd", "Sum": "ReduceSum"},
}


def _reduction(
    op: str,
    g: Writer,
    out: Any,
    x: Any,
    axis: Any = None,
    keepdims: bool = False,
    initial: Any = None,
    dtype: Any = None,
) -> Any:
    if initial is not None:
        raise refused("a reduction", f"with initial={initial!r} has no form there")
    return g.add(op, g.cast(x, out.dtype), axes_of(axis), keepdims=int(keepdims))


def _of_booleans(op: str, g: Writer, out: Any, x: Any, axis: Any = None, keepdims: bool = False) -> str:
    marks = g.cast(g.cast(x, "bool"), "float32")
    return g.cast(g.add(op, marks, axes_of(axis), keepdims=int(keepdims)), "bool")


def _place(op: str, g: Writer, out: Any, x: Any, axis: int | None = None, keepdims: bool = False) -> str:
    if axis is None and keepdims:
        raise refused(op, "with keepdims=True without an axis has no form there")
    values = g.reshape(x, -1) if axis is None else x
    return g.cast(g.add(op, values, axis=axis or 0, keepdims=int(keepdims)), out.dtype)


OPERATIONS.update({name: functools.partial(_reduction, op) for name, op in _REDUCTIONS.items()})
OPERATIONS.update(All=functools.partial(_of_booleans, "ReduceMin"), Any=functools.partial(_of_booleans, "ReduceMax"))
OPERATIONS.update(Argmax=functools.partial(_place, "ArgMax"), Argmin=functools.partial(_place, "ArgMin"))


def axes_of(axis: Any) -> Any:
    """The axes of a reduction, `None` for all."""
    return None if axis is None else [axis] if isinstance(axis, int) else list(axis)


@operates("Var")
def _variance(g: Writer, out: Any, x: Any, axis: Any = None, keepdims: bool = False) -> str:
    values = g.cast(x, out.dtype)
    far = g.Sub(values, g.ReduceMean(values, axes_of(axis)))
    return g.ReduceMean(g.Mul(far, far), axes_of(axis), keepdims=int(keepdims))


@operates("Std")
def _deviation(g: Writer, out: Any, x: Any, axis: Any = None, keepdims: bool = False) -> str:
    return g.Sqrt(_variance(g, out, x, axis, keepdims))


@operates("Normalize")
def _normalize(g: Writer, out: Any, x: Any, axis: Any = -1, order: int = 2, epsilon: Any = None) -> str:
    if order != 2:
        raise refused("normalize", f"with order={order} has no form there")
    least = settings.epsilon() if epsilon is None else epsilon
    squares = g.ReduceSum(g.Mul(x, x), axes_of(axis))
    return g.Mul(x, inverse_root(g, g.Max(squares, least**2)))


@operates("Cumsum")
def _running_sum(g: Writer, out: Any, x: Any, axis: int | None = None, dtype: Any = None) -> str:
    values = g.cast(x, out.dtype)
    return g.CumSum(g.reshape(values, -1) if axis is None else values, g.constant(axis or 0, dtype="int64"))
