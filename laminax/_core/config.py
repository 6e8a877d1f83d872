"""Objects as plain data: a class's name and the arguments that made the object.

A class that keeps each constructor argument as an attribute of the same name gets
`get_config`, `from_config` and `repr` from `Configurable`. Names are looked up in a closed
table: nothing is imported because a config names it.
"""

import contextlib
import contextvars
import functools
import inspect
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from types import NoneType
from typing import Any, Self

import numpy as np

from .catalog import (
    PACKAGE,
    add_class,
    custom_objects,
    function_name,
    known_objects,
    register_function,
    registered,
    registered_function,
    registered_name,
    written_as,
)
from .errors import did_you_mean, show_entries, shown, unknown
from .reading import from_data

__all__ = [
    "PACKAGE",
    "Configurable",
    "arguments",
    "custom_objects",
    "deserializer",
    "from_data",
    "function_record",
    "getter",
    "known_objects",
    "record",
    "register_function",
    "registered",
    "registered_function",
    "registered_name",
    "reject_unknown_arguments",
    "sharing",
    "snake_case",
    "to_data",
]


# Arguments of classes of Keras that are not arguments here, with the values that ask for nothing.
_WITHOUT_EFFECT: dict[str, tuple[Any, ...]] = {
    "input_axes": (None,),
    "output_axes": (None,),
    "quantization_config": (None,),
    "oov_method": ("floormod",),
}


class Configurable:
    """An object that can be written as its constructor's arguments.

    Attributes:
        in_keras: whether Keras has the class.
        beyond_keras: arguments that Keras does not have; configs hold them only where they are not the defaults.
    """

    in_keras = True
    beyond_keras: tuple[str, ...] = ()

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        add_class(cls)
        show_entries(cls)

    @shown
    def __new__(cls, *args: Any, **kwargs: Any) -> Self:
        self = super().__new__(cls)
        taken = _taken(cls.__init__)
        if taken is not None:
            reject_unknown_arguments(self, {name: value for name, value in kwargs.items() if name not in taken})
            if args and not taken:
                raise TypeError(f"{cls.__name__} takes no arguments; got {args[0]!r}.")
        object.__setattr__(self, "_given", (args, kwargs))
        return self

    def get_config(self) -> dict[str, Any]:
        """The constructor's arguments, as data that JSON can hold."""
        known, given = arguments(type(self)), self._given[1]  # type: ignore[attr-defined]
        found = {name: self._argument(name) for name in known}
        usual = {n for n in self.beyond_keras if found[n] == known[n] or (known[n] is None and n not in given)}
        return {name: to_data(value) for name, value in found.items() if name not in usual}

    def _argument(self, name: str) -> Any:
        if hasattr(self, name):
            return getattr(self, name)
        args, kwargs = self._given  # type: ignore[attr-defined]
        bound = inspect.signature(type(self)).bind_partial(*args, **kwargs)
        bound.apply_defaults()
        given = {**bound.arguments, **bound.arguments.get("kwargs", {})}
        if name not in given:
            raise NotImplementedError(
                f"{type(self).__name__}.get_config: argument {name!r} is not kept. "
                f"Write `self.{name} = {name}` in __init__, or define get_config."
            )
        return given[name]

    @classmethod
    def from_config(cls, config: Mapping[str, Any]) -> Self:
        """A new object with the arguments of `config`."""
        own = arguments(cls)
        for name in own.keys() & config.keys():
            if isinstance(own[name], bool) and not isinstance(config[name], (bool, NoneType)):
                raise ValueError(f"{cls.__name__}: {name} is true or false; got {config[name]!r:.60}.")
        given = {k: v for k, v in config.items() if k in own or k not in _WITHOUT_EFFECT or v not in _WITHOUT_EFFECT[k]}
        return cls(**{name: from_data(value) for name, value in given.items()})

    def __repr__(self) -> str:
        defaults = arguments(type(self))
        args, kwargs = self._given  # type: ignore[attr-defined]
        given = {*list(defaults)[: len(args)], *kwargs, "name"}
        shown = [
            f"{name}={_brief(value)}"
            for name, default in defaults.items()
            if name in given and not _same(value := self._argument(name), default)
        ]
        return f"{type(self).__name__}({', '.join(shown)})"


def arguments(cls: type) -> dict[str, Any]:
    """Constructor arguments and their defaults, following `**kwargs` to the base classes.

    Arguments that a class gives its bases itself, or that are no data, stand in its `set_by_class`.
    """
    found: dict[str, Any] = {}
    left_out: set[str] = set()
    for kind in cls.__mro__:
        left_out.update(vars(kind).get("set_by_class", ()))
        if "__init__" not in vars(kind) or kind is object:
            continue
        parameters = list(inspect.signature(vars(kind)["__init__"]).parameters.values())[1:]
        for p in parameters:
            if p.kind not in (p.VAR_KEYWORD, p.VAR_POSITIONAL) and p.name not in left_out:
                found.setdefault(p.name, p.default)
        if not any(p.kind == p.VAR_KEYWORD for p in parameters):
            break
    return found


@functools.lru_cache(maxsize=1024)
def _taken(init: Callable[..., Any]) -> frozenset[str] | None:
    """The arguments that a constructor takes, `None` where it passes others on."""
    if init is object.__init__:
        return frozenset()
    parameters = inspect.signature(init).parameters.values()
    if any(p.kind == p.VAR_KEYWORD for p in parameters):
        return None
    return frozenset(p.name for p in list(parameters)[1:])


def reject_unknown_arguments(obj: object, kwargs: Mapping[str, Any]) -> None:
    """Raise a `TypeError` for the first of `kwargs`, with the argument that was meant."""
    if kwargs:
        name = next(iter(kwargs))
        kind = type(obj).__name__
        raise TypeError(f"{kind} has no argument {name!r}.{did_you_mean(name, arguments(type(obj)))}")


def _same(value: Any, default: Any) -> bool:
    if isinstance(default, str) and not isinstance(value, str):
        named = to_data(value)
        kind = type(value).__name__.lower()
        return bool(named == default or kind == default.replace("_", "").lower())
    try:
        return bool(value is default or value == default)
    except ValueError:  # arrays
        return False


def _brief(value: Any) -> str:
    if callable(value) and not isinstance(value, Configurable):
        return repr(getattr(value, "__name__", type(value).__name__))
    if hasattr(value, "shape") and len(value.shape) > 0:
        return f"array{tuple(value.shape)}"
    return repr(value)


_seen: contextvars.ContextVar[dict[int, tuple[Any, dict[str, Any]]] | None]
_seen = contextvars.ContextVar("seen", default=None)


@contextlib.contextmanager
def sharing() -> Iterator[None]:
    """Let records of an object that stands at several places say that it is the same one."""
    token = _seen.set({})
    try:
        yield
    finally:
        _seen.reset(token)


def record(obj: Configurable) -> dict[str, Any]:
    """An object as Keras writes it.

    `{"module", "class_name", "config", "registered_name"}`, for what is built or compiled also `"build_config"` and
    `"compile_config"`, and `"shared_object_id"` for what stands at several places.
    """
    cls, config = type(obj), obj.get_config()
    module, name, registered = written_as(cls, config)
    found: dict[str, Any] = {"module": module, "class_name": name, "config": config, "registered_name": registered}
    for step in ("build", "compile"):
        settings = getattr(obj, f"get_{step}_config", lambda: None)()
        if settings is not None:
            found[f"{step}_config"] = to_data(settings)
    seen = _seen.get()
    if seen is not None:
        _, first = seen.setdefault(id(obj), (obj, found))
        if first is not found:
            first["shared_object_id"] = found["shared_object_id"] = list(seen).index(id(obj)) + 1
    return found


def to_data(value: Any) -> Any:
    """`value` as data that JSON can hold."""
    if isinstance(value, Configurable):
        return record(value)
    if isinstance(value, (list, tuple)):
        return type(value)(to_data(v) for v in value) if type(value) in (list, tuple) else [to_data(v) for v in value]
    if isinstance(value, dict):
        return {key: to_data(v) for key, v in value.items()}
    if isinstance(value, np.dtype) or (isinstance(value, type) and issubclass(value, np.generic)):
        return np.dtype(value).name
    if hasattr(value, "dtype") and hasattr(value, "shape"):
        array = np.asarray(value)
        return array.item() if array.ndim == 0 else _special("numpy", value=array.tolist(), dtype=array.dtype.name)
    if isinstance(value, slice):
        return _special("slice", start=to_data(value.start), stop=to_data(value.stop), step=to_data(value.step))
    if isinstance(value, bytes):
        return _special("bytes", value=value.decode("utf-8"))
    if value is ...:
        return _special("ellipsis")
    return _function_data(value) if callable(value) else value


def _special(kind: str, **config: Any) -> dict[str, Any]:
    return {"class_name": f"__{kind}__", "config": config}


def _function_data(function: Callable[..., Any]) -> Any:
    builtin = function_name(function)
    return function_record(function) if builtin is None else builtin


def function_record(function: Callable[..., Any]) -> dict[str, Any]:
    """A function as Keras writes it where the name alone would not do."""
    if (builtin := function_name(function)) is not None:
        return {"module": "builtins", "class_name": "function", "config": builtin, "registered_name": "function"}
    name, module = registered_name(function), getattr(function, "__module__", None)
    return {"class_name": "function", "config": name, "module": module, "registered_name": name}


def getter(kind: str, members: Iterable[Any], aliases: Mapping[str, Any] = {}) -> Callable[[Any], Any]:
    """Make the `get` of a family: a name, config, class or object becomes an object."""
    table: dict[str, Any] = {}
    for member in members:
        for name in (member.__name__, snake_case(member.__name__), member.__name__.lower()):
            table.setdefault(name, member)
    table.update(aliases)

    @shown
    def get(identifier: Any) -> Any:
        if isinstance(identifier, str):
            if identifier not in table:
                raise unknown(kind, identifier, table)
            identifier = table[identifier]
        elif isinstance(identifier, dict):
            identifier = deserializer(get)(identifier)
        if inspect.isclass(identifier):
            return identifier()
        if identifier is None or callable(identifier) or isinstance(identifier, Configurable):
            return identifier
        raise TypeError(f"{kind} must be a name, a config, an object or None; got {identifier!r}")

    get.table = table  # type: ignore[attr-defined]
    return get


def deserializer(get: Any) -> Callable[..., Any]:
    """Make the `deserialize` of a family from its `get`: a config may write the class as any name that `get` knows."""

    def deserialize(config: Any, custom_objects: Mapping[str, Any] | None = None) -> Any:
        if not isinstance(config, Mapping):
            return get(config)
        name = config.get("config") if config.get("class_name") == "function" else config.get("class_name")
        known = get.table.get(name) if isinstance(name, str) else None
        if config.get("class_name") == "function" and known is not None:
            return known
        return from_data({**config, "class_name": known.__name__} if inspect.isclass(known) else config, custom_objects)

    return deserialize


def snake_case(name: str) -> str:
    """`BatchNormalization` -> `batch_normalization`, `Conv2D` -> `conv2d`, `PReLU` -> `p_re_lu`; as Keras does."""
    return re.sub(r"(?<=.)(?=[A-Z][a-z])|(?<=[a-z])(?=[A-Z])", "_", name).lower()
