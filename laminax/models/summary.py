"""A model as a table."""

import math
from typing import Any

import jax
import numpy as np

from .._core import graph
from .._core.errors import shape_text
from .._core.holder import partition
from ..layers.core import InputLayer
from ..layers.layer import Layer


def summarize(
    model: Any,
    line_length: int | None = None,
    expand_nested: bool = False,
    show_trainable: bool = False,
    layer_range: Any = None,
) -> str:
    """The layers of a model with shapes and parameters, and the totals, as text."""
    header = ["Layer (type)", "Output shape", "Params"]
    connected = _branches(model)
    header += ["Trained"] * show_trainable + ["Connected to"] * connected
    rows = list(_rows(model, expand_nested, show_trainable, connected, layer_range))
    widths = [max(len(row[i]) for row in [header, *rows]) for i in range(len(header))]
    if line_length is not None:
        widths[-1] = max(widths[-1], line_length - sum(widths) - 3 * (len(widths) - 1) + widths[-1])
    rule = "-" * (sum(widths) + 3 * (len(widths) - 1))
    lines = [f'Model: "{model.name}" ({type(model).__name__})', rule, _line(header, widths), rule]
    lines += [_line(row, widths) for row in rows]
    return "\n".join([*lines, rule, *_totals(model)])


def _line(cells: list[str], widths: list[int]) -> str:
    return "   ".join(
        cell.rjust(w) if i == 2 else cell.ljust(w) for i, (cell, w) in enumerate(zip(cells, widths))
    ).rstrip()


def _rows(model: Any, expand: bool, trainable: bool, connected: bool, layer_range: Any, depth: int = 0) -> Any:
    layers = list(model.layers)
    if layer_range is not None:
        names = [layer.name for layer in layers]
        missing = [name for name in layer_range if name not in names]
        if missing:
            raise ValueError(f"layer_range names {missing[0]!r}; the layers are {', '.join(names)}.")
        layers = layers[names.index(layer_range[0]) : names.index(layer_range[1]) + 1]
    for layer in layers:
        row = [f"{'  ' * depth}{layer.name} ({type(layer).__name__})", _shape(layer, model), _count(layer)]
        if trainable:
            row.append("yes" if layer.trainable and layer.weights else "no" if layer.weights else "-")
        if connected:
            row.append(", ".join(_sources(layer, model)))
        yield row
        if expand and hasattr(layer, "layers"):
            yield from _rows(layer, expand, trainable, connected, None, depth + 1)


def _shape(layer: Layer, model: Any) -> str:
    node = next((n for n in _nodes(model) if n.function is layer), None)
    if node is None and isinstance(layer, InputLayer):
        return shape_text(layer.batch_shape)
    known = [t.shape for t in node.outputs] if node is not None else layer.output_shapes
    shapes = [shape_text(shape) for shape in known] or ["?"]
    return shapes[0] if len(shapes) == 1 else f"[{', '.join(shapes)}]"


def _count(layer: Layer) -> str:
    if isinstance(layer, InputLayer) or layer.built:
        return f"{sum(v.size for v in layer.weights):,}"
    return "? (no data yet)"


def _nodes(model: Any) -> list[graph.Node]:
    return model._graph.nodes if getattr(model, "_graph", None) is not None else []


def _branches(model: Any) -> bool:
    """Whether the layers are more than a chain."""
    nodes = _nodes(model)
    uses = [id(t) for node in nodes for t in node.inputs]
    return len(uses) != len(set(uses)) or any(len(node.inputs) > 1 for node in nodes) or len(_starts(nodes)) > 1


def _starts(nodes: list[graph.Node]) -> list[graph.Node]:
    return [node for node in nodes if not node.inputs]


def _sources(layer: Layer, model: Any) -> list[str]:
    found: list[str] = []
    for node in _nodes(model):
        if node.function is layer:
            found += [_maker(t) for t in node.inputs]
    return list(dict.fromkeys(found))


def _maker(tensor: Any) -> str:
    function = tensor.node.function if tensor.node is not None else None
    if isinstance(function, Layer):
        return function.name
    inner = ", ".join(_maker(t) for t in tensor.node.inputs)
    return f"{getattr(function, '__name__', 'op')}({inner})"


def _totals(model: Any) -> list[str]:
    if not model.built and not model.weights:
        return [
            "Parameters: not known before the shape of the input is. Give the first layer input_shape=, "
            "or call the model on data."
        ]
    params, extras = partition(model)
    weights = {id(v) for v in model.weights}
    moved = list(params.values())
    still = [v for v in extras.values() if id(v) in weights]
    lines = [
        f"Parameters: {_size([*moved, *still])}",
        f"  trained: {_size(moved)}",
        f"  not trained: {_size(still)}",
    ]
    if model.optimizer is not None and model.optimizer.built:
        lines.append(f"  of the optimizer: {_size(model.optimizer.variables)}")
    outputs = [t for node in _nodes(model) for t in node.outputs if t.dtype != "string"]
    if outputs:
        per_sample = sum(
            math.prod(d or 1 for d in t.shape[1:]) * np.dtype(jax.numpy.dtype(t.dtype)).itemsize for t in outputs
        )
        lines.append(f"Outputs of all layers: {_bytes(per_sample)} a sample")
    return lines


def _size(variables: list[Any]) -> str:
    count = sum(v.size for v in variables)
    return f"{count:,} ({_bytes(sum(v.size * jax.numpy.dtype(v.dtype).itemsize for v in variables))})"


def _bytes(count: float) -> str:
    for unit in ("B", "KB", "MB", "GB"):
        if count < 1024 or unit == "GB":
            return f"{count:.0f} {unit}" if unit == "B" else f"{count:.2f} {unit}"
        count /= 1024
    return ""
