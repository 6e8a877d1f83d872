"""Arrays by name in the format safetensors, read and written without the library of that name."""

import json
import math
import struct
import zlib
from collections.abc import Mapping
from typing import Any, BinaryIO, NamedTuple

import jax.numpy as jnp
import numpy as np

from .._core.file_errors import CorruptFileError, ResourceLimitError, UnsafeFileError, in_file
from .jsontext import parsed
from .source import Source

_TYPES = {
    **{"BOOL": "bool", "U8": "uint8", "I8": "int8", "U16": "uint16", "I16": "int16", "F16": "float16"},
    **{"BF16": "bfloat16", "U32": "uint32", "I32": "int32", "F32": "float32", "U64": "uint64", "I64": "int64"},
    **{"F64": "float64", "C64": "complex64", "F8_E4M3": "float8_e4m3fn", "F8_E5M2": "float8_e5m2"},
}
_NAMES = {dtype: name for name, dtype in _TYPES.items()}
_RANKS = 32
_OWN = "laminax"  # the format that a file of this package names
_SUM = "crc32 "  # before a tensor's name, the name of its checksum


class Tensor(NamedTuple):
    """An array in a file: what it is, where its bytes are, and their checksum, if there is one."""

    name: str
    shape: tuple[int, ...]
    dtype: np.dtype
    bytes: Source
    checksum: str | None

    def read(self) -> np.ndarray:
        """The array."""
        found = self.bytes.array(0, self.shape, self.dtype)
        if self.checksum is not None and self.checksum != _checksum(self.name, found):
            raise CorruptFileError("is damaged: its checksum is wrong.")
        return found


def read(source: Source) -> dict[str, Tensor]:
    """The tensors of a file; none is read before it is asked for.

    Raises:
        ModelFileError: naming the tensor, unless each has its own bytes, and there are no others.
    """
    if source.size < 8:
        raise CorruptFileError(f"is cut off: it has {source.size} bytes.")
    length = int.from_bytes(source.read(0, 8), "little")
    if length > source.size - 8:
        raise CorruptFileError(f"is cut off, or no .safetensors file: a header of {length} bytes is announced.")
    text = source.read(8, length)
    if text[:1] != b"{":
        raise CorruptFileError("has a header that is no JSON object.")
    with in_file(member="the header"):
        header = parsed(text, source.size)
        notes = _notes(header.pop("__metadata__", {}))
    data = source.part(8 + length, source.size - 8 - length)
    found, places = {}, []
    for name, entry in header.items():
        with in_file(member=name[:80]):
            tensor, begin = _tensor(name, entry, data, notes.pop(_SUM + name, None))
            found[name] = tensor
            places.append((begin, begin + tensor.bytes.size, name))
    _check_places(sorted(places), data.size)
    own = notes.pop("format", None) == _OWN or any(note.startswith(_SUM) for note in notes)
    if own and (notes or any(tensor.checksum is None for tensor in found.values())):
        raise CorruptFileError("is damaged: its checksums are not those of its tensors.")
    return found


def _notes(notes: Any) -> dict[str, str]:
    if not isinstance(notes, dict) or not all(isinstance(value, str) for value in notes.values()):
        raise CorruptFileError("__metadata__ is texts by name.")
    return dict(notes)


def _tensor(name: str, entry: Any, data: Source, checksum: str | None) -> tuple[Tensor, int]:
    if not isinstance(entry, dict) or entry.keys() != {"dtype", "shape", "data_offsets"}:
        raise CorruptFileError("a tensor has dtype, shape and data_offsets, and nothing else.")
    shape, places = _sizes(entry["shape"], "shape"), _sizes(entry["data_offsets"], "data_offsets")
    if len(shape) > _RANKS:
        raise ResourceLimitError(f"has {len(shape)} axes; {_RANKS} is the most.", limit=_RANKS)
    if entry["dtype"] not in _TYPES:
        raise UnsafeFileError(f"has the type {str(entry['dtype'])[:40]!r}, which is not known.")
    dtype = jnp.dtype(_TYPES[entry["dtype"]])
    needed = math.prod(shape) * dtype.itemsize
    if len(places) != 2 or places[1] - places[0] != needed:
        raise CorruptFileError(f"needs {needed} bytes for its shape {shape}; its place is {places}.")
    return Tensor(name, shape, dtype, data.part(places[0], needed), checksum), places[0]


def _sizes(value: Any, what: str) -> tuple[int, ...]:
    if not isinstance(value, list) or any(type(size) is not int or not 0 <= size < 1 << 63 for size in value):
        raise CorruptFileError(f"{what} is a list of integers; got {str(value)[:60]}.")
    return tuple(value)


def _check_places(places: list[tuple[int, int, str]], size: int) -> None:
    """Tensors follow one another from the first byte to the last."""
    end = 0
    for begin, after, name in places:
        if begin != end:
            raise CorruptFileError("lies over another tensor, or leaves a gap.", member=name[:80])
        end = after
    if end != size:
        raise CorruptFileError(f"is cut off, or more was added: its tensors take {end} bytes, of {size}.")


def write(file: BinaryIO, arrays: Mapping[str, Any]) -> None:
    """Write arrays by name, each with a checksum among the notes, large types first, as safetensors does."""
    given = {name: np.asarray(value, order="C") for name, value in arrays.items()}
    order = sorted(given, key=lambda name: (-given[name].dtype.itemsize, name))
    header: dict[str, Any] = {
        "__metadata__": {"format": _OWN, **{_SUM + name: _checksum(name, given[name]) for name in order}}
    }
    at = 0
    for name in order:
        array = given[name]
        places = [at, at + array.nbytes]
        header[name] = {"dtype": _NAMES[array.dtype.name], "shape": list(array.shape), "data_offsets": places}
        at += array.nbytes
    text = json.dumps(header, ensure_ascii=False).encode("utf-8")
    text += b" " * (-len(text) % 8)
    file.write(struct.pack("<Q", len(text)) + text)
    for name in order:
        file.write(_bytes(given[name]))


def _bytes(array: np.ndarray) -> memoryview:
    return array.reshape(-1).view(np.uint8).data if array.size else memoryview(b"")


def _checksum(name: str, array: np.ndarray) -> str:
    """That of name, type, shape and data."""
    head = f"{name} {array.dtype.name} {array.shape}".encode()
    return f"{zlib.crc32(_bytes(array), zlib.crc32(head)):08x}"
