"""Layers that join several inputs into one."""

import functools
from typing import Any

import jax
import jax.numpy as jnp

from .._core import dtypes
from .layer import Array, Layer

__all__ = ["Add", "Concatenate", "Multiply"]


class Merge(Layer):
    """The base of layers that join a list of arrays: subclasses write `merge(arrays)`.

    Sizes of 1 broadcast. An input with fewer axes gets axes of size 1 after the batch's. A step is
    masked out if it is in every input; an input without a mask masks nothing.
    """

    supports_masking = True

    def call(self, inputs: Any) -> Array:
        arrays = self.checked(inputs)
        rank = max(x.ndim for x in arrays)
        return self.merge([x.reshape(x.shape[:1] + (1,) * (rank - x.ndim) + x.shape[1:]) for x in arrays])

    def merge(self, arrays: list[Array]) -> Array:
        """One array from several."""
        raise NotImplementedError(f"{type(self).__name__} must define merge(arrays).")

    def checked(self, inputs: Any) -> list[Array]:
        """The inputs, a list of at least one array."""
        if not isinstance(inputs, (list, tuple)) or not inputs:
            raise ValueError(
                f"Layer {self.name!r} ({type(self).__name__}) takes a list of arrays; got {type(inputs).__name__}."
            )
        dtype = dtypes.common(x.dtype for x in inputs)
        return [x.astype(dtype) for x in inputs]

    def compute_mask(self, inputs: Any, previous_mask: Any = None) -> Any:
        if not isinstance(previous_mask, (list, tuple)) or any(m is None for m in previous_mask):
            return None
        return functools.reduce(jnp.logical_or, previous_mask)


class Add(Merge):
    """The sum of the inputs."""

    def merge(self, arrays: list[Array]) -> Array:
        return functools.reduce(jnp.add, arrays)


class Multiply(Merge):
    """The product of the inputs, element by element."""

    def merge(self, arrays: list[Array]) -> Array:
        return functools.reduce(jnp.multiply, arrays)


class Concatenate(Merge):
    """The inputs one after another along `axis`; all other sizes must be equal."""

    def __init__(self, axis: int = -1, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.axis = axis

    def call(self, inputs: Any) -> Array:
        arrays = self.checked(inputs)
        kept = {self._others(x.shape) for x in arrays}
        if len(kept) != 1:
            shapes = ", ".join(str(tuple(x.shape)) for x in arrays)
            raise ValueError(
                f"Layer {self.name!r} (Concatenate) needs equal sizes on all axes but {self.axis}; got {shapes}."
            )
        return jnp.concatenate(arrays, self.axis)

    def _others(self, shape: tuple[Any, ...]) -> tuple[Any, ...]:
        axis = self.axis % len(shape)
        return (*shape[:axis], None, *shape[axis + 1 :])

    def compute_mask(self, inputs: Any, previous_mask: Any = None) -> Any:
        if not jax.tree.leaves(previous_mask):
            return None
        full = []
        for x, mask in zip(inputs, previous_mask):
            mask = jnp.ones(x.shape[:-1], bool) if mask is None else mask
            full.append(jnp.broadcast_to(mask[..., None] if mask.ndim < x.ndim else mask, x.shape))
        return jnp.any(jnp.concatenate(full, self.axis), axis=-1)
