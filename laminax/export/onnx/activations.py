"""Activations: as arguments of layers, as layers, and as functions in a graph."""

import math
from collections.abc import Callable
from typing import Any

from ... import activations, layers
from ...ops import names
from .table import OPERATIONS, converts, mask, refused
from .writer import Value, Writer

ACTIVATIONS: dict[str, Callable[..., str]] = {}


def activate(g: Writer, layer: Any, x: Any) -> str:
    """The activation of a layer, of `x`."""
    return activation(g, layer, layer.activation, x)


def activation(g: Writer, layer: Any, function: Any, x: Any) -> str:
    """A function of `activations`, or the error for any other."""
    name = getattr(function, "__name__", str(function))
    if name not in ACTIVATIONS or getattr(activations, name) is not function:
        raise refused(layer, f"has the activation {name!r}, which is none of laminax.activations")
    return ACTIVATIONS[name](g, x)


def _writes(write: Callable[..., str]) -> Callable[..., str]:
    """Let a function write the activation of its name, as argument of a layer and as operation."""
    name = write.__name__.removeprefix("_")
    operation = names.operation_name(getattr(activations, name))
    ACTIVATIONS[name] = write
    OPERATIONS[operation or name] = lambda g, out, x, **arguments: write(g, g.cast(x, out.dtype), **arguments)
    return write


@_writes
def _linear(g: Writer, x: Any) -> str:
    return g.name_of(x)


@_writes
def _relu(
    g: Writer, x: Any, negative_slope: float = 0.0, max_value: float | None = None, threshold: float = 0.0
) -> str:
    if threshold == 0:
        y = g.Relu(x) if negative_slope == 0 else g.LeakyRelu(x, alpha=float(negative_slope))
    else:
        y = g.Where(g.Greater(x, threshold), x, g.Mul(g.Sub(x, threshold), negative_slope))
    return y if max_value is None else g.Min(y, max_value)


@_writes
def _leaky_relu(g: Writer, x: Any, negative_slope: float = 0.2) -> str:
    return g.LeakyRelu(x, alpha=float(negative_slope))


@_writes
def _relu6(g: Writer, x: Any) -> str:
    return g.Clip(x, 0.0, 6.0)


@_writes
def _softmax(g: Writer, x: Any, axis: Any = -1) -> str:
    if isinstance(axis, int):
        return g.Softmax(x, axis=axis)
    powers = g.Exp(g.Sub(x, g.ReduceMax(x, list(axis))))
    return g.Div(powers, g.ReduceSum(powers, list(axis)))


@_writes
def _log_softmax(g: Writer, x: Any, axis: int = -1) -> str:
    return g.LogSoftmax(x, axis=axis)


@_writes
def _sigmoid(g: Writer, x: Any) -> str:
    return g.Sigmoid(x)


@_writes
def _log_sigmoid(g: Writer, x: Any) -> str:
    return g.Neg(g.Softplus(g.Neg(x)))


@_writes
def _hard_sigmoid(g: Writer, x: Any) -> str:
    return g.HardSigmoid(x, alpha=1 / 6, beta=0.5)


@_writes
def _sparse_sigmoid(g: Writer, x: Any) -> str:
    return g.HardSigmoid(x, alpha=0.5, beta=0.5)


@_writes
def _tanh(g: Writer, x: Any) -> str:
    return g.Tanh(x)


@_writes
def _hard_tanh(g: Writer, x: Any) -> str:
    return g.Clip(x, -1.0, 1.0)


@_writes
def _tanh_shrink(g: Writer, x: Any) -> str:
    return g.Sub(x, g.Tanh(x))


@_writes
def _elu(g: Writer, x: Any, alpha: float = 1.0) -> str:
    return g.Elu(x, alpha=float(alpha))


@_writes
def _celu(g: Writer, x: Any, alpha: float = 1.0) -> str:
    return g.Celu(x, alpha=float(alpha))


@_writes
def _selu(g: Writer, x: Any) -> str:
    return g.Selu(x)


@_writes
def _gelu(g: Writer, x: Any, approximate: bool = False) -> str:
    if approximate:
        inner = g.Add(x, g.Mul(g.Mul(g.Mul(x, x), x), 0.044715))
        share = g.Tanh(g.Mul(inner, math.sqrt(2 / math.pi)))
    else:
        share = g.Erf(g.Mul(x, math.sqrt(0.5)))
    return g.Mul(g.Mul(x, 0.5), g.Add(share, 1.0))


@_writes
def _silu(g: Writer, x: Any) -> str:
    return g.Mul(x, g.Sigmoid(x))


@_writes
def _hard_silu(g: Writer, x: Any) -> str:
    return g.HardSwish(x)


@_writes
def _mish(g: Writer, x: Any) -> str:
    return g.Mul(x, g.Tanh(g.Softplus(x)))


@_writes
def _softplus(g: Writer, x: Any) -> str:
    return g.Softplus(x)


@_writes
def _sparse_plus(g: Writer, x: Any) -> str:
    above = g.Add(g.Clip(x, -1.0, 1.0), 1.0)
    return g.Add(g.Mul(g.Mul(above, above), 0.25), g.Relu(g.Sub(x, 1.0)))


@_writes
def _squareplus(g: Writer, x: Any, b: float = 4) -> str:
    return g.Mul(g.Add(x, g.Sqrt(g.Add(g.Mul(x, x), b))), 0.5)


@_writes
def _softsign(g: Writer, x: Any) -> str:
    return g.Softsign(x)


@_writes
def _exponential(g: Writer, x: Any) -> str:
    return g.Exp(x)


@_writes
def _hard_shrink(g: Writer, x: Any, threshold: float = 0.5) -> str:
    return g.Shrink(x, lambd=float(threshold), bias=0.0)


@_writes
def _soft_shrink(g: Writer, x: Any, threshold: float = 0.5) -> str:
    return g.Shrink(x, lambd=float(threshold), bias=float(threshold))


@_writes
def _threshold(g: Writer, x: Any, threshold: float, default_value: float) -> str:
    return g.Where(g.Greater(x, threshold), x, g.name_of(float(default_value)))


@_writes
def _glu(g: Writer, x: Any, axis: int = -1) -> str:
    half, gate = g.Split(x, outputs=2, axis=axis, num_outputs=2)
    return g.Mul(half, g.Sigmoid(gate))


@_writes
def _sparsemax(g: Writer, x: Any, axis: int = -1) -> str:
    """`max(x - tau, 0)`, where tau is the largest of `(sum of the k largest - 1) / k`."""
    ordered, _ = g.TopK(x, g.Gather(g.Shape(x), [axis]), outputs=2, axis=axis)
    ones = g.Expand(1.0, g.Shape(ordered))
    along = g.constant(axis, dtype="int64")
    tau = g.ReduceMax(g.Div(g.Sub(g.CumSum(ordered, along), 1.0), g.CumSum(ones, along)), [axis])
    return g.Relu(g.Sub(x, tau))


@converts(layers.Activation)
def _activation_layer(g: Writer, layer: Any, x: Value) -> str:
    return activate(g, layer, x)


@converts(layers.ReLU)
def _relu_layer(g: Writer, layer: Any, x: Value) -> str:
    return _relu(g, x, layer.negative_slope, layer.max_value, layer.threshold)


@converts(layers.LeakyReLU)
def _leaky_relu_layer(g: Writer, layer: Any, x: Value) -> str:
    return _leaky_relu(g, x, layer.negative_slope)


@converts(layers.PReLU)
def _prelu_layer(g: Writer, layer: Any, x: Value) -> str:
    return g.PRelu(x, layer.alpha)


@converts(layers.ELU)
def _elu_layer(g: Writer, layer: Any, x: Value) -> str:
    return _elu(g, x, layer.alpha)


@converts(layers.Softmax, masks=True)
def _softmax_layer(g: Writer, layer: Any, x: Value) -> str:
    steps = mask(layer, x)
    axes = layer.axis if isinstance(layer.axis, tuple) else (layer.axis,)
    if steps is not None and any(axis % x.rank < steps.rank for axis in axes):
        raise refused(layer, "gets a mask of the steps over which its sum goes")
    return _softmax(g, x, layer.axis)
