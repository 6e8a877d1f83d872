"""Functions of another library under Keras's names and arguments."""

import ast
import functools
import inspect
from collections.abc import Callable
from typing import Any

from .._core.operation import Array, operation
from .._core.settings import floatx

Function = Callable[..., Any]


def adopt(library: Any, module: str, table: str, floats: str = "", made: str = "", **short: str) -> dict[str, Function]:
    """Functions of `library`, by name.

    Each line of `table` is a signature; what stands before the semicolon are arrays, and all is if there is none.
    Arguments that are named otherwise in `library` stand first and are given by position, the others by name.

    Args:
        library: where the functions are.
        module: where they will be.
        table: the signatures.
        floats: names of functions that take whole numbers as floats.
        made: names of functions for which no `dtype` means `floatx()`.
        short: for a signature, such as `"x1, x2"`, under a name, the functions that have it.
    """
    lines = [line for line in table.split("\n") if line]
    for shape, names in short.items():
        lines += [f"{name}({_SHORT[shape]})" for name in names.split()]
    kinds, dtype = set(floats.split()), set(made.split())
    found = {}
    for line in lines:
        name, _, arguments = line[:-1].partition("(")
        function = _adopted(library, name, arguments, module, name in dtype)
        found[name] = operation(function, floats=name in kinds)
    return found


_SHORT = {"unary": "x", "binary": "x1, x2", "reductions": "x; axis=None, keepdims=False"}


@functools.cache
def signature_of(arguments: str) -> inspect.Signature:
    """The signature that a line of a table describes: `xs` is a list of arrays, and in a default no space comes after a
    comma."""
    parameters = []
    for i, part in enumerate(arguments.split(";")):
        for argument in filter(None, part.strip().split(", ")):
            name, _, default = argument.partition("=")
            parameters.append(
                inspect.Parameter(
                    name,
                    inspect.Parameter.POSITIONAL_OR_KEYWORD,
                    default=_value(default) if default else inspect.Parameter.empty,
                    annotation=inspect.Parameter.empty if i else list[Array] if name == "xs" else Array,
                )
            )
    return inspect.Signature(parameters)


_value = functools.cache(ast.literal_eval)


def _adopted(library: Any, name: str, arguments: str, module: str, made: bool) -> Function:
    signature = signature_of(arguments)

    arrays = arguments.partition(";")[0].count(",") + 1

    def call(*args: Any, **kwargs: Any) -> Any:
        function, theirs, changed = _matched(library, name, arguments)
        if len(args) == arrays and not kwargs and not changed and not made:
            return function(*args)
        given = signature.bind(*args, **kwargs).arguments
        first = [given.pop(n) for n in signature.parameters if n not in theirs and n in given]
        given = {n: tuple(x) if isinstance(x, list) and n != "xs" else x for n, x in {**changed, **given}.items()}
        if made and given.get("dtype") is None:
            given["dtype"] = floatx()
        return function(*first, **given)

    call.__name__ = call.__qualname__ = name
    call.__module__ = module
    call.__doc__ = f"`{library.__name__}.{name}`, with Keras's arguments."
    call.__signature__ = signature  # type: ignore[attr-defined]
    return call


@functools.cache
def _matched(library: Any, name: str, arguments: str) -> tuple[Function, set[str], dict[str, Any]]:
    """A function of `library`, the arguments that it takes by name, and defaults that are not its own."""
    function = getattr(library, name)
    own = inspect.signature(function).parameters.values()
    theirs = {p.name: p.default for p in own if p.kind is not p.POSITIONAL_ONLY}
    ours = signature_of(arguments).parameters.values()
    defaults = {p.name: p.default for p in ours if p.default is not p.empty and p.name in theirs}
    return function, set(theirs), {n: default for n, default in defaults.items() if not _same(theirs[n], default)}


def _same(one: Any, other: Any) -> bool:
    return one is other or (type(one) is type(other) and one == other)
