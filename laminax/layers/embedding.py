"""Vectors for integers, and the mask of padding."""

import warnings
from typing import Any

import jax.numpy as jnp
import numpy as np

from .._core import checks, compat, context
from ..ops.linear import project
from .layer import Array, Layer

__all__ = ["Embedding", "Masking", "ReversibleEmbedding"]


class Embedding(Layer):
    """Row `i` of a matrix for each integer `i`.

    Input: integers in 0 .. `input_dim` - 1, any shape. Output: that shape and `output_dim`. An eager call raises a
    `ValueError` for other integers; in compiled code, which can't raise, too large ones give NaN.

    Args:
        input_dim: the number of rows, the largest integer plus one.
        output_dim: the size of a row.
        embeddings_initializer: first values of the matrix.
        embeddings_regularizer: a penalty on the matrix.
        embeddings_constraint: where the matrix must stay.
        mask_zero: take 0 as padding: later layers get the mask `inputs != 0`.
        weights: the matrix to start from.
    """

    set_by_class = ("autocast", "weights")

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
        self.autocast = False  # integers that come as floats would be rounded
        self.input_dim = checks.integer(self, "input_dim", input_dim)
        self.output_dim = checks.integer(self, "output_dim", output_dim)
        self.describe_weight("embeddings", embeddings_initializer, embeddings_regularizer, embeddings_constraint)
        self.mask_zero = mask_zero
        self.supports_masking = mask_zero
        if weights is not None:
            self.build()
            self.embeddings.assign(weights[0] if isinstance(weights, (list, tuple)) and len(weights) == 1 else weights)

    def build(self, input_shape: Any = None) -> None:
        if not self.built:  # from `weights`
            self.embeddings = self.make_weight("embeddings", (self.input_dim, self.output_dim), autocast=False)

    def call(self, inputs: Array) -> Array:
        indices = inputs if jnp.issubdtype(inputs.dtype, jnp.integer) else inputs.astype("int32")
        check_indices(self, indices, self.input_dim, "input_dim")
        return jnp.take(self.embeddings.value, indices, axis=0).astype(self.compute_dtype)

    def compute_mask(self, inputs: Array, previous_mask: Array | None = None) -> Array | None:
        return inputs != 0 if self.mask_zero else None


class ReversibleEmbedding(Embedding):
    """`Embedding`, and with `reverse=True` the way back: logits `inputs @ embeddings.T` (Press & Wolf, 2017).

    Backwards, input `(batch, ..., output_dim)`, output `(batch, ..., input_dim)`.

    Args:
        input_dim, output_dim, embeddings_initializer, ..., mask_zero: as in `Embedding`.
        tie_weights: whether the way back takes the same matrix, or `reverse_embeddings`, one of its own.
        reverse_dtype: the float type of the way back; `None` is the layer's.
        logit_soft_cap: a bound on the logits, which become `cap * tanh(logits / cap)`; `None` is none.
    """

    set_by_class = ("autocast", "weights")

    def __init__(
        self,
        input_dim: int,
        output_dim: int,
        tie_weights: bool = True,
        embeddings_initializer: Any = "uniform",
        embeddings_regularizer: Any = None,
        embeddings_constraint: Any = None,
        mask_zero: bool = False,
        reverse_dtype: Any = None,
        logit_soft_cap: float | None = None,
        **kwargs: Any,
    ) -> None:
        self.tie_weights = tie_weights  # for `build`, to which `weights` leads at once
        rules = embeddings_initializer, embeddings_regularizer, embeddings_constraint
        super().__init__(input_dim, output_dim, *rules, mask_zero, **kwargs)
        self.supports_masking = True  # backwards a mask goes on
        self.reverse_dtype = reverse_dtype
        cap = logit_soft_cap
        self.logit_soft_cap = cap if cap is None else checks.number(self, "logit_soft_cap", cap, beyond=True)

    def build(self, input_shape: Any = None) -> None:
        if not self.built:
            super().build(input_shape)
            if not self.tie_weights:
                self.reverse_embeddings = self.make_weight(
                    "embeddings",
                    (self.output_dim, self.input_dim),
                    name="reverse_embeddings",
                    autocast=False,
                    regularizer=None,
                    constraint=None,
                )

    def call(self, inputs: Array, reverse: bool = False) -> Array:
        if reverse:
            return self._logits(inputs)
        outputs = super().call(inputs)
        if self.mask_zero:
            context.note(outputs, mask=inputs != 0)
        return outputs

    def _logits(self, inputs: Array) -> Array:
        dtype = self.reverse_dtype or self.compute_dtype
        kernel = self.embeddings.value.T if self.tie_weights else self.reverse_embeddings.value
        logits = project(inputs.astype(dtype), kernel.astype(dtype))
        cap = self.logit_soft_cap
        return logits if cap is None else cap * jnp.tanh(logits / cap)

    compute_mask = Layer.compute_mask  # forwards, `call` notes the mask: only it knows the way


class Masking(Layer):
    """Masks the steps of `(batch, steps, ...)` in which every feature equals `mask_value`.

    Later layers skip them; here they become zero. With a second input, its numbers say how many steps are real instead.

        Masking(mask_value=-1)(x)
        Masking()([x, lengths])  # lengths: (batch,) or (batch, 1), the numbers of real steps

    Args:
        mask_value: the number that pads; not looked at where lengths are given.
    """

    supports_masking = True

    def __init__(self, mask_value: float = 0.0, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.mask_value = mask_value

    def call(self, inputs: Any) -> Array:
        mask = self._real(inputs)
        x = inputs[0] if isinstance(inputs, (list, tuple)) else inputs
        return jnp.where(mask.reshape(*mask.shape, *(1,) * (x.ndim - mask.ndim)), x, 0)

    def _real(self, inputs: Any) -> Array:
        if not isinstance(inputs, (list, tuple)):
            return jnp.any(inputs != self.mask_value, axis=-1)
        x, lengths = inputs
        return jnp.arange(x.shape[1], dtype="int32") < lengths.astype("int32").reshape(-1, 1)

    def compute_mask(self, inputs: Any, previous_mask: Any = None) -> Array:
        return self._real(inputs)


def check_indices(layer: Layer, indices: Array, size: int, name: str) -> None:
    """Raise a `ValueError` for what is not in `0 .. size - 1`, where there are numbers to look at."""
    if compat.is_tracer(indices) or not indices.size:
        return
    found = np.asarray(indices)
    if found.min() < 0 or found.max() >= size:
        raise ValueError(
            f"Layer {layer.name!r} ({type(layer).__name__}) takes integers in 0 .. {size - 1} ({name} - 1); "
            f"got {found.min()} .. {found.max()}."
        )
