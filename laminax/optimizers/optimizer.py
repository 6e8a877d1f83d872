"""The base of optimizers: from gradients to new parameters."""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from .._core import checks, compat, dtypes
from .._core.config import Configurable, reject_unknown_arguments
from .._core.variable import Variable, read, write
from .schedules import LearningRateSchedule

Array = Any
Values = dict[str, Array]


class Optimizer(Configurable):
    """Turns gradients into new parameters.

    A subclass says what it remembers for one parameter, `slots(param)`, and how one parameter
    moves, `update(param, grad, slots, step, rate)`; both are pure. This class does so for all of
    them, and adds what is common, in this order: unscaling, accumulation, clipping, weight decay, the update,
    the moving average.

    Args:
        learning_rate: a number, a schedule, or a function of the step.
        weight_decay: each step also takes `weight_decay * rate * param` off the parameter.
        clipnorm: the most that the norm of each gradient may be.
        clipvalue: the most that each entry of a gradient may be, in absolute value.
        global_clipnorm: the most that the norm of all gradients together may be.
        use_ema: keep a moving average of each parameter, which takes its place at the end of `fit`.
        ema_momentum: `average = ema_momentum * average + (1 - ema_momentum) * param`.
        ema_overwrite_frequency: put the average in the parameter's place every so many steps.
        loss_scale_factor: gradients are those of the loss times this; it is divided out here.
        gradient_accumulation_steps: move only every so many steps, by the mean of their gradients.
        name: a name.
    """

    def __init__(
        self,
        learning_rate: Any = 0.001,
        weight_decay: float | None = None,
        clipnorm: float | None = None,
        clipvalue: float | None = None,
        global_clipnorm: float | None = None,
        use_ema: bool = False,
        ema_momentum: float = 0.99,
        ema_overwrite_frequency: int | None = None,
        loss_scale_factor: float | None = None,
        gradient_accumulation_steps: int | None = None,
        name: str | None = None,
        **kwargs: Any,
    ) -> None:
        learning_rate = kwargs.pop("lr", learning_rate)
        reject_unknown_arguments(self, kwargs)
        self.name = name or type(self).__name__.lower()
        self.weight_decay = None if weight_decay is None else checks.number(self, "weight_decay", weight_decay)
        self.clipnorm = None if clipnorm is None else checks.number(self, "clipnorm", clipnorm, beyond=True)
        self.clipvalue = None if clipvalue is None else checks.number(self, "clipvalue", clipvalue, beyond=True)
        self.global_clipnorm = (
            None if global_clipnorm is None else checks.number(self, "global_clipnorm", global_clipnorm, beyond=True)
        )
        if sum(c is not None for c in (clipnorm, clipvalue, global_clipnorm)) > 1:
            raise ValueError(
                f"{type(self).__name__}: only one of clipnorm, clipvalue and global_clipnorm may be given."
            )
        self.use_ema = use_ema
        self.ema_momentum = checks.fraction(self, "ema_momentum", ema_momentum)
        self.ema_overwrite_frequency = (
            None
            if ema_overwrite_frequency is None
            else checks.integer(self, "ema_overwrite_frequency", ema_overwrite_frequency)
        )
        self.loss_scale_factor = loss_scale_factor
        self.gradient_accumulation_steps = (
            None
            if gradient_accumulation_steps is None
            else checks.integer(self, "gradient_accumulation_steps", gradient_accumulation_steps, least=2)
        )
        self._schedule: Any = None
        self._kept_from_decay: tuple[set[int], list[str]] = (set(), [])
        self._params: dict[str, Variable] = {}
        self._cells = {"iterations": Variable(np.zeros((), "int32"), trainable=False, name="iterations")}
        self.learning_rate = learning_rate

    # What a subclass writes.

    def slots(self, param: Array) -> Values:
        """What is remembered for one parameter, arrays by name."""
        return {}

    def update(self, param: Array, grad: Array, slots: Values, step: Array, rate: Array) -> tuple[Array, Values]:
        """One parameter and its slots after a step; `step` counts from 1."""
        raise NotImplementedError(f"{type(self).__name__} must define update(param, grad, slots, step, rate).")

    # The pure face: values by path.

    def init(self, params: Mapping[str, Array]) -> Values:
        """The state before the first step, for parameters by path."""
        return {**read(self._cells), **{k: compat.on_device(v) for k, v in self._fresh(params).items()}}

    def _fresh(self, params: Mapping[str, Array]) -> Values:
        state: Values = {}
        if self.use_ema:
            state.update({f"average/{path}": np.zeros(p.shape, p.dtype) for path, p in params.items()})
        if self.gradient_accumulation_steps:
            state.update({f"accumulated/{path}": np.zeros(p.shape, p.dtype) for path, p in params.items()})
        for path, p in params.items():
            state.update({f"{path}/{name}": value for name, value in self.slots(p).items()})
        return state

    def advance(self, state: Values, grads: Mapping[str, Array], params: Mapping[str, Array]) -> tuple[Values, Values]:
        """Parameters and state after a step. Pure; short floats are computed in float32 and kept as they are."""
        wide = {path: dtypes.at_least_float32(p) for path, p in params.items()}
        grads = {path: grads[path].astype(p.dtype) for path, p in wide.items()}
        moved, new = self._advance(_map_floats(dtypes.at_least_float32, state), grads, wide)
        return _as_before(moved, params), _as_before(new, state)

    def _advance(self, state: Values, grads: Values, params: Values) -> tuple[Values, Values]:
        count, every = state["iterations"], self.gradient_accumulation_steps
        rate = self.rate(state)
        if self.loss_scale_factor is not None:
            grads = {path: g / self.loss_scale_factor for path, g in grads.items()}
        new, before = dict(state), params
        if every:
            sums = {path: state[f"accumulated/{path}"] + g for path, g in grads.items()}
            grads = {path: g / every for path, g in sums.items()}
        params = self._decayed(params, rate)
        moved: Values = {}
        for path, grad in self._clipped(grads).items():
            param = params[path]
            names = self.slots(jax.ShapeDtypeStruct(param.shape, param.dtype))
            slots = {name: state[f"{path}/{name}"] for name in names}
            step = (count // (every or 1) + 1).astype(param.dtype)
            moved[path], slots = self.update(param, grad, slots, step, rate.astype(param.dtype))
            new.update({f"{path}/{name}": value for name, value in slots.items()})
        if every:
            due = (count + 1) % every == 0
            moved = {path: jnp.where(due, p, before[path]) for path, p in moved.items()}
            new = {key: jnp.where(due, value, state[key]) for key, value in new.items()}
            new.update({f"accumulated/{path}": jnp.where(due, 0, g) for path, g in sums.items()})
        new["iterations"] = count + 1
        return self._averaged(moved, new, count) if self.use_ema else (moved, new)

    def rate(self, state: Values) -> Array:
        """The learning rate of the next step."""
        if self._schedule is None:
            return state["learning_rate"]
        return jnp.asarray(self._schedule(state["iterations"]), "float32")

    def scale_loss(self, loss: Array, state: Values | None = None) -> Array:
        """The loss whose gradients `advance` takes."""
        return loss if self.loss_scale_factor is None else loss * self.loss_scale_factor

    def _clipped(self, grads: Values) -> Values:
        if self.clipnorm is not None:
            return {path: g * (self.clipnorm / jnp.maximum(_norm([g]), self.clipnorm)) for path, g in grads.items()}
        if self.global_clipnorm is not None:
            norm = _norm(list(grads.values()))
            scale = self.global_clipnorm / jnp.maximum(norm, self.global_clipnorm)
            return {path: g * scale.astype(g.dtype) for path, g in grads.items()}
        if self.clipvalue is not None:
            return {path: jnp.clip(g, -self.clipvalue, self.clipvalue) for path, g in grads.items()}
        return grads

    def _decayed(self, params: Values, rate: Array) -> Values:
        if self.weight_decay is None:
            return params
        variables, names = self._kept_from_decay
        kept = [
            path for path in params if id(self._params.get(path)) in variables or any(re.search(n, path) for n in names)
        ]
        decay = self.weight_decay
        return {path: p if path in kept else p - p * decay * rate.astype(p.dtype) for path, p in params.items()}

    def _averaged(self, params: Values, state: Values, count: Array) -> tuple[Values, Values]:
        momentum = jnp.where(count // (self.gradient_accumulation_steps or 1) == 0, 0, self.ema_momentum)
        averages = {}
        for path, p in params.items():
            m = momentum.astype(p.dtype)
            averages[path] = m * state[f"average/{path}"] + (1 - m) * p
        if self.ema_overwrite_frequency:
            due = (count // (self.gradient_accumulation_steps or 1) + 1) % self.ema_overwrite_frequency == 0
            params = {path: jnp.where(due, averages[path], p) for path, p in params.items()}
        return params, {**state, **{f"average/{path}": a for path, a in averages.items()}}

    # The state of this object.

    def build(self, variables: Sequence[Variable] | Mapping[str, Variable]) -> None:
        """Make the slots of these variables; those that exist are kept."""
        if not isinstance(variables, Mapping):
            variables = _by_path(variables)
        known = self._params
        if known and (
            any(path in known and known[path] is not v for path, v in variables.items())
            or not any(path in known for path in variables)
        ):
            raise ValueError(
                f"This {type(self).__name__} already trains the variables of another model. Make a new one: "
                "`type(optimizer).from_config(optimizer.get_config())`."
            )
        new = {path: v for path, v in variables.items() if path not in known}
        if new:
            self._params.update(new)
            self._add_cells(self._fresh(read(new)))

    def _add_cells(self, values: Values) -> None:
        self._cells.update({key: Variable(value, trainable=False, name=key) for key, value in values.items()})

    @property
    def built(self) -> bool:
        """Whether there are slots."""
        return bool(self._params)

    def cells(self, params: Mapping[str, Variable]) -> dict[str, Variable]:
        """The variables of this optimizer that a step on `params` reads and replaces."""
        self.build(params)
        fresh = jax.eval_shape(
            self._fresh, {path: jax.ShapeDtypeStruct(v.shape, v.dtype) for path, v in params.items()}
        )
        own = [key for key in ("iterations", "learning_rate", *self._extra_cells) if key in self._cells]
        return {key: self._cells[key] for key in (*own, *fresh)}

    _extra_cells: tuple[str, ...] = ()

    @property
    def variables(self) -> list[Variable]:
        """The count of steps, the learning rate, and the slots."""
        return list(self._cells.values())

    @property
    def paths(self) -> list[str]:
        """The paths of `variables`, as `init` and `advance` name them."""
        return list(self._cells)

    @property
    def iterations(self) -> Any:
        """The number of updates so far."""
        count = self._cells["iterations"]
        return count.value // self.gradient_accumulation_steps if self.gradient_accumulation_steps else count

    @property
    def learning_rate(self) -> Any:
        """The learning rate: a variable, or, with a schedule, that of the next step.

        Setting it acts at the next step.
        """
        if self._schedule is None:
            return self._cells["learning_rate"]
        return self._schedule(self._cells["iterations"].value)

    @learning_rate.setter
    def learning_rate(self, value: Any) -> None:
        if isinstance(value, LearningRateSchedule) or (callable(value) and not isinstance(value, Variable)):
            self._schedule = value
            self._cells.pop("learning_rate", None)
            return
        if self._schedule is not None:
            raise TypeError(
                f"{type(self).__name__} follows a schedule, so its learning rate can't be set. "
                "Give it a number as learning_rate to be able to."
            )
        rate = checks.number(self, "learning_rate", float(value) if hasattr(value, "dtype") else value)
        if "learning_rate" in self._cells:
            self._cells["learning_rate"].assign(rate)
        else:
            self._cells["learning_rate"] = Variable(np.float32(rate), trainable=False, name="learning_rate")

    @property
    def lr(self) -> Any:
        """Another name of `learning_rate`."""
        return self.learning_rate

    @lr.setter
    def lr(self, value: Any) -> None:
        self.learning_rate = value

    def exclude_from_weight_decay(self, var_list: Sequence[Variable] = (), var_names: Sequence[str] = ()) -> None:
        """Take no weight decay off these variables, or off those whose path contains one of these patterns."""
        if self.built:
            raise ValueError("exclude_from_weight_decay must be called before training begins.")
        self._kept_from_decay = ({id(v) for v in var_list or ()}, list(var_names or ()))

    def apply(self, grads: Sequence[Array], trainable_variables: Sequence[Variable] | None = None) -> None:
        """Move variables, by gradients in the same order. The first call may name the variables."""
        params = self._params if trainable_variables is None else _by_path(trainable_variables)
        if len(grads) != len(params):
            raise ValueError(f"{type(self).__name__}.apply got {len(grads)} gradients for {len(params)} variables.")
        cells = self.cells(params)
        values, state = self.advance(read(cells), dict(zip(params, grads)), read(params))
        write(params, constrain(params, values))
        write(cells, state)

    def apply_gradients(self, grads_and_vars: Any) -> Any:
        """`apply`, from pairs of a gradient and a variable."""
        grads, variables = zip(*grads_and_vars)
        self.apply(grads, variables)
        return self.iterations

    def stateless_apply(self, optimizer_variables: Any, grads: Any, trainable_variables: Any) -> tuple[Any, Any]:
        """`(new trainable values, new optimizer values)` after a step. Pure.

        The values are dicts by path, as `init` makes them, or lists in the order of `variables` and
        of those that the optimizer was built on.
        """
        if isinstance(trainable_variables, Mapping):
            params, state = self.advance(dict(optimizer_variables), grads, trainable_variables)
            return constrain(self._params, params), state
        paths, keys = list(self._params), list(self._cells)
        if len(paths) != len(trainable_variables) or len(keys) != len(optimizer_variables):
            raise ValueError("Call `optimizer.build(model.trainable_variables)` before stateless_apply on lists.")
        params, state = self.advance(
            dict(zip(keys, optimizer_variables)), dict(zip(paths, grads)), dict(zip(paths, trainable_variables))
        )
        return list(constrain(self._params, params).values()), [state[key] for key in keys]

    def finalize_variable_values(self, var_list: Any = None) -> None:
        """Put the moving averages in the place of the parameters, if there are any."""
        if self.use_ema:
            for path, variable in self._params.items():
                variable.assign(self._cells[f"average/{path}"].value)

    def _argument(self, name: str) -> Any:
        if name == "learning_rate":
            return self._schedule if self._schedule is not None else _shortest(self._cells["learning_rate"])
        return super()._argument(name)


def constrain(variables: Mapping[str, Variable], values: Values) -> Values:
    """Values put back where the variables' constraints allow them to be."""
    bound: dict[str, Callable[[Array], Array]] = {
        path: v.constraint for path, v in variables.items() if path in values and v.constraint is not None
    }
    return {**values, **{path: constraint(values[path]) for path, constraint in bound.items()}}


def _by_path(variables: Sequence[Variable]) -> dict[str, Variable]:
    """Variables by path, equal paths told apart by a number."""
    named: dict[str, Variable] = {}
    for v in variables:
        path, n = v.path, 1
        while path in named:
            path, n = f"{v.path}_{n}", n + 1
        named[path] = v
    return named


def _norm(arrays: list[Array]) -> Array:
    dtype = dtypes.common(a.dtype for a in arrays)
    return jnp.sqrt(sum(jnp.sum(jnp.square(a)).astype(dtype) for a in arrays))


def _shortest(number: Any) -> float:
    """The decimal number with the fewest digits that is the given one in its own type: 0.1, not 0.10000000149."""
    return float(str(np.asarray(number)))


def _map_floats(function: Callable[[Array], Array], values: Mapping[str, Array]) -> Values:
    return {key: function(v) if dtypes.is_float(v) else v for key, v in values.items()}


def _as_before(values: Values, before: Mapping[str, Array]) -> Values:
    return {key: v.astype(before[key].dtype) for key, v in values.items()}
