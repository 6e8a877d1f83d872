"""What was written, as a model of the package onnx."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from .writer import Body, Node, Value, Writer, plain

LIMIT = (1 << 31) - (1 << 20)  # what a file of ONNX may hold, and room for what is no weight


def needed(nodes: list[Node], outputs: Sequence[str]) -> tuple[list[Node], set[str]]:
    """The nodes that lead to the outputs, in their order, and all the names that they use."""
    used, kept = set(outputs), []
    for node in reversed(nodes):
        if used.isdisjoint(node.outputs):
            continue
        for name, value in node.attributes.items():
            if isinstance(value, Body):
                inside, names = needed(value.nodes, [v.name for v in value.outputs])
                node.attributes[name] = value._replace(nodes=inside)
                used |= names
        used.update(node.inputs)
        kept.append(node)
    return kept[::-1], used


def protocol(g: Writer, name: str, inputs: list[Value], outputs: list[Value], opset: int) -> Any:
    """The model.

    Raises:
        ValueError: if the weights do not fit into one file.
    """
    import onnx

    nodes, used = needed(g.nodes, [v.name for v in outputs])
    constants = {key: array for key, array in g.constants.items() if key in used}
    total = sum(array.nbytes for array in constants.values())
    if total > LIMIT:
        raise ValueError(
            f"A file of ONNX holds 2 GB, and the weights take {total:,} bytes: keep them apart, by save_weights."
        )
    tensors = [onnx.numpy_helper.from_array(array, key) for key, array in constants.items()]
    ends = [_info(v, named=True) for v in inputs], [_info(v) for v in outputs]
    graph = onnx.helper.make_graph([_node(node) for node in nodes], name, *ends, tensors)
    opsets = [onnx.helper.make_opsetid("", opset)]
    version = onnx.helper.find_min_ir_version_for(opsets)
    model = onnx.helper.make_model(graph, opset_imports=opsets, ir_version=version, producer_name="laminax")
    known = onnx.shape_inference.infer_shapes(model).graph.output  # which free sizes are the inputs'
    for own, found in zip(model.graph.output, known):
        own.CopyFrom(found)
    return model


def _node(node: Node) -> Any:
    import onnx

    attributes = {name: _attribute(name, value) for name, value in node.attributes.items()}
    return onnx.helper.make_node(node.op, node.inputs, node.outputs, name=node.outputs[0], **attributes)


def _attribute(name: str, value: Any) -> Any:
    return _graph(value) if isinstance(value, Body) else _code(value) if name == "to" else value


def _graph(body: Body) -> Any:
    import onnx

    ends = [_info(v) for v in body.inputs], [_info(v) for v in body.outputs]
    return onnx.helper.make_graph([_node(node) for node in body.nodes], "body", *ends)


def _info(value: Value, named: bool = False) -> Any:
    """Type and shape of an array. Free sizes of one name must be equal, so that only those of inputs have names."""
    import onnx

    names = ("batch" if axis == 0 else f"{value.name}_{axis}" for axis in range(value.rank))
    free = [name if named else None for name in names]
    shape = [name if size is None else size for name, size in zip(free, value.shape)]
    return onnx.helper.make_tensor_value_info(value.name, _code(value.dtype), shape)


def _code(dtype: str) -> int:
    """The number that ONNX has for a type."""
    import onnx

    return int(onnx.helper.np_dtype_to_tensor_dtype(np.dtype(plain(dtype))))
