"""Models as ONNX: a graph of operators that ONNX Runtime and many other programs run.

A model must be a graph (`Sequential`, or made of inputs and outputs), of layers that `table.CONVERTERS` has and of
operations that `table.OPERATIONS` has. `writer.py` is the graph that is written, `graph.py` goes from call to call, and
the other files say of one family of layers each how it is written.
"""

from typing import Any

import jax

from ..._core import checks
from ..signature import inputs_of, names_of
from . import (  # noqa: F401 - each fills the tables
    activations,
    arranging,
    attention,
    convolution,
    dense,
    elementwise,
    merging,
    normalization,
    passing,
    pooling,
    recurrent,
    reducing,
    reshaping,
)
from .graph import check_graph, write_model
from .protocol import protocol
from .table import CONVERTERS, OPERATIONS, NoFormError, converts
from .writer import Node, Value, Writer, plain

__all__ = ["CONVERTERS", "OPERATIONS", "as_onnx", "converts"]

OPSET = 18
WAY_OUT = 'Export with format="stablehlo", which takes any model, or put something of docs/export.md in its place.'


def as_onnx(model: Any, signature: Any = None, opset_version: int = OPSET) -> tuple[bytes, str]:
    """The content of the file, and what it is, in words."""
    onnx = _imported()
    if type(opset_version) is not int or not OPSET <= opset_version <= onnx.defs.onnx_opset_version():
        rule = f"must be an integer in {OPSET} .. {onnx.defs.onnx_opset_version()}"
        raise checks.refused("export", "opset_version", rule, opset_version)
    g = Writer()
    try:
        given, found = _written(g, model, signature)
    except NoFormError as error:
        place = f", at {'/'.join(g.place)!r}" if g.place else ""
        raise NoFormError(f"ONNX{place}: {error}.\n{WAY_OUT}") from None
    outputs = [Value(g.fresh(name), y.shape, plain(y.dtype)) for name, y in zip(model.output_names, found)]
    g.nodes += [Node("Identity", [y.name], [named.name], {}) for y, named in zip(found, outputs)]
    proto = protocol(g, model.name, given, outputs, opset_version)
    onnx.checker.check_model(proto, full_check=True)
    return proto.SerializeToString(), f"ONNX of opset {opset_version}, {len(proto.graph.node)} nodes"


def _written(g: Writer, model: Any, signature: Any) -> tuple[list[Value], list[Value]]:
    """Inputs and outputs of the model, which is written between them."""
    check_graph(model)
    inputs = jax.tree.leaves(inputs_of(model, signature))
    given = [Value(g.fresh(name), t.shape, plain(t.dtype)) for name, t in zip(names_of(model, inputs), inputs)]
    return given, write_model(g, model, given)


def _imported() -> Any:
    try:
        import onnx
    except ImportError:
        raise ImportError("export to ONNX needs the package onnx: pip install 'laminax[onnx]'.") from None
    return onnx
