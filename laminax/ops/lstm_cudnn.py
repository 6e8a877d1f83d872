"""All steps of a long short-term memory by cuDNN, which runs them as one program on an NVIDIA GPU."""

from typing import Any

import jax
import jax.numpy as jnp

from .._core import compat
from .recurrent import hold

Array = Any


def is_there(x: Array, h: Array) -> bool:
    """Whether the device has it, for these types and sizes."""
    return jax.default_backend() == "gpu" and could_run(x, h)


def could_run(x: Array, h: Array) -> bool:
    """Whether it takes these types and sizes."""
    return x.dtype == h.dtype == jnp.float32 and all(isinstance(n, int) and n > 0 for n in (*x.shape, *h.shape))


def runs_on(mask: Array) -> Array:
    """Whether the real steps of `mask`, `(steps, batch, 1)`, are the first ones of each row, and at least one."""
    return jnp.all(mask[0]) & jnp.all(mask[1:] <= mask[:-1])


def cudnn_steps(
    x: Array, kernel: Array, recurrent_kernel: Array, bias: Array, h: Array, c: Array, mask: Array | None = None
) -> tuple[Array, Array, Array]:
    """As `lstm_steps`, for a mask that `runs_on`. It has gradients, but no other derivatives, and no `vmap`."""
    steps, batch, features = x.shape
    lengths = jnp.full(batch, steps) if mask is None else jnp.sum(mask[..., 0], 0)
    # as cuDNN has them: kernels turned, the gates one below the other, and a second bias
    parts = (kernel.T, recurrent_kernel.T, bias, jnp.zeros_like(bias))
    weights = jnp.concatenate([part.reshape(-1) for part in parts])
    outputs, last_h, last_c = compat.cudnn_lstm(
        jnp.swapaxes(x, 0, 1), h[None], c[None], weights, lengths.astype("int32"), features, h.shape[-1]
    )
    return hold(mask, jnp.swapaxes(outputs, 0, 1), last_h[0]), last_h[0], last_c[0]
