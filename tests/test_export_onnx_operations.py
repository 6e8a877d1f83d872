"""Activations, and functions and operators in a graph, as ONNX."""

import jax
import numpy as np
import pytest

pytest.importorskip("onnx", reason="the package onnx is missing")
pytest.importorskip("onnxruntime", reason="the package onnxruntime is missing")

from onnx_files import assert_same

import laminax as lx
from laminax import activations, layers, ops
from laminax.export.onnx.activations import ACTIVATIONS
from laminax.export.onnx.table import OPERATIONS

NAMES = [f.__name__ for f in activations._ALL if f.__name__ not in ("threshold", "glu")]


def test_every_activation_has_a_form():
    assert set(ACTIVATIONS) == {*NAMES, "threshold", "glu"}


@pytest.mark.parametrize("name", NAMES)
def test_activation(name, tmp_path):
    assert_same(lx.Sequential([lx.Input((3, 7)), layers.Rescaling(3.0), layers.Activation(name)]), tmp_path)


def words(text):
    """The words of a text."""
    return text.split()


# Each takes `x` of (batch, 3, 4), positive `p` of the same shape, and whole numbers `i` of (batch, 3).
CALLS = {
    **{
        name: lambda x, p, i, name=name: getattr(ops, name)(x)
        for name in [
            "abs",
            "ceil",
            "copy",
            "cos",
            "cosh",
            "erf",
            "exp",
            "expm1",
            "floor",
            "isfinite",
            "isinf",
            "isnan",
            "logical_not",
            "negative",
            "ones_like",
            "ravel",
            "reciprocal",
            "round",
            "sign",
            "sin",
            "sinh",
            "square",
            "stop_gradient",
            "tan",
            "tanh",
            "zeros_like",
            "any",
            "all",
            "argmax",
            "argmin",
            "logsumexp",
            "max",
            "mean",
            "min",
            "prod",
            "std",
            "sum",
            "var",
            "relu",
            "softmax",
            "sigmoid",
            "gelu",
            "transpose",
        ]
    },
    **{
        name: lambda x, p, i, name=name: getattr(ops, name)(p)
        for name in ["arcsinh", "arctan", "log", "log10", "log1p", "log2", "rsqrt", "sqrt"]
    },
    **{
        name: lambda x, p, i, name=name: getattr(ops, name)(ops.tanh(x) * 0.9)
        for name in ["arccos", "arcsin", "arctanh"]
    },
    "arccosh": lambda x, p, i: ops.arccosh(p + 1),
    **{
        name: lambda x, p, i, name=name: getattr(ops, name)(x, p)
        for name in [
            "add",
            "subtract",
            "multiply",
            "divide",
            "true_divide",
            "maximum",
            "minimum",
            "mod",
            "floor_divide",
            "equal",
            "not_equal",
            "less",
            "less_equal",
            "greater",
            "greater_equal",
            "logical_and",
            "logical_or",
            "logical_xor",
        ]
    },
    **{
        f"{name}-whole": lambda x, p, i, name=name: getattr(ops, name)(i, 2)
        for name in ["add", "multiply", "true_divide", "mod", "floor_divide", "power", "less", "equal"]
    },
    **{
        f"{name}-axis": lambda x, p, i, name=name: getattr(ops, name)(x, axis=1, keepdims=True)
        for name in [
            "any",
            "all",
            "argmax",
            "argmin",
            "logsumexp",
            "max",
            "amax",
            "amin",
            "mean",
            "min",
            "prod",
            "std",
            "sum",
            "var",
        ]
    },
    **{
        f"{name}-axes": lambda x, p, i, name=name: getattr(ops, name)(x, axis=(1, 2))
        for name in ["max", "mean", "sum", "std"]
    },
    "operators": lambda x, p, i: (1 - x) * 2 / p + x**2 - (-x) // 0.5 + x % 1 + abs(x),
    "types": lambda x, p, i: i[:, :, None] * x + ops.cast(i, "float32")[..., None],
    "half-a-whole": lambda x, p, i: i * 0.5,
    "comparisons": lambda x, p, i: ops.where((x > 0) & (p < 1) | (i[..., None] == 3), x, -1.0),
    "whole-and-float": lambda x, p, i: i > 2.5,
    "power": lambda x, p, i: p**1.5,
    "matmul": lambda x, p, i: x @ ops.swapaxes(p, 1, 2),
    "matmul-constant": lambda x, p, i: ops.matmul(x, np.ones((4, 2), "float32")),
    "einsum": lambda x, p, i: ops.einsum("bij,bkj->bik", x, p),
    "clip": lambda x, p, i: ops.clip(x, -0.5, 0.3),
    "clip-whole": lambda x, p, i: ops.clip(i, 1, 3),
    "round-digits": lambda x, p, i: ops.round(x, 1),
    "where": lambda x, p, i: ops.where(x > 0, x, p),
    "normalize": lambda x, p, i: ops.normalize(x, axis=1),
    "one_hot": lambda x, p, i: ops.one_hot(i - 1, 4),
    "one_hot-axis": lambda x, p, i: ops.one_hot(i, 5, axis=1),
    "reshape": lambda x, p, i: ops.reshape(x, (-1, 2, 6)),
    "reshape-flat": lambda x, p, i: ops.reshape(x, -1),
    "transpose-axes": lambda x, p, i: ops.transpose(x, (0, 2, 1)),
    "moveaxis": lambda x, p, i: ops.moveaxis(x, (0, 1), (-1, 0)),
    "expand_dims": lambda x, p, i: ops.expand_dims(x, (1, -1)),
    "squeeze": lambda x, p, i: ops.squeeze(x[:, :1]),
    "squeeze-axis": lambda x, p, i: ops.squeeze(x[:, :1], 1),
    "concatenate": lambda x, p, i: ops.concatenate([x, p, x], axis=-1),
    "stack": lambda x, p, i: ops.stack([x, p], axis=1),
    "split": lambda x, p, i: ops.split(x, 2, axis=-1),
    "split-places": lambda x, p, i: ops.split(x, [1, 3], axis=2),
    "tile": lambda x, p, i: ops.tile(x, (1, 2, 3)),
    "tile-more": lambda x, p, i: ops.tile(x, (2, 1, 1, 1)),
    "tile-last": lambda x, p, i: ops.tile(x, 2),
    "broadcast_to": lambda x, p, i: ops.broadcast_to(ops.mean(x, 0), (2, 3, 4)),
    "flip": lambda x, p, i: ops.flip(x, 1),
    "flip-axes": lambda x, p, i: ops.flip(x, (1, 2)),
    "pad": lambda x, p, i: ops.pad(x, ((0, 0), (1, 2), (0, 3))),
    "pad-value": lambda x, p, i: ops.pad(x, ((0, 0), (1, 2), (0, 3)), constant_values=2.0),
    "pad-edge": lambda x, p, i: ops.pad(x, ((0, 0), (1, 2), (0, 3)), mode="edge"),
    "pad-reflect": lambda x, p, i: ops.pad(x, ((0, 0), (1, 2), (0, 3)), mode="reflect"),
    "take": lambda x, p, i: ops.take(x, [2, 0], axis=1),
    "take-rows": lambda x, p, i: ops.take(np.arange(10, dtype="float32").reshape(5, 2), i, axis=0),
    "take_along_axis": lambda x, p, i: ops.take_along_axis(x, i[..., None] % 4, axis=2),
    "top_k": lambda x, p, i: ops.top_k(x, 2),
    "cumsum": lambda x, p, i: ops.cumsum(x, axis=1),
    "tril": lambda x, p, i: ops.tril(x, 1),
    "triu": lambda x, p, i: ops.triu(x),
    "item": lambda x, p, i: x[:, 0],
    "item-last": lambda x, p, i: x[:, -1, 1:],
    "item-steps": lambda x, p, i: x[..., ::-2],
    "item-range": lambda x, p, i: x[:, 2:0:-1, -3:-1],
    "item-new": lambda x, p, i: x[:, None, ..., 1, None],
    "softmax-axis": lambda x, p, i: activations.softmax(x, axis=1),
    "sparsemax-axis": lambda x, p, i: activations.sparsemax(x, axis=1),
    "gelu-exact": lambda x, p, i: ops.gelu(x, approximate=False),
    "relu-arguments": lambda x, p, i: activations.relu(x, negative_slope=0.1, max_value=0.5, threshold=0.2),
    "glu": lambda x, p, i: activations.glu(x),
    "threshold": lambda x, p, i: activations.threshold(x, 0.1, 7.0),
    "whole-activation": lambda x, p, i: activations.elu(i - 3),
}


@pytest.mark.parametrize("name", CALLS)
def test_operation(name, tmp_path):
    x, i = lx.Input((3, 4), name="x"), lx.Input((3,), dtype="int32", name="i")
    with jax.numpy_dtype_promotion("standard"):
        outputs = CALLS[name](x, abs(x) + 0.25, i)
        outputs = list(outputs) if isinstance(outputs, (list, tuple)) else [outputs]
        model = lx.Model([x, i], [*outputs, x * 1, i + 0])
        assert_same(model, tmp_path, batches=(2, 3) if name == "squeeze" else (1, 3), by_row=False)


def test_operations_of_short_floats(tmp_path):
    x = lx.Input((4,))
    h = layers.Activation("tanh", dtype="bfloat16")(x)
    outputs = [ops.cast(y, "float32") for y in (h % 0.3, h // 0.25, h * 2, -h)]
    model = lx.Model(x, outputs[1:])
    assert_same(model, tmp_path, tolerance=0.02)


def test_every_operation_is_tried():
    """Names of calls are those of functions; what has no call of its own is an activation, or in `"operators"`."""
    from laminax.ops.names import function_of

    tried = {name.partition("-")[0] for name in CALLS} | set(NAMES)
    named = {function_of(name).__name__ if name[0].isupper() else name for name in OPERATIONS}
    assert named - tried <= {"absolute", "get_item", "swapaxes", "cast"}


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda x: ops.roll(x, 1), "ONNX: roll has no form there"),
        (lambda x: ops.pad(x, 1, mode="wrap"), "pad with mode='wrap' has no form there"),
        (lambda x: ops.normalize(x, order=1), "normalize with order=1 has no form"),
        (lambda x: ops.max(x, initial=0.0), "a reduction with initial=0.0"),
        (lambda x: x[:, np.array([0, 1])], "arrays as places has no form there"),
    ],
    ids=["roll", "wrap", "order", "initial", "places"],
)
def test_operations_that_are_refused(call, message, tmp_path):
    x = lx.Input((3,))
    with pytest.raises(ValueError, match=message):
        lx.Model(x, call(x)).export(tmp_path / "m.onnx")
