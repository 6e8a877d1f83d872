"""Writing HDF5: groups with their links in the header, arrays in one piece, every header with its checksum."""

import math
import struct
import zlib
from collections.abc import Mapping
from typing import Any

import numpy as np

from .checksum import lookup3
from .fields import UNDEFINED
from .objects import ATTRIBUTE, LAYOUT, LINK, LINK_INFO, SPACE, TYPE
from .reader import SIGNATURE

_TEXTS = 4096  # the least size of a heap of texts
_START = 48


def write(file: Any, arrays: Mapping[str, Any]) -> None:
    """Write arrays by path, each with the checksum of its data in the attribute `crc32`.

    Readers of HDF5 1.8 and later can open it. `file` is written from front to back, and one array at a time is asked
    for its bytes.
    """
    root, end = _Writer(None, arrays).body()
    writer = _Writer(file, arrays)
    writer.put(summed(SIGNATURE + struct.pack("<BBBB4Q", 2, 8, 8, 0, 0, UNDEFINED, end, root)))
    writer.body()


def size(arrays: Mapping[str, Any]) -> int:
    """The bytes that `write` will write."""
    return _Writer(None, arrays).body()[1]


class _Writer:
    """Writes the groups and arrays; without a file it only counts, so that places are known before."""

    def __init__(self, file: Any, arrays: Mapping[str, Any]) -> None:
        self.file, self.arrays, self.at = file, arrays, 0
        self.texts: int | None = None

    def body(self) -> tuple[int, int]:
        """Write all but the start: where the root group is, and where the file ends."""
        tree: dict[str, Any] = {}
        for path in self.arrays:
            *groups, name = path.split("/")
            inside = tree
            for group in groups:
                inside = inside.setdefault(group, {})
            inside[name] = self.arrays[path]
        self.at = _START
        return self.group(tree), self.at

    def put(self, data: Any) -> int:
        """Write bytes, and zeros up to a multiple of 8; where they lie."""
        place, count = self.at, len(data)
        if self.file is not None:
            self.file.write(data)
            self.file.write(b"\0" * (-count % 8))
        self.at += count + -count % 8
        return place

    def header(self, found: list[tuple[int, bytes]]) -> int:
        """Write an object's header, of version 2."""
        body = b"".join(struct.pack("<BHB", kind, len(data), 0) + data for kind, data in found)
        block = b"OHDR" + struct.pack("<BBI", 2, 2, len(body)) + body
        return self.put(block + bytes(4) if self.file is None else summed(block))

    def group(self, tree: Mapping[str, Any]) -> int:
        """Write what is in a group, then the group."""
        inside = {n: self.group(item) if isinstance(item, dict) else self.array(item) for n, item in tree.items()}
        found = [(LINK_INFO, struct.pack("<BBQQ", 0, 0, UNDEFINED, UNDEFINED))]
        return self.header([*found, *((LINK, link(name, place)) for name, place in inside.items())])

    def array(self, array: Any) -> int:
        """Write the bytes of an array, then its header."""
        shape, dtype = tuple(np.shape(array)), np.dtype(array.dtype)
        count = math.prod(shape) * dtype.itemsize
        data: Any = range(count)
        if self.file is not None:
            data = np.asarray(array, order="C").reshape(-1).view(np.uint8).data if count else b""
        place = self.put(data) if count else UNDEFINED
        checksum = 0 if self.file is None else zlib.crc32(data)
        found = [
            (SPACE, struct.pack(f"<BBBB{len(shape)}Q", 2, len(shape), 0, int(bool(shape)), *shape)),
            (TYPE, type_of(dtype)),
            (LAYOUT, struct.pack("<BBQQ", 3, 1, place, count)),
            (ATTRIBUTE, attribute("crc32", type_of(np.dtype("<u4")), struct.pack("<I", checksum))),
        ]
        if dtype.name == "bfloat16":
            found.append((ATTRIBUTE, attribute("dtype", _TEXT, struct.pack("<IQI", 8, self.heap(), 1))))
        return self.header(found)

    def heap(self) -> int:
        """Where the text "bfloat16" lies."""
        if self.texts is None:
            used = b"GCOL\1\0\0\0" + struct.pack("<QHHIQ8s", _TEXTS, 1, 1, 0, 8, b"bfloat16")
            free = struct.pack("<HHIQ", 0, 0, 0, _TEXTS - len(used))
            self.texts = self.put((used + free).ljust(_TEXTS, b"\0"))
        return self.texts


def summed(block: bytes) -> bytes:
    """A block, and its checksum."""
    return block + struct.pack("<I", lookup3(block))


def link(name: str, place: int) -> bytes:
    """A link from a group to an object in the same file."""
    written = name.encode("utf-8")
    return struct.pack("<BBBH", 1, 0x11, 1, len(written)) + written + struct.pack("<Q", place)


def attribute(name: str, kind: bytes, value: bytes) -> bytes:
    """One value by name."""
    written, shape = name.encode() + b"\0", struct.pack("<BBBB", 2, 0, 0, 0)
    return struct.pack("<BBHHHB", 3, 0, len(written), len(kind), len(shape), 1) + written + kind + shape + value


def type_of(dtype: np.dtype) -> bytes:
    """The type of numbers."""
    size, bits = dtype.itemsize, 8 * dtype.itemsize
    if dtype.name == "bfloat16":
        return struct.pack("<BBBBI", 0x15, 0, 0, 0, 2)
    if dtype.kind == "b":
        names = b"FALSE".ljust(8, b"\0") + b"TRUE".ljust(8, b"\0") + b"\0\1"
        return struct.pack("<BHBI", 0x18, 2, 0, 1) + type_of(np.dtype("i1")) + names
    if dtype.kind in "iu":
        return struct.pack("<BBBBIHH", 0x10, 8 * (dtype.kind == "i"), 0, 0, size, 0, bits)
    exponent, mantissa = {2: (5, 10), 4: (8, 23), 8: (11, 52)}[size]
    head = struct.pack("<BBBBI", 0x11, 0x20, bits - 1, 0, size)
    return head + struct.pack("<HHBBBBI", 0, bits, mantissa, exponent, 0, mantissa, (1 << exponent - 1) - 1)


_TEXT = struct.pack("<BBBBI", 0x19, 1, 1, 0, 16) + struct.pack("<BBBBI", 0x13, 0x10, 0, 0, 1)
