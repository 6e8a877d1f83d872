"""Attention: means of values, each weighted by how well its key fits a query."""

import math
from typing import Any

import jax
import jax.numpy as jnp

from .._core import dtypes, settings
from .._core.operation import Array, operation

__all__ = ["dot_product_attention"]


@operation
def dot_product_attention(
    query: Array,
    key: Array,
    value: Array,
    bias: Array | None = None,
    mask: Array | None = None,
    scale: float | None = None,
    is_causal: bool = False,
    flash_attention: bool | None = None,
    attn_logits_soft_cap: float | None = None,
) -> Array:
    """`softmax(query @ key.T * scale + bias) @ value`, each head by itself (Vaswani et al., 2017).

    The softmax is taken in float32 at least. A query that may see no key gets the mean of all values.

    Args:
        query: `(batch, steps, heads, size)`.
        key: `(batch, key steps, key heads, size)`; several query heads, next to each other, may share one of its heads.
        value: `(batch, key steps, key heads, value size)`.
        bias: what is added to the scores; it broadcasts to `(batch, heads, steps, key steps)`.
        mask: where a query may see a key; it broadcasts likewise.
        scale: the factor of the scores, by default `1 / sqrt(size)`.
        is_causal: whether query `i` sees keys 0 .. `i` only.
        flash_attention: `True` insists on the device's fused kernel, `False` does without, `None` takes it where the
            device has one for these types and sizes.
        attn_logits_soft_cap: a bound of the scores, `cap * tanh(scores / cap)`.

    Raises:
        ValueError: if an array does not have four axes, or sizes do not fit.
        RuntimeError: if `flash_attention=True` and there is no such kernel.
    """
    dtype = dtypes.common(x.dtype for x in (query, key, value))
    query, key, value = (jnp.asarray(x, dtype) for x in (query, key, value))
    _check(query, key, value)
    mask = None if mask is None else mask.astype(bool)
    if attn_logits_soft_cap is None and _wants_fused(flash_attention, query):
        try:
            return _fused(query, key, value, bias, mask, scale, is_causal)
        except Exception as error:
            if flash_attention:
                raise RuntimeError(f"flash_attention=True: there is no fused kernel here. {error}") from error
    elif flash_attention:
        raise RuntimeError(
            "flash_attention=True: a fused kernel needs a GPU, float16 or bfloat16, and no attn_logits_soft_cap."
        )
    scores = attention_scores(query, key, scale, attn_logits_soft_cap)
    scores = scores if bias is None else scores + bias.astype(scores.dtype)
    if is_causal:
        causal = seen(*scores.shape[-2:])
        mask = causal if mask is None else mask & causal
    return weighted(masked_softmax(scores, mask), value)


def attention_scores(query: Array, key: Array, scale: float | None = None, cap: float | None = None) -> Array:
    """`query @ key.T * scale`, `(..., heads, steps, key steps)`, in float32 at least.

    Args:
        query: `(..., steps, heads, size)`.
        key: `(..., key steps, key heads, size)`, each head for as many query heads that are next to each other.
        scale: by default `1 / sqrt(size)`.
        cap: a bound of the scores.
    """
    scale = 1 / math.sqrt(query.shape[-1]) if scale is None else scale
    wide = dtypes.at_least_float32(jnp.zeros((), query.dtype)).dtype
    grouped = query.reshape(*query.shape[:-2], key.shape[-2], -1, query.shape[-1])
    scores = jnp.einsum("...tkgh,...skh->...kgts", grouped, key, preferred_element_type=wide) * scale
    scores = scores if cap is None else cap * jnp.tanh(scores / cap)
    return scores.reshape(*scores.shape[:-4], query.shape[-2], *scores.shape[-2:])


def masked_softmax(scores: Array, mask: Array | None = None, axis: int | tuple[int, ...] = -1) -> Array:
    """The softmax of what the mask leaves, in float32 at least; of all alike where it leaves nothing."""
    scores = dtypes.at_least_float32(scores)
    if mask is not None:
        scores = jnp.where(mask, scores, float(jnp.finfo("float32").min))
    return jax.nn.softmax(scores, axis)


def weighted(weights: Array, value: Array) -> Array:
    """`weights @ value` of weights `(..., heads, steps, key steps)`, as `(..., steps, heads, size)`."""
    shape = weights.shape
    grouped = weights.astype(value.dtype).reshape(*shape[:-3], value.shape[-2], -1, *shape[-2:])
    outputs = jnp.einsum("...kgts,...skh->...tkgh", grouped, value)
    return outputs.reshape(*outputs.shape[:-3], shape[-3], outputs.shape[-1])


def seen(steps: Any, key_steps: Any, window: int | None = None, causal: bool = True) -> Array:
    """Which keys a query sees, `(steps, key steps)`: none that is later, none as far away as `window`."""
    distance = jnp.arange(steps)[:, None] - jnp.arange(key_steps)
    mask = jnp.broadcast_to(distance >= 0 if causal else True, distance.shape)
    return mask if window is None else mask & (jnp.abs(distance) < window)


def _check(query: Array, key: Array, value: Array) -> None:
    shapes = ", ".join(f"{name} {x.shape}" for name, x in (("query", query), ("key", key), ("value", value)))
    if not query.ndim == key.ndim == value.ndim == 4:
        raise ValueError(f"dot_product_attention takes arrays (batch, steps, heads, size); got {shapes}.")
    if query.shape[-1] != key.shape[-1] or key.shape[:-1] != value.shape[:-1] or query.shape[2] % key.shape[2]:
        raise ValueError(
            "dot_product_attention: query and key must have the same size, key and value the same steps and heads, "
            f"of which the query has as many or a multiple; got {shapes}."
        )


def _wants_fused(flash_attention: bool | None, query: Array) -> bool:
    """Whether to try: JAX has fused kernels for short floats on NVIDIA's GPUs."""
    if flash_attention is None:
        flash_attention = settings.is_flash_attention_enabled() is not False
    return flash_attention and query.dtype in ("float16", "bfloat16") and jax.default_backend() == "gpu"


def _fused(query: Array, key: Array, value: Array, bias: Any, mask: Any, scale: Any, is_causal: bool) -> Array:
    def whole(x: Array | None) -> Array | None:
        """With all steps written out, as the kernel wants it."""
        return None if x is None else jnp.broadcast_to(x, (*((1, 1) + x.shape[:-2])[-2:], query.shape[1], key.shape[1]))

    bias, mask = whole(bias), whole(mask)
    return jax.nn.dot_product_attention(
        query, key, value, bias, mask, scale=scale, is_causal=is_causal, implementation="cudnn"
    )
