"""Attention, with and without projections."""

import functools
import math
from typing import Any

import numpy as np

from ... import layers
from .dense import project
from .table import converts, makes_mask, mask, refused
from .writer import Value, Writer

LOWEST = float(np.finfo(np.float32).min)


def _seen(g: Writer, query: Value, key: Value, window: int | None, causal: bool) -> str:
    """Which keys a query sees by where they are, `(steps, key steps)`."""
    distance = g.Sub(g.Unsqueeze(g.steps(query, 1), [1]), g.steps(key, 1))
    found = [g.GreaterOrEqual(distance, g.constant(0, dtype="int64"))] if causal else []
    found += [g.Less(g.Abs(distance), g.constant(window, dtype="int64"))] if window is not None else []
    return str(functools.reduce(g.And, found))


def _weights(g: Writer, scores: str, masks: list[str]) -> tuple[str, str | None]:
    """The softmax of what all masks leave, and what they leave."""
    if not masks:
        return g.Softmax(scores, axis=-1), None
    kept = functools.reduce(g.And, masks)
    return g.Softmax(g.Where(kept, scores, LOWEST), axis=-1), kept


@converts(layers.Attention, layers.AdditiveAttention, masks=True)
def _attention(
    g: Writer, layer: Any, inputs: list[Value], return_attention_scores: bool = False, use_causal_mask: bool = False
) -> Any:
    query, value, key = (*inputs, inputs[1])[:3]
    if query.rank != 3:
        raise refused(layer, f"is called on arrays of {query.rank} axes, of which it must have 3 there")
    query_steps, value_steps = mask(layer, query), mask(layer, value)
    masks = [_seen(g, query, key, None, True)] if use_causal_mask else []
    masks += [] if value_steps is None else [g.Unsqueeze(value_steps, [1])]
    weights, _ = _weights(g, _scores(g, layer, query, key), masks)
    outputs = g.MatMul(weights, value)
    if query_steps is not None:
        outputs = g.Where(g.Unsqueeze(query_steps, [-1]), outputs, 0.0)
    return (outputs, weights) if return_attention_scores else outputs


def _scores(g: Writer, layer: Any, query: Value, key: Value) -> str:
    def scaled(x: str) -> str:
        return x if layer.scale is None else g.Mul(x, layer.scale)

    if type(layer) is layers.Attention and layer.score_mode == "dot":
        return scaled(g.MatMul(query, g.Transpose(key, perm=[0, 2, 1])))
    both = g.Add(g.Unsqueeze(query, [2]), g.Unsqueeze(key, [1]))
    if type(layer) is layers.AdditiveAttention:
        return g.ReduceSum(scaled(g.Tanh(both)), [-1], keepdims=0)
    return g.Mul(g.ReduceSum(g.Tanh(scaled(both)), [-1], keepdims=0), layer.concat_score_weight)


@makes_mask(layers.Attention, layers.AdditiveAttention)
def _mask_of_query(g: Writer, layer: Any, inputs: list[Value]) -> Any:
    return inputs[0].mask


@converts(layers.MultiHeadAttention, layers.GroupedQueryAttention, masks=True)
def _heads(
    g: Writer,
    layer: Any,
    query: Value,
    value: Value,
    key: Value | None = None,
    query_mask: Any = None,
    value_mask: Any = None,
    key_mask: Any = None,
    attention_mask: Any = None,
    return_attention_scores: bool = False,
    use_causal_mask: bool = False,
) -> Any:
    """Scores are `(batch, key heads, query heads of each, steps, key steps)`."""
    if query.rank != 3:
        raise refused(layer, f"is called on arrays of {query.rank} axes, of which it must have 3 there")
    (heads, key_heads), (size, value_size) = layer.heads, layer.sizes
    given = value if key is None else key
    q = g.reshape(_projected(g, layer.query_dense, query), 0, 0, key_heads, heads // key_heads, size)
    k = g.reshape(_projected(g, layer.key_dense, given), 0, 0, key_heads, 1, size)
    v = g.reshape(_projected(g, layer.value_dense, value), 0, 0, key_heads, 1, value_size)
    q, v = (g.Transpose(x, perm=[0, 2, 3, 1, 4]) for x in (q, v))
    scores = g.Mul(g.MatMul(q, g.Transpose(k, perm=[0, 2, 3, 4, 1])), 1 / math.sqrt(size))
    steps = [
        *_steps(g, mask(layer, query) if query_mask is None else query_mask, [1, 2, 4]),
        *_steps(g, mask(layer, value) if value_mask is None else value_mask, [1, 2, 3]),
        *_steps(g, (None if key is None else mask(layer, key)) if key_mask is None else key_mask, [1, 2, 3]),
    ]
    if attention_mask is not None:
        steps.append(_of_scores(g, attention_mask, heads, key_heads))
    if use_causal_mask or layer.sliding_window is not None:
        steps.append(_seen(g, query, value, layer.sliding_window, use_causal_mask))
    weights, kept = _weights(g, scores, steps)
    if kept is not None and (layer.dropout or return_attention_scores):
        weights = g.Where(kept, weights, 0.0)
    outputs = g.reshape(g.Transpose(g.MatMul(weights, v), perm=[0, 3, 1, 2, 4]), 0, 0, heads * value_size)
    if layer.gate_dense is not None:
        outputs = g.Mul(outputs, g.Sigmoid(_projected(g, layer.gate_dense, query)))
    outputs = _joined(g, layer.output_dense, outputs)
    flat = g.reshape(weights, 0, heads, g.sizes(weights, 3)) if return_attention_scores else None
    return (outputs, flat) if return_attention_scores else outputs


def _projected(g: Writer, dense: Any, x: Value) -> str:
    """All heads of a projection side by side, `(batch, steps, heads * size)`."""
    with g.within(dense.name):
        kernel = np.asarray(dense.kernel.value).reshape(dense.kernel.shape[0], -1)
        bias = None if dense.bias is None else np.asarray(dense.bias.value).reshape(-1)
        return project(g, x, g.constant(kernel, "kernel"), bias)


def _joined(g: Writer, dense: Any, x: str) -> str:
    """The projection of all heads to the output."""
    with g.within(dense.name):
        heads, size, *features = dense.kernel.shape
        kernel = np.asarray(dense.kernel.value).reshape(heads * size, -1)
        bias = None if dense.bias is None else np.asarray(dense.bias.value).reshape(-1)
        outputs = project(g, x, g.constant(kernel, "kernel"), bias)
        return outputs if len(features) == 1 else g.reshape(outputs, 0, 0, *features)


def _steps(g: Writer, steps: Any, axes: list[int]) -> list[str]:
    """A mask of steps as it broadcasts to the scores."""
    return [] if steps is None else [g.Unsqueeze(g.cast(steps, "bool"), axes)]


def _of_scores(g: Writer, given: Value, heads: int, key_heads: int) -> str:
    """A mask of `(batch, steps, key steps)`, or with heads before the steps."""
    name = g.cast(given, "bool")
    if given.rank < 4:
        return g.Unsqueeze(name, [-3, -4]) if given.rank == 3 else name
    if given.shape[1] == 1:
        return g.Unsqueeze(name, [2])
    return g.reshape(name, 0, key_heads, heads // key_heads, g.sizes(name, 2))
