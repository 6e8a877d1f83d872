"""What a traced forward pass says of its ends: the last operation of an output, the rows of a table for an input."""

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np

SAME = frozenset(  # operations that move numbers, or change their type alone
    ("convert_element_type", "reshape", "squeeze", "expand_dims", "transpose", "broadcast_in_dim", "stop_gradient")
)
PRODUCTS = ("dot_general", "conv_general_dilated")
FUNCTIONS = {
    "tanh": "tanh",
    "relu": "relu",
    "relu6": "relu",
    "softplus": "softplus",
    "exp": "exponential",
    "logistic": "sigmoid",
}


class Node(NamedTuple):
    """An array of a trace: the operation that made it, on which arrays; `value` of an input is its place."""

    op: str
    args: tuple["Node", ...] = ()
    value: Any = None
    shape: tuple[int, ...] = ()


def nodes(closed: Any) -> tuple[list[Node], list[Node]]:
    """The outputs of a trace as nodes, and all lookups of rows in it; functions that it calls are looked into."""
    jaxpr = closed.jaxpr
    found: list[Node] = []
    known = {var: Node("weight", shape=tuple(np.shape(value))) for var, value in zip(jaxpr.constvars, closed.consts)}
    known.update({var: Node("input", value=i) for i, var in enumerate(jaxpr.invars)})
    return _run(jaxpr, known, found), found


def _run(jaxpr: Any, known: dict[Any, Node], found: list[Node]) -> list[Node]:
    def node(var: Any) -> Node:
        return Node("number", value=var.val) if hasattr(var, "val") else known[var]

    for eqn in jaxpr.eqns:
        args, op = tuple(map(node, eqn.invars)), str(eqn.primitive.name)
        inner, name = _inner(eqn), eqn.params.get("name")
        if inner is not None and name not in FUNCTIONS and len(inner.invars) == len(args):
            made = _run(inner, dict(zip(inner.invars, args)), found)
        else:
            op = str(name) if inner is not None else op
            made = [Node(op, args, shape=tuple(var.aval.shape)) for var in eqn.outvars]
            found += made if op == "gather" else []
        known.update(zip(eqn.outvars, made))
    return [node(var) for var in jaxpr.outvars]


def _inner(eqn: Any) -> Any:
    """The program that an equation calls once, as its arguments are."""
    if eqn.primitive.name in ("scan", "while", "cond"):
        return None
    inner = eqn.params.get("jaxpr", eqn.params.get("call_jaxpr"))
    inner = getattr(inner, "jaxpr", inner)
    return inner if hasattr(inner, "eqns") and not getattr(inner, "constvars", ()) else None


def last_operation(node: Node) -> str | None:
    """`"linear"` for what ends in a product with a weight, or the name of an activation; `None` for all else."""
    node = _moved(node)
    if node.op == "add":
        parts = [_moved(arg) for arg in node.args]
        weights = [part for part in parts if part.op == "weight"]
        others = [part for part in parts if part.op != "weight"]
        return "linear" if len(weights) == len(others) == 1 and _is_product(others[0]) else None
    if node.op == "max" and any(arg.op == "number" and arg.value == 0 for arg in node.args):
        return "relu"
    return "linear" if _is_product(node) else FUNCTIONS.get(node.op)


def lookups(found: list[Node]) -> Iterator[tuple[int, int]]:
    """`(place of the input, rows of the table)` for each table in which an input's own numbers are looked up."""
    for node in found:
        table, index = node.args[0], node.args[1]
        if table.op == "weight" and table.shape:
            rows = table.shape[0]
            place = _source(index, rows)
            if place is not None:
                yield place, rows


def _source(node: Node, rows: int) -> int | None:
    """The place of the input whose numbers these are; those from the end may count backwards."""
    node = _moved(node)
    if node.op == "input":
        return int(node.value)
    if node.op == "select_n":
        places = {_source(arg, rows) for arg in node.args[1:]}
        return places.pop() if len(places) == 1 else None
    counted = node.op == "add" and len(node.args) == 2 and node.args[1].op == "number" and node.args[1].value == rows
    return _source(node.args[0], rows) if counted else None


def _moved(node: Node) -> Node:
    while node.op in SAME:
        node = node.args[0]
    return node


def _is_product(node: Node) -> bool:
    """Whether it is a product with a weight, and not one of two things that were computed, or a mean of shares."""
    parts = [_moved(arg).op for arg in node.args]
    return node.op in PRODUCTS and "weight" in parts and "div" not in parts
