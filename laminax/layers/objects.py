"""Layers as data."""

from collections.abc import Mapping
from typing import Any

from .._core.config import from_data, record
from .layer import Layer

__all__ = ["deserialize", "serialize"]


def serialize(layer: Layer) -> dict[str, Any]:
    """`{"module", "class_name", "config", "registered_name"}` of a layer."""
    return record(layer)


def deserialize(config: dict[str, Any], custom_objects: Mapping[str, Any] | None = None) -> Layer:
    """The layer that `serialize` described, with new weights.

    Args:
        config: what `serialize` gave.
        custom_objects: classes and functions of the program, by name.
    """
    layer = from_data(config, custom_objects)
    if not isinstance(layer, Layer):
        raise TypeError(f"The config is not that of a layer: {config.get('class_name', config)!r}.")
    return layer
