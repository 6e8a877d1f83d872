"""Layers that prepare numbers: fixed or learnt from the data, not from the loss."""

from typing import Any

import jax.numpy as jnp
import numpy as np

from .._core.settings import epsilon
from .dense import known_size
from .layer import Array, Layer

__all__ = ["Normalization", "Rescaling"]


class Rescaling(Layer):
    """`inputs * scale + offset`; `Rescaling(1 / 255)` brings bytes to 0 .. 1.

    Args:
        scale: a number, or one a channel.
        offset: a number, or one a channel.
    """

    supports_masking = True

    def __init__(self, scale: Any, offset: Any = 0.0, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.scale = scale
        self.offset = offset

    def call(self, inputs: Array) -> Array:
        scale, offset = jnp.asarray(self.scale, self.compute_dtype), jnp.asarray(self.offset, self.compute_dtype)
        return inputs.astype(self.compute_dtype) * scale + offset


class Normalization(Layer):
    """`(inputs - mean) / sqrt(variance)`, with mean and variance from the data or given.

    Call `adapt(data)` before training, or give `mean` and `variance`.

    Args:
        axis: the axes that keep a mean of their own: -1 for one a feature, `None` for one in all.
        mean, variance: given ones, both or neither.
        invert: undo the normalization: `inputs * sqrt(variance) + mean`.

    Example:

        >>> import numpy as np, laminax as lx
        >>> layer = lx.layers.Normalization()
        >>> layer.adapt(np.array([[1.0], [2.0], [3.0]]))
        >>> layer(np.array([[2.0]]))
        Array([[0.]], dtype=float32)
    """

    supports_masking = True

    def __init__(
        self, axis: Any = -1, mean: Any = None, variance: Any = None, invert: bool = False, **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        self.axis = () if axis is None else (axis,) if isinstance(axis, int) else tuple(axis)
        if (mean is None) != (variance is None):
            raise ValueError("Normalization: give both mean and variance, or neither.")
        if mean is not None and (np.shape(mean) != np.shape(variance) or np.ndim(mean) > len(self.axis)):
            raise ValueError(
                f"Normalization: mean and variance must have the same shape, with at most one size for each axis in "
                f"{self.axis}; got {np.shape(mean)} and {np.shape(variance)}."
            )
        self.input_mean = mean
        self.input_variance = variance
        self.invert = invert

    def build(self, input_shape: Any) -> None:
        rank = len(input_shape)
        if not all(-rank <= a < rank for a in self.axis):
            raise ValueError(f"Layer {self.name!r} keeps axes {self.axis}; its input has {rank} axes.")
        self._kept = tuple(sorted(a % rank for a in self.axis))
        self._shape = tuple(known_size(self, input_shape, a) if a in self._kept else 1 for a in range(rank))
        if self.input_mean is None:
            shape = tuple(input_shape[a] for a in self._kept)
            self.adapted_mean = self.add_weight(shape, "zeros", trainable=False, autocast=False, name="mean")
            self.adapted_variance = self.add_weight(shape, "ones", trainable=False, autocast=False, name="variance")
            self.count = self.add_weight((), "zeros", "int32", trainable=False, name="count")

    def adapt(self, data: Any) -> None:
        """Take mean and variance of an array, of a dataframe, or of batches from an iterable.

        An item of an iterable that is a tuple counts with its first part.
        """
        if self.input_mean is not None:
            raise ValueError(f"Layer {self.name!r} was given mean and variance, so it can't adapt.")
        count, mean, spread = 0, np.zeros(()), np.zeros(())
        for batch in batches_of(data):
            x = np.asarray(batch[0] if isinstance(batch, tuple) else batch, "float64")
            if not self.built:
                self.build((None, *x.shape[1:]))
                self.built = True
            self._check_batch(x)
            axes = tuple(a for a in range(x.ndim) if a not in self._kept)
            n = int(np.prod([x.shape[a] for a in axes]))
            delta = x.mean(axes) - mean
            spread = spread + x.var(axes) * n + delta**2 * (count * n / max(count + n, 1))
            mean = mean + delta * (n / max(count + n, 1))
            count += n
        if count == 0:
            raise ValueError(f"Layer {self.name!r}: adapt got no data.")
        self.adapted_mean.assign(mean)
        self.adapted_variance.assign(spread / count)
        self.count.assign(min(count, 2**31 - 1))

    def _check_batch(self, x: np.ndarray) -> None:
        sizes = tuple(x.shape[a] if a < x.ndim else None for a in self._kept)
        if x.ndim != len(self._shape) or sizes != tuple(self._shape[a] for a in self._kept):
            raise ValueError(f"Layer {self.name!r} was built for a shape like {self._shape}; adapt got {x.shape}.")

    @property
    def mean(self) -> Any:
        """The mean that is used, one for each position on the kept axes."""
        return self.adapted_mean.value if self.input_mean is None else self._constant(self.input_mean)

    @property
    def variance(self) -> Any:
        """The variance that is used."""
        return self.adapted_variance.value if self.input_variance is None else self._constant(self.input_variance)

    def _constant(self, values: Any) -> Array:
        return jnp.asarray(values, self.variable_dtype)

    def _argument(self, name: str) -> Any:
        return super()._argument(f"input_{name}" if name in ("mean", "variance") else name)

    def call(self, inputs: Array) -> Array:
        mean, deviation = self._wide(self.mean), jnp.sqrt(self._wide(self.variance))
        floor = epsilon()
        x = inputs.astype(mean.dtype)
        outputs = (
            mean + x * jnp.maximum(deviation, floor) if self.invert else (x - mean) / jnp.maximum(deviation, floor)
        )
        return outputs.astype(self.compute_dtype)

    def _wide(self, values: Array) -> Array:
        kept = [self._shape[a] for a in self._kept]
        return jnp.broadcast_to(values, kept).reshape(self._shape)


def batches_of(data: Any) -> Any:
    """The batches in `data`: an array or dataframe is one."""
    if hasattr(data, "to_numpy"):
        data = data.to_numpy()
    return [data] if hasattr(data, "shape") else data
