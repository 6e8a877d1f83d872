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
) -> tuple[Array, Array]:
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
        `h` after each step, `(steps, batch, units)`, and the last one.
    """
    factors = jnp.repeat(jnp.array([0.5, 0.5, 1], x.dtype), h.shape[-1])
    u = project(x, kernel * factors) + bias[0] * factors
    return _steps(u, recurrent_kernel * factors, bias[1] * factors, h, mask)


@jax.custom_jvp
def _steps(x: Array, kernel: Array, bias: Array, h: Array, mask: Array | None) -> tuple[Array, Array]:
    last, (outputs, *_) = _run(x, kernel, bias, h, mask)
    return outputs, last


def _run(x: Array, kernel: Array, bias: Array, h: Array, mask: Array | None) -> Any:
    """The last `h`; after each step `h`, the gates `z` and `r`, the candidate, and its part of `h @ kernel + bias`."""
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

    return jax.lax.scan(step, h, (x, mask))


@_steps.defjvp
def _derivative(given: Any, moved: Any) -> Any:
    (x, kernel, bias, h, mask), (x_dot, kernel_dot, bias_dot, h_dot, _) = given, moved
    last, (outputs, gates, n, y_n) = _run(x, kernel, bias, h, mask)
    h_before, (z, r) = before(h, outputs), jnp.split(gates, 2, -1)
    # how h moves with the gates z and r, and with the candidate
    slope_z = (h_before - n) * 2 * z * (1 - z)
    slope_n = hold(mask, (1 - z) * (1 - n * n), 0)
    slope_r = slope_n * y_n * 2 * r * (1 - r)
    slopes = jnp.concatenate([hold(mask, slope_z, 0), slope_r, slope_n * r], -1)
    keep = hold(mask, z, 1)
    # in the gates x and y are added; the candidate's x stands by itself
    z_r_dot, n_dot = jnp.split(x_dot, [2 * h.shape[-1]], -1)
    y_dot = (h_before.reshape(-1, h.shape[-1]) @ kernel_dot).reshape(x.shape) + bias_dot
    y_dot = y_dot + jnp.concatenate([z_r_dot, jnp.zeros_like(n_dot)], -1)

    def step(h_dot: Array, xs: Any) -> Any:
        y_dot, n_dot, slopes, keep = xs
        parts = (h_dot @ kernel + y_dot) * slopes
        h_dot = keep * h_dot + jnp.sum(parts.reshape(h_dot.shape[0], 3, -1), 1) + n_dot
        return h_dot, h_dot

    last_dot, outputs_dot = jax.lax.scan(step, h_dot, (y_dot, n_dot * slope_n, slopes, keep))
    return (outputs, last), (outputs_dot, last_dot)
