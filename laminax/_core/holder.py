"""Objects that hold variables: every variable by attribute path, and Keras's views of them."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from .variable import Variable


class SeedState(Variable):
    """The state of a random generator: a variable that is no weight."""


class Holder:
    """Something with variables: in its attributes, or in holders, lists and dicts among them."""

    name: str
    built = True
    apart = False  # whether its variables are its own affair, and not those of what holds it

    def members(self) -> Mapping[str, Any]:
        """The attributes in which to look, by name."""
        return {key: value for key, value in vars(self).items() if key != "_given"}

    @property
    def variables(self) -> list[Variable]:
        """All variables: weights and random state."""
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
        """All variables but random state."""
        return [v for v in self.variables if not isinstance(v, SeedState)]

    @property
    def trainable_weights(self) -> list[Variable]:
        """The weights that the gradient moves."""
        return self.trainable_variables

    @property
    def non_trainable_weights(self) -> list[Variable]:
        """The other weights."""
        return [v for v in self.non_trainable_variables if not isinstance(v, SeedState)]

    def get_weights(self) -> list[np.ndarray]:
        """Copies of the weights, in the order of `weights`."""
        return [variable.numpy() for variable in self.weights]

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

    def count_params(self) -> int:
        """The number of scalars in the weights."""
        if not self.built:
            raise ValueError(f"{self.name!r} has no weights yet: call it on data, or `build(input_shape)`, first.")
        return sum(variable.size for variable in self.weights)


def walk(holder: Any) -> Iterator[tuple[str, Variable, bool, Any]]:
    """`(path, variable, whether the gradient moves it, its owner)`: own variables before those inside."""
    yield from _walk(holder, holder, (), set(), True)


def _walk(value: Any, owner: Any, path: tuple[str, ...], seen: set[int], active: bool) -> Iterator[Any]:
    if isinstance(value, Variable):
        if id(value) not in seen:
            seen.add(id(value))
            yield "/".join(path), value, active and value.trainable, owner
        return
    if isinstance(value, Holder):
        if id(value) in seen or (value.apart and path):
            return
        seen.add(id(value))
        active, owner = active and getattr(value, "trainable", True), value
        items = _variables_first(value.members())
    elif isinstance(value, dict):
        items = [(str(key), item) for key, item in value.items()]
    elif isinstance(value, (list, tuple)):
        items = [(str(i), item) for i, item in enumerate(value)]
    else:
        return
    for key, item in items:
        if isinstance(item, (Variable, Holder, dict, list, tuple)):
            yield from _walk(item, owner, (*path, key), seen, active)


def _variables_first(members: Mapping[str, Any]) -> list[tuple[str, Any]]:
    def rank(item: tuple[str, Any]) -> int:
        value = item[1]
        return value.rank if isinstance(value, Variable) else 2

    return sorted(members.items(), key=rank)


def variables(holder: Any) -> dict[str, Variable]:
    """Every variable of an object, by attribute path."""
    return {path: variable for path, variable, _, _ in walk(holder)}


def partition(holder: Any) -> tuple[dict[str, Variable], dict[str, Variable]]:
    """`(params, extras)`: what the gradient moves, and all the rest."""
    params: dict[str, Variable] = {}
    extras: dict[str, Variable] = {}
    for path, variable, active, _ in walk(holder):
        (params if active else extras)[path] = variable
    return params, extras
