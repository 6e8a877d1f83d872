"""Normalizations, as they are in inference."""

from typing import Any

import numpy as np

from ... import layers
from ...layers.normalization import resolved_axes
from .table import converts
from .writer import Value, Writer


def inverse_root(g: Writer, x: str) -> str:
    """`1 / sqrt(x)`."""
    return g.Reciprocal(g.Sqrt(x))


@converts(layers.BatchNormalization, masks=True)
def _batch(g: Writer, layer: Any, x: Value) -> str:
    axis, size = layer.axis % x.rank, layer.moving_mean.shape
    gamma = np.ones(size, np.float32) if layer.gamma is None else layer.gamma
    beta = np.zeros(size, np.float32) if layer.beta is None else layer.beta
    first = g.moved(x, x.rank, axis, 1)
    y = g.BatchNormalization(first, gamma, beta, layer.moving_mean, layer.moving_variance, epsilon=layer.epsilon)
    return g.moved(y, x.rank, 1, axis)


@converts(layers.LayerNormalization)
def _layer(g: Writer, layer: Any, x: Value) -> str:
    axes = resolved_axes(layer, x.rank)
    if axes == tuple(range(axes[0], x.rank)) and not layer.rms_scaling and layer.gamma is not None:
        return g.LayerNormalization(x, layer.gamma, layer.beta, axis=axes[0], epsilon=layer.epsilon)
    outputs = _standardized(g, x, list(axes), layer.epsilon, centered=not layer.rms_scaling)
    return _scaled_and_moved(g, layer, outputs, axes, x.rank)


@converts(layers.GroupNormalization)
def _group(g: Writer, layer: Any, x: Value) -> str:
    (axis,) = resolved_axes(layer, x.rank)
    groups = x.shape[axis] if layer.groups == -1 else layer.groups
    first = g.moved(x, x.rank, axis, 1)
    y = _standardized(g, g.reshape(first, 0, groups, -1), [2], layer.epsilon)
    y = g.moved(g.Reshape(y, g.Shape(first)), x.rank, 1, axis)
    return _scaled_and_moved(g, layer, y, (axis,), x.rank)


@converts(layers.RMSNormalization)
def _root_mean_square(g: Writer, layer: Any, x: Value) -> str:
    axes = resolved_axes(layer, x.rank)
    mean = g.ReduceMean(g.Mul(x, x), list(axes))
    outputs = g.Mul(x, inverse_root(g, g.Add(mean, layer.epsilon)))
    return g.Mul(outputs, _spread(layer.scale, axes, x.rank))


@converts(layers.UnitNormalization)
def _unit(g: Writer, layer: Any, x: Value) -> str:
    length = g.ReduceSum(g.Mul(x, x), list(resolved_axes(layer, x.rank)))
    return g.Mul(x, inverse_root(g, g.Max(length, 1e-24)))


def _standardized(g: Writer, x: Any, axes: list[int], epsilon: float, centered: bool = True) -> str:
    far = g.Sub(x, g.ReduceMean(x, axes))
    variance = g.ReduceMean(g.Mul(far, far), axes)
    return g.Mul(far if centered else x, inverse_root(g, g.Add(variance, epsilon)))


def _scaled_and_moved(g: Writer, layer: Any, x: str, axes: tuple[int, ...], rank: int) -> str:
    x = x if layer.gamma is None else g.Mul(x, _spread(layer.gamma, axes, rank))
    return x if layer.beta is None else g.Add(x, _spread(layer.beta, axes, rank))


def _spread(variable: Any, axes: tuple[int, ...], rank: int) -> np.ndarray:
    """A weight that spans `axes`, as it broadcasts."""
    sizes = iter(variable.shape)
    return np.asarray(variable.value).reshape([next(sizes) if axis in axes else 1 for axis in range(rank)])
