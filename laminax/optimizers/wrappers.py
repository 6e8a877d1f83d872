"""Optimizers around others: dynamic loss scaling, and transformations of optax."""

from collections.abc import Mapping, Sequence
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from .._core import dtypes
from .._core.variable import Variable, read
from .optimizer import Array, Optimizer, Values


class LossScaleOptimizer(Optimizer):
    """Multiplies the loss so that the gradients of short floats do not vanish (Micikevicius et al., 2018).

    A step with a gradient that is not finite is left out and halves the factor;
    `dynamic_growth_steps` good steps in a row double it.

    Args:
        inner_optimizer: what moves the parameters.
        initial_scale: the first factor.
        dynamic_growth_steps: after how many good steps the factor doubles.
        name: a name.
    """

    _extra_cells = ("step_counter", "dynamic_scale")

    def __init__(
        self,
        inner_optimizer: Optimizer,
        initial_scale: float = 2.0**15,
        dynamic_growth_steps: int = 2000,
        name: str | None = None,
    ) -> None:
        super().__init__(name=name)
        self.inner_optimizer = inner_optimizer
        self.initial_scale = float(initial_scale)
        self.dynamic_growth_steps = dynamic_growth_steps
        inner_optimizer.loss_scale_factor = None
        self._cells = inner_optimizer._cells
        self._params = inner_optimizer._params
        self._add_cells({"step_counter": np.zeros((), "int32"), "dynamic_scale": np.float32(initial_scale)})

    set_by_class = ("learning_rate",)

    def _fresh(self, params: Mapping[str, Array]) -> Values:
        return self.inner_optimizer._fresh(params)

    def advance(self, state: Values, grads: Mapping[str, Array], params: Mapping[str, Array]) -> tuple[Values, Values]:
        scale, good = state["dynamic_scale"], state["step_counter"]
        wide = {path: dtypes.at_least_float32(g) for path, g in grads.items()}  # the scale may not fit short floats
        grads = {path: g / scale.astype(g.dtype) for path, g in wide.items()}
        finite = jnp.all(jnp.stack([jnp.all(jnp.isfinite(g)) for g in grads.values()]))
        moved, new = self.inner_optimizer.advance(state, grads, params)
        grow = finite & (good + 1 >= self.dynamic_growth_steps)
        new = {key: jnp.where(finite, value, state[key]) for key, value in new.items()}
        new["dynamic_scale"] = jnp.where(finite, jnp.where(grow, scale * 2, scale), scale * 0.5)
        new["step_counter"] = jnp.where(finite & ~grow, good + 1, 0)
        return {path: jnp.where(finite, p, params[path]) for path, p in moved.items()}, new

    def rate(self, state: Values) -> Array:
        return self.inner_optimizer.rate(state)

    def scale_loss(self, loss: Array, state: Values | None = None) -> Array:
        scale = self._cells["dynamic_scale"].value if state is None else state["dynamic_scale"]
        return jnp.asarray(loss) * scale.astype(jnp.result_type(loss))

    @property
    def learning_rate(self) -> Any:
        """That of the inner optimizer."""
        return self.inner_optimizer.learning_rate

    @learning_rate.setter
    def learning_rate(self, value: Any) -> None:
        if "inner_optimizer" in vars(self):
            self.inner_optimizer.learning_rate = value

    @property
    def iterations(self) -> Any:
        """That of the inner optimizer."""
        return self.inner_optimizer.iterations

    def exclude_from_weight_decay(self, var_list: Sequence[Variable] = (), var_names: Sequence[str] = ()) -> None:
        """That of the inner optimizer."""
        self.inner_optimizer.exclude_from_weight_decay(var_list, var_names)

    def finalize_variable_values(self, var_list: Any = None) -> None:
        """That of the inner optimizer."""
        self.inner_optimizer.finalize_variable_values(var_list)


class OptaxOptimizer(Optimizer):
    """A transformation of optax, or whatever has its `init(params)` and `update(grads, state, params)`.

    optax itself is not imported. The learning rate is the transformation's own affair.
    """

    set_by_class = ("learning_rate",)

    def __init__(self, transformation: Any, name: str | None = None) -> None:
        super().__init__(name=name or "optax")
        self.transformation = transformation

    def _fresh(self, params: Mapping[str, Array]) -> Values:
        leaves = jax.tree_util.tree_flatten_with_path(self.transformation.init(dict(params)))[0]
        return {f"optax{jax.tree_util.keystr(path)}": jnp.asarray(leaf) for path, leaf in leaves}

    def build(self, variables: Any) -> None:
        """Make the state for these variables. Its form is one for all: where there are new ones, it starts anew."""
        before = len(self._params)
        super().build(variables)
        if before and before != len(self._params):
            self._add_cells(self._fresh(read(self._params)))

    def advance(self, state: Values, grads: Mapping[str, Array], params: Mapping[str, Array]) -> tuple[Values, Values]:
        template = jax.eval_shape(self.transformation.init, dict(params))
        paths, tree = jax.tree_util.tree_flatten_with_path(template)
        keys = [f"optax{jax.tree_util.keystr(path)}" for path, _ in paths]
        inner = jax.tree.unflatten(tree, [state[key] for key in keys])
        updates, inner = self.transformation.update(dict(grads), inner, dict(params))
        new = dict(zip(keys, jax.tree.leaves(inner)))
        moved = {path: p + updates[path].astype(p.dtype) for path, p in params.items()}
        return moved, {**state, **new, "iterations": state["iterations"] + 1}

    @property
    def learning_rate(self) -> Any:
        """The transformation's own affair: not known here."""
        raise AttributeError("The learning rate of an optax transformation is set where the transformation is made.")

    @learning_rate.setter
    def learning_rate(self, value: Any) -> None:
        if "transformation" in vars(self):
            raise AttributeError(
                "The learning rate of an optax transformation is set where the transformation is made."
            )
