"""Penalties on weights and outputs: functions of one array that give a scalar."""

from typing import Any

import jax
import jax.numpy as jnp

from ._core.config import Configurable, deserializer, getter, record


class Regularizer(Configurable):
    """A function `array -> scalar`. Subclass it and write `__call__`."""

    def __call__(self, x: jax.Array) -> jax.Array:
        raise NotImplementedError(f"{type(self).__name__} must define __call__(x).")


class L1(Regularizer):
    """`l1 * sum(|x|)`."""

    def __init__(self, l1: float = 0.01) -> None:
        self.l1 = _factor("l1", l1, 0.01)

    def __call__(self, x: jax.Array) -> jax.Array:
        return self.l1 * jnp.sum(jnp.abs(jnp.asarray(x)))


class L2(Regularizer):
    """`l2 * sum(x ** 2)`."""

    def __init__(self, l2: float = 0.01) -> None:
        self.l2 = _factor("l2", l2, 0.01)

    def __call__(self, x: jax.Array) -> jax.Array:
        return self.l2 * jnp.sum(jnp.square(jnp.asarray(x)))


class L1L2(Regularizer):
    """`l1 * sum(|x|) + l2 * sum(x ** 2)`."""

    def __init__(self, l1: float = 0.0, l2: float = 0.0) -> None:
        self.l1 = _factor("l1", l1, 0.0)
        self.l2 = _factor("l2", l2, 0.0)

    def __call__(self, x: jax.Array) -> jax.Array:
        x = jnp.asarray(x)
        return self.l1 * jnp.sum(jnp.abs(x)) + self.l2 * jnp.sum(jnp.square(x))


class OrthogonalRegularizer(Regularizer):
    """Pulls the rows (or columns) of a matrix towards being orthogonal.

    `factor * sum(|cosine of each pair|) / number of pairs`, for the rows (`mode="rows"`) or the
    columns (`mode="columns"`).
    """

    def __init__(self, factor: float = 0.01, mode: str = "rows") -> None:
        if mode not in ("rows", "columns"):
            raise ValueError(f'mode must be "rows" or "columns"; got {mode!r}.')
        self.factor = _factor("factor", factor, 0.01)
        self.mode = mode

    def __call__(self, x: jax.Array) -> jax.Array:
        x = jnp.asarray(x)
        if x.ndim != 2:
            raise ValueError(f"Inputs to OrthogonalRegularizer must have rank 2. Received: inputs.shape={x.shape}")
        vectors = x if self.mode == "rows" else x.T
        norm = jnp.sqrt(jnp.maximum(jnp.sum(jnp.square(vectors), 1, keepdims=True), 1e-12))
        cosines = (vectors / norm) @ (vectors / norm).T
        n = vectors.shape[0]
        pairs = jnp.sum(jnp.abs(cosines * (1 - jnp.eye(n, dtype=x.dtype))))
        return self.factor * 0.5 * pairs / max(n * (n - 1) / 2, 1)


def _factor(name: str, value: Any, default: float) -> float:
    value = default if value is None else value
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 <= value < float("inf"):
        raise ValueError(f"{name} must be a finite number >= 0; got {value!r}.")
    return float(value)


l1, l2, l1_l2, orthogonal_regularizer = L1, L2, L1L2, OrthogonalRegularizer

get = getter("regularizer", (L1, L2, L1L2, OrthogonalRegularizer), {"l1_l2": L1L2})
serialize, deserialize = record, deserializer(get)
