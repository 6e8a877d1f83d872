"""Layers that prepare numbers: fixed or learnt from the data, not from the loss."""

from typing import Any

import jax.numpy as jnp
import numpy as np

from ..._core.settings import epsilon, image_data_format
from ..input_spec import InputSpec
from ..layer import Array, Layer
from .adapting import Adaptable

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
        scale, offset = (self._for_channels(values, inputs.ndim) for values in (self.scale, self.offset))
        return inputs.astype(self.compute_dtype) * scale + offset

    def _for_channels(self, values: Any, rank: int) -> Array:
        """Numbers of channels, in images whose channels are the axis before height and width."""
        array = jnp.asarray(values, self.compute_dtype)
        first = array.ndim == 1 and rank > 2 and image_data_format() == "channels_first"
        return array[:, None, None] if first else array


class Normalization(Adaptable, Layer):
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
            raise ValueError("Normalization: both `mean` and `variance` must be set, or neither.")
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
            raise ValueError(
                f"Layer {self.name!r}: All `axis` values must be in the range {-rank} .. {rank - 1}; got {self.axis}."
            )
        self._kept = tuple(sorted(a % rank for a in self.axis))
        if any(input_shape[a] is None for a in self._kept):
            raise ValueError(
                f"Layer {self.name!r}: All `axis` values to be kept must have a known size; got axis={self.axis} for "
                f"the shape {tuple(input_shape)}."
            )
        self.input_spec = InputSpec(axes={a - rank: int(input_shape[a]) for a in self._kept})
        self._shape = tuple(int(input_shape[a]) if a in self._kept else 1 for a in range(rank))
        if self.input_mean is None:
            shape = tuple(input_shape[a] for a in self._kept)
            self.adapted_mean = self.add_weight(shape, "zeros", trainable=False, autocast=False, name="mean")
            self.adapted_variance = self.add_weight(shape, "ones", trainable=False, autocast=False, name="variance")
            self.count = self.add_weight((), "zeros", "int32", trainable=False, name="count")

    @property
    def adapted(self) -> bool:
        """Whether mean and variance are of data, or given."""
        return self.input_mean is not None or (self.built and int(self.count) > 0)

    def reset_state(self) -> None:
        """Forget the data seen so far; mean and variance stay until `finalize_state`."""
        if self.input_mean is not None:
            raise ValueError(f"Layer {self.name!r} was given mean and variance, so it can't adapt.")
        self._seen = 0, np.zeros(()), np.zeros(())  # how many numbers, their mean, their squared distances from it

    def update_state(self, data: Any) -> None:
        """See a batch."""
        x = np.asarray(data, "float64")
        if not self.built:
            self.build(x.shape)
        self._check_batch(x)
        axes = tuple(a for a in range(x.ndim) if a not in self._kept)
        n = int(np.prod([x.shape[a] for a in axes]))
        if x.size:
            count, mean, spread = self._seen
            delta, total = x.mean(axes) - mean, count + n
            spread = spread + x.var(axes) * n + delta**2 * (count * n / total)
            self._seen = total, mean + delta * (n / total), spread

    def finalize_state(self) -> None:
        """Take mean and variance of the data seen."""
        count, mean, spread = self._seen
        if count == 0:
            raise ValueError(f"Layer {self.name!r}: adapt got no data, but an empty iterable.")
        self.adapted_mean.assign(mean)
        self.adapted_variance.assign(spread / count)
        self.count.assign(min(count, 2**31 - 1))

    def _check_batch(self, x: np.ndarray) -> None:
        sizes = tuple(x.shape[a] if a < x.ndim else None for a in self._kept)
        if x.ndim != len(self._shape) or sizes != tuple(self._shape[a] for a in self._kept):
            raise ValueError(
                f"Layer {self.name!r} was built for {self._shape}; adapt got {x.shape}, an incompatible shape."
            )

    @property
    def mean(self) -> Any:
        """The mean that is used, shaped as the input, with the size 1 on the axes that keep none of their own."""
        return self._wide(self.input_mean, "adapted_mean")

    @property
    def variance(self) -> Any:
        """The variance that is used, shaped as the mean."""
        return self._wide(self.input_variance, "adapted_variance")

    def _wide(self, given: Any, learnt: str) -> Array | None:
        if not self.built:
            return None
        values = getattr(self, learnt).value if given is None else jnp.asarray(given, self.variable_dtype)
        return jnp.broadcast_to(values, [self._shape[a] for a in self._kept]).reshape(self._shape)

    def _argument(self, name: str) -> Any:
        return super()._argument(f"input_{name}" if name in ("mean", "variance") else name)

    def call(self, inputs: Array) -> Array:
        mean, deviation = self.mean, jnp.maximum(jnp.sqrt(self.variance), epsilon())
        x = inputs.astype(mean.dtype)
        outputs = mean + x * deviation if self.invert else (x - mean) / deviation
        return outputs.astype(self.compute_dtype)
