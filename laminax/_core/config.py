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
from typing import Any, Self

import numpy as np

from .errors import did_you_mean, unknown

PACKAGE = __name__.split(".")[0]
_classes: dict[str, list[type["Configurable"]]] = {}  # families share names: a loss and a metric
_functions: dict[Callable[..., Any], str] = {}
registered: dict[str, Any] = {}  # the program's own classes and functions, by "package>name"
_custom: contextvars.ContextVar[dict[str, Any] | None] = contextvars.ContextVar("custom", default=None)


class Configurable:
    """An object that can be written as its constructor's arguments."""

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if cls.__module__.split(".")[0] == PACKAGE:
            _classes.setdefault(cls.__name__, []).append(cls)

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
        return {name: to_data(self._argument(name)) for name in arguments(type(self))}

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
        return cls(**{name: from_data(value) for name, value in config.items()})

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

    Arguments of a base class that the class itself gives stand in its `set_by_class`.
    """
    found: dict[str, Any] = {}
    for kind in cls.__mro__:
        if "__init__" not in vars(kind) or kind is object:
            continue
        parameters = list(inspect.signature(vars(kind)["__init__"]).parameters.values())[1:]
        for p in parameters:
            if p.kind not in (p.VAR_KEYWORD, p.VAR_POSITIONAL) and p.name not in cls.__dict__.get("set_by_class", ()):
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


def register_function(function: Callable[..., Any], name: str | None = None) -> Callable[..., Any]:
    """Make a built-in function known, so that configs write it as its name."""
    _functions[function] = name or function.__name__
    return function


def registered_function(identifier: Any) -> Any:
    """The built-in function of a name, as configs write it; anything else as it is."""
    if not isinstance(identifier, str):
        return identifier
    named = {name: function for function, name in _functions.items()}
    if identifier not in named:
        raise unknown("function", identifier, named)
    return named[identifier]


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
    return next((name for name, known in registered.items() if known is obj), obj.__name__)


def record(obj: Configurable) -> dict[str, Any]:
    """`{"module", "class_name", "config", "registered_name"}` of an object."""
    cls = type(obj)
    builtin = cls in _classes.get(cls.__name__, ())
    return {
        "module": public_module(cls) if builtin else cls.__module__,
        "class_name": cls.__name__,
        "config": obj.get_config(),
        "registered_name": None if builtin else registered_name(cls),
    }


def public_module(cls: type) -> str:
    """`laminax.layers` for a class in `laminax.layers.dense`."""
    parts = [p for p in cls.__module__.split(".")[1:2] if not p.startswith("_")]
    return ".".join([PACKAGE, *parts])


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
        if array.ndim == 0:
            return array.item()
        return {"class_name": "__numpy__", "config": {"value": array.tolist(), "dtype": array.dtype.name}}
    if callable(value):
        return _function_data(value)
    return value


def _function_data(function: Callable[..., Any]) -> Any:
    try:
        if function in _functions:
            return _functions[function]
    except TypeError:  # not hashable
        pass
    name = getattr(function, "__name__", type(function).__name__)
    module = getattr(function, "__module__", None)
    return {"class_name": "function", "config": name, "module": module, "registered_name": name}


def from_data(value: Any, custom: Mapping[str, Any] | None = None) -> Any:
    """The object that `to_data` described; anything else as it is."""
    if isinstance(value, (list, tuple)):
        return type(value)(from_data(v, custom) for v in value)
    if not isinstance(value, dict):
        return value
    if not {"class_name", "config"} <= value.keys():
        return {key: from_data(v, custom) for key, v in value.items()}
    name, config, custom = value["class_name"], value["config"], known_objects(custom)
    if name == "__numpy__":
        return np.asarray(config["value"], config["dtype"])
    if name == "function":
        if config not in custom:
            raise unknown("function", config, custom)
        return custom[config]
    cls = _class(value.get("registered_name") or name, value.get("module"), custom)
    with custom_objects(custom):
        return cls.from_config(config)


def _class(name: str, module: str | None, custom: Mapping[str, Any]) -> Any:
    """The class that a config names: of this package, unless it says another one, else one of `custom`."""
    parts = str(module or PACKAGE).split(".")
    own = parts[0] in (PACKAGE, "keras")
    found = _classes.get(name, []) if own else []
    if found:
        return next((cls for cls in found if public_module(cls).split(".")[-1] in parts), found[-1])
    if name.split(">")[-1] in custom and name not in custom:
        name = name.split(">")[-1]
    if name not in custom:
        raise unknown("class", name, {**_classes, **custom} if own else custom)
    return custom[name]


def getter(kind: str, members: Iterable[Any], aliases: Mapping[str, Any] = {}) -> Callable[[Any], Any]:
    """Make the `get` of a family: a name, config, class or object becomes an object."""
    table: dict[str, Any] = {}
    for member in members:
        for name in (member.__name__, snake_case(member.__name__), member.__name__.lower()):
            table.setdefault(name, member)
    table.update(aliases)

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
        if config.get("class_name") == "function" and config.get("config") in get.table:
            return get.table[config["config"]]
        known = get.table.get(config.get("class_name"))
        return from_data({**config, "class_name": known.__name__} if inspect.isclass(known) else config, custom_objects)

    return deserialize


def snake_case(name: str) -> str:
    """`BatchNormalization` -> `batch_normalization`, `Conv2D` -> `conv2d`, `PReLU` -> `p_re_lu`."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])|(?<=.)(?=[A-Z][a-z])", "_", name).lower()
