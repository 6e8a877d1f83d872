"""Nested lists, tuples and dicts of anything. Dicts go by sorted key, ordered ones by theirs; `None` is a leaf."""

import collections
import copy
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
    """Whether it is a list, tuple, deque or dict."""
    return isinstance(structure, (list, tuple, collections.deque, Mapping))


def _children(structure: Any) -> list[tuple[Any, Any]]:
    if isinstance(structure, Mapping):
        return [(key, structure[key]) for key in _ordered(structure)]
    return list(enumerate(structure))


def _ordered(structure: Mapping[Any, Any]) -> list[Any]:
    if isinstance(structure, collections.OrderedDict):
        return list(structure)
    try:
        return sorted(structure)
    except TypeError:  # keys of several types
        return sorted(structure, key=lambda key: (type(key).__qualname__, key))


def _like(structure: Any, values: list[Any]) -> Any:
    """`values`, in the order of `_children`, in the form of `structure`."""
    if isinstance(structure, Mapping):
        found = dict(zip([key for key, _ in _children(structure)], values))
        ordered = {key: found[key] for key in structure}
        if not isinstance(structure, dict):
            return type(structure)(ordered)  # type: ignore[call-arg]
        made = copy.copy(structure)
        made.update(ordered)
        return made
    if isinstance(structure, collections.deque):
        return collections.deque(values, structure.maxlen)
    return type(structure)(*values) if hasattr(structure, "_fields") else type(structure)(values)


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
    for other in structures[1:]:
        _check_level(first, other)
    rows = [[structure[key] for structure in structures] for key, _ in _children(first)]
    return _like(first, [_map(func, tuple(row), is_leaf) for row in rows])


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
    _check_level(a, b)
    if is_nested(a):
        for key, x in _children(a):
            assert_same_structure(x, b[key])


def _check_level(a: Any, b: Any) -> None:
    """Raise a `ValueError` unless both are leaves, or of one kind with the same places."""
    if not is_nested(a) and not is_nested(b):
        return
    kinds = [dict if isinstance(s, dict) else type(s) for s in (a, b)]
    if kinds[0] is not kinds[1] or len(a) != len(b):
        raise ValueError(f"The structures differ: {_text(a)} and {_text(b)}.")
    if isinstance(a, Mapping) and set(a) != set(b):
        raise ValueError(f"The structures differ: they have the keys {list(a)} and {list(b)}.")


def assert_same_paths(a: Any, b: Any) -> None:
    """Raise a `ValueError` unless both have leaves at the same paths."""
    first, second = ({path for path, _ in flatten_with_path(s)} for s in (a, b))
    if first != second:
        raise ValueError(f"The structures have leaves at different paths: {sorted(map(str, first ^ second))}.")


def _text(structure: Any) -> str:
    shape = getattr(structure, "shape", None)
    return f"an array of shape {shape_text(shape)}" if shape is not None else repr(structure)
