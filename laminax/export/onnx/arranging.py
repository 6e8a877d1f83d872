"""Operations in a graph that arrange arrays anew, or take parts of them."""

from typing import Any

import numpy as np

from .reducing import axes_of
from .table import operates, refused
from .writer import Value, Writer

_FAR = np.iinfo(np.int64)


@operates("Reshape")
def _reshape(g: Writer, out: Any, x: Any, newshape: Any) -> str:
    shape = [newshape] if isinstance(newshape, int) else list(newshape)
    return g.reshape(x, *(-1 if size is None else size for size in shape))


@operates("Ravel")
def _ravel(g: Writer, out: Any, x: Any) -> str:
    return g.reshape(x, -1)


@operates("Transpose")
def _transpose(g: Writer, out: Any, x: Value, axes: Any = None) -> str:
    return g.Transpose(x, perm=[axis % x.rank for axis in (range(x.rank)[::-1] if axes is None else axes)])


@operates("Swapaxes")
def _swap(g: Writer, out: Any, x: Value, axis1: int, axis2: int) -> str:
    order = list(range(x.rank))
    order[axis1], order[axis2] = order[axis2], order[axis1]
    return g.Transpose(x, perm=order)


@operates("Moveaxis")
def _move(g: Writer, out: Any, x: Value, source: Any, destination: Any) -> str:
    numbered = np.moveaxis(np.empty(range(1, x.rank + 1), bool), source, destination)
    return g.Transpose(x, perm=[size - 1 for size in numbered.shape])


@operates("ExpandDims")
def _expand(g: Writer, out: Any, x: Any, axis: Any) -> str:
    return g.Unsqueeze(x, axes_of(axis))


@operates("Squeeze")
def _squeeze(g: Writer, out: Any, x: Value, axis: Any = None) -> str:
    axes = [i for i, size in enumerate(x.shape) if size == 1] if axis is None else axes_of(axis)
    return g.Squeeze(x, axes) if axes else x.name


@operates("Concatenate")
def _concatenate(g: Writer, out: Any, xs: Any, axis: int = 0) -> str:
    return g.Concat(*(g.cast(x, out.dtype) for x in xs), axis=axis % out.ndim)


@operates("Stack")
def _stack(g: Writer, out: Any, x: Any, axis: int = 0) -> str:
    return g.Concat(*(g.Unsqueeze(g.cast(one, out.dtype), [axis]) for one in x), axis=axis % out.ndim)


@operates("Split")
def _split(g: Writer, out: Any, x: Value, indices_or_sections: Any, axis: int = 0) -> Any:
    if isinstance(indices_or_sections, int):
        count = indices_or_sections
        return g.Split(x, outputs=count, axis=axis, num_outputs=count) if count > 1 else x.name
    ends = [int(i) for i in indices_or_sections]
    return [g.Slice(x, [start], [end], [axis]) for start, end in zip([0, *ends], [*ends, _FAR.max])]


@operates("Tile")
def _tile(g: Writer, out: Any, x: Value, repeats: Any) -> str:
    times = [repeats] if isinstance(repeats, int) else list(repeats)
    more = len(times) - x.rank
    return g.Tile(g.Unsqueeze(x, list(range(more))) if more > 0 else x, [1] * -more + times)


@operates("BroadcastTo")
def _broadcast(g: Writer, out: Any, x: Any, shape: Any) -> str:
    return g.Expand(x, [1 if size is None else size for size in shape])


@operates("Flip")
def _flip(g: Writer, out: Any, x: Value, axis: Any = None) -> str:
    axes = list(range(x.rank)) if axis is None else axes_of(axis)
    return g.Slice(x, [-1] * len(axes), [_FAR.min] * len(axes), axes, [-1] * len(axes))


@operates("Pad")
def _pad(g: Writer, out: Any, x: Value, pad_width: Any, mode: str = "constant", constant_values: Any = None) -> str:
    if mode not in ("constant", "edge", "reflect"):
        raise refused("pad", f"with mode={mode!r} has no form there")
    pairs = np.broadcast_to(np.asarray(pad_width), (x.rank, 2))
    value = [] if constant_values is None else [g.cast(constant_values, out.dtype)]
    return g.Pad(x, [int(n) for n in pairs.T.reshape(-1)], *value, mode=mode)


@operates("Take")
def _take(g: Writer, out: Any, x: Any, indices: Any, axis: int | None = None) -> str:
    values = g.cast(x, out.dtype)
    return g.Gather(g.reshape(values, -1) if axis is None else values, g.cast(indices, "int64"), axis=axis or 0)


@operates("TakeAlongAxis")
def _take_along(g: Writer, out: Any, x: Any, indices: Any, axis: int | None = None) -> str:
    if axis is None:
        raise refused("take_along_axis", "with axis=None has no form there")
    return g.GatherElements(g.cast(x, out.dtype), g.cast(indices, "int64"), axis=axis)


@operates("TopK")
def _top(g: Writer, out: Any, x: Any, k: int, sorted: bool = True) -> Any:
    values, places = g.TopK(x, [k], outputs=2, axis=-1)
    return values, g.cast(places, "int32")


@operates("Tril")
def _lower(g: Writer, out: Any, x: Any, k: int = 0) -> str:
    return g.Trilu(x, g.constant(k, dtype="int64"), upper=0)


@operates("Triu")
def _upper(g: Writer, out: Any, x: Any, k: int = 0) -> str:
    return g.Trilu(x, g.constant(k, dtype="int64"), upper=1)


@operates("GetItem")
def _item(g: Writer, out: Any, x: Value, key: Any) -> str:
    """`x[key]`, of whole numbers, slices, `...` and `None`."""
    keys = list(key) if isinstance(key, (tuple, list)) else [key]
    if not all(k is None or k is Ellipsis or isinstance(k, (int, slice)) for k in keys):
        raise refused("x[key]", "with arrays as places has no form there")
    keys += [] if Ellipsis in keys else [Ellipsis]
    place = keys.index(Ellipsis)
    keys[place : place + 1] = [slice(None)] * (x.rank + 1 - sum(k is not None for k in keys))
    own = [k for k in keys if k is not None]
    parts = [(axis, *_bounds(k)) for axis, k in enumerate(own) if k != slice(None)]
    dropped = [axis for axis, k in enumerate(own) if isinstance(k, int)]
    added = [axis for axis, k in enumerate(k for k in keys if not isinstance(k, int)) if k is None]
    y: Any = x.name
    if parts:
        axes, starts, ends, steps = map(list, zip(*parts))
        y = g.Slice(y, starts, ends, axes, steps)
    y = g.Squeeze(y, dropped) if dropped else y
    return g.Unsqueeze(y, added) if added else y


def _bounds(key: Any) -> tuple[int, int, int]:
    """Start, end and step of a whole number or a slice."""
    if isinstance(key, int):
        return key, key + 1 if key != -1 else _FAR.max, 1
    step = 1 if key.step is None else key.step
    first, last = (0, _FAR.max) if step > 0 else (_FAR.max, _FAR.min)
    return first if key.start is None else key.start, last if key.stop is None else key.stop, step
