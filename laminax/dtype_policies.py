"""Float types of layers: what they compute in, and what they keep their weights in."""

from typing import Any

from ._core.config import record
from ._core.dtypes import DTypePolicy, DTypePolicyMap, FloatDTypePolicy, get

__all__ = ["DTypePolicy", "DTypePolicyMap", "FloatDTypePolicy", "deserialize", "get", "serialize"]


def serialize(dtype_policy: DTypePolicy | DTypePolicyMap) -> dict[str, Any]:
    """A policy as data that JSON can hold."""
    return record(dtype_policy)


def deserialize(config: dict[str, Any], custom_objects: Any = None) -> DTypePolicy | DTypePolicyMap:
    """The policy that `serialize` described."""
    return get(config)
