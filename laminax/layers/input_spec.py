"""What a layer expects of its input, and the error when it gets something else."""

from typing import Any

from .._core.config import Configurable
from .._core.errors import shape_text


class InputSpec(Configurable):
    """Rank, sizes and type that a layer expects.

    Args:
        dtype: the type of the input, `None` for any.
        shape: the whole shape, `None` where a size is free.
        ndim: the number of axes.
        max_ndim: the most axes.
        min_ndim: the fewest axes.
        axes: `{axis: size}`, sizes that are fixed.
        allow_last_axis_squeeze: whether a last axis of size 1 may be missing or added.
        optional: whether `None` may be passed.
    """

    def __init__(
        self,
        dtype: str | None = None,
        shape: tuple[int | None, ...] | None = None,
        ndim: int | None = None,
        max_ndim: int | None = None,
        min_ndim: int | None = None,
        axes: dict[int, int] | None = None,
        allow_last_axis_squeeze: bool = False,
        name: str | None = None,
        optional: bool = False,
    ) -> None:
        self.dtype = dtype
        self.shape = None if shape is None else tuple(shape)
        self.ndim = len(self.shape) if self.shape is not None else ndim
        self.max_ndim = max_ndim
        self.min_ndim = min_ndim
        self.axes = {int(k): v for k, v in (axes or {}).items()}
        self.allow_last_axis_squeeze = allow_last_axis_squeeze
        self.name = name
        self.optional = optional

    def check(self, x: Any, layer: Any) -> None:
        """Raise a `ValueError` that names `layer` if `x` does not fit."""
        if x is None and self.optional:
            return
        shape = getattr(x, "shape", None)
        wanted = "nothing" if shape is None else self._unmet(shape, layer)
        if shape is None:
            raise not_an_array(layer, x)
        if wanted is not None:
            sizes = shape_text(tuple(d if isinstance(d, int) else None for d in shape))
            raise ValueError(
                f"The input is incompatible with the layer {layer.name!r} ({type(layer).__name__}), which expects an "
                f"input with {wanted}; got the shape {sizes}."
            )

    def _unmet(self, shape: tuple[Any, ...], layer: Any) -> str | None:
        rank = len(shape)
        if self.ndim is not None and rank != self.ndim and not self.allow_last_axis_squeeze:
            return f"{self.ndim} axes{_meaning(self.ndim, layer)}"
        if self.max_ndim is not None and rank > self.max_ndim:
            return f"at most {self.max_ndim} axes"
        if self.min_ndim is not None and rank < self.min_ndim:
            return f"at least {self.min_ndim} axes"
        sizes = {**self.axes, **dict(enumerate(self.shape or ()))}
        for axis, size in sizes.items():
            given = shape[axis] if -rank <= axis < rank else None
            if size is not None and isinstance(given, int) and given != size:
                place = "the last axis" if axis in (-1, rank - 1) else f"axis {axis}"
                return f"{place} of size {size}"
        return None


def not_an_array(layer: Any, *given: Any) -> ValueError:
    """The error for an input that is no array, or for none."""
    x = given[0] if given else None
    shown = repr(x) if given else "nothing"
    if isinstance(x, (list, tuple)):
        shown = f"a {type(x).__name__} of {len(x)}"
    elif isinstance(x, dict):
        shown = f"a dict of {', '.join(map(repr, x))}"
    return ValueError(f"Layer {layer.name!r} ({type(layer).__name__}) expects an array; got {shown}.")


def _meaning(rank: int, layer: Any) -> str:
    """What the axes are, where that is sure."""
    if getattr(layer, "data_format", "channels_last") != "channels_last" or (rank > 3 and hasattr(layer, "cell")):
        return ""
    known = {
        2: " (batch, features)",
        3: " (batch, steps, features)",
        4: " (batch, height, width, channels)",
    }
    return known.get(rank, "")
