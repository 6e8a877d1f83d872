"""Types and shapes of HDF5's arrays and attributes."""

import math
from typing import NamedTuple

import jax.numpy as jnp
import numpy as np

from ..._core.file_errors import CorruptFileError, ResourceLimitError, UnsafeFileError
from .fields import UNDEFINED, Fields

RANKS = 32  # more axes has no array of NumPy or JAX
_FLOATS = {  # size: bits of the exponent and of the mantissa
    (2, 5, 10): "float16",
    (4, 8, 23): "float32",
    (8, 11, 52): "float64",
}
_REFUSED = {4: "bit fields", 6: "compounds", 7: "references", 9: "sequences of variable length", 10: "arrays"}


class Type(NamedTuple):
    """A type: numbers or texts.

    Attributes:
        dtype: the type in NumPy; 2 bytes without a meaning stand for bfloat16, as Keras writes it.
        size: bytes of a value.
        kind: `"number"`, `"opaque"`, `"text"` (bytes of a fixed length) or `"reference"` (texts kept elsewhere).
    """

    dtype: np.dtype | None
    size: int
    kind: str


def read_type(fields: Fields) -> Type:
    """A datatype message."""
    head = fields.number(1)
    kind, bits, size = head & 15, fields.number(3), fields.number(4)
    if not head >> 4 or head >> 4 > 4 or not size:
        raise CorruptFileError(f"a type has version {head >> 4} and size {size}.")
    if kind == 0:
        return Type(_integer(bits, size, fields.number(2), fields.number(2)), size, "number")
    if kind == 1:
        return Type(_float(bits, size, fields), size, "number")
    if kind == 3:
        return Type(None, size, "text")
    if kind == 5:
        fields.take(min(-(-(bits & 255) // 8) * 8, fields.left))
        return Type(np.dtype(jnp.bfloat16) if size == 2 else None, size, "opaque")
    if kind == 8:
        return _boolean(bits, size, fields)
    if kind == 9 and bits & 15 == 1 and size == 16:
        return Type(None, size, "reference")
    raise UnsafeFileError(f"{_REFUSED.get(kind, f'the type of class {kind}')} can't be weights.")


def _integer(bits: int, size: int, offset: int, precision: int) -> np.dtype:
    if size not in (1, 2, 4, 8) or offset or precision != 8 * size or bits & ~8:
        raise CorruptFileError(f"an integer type of {size} bytes is none that NumPy has.")
    return np.dtype(f"<{'i' if bits & 8 else 'u'}{size}")


def _float(bits: int, size: int, fields: Fields) -> np.dtype:
    offset, precision = fields.number(2), fields.number(2)
    exponent, mantissa = (fields.number(1), fields.number(1)), (fields.number(1), fields.number(1))
    bias = fields.number(4)
    name = _FLOATS.get((size, exponent[1], mantissa[1]))
    usual = (bits & 0xFF, bits >> 8, offset, precision) == (0x20, 8 * size - 1, 0, 8 * size)
    if name is None or not usual or exponent[0] != mantissa[1] or mantissa[0] or bias != (1 << exponent[1] - 1) - 1:
        raise CorruptFileError(f"a float type of {size} bytes is none that NumPy has.")
    return np.dtype(name)


def _boolean(members: int, size: int, fields: Fields) -> Type:
    """An enumeration, which stands for `bool` if it says so: integers of one byte, named FALSE and TRUE."""
    base = read_type(fields)
    names = fields.data[fields.at :]
    if members != 2 or size != 1 or base.size != 1 or b"FALSE" not in names or b"TRUE" not in names:
        raise UnsafeFileError("enumerations can't be weights.")
    return Type(np.dtype(bool), 1, "number")


def read_shape(fields: Fields) -> tuple[int, ...]:
    """A dataspace message."""
    version, rank, flags = fields.number(1), fields.number(1), fields.number(1)
    if version == 1:
        fields.take(5)
    elif version != 2 or fields.number(1) > 1:
        raise CorruptFileError(f"a shape has version {version}, or says that there is none.")
    if rank > RANKS:
        raise ResourceLimitError(f"an array has {rank} axes; {RANKS} is the most.", limit=RANKS)
    shape = fields.numbers(rank)
    if flags & 1 and any(most not in (size, UNDEFINED) for size, most in zip(shape, fields.numbers(rank))):
        raise CorruptFileError(f"an array of the shape {shape} may grow.")
    return shape


def bytes_of(shape: tuple[int, ...], size: int) -> int:
    """The bytes of an array, in integers that don't overflow."""
    return math.prod(shape) * size
