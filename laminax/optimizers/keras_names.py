"""Optimizers in Keras's own form: a subclass that moves variables one by one, in `update_step`."""

from collections.abc import Sequence
from typing import Any

import jax.numpy as jnp

from .. import initializers
from .._core.variable import Variable, holding, read

Array = Any
Values = dict[str, Array]


class KerasNames:
    """What a subclass written for Keras finds, and names by which programs reach into Keras's optimizers.

    Such a subclass makes its variables in `build(variables)`, after `super().build(variables)`, and moves one variable
    in `update_step(gradient, variable, learning_rate)`, by assignments, which here the overlay of a pure call keeps.
    """

    _own: dict[str, Variable]
    _params: dict[str, Variable]
    _move: Any
    iterations: Any

    @property
    def moves_variables(self) -> bool:
        """Whether the subclass is written in Keras's form."""
        return type(self).update_step is not KerasNames.update_step

    def update_step(self, gradient: Array, variable: Variable, learning_rate: Any) -> None:
        """Move one variable of those that the optimizer was built on."""
        path = self._path_of(variable)
        state, rate = read(self._own), jnp.asarray(learning_rate, "float32")
        moved, new = self._move(state, {path: gradient}, {path: variable.value}, self.iterations, rate)
        variable.assign(moved[path])
        for key, value in new.items():
            self._own[key].assign(value)

    def _move_variables(
        self, state: Values, grads: Values, params: Values, done: Array, rate: Array
    ) -> tuple[Values, Values]:
        """One update by `update_step`."""
        variables = {path: self._params[path] for path in params}
        with holding(self._own, state), holding(variables, params):
            for path, variable in variables.items():
                self.update_step(grads[path], variable, rate)
            return read(variables), read({key: self._own[key] for key in state})

    def _path_of(self, variable: Variable) -> str:
        return next(path for path, known in self._params.items() if known is variable)

    def _get_variable_index(self, variable: Variable) -> int:
        return list(self._params).index(self._path_of(variable))

    def _var_key(self, variable: Variable) -> int:
        return id(variable)

    def add_variable(
        self, shape: Sequence[int], initializer: Any = "zeros", dtype: Any = None, name: str | None = None
    ) -> Variable:
        """A variable of the optimizer."""
        key, n = name or "variable", 1
        while key in self._own:
            key, n = f"{name or 'variable'}_{n}", n + 1
        self._own[key] = Variable(initializers.get(initializer), tuple(shape), dtype, trainable=False, name=key)
        return self._own[key]

    def add_variable_from_reference(
        self, reference_variable: Variable, name: str | None = None, initializer: Any = "zeros"
    ) -> Variable:
        """A variable of the optimizer in the shape and type of one that it trains."""
        v = reference_variable
        return self.add_variable(v.shape, initializer, v.dtype, f"{v.path}/{name or 'var'}")

    def add_optimizer_variables(
        self, trainable_variables: Sequence[Variable], name: Any, initializer: Any = "zeros"
    ) -> Any:
        """For each of the variables one of the optimizer; where `name` is a list, a list of them for each name."""
        if isinstance(name, str):
            return [self.add_variable_from_reference(v, name, initializer) for v in trainable_variables]
        kinds = initializer if isinstance(initializer, (list, tuple)) else [initializer] * len(name)
        if len(kinds) != len(name):
            raise ValueError(f"add_optimizer_variables got {len(name)} names and {len(kinds)} initializers.")
        made = [[self.add_variable_from_reference(v, n, i) for n, i in zip(name, kinds)] for v in trainable_variables]
        return tuple(map(list, zip(*made))) if made else tuple([] for _ in name)

    def assign(self, variable: Variable, value: Any) -> None:
        """`variable.assign(value)`."""
        variable.assign(value)

    def assign_add(self, variable: Variable, value: Any) -> None:
        """`variable.assign(variable + value)`."""
        variable.assign_add(value)

    def assign_sub(self, variable: Variable, value: Any) -> None:
        """`variable.assign(variable - value)`."""
        variable.assign_sub(value)

    @property
    def lr(self) -> Any:
        """Another name of `learning_rate`."""
        return self.learning_rate

    @lr.setter
    def lr(self, value: Any) -> None:
        self.learning_rate = value

    @property
    def _iterations(self) -> Variable:
        return self._own["iterations"]

    @property
    def _trainable_variables(self) -> list[Variable]:
        return list(self._params.values())

    @property
    def _model_variables_moving_average(self) -> list[Variable]:
        return [self._own[f"average/{path}"] for path in self._params]

    @property
    def _accumulated_gradients(self) -> list[Variable]:
        return [self._own[f"accumulated/{path}"] for path in self._params]
