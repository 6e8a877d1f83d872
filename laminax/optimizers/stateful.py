"""The face of optimizers that changes variables, and what they keep between steps."""

import inspect
import re
import warnings
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from .._core import checks
from .._core.config import Configurable
from .._core.variable import Variable, read, write
from .schedules import LearningRateSchedule

Array = Any
Values = dict[str, Array]


class Stateful(Configurable):
    """The variables of an optimizer, by the paths that its pure face gives them, and those that it trains."""

    has_rate = True  # whether it has a learning rate of its own

    def _begin(self, learning_rate: Any) -> None:
        self._schedule: Any = None
        self._kept_from_decay: tuple[set[int], list[str]] = (set(), [])
        self._params: dict[str, Variable] = {}
        self._own = {"iterations": Variable(np.zeros((), "int32"), trainable=False, name="iterations")}
        if self.has_rate:
            self._set_rate(learning_rate)

    @property
    def _cells(self) -> dict[str, Variable]:
        """All variables by path; those of optimizers inside are among them."""
        return self._own

    # The slots.

    def build(self, variables: Sequence[Variable]) -> None:
        """Make the slots of these variables; those that exist are kept."""
        named = self._named(variables)
        new = {path: v for path, v in named.items() if path not in self._params}
        if self._params and len(new) == len(named) > 0:
            raise ValueError(
                f"This {type(self).__name__} already trains the variables of another model. Make a new one: "
                "`type(optimizer).from_config(optimizer.get_config())`."
            )
        self._adopt(new)

    def _adopt(self, new: Mapping[str, Variable]) -> None:
        self._params.update(new)
        self._keep({key: value for key, value in self.fresh(read(new)).items() if key not in self._own})

    def _keep(self, values: Values) -> None:
        self._own.update({key: Variable(value, trainable=False, name=key) for key, value in values.items()})

    def fresh(self, params: Mapping[str, Array]) -> Values:
        """What is kept for these parameters before the first step."""
        raise NotImplementedError

    def _named(self, variables: Sequence[Variable]) -> dict[str, Variable]:
        """Variables by the paths under which they are known, else by their own, equal ones told apart by a number."""
        known = {id(v): path for path, v in self._params.items()}
        named: dict[str, Variable] = {}
        for v in variables:
            path, n = known.get(id(v), v.path), 1
            while id(v) not in known and (path in named or path in self._params):
                path, n = f"{v.path}_{n}", n + 1
            named[path] = v
        return named

    def _rename(self, params: Mapping[str, Variable]) -> None:
        """Let these variables, and so their slots, be known by these paths from now on."""
        paths = {id(v): path for path, v in params.items()}
        before = self._keys_of_slots()
        renamed = {paths.get(id(v), path): v for path, v in self._params.items()}
        self._params.clear()
        self._params.update(renamed)
        keys = dict(zip(before, self._keys_of_slots()))
        self._own = {keys.get(key, key): v for key, v in self._own.items()}

    def _keys_of_slots(self) -> list[str]:
        return [key for path, v in self._params.items() for key in self.fresh(read({path: v}))]

    @property
    def built(self) -> bool:
        """Whether there are slots."""
        return bool(self._params)

    def cells(self, params: Mapping[str, Variable]) -> dict[str, Variable]:
        """The variables of this optimizer that a step on `params` reads and replaces."""
        if not {id(v) for v in params.values()} <= {id(v) for v in self._params.values()}:
            self.build(list(params.values()))
        if not params.keys() <= self._params.keys():
            self._rename(params)
        others = {path: v for path, v in self._params.items() if path not in params}
        idle = self._forms(others).keys() - self._forms(params).keys()
        return {key: v for key, v in self._cells.items() if key not in idle}

    def _forms(self, params: Mapping[str, Variable]) -> dict[str, Any]:
        structs = {path: jax.ShapeDtypeStruct(v.shape, v.dtype) for path, v in params.items()}
        return jax.eval_shape(self.fresh, structs)

    @property
    def variables(self) -> list[Variable]:
        """The count of steps, the learning rate, and the slots."""
        return list(self._cells.values())

    @property
    def paths(self) -> list[str]:
        """The paths of `variables`, as `init` and `advance` name them."""
        return list(self._cells)

    def set_weights(self, weights: Sequence[Any]) -> None:
        """Set `variables` from arrays in their order."""
        if not self.built:
            raise ValueError(
                "You are calling set_weights of an optimizer that has no slots yet. "
                "Call `optimizer.build(model.trainable_variables)` first."
            )
        if len(weights) != len(self._cells):
            raise ValueError(f"{type(self).__name__} has {len(self._cells)} variables; got {len(weights)} arrays.")
        for variable, value in zip(self.variables, weights):
            variable.assign(value)

    # The count of steps, and the learning rate.

    @property
    def iterations(self) -> Any:
        """The number of updates so far."""
        every = getattr(self, "gradient_accumulation_steps", None)
        return self._own["iterations"].value // every if every else self._own["iterations"]

    @property
    def learning_rate(self) -> Any:
        """The learning rate: a variable, or, with a schedule, that of the next step.

        Setting it acts at the next step.
        """
        if self._schedule is None:
            return self._own["learning_rate"]
        return self._rate_at(self._own["iterations"].value)

    @learning_rate.setter
    def learning_rate(self, value: Any) -> None:
        self._set_rate(value)

    def _set_rate(self, value: Any) -> None:
        if isinstance(value, LearningRateSchedule) or (callable(value) and not isinstance(value, Variable)):
            self._schedule = value
            self._own.pop("learning_rate", None)
            return
        if self._schedule is not None:
            raise TypeError(
                f"{type(self).__name__} follows a schedule, so its learning rate can't be set. "
                "Give it a number as learning_rate to be able to."
            )
        rate = checks.number(self, "learning_rate", float(value) if hasattr(value, "dtype") else value)
        if "learning_rate" in self._own:
            self._own["learning_rate"].assign(rate)
        else:
            self._own["learning_rate"] = Variable(np.float32(rate), trainable=False, name="learning_rate")

    def _rate_at(self, step: Array) -> Array:
        """What the schedule says of a step."""
        return jnp.asarray(self._schedule(step) if takes_step(self._schedule) else self._schedule(), "float32")

    @property
    def rated(self) -> dict[str, Any]:
        """The optimizers that have a learning rate, this one or those inside, by the name of the rate in logs."""
        return {"learning_rate": self}

    @property
    def schedules(self) -> tuple[Any, ...]:
        """What compiled steps depend on: the schedule, if there is one, and those of optimizers inside."""
        return (self._schedule,)

    def _argument(self, name: str) -> Any:
        if name == "learning_rate":
            return self._schedule if self._schedule is not None else _shortest(self._own["learning_rate"])
        return super()._argument(name)

    # Weight decay.

    def exclude_from_weight_decay(
        self, var_list: Sequence[Variable] | None = None, var_names: Sequence[str] | None = None
    ) -> None:
        """Take no weight decay off these variables, or off those whose path contains one of these patterns."""
        if self.built:
            raise ValueError("exclude_from_weight_decay must be called before training begins.")
        self._kept_from_decay = ({id(v) for v in var_list or ()}, list(var_names or ()))

    def _decays(self, path: str) -> bool:
        variables, names = self._kept_from_decay
        return id(self._params.get(path)) not in variables and not any(re.search(n, self._name(path)) for n in names)

    def _name(self, path: str) -> str:
        """A variable's own path, such as `dense/kernel`, where it is known: it names the layer."""
        return self._params[path].path if path in self._params else path

    # Steps.

    def apply(self, grads: Sequence[Array], trainable_variables: Sequence[Variable] | None = None) -> None:
        """Move variables, by gradients in the same order. The first call may name the variables.

        A variable whose gradient is `None` stays, with a warning.
        """
        if trainable_variables is not None:
            self.cells(self._named(trainable_variables))
        params = self._params if trainable_variables is None else self._named(trainable_variables)
        if len(grads) != len(params):
            raise ValueError(f"{type(self).__name__}.apply got {len(grads)} gradients for {len(params)} variables.")
        given = given_gradients(dict(zip(params, grads)))
        moving = {path: params[path] for path in given}
        cells = self.cells(moving)
        values, state = self.advance(read(cells), given, read(moving))
        write(moving, constrain(moving, values))
        write(cells, state)

    def apply_gradients(self, grads_and_vars: Any) -> Any:
        """`apply`, from pairs of a gradient and a variable."""
        grads, variables = zip(*grads_and_vars)
        self.apply(grads, variables)
        return self.iterations

    def advance(self, state: Values, grads: Mapping[str, Array], params: Mapping[str, Array]) -> tuple[Values, Values]:
        """Parameters and state after a step."""
        raise NotImplementedError

    def stateless_apply(self, optimizer_variables: Any, grads: Any, trainable_variables: Any) -> tuple[Any, Any]:
        """`(new trainable values, new optimizer values)` after a step. Pure.

        The values are dicts by path, as `init` makes them, or lists in the order of `variables` and
        of those that the optimizer was built on.
        """
        if isinstance(trainable_variables, Mapping):
            given = given_gradients(grads)
            moved, state = self.advance(optimizer_variables, given, {path: trainable_variables[path] for path in given})
            return {**trainable_variables, **constrain(self._params, moved)}, state
        paths, keys = list(self._params), list(self._cells)
        if len(paths) != len(trainable_variables) or len(keys) != len(optimizer_variables):
            raise ValueError("Call `optimizer.build(model.trainable_variables)` before stateless_apply on lists.")
        params, state = self.stateless_apply(
            dict(zip(keys, optimizer_variables)), dict(zip(paths, grads)), dict(zip(paths, trainable_variables))
        )
        return [params[path] for path in paths], [state[key] for key in keys]

    def finalize_variable_values(self, var_list: Any = None) -> None:
        """Put the moving averages in the place of the parameters, if there are any."""
        for variable, average in self.averages:
            variable.assign(average.value)

    @property
    def averages(self) -> list[tuple[Variable, Variable]]:
        """The parameters of which there are moving averages, with these."""
        keys = {path: f"average/{path}" for path in self._params}
        return [(v, self._own[keys[path]]) for path, v in self._params.items() if keys[path] in self._own]


def given_gradients(grads: Mapping[str, Array | None]) -> Values:
    """The gradients that are not `None`; a warning names the variables of the others."""
    missing = [path for path, grad in grads.items() if grad is None]
    if missing and len(missing) == len(grads):
        raise ValueError("No gradients provided for any variable.")
    if missing:
        warnings.warn(f"These variables have no gradient, and stay as they are: {', '.join(missing)}.", stacklevel=4)
    return {path: grad for path, grad in grads.items() if grad is not None}


def constrain(variables: Mapping[str, Variable], values: Values) -> Values:
    """Values put back where the variables' constraints allow them to be."""
    bound: dict[str, Callable[[Array], Array]] = {
        path: v.constraint for path, v in variables.items() if path in values and v.constraint is not None
    }
    return {**values, **{path: constraint(values[path]) for path, constraint in bound.items()}}


def takes_step(schedule: Callable[..., Any]) -> bool:
    """Whether a function of the learning rate takes the step, or nothing."""
    try:
        inspect.signature(schedule).bind(0)
    except TypeError:
        return False
    return True


def _shortest(number: Any) -> float:
    """The decimal number with the fewest digits that is the given one in its own type: 0.1, not 0.10000000149."""
    return float(str(np.asarray(number)))
