"""Words for errors: what was given, what was expected, what to do."""

import contextlib
import difflib
import functools
import inspect
from collections.abc import Callable, Iterable, Iterator
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")


def did_you_mean(name: object, options: Iterable[str]) -> str:
    """`" Did you mean 'relu'?"` where an option is near, else a short list of them."""
    options = sorted({str(option) for option in options})
    folded: dict[str, str] = {}
    for option in options:
        folded.setdefault(option.lower(), option)
    near = difflib.get_close_matches(str(name).lower(), folded, n=2, cutoff=0.6)
    if near:
        return " Did you mean " + " or ".join(repr(folded[n]) for n in near) + "?"
    if not options:
        return ""
    shown = ", ".join(map(repr, options[:12]))
    return f" Known: {shown}{', ...' if len(options) > 12 else ''}."


def unknown(kind: str, name: object, options: Iterable[str]) -> ValueError:
    """The error for a name that is in no table."""
    return ValueError(f"Unknown {kind} {name!r}.{did_you_mean(name, options)}")


def shape_text(shape: object) -> str:
    """A shape as a reader writes it: `(None, 784)`; a list or dict of shapes likewise."""
    if isinstance(shape, dict):
        return "{" + ", ".join(f"{k!r}: {shape_text(v)}" for k, v in shape.items()) + "}"
    if isinstance(shape, list):
        return "[" + ", ".join(map(shape_text, shape)) + "]"
    if isinstance(shape, tuple) and shape and not all(d is None or isinstance(d, int) for d in shape):
        return "(" + ", ".join(shape_text(d) if isinstance(d, tuple) else str(d) for d in shape) + ")"
    return str(shape)


def named_arguments(function: Callable[P, T]) -> Callable[P, T]:
    """A function that names the argument that was meant, where one is misspelt."""
    known = inspect.signature(function).parameters

    @functools.wraps(function)
    def checked(*args: P.args, **kwargs: P.kwargs) -> T:
        for name in kwargs:
            if name not in known:
                raise TypeError(f"{function.__name__} has no argument {name!r}.{did_you_mean(name, known)}")
        return function(*args, **kwargs)

    return checked


@contextlib.contextmanager
def located(where: str) -> Iterator[None]:
    """Let errors about values that are raised inside begin with the place where the values come from."""
    try:
        yield
    except (TypeError, ValueError) as error:
        if type(error) in (TypeError, ValueError):
            error.args = (f"{where}: {error}",)
        raise
