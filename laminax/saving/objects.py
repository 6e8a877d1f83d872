"""Objects as data, and the program's own classes by name."""

from collections.abc import Callable, Mapping
from typing import Any

from .._core import config

__all__ = [
    "CustomObjectScope",
    "custom_object_scope",
    "deserialize_keras_object",
    "get_custom_objects",
    "get_registered_name",
    "get_registered_object",
    "register_keras_serializable",
    "serialize_keras_object",
]


def serialize_keras_object(obj: Any) -> Any:
    """An object as data that JSON can hold: `{"module", "class_name", "config", "registered_name"}`."""
    return config.to_data(obj)


def deserialize_keras_object(
    config: Any, custom_objects: Mapping[str, Any] | None = None, safe_mode: bool = True, **kwargs: Any
) -> Any:
    """The object that the data describes.

    Args:
        config: what `serialize_keras_object` gave.
        custom_objects: classes and functions of the program, by name.
        safe_mode: without effect: data executes nothing in either case.
    """
    return from_data(config, custom_objects)


from_data = config.from_data


def custom_object_scope(custom_objects: Mapping[str, Any] | None = None) -> Any:
    """`with custom_object_scope({"Mine": Mine}):` lets configs name the program's own classes and functions."""
    return config.custom_objects(custom_objects or {})


CustomObjectScope = custom_object_scope


def get_custom_objects() -> dict[str, Any]:
    """The table of registered classes and functions; what is written into it is registered."""
    return config.registered


def register_keras_serializable(package: str = "Custom", name: str | None = None) -> Callable[[Any], Any]:
    """Make a class, which has `get_config`, or a function known to configs, as `package>name`."""

    def register(obj: Any) -> Any:
        if isinstance(obj, type) and not hasattr(obj, "get_config"):
            raise ValueError(f"{obj.__name__} can't be registered: it has no get_config().")
        key = f"{package}>{name or obj.__name__}"
        config.registered[key] = obj
        return obj

    return register


def get_registered_name(obj: Any) -> str:
    """The name under which a class or function is registered, else its own."""
    return config.registered_name(obj)


def get_registered_object(
    name: str, custom_objects: Mapping[str, Any] | None = None, module_objects: Mapping[str, Any] | None = None
) -> Any:
    """The class or function that is known by a name, `None` if there is none."""
    return {**(module_objects or {}), **config.known_objects(custom_objects)}.get(name)
