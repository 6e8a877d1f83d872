"""All steps of a gated recurrent unit at once, with their derivative written out."""

from typing import Any

import jax
import jax.numpy as jnp

from .linear import project
from .recurrent import before, half, hold

Array = Any


@jax.jit  # so that calls of a layer outside of any step compile it once
def gru_steps(
    x: Array, kernel: Array, recurrent_kernel: Array, bias: Array, h: Array, mask: Array | None = None
) -> Array:
    """Run `u = x_t @ kernel + bias[0]`, `v = h @ recurrent_kernel + bias[1]`, `z = s(u_z + v_z)`, `r = s(u_r + v_r)`,
    `h = z * h + (1 - z) * tanh(u_n + r * v_n)`.

    `s` is the sigmoid; `u` and `v` hold the parts `z`, `r` and `n` side by side. Halved weights and the derivative are
    as in `lstm_steps`.

    Args:
        x: the inputs, `(steps, batch, features)`.
        kernel: `(features, 3 * units)`.
        recurrent_kernel: `(units, 3 * units)`.
        bias: `(2, 3 * units)`.
        h: the first state, `(batch, units)`.
        mask: `(steps, batch, 1)` booleans; a step that is not real leaves the state as it is.

    Returns:
        `h` after each step, `(steps, batch, units)`.
    """
    factors = jnp.repeat(jnp.array([0.5, 0.5, 1], x.dtype), h.shape[-1])
    u = project(x, kernel * factors) + bias[0] * factors
    return _steps(u, recurrent_kernel * factors, bias[1] * factors, h, mask)


@jax.custom_jvp
def _steps(x: Array, kernel: Array, bias: Array, h: Array, mask: Array | None) -> Array:
    return _run(x, kernel, bias, h, mask)[0]


def _run(x: Array, kernel: Array, bias: Array, h: Array, mask: Array | None) -> Any:
    """After each step: `h`, the gates `z` and `r`, the candidate, and the candidate's part of `h @ kernel + bias`."""
    units = h.shape[-1]

    def step(h: Array, xs: Any) -> Any:
        x, real = xs
        y = h @ kernel + bias
        gates = half(jnp.tanh(x[:, : 2 * units] + y[:, : 2 * units]))
        z, r = jnp.split(gates, 2, -1)
        y_n = y[:, 2 * units :]
        n = jnp.tanh(x[:, 2 * units :] + r * y_n)
        h = hold(real, n + z * (h - n), h)
        return h, (h, gates, n, y_n)

    return jax.lax.scan(step, h, (x, mask))[1]


@_steps.defjvp
def _derivative(given: Any, moved: Any) -> Any:
    (x, kernel, bias, h, mask), (x_dot, kernel_dot, bias_dot, h_dot, _) = given, moved
    outputs, gates, n, y_n = _run(x, kernel, bias, h, mask)
    h_before, (z, r) = before(h, outputs), jnp.split(gates, 2, -1)
    # how h moves with the gates z and r, and with the candidate
    slope_z = (h_before - n) * 2 * z * (1 - z)
    slope_n = (1 - z) * (1 - n * n)
    slope_r = slope_n * y_n * 2 * r * (1 - r)
    of_x = hold(mask, jnp.concatenate([slope_z, slope_r, slope_n], -1), 0)
    of_y = hold(mask, jnp.concatenate([slope_z, slope_r, slope_n * r], -1), 0)
    keep = hold(mask, z, 1)
    y_dot = (h_before.reshape(-1, h.shape[-1]) @ kernel_dot).reshape(x.shape) + bias_dot
    drive = _added(x_dot * of_x + y_dot * of_y)

    def step(h_dot: Array, xs: Any) -> Any:
        drive, of_y, keep = xs
        h_dot = keep * h_dot + _added((h_dot @ kernel) * of_y) + drive
        return h_dot, h_dot

    return outputs, jax.lax.scan(step, h_dot, (drive, of_y, keep))[1]


def _added(parts: Array) -> Array:
    z, r, n = jnp.split(parts, 3, -1)
    return z + r + n
