"""JSON from strangers: of bounded size, without names that stand twice, without numbers that no config has."""

import json
from typing import Any

from .._core.file_errors import CorruptFileError, ResourceLimitError

_FREE = 32 << 20  # bytes of memory that any text may take when it is read
_COSTS = {b"{": 240, b"[": 64, b'"': 30, b",": 8}  # bytes of Python's objects


def parsed(text: bytes, size: int) -> Any:
    """The value of a JSON text.

    Args:
        text: the text, in UTF-8.
        size: the bytes of the file that it is from: a large file may have a large text.

    Raises:
        ResourceLimitError: if its value would take much more memory than the file.
        CorruptFileError: if it is no JSON, has a name twice in an object, or an integer of more than 64 bits.
    """
    limit = _FREE + size
    cost = len(text) * (2 if text.isascii() else 5) + sum(text.count(sign) * cost for sign, cost in _COSTS.items())
    if cost > limit:
        raise ResourceLimitError(f"would take {cost:,} bytes of memory; the file allows for {limit:,}.", limit=limit)
    try:
        return json.loads(text.decode("utf-8"), object_pairs_hook=_unique, parse_int=_integer)
    except RecursionError:
        raise ResourceLimitError("nesting deeper than can be read.") from None
    except UnicodeDecodeError as error:
        raise CorruptFileError(f"is no UTF-8: {error}.") from None
    except json.JSONDecodeError as error:
        raise CorruptFileError(f"is no JSON: {error}.") from None


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        names = [name for name, _ in pairs]
        raise CorruptFileError(f"the name {next(n for n in names if names.count(n) > 1)[:60]!r} stands twice.")
    return found


def _integer(digits: str) -> int:
    if len(digits) > 20 or not -(1 << 63) <= (value := int(digits)) < 1 << 64:
        raise CorruptFileError(f"has an integer of more than 64 bits: {digits[:24]}.")
    return value
