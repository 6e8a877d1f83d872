"""Loops over the steps of sequences."""

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp

Array = Any


def scan_steps(
    step: Callable[[Array, Any, Any], tuple[Array, Any, Any]],
    inputs: Any,
    states: Any,
    extras: Any = (),
    mask: Array | None = None,
    zero_masked: bool = False,
    unroll: bool = False,
) -> tuple[Array, Array, Any, Any]:
    """Run `output, states, extras = step(inputs_t, states, extras)` over the steps of a batch of sequences.

    Args:
        step: a function of one step.
        inputs: a tree of `(batch, steps, ...)`.
        states: a tree of arrays `(batch, ...)`.
        extras: a tree of other arrays that go from step to step, which no mask holds back.
        mask: `(batch, steps)` booleans; a step that is not real leaves the states as they are
            and repeats the output before it, at first the first state if it looks like an output, else zeros.
        zero_masked: the output of a step that is not real is zero.
        unroll: write the loop out, which compiles slowly.

    Returns:
        The last output, all outputs `(batch, steps, ...)`, the last states, the last extras.
    """
    time_first, marks = jax.tree.map(lambda x: jnp.swapaxes(x, 0, 1), (inputs, mask))
    first = jax.tree.map(lambda x: jax.ShapeDtypeStruct(x.shape[1:], x.dtype), time_first)
    like, state = jax.eval_shape(step, first, states, extras)[0], jax.tree.leaves(states)[0]
    zeros = jnp.zeros(like.shape, like.dtype)
    start = state if (state.shape, state.dtype) == (like.shape, like.dtype) else zeros

    def body(carry: Any, xs: Any) -> Any:
        states, extras, before = carry
        x, mark = xs
        output, new, extras = step(x, states, extras)
        if mark is None:
            return (new, extras, output), output
        new = jax.tree.map(lambda n, s: jnp.where(_like(mark, n), n, s), new, states)
        kept = jnp.where(_like(mark, output), output, before)
        shown = jnp.where(_like(mark, output), output, 0) if zero_masked else kept
        return (new, extras, kept), shown

    count = jax.tree.leaves(time_first)[0].shape[0]
    (states, extras, last), outputs = jax.lax.scan(
        body, (states, extras, start), (time_first, marks), unroll=count if unroll and isinstance(count, int) else 1
    )
    if count == 0:
        last = zeros
    elif zero_masked and marks is not None:
        last = outputs[-1]
    return last, jnp.swapaxes(outputs, 0, 1), states, extras


def _like(mark: Array, x: Array) -> Array:
    return mark.reshape(mark.shape + (1,) * (x.ndim - mark.ndim))


# What loops with a derivative that is written out share.


def hold(real: Array | None, new: Array, old: Any) -> Array:
    """`new` where a step is real, else `old`; `new` where all steps are."""
    return new if real is None else jnp.where(real, new, old)


def before(first: Array, states: Array) -> Array:
    """The state before each step, from the first one and those after each step."""
    return jnp.concatenate([first[None], states[:-1]])


def half(t: Array) -> Array:
    """The sigmoid of `2 * x`, from the tanh of `x`."""
    return t * 0.5 + 0.5
