"""Steps that are not finite are left out, inside the compiled step: no weight becomes NaN."""

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp

from .._core.finite import MANY, all_finite

Array = Any
MARK = "finite_steps"  # in the state of the metrics: how many steps were finite; below 0, at which the run halted


def stopped(mark: Any) -> int | None:
    """The number of the step, from 1 on, at which a run came to a halt; `None` if it did not."""
    number = None if mark is None else int(mark)
    return -number if number is not None and number < 0 else None


def guarded(
    mode: str, update: Callable[[Any], Any], total: Array, grads: Any, new: Any, old: Any, forgiven: Array | None = None
) -> Any:
    """The state after a step. Where the loss is no number or a gradient not finite, parameters, extras and metrics stay
    as before.

    The optimizer then takes a step with gradients of 0: so no array of its state must be kept beside the new one, which
    would cost more than all the rest. Very large gradients are looked at in parts; a number of the others that is not
    finite counts as 0. A loss may be infinite, as that of CTC is for a row that can't be read: what counts is its
    gradient.

    Args:
        mode: `"raise"` also leaves out all later steps; `"skip"` goes on.
        update: gives parameters and optimizer's state from the gradients.
        total: the loss.
        grads: the gradients.
        new: the state after the forward pass.
        old: the state before the step.
        forgiven: of an optimizer that leaves out gradients that are not finite by itself, and must see them: whether
            it may.
    """
    mark = old.metrics[MARK]
    finite = all_finite(grads, turn=old.optimizer["iterations"])
    fine = ~jnp.isnan(total) & (finite if forgiven is None else finite | forgiven)
    fine = fine & (mark >= 0) if mode == "raise" else fine

    def counted(g: Array) -> Array:
        wanted = fine & jnp.isfinite(g) if forgiven is None and g.size > MANY else fine
        return jnp.where(wanted, g, jnp.zeros_like(g))

    params, optimizer = update(jax.tree.map(counted, grads))
    params, extras, metrics = _chosen(fine, (params, new.extras, new.metrics), (old.params, old.extras, old.metrics))
    halted = jnp.where(mark < 0, mark, -mark - 1) if mode == "raise" else mark
    return type(old)(params, extras, optimizer, {**metrics, MARK: jnp.where(fine, mark + 1, halted)})


def _chosen(fine: Array, new: Any, old: Any) -> Any:
    return jax.tree.map(lambda a, b: jnp.where(fine, a, b), new, old)
