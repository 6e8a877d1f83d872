"""Words for errors: what was given, what was expected, what to do."""

import contextlib
import difflib
import functools
import inspect
from collections.abc import Callable, Collection, Iterable, Iterator
from types import TracebackType
from typing import ParamSpec, TypeVar

import jax

P = ParamSpec("P")
T = TypeVar("T")
_FOLDED = (__name__.split(".")[0], "jax", "jaxlib", "contextlib")


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
    """A function that names the argument that was meant, where one is misspelt; its errors show the user's lines."""
    known = inspect.signature(function).parameters
    return shown(function, None if any(p.kind is p.VAR_KEYWORD for p in known.values()) else known)


def shown(function: Callable[P, T], known: Collection[str] | None = None) -> Callable[P, T]:
    """A function whose errors show the user's lines, and none of this package or of JAX but the first.

    Args:
        function: what is called.
        known: the arguments that it has; `None` where it sees itself to names that it does not know.
    """

    @functools.wraps(function)
    def shown(*args: P.args, **kwargs: P.kwargs) -> T:
        try:
            for name in kwargs:
                if known is not None and name not in known:
                    raise TypeError(f"{function.__name__} has no argument {name!r}.{did_you_mean(name, known)}")
            return function(*args, **kwargs)
        except Exception as error:
            fold(error)
            raise

    return shown


ENTRIES = ("__init__", "__call__", "update_state", "result")  # where a user's program enters objects of this package


def show_entries(cls: type) -> None:
    """Let errors that leave the methods by which objects are used show the user's lines."""
    for name in ENTRIES:
        if name in vars(cls):
            setattr(cls, name, shown(vars(cls)[name]))


def fold(error: BaseException | None) -> None:
    """Leave the lines of this package and of JAX out of an error, and out of those that led to it."""
    seen: set[int] = set()
    while folds() and error is not None and id(error) not in seen:
        seen.add(id(error))
        error.__traceback__ = folded(error.__traceback__)
        error = error.__cause__ or error.__context__


def folds() -> bool:
    """Whether tracebacks leave out the lines of this package and of JAX."""
    return getattr(jax.config, "jax_traceback_filtering", "auto") != "off"


def folded(lines: TracebackType | None) -> TracebackType | None:
    """The lines of a traceback that are of neither this package nor JAX nor the standard library's `contextlib`."""
    kept: list[TracebackType] = []
    while lines is not None:
        if str(lines.tb_frame.f_globals.get("__name__", "")).split(".")[0] not in _FOLDED:
            kept.append(lines)
        lines = lines.tb_next
    chain: TracebackType | None = None
    for line in reversed(kept):
        chain = TracebackType(chain, line.tb_frame, line.tb_lasti, line.tb_lineno)
    return chain


@contextlib.contextmanager
def located(where: str) -> Iterator[None]:
    """Let errors about values that are raised inside begin with the place where the values come from."""
    try:
        yield
    except (TypeError, ValueError) as error:
        if type(error) in (TypeError, ValueError):
            error.args = (f"{where}: {error}",)
        raise
