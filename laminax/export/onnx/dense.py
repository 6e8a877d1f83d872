"""Products with matrices, and rows of matrices."""

from typing import Any

from ... import layers
from ..._core.dtypes import is_float
from .activations import activate
from .table import converts, makes_mask
from .writer import Value, Writer


def project(g: Writer, x: Any, kernel: Any, bias: Any = None) -> str:
    """`x @ kernel + bias`."""
    y = g.MatMul(x, kernel)
    return y if bias is None else g.Add(y, bias)


@converts(layers.Dense)
def _dense(g: Writer, layer: Any, x: Value) -> str:
    if x.rank == 2:
        return activate(g, layer, g.Gemm(x, layer.kernel, *([] if layer.bias is None else [layer.bias])))
    return activate(g, layer, project(g, x, layer.kernel, layer.bias))


@converts(layers.EinsumDense)
def _einsum_dense(g: Writer, layer: Any, x: Value) -> str:
    letters = layer._letters
    as_matrix = len(letters.kernel) == 2 and letters.elided != "right" and letters.kernel[0] == letters.input[-1]
    if as_matrix and letters.output == letters.input[:-1] + letters.kernel[1]:
        return activate(g, layer, project(g, x, layer.kernel, layer.bias))
    y = g.Einsum(x, layer.kernel, equation=layer.equation)
    return activate(g, layer, y if layer.bias is None else g.Add(y, layer.bias))


@converts(layers.Embedding, whole=True)
def _embedding(g: Writer, layer: Any, x: Value) -> str:
    return g.Gather(layer.embeddings, _indices(g, x), axis=0)


@converts(layers.ReversibleEmbedding, whole=True)
def _reversible_embedding(g: Writer, layer: Any, x: Value, reverse: bool = False) -> str:
    if not reverse:
        return _embedding(g, layer, x)
    kernel = g.constant(layer.embeddings.value.T) if layer.tie_weights else layer.reverse_embeddings
    logits, cap = project(g, x, kernel), layer.logit_soft_cap
    return logits if cap is None else g.Mul(g.Tanh(g.Div(logits, cap)), cap)


@makes_mask(layers.Embedding)
def _embedding_mask(g: Writer, layer: Any, x: Value) -> Value | None:
    if not layer.mask_zero:
        return None
    dtype = "float32" if is_float(x.dtype) else _index_type(x)
    words, zero = g.cast(x, dtype), g.constant(0, dtype=dtype)
    return Value(g.Not(g.Equal(words, zero)), x.shape, "bool")


def _indices(g: Writer, x: Value) -> str:
    return g.cast(x, _index_type(x))


def _index_type(x: Value) -> str:
    return x.dtype if x.dtype in ("int32", "int64") else "int32"


@converts(layers.Masking)
def _masking(g: Writer, layer: Any, *inputs: Any) -> str:
    x = inputs[0][0] if isinstance(inputs[0], (list, tuple)) else inputs[0]
    real = _masking_mask(g, layer, *inputs)
    axes = list(range(real.rank, x.rank))
    return g.Where(g.Unsqueeze(real, axes) if axes else real, x, 0.0)


@makes_mask(layers.Masking)
def _masking_mask(g: Writer, layer: Any, given: Any) -> Value:
    if isinstance(given, Value):
        differs = g.cast(g.Not(g.Equal(given, float(layer.mask_value))), "float32")
        return Value(g.Greater(g.ReduceMax(differs, [-1], keepdims=0), 0.0), given.shape[:-1], "bool")
    x, lengths = given
    real = g.Less(g.steps(x, 1), g.reshape(g.cast(lengths, "int64"), -1, 1))
    return Value(real, x.shape[:2], "bool")
