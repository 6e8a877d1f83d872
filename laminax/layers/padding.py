"""Layers that add zeros at the borders of space, or cut the borders off."""

from typing import Any

import jax.numpy as jnp

from .._core import checks, settings
from .input_spec import InputSpec
from .layer import Array, Layer

__all__ = ["Cropping1D", "Cropping2D", "Cropping3D", "ZeroPadding1D", "ZeroPadding2D", "ZeroPadding3D"]


class Cropping(Layer):
    """The base of layers that cut off the borders of `rank` spatial axes."""

    rank: int
    rule = "Values in `cropping` argument should be smaller than the corresponding spatial dimension of the input"

    def __init__(self, cropping: Any, data_format: str | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.cropping = _borders(self, "cropping", cropping)
        self.data_format = settings.standardize_data_format(data_format)
        self.input_spec = InputSpec(ndim=self.rank + 2)

    def call(self, inputs: Array) -> Array:
        kept = [slice(None)] * inputs.ndim
        for axis, (before, after) in _by_axis(self, self.cropping).items():
            size = inputs.shape[axis]
            if isinstance(size, int) and before + after >= size:
                raise ValueError(
                    f"Layer {self.name!r} ({type(self).__name__}): {self.rule}. {self.cropping} leaves nothing of "
                    f"axis {axis} of {tuple(inputs.shape)}."
                )
            kept[axis] = slice(before, -after or None)
        return inputs[tuple(kept)]


class Cropping1D(Cropping):
    """A sequence without its first and last steps: `(batch, steps, features)` to `(batch, fewer steps, features)`.

    Args:
        cropping: the number of steps to cut off at each end, or a pair `(first, last)`.
    """

    rank = 1
    rule = "`cropping` parameter of `Cropping1D` layer must be smaller than the number of steps"
    set_by_class = ("data_format",)

    def __init__(self, cropping: Any = (1, 1), **kwargs: Any) -> None:
        super().__init__(cropping, "channels_last", **kwargs)


class Cropping2D(Cropping):
    """An image without its borders: `(batch, height, width, channels)`, with less height and width.

    Args:
        cropping: what to cut off: an integer, `(height, width)`, or `((top, bottom), (left, right))`.
        data_format: `"channels_last"`, or `"channels_first"` for `(batch, channels, height, width)`.
    """

    rank = 2

    def __init__(self, cropping: Any = ((0, 0), (0, 0)), data_format: str | None = None, **kwargs: Any) -> None:
        super().__init__(cropping, data_format, **kwargs)


class Cropping3D(Cropping):
    """A volume without its borders: `(batch, depth, height, width, channels)`, with less of each.

    Args:
        cropping: what to cut off: an integer, three, or three pairs `(first, last)`.
        data_format: `"channels_last"`, or `"channels_first"` for `(batch, channels, depth, height, width)`.
    """

    rank = 3

    def __init__(self, cropping: Any = ((1, 1), (1, 1), (1, 1)), data_format: str | None = None, **kwargs: Any) -> None:
        super().__init__(cropping, data_format, **kwargs)


class ZeroPadding(Layer):
    """The base of layers that add zeros at the borders of `rank` spatial axes."""

    rank: int

    def __init__(self, padding: Any, data_format: str | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.padding = _borders(self, "padding", padding)
        self.data_format = settings.standardize_data_format(data_format)
        self.input_spec = InputSpec(ndim=self.rank + 2)

    def call(self, inputs: Array) -> Array:
        widths = _by_axis(self, self.padding)
        return jnp.pad(inputs, [widths.get(axis, (0, 0)) for axis in range(inputs.ndim)])


class ZeroPadding1D(ZeroPadding):
    """A sequence between zeros: `(batch, steps, features)` to `(batch, more steps, features)`.

    Args:
        padding: the number of zeros at each end, or a pair `(first, last)`.
        data_format: `"channels_last"`, or `"channels_first"` for `(batch, features, steps)`.
    """

    rank = 1

    def __init__(self, padding: Any = 1, data_format: str | None = None, **kwargs: Any) -> None:
        super().__init__(padding, data_format, **kwargs)


class ZeroPadding2D(ZeroPadding):
    """An image in a frame of zeros: `(batch, height, width, channels)`, with more height and width.

    Args:
        padding: the width of the frame: an integer, `(height, width)`, or `((top, bottom), (left, right))`.
        data_format: `"channels_last"`, or `"channels_first"` for `(batch, channels, height, width)`.
    """

    rank = 2

    def __init__(self, padding: Any = (1, 1), data_format: str | None = None, **kwargs: Any) -> None:
        super().__init__(padding, data_format, **kwargs)


class ZeroPadding3D(ZeroPadding):
    """A volume in a shell of zeros: `(batch, depth, height, width, channels)`, with more of each.

    Args:
        padding: the width of the shell: an integer, three, or three pairs `(first, last)`.
        data_format: `"channels_last"`, or `"channels_first"` for `(batch, channels, depth, height, width)`.
    """

    rank = 3

    def __init__(self, padding: Any = ((1, 1), (1, 1), (1, 1)), data_format: str | None = None, **kwargs: Any) -> None:
        super().__init__(padding, data_format, **kwargs)


def _borders(layer: Any, name: str, value: Any) -> Any:
    """A pair `(before, after)` for each spatial axis; of a layer with one axis, that pair alone."""
    if layer.rank == 1:
        return checks.integers(layer, name, value, 2, least=0)
    values = value if isinstance(value, (tuple, list)) else (value,) * layer.rank
    if len(values) != layer.rank:
        rule = f"must be an integer, {layer.rank} integers or {layer.rank} pairs"
        raise checks.refused(layer, name, rule, value)
    return tuple(checks.integers(layer, name, one, 2, least=0) for one in values)


def _by_axis(layer: Any, borders: Any) -> dict[int, tuple[int, int]]:
    """The pairs of `_borders`, by axis of the input."""
    first = 2 if layer.data_format == "channels_first" else 1
    return dict(enumerate([borders] if layer.rank == 1 else borders, first))
