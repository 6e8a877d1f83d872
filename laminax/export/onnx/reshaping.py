"""Other shapes, borders and sizes."""

from typing import Any

import numpy as np

from ... import layers
from .convolution import as_given, channels_first
from .table import LOST, converts, makes_mask, refused
from .writer import Value, Writer


@converts(layers.Flatten, whole=True)
def _flatten(g: Writer, layer: Any, x: Value) -> str:
    first = layer.data_format == "channels_first" and x.rank > 2
    return g.Flatten(g.moved(x, x.rank, 1, -1) if first else x, axis=1)


@converts(layers.Reshape, whole=True)
def _reshape(g: Writer, layer: Any, x: Value) -> str:
    return g.reshape(x, 0, *map(int, layer.target_shape))


@makes_mask(layers.Reshape)
def _reshaped_mask(g: Writer, layer: Any, x: Value) -> Any:
    return None if x.mask is None else LOST


@converts(layers.Permute, whole=True)
def _permute(g: Writer, layer: Any, x: Value) -> str:
    return g.Transpose(x, perm=[0, *layer.dims])


@converts(layers.RepeatVector, whole=True)
def _repeat_vector(g: Writer, layer: Any, x: Value) -> str:
    return g.Tile(g.Unsqueeze(x, [1]), [1, layer.n, 1])


@converts(layers.Cropping1D, layers.Cropping2D, layers.Cropping3D, whole=True)
def _crop(g: Writer, layer: Any, x: Value) -> str:
    pairs, axes = _pairs(layer, layer.cropping)
    ends = [-after or np.iinfo(np.int64).max for _, after in pairs]
    return g.Slice(x, [before for before, _ in pairs], ends, axes)


@converts(layers.ZeroPadding1D, layers.ZeroPadding2D, layers.ZeroPadding3D)
def _pad(g: Writer, layer: Any, x: Value) -> str:
    pairs, axes = _pairs(layer, layer.padding)
    return g.Pad(x, [before for before, _ in pairs] + [after for _, after in pairs], None, axes)


def _pairs(layer: Any, borders: Any) -> tuple[list[tuple[int, int]], list[int]]:
    """`(before, after)` for each spatial axis, and these axes."""
    first = 2 if layer.data_format == "channels_first" else 1
    return ([borders] if layer.rank == 1 else list(borders)), list(range(first, first + layer.rank))


@converts(layers.UpSampling1D, layers.UpSampling2D, layers.UpSampling3D)
def _enlarge(g: Writer, layer: Any, x: Value) -> str:
    how = getattr(layer, "interpolation", "nearest")
    if how not in _INTERPOLATIONS:
        raise refused(layer, f"has interpolation={how!r}, which has no form there")
    factors = np.array([1, 1, *layer.factors().values()], np.float32)
    return as_given(g, layer, g.Resize(channels_first(g, layer, x), None, factors, **_INTERPOLATIONS[how]))


_INTERPOLATIONS: dict[str, dict[str, Any]] = {
    "nearest": {"mode": "nearest", "coordinate_transformation_mode": "asymmetric", "nearest_mode": "floor"},
    "bilinear": {"mode": "linear"},
    "bicubic": {"mode": "cubic", "cubic_coeff_a": -0.5, "exclude_outside": 1},
}
