"""Layers that change the shape and no value."""

import math
from typing import Any

import jax.numpy as jnp
import numpy as np

from .._core import checks, masks, settings
from .input_spec import InputSpec
from .layer import Array, Layer

__all__ = ["Flatten", "Permute", "RepeatVector", "Reshape"]


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
    """`(batch, ...)` to `(batch, *target_shape)`. A mask of steps is kept where their axis stays what it is.

    Args:
        target_shape: the sizes, without the batch; one may be -1, which is then computed.
    """

    supports_masking = True

    def __init__(self, target_shape: Any, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.target_shape = tuple(-1 if size is None else size for size in target_shape)
        whole = all(isinstance(size, (int, np.integer)) and size >= -1 for size in self.target_shape)
        if not whole or self.target_shape.count(-1) > 1:
            raise ValueError(
                "Reshape: `target_shape` holds non-negative integers, and -1 for at most one unknown dimension; "
                f"got target_shape={self.target_shape}."
            )

    def call(self, inputs: Array) -> Array:
        given, wanted = math.prod(inputs.shape[1:]), math.prod(size for size in self.target_shape if size != -1)
        computed = -1 in self.target_shape
        if isinstance(given, int):
            if given != wanted and not (computed and wanted and given % wanted == 0):
                values = f"{wanted} values{' or a multiple of that' if computed else ''}"
                raise ValueError(
                    f"Layer {self.name!r} (Reshape) can't make {self.target_shape}, {values}, "
                    f"of {tuple(inputs.shape[1:])}, {given} values."
                )
        elif not computed:  # a free size can only be told to fit when there is data; the shape is known already
            inputs = jnp.take(inputs.reshape(inputs.shape[0], given), jnp.arange(wanted), axis=1)
        return inputs.reshape(inputs.shape[0], *self._sizes(inputs.shape[1:]))

    def compute_mask(self, inputs: Array, previous_mask: Array | None = None) -> Array | None:
        sizes = self._sizes(inputs.shape[1:])
        if previous_mask is None:
            return None
        if previous_mask.ndim < 2 or not sizes or sizes[0] != inputs.shape[1]:
            masks.tell_of_mask(self)
            return None
        return previous_mask.reshape(*previous_mask.shape[:2], -1).astype(bool).any(-1)

    def _sizes(self, given: Any) -> list[Any]:
        """The target, for inputs of these sizes."""
        wanted = max(math.prod(size for size in self.target_shape if size != -1), 1)
        return [math.prod(given) // wanted if size == -1 else size for size in self.target_shape]


class Permute(Layer):
    """The axes in another order.

    Args:
        dims: for each axis after the batch's, the one to take: `(2, 1)` turns `(batch, steps, features)` into
            `(batch, features, steps)`.
    """

    def __init__(self, dims: Any, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.dims = tuple(dims)
        if sorted(self.dims) != list(range(1, len(self.dims) + 1)):
            raise ValueError(
                f"Invalid permutation of Permute: dims must hold each of 1 .. {len(self.dims)} once; got {self.dims}."
            )
        self.input_spec = InputSpec(ndim=len(self.dims) + 1)

    def call(self, inputs: Array) -> Array:
        return jnp.transpose(inputs, (0, *self.dims))


class RepeatVector(Layer):
    """A vector as a sequence of `n` equal steps: `(batch, features)` to `(batch, n, features)`.

    Args:
        n: the number of steps, a positive integer.
    """

    def __init__(self, n: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.n = checks.integer(self, "n", n, rule="should be a positive integer")
        self.input_spec = InputSpec(ndim=2)

    def call(self, inputs: Array) -> Array:
        return jnp.repeat(inputs[:, None], self.n, axis=1)
