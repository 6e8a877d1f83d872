"""All steps of a long short-term memory at once, with their derivative written out."""

from typing import Any

import jax
import jax.numpy as jnp

from . import lstm_cudnn
from .linear import project
from .recurrent import before, half, hold

Array = Any


def lstm_steps(
    x: Array,
    kernel: Array,
    recurrent_kernel: Array,
    bias: Array,
    h: Array,
    c: Array,
    mask: Array | None = None,
    cudnn: bool = True,
) -> tuple[Array, Array, Array]:
    """Run `i, f, g, o = split(x_t @ kernel + h @ recurrent_kernel + bias)`, `c = s(f) * c + s(i) * tanh(g)`,
    `h = s(o) * tanh(c)`; `s` is the sigmoid.

    On an NVIDIA GPU cuDNN runs them, if the real steps of each row are its first ones.

    Args:
        x: the inputs, `(steps, batch, features)`.
        kernel: `(features, 4 * units)`.
        recurrent_kernel: `(units, 4 * units)`.
        bias: `(4 * units,)`.
        h, c: the first states, `(batch, units)`.
        mask: `(steps, batch, 1)` booleans; a step that is not real leaves the states as they are.
        cudnn: whether cuDNN may be taken.

    Returns:
        `h` after each step, `(steps, batch, units)`, and the last `h` and `c`.
    """
    given = x, kernel, recurrent_kernel, bias, h, c, mask
    if not cudnn or not lstm_cudnn.is_there(x, h):
        return _in_a_loop(*given)
    if mask is None:
        return lstm_cudnn.cudnn_steps(*given)
    return jax.lax.cond(lstm_cudnn.runs_on(mask), lstm_cudnn.cudnn_steps, _in_a_loop, *given)


@jax.jit  # so that calls of a layer outside of any step compile it once
def _in_a_loop(
    x: Array, kernel: Array, recurrent_kernel: Array, bias: Array, h: Array, c: Array, mask: Array | None
) -> tuple[Array, Array, Array]:
    """The same on any device.

    As `s(z) = tanh(z / 2) / 2 + 1/2`, one tanh serves all gates, once the weights of `i`, `f` and `o` are halved. The
    derivative needs one scan of products with factors that are computed for all steps at once, and the recurrent
    kernel's gradient is one dot after it. The last `h` is given by itself, so that the gradient of it alone is not one
    of all steps.
    """
    factors = jnp.repeat(jnp.array([0.5, 0.5, 1, 0.5], x.dtype), h.shape[-1])
    return _steps(project(x, kernel * factors) + bias * factors, recurrent_kernel * factors, h, c, mask)


@jax.custom_jvp
def _steps(z: Array, kernel: Array, h: Array, c: Array, mask: Array | None) -> tuple[Array, Array, Array]:
    (h, c), (outputs, *_) = _run(z, kernel, h, c, mask)
    return outputs, h, c


def _run(z: Array, kernel: Array, h: Array, c: Array, mask: Array | None) -> Any:
    """The last states; `h`, `c` and the tanh of each gate after each step."""

    def step(states: Any, xs: Any) -> Any:
        (h, c), (z, real) = states, xs
        i, f, g, o = gates = jnp.split(jnp.tanh(z + h @ kernel), 4, -1)
        new_c = hold(real, half(f) * c + half(i) * g, c)
        new_h = hold(real, half(o) * jnp.tanh(new_c), h)
        return (new_h, new_c), (new_h, new_c, gates)

    return jax.lax.scan(step, (h, c), (z, mask))


@_steps.defjvp
def _derivative(given: Any, moved: Any) -> Any:
    (z, kernel, h, c, mask), (z_dot, kernel_dot, h_dot, c_dot, _) = given, moved
    last, (outputs, memory, (i, f, g, o)) = _run(z, kernel, h, c, mask)
    h_before, c_before, tanh_c = before(h, outputs), before(c, memory), jnp.tanh(memory)
    # how c moves with the gates i, f and g; how h moves with the gate o and with c
    slopes = (
        g * 0.5 * (1 - i * i),
        c_before * 0.5 * (1 - f * f),
        half(i) * (1 - g * g),
        tanh_c * 0.5 * (1 - o * o),
    )
    slopes = tuple(hold(mask, slope, 0) for slope in slopes)
    through = hold(mask, half(o) * (1 - tanh_c * tanh_c), 0)
    forget = hold(mask, half(f), 1)
    units = h.shape[-1]
    turned = kernel.T  # `h_dot @ kernel`, written so that the loop of the gradient has no kernel to turn at each step
    z_dot = z_dot + (h_before.reshape(-1, units) @ kernel_dot).reshape(z.shape)

    def step(states: Any, xs: Any) -> Any:
        h_dot, c_dot = states
        z_dot, slopes, through, forget, real = xs
        z_dot = z_dot + jax.lax.dot_general(h_dot, turned, (((1,), (1,)), ((), ())))
        i, f, g, o = (gate * slope for gate, slope in zip(jnp.split(z_dot, 4, -1), slopes))
        c_dot = forget * c_dot + i + f + g
        h_dot = hold(real, o + through * c_dot, h_dot)
        return (h_dot, c_dot), h_dot

    last_dot, outputs_dot = jax.lax.scan(step, (h_dot, c_dot), (z_dot, slopes, through, forget, mask))
    return (outputs, *last), (outputs_dot, *last_dot)
