"""Operations in the graph of a model as data: a record of Keras's class for each, and what it is called on."""

import inspect
from collections.abc import Mapping
from typing import Any

import numpy as np

from .._core import catalog
from .._core.config import to_data
from .._core.file_errors import CorruptFileError
from .._core.graph import Node, any_symbolic
from ..ops import names

catalog.operations.update(names.known())


def name_of(function: Any) -> str:
    """The name of Keras's class for a function in a graph.

    Raises:
        ValueError: if there is none.
    """
    name = names.operation_name(function)
    if name is None:
        raise ValueError(
            f"The graph calls the function {getattr(function, '__name__', function)!r}, which can't be saved: put it "
            "into a Layer's call, or use a function of ops."
        )
    return name


def record(node: Node, name: str) -> dict[str, Any]:
    """The record of an operation, under the name that its call has in the graph."""
    kind = name_of(node.function)
    _, _, config = names.split(node.function, node.args, node.kwargs)
    if kind == "Relu":  # whose class in Keras has no arguments: only what asks for more than a plain one is told
        usual = inspect.signature(node.function).parameters
        config = {name: value for name, value in config.items() if value != usual[name].default}
    return {
        "module": names.module_of(kind),
        "class_name": kind,
        "config": {"name": name, **to_data(config)},
        "registered_name": kind,
    }


def called_on(node: Node) -> tuple[list[Any], dict[str, Any]]:
    """What an operation is called on, in order and by name."""
    name_of(node.function)
    args, kwargs, _ = names.split(node.function, node.args, node.kwargs)
    return args, kwargs


def call(kind: str, config: Mapping[str, Any], args: Any, kwargs: Mapping[str, Any]) -> Any:
    """Call what a record describes.

    Raises:
        CorruptFileError: if none of the arguments is a tensor of the graph: a file holds no results, but ways to them.
    """
    if not any_symbolic(args, kwargs):
        raise CorruptFileError(f"the operation {kind} is called on no tensor.")
    if kind == "GetItem":
        x, key = args
        return x[tuple(key) if isinstance(key, list) else key]
    arrays = [np.asarray(arg) if isinstance(arg, list) and not any_symbolic(arg) else arg for arg in args]
    return names.join(names.function_of(kind), arrays, kwargs, config)
