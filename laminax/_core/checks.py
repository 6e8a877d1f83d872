"""Checks of constructor arguments: the owner, the argument, what was given, the rule."""

import math
import numbers
from typing import Any

import numpy as np

from .errors import unknown


def integer(owner: Any, name: str, value: Any, least: int = 1) -> int:
    """`value` as an int that is at least `least`."""
    if isinstance(value, (bool, np.bool_)) or not isinstance(value, numbers.Integral) or int(value) < least:
        kind = "a positive integer" if least == 1 else f"an integer >= {least}"
        raise ValueError(f"{_who(owner)}: {name} must be {kind}; got {value!r}.")
    return int(value)


def fraction(owner: Any, name: str, value: Any) -> float:
    """`value` as a float in 0 .. 1."""
    if isinstance(value, bool) or not isinstance(value, numbers.Real) or not 0 <= float(value) <= 1:
        raise ValueError(f"{_who(owner)}: {name} must be a number in 0 .. 1; got {value!r}.")
    return float(value)


def number(owner: Any, name: str, value: Any, least: float = 0.0, beyond: bool = False) -> float:
    """`value` as a finite float that is at least (or, `beyond`, more than) `least`."""
    fits = isinstance(value, numbers.Real) and not isinstance(value, bool) and math.isfinite(value)
    if not fits or float(value) < least or (beyond and float(value) == least):
        raise ValueError(f"{_who(owner)}: {name} must be a number {'>' if beyond else '>='} {least:g}; got {value!r}.")
    return float(value)


def real(owner: Any, name: str, value: Any) -> float:
    """`value` as a finite float."""
    if isinstance(value, bool) or not isinstance(value, numbers.Real) or not math.isfinite(value):
        raise ValueError(f"{_who(owner)}: {name} must be a finite number; got {value!r}.")
    return float(value)


def integers(owner: Any, name: str, value: Any, count: int, least: int = 1) -> tuple[int, ...]:
    """`count` integers, from as many or from one for all."""
    values = tuple(value) if isinstance(value, (tuple, list)) else (value,) * count
    if len(values) != count:
        raise ValueError(f"{_who(owner)}: {name} must be an integer or {count} of them; got {value!r}.")
    return tuple(integer(owner, name, v, least) for v in values)


def boolean(owner: Any, name: str, value: Any) -> bool:
    """`value`, which must be `True` or `False`."""
    if not isinstance(value, (bool, np.bool_)):
        raise ValueError(f"{_who(owner)}: expected {name} to be a boolean; got {value!r}.")
    return bool(value)


def choice(owner: Any, name: str, value: Any, options: tuple[str, ...]) -> str:
    """`value`, which must be one of `options`."""
    if str(value).lower() not in options:
        raise unknown(f"{name} of {_who(owner)}", value, options)
    return str(value).lower()


def _who(owner: Any) -> str:
    return owner if isinstance(owner, str) else type(owner).__name__
