"""Numbers of classes, as vectors."""

from typing import Any

import jax.numpy as jnp

from ..._core import checks
from ..embedding import check_indices
from ..layer import Array, Layer
from .encoding import checked_mode, encode, refuse_sparse

__all__ = ["CategoryEncoding"]


class CategoryEncoding(Layer):
    """Integers in 0 .. `num_tokens` - 1 as vectors of size `num_tokens`.

    Args:
        num_tokens: the number of classes. Other integers count nowhere.
        output_mode: `"one_hot"`: `(batch, steps)` becomes `(batch, steps, num_tokens)`, and `(batch, 1)`
            `(batch, num_tokens)`. `"multi_hot"`: a vector a sample, of what occurs in it: `(batch, num_tokens)`.
            `"count"`: likewise, of how often.
        sparse: not supported.
    """

    def __init__(
        self, num_tokens: int | None = None, output_mode: str = "multi_hot", sparse: bool = False, **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        if num_tokens is None:
            raise ValueError(
                "CategoryEncoding: num_tokens must be set to use this layer; IntegerLookup learns them from data."
            )
        self.num_tokens = checks.integer(self, "num_tokens", num_tokens, rule="must be >= 1, an integer")
        self.output_mode = checked_mode(self, output_mode, ("one_hot", "multi_hot", "count"))
        self.sparse = refuse_sparse(self, sparse)

    def call(self, inputs: Array, count_weights: Array | None = None) -> Array:
        if count_weights is not None and self.output_mode != "count":
            raise ValueError(
                f"Layer {self.name!r}: `count_weights` is not used when `output_mode` is {self.output_mode!r}."
            )
        return self._encode(inputs, count_weights)

    def _encode(self, inputs: Array, count_weights: Array | None = None) -> Array:
        weights = None if count_weights is None else jnp.asarray(count_weights).astype(self.compute_dtype)
        indices = jnp.asarray(inputs).astype("int32")
        check_indices(self, indices, self.num_tokens, "num_tokens")
        return encode(indices, self.output_mode, self.num_tokens, self.compute_dtype, weights)
