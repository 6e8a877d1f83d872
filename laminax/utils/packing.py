"""Batches as tuples, and the inputs from which a symbolic tensor comes."""

from typing import Any

from .._core.graph import SymbolicTensor


def pack_x_y_sample_weight(x: Any, y: Any = None, sample_weight: Any = None) -> Any:
    """A batch as `fit` takes it: `(x, y, sample_weight)` without what is `None` at the end; `x` alone if it can be."""
    if sample_weight is not None:
        return x, y, sample_weight
    if y is not None:
        return x, y
    return (x,) if isinstance(x, (list, tuple)) else x


def unpack_x_y_sample_weight(data: Any) -> tuple[Any, Any, Any]:
    """`x`, `y` and `sample_weight` of a batch, `None` where it has none."""
    if isinstance(data, list):
        data = tuple(data)
    if not isinstance(data, tuple):
        return data, None, None
    if not 1 <= len(data) <= 3:
        raise ValueError(
            f"Data is expected to be in format `x`, `(x,)`, `(x, y)` or `(x, y, weight)`; got {len(data)}."
        )
    x, y, weight = (*data, None, None)[:3]
    return x, y, weight


def get_source_inputs(tensor: Any) -> list[Any]:
    """The inputs from which a symbolic tensor is made."""
    if not isinstance(tensor, SymbolicTensor):
        return tensor
    found: dict[int, Any] = {}
    seen: set[int] = set()
    todo = [tensor]
    while todo:
        node = todo[0].node
        if node is None or not node.inputs:
            found.setdefault(id(todo[0]), todo[0])
        elif id(node) not in seen:
            seen.add(id(node))
            todo[1:1] = node.inputs
        todo.pop(0)
    return list(found.values())
