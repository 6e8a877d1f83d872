"""A graph of layers, call by call."""

import dataclasses
import inspect
from typing import Any

import jax
import numpy as np

from ... import activations
from ..._core import graph
from ..._core.dtypes import is_float
from ..._core.signature import signature
from ...layers.layer import Layer, is_builtin
from ...ops import names
from .table import LOST, MASKS, check_arguments, converter_of, function_of, refused
from .writer import Value, Writer


def write_model(g: Writer, model: Any, inputs: list[Value]) -> list[Value]:
    """The outputs of a model that is a graph, for inputs in the order of its own."""
    check_graph(model)
    inner = model._graph
    known = {id(t): _fitted(g, model, x, t) for t, x in zip(inner.starts, inputs)}

    def fill(x: Any) -> Any:
        return known[id(x)] if graph.is_symbolic(x) else x

    for node in inner.nodes:
        if all(id(t) in known for t in node.outputs):
            continue
        args, kwargs = jax.tree.map(fill, (node.args, node.kwargs))
        known.update(zip(map(id, node.outputs), write_call(g, node.function, args, kwargs, node.outputs)))
    return [known[id(t)] for t in inner.ends]


def check_graph(model: Any) -> None:
    """Raise the error for a model that is no graph."""
    if model._graph is None or not is_builtin(type(model).call):
        raise refused(model, "is a subclass, whose call is a program and no graph")


def write_call(g: Writer, function: Any, args: Any, kwargs: Any, outputs: list[Any]) -> list[Value]:
    """The outputs of one call, whose shapes and types are those of `outputs`."""
    if not isinstance(function, Layer):
        return _operation(g, function, args, kwargs, outputs)
    with g.within(function.name):
        return _layer(g, function, args, kwargs, outputs)


def write_layer(g: Writer, layer: Any, x: Value) -> Value:
    """The output of a layer inside of another one."""
    found = graph.infer(layer, (graph.SymbolicTensor(x.shape, x.dtype),), {})
    outputs = [graph.SymbolicTensor(graph.free_shape(y.shape), y.dtype) for y in jax.tree.leaves(found)]
    if len(outputs) != 1:
        raise refused(layer, "has several outputs, inside of another layer")
    return write_call(g, layer, (x,), {}, outputs)[0]


def _layer(g: Writer, layer: Any, args: Any, kwargs: Any, outputs: list[Any]) -> list[Value]:
    args, kwargs = jax.tree.map(lambda x: _as_value(g, x), (args, dict(kwargs)))
    if kwargs.pop("training", None):
        raise refused(layer, "is called with training=True")
    args = _with_masks(args, kwargs.pop("mask", None))
    if hasattr(layer, "_graph"):
        return write_model(g, layer, jax.tree.leaves(args))
    converter = converter_of(layer)
    check_arguments(layer, converter.write, kwargs)
    masked = any(isinstance(x, Value) and x.mask is not None for x in jax.tree.leaves((args, kwargs)))
    if masked and not converter.masks and signature(type(layer).call).mask_names:
        raise refused(layer, "gets a mask, which it would heed, and for which there is no form there")
    if not converter.whole:
        args, kwargs = jax.tree.map(lambda x: _as_float(g, x), (args, kwargs))
    made = jax.tree.leaves(converter.write(g, layer, *args, **kwargs))
    if not converter.whole:
        made = [_back(g, name, t) for name, t in zip(made, outputs)]
    masks = _masks(g, layer, args, len(outputs)) if masked or type(layer) in MASKS else [None] * len(outputs)
    masks = [LOST if m is None and t.mask is not None else m for m, t in zip(masks, outputs)]
    return [Value(name, t.shape, t.dtype, m) for name, t, m in zip(made, outputs, masks)]


def _operation(g: Writer, function: Any, args: Any, kwargs: Any, outputs: list[Any]) -> list[Value]:
    write = function_of(_name_of(function), function)
    given = inspect.signature(function).bind(*args, **kwargs)
    given.apply_defaults()
    made = jax.tree.leaves(write(g, outputs[0], **given.arguments))
    return [Value(found, t.shape, t.dtype) for found, t in zip(made, outputs)]


def _name_of(function: Any) -> str:
    """The name of an operation, or of an activation that is none."""
    name = getattr(function, "__name__", "")
    return names.operation_name(function) or (name if getattr(activations, name, None) is function else "")


def _as_value(g: Writer, x: Any) -> Any:
    """A fixed array as a constant; anything else as it is."""
    return Value(g.constant(x), x.shape, x.dtype.name) if isinstance(x, (np.ndarray, jax.Array)) else x


def _with_masks(args: Any, mask: Any) -> Any:
    """The inputs with the masks that a call was given for them."""
    if mask is None:
        return args
    leaves, treedef = jax.tree.flatten(args[0])
    masks = mask if isinstance(mask, (list, tuple)) else [mask]
    leaves = [x if m is None else dataclasses.replace(x, mask=m) for x, m in zip(leaves, masks)]
    return (jax.tree.unflatten(treedef, leaves), *args[1:])


def _masks(g: Writer, layer: Any, args: Any, count: int) -> list[Any]:
    """The masks of the outputs."""
    if type(layer) in MASKS:
        found = MASKS[type(layer)](g, layer, *args)
        known = list(found) if isinstance(found, (list, tuple)) else [found]
        return known + [None] * (count - len(known))
    first = jax.tree.leaves(args)[0].mask
    return [first if layer.supports_masking and not layer.makes_mask else None] * count


def _as_float(g: Writer, x: Any) -> Any:
    if not isinstance(x, Value) or is_float(x.dtype):
        return x
    return dataclasses.replace(x, name=g.cast(x, "float32"), dtype="float32")


def _back(g: Writer, name: str, output: Any) -> str:
    """What was computed with floats as the type that the layer gives."""
    return name if is_float(output.dtype) else g.cast(name, output.dtype)


def _fitted(g: Writer, model: Any, x: Value, wanted: Any) -> Value:
    """An input as a model takes it: floats or whole numbers, and with a last axis of size 1 or without."""
    floats = [is_float(dtype) for dtype in (x.dtype, wanted.dtype)]
    dtype = x.dtype if floats[0] == floats[1] else wanted.dtype
    name = g.cast(x, dtype)
    if x.rank != wanted.ndim:
        name = g.add("Unsqueeze" if x.rank < wanted.ndim else "Squeeze", name, [-1])
        return Value(name, wanted.shape, dtype, x.mask)
    if any(a != b and None not in (a, b) for a, b in zip(x.shape, wanted.shape)):
        raise refused(model, f"is called on {x.shape}, and was built for {wanted.shape}")
    return Value(name, tuple(b if a is None else a for a, b in zip(x.shape, wanted.shape)), dtype, x.mask)
