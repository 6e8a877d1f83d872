"""Where Keras keeps the variables of each object in a file: `layers/dense/vars/0`.

The path of an object is the way of attributes to it, in alphabetical order, private ones last. In a list or dict an
object is called after its class, and numbered. Each object is kept once, at the first path that leads to it; its own
variables are numbered in the order in which they were made, trained ones first.
"""

from collections.abc import Iterator
from typing import Any

from .._core.config import snake_case
from ..layers.layer import Layer
from ..optimizers import Optimizer


def objects(root: Any) -> Iterator[tuple[str, Any]]:
    """Every layer, and the optimizer, by path; `""` is the path of the root."""
    return _walk(root, "", set())


def _walk(owner: Any, path: str, seen: set[int]) -> Iterator[tuple[str, Any]]:
    if id(owner) in seen:
        return
    seen.add(id(owner))
    yield path, owner
    for name, value in _attributes(owner):
        where = f"{path}/{name}" if path else name
        if _is_kept(value):
            yield from _walk(value, where, seen)
        elif isinstance(value, (list, tuple, dict)):
            yield from _inside(value, where, seen)


def _inside(container: Any, path: str, seen: set[int]) -> Iterator[tuple[str, Any]]:
    """What is in a list or dict, under the names of classes."""
    used: dict[str, int] = {}
    for value in container.values() if isinstance(container, dict) else container:
        if _is_kept(value):
            yield from _walk(value, f"{path}/{_numbered(_class_name(value), used)}", seen)
        elif isinstance(value, (list, tuple, dict)):
            yield from _inside(value, f"{path}/{_numbered('container', used)}", seen)


def _class_name(value: Any) -> str:
    """The name of a class, which is another one in Keras for models of a graph."""
    name = type(value).__name__
    return "functional" if name == "Model" and owner_is_graph(value) else snake_case(name)


def _numbered(name: str, used: dict[str, int]) -> str:
    count = used[name] = used.get(name, -1) + 1
    return f"{name}_{count}" if count else name


def _is_kept(value: Any) -> bool:
    return isinstance(value, (Layer, Optimizer))


def _attributes(owner: Any) -> list[tuple[str, Any]]:
    """The attributes in which Keras looks, in its order."""
    if isinstance(owner, Optimizer):
        inner = getattr(owner, "inner_optimizer", None)
        return [] if inner is None else [("inner_optimizer", inner)]
    found: dict[str, Any] = dict(owner.members())
    first = [("layers", found.pop("layers"))] if owner_is_graph(owner) and "layers" in found else []
    if not first and hasattr(owner, "layers"):
        found["layers"] = owner.layers
    names: dict[str, str] = getattr(owner, "keras_attributes", {})
    renamed = {names.get(name, name): value for name, value in found.items()}
    return first + sorted(renamed.items(), key=lambda item: (item[0].startswith("_"), item[0]))


def owner_is_graph(owner: Any) -> bool:
    """Whether an object is a model of a graph or a chain, whose layers come before its attributes."""
    return getattr(owner, "_graph", None) is not None or hasattr(owner, "_chain")
