"""Functions of another library under Keras's names and arguments."""

import ast
import inspect
from collections.abc import Callable, Iterator
from typing import Any

from .._core.graph import symbolic

SHORT = {"unary": "x", "binary": "x1, x2", "reductions": "x, axis=None, keepdims=False"}


def adopt(library: Any, module: str, others: str = "", **short: str) -> dict[str, Callable[..., Any]]:
    """Functions of `library`, by name.

    Each line of `others` is a signature; the words in `unary`, `binary` and `reductions` are names. Arguments that are
    named otherwise in `library` stand first and are given by position, the others by name.
    """
    lines = [line for line in others.split("\n") if line]
    lines += [f"{name}({SHORT[kind]})" for kind, names in short.items() for name in names.split()]
    return {name: _adopted(getattr(library, name), name, signature, module) for name, signature in _read(lines)}


def _read(lines: list[str]) -> Iterator[tuple[str, inspect.Signature]]:
    for node in ast.parse("\n".join(f"def {line}: ..." for line in lines)).body:
        assert isinstance(node, ast.FunctionDef)
        names = [a.arg for a in node.args.args]
        values = [ast.literal_eval(d) for d in node.args.defaults]
        defaults = [inspect.Parameter.empty] * (len(names) - len(values)) + values
        kind = inspect.Parameter.POSITIONAL_OR_KEYWORD
        yield node.name, inspect.Signature([inspect.Parameter(n, kind, default=d) for n, d in zip(names, defaults)])


def _adopted(function: Callable[..., Any], name: str, signature: inspect.Signature, module: str) -> Callable[..., Any]:
    names = list(signature.parameters)
    theirs = {
        n: p.default for n, p in inspect.signature(function).parameters.items() if p.kind is not p.POSITIONAL_ONLY
    }
    changed = {n: p.default for n, p in signature.parameters.items() if theirs.get(n, p.default) != p.default}
    changed = {n: default for n, default in changed.items() if default is not inspect.Parameter.empty}

    def call(*args: Any, **kwargs: Any) -> Any:
        if len(args) > len(names):
            raise TypeError(f"{name}{signature} takes {len(names)} arguments; got {len(args)}.")
        given = {**changed, **dict(zip(names, args)), **kwargs}
        first = [given.pop(n) for n in names if n not in theirs and n in given]
        return function(*first, **given)

    call.__name__ = call.__qualname__ = name
    call.__module__ = module
    call.__doc__ = f"`{str(function.__module__).split('.')[0]}`'s function of that name."
    call.__signature__ = signature  # type: ignore[attr-defined]
    return symbolic(call)
