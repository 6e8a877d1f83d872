"""Whether an object and all inside are as they were, at the price of comparing references."""

from collections.abc import Callable, Container
from functools import partial
from itertools import chain
from operator import attrgetter, call, is_, itemgetter
from typing import Any

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
        self._inside: list[Any] = []  # dicts of attributes, and dicts and lists among them
        self._held: list[Callable[[], Any]] = []  # give those of their values that matter
        self._rest: list[Callable[[], Any]] = []  # give those of which the types alone do
        self._variables: list[Variable] = []
        self._others: list[Holder] = []  # of classes that may say anew, at each look, whether they are frozen
        self._visit(root, {})
        self._counts, self._flags, self._said = self._now()
        self._were, self._kinds = list(_all(self._held)), list(map(type, _all(self._rest)))

    def holds(self) -> bool:
        """Whether all is as it was."""
        try:
            return (
                self._now() == (self._counts, self._flags, self._said)
                and all(map(is_, _all(self._held), self._were))
                and list(map(type, _all(self._rest))) == self._kinds
            )
        except LookupError:  # a key is gone
            return False

    def _now(self) -> tuple[list[int], list[bool], list[Any]]:
        """How many values there are, which variables are trained, and what classes of others say."""
        said = [(getattr(x, "trainable", True), getattr(x, "revision", 0)) for x in self._others]
        return list(map(len, self._inside)), list(map(_FLAG, self._variables)), said

    def _visit(self, value: Any, seen: dict[int, Any]) -> None:
        if type(value) in PLAIN or id(value) in seen:
            return
        seen[id(value)] = value
        inside: Any = ()
        if isinstance(value, Variable):
            self._variables.append(value)
            inside = [value.owner()] if value.owner is not None else []  # which may be frozen
        elif isinstance(value, Holder):
            self._watch(vars(value), value.aside)
            if type(value).__module__.split(".")[0] != PACKAGE:
                self._others.append(value)
            inside = value.members().values()
        elif isinstance(value, (dict, list)):
            self._watch(value)
            inside = value.values() if isinstance(value, dict) else value
        elif isinstance(value, tuple):
            inside = value
        for item in inside:
            self._visit(item, seen)

    def _watch(self, values: Any, aside: Container[Any] = ()) -> None:
        items = values.items() if isinstance(values, dict) else enumerate(values)
        matter = {key: type(value) in PLAIN or isinstance(value, _HELD) for key, value in items if key not in aside}
        self._inside.append(values)
        for looks, which in ((self._held, True), (self._rest, False)):
            keys = [key for key in matter if matter[key] == which]
            if keys:  # an `itemgetter` of one key gives no tuple
                looks.append(partial(itemgetter(*(keys if len(keys) > 1 else keys * 2)), values))


def _all(looks: list[Callable[[], Any]]) -> Any:
    return chain.from_iterable(map(call, looks))


_FLAG = attrgetter("_trainable")
_HELD = Variable, Holder, dict, list, tuple
