"""From data to objects: the one place where configs are read, wherever they come from.

A config is data, and may come from a stranger. Every class and function that it names is looked up in a closed table
before anything is made; nothing is imported, and no function is called because a config names it.
"""

import contextlib
import contextvars
import dataclasses
from collections.abc import Iterator, Mapping
from typing import Any

import jax.numpy as jnp
import numpy as np

from . import catalog, compat
from .file_errors import CorruptFileError, ModelFileError, ResourceLimitError, UnsafeFileError

DEPTH = 64
_NUMBERS = ("bool", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64", "float16", "bfloat16",
            "float32", "float64", "complex64", "complex128")  # fmt: skip
_CODE = ("__lambda__", "__typespec__")


@dataclasses.dataclass
class Reading:
    """One reading of a config.

    Attributes:
        of_file: whether the config is from a file, so that whatever is wrong with it is the file's fault.
        shared: objects that stand at several places, by the number that tells so.
    """

    of_file: bool = False
    shared: dict[Any, tuple[Any, Any]] = dataclasses.field(default_factory=dict)


@dataclasses.dataclass(frozen=True)
class Reference:
    """A tensor of a graph as data: the call that makes it, and which of its outputs it is."""

    layer: str
    call: int
    output: int


@dataclasses.dataclass(frozen=True)
class Operation:
    """A function in a graph that is no layer, with those of its arguments that are no tensors."""

    class_name: str
    arguments: Mapping[str, Any]


_reading: contextvars.ContextVar[Reading | None] = contextvars.ContextVar("reading", default=None)


@contextlib.contextmanager
def reading(of_file: bool = False) -> Iterator[None]:
    """A reading, within which objects can be shared."""
    token = _reading.set(Reading(of_file))
    try:
        yield
    finally:
        _reading.reset(token)


def from_data(value: Any, custom: Mapping[str, Any] | None = None) -> Any:
    """The object that `to_data` described; anything else as it is.

    Args:
        value: data.
        custom: classes and functions of the program, by name.

    Raises:
        UnsafeFileError: for a class or function that is not known.
        ModelFileError: for data that is no config.
    """
    if _reading.get() is not None and not custom:
        return _revived(value)
    with catalog.custom_objects(custom or {}), reading():
        approve(value)
        return _revived(value)


def is_record(value: Any) -> bool:
    """Whether data describes an object."""
    return isinstance(value, dict) and "class_name" in value and "config" in value


def approve(value: Any) -> None:
    """Check that all that is named anywhere in the data is known, and that it is not too deep."""
    todo = [(value, 0)]
    while todo:
        item, depth = todo.pop()
        if depth > DEPTH:
            raise ResourceLimitError(f"nesting deeper than {DEPTH}.", limit=DEPTH)
        if is_record(item):
            _approve_record(item)
        if isinstance(item, dict):
            todo += [(inner, depth + 1) for inner in item.values()]
        elif isinstance(item, (list, tuple)):
            todo += [(inner, depth + 1) for inner in item]


def _approve_record(record: Mapping[str, Any]) -> None:
    name = record["class_name"]
    if not isinstance(name, str):
        raise CorruptFileError(f"class_name is a name; got {str(name)[:60]!r}.")
    if name in _CODE:
        raise UnsafeFileError(f"{name} holds code, which is not run: define the function in the program, by `def`.")
    if name == "function":
        catalog.find_function(record)
    elif name not in _SPECIAL and not is_operation(record):
        catalog.find_class(record)


def is_operation(record: Mapping[str, Any]) -> bool:
    """Whether a record describes a function in a graph. One that is not known is none that a file may have."""
    module = record.get("module")
    if not isinstance(module, str) or not module.startswith("keras.src.ops."):
        return False
    if record["class_name"] not in catalog.operations:
        raise UnsafeFileError(f"Unknown operation {module}.{record['class_name']!s:.60}.")
    return True


# Making the objects.


def _revived(value: Any) -> Any:
    if isinstance(value, (list, tuple)):
        return type(value)(_revived(v) for v in value)
    if not isinstance(value, dict):
        return value
    if not is_record(value):
        return {key: _revived(v) for key, v in value.items()}
    _approve_record(value)
    name, config = value["class_name"], value["config"]
    if name in _SPECIAL:
        with located(str(name)):
            return _SPECIAL[name](config)
    if name == "function":
        return catalog.find_function(value)
    if not isinstance(config, dict):
        raise CorruptFileError(f"the config of {name!s:.60} is a dict; got {str(config)[:60]!r}.")
    return _shared(value) if "shared_object_id" in value else _object(value)


def _shared(record: Mapping[str, Any]) -> Any:
    """An object that stands at several places of the data, and is made once.

    Keras numbers objects by their address in memory, which a later one may have had again: only equal records count.
    """
    current, key = _reading.get(), record["shared_object_id"]
    if current is None or not isinstance(key, int):
        raise CorruptFileError(f"shared_object_id is an integer; got {str(key)[:60]!r}.")
    known, made = current.shared.get(key, (None, None))
    if known != record:
        made = _object(record)
        current.shared.setdefault(key, (record, made))
    return made


def _object(record: Mapping[str, Any]) -> Any:
    name, config = record["class_name"], record["config"]
    if is_operation(record):
        return Operation(name, {key: _revived(v) for key, v in config.items() if key != "name"})
    cls = catalog.find_class(record)
    with located(f"{name} {config['name']!r}" if isinstance(config.get("name"), str) else name):
        made = cls.from_config(config)
        if hasattr(made, "enclose"):
            made.enclose()
        for step in ("build", "compile"):
            settings = record.get(f"{step}_config")
            if settings and hasattr(made, f"{step}_from_config") and not (step == "build" and made.built):
                getattr(made, f"{step}_from_config")(settings)
    return made


@contextlib.contextmanager
def located(what: str, of_file: bool = False) -> Iterator[None]:
    """Let what is wrong with data from a file be the file's fault, and say where it is."""
    current = _reading.get()
    try:
        yield
    except (ModelFileError, OSError, Warning):
        raise
    except (RecursionError, MemoryError, OverflowError) as error:
        raise ResourceLimitError(f"{what}: {type(error).__name__}: {error}") from error
    except Exception as error:
        if not of_file and (current is None or not current.of_file):
            raise
        reason = f"there is no {error}" if isinstance(error, KeyError) else str(error)
        raise CorruptFileError(" ".join([f"{what}: {reason}", *getattr(error, "__notes__", ())])) from error


# Values that JSON does not have.


def _array(config: Any) -> np.ndarray:
    if config["dtype"] not in _NUMBERS:
        raise CorruptFileError(f"an array of numbers can't have the type {str(config['dtype'])[:60]!r}.")
    return np.asarray(config["value"], jnp.dtype(config["dtype"]))


def _reference(config: Any) -> Reference:
    layer, call, output = config["keras_history"]
    if not isinstance(layer, str) or any(type(i) is not int or i < 0 for i in (call, output)):
        raise CorruptFileError(f"a tensor is told by a name and two numbers; got {str(config['keras_history'])[:80]}.")
    return Reference(layer, call, output)


_SPECIAL = {
    "__numpy__": _array,
    "__tensor__": lambda config: compat.on_device(_array(config)),
    "__bytes__": lambda config: config["value"].encode("utf-8"),
    "__slice__": lambda config: slice(*(_revived(config[key]) for key in ("start", "stop", "step"))),
    "__ellipsis__": lambda config: ...,
    "__keras_tensor__": _reference,
}
