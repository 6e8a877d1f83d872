"""Transformations of optax as optimizers."""

from collections.abc import Mapping
from typing import Any

import jax
import jax.numpy as jnp

from .._core.variable import Variable, read
from .optimizer import Array, Optimizer, Values


class OptaxOptimizer(Optimizer):
    """A transformation of optax, or whatever has its `init(params)` and `update(grads, state, params)`.

    optax itself is not imported. The learning rate is the transformation's own affair.
    """

    in_keras = False
    has_rate = False

    def __init__(self, transformation: Any, name: str | None = None) -> None:
        super().__init__(name=name or "optax")
        self.transformation = transformation

    def fresh(self, params: Mapping[str, Array]) -> Values:
        leaves = jax.tree_util.tree_flatten_with_path(self.transformation.init(dict(params)))[0]
        return {f"optax{jax.tree_util.keystr(path)}": jnp.asarray(leaf) for path, leaf in leaves}

    def _adopt(self, new: Mapping[str, Variable]) -> None:
        """Make the state for these variables. Its form is one for all: where there are new ones, it starts anew."""
        if new:
            self._params.update(new)
            self._own = {key: v for key, v in self._own.items() if not key.startswith("optax")}
            self._keep(self.fresh(read(self._params)))

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
        raise AttributeError("The learning rate of an optax transformation is set where the transformation is made.")
