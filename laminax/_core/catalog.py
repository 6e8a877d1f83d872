"""The classes and functions that a config may name: closed tables. Nothing is imported because a config names it."""

import contextlib
import contextvars
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from .errors import did_you_mean, unknown
from .file_errors import CorruptFileError, UnsafeFileError

PACKAGE = __name__.split(".")[0]
PARTS = (  # of the package, whose classes are data and nothing else: making one touches no file
    *("_core", "layers", "losses", "metrics", "models", "optimizers"),
    *("initializers", "regularizers", "constraints", "utils"),
)
_classes: dict[str, list[type]] = {}  # families share names: a loss and a metric
_functions: dict[Callable[..., Any], str] = {}
operations: set[str] = set()  # what stands in a graph and is no layer, by the name of Keras's class for it
registered: dict[str, Any] = {}  # the program's own classes and functions, by "package>name"
_custom: contextvars.ContextVar[dict[str, Any] | None] = contextvars.ContextVar("custom", default=None)

# What Keras calls otherwise, or makes public elsewhere than in the namespace of its part.
_PLACES = {
    **dict.fromkeys(("DTypePolicy", "Model", "Sequential", "Layer", "InputSpec"), "keras"),
    "DTypePolicyMap": "keras.dtype_policies",
    "SeedGenerator": "keras.random",
}
_NAMES = {"GroupedQueryAttention": "GroupQueryAttention"}
_ALIASES = {"Functional": "Model", "GroupQueryAttention": "GroupedQueryAttention", "FloatDTypePolicy": "DTypePolicy"}


def add_class(cls: type) -> None:
    """Let configs name a class of the package."""
    path = cls.__module__.split(".")
    if path[0] == PACKAGE and path[1] in PARTS:
        _classes.setdefault(cls.__name__, []).append(cls)


def written_as(cls: type, config: Mapping[str, Any]) -> tuple[str | None, str, str | None]:
    """Module, name and registered name of a class in a record, as Keras writes them."""
    if cls not in _classes.get(cls.__name__, ()):
        return None if cls.__module__ == "__main__" else cls.__module__, cls.__name__, registered_name(cls)
    if cls.__name__ == "Model" and "layers" in config:
        return "keras.src.models.functional", "Functional", "Functional"
    return public_module(cls), _NAMES.get(cls.__name__, cls.__name__), None


def public_module(cls: type) -> str:
    """The namespace in which Keras has a class: `keras.layers` for one in `laminax.layers.dense`.

    A class that Keras does not have says so by `in_keras = False`, and is in `laminax.layers`.
    """
    path = cls.__module__.split(".")
    if not getattr(cls, "in_keras", True):
        return ".".join(path[:2])
    if cls.__name__ in _PLACES:
        return _PLACES[cls.__name__]
    return ".".join(["keras", *(path[1:3] if path[2:] == ["schedules"] else path[1:2])])


def register_function(function: Callable[..., Any], name: str | None = None) -> Callable[..., Any]:
    """Make a built-in function known, so that configs write it as its name."""
    _functions[function] = name or function.__name__
    return function


def function_name(function: Any) -> str | None:
    """The name of a built-in function, `None` if it is none."""
    try:
        return _functions.get(function)
    except TypeError:  # not hashable
        return None


def registered_function(identifier: Any) -> Any:
    """The built-in function of a name, as configs write it; anything else as it is."""
    if not isinstance(identifier, str):
        return identifier
    named = {name: function for function, name in _functions.items()}
    if identifier not in named:
        raise unknown("function", identifier, named)
    return named[identifier]


# The program's own.


@contextlib.contextmanager
def custom_objects(objects: Mapping[str, Any]) -> Iterator[None]:
    """Let configs name these classes and functions."""
    token = _custom.set({**(_custom.get() or {}), **objects})
    try:
        yield
    finally:
        _custom.reset(token)


def known_objects(more: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """What configs may name besides this package's classes: what is registered, in scope, or given."""
    return {**registered, **(_custom.get() or {}), **(more or {})}


def registered_name(obj: Any) -> str:
    """The name under which a class or function is registered, else its own."""
    name = next((name for name, known in registered.items() if known is obj), None)
    return name or str(getattr(obj, "__name__", type(obj).__name__))


# Looking up what a config names.


def find_class(record: Mapping[str, Any]) -> Any:
    """The class that a record names.

    Raises:
        UnsafeFileError: if it is neither one of the package nor one that the program has made known, or if it is one
            of the package under a name that is registered for another.
    """
    name, module, given = (_word(record, key) for key in ("class_name", "module", "registered_name"))
    custom, path = known_objects(), (module or PACKAGE).split(".")
    own = path[0] in (PACKAGE, "keras")
    builtin = _classes.get(_ALIASES.get(name, name), []) if own else []
    if builtin and given in (None, name):
        return next((cls for cls in builtin if public_module(cls).split(".")[-1] in path), builtin[-1])
    if builtin and (module or given not in custom):
        raise UnsafeFileError(f"{given!r} is registered, and can't stand for {module}.{name}.")
    for known in (given, name, (given or "").split(">")[-1]):
        if isinstance(custom.get(known), type):
            return custom[known]
    raise UnsafeFileError(
        f"Unknown class {name!r}{f' of {module}' if module else ''}: it is not one of the package; if it is yours, "
        f"register it or give it in custom_objects.{did_you_mean(name, {*custom, *(_classes if own else ())})}"
    )


def find_function(record: Mapping[str, Any]) -> Any:
    """The function that a record names: one that the program has made known, or a built-in one.

    Raises:
        UnsafeFileError: if it is neither.
    """
    name, module = record["config"], _word(record, "module")
    custom = known_objects()
    known = [n for n in (name, record.get("registered_name")) if isinstance(n, str) and callable(custom.get(n))]
    if known:
        return custom[known[0]]
    builtin = {n: function for function, n in _functions.items()}
    if (
        isinstance(name, str)
        and name in builtin
        and (module or "keras").split(".")[0] in (PACKAGE, "keras", "builtins")
    ):
        return builtin[name]
    raise UnsafeFileError(
        f"Unknown function {name!r}: if it is yours, register it or give it in custom_objects."
        f"{did_you_mean(name, [*custom, *builtin])}"
    )


def _word(record: Mapping[str, Any], key: str) -> Any:
    word = record.get(key)
    if word is not None and not isinstance(word, str):
        raise CorruptFileError(f"{key} is a name; got {str(word)[:60]!r}.")
    return word
