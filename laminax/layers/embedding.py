"""Vectors for integers, and the mask of padding."""

import warnings
from typing import Any

import jax.numpy as jnp

from .._core import checks
from .layer import Array, Layer

__all__ = ["Embedding", "Masking"]


class Embedding(Layer):
    """Row `i` of a matrix for each integer `i`.

    Input: integers in 0 .. `input_dim` - 1, any shape. Output: that shape and `output_dim`.

    Args:
        input_dim: the number of rows, the largest integer plus one.
        output_dim: the size of a row.
        embeddings_initializer: first values of the matrix.
        embeddings_regularizer: a penalty on the matrix.
        embeddings_constraint: where the matrix must stay.
        mask_zero: take 0 as padding: later layers get the mask `inputs != 0`.
        weights: the matrix to start from.
    """

    set_by_class = ("weights",)

    def __init__(
        self,
        input_dim: int,
        output_dim: int,
        embeddings_initializer: Any = "uniform",
        embeddings_regularizer: Any = None,
        embeddings_constraint: Any = None,
        mask_zero: bool = False,
        weights: Any = None,
        **kwargs: Any,
    ) -> None:
        if kwargs.pop("input_length", None) is not None:
            warnings.warn(
                "Embedding's argument input_length has no effect: remove it.", DeprecationWarning, stacklevel=2
            )
        super().__init__(**kwargs)
        self.input_dim = checks.integer(self, "input_dim", input_dim)
        self.output_dim = checks.integer(self, "output_dim", output_dim)
        self.describe_weight("embeddings", embeddings_initializer, embeddings_regularizer, embeddings_constraint)
        self.mask_zero = mask_zero
        self._start = weights
        self.supports_masking = mask_zero

    def build(self, input_shape: Any = None) -> None:
        shape = self.input_dim, self.output_dim
        self.embeddings = self.make_weight("embeddings", shape, autocast=False)  # rows are converted, not the matrix
        if self._start is not None:
            matrix = self._start[0] if isinstance(self._start, (list, tuple)) and len(self._start) == 1 else self._start
            self.embeddings.assign(matrix)

    def call(self, inputs: Array) -> Array:
        indices = inputs if jnp.issubdtype(inputs.dtype, jnp.integer) else inputs.astype("int32")
        return jnp.take(self.embeddings.value, indices, axis=0).astype(self.compute_dtype)

    def compute_mask(self, inputs: Array, previous_mask: Array | None = None) -> Array | None:
        return inputs != 0 if self.mask_zero else None


class Masking(Layer):
    """Masks the steps of `(batch, steps, features)` in which every feature equals `mask_value`.

    Later layers skip them; here they become zero.
    """

    supports_masking = True

    def __init__(self, mask_value: float = 0.0, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.mask_value = mask_value

    def call(self, inputs: Array) -> Array:
        return jnp.where(jnp.any(inputs != self.mask_value, axis=-1, keepdims=True), inputs, 0)

    def compute_mask(self, inputs: Array, previous_mask: Array | None = None) -> Array:
        return jnp.any(inputs != self.mask_value, axis=-1)
