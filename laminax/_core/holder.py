"""Objects that hold variables: every variable by attribute path, and Keras's views of them."""

import types
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple, TypeVar

import numpy as np

from .errors import shown
from .variable import Variable

T = TypeVar("T")


class State(Variable):
    """What is remembered from call to call and is no weight, such as the last step of a stateful layer."""


class SeedState(State):
    """The state of a random generator."""


class Holder:
    """Something with variables: in its attributes, or in holders, lists and dicts among them."""

    name: str
    built = True
    apart = False  # whether its variables are its own affair (and of its like), not those of what holds it
    aside = frozenset({"_given"})  # attributes in which there are none

    def members(self) -> Mapping[str, Any]:
        """The attributes in which to look, by name."""
        return {key: value for key, value in vars(self).items() if key not in self.aside}

    @property
    def variables(self) -> list[Variable]:
        """All variables: weights, and states such as those of random generators."""
        return list(variables(self).values())

    @property
    def trainable_variables(self) -> list[Variable]:
        """The variables that the gradient moves."""
        return list(partition(self)[0].values())

    @property
    def non_trainable_variables(self) -> list[Variable]:
        """The other variables."""
        return list(partition(self)[1].values())

    @property
    def weights(self) -> list[Variable]:
        """All variables but those that are states."""
        return [v for v in self.variables if not isinstance(v, State)]

    @property
    def trainable_weights(self) -> list[Variable]:
        """The weights that the gradient moves."""
        return self.trainable_variables

    @property
    def non_trainable_weights(self) -> list[Variable]:
        """The other weights."""
        return [v for v in self.non_trainable_variables if not isinstance(v, State)]

    def get_weights(self) -> list[np.ndarray]:
        """Copies of the weights, in the order of `weights`."""
        return [variable.numpy() for variable in self.weights]

    @shown
    def set_weights(self, weights: Sequence[Any]) -> None:
        """Set the weights from arrays in the order of `weights`."""
        own = self.weights
        if not own and not self.built:
            raise ValueError(f"{self.name!r} has no weights yet: call it on data, or `build(input_shape)`, first.")
        if len(own) != len(weights):
            raise ValueError(f"{self.name!r} has {len(own)} weights; got {len(weights)} arrays.")
        for variable, value in zip(own, weights):
            if tuple(np.shape(value)) != variable.shape:
                raise ValueError(
                    f"{variable.path} has shape {variable.shape}; got an array of shape {np.shape(value)}."
                )
        for variable, value in zip(own, weights):
            variable.assign(value)

    @shown
    def count_params(self) -> int:
        """The number of scalars in the weights."""
        if not self.built:
            raise ValueError(f"{self.name!r} has no weights yet: call it on data, or `build(input_shape)`, first.")
        return sum(variable.size for variable in self.weights)


class Found(NamedTuple):
    """A variable, where it stands, whether the gradient moves it, and whose it is."""

    path: str
    variable: Variable
    moves: bool
    owner: Any


def held(values: Iterable[Any], kind: type[T]) -> Iterator[T]:
    """The objects of a kind among values, and in the lists and dicts among them."""
    for value in values:
        if isinstance(value, kind):
            yield value
        elif isinstance(value, (dict, list, tuple)):
            yield from held(value.values() if isinstance(value, dict) else value, kind)


def walk(holder: Any) -> list[Found]:
    """The variables of an object: its own before those inside."""
    found: list[Found] = []
    _visit(holder, holder, "", True, set(), found, [])
    return found


def survey(holder: Any) -> tuple[dict[str, Variable], dict[str, Variable], list[Any]]:
    """`(params, extras, marks)`; the marks change when a layer is frozen, or says that it computes otherwise."""
    found: list[Found] = []
    marks: list[Any] = []
    _visit(holder, holder, "", True, set(), found, marks)
    params: dict[str, Variable] = {}
    extras: dict[str, Variable] = {}
    for path, variable, moves, _ in found:
        (params if moves else extras)[path] = variable
    return params, extras, marks


PLAIN = frozenset([bool, int, float, str, bytes, type(None), types.FunctionType, np.ndarray])  # hold no variables


def _visit(
    value: Any, owner: Any, path: str, active: bool, seen: set[int], found: list[Found], marks: list[Any]
) -> None:
    if isinstance(value, (Variable, Holder)):
        apart = path and getattr(value, "apart", False) and not getattr(owner, "apart", False)
        if id(value) in seen or apart:
            return
        seen.add(id(value))
        if isinstance(value, Variable):
            found.append(Found(path, value, active and value.trainable, owner))
            return
        active, owner = active and getattr(value, "trainable", True), value
        marks.append((active, getattr(value, "revision", 0)))
        items: Any = _variables_first(value.members())
    elif isinstance(value, dict):
        items = value.items()
    elif isinstance(value, (list, tuple)):
        items = enumerate(value)
    else:
        return
    for key, item in items:
        if type(item) not in PLAIN:
            _visit(item, owner, f"{path}/{key}" if path else str(key), active, seen, found, marks)


def _variables_first(members: Mapping[str, Any]) -> list[tuple[str, Any]]:
    inside = [item for item in members.items() if type(item[1]) not in PLAIN]
    return sorted(inside, key=lambda item: item[1].rank if isinstance(item[1], Variable) else 2)


def variables(holder: Any) -> dict[str, Variable]:
    """Every variable of an object, by attribute path."""
    return {path: variable for path, variable, _, _ in walk(holder)}


def own_variables(holder: Holder) -> list[Variable]:
    """The variables of an object itself, not of those inside, which are weights: trained ones first, as made."""
    found = [v for v in held(holder.members().values(), Variable) if not isinstance(v, State)]
    return sorted({id(v): v for v in found}.values(), key=lambda v: (v.rank, v.number))


def partition(holder: Any) -> tuple[dict[str, Variable], dict[str, Variable]]:
    """`(params, extras)`: what the gradient moves, and all the rest."""
    return survey(holder)[:2]
