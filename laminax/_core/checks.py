"""Checks of constructor arguments: the owner, the argument, the rule, what was given."""

import math
import numbers
from collections.abc import Iterable
from typing import Any

import numpy as np

from .errors import did_you_mean


def refused(owner: Any, name: str, rule: str, value: Any) -> ValueError:
    """The error for an argument: "Dropout: argument `rate` must be a number in 0 .. 1; got 1.5."."""
    return ValueError(f"{_who(owner)}: argument `{name}` {rule}; got {value!r}.")


def integer(owner: Any, name: str, value: Any, least: int = 1, rule: str = "") -> int:
    """`value` as an int that is at least `least`; `rule` says so in other words."""
    if isinstance(value, (bool, np.bool_)) or not isinstance(value, numbers.Integral) or int(value) < least:
        kind = "a positive integer" if least == 1 else f"an integer >= {least}"
        raise refused(owner, name, rule or f"must be {kind}", value)
    return int(value)


def fraction(owner: Any, name: str, value: Any, below: bool = False) -> float:
    """`value` as a float in 0 .. 1, or `below` 1."""
    fits = isinstance(value, numbers.Real) and not isinstance(value, bool) and 0 <= float(value) <= 1
    if not fits or (below and float(value) == 1):
        raise refused(owner, name, f"must be a number in 0 .. 1{', below 1' * below}", value)
    return float(value)


def number(owner: Any, name: str, value: Any, least: float = 0.0, beyond: bool = False) -> float:
    """`value` as a finite float that is at least (or, `beyond`, more than) `least`."""
    fits = isinstance(value, numbers.Real) and not isinstance(value, bool) and math.isfinite(value)
    if not fits or float(value) < least or (beyond and float(value) == least):
        raise refused(owner, name, f"must be a number {'>' if beyond else '>='} {least:g}", value)
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
        raise refused(owner, name, f"must be an integer or {count} of them", value)
    return tuple(integer(owner, name, v, least) for v in values)


def boolean(owner: Any, name: str, value: Any) -> bool:
    """`value`, which must be `True` or `False`."""
    if not isinstance(value, (bool, np.bool_)):
        raise refused(owner, name, "has to be a boolean", value)
    return bool(value)


def choice(owner: Any, name: str, value: Any, options: Iterable[Any]) -> str:
    """`value`, which must be one of `options`, in any case of letters."""
    if str(value).lower() not in options:
        raise not_among(owner, name, value, options)
    return str(value).lower()


def not_among(owner: Any, name: str, value: Any, options: Iterable[Any]) -> ValueError:
    """The error for an argument that is none of `options`, with the one that was meant."""
    return ValueError(f"{_who(owner)}: argument `{name}` can't be {value!r}.{did_you_mean(value, options)}")


def _who(owner: Any) -> str:
    return owner if isinstance(owner, str) else type(owner).__name__
