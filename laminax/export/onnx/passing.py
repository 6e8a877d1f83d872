"""Layers that do nothing in inference, and those that scale by fixed numbers."""

from typing import Any

import numpy as np

from ... import layers
from ..._core.settings import epsilon
from ...layers.preprocessing.numbers import Normalization, Rescaling
from .table import converts
from .writer import Value, Writer


@converts(
    *(layers.ActivityRegularization, layers.AlphaDropout, layers.Dropout, layers.GaussianDropout),
    *(layers.GaussianNoise, layers.Identity),
    *(layers.SpatialDropout1D, layers.SpatialDropout2D, layers.SpatialDropout3D),
    whole=True,
)
def _as_it_is(g: Writer, layer: Any, x: Value) -> str:
    return x.name


@converts(Rescaling)
def _rescale(g: Writer, layer: Any, x: Value) -> str:
    scale, offset = (np.asarray(layer._for_channels(v, x.rank)) for v in (layer.scale, layer.offset))
    return g.Add(g.Mul(x, scale), offset)


@converts(Normalization)
def _normalize(g: Writer, layer: Any, x: Value) -> str:
    mean, deviation = np.asarray(layer.mean), np.maximum(np.sqrt(np.asarray(layer.variance)), epsilon())
    return g.Add(g.Mul(x, deviation), mean) if layer.invert else g.Div(g.Sub(x, mean), deviation)
