"""All steps of a simple recurrent network at once, with their derivative written out."""

from typing import Any

import jax
import jax.numpy as jnp

from .linear import project
from .recurrent import before, hold

Array = Any


@jax.jit  # so that calls of a layer outside of any step compile it once
def simple_rnn_steps(
    x: Array, kernel: Array, recurrent_kernel: Array, bias: Array, h: Array, mask: Array | None = None
) -> tuple[Array, Array]:
    """Run `h = tanh(x_t @ kernel + h @ recurrent_kernel + bias)`. The derivative is taken as that of `lstm_steps`.

    Args:
        x: the inputs, `(steps, batch, features)`.
        kernel: `(features, units)`.
        recurrent_kernel: `(units, units)`.
        bias: `(units,)`.
        h: the first state, `(batch, units)`.
        mask: `(steps, batch, 1)` booleans; a step that is not real leaves the state as it is.

    Returns:
        `h` after each step, `(steps, batch, units)`, and the last one.
    """
    return _steps(project(x, kernel) + bias, recurrent_kernel, h, mask)


@jax.custom_jvp
def _steps(z: Array, kernel: Array, h: Array, mask: Array | None) -> tuple[Array, Array]:
    def step(h: Array, xs: Any) -> Any:
        z, real = xs
        h = hold(real, jnp.tanh(z + h @ kernel), h)
        return h, h

    last, outputs = jax.lax.scan(step, h, (z, mask))
    return outputs, last


@_steps.defjvp
def _derivative(given: Any, moved: Any) -> Any:
    (z, kernel, h, mask), (z_dot, kernel_dot, h_dot, _) = given, moved
    outputs, last = _steps(z, kernel, h, mask)
    slope = 1 - outputs * outputs
    z_dot = z_dot + (before(h, outputs).reshape(-1, h.shape[-1]) @ kernel_dot).reshape(z.shape)

    def step(h_dot: Array, xs: Any) -> Any:
        z_dot, slope, real = xs
        h_dot = hold(real, (z_dot + h_dot @ kernel) * slope, h_dot)
        return h_dot, h_dot

    last_dot, outputs_dot = jax.lax.scan(step, h_dot, (z_dot, slope, mask))
    return (outputs, last), (outputs_dot, last_dot)
