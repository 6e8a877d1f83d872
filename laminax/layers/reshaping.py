"""Layers that change the shape and no value."""

import math
from typing import Any

import jax.numpy as jnp

from .._core import settings
from .input_spec import InputSpec
from .layer import Array, Layer

__all__ = ["Flatten", "Reshape"]


class Flatten(Layer):
    """`(batch, a, b, ...)` to `(batch, a * b * ...)`; `(batch,)` to `(batch, 1)`.

    Args:
        data_format: with `"channels_first"`, channels are moved last before.
    """

    def __init__(self, data_format: str | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.data_format = settings.standardize_data_format(data_format)
        self.input_spec = InputSpec(min_ndim=1)

    def call(self, inputs: Array) -> Array:
        if self.data_format == "channels_first" and inputs.ndim > 2:
            inputs = jnp.moveaxis(inputs, 1, -1)
        return inputs.reshape(inputs.shape[0], math.prod(inputs.shape[1:]))


class Reshape(Layer):
    """`(batch, ...)` to `(batch, *target_shape)`; one size may be -1, which is then computed."""

    def __init__(self, target_shape: Any, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.target_shape = tuple(-1 if d is None else int(d) for d in target_shape)
        if self.target_shape.count(-1) > 1:
            raise ValueError(f"Reshape: at most one size may be -1; got target_shape={self.target_shape}.")

    def call(self, inputs: Array) -> Array:
        size, wanted = math.prod(inputs.shape[1:]), math.prod(d for d in self.target_shape if d != -1)
        rest = -1 in self.target_shape
        if isinstance(size, int) and (size % wanted if rest and wanted else size != wanted):
            raise ValueError(
                f"Layer {self.name!r} (Reshape) can't make {self.target_shape}, {wanted} values or a multiple, "
                f"of {inputs.shape[1:]}, {size} values."
                if rest
                else f"Layer {self.name!r} (Reshape) can't make {self.target_shape}, {wanted} values, "
                f"of {tuple(inputs.shape[1:])}, {size} values."
            )
        target = tuple(size // wanted if d == -1 else d for d in self.target_shape)
        return inputs.reshape(inputs.shape[0], *target)
