"""Nested lists, tuples and dicts of anything. Dicts go by sorted key; `None` is a leaf."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from ._core.errors import shape_text

__all__ = [
    "MAP_TO_NONE",
    "assert_same_paths",
    "assert_same_structure",
    "flatten",
    "flatten_with_path",
    "is_nested",
    "lists_to_tuples",
    "map_shape_structure",
    "map_structure",
    "map_structure_up_to",
    "pack_sequence_as",
    "traverse",
]


class MAP_TO_NONE:  # noqa: N801 - Keras's name
    """What a function gives to `traverse` for a leaf that becomes `None`."""


def is_nested(structure: Any) -> bool:
    """Whether it is a list, tuple or dict."""
    return isinstance(structure, (list, tuple, Mapping))


def _children(structure: Any) -> list[tuple[Any, Any]]:
    if isinstance(structure, Mapping):
        return [(key, structure[key]) for key in sorted(structure)]
    if hasattr(structure, "_fields"):
        return list(zip(structure._fields, structure))
    return list(enumerate(structure))


def _like(structure: Any, values: list[Any]) -> Any:
    """`values`, in the order of `_children`, in the form of `structure`."""
    if isinstance(structure, Mapping):
        named = dict(zip(sorted(structure), values))
        ordered = {key: named[key] for key in structure}
        return ordered if type(structure) is dict else type(structure)(ordered)  # type: ignore[call-arg]
    if hasattr(structure, "_fields"):
        return type(structure)(*values)
    return type(structure)(values)


def _walk(structure: Any, path: tuple[Any, ...], stop: Callable[[Any], bool]) -> Iterator[tuple[tuple[Any, ...], Any]]:
    if stop(structure) or not is_nested(structure):
        yield path, structure
        return
    for key, value in _children(structure):
        yield from _walk(value, (*path, key), stop)


def flatten(structure: Any) -> list[Any]:
    """The leaves, in order."""
    return [leaf for _, leaf in flatten_with_path(structure)]


def flatten_with_path(structure: Any) -> list[tuple[tuple[Any, ...], Any]]:
    """`(path, leaf)` for each leaf; a path holds keys and positions."""
    return list(_walk(structure, (), lambda _: False))


def map_structure(func: Callable[..., Any], *structures: Any, none_is_leaf: bool = True) -> Any:
    """`func` of the leaves at each place, in the form of the first structure."""
    if not structures:
        raise ValueError("map_structure needs a structure.")
    for other in structures[1:]:
        assert_same_structure(structures[0], other)

    def each(*leaves: Any) -> Any:
        return None if leaves[0] is None and not none_is_leaf else func(*leaves)

    return _map(each, structures, lambda s: not is_nested(s))


def _map(func: Callable[..., Any], structures: tuple[Any, ...], is_leaf: Callable[[Any], bool]) -> Any:
    first = structures[0]
    if is_leaf(first):
        return func(*structures)
    rows = zip(*[[value for _, value in _children(s)] for s in structures])
    return _like(first, [_map(func, row, is_leaf) for row in rows])


def map_structure_up_to(shallow_structure: Any, func: Callable[..., Any], *structures: Any) -> Any:
    """`func` of what stands in the structures at each leaf of `shallow_structure`."""
    return _map(lambda _, *rest: func(*rest), (shallow_structure, *structures), lambda s: not is_nested(s))


def map_shape_structure(func: Callable[[Any], Any], structure: Any) -> Any:
    """`func` of each shape, a tuple or list of integers and `None`."""

    def is_shape(s: Any) -> bool:
        return isinstance(s, (list, tuple)) and all(d is None or isinstance(d, int) for d in s)

    return _map(func, (structure,), lambda s: is_shape(s) or not is_nested(s))


def pack_sequence_as(structure: Any, flat_sequence: Any) -> Any:
    """The leaves in `flat_sequence`, in the form of `structure`."""
    wanted, leaves = len(flatten(structure)), list(flat_sequence)
    if wanted != len(leaves):
        raise ValueError(f"The structure has {wanted} leaves; got {len(leaves)}.")
    rest = iter(leaves)
    return map_structure(lambda _: next(rest), structure)


def traverse(func: Callable[[Any], Any], structure: Any, top_down: bool = True) -> Any:
    """Replace each part by `func` of it, where that is not `None`, from the top or from the leaves."""
    if top_down:
        found = func(structure)
        if found is not None:
            return None if found is MAP_TO_NONE else found
    if is_nested(structure):
        structure = _like(structure, [traverse(func, value, top_down) for _, value in _children(structure)])
    if not top_down:
        found = func(structure)
        return None if found is MAP_TO_NONE else structure if found is None else found
    return structure


def lists_to_tuples(structure: Any) -> Any:
    """The structure with tuples in the place of lists."""
    return traverse(lambda s: tuple(s) if isinstance(s, list) else None, structure, top_down=False)


def assert_same_structure(a: Any, b: Any) -> None:
    """Raise a `ValueError` unless both have the same form: kinds, lengths, keys."""
    if is_nested(a) != is_nested(b) or (is_nested(a) and (type(a) is not type(b) or len(a) != len(b))):
        raise ValueError(f"The structures differ: {_text(a)} and {_text(b)}.")
    if not is_nested(a):
        return
    for (key, x), (other, y) in zip(_children(a), _children(b)):
        if key != other:
            raise ValueError(f"The structures differ: key {key!r} and key {other!r}.")
        assert_same_structure(x, y)


def assert_same_paths(a: Any, b: Any) -> None:
    """Raise a `ValueError` unless both have leaves at the same paths."""
    first, second = ({path for path, _ in flatten_with_path(s)} for s in (a, b))
    if first != second:
        raise ValueError(f"The structures have leaves at different paths: {sorted(map(str, first ^ second))}.")


def _text(structure: Any) -> str:
    shape = getattr(structure, "shape", None)
    return f"an array of shape {shape_text(shape)}" if shape is not None else repr(structure)
