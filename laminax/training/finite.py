"""Steps that are not finite are left out, inside the compiled step: no weight becomes NaN.

What is looked at costs next to nothing: the loss, gradients of few numbers, and of the larger ones a slice along their
last axis. A NaN that comes back to a layer is in its gradients for all inputs of a unit alike, so one row shows it.
"""

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp

Array = Any
MARK = "finite_steps"  # in the state of the metrics: how many steps were finite; below 0, at which the run halted
FEW = 4096  # numbers of a gradient, up to which all are looked at


def stopped(mark: Any) -> int | None:
    """The number of the step, from 1 on, at which a run came to a halt; `None` if it did not."""
    number = None if mark is None else int(mark)
    return -number if number is not None and number < 0 else None


def guarded(mode: str, update: Callable[[Any], Any], total: Array, grads: Any, new: Any, old: Any) -> Any:
    """The state after a step. Where the loss or a gradient is no number, parameters, extras and metrics stay as before.

    The optimizer then takes a step with gradients of 0: so no array of its state must be kept beside the new one, which
    would cost more than all the rest.

    Args:
        mode: `"raise"` also leaves out all later steps; `"skip"` goes on.
        update: gives parameters and optimizer's state from the gradients.
        total: the loss.
        grads: the gradients.
        new: the state after the forward pass.
        old: the state before the step.
    """
    mark = old.metrics[MARK]
    fine = ~jnp.isnan(total) & looks_finite(grads)
    fine = fine & (mark >= 0) if mode == "raise" else fine
    params, optimizer = update(jax.tree.map(lambda g: jnp.where(fine, g, jnp.zeros_like(g)), grads))
    params, extras, metrics = _chosen(fine, (params, new.extras, new.metrics), (old.params, old.extras, old.metrics))
    halted = jnp.where(mark < 0, mark, -mark - 1) if mode == "raise" else mark
    return type(old)(params, extras, optimizer, {**metrics, MARK: jnp.where(fine, mark + 1, halted)})


def looks_finite(grads: Any) -> Array:
    """Whether the numbers that are looked at are finite."""
    seen = [g if g.size <= FEW else g.reshape(-1, g.shape[-1])[0] for g in jax.tree.leaves(grads)]
    return jnp.all(jnp.stack([jnp.array(True), *(jnp.all(jnp.isfinite(g)) for g in seen)]))


def _chosen(fine: Array, new: Any, old: Any) -> Any:
    return jax.tree.map(lambda a, b: jnp.where(fine, a, b), new, old)
