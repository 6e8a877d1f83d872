"""Dynamic loss scaling."""

from collections.abc import Mapping, Sequence
from typing import Any

import jax.numpy as jnp
import numpy as np

from .._core import checks, dtypes
from .._core.config import arguments, reject_unknown_arguments
from .._core.finite import all_finite
from .._core.variable import Variable
from .optimizer import Array, Optimizer, Values

LEAST = 2.0**-14  # a factor at which no gradient of a float16 that is finite is too large
_OTHERS = {name: default for name, default in arguments(Optimizer).items() if name != "name"}


class LossScaleOptimizer(Optimizer):
    """Multiplies the loss so that the gradients of short floats do not vanish (Micikevicius et al., 2018).

    A step with a gradient that is not finite is left out and halves the factor;
    `dynamic_growth_steps` good steps in a row double it. A loss that is NaN, or gradients that are not finite by a
    factor of 2**-14, where it can't be the reason, are treated as `compile(on_nonfinite=)` says.

    Args:
        inner_optimizer: what moves the parameters.
        initial_scale: the first factor.
        dynamic_growth_steps: after how many good steps the factor doubles.
        name: a name.
        **kwargs: none; arguments of optimizers belong to the inner one.

    Attributes:
        dynamic_scale: the factor.
        step_counter: the number of good steps since it changed.
    """

    has_rate = False
    set_by_class = tuple(_OTHERS)

    def __init__(
        self,
        inner_optimizer: Optimizer,
        initial_scale: float = 2.0**15,
        dynamic_growth_steps: int = 2000,
        name: str | None = None,
        **kwargs: Any,
    ) -> None:
        _check_others(self, kwargs)
        if not isinstance(inner_optimizer, Optimizer):
            raise TypeError(f"LossScaleOptimizer: inner_optimizer must be an Optimizer; got {inner_optimizer!r}.")
        super().__init__(name=name)
        self.inner_optimizer = inner_optimizer
        self.initial_scale = checks.number(self, "initial_scale", initial_scale, beyond=True)
        self.dynamic_growth_steps = checks.integer(self, "dynamic_growth_steps", dynamic_growth_steps)
        inner_optimizer.loss_scale_factor = None
        self._params = inner_optimizer._params
        self.step_counter = Variable(np.zeros((), "int32"), trainable=False, name="step_counter")
        self.dynamic_scale = Variable(np.float32(initial_scale), trainable=False, name="dynamic_scale")
        self._own = {"step_counter": self.step_counter, "dynamic_scale": self.dynamic_scale}

    @property
    def _cells(self) -> dict[str, Variable]:
        return {**self._own, **self.inner_optimizer._cells}

    def advance(self, state: Values, grads: Mapping[str, Array], params: Mapping[str, Array]) -> tuple[Values, Values]:
        scale, good = state["dynamic_scale"], state["step_counter"]
        wide = {path: dtypes.at_least_float32(g) for path, g in grads.items()}  # the scale may not fit short floats
        grads = {path: g / scale.astype(g.dtype) for path, g in wide.items()}
        finite = all_finite(grads)
        moved, new = self.inner_optimizer.advance(state, grads, params)
        grow = finite & (good + 1 >= self.dynamic_growth_steps)
        new = {key: jnp.where(finite, value, state[key]) for key, value in new.items()}
        new["dynamic_scale"] = jnp.where(finite, jnp.where(grow, scale * 2, scale), scale * 0.5)
        new["step_counter"] = jnp.where(finite & ~grow, good + 1, 0)
        return {path: jnp.where(finite, p, params[path]) for path, p in moved.items()}, new

    def scale_loss(self, loss: Array, state: Values | None = None) -> Array:
        scale = self.dynamic_scale.value if state is None else state["dynamic_scale"]
        return jnp.asarray(loss) * scale.astype(jnp.result_type(loss))

    def forgives(self, state: Values) -> Array:
        return state["dynamic_scale"] >= LEAST

    # All else is the inner optimizer's affair.

    def fresh(self, params: Mapping[str, Array]) -> Values:
        return self.inner_optimizer.fresh(params)

    def _adopt(self, new: Mapping[str, Variable]) -> None:
        self.inner_optimizer._adopt(new)

    def _rename(self, params: Mapping[str, Variable]) -> None:
        self.inner_optimizer._rename(params)

    def ahead(self, params: Mapping[str, Array], state: Values) -> Values:
        return self.inner_optimizer.ahead(params, state)

    def settled(self, params: Mapping[str, Array], state: Values) -> Values:
        return self.inner_optimizer.settled(params, state)

    def rate(self, state: Values) -> Array:
        return self.inner_optimizer.rate(state)

    @property
    def rated(self) -> dict[str, Optimizer]:
        return self.inner_optimizer.rated

    @property
    def schedules(self) -> tuple[Any, ...]:
        return self.inner_optimizer.schedules

    @property
    def learning_rate(self) -> Any:
        """That of the inner optimizer."""
        return self.inner_optimizer.learning_rate

    @learning_rate.setter
    def learning_rate(self, value: Any) -> None:
        self.inner_optimizer.learning_rate = value

    @property
    def iterations(self) -> Any:
        """That of the inner optimizer."""
        return self.inner_optimizer.iterations

    def exclude_from_weight_decay(
        self, var_list: Sequence[Variable] | None = None, var_names: Sequence[str] | None = None
    ) -> None:
        """That of the inner optimizer."""
        self.inner_optimizer.exclude_from_weight_decay(var_list, var_names)

    def finalize_variable_values(self, var_list: Any = None) -> None:
        """That of the inner optimizer."""
        self.inner_optimizer.finalize_variable_values(var_list)


def _check_others(optimizer: Optimizer, kwargs: dict[str, Any]) -> None:
    """Raise an error for arguments that belong to the inner optimizer; their defaults stand in old configs."""
    if not kwargs.pop("dynamic", True):
        raise ValueError(
            "LossScaleOptimizer: the scale is always dynamic. For a fixed one set `loss_scale_factor` of an optimizer."
        )
    for name in [name for name in kwargs if name in _OTHERS]:
        if kwargs.pop(name) != _OTHERS[name]:
            raise ValueError(f"LossScaleOptimizer: set {name} on the `inner_optimizer`.")
    reject_unknown_arguments(optimizer, kwargs)
