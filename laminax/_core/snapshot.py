"""Whether an object and all inside are as they were, at the price of comparing references."""

import itertools
from collections.abc import Callable, Container, Iterable
from operator import is_, itemgetter
from typing import Any, NamedTuple

from .catalog import PACKAGE
from .holder import PLAIN, Holder
from .variable import Variable


class Snapshot:
    """To what the attributes of an object, and of all inside, refer; and which variables are trained.

    The values of variables may change. It sees all that `survey` sees, and keeps nothing alive that holds no variables.

    Args:
        root: the object.
    """

    def __init__(self, root: Any) -> None:
        self._parts: list[_Part] = []
        self._variables: list[Variable] = []
        self._others: list[Holder] = []  # of classes that may say anew, at each look, whether they are frozen
        self._visit(root, {})
        self._flags, self._words = self._moved(), self._said()

    def holds(self) -> bool:
        """Whether all is as it was."""
        for values, view, kinds, pick, kept in self._parts:
            if len(values) != len(kinds) or not all(map(is_, pick(values), kept)):
                return False
            if len(kept) < len(kinds) and [*map(type, view)] != kinds:
                return False
        return self._moved() == self._flags and self._said() == self._words

    def _moved(self) -> list[bool]:
        return [variable._trainable for variable in self._variables]

    def _said(self) -> list[Any]:
        return [(getattr(x, "trainable", True), getattr(x, "revision", 0)) for x in self._others]

    def _visit(self, value: Any, seen: dict[int, Any]) -> None:
        if type(value) in PLAIN or id(value) in seen:
            return
        seen[id(value)] = value
        inside: Any = ()
        if isinstance(value, Variable):
            self._variables.append(value)
            inside = [value.owner()] if value.owner is not None else []  # which may be frozen
        elif isinstance(value, Holder):
            self._parts.append(_part(vars(value), value.aside))
            if type(value).__module__.split(".")[0] != PACKAGE:
                self._others.append(value)
            inside = value.members().values()
        elif isinstance(value, (dict, list)):
            self._parts.append(_part(value))
            inside = value.values() if isinstance(value, dict) else value
        elif isinstance(value, tuple):
            inside = value
        for item in inside:
            self._visit(item, seen)


class _Part(NamedTuple):
    """A dict or a list as it was."""

    values: Any
    view: Any  # of its values
    kinds: list[type]  # their types
    pick: Callable[[Any], Iterable[Any]]  # gives those that matter
    kept: list[Any]  # these, as they were


def _part(values: Any, aside: Container[Any] = ()) -> _Part:
    view = values.values() if isinstance(values, dict) else values
    keys = list(values) if isinstance(values, dict) else range(len(values))
    held = [key for key, value in zip(keys, view) if type(value) in PLAIN or isinstance(value, _HELD)]
    matter = [key for key in held if key not in aside]
    pick = list if isinstance(values, list) and len(matter) == len(values) else _picker(matter)
    return _Part(values, view, [*map(type, view)], pick, list(pick(values)))


def _picker(keys: list[Any]) -> Callable[[Any], Iterable[Any]]:
    """Gives the values at some keys, or what was none of them where a key is gone."""
    if len(keys) < 2:
        return lambda values: [values.get(key, _GONE) if isinstance(values, dict) else values[key] for key in keys]
    several = itemgetter(*keys)

    def pick(values: Any) -> Iterable[Any]:
        try:
            return several(values)
        except KeyError:
            return itertools.repeat(_GONE)

    return pick


_HELD = Variable, Holder, dict, list, tuple
_GONE = object()
