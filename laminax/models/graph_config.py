"""Graphs of layers as data, in the form of Keras's functional models, and back."""

import collections
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

import jax

from .._core import graph
from .._core.config import from_data, snake_case, to_data
from .._core.file_errors import CorruptFileError
from .._core.reading import Operation, Reference, is_operation
from .._core.signature import signature
from ..layers.layer import Layer
from . import operations
from .graph import Graph


def _made_of_graph(layer: Any) -> bool:
    """Whether a layer is a model made of a graph, of which Keras counts the making as a call."""
    return getattr(layer, "_graph", None) is not None and not hasattr(layer, "_chain")


# To data.


def graph_config(made: Graph, record: Callable[[Any], dict[str, Any]] = to_data) -> dict[str, Any]:
    """`{"layers", "input_layers", "output_layers"}` of a graph."""
    names = _Names(made)
    return {
        "layers": [
            {
                **(record(owner) if isinstance(owner, Layer) else operations.record(calls[0], name)),
                "name": name,
                "inbound_nodes": [names.call(n) for n in calls if n.inputs],
            }
            for name, owner, calls in names.owners
        ],
        "input_layers": names.places(made.inputs),
        "output_layers": names.places(made.outputs),
    }


class _Names:
    """The names of layers and functions in a graph, and the place of each tensor: name, call, output."""

    def __init__(self, made: Graph) -> None:
        calls: dict[int, list[graph.Node]] = {}
        for node in made.nodes:
            calls.setdefault(node.owner, []).append(node)
        taken = {node.function.name for node in made.nodes if isinstance(node.function, Layer)}
        self.owners: list[tuple[str, Any, list[graph.Node]]] = []
        self.known: dict[int, list[Any]] = {}
        for nodes in calls.values():
            function = nodes[0].function
            name = function.name if isinstance(function, Layer) else _free(operations.name_of(function), taken)
            self.owners.append((name, function, nodes))
            for i, node in enumerate(nodes):
                self.known.update({id(t): [name, i, t.index] for t in node.outputs})

    def places(self, tensors: Any) -> Any:
        """The place of each tensor, in the structure that they have."""
        return jax.tree.map(self.place, tensors)

    def place(self, tensor: Any) -> list[Any]:
        """The place of an input or an output of the model."""
        name, call, output = self.known[id(tensor)]
        return [name, call + _made_of_graph(tensor.node.function), output]

    def call(self, node: graph.Node) -> dict[str, Any]:
        """The arguments of a call, as data."""
        args, kwargs = list(node.args), node.kwargs
        if not isinstance(node.function, Layer):
            args, kwargs = operations.called_on(node)
        mode = {"training": kwargs["training"]} if isinstance(kwargs.get("training"), bool) else {}
        return {"args": self.data(args), "kwargs": self.data(kwargs), **mode}

    def data(self, value: Any) -> Any:
        """An argument as data."""
        if graph.is_symbolic(value):
            config = {"shape": value.shape, "dtype": value.dtype, "keras_history": self.known[id(value)]}
            return {"class_name": "__keras_tensor__", "config": config}
        if isinstance(value, (list, tuple)):
            return [self.data(v) for v in value]
        return {k: self.data(v) for k, v in value.items()} if isinstance(value, dict) else to_data(value)


def _free(kind: str, taken: set[str]) -> str:
    """A name for a call of a function, that no layer and no other call has."""
    base = name = snake_case(kind)
    n = 0
    while name in taken:
        n += 1
        name = f"{base}_{n}"
    taken.add(name)
    return name


# From data.


class _Call(NamedTuple):
    owner: str
    args: Any
    kwargs: Any


def graph_from(config: Mapping[str, Any]) -> tuple[Any, Any]:
    """The symbolic inputs and outputs that `graph_config` described, on new layers.

    Raises:
        CorruptFileError: if a call takes what no call makes, or what comes after it.
    """
    made, calls = _owners(config["layers"])
    outputs = {name: [_leaves(owner.output)] for name, owner in made.items() if hasattr(owner, "_node")}

    def tensor(reference: Any) -> Any:
        if not isinstance(reference, Reference):
            return reference
        results = outputs.get(reference.layer, [])
        if not 0 <= reference.call < len(results) or reference.output >= len(results[reference.call]):
            raise CorruptFileError(
                f"there is no output {reference.output} of call {reference.call} of {reference.layer!r}."
            )
        return results[reference.call][reference.output]

    for call in _in_order(calls):
        args, kwargs = _mapped(tensor, call.args), _mapped(tensor, call.kwargs)
        outputs.setdefault(call.owner, []).append(_leaves(_called(made[call.owner], args, kwargs)))
    inputs, ends = (_mapped(tensor, _places(config[key], made)) for key in ("input_layers", "output_layers"))
    return inputs, ends


def _called(owner: Any, args: Any, kwargs: Mapping[str, Any]) -> Any:
    if isinstance(owner, Operation):
        return operations.call(owner.class_name, owner.arguments, args, kwargs)
    known = signature(type(owner).call).names
    return owner(*args, **{k: v for k, v in kwargs.items() if v is not None or k in known})


def check_all_used(config: Mapping[str, Any], made: Any) -> None:
    """Raise a `CorruptFileError` for a layer that leads to no output."""
    used = {layer.name for layer in made.layers}
    for record in config["layers"]:
        if not is_operation(record) and record["name"] not in used and not made.host.nodes:
            raise CorruptFileError(f"the layer {record['name']!r} leads to none of the outputs.")


def _owners(records: Iterable[Mapping[str, Any]]) -> tuple[dict[str, Any], dict[str, list[_Call]]]:
    """Layers and functions by name, and the calls of each."""
    made: dict[str, Any] = {}
    calls: dict[str, list[_Call]] = {}
    for record in records:
        name = record["name"]
        if not isinstance(name, str) or name in made:
            raise CorruptFileError(f"two layers are named {name!r}." if name in made else f"{name!r} is no name.")
        owner = from_data({key: value for key, value in record.items() if key not in ("name", "inbound_nodes")})
        if not isinstance(owner, (Layer, Operation)):
            raise CorruptFileError(f"{name!r} is neither a layer nor a function: {type(owner).__name__}.")
        made[name] = name_again(owner, name) if isinstance(owner, Layer) else owner
        calls[name] = [_call(name, data) for data in record["inbound_nodes"]]
    return made, calls


def name_again(layer: Any, name: str | None = None) -> Any:
    """A layer with the name that it had; one that is its class's, with a number, is free to change again."""
    if isinstance(layer, Layer):
        layer.name = name or layer.name
        own = snake_case(type(layer).__name__).lstrip("_")
        layer.auto_named = re.fullmatch(rf"{own}(_[0-9]+)?", layer.name) is not None
    return layer


def _call(owner: str, data: Any) -> _Call:
    if isinstance(data, dict):
        args, kwargs = from_data(data["args"]), from_data(data["kwargs"])
        if not isinstance(args, (list, tuple)) or not isinstance(kwargs, dict):
            raise CorruptFileError(f"a call of {owner!r} lacks its arguments.")
        # Keras writes the mode of every call, and lets that of the call around win: what counts is kept apart.
        mode = {"training": data["training"]} if isinstance(data.get("training"), bool) else {}
        return _Call(owner, args, {key: v for key, v in kwargs.items() if key != "training"} | mode)
    tensors = [Reference(*place[:3]) for place in data]  # as Keras 2 wrote it
    return _Call(
        owner,
        [tensors[0] if len(tensors) == 1 else tensors],
        {k: v for place in data for k, v in (place[3:] or [{}])[0].items()},
    )


def _in_order(calls: Mapping[str, list[_Call]]) -> Iterable[_Call]:
    """Calls, each after those that it needs; those of one layer as they are numbered."""
    waiting: dict[tuple[str, int], int] = {}
    followers: dict[tuple[str, int], list[tuple[str, int]]] = collections.defaultdict(list)
    for name, own in calls.items():
        for i, call in enumerate(own):
            needed = {(name, i - 1)} if i else set()
            needed |= {(r.layer, r.call) for r in _references(call[1:]) if calls.get(r.layer)}
            waiting[name, i] = len(needed)
            for before in needed:
                followers[before].append((name, i))
    ready = collections.deque(key for key, count in waiting.items() if not count)
    while ready:
        key = ready.popleft()
        del waiting[key]
        yield calls[key[0]][key[1]]
        for after in followers[key]:
            waiting[after] -= 1
            if not waiting[after]:
                ready.append(after)
    if waiting:
        raise CorruptFileError(
            f"the call of {next(iter(waiting))[0]!r} takes what comes after it, or what no call makes."
        )


def _references(value: Any) -> Iterable[Reference]:
    return [leaf for leaf in jax.tree.leaves(value) if isinstance(leaf, Reference)]


def _mapped(function: Callable[[Any], Any], value: Any) -> Any:
    """`function` of every leaf of nested lists and dicts, whose order stays."""
    if isinstance(value, (list, tuple)):
        return type(value)(_mapped(function, v) for v in value)
    return {k: _mapped(function, v) for k, v in value.items()} if isinstance(value, dict) else function(value)


def _leaves(result: Any) -> list[Any]:
    return jax.tree.leaves(result)


def _places(data: Any, made: Mapping[str, Any]) -> Any:
    """References in the structure of inputs or outputs, from lists of a name and two numbers."""
    if isinstance(data, dict):
        return {key: _places(value, made) for key, value in data.items()}
    if not isinstance(data, (list, tuple)):
        raise CorruptFileError(f"a tensor is told by a name and two numbers; got {str(data)[:80]}.")
    if len(data) == 3 and isinstance(data[0], str):
        if any(type(i) is not int or i < 0 for i in data[1:]):
            raise CorruptFileError(f"a tensor is told by a name and two numbers; got {str(data)[:80]}.")
        return Reference(data[0], data[1] - _made_of_graph(made.get(data[0])), data[2])
    return [_places(value, made) for value in data]
