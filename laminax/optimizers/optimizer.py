"""The base of optimizers: from gradients to new parameters."""

from collections.abc import Callable, Mapping
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from .._core import checks, compat, dtypes
from .._core.config import reject_unknown_arguments, snake_case
from .._core.variable import read
from . import clipping
from .keras_names import KerasNames
from .stateful import Stateful

Array = Any
Values = dict[str, Array]


class Optimizer(Stateful, KerasNames):
    """Turns gradients into new parameters.

    A subclass says what it remembers for one parameter, `slots(param)`, and how one parameter
    moves, `update(param, grad, slots, step, rate)`; both are pure. This class does so for all of
    them, and adds what is common, in this order: unscaling, accumulation, clipping, weight decay, the update,
    the moving average.

    Args:
        learning_rate: a number, a schedule, or a function of the step. A function without arguments is asked when a
            step is compiled.
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

    Example:

        class SignDescent(Optimizer):
            def update(self, param, grad, slots, step, rate):
                return param - rate * jnp.sign(grad), {}
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
        self.name = name or snake_case(type(self).__name__)
        self.weight_decay = self._optional(checks.number, "weight_decay", weight_decay)
        self.clipnorm = self._optional(checks.number, "clipnorm", clipnorm, beyond=True)
        self.clipvalue = self._optional(checks.number, "clipvalue", clipvalue, beyond=True)
        self.global_clipnorm = self._optional(checks.number, "global_clipnorm", global_clipnorm, beyond=True)
        if sum(bound is not None for bound in (clipnorm, clipvalue, global_clipnorm)) > 1:
            raise ValueError(
                f"{type(self).__name__}: Only one of `clipnorm`, `clipvalue` and `global_clipnorm` can be given; "
                f"got {clipnorm}, {clipvalue} and {global_clipnorm}."
            )
        self.use_ema = checks.boolean(self, "use_ema", use_ema)
        self.ema_momentum = checks.fraction(self, "ema_momentum", ema_momentum)
        self.ema_overwrite_frequency = self._optional(
            checks.integer, "ema_overwrite_frequency", ema_overwrite_frequency
        )
        self.loss_scale_factor = self._optional(checks.number, "loss_scale_factor", loss_scale_factor, beyond=True)
        self.gradient_accumulation_steps = self._optional(
            checks.integer, "gradient_accumulation_steps", gradient_accumulation_steps, least=2
        )
        self._begin(learning_rate)

    def _optional(self, check: Callable[..., Any], name: str, value: Any, **rule: Any) -> Any:
        return None if value is None else check(self, name, value, **rule)

    # What a subclass writes.

    def slots(self, param: Array) -> Values:
        """What is remembered for one parameter, arrays by name."""
        return {}

    def update(self, param: Array, grad: Array, slots: Values, step: Array, rate: Array) -> tuple[Array, Values]:
        """One parameter and its slots after a step; `step` counts from 1."""
        raise NotImplementedError(f"{type(self).__name__} must define update(param, grad, slots, step, rate).")

    def shared(self) -> Values:
        """What is remembered once for all parameters, arrays by name. `update` finds it among the slots."""
        return {}

    def update_shared(self, shared: Values, step: Array) -> Values:
        """What is shared after a step, before any parameter moves."""
        return shared

    def rule(self, path: str, param: Array) -> "Optimizer":
        """What moves a parameter: this optimizer, or one whose slots, update and weight decay take their place."""
        return self

    # The pure face: values by path.

    def init(self, params: Mapping[str, Array]) -> Values:
        """The state before the first step, for parameters by path."""
        fresh = {key: compat.on_device(value) for key, value in self.fresh(params).items()}
        return {**read(self._cells), **fresh}

    def fresh(self, params: Mapping[str, Array]) -> Values:
        """The part of `init` that belongs to these parameters, and what they share."""
        state: Values = {}
        if self.use_ema:
            state.update({f"average/{path}": zeros(p) for path, p in params.items()})
        if self.gradient_accumulation_steps:
            state.update({f"accumulated/{path}": zeros(p) for path, p in params.items()})
        for path, p in params.items():
            state.update({f"{path}/{name}": value for name, value in self.rule(path, p).slots(p).items()})
        return {**state, **self.shared()}

    def ahead(self, params: Mapping[str, Array], state: Values) -> Values:
        """The parameters at which the gradient is taken, from those that the model keeps: the same ones, here."""
        return dict(params)

    def settled(self, params: Mapping[str, Array], state: Values) -> Values:
        """The parameters that the model keeps, from those that `advance` gave: the same ones, here."""
        return dict(params)

    def advance(self, state: Values, grads: Mapping[str, Array], params: Mapping[str, Array]) -> tuple[Values, Values]:
        """Parameters and state after a step. Pure; short floats are computed in float32 and kept as they are."""
        wide = widened(params)
        grads = {path: g.astype(wide[path].dtype) for path, g in grads.items()}
        moved, new = self._advance(widened(state), grads, wide)
        return as_before(moved, params), as_before(new, state)

    def _advance(self, state: Values, grads: Values, params: Values) -> tuple[Values, Values]:
        every, count = self.gradient_accumulation_steps or 1, state["iterations"]
        if self.loss_scale_factor is not None:
            grads = {path: g / self.loss_scale_factor for path, g in grads.items()}
        sums = {path: state[f"accumulated/{path}"] + g for path, g in grads.items()} if every > 1 else {}
        grads = {path: g / every for path, g in sums.items()} or grads
        move = self._move_variables if self.moves_variables else self._move
        rate, done = self.rate(state), count // every
        moved, new = move(state, self._clip_gradients(grads), self._decayed(params, rate), done, rate)
        if every > 1:
            due = (count + 1) % every == 0
            moved, new = jax.tree.map(lambda a, b: jnp.where(due, a, b), (moved, new), (params, state))
            new.update({f"accumulated/{path}": jnp.where(due, 0, g) for path, g in sums.items()})
        new["iterations"] = count + 1
        return self._averaged(moved, new, done) if self.use_ema else (moved, new)

    def _move(self, state: Values, grads: Values, params: Values, done: Array, rate: Array) -> tuple[Values, Values]:
        """One update, after `done` ones."""
        shared = self.update_shared({name: state[name] for name in self.shared()}, done + 1)
        moved, new = {}, {**state, **shared}
        for path, p in params.items():
            rule = self.rule(path, p)
            slots = {name: state[f"{path}/{name}"] for name in rule.slots(jax.ShapeDtypeStruct(p.shape, p.dtype))}
            step, own_rate = (done + 1).astype(p.dtype), rate.astype(p.dtype)
            moved[path], slots = rule.update(p, grads[path], {**slots, **shared}, step, own_rate)
            new.update({f"{path}/{name}": value for name, value in slots.items()})
        return moved, new

    def rate(self, state: Values) -> Array:
        """The learning rate of the next step."""
        return state["learning_rate"] if self._schedule is None else self._rate_at(state["iterations"])

    def scale_loss(self, loss: Array, state: Values | None = None) -> Array:
        """The loss whose gradients `advance` takes."""
        return loss if self.loss_scale_factor is None else loss * self.loss_scale_factor

    def forgives(self, state: Values) -> Array | None:
        """Of one that leaves out gradients that are not finite by itself: whether it may at this step."""
        return None

    def _clip_gradients(self, grads: Any) -> Any:
        if self.clipnorm is not None:
            return clipping.by_norm(grads, self.clipnorm)
        if self.global_clipnorm is not None:
            return clipping.by_global_norm(grads, self.global_clipnorm)
        return grads if self.clipvalue is None else clipping.by_value(grads, self.clipvalue)

    def _decayed(self, params: Values, rate: Array) -> Values:
        new = dict(params)
        for path, p in params.items():
            decay = self.rule(path, p).weight_decay
            if decay is not None and self._decays(path):
                new[path] = p - p * decay * rate.astype(p.dtype)
        return new

    def _averaged(self, params: Values, state: Values, done: Array) -> tuple[Values, Values]:
        momentum = jnp.where(done == 0, 0, self.ema_momentum)
        averages = {}
        for path, p in params.items():
            m = momentum.astype(p.dtype)
            averages[path] = m * state[f"average/{path}"] + (1 - m) * p
        if self.ema_overwrite_frequency:
            due = (done + 1) % self.ema_overwrite_frequency == 0
            params = {path: jnp.where(due, averages[path], p) for path, p in params.items()}
        return params, {**state, **{f"average/{path}": a for path, a in averages.items()}}


def zeros(param: Array) -> np.ndarray:
    """Zeros in the shape and type of a parameter."""
    return np.zeros(param.shape, param.dtype)


def widened(values: Mapping[str, Array]) -> Values:
    """Values with short floats as float32."""
    return {key: dtypes.at_least_float32(v) if dtypes.is_float(v) else v for key, v in values.items()}


def as_before(values: Mapping[str, Array], before: Mapping[str, Array]) -> Values:
    """Values in the types that they had before."""
    return {key: v.astype(before[key].dtype) for key, v in values.items()}
