"""Data with arrays in it, as data without and arrays by name."""

import json
from collections.abc import Mapping
from typing import Any

import numpy as np

from .._core.file_errors import CorruptFileError

_ARRAY, _NUMBER = "$array", "$number"  # the keys that stand for an array, and for one number of NumPy


def parted(value: Any, name: str, arrays: dict[str, np.ndarray]) -> Any:
    """`value` as JSON has it, its arrays (copies of them) put among `arrays` under names that begin with `name`.

    Raises:
        TypeError: for what is neither of JSON nor an array, with its place.
    """
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    if isinstance(value, Mapping):
        odd = [key for key in value if not isinstance(key, str) or key.startswith("$")]
        if odd:
            raise TypeError(f"{name}: names are texts that don't begin with '$'; got {odd[0]!r}.")
        return {key: parted(inner, f"{name}/{key}", arrays) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [parted(inner, f"{name}/{i}", arrays) for i, inner in enumerate(value)]
    if not hasattr(value, "dtype") or np.asarray(value).dtype.kind in "OSUMm":
        raise TypeError(
            f"{name} is {value!r}, which can't be kept: give numbers, texts, arrays, None, lists and dicts of these."
        )
    arrays[name] = np.array(value)
    return {_NUMBER if isinstance(value, np.generic) else _ARRAY: name}


def joined(value: Any, arrays: Mapping[str, np.ndarray]) -> Any:
    """What `parted` was given; tuples are lists."""
    if isinstance(value, list):
        return [joined(inner, arrays) for inner in value]
    if not isinstance(value, dict):
        return value
    for key in (_ARRAY, _NUMBER):
        if key in value:
            if value[key] not in arrays:
                raise CorruptFileError(f"there is no array {value[key]!s:.60}.")
            return arrays[value[key]] if key == _ARRAY else arrays[value[key]][()]
    return {key: joined(inner, arrays) for key, inner in value.items()}


def text(value: Any) -> bytes:
    """Data as JSON."""
    return json.dumps(value, separators=(",", ":")).encode("utf-8")
