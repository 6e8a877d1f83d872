"""Which layer and which function becomes what in ONNX: one table, filled by the files beside this one."""

import inspect
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from .writer import Value

Function = Callable[..., Any]


class Converter(NamedTuple):
    """How a class of layers is written.

    Attributes:
        write: `write(g, layer, *inputs)` adds nodes and gives the name of the output, or a list or tuple of names.
        whole: whether it takes whole numbers as they are; else they come as floats, and go as what the layer gives.
        masks: whether it heeds the masks of its inputs; else a layer that asks for masks must get none.
    """

    write: Function
    whole: bool
    masks: bool


CONVERTERS: dict[type, Converter] = {}
MASKS: dict[type, Function] = {}
OPERATIONS: dict[str, Function] = {}


def converts(*classes: type, whole: bool = False, masks: bool = False) -> Callable[[Function], Function]:
    """Let a function write layers of these classes; see `Converter`."""

    def register(function: Function) -> Function:
        CONVERTERS.update(dict.fromkeys(classes, Converter(function, whole, masks)))
        return function

    return register


def makes_mask(*classes: type) -> Callable[[Function], Function]:
    """Let `function(g, layer, *inputs)` say what mask the output of a layer has: a name, `None`, or `LOST`."""

    def register(function: Function) -> Function:
        MASKS.update(dict.fromkeys(classes, function))
        return function

    return register


def operates(*names: str) -> Callable[[Function], Function]:
    """Let `function(g, out, **arguments)` write operations of these names; `out` has the shape and type to come."""

    def register(function: Function) -> Function:
        OPERATIONS.update(dict.fromkeys(names, function))
        return function

    return register


class NoFormError(ValueError):
    """A part of a model that can't be written as ONNX."""


def refused(what: Any, why: str) -> NoFormError:
    """The error for a layer or function that has no form there."""
    name = getattr(what, "name", getattr(what, "__name__", what))
    return NoFormError(f"layer {name!r} ({type(what).__name__}) {why}" if hasattr(what, "path") else f"{name} {why}")


def converter_of(layer: Any) -> Converter:
    """The converter of a layer."""
    found = CONVERTERS.get(type(layer))
    if found is None:
        base = next((cls.__name__ for cls in type(layer).__mro__ if cls in CONVERTERS), None)
        why = f"is a subclass of {base}, which may compute something else" if base else "has no form there"
        raise refused(layer, why)
    return found


def check_arguments(owner: Any, function: Function, given: Sequence[str]) -> None:
    """Raise the error for an argument of a call that a converter does not know."""
    known = inspect.signature(function).parameters
    for name in given:
        if name not in known:
            raise refused(owner, f"is called with {name}=, which has no form there")


class Lost:
    """In place of a mask that can't be written: whoever needs it is refused."""


LOST = Lost()


def mask(layer: Any, x: Value) -> Any:
    """The mask of an input that a layer heeds: a name or `None`."""
    if isinstance(x.mask, Lost):
        raise refused(layer, "needs a mask that has no form there")
    return x.mask


def function_of(name: str, owner: Any) -> Function:
    """The function that writes an operation."""
    if name not in OPERATIONS:
        raise refused(owner, "has no form there")
    return OPERATIONS[name]
