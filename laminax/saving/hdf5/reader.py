"""Reading HDF5: the tree of groups, where each array lies, and attributes. No array is read before it is asked for."""

import itertools
import zlib
from collections.abc import Iterator
from typing import Any

import numpy as np

from ..._core.file_errors import (
    CorruptFileError,
    ResourceLimitError,
    UnsafeFileError,
    UnsupportedVersionError,
    in_file,
)
from ..source import Source
from . import objects
from .attributes import Attributes
from .fields import UNDEFINED, Fields
from .objects import Message, links, messages, verified
from .types import bytes_of, read_shape, read_type

SIGNATURE = b"\x89HDF\r\n\x1a\n"
_DEPTH = 64
_LEAST = 1 << 16


class Dataset:
    """An array in a file.

    Attributes:
        shape, dtype: as NumPy's.
        attributes: small values by name: numbers, texts and lists of texts.
        place: where its bytes begin and how many they are; `None` where it lies in the header.
    """

    def __init__(self, source: Source, shape: tuple[int, ...], dtype: np.dtype, place: Any, inside: bytes) -> None:
        self.shape, self.dtype, self.place = shape, dtype, place
        self.attributes: dict[str, Any] = {}
        self._source, self._inside = source, inside

    @property
    def nbytes(self) -> int:
        """The bytes of the array."""
        return bytes_of(self.shape, self.dtype.itemsize)

    def read(self) -> np.ndarray:
        """The array, whose checksum is right where there is one."""
        if self.place is None:
            found = np.frombuffer(self._inside, self.dtype).reshape(self.shape)
        else:
            found = self._source.array(self.place[0], self.shape, self.dtype)
        wanted = self.attributes.get("crc32")
        if wanted is not None and wanted != zlib.crc32(np.ascontiguousarray(found).reshape(-1).view(np.uint8).data):
            raise CorruptFileError("is damaged: its checksum is wrong.")
        return found


class Group(dict[str, Any]):
    """Groups and arrays by name.

    Attributes:
        attributes: as those of a `Dataset`.
    """

    def __init__(self) -> None:
        super().__init__()
        self.attributes: dict[str, Any] = {}

    def walk(self, path: str = "") -> Iterator[tuple[str, Dataset]]:
        """Every array below, by path."""
        for name, item in self.items():
            where = f"{path}/{name}" if path else name
            if isinstance(item, Group):
                yield from item.walk(where)
            else:
                yield where, item

    def at(self, path: str) -> Any:
        """The group or array at a path, `None` if there is none."""
        found: Any = self
        for name in path.split("/"):
            found = found.get(name) if isinstance(found, Group) else None
        return found


def read(source: Source) -> Group:
    """The tree of a file.

    Raises:
        ModelFileError: naming the group or array that is damaged, or that is none which Keras writes.
    """
    return _Reader(source).root()


class _Reader:
    """What is known while a file is read: which objects were met, and the groups that are to be looked into."""

    def __init__(self, source: Source) -> None:
        self.data = source
        self.source = source.metered(2 * source.size + _LEAST)
        self.attributes = Attributes(self.source)
        self.seen: set[int] = set()
        self.todo: list[tuple[str, Group, list[Message]]] = []

    def root(self) -> Group:
        place = _root(self.source)
        found = self.new(place)
        root = self.group("", found)
        while self.todo:
            path, group, found = self.todo.pop()
            if path.count("/") >= _DEPTH:
                raise ResourceLimitError(f"groups are nested more than {_DEPTH} deep.", limit=_DEPTH)
            with in_file(member=path or None):
                for name, place in links(self.source, found):
                    self.add(group, name, place, f"{path}/{name}" if path else name)
        _check_places(root)
        return root

    def new(self, place: int) -> list[Message]:
        """The messages of an object, to which there is but one link."""
        if place in self.seen:
            raise UnsafeFileError("two links lead to the same object.")
        self.seen.add(place)
        return messages(self.source, place)

    def group(self, path: str, found: list[Message]) -> Group:
        group = Group()
        group.attributes = self.attributes.of(found)
        self.todo.append((path, group, found))
        return group

    def add(self, group: Group, name: str, place: int, path: str) -> None:
        """Put what a link leads to into its group; groups are looked into later."""
        with in_file(member=path):
            if name in group:
                raise CorruptFileError("the name stands twice in its group.")
            found = self.new(place)
            kinds = {message.kind for message in found}
            if objects.LAYOUT in kinds:
                group[name] = self.dataset(found)
            elif kinds & {objects.TABLE, objects.LINK_INFO}:
                group[name] = self.group(path, found)
            else:
                raise UnsafeFileError("is neither a group nor an array.")

    def dataset(self, found: list[Message]) -> Dataset:
        parts = {message.kind: Fields(message.data) for message in found}
        for kind, what in ((objects.EXTERNAL, "in other files"), (objects.FILTERS, "compressed or filtered")):
            if kind in parts:
                raise UnsafeFileError(f"its data is kept {what}, which Keras does not do.")
        if not {objects.SPACE, objects.TYPE} <= parts.keys():
            raise CorruptFileError("an array lacks its shape or its type.")
        shape, stored = read_shape(parts[objects.SPACE]), read_type(parts[objects.TYPE])
        if stored.dtype is None:
            raise UnsafeFileError("texts and bytes can't be weights.")
        place, inside = _layout(parts[objects.LAYOUT], bytes_of(shape, stored.size))
        dataset = Dataset(self.data, shape, stored.dtype, place, inside)
        dataset.attributes = self.attributes.of(found)
        if stored.kind == "opaque" and dataset.attributes.get("dtype") != "bfloat16":
            raise UnsafeFileError("bytes without a type can't be weights.")
        if place is not None:
            self.data.part(*place)
        return dataset


def _root(source: Source) -> int:
    """Where the root group is."""
    fields = Fields(source.read(0, min(source.size, 96)))
    fields.expect(SIGNATURE, "an HDF5 file")
    version = fields.number(1)
    if version in (0, 1):
        fields.take(4)
        sizes, fields.at = (fields.number(1), fields.number(1)), 24 + 4 * version
        base, _, end, _, _, root = fields.numbers(6)
    elif version in (2, 3):
        fields = Fields(verified(source.read(0, 48), "the start of the HDF5 file"), 9)
        sizes = (fields.number(1), fields.number(1))
        fields.take(1)
        base, _, end, root = fields.numbers(4)
    else:
        raise UnsupportedVersionError(f"HDF5 has the version {version}; versions 0 .. 3 are known.")
    if sizes != (8, 8) or base:
        raise CorruptFileError("HDF5 is kept in a form that Keras does not write.")
    if end != source.size:
        raise CorruptFileError(f"is cut off, or more was added: {end} bytes were expected, there are {source.size}.")
    return root


def _layout(fields: Fields, wanted: int) -> tuple[tuple[int, int] | None, bytes]:
    """Where the data lies, `(place, size)`, or the data itself."""
    version, kind = fields.number(1), fields.number(1)
    if version not in (3, 4):
        raise CorruptFileError("the layout of an array has a version that Keras does not write.")
    if kind == 0:
        inside = fields.take(fields.number(2))
        place, size = None, len(inside)
    elif kind == 1:
        at, size = fields.numbers(2)
        place, inside = (at, size) if at != UNDEFINED else (0, 0), b""
    else:
        raise UnsafeFileError(f"{_LAYOUTS.get(kind, 'an unknown layout')} can't be weights.")
    stored = place[1] if place is not None else size
    if stored != wanted:
        raise CorruptFileError(f"its shape needs {wanted} bytes, and {stored} are stored.")
    return place, inside


_LAYOUTS = {2: "data in chunks", 3: "data that is virtual, a view of other files,"}


def _check_places(root: Group) -> None:
    """No two arrays may lie at the same place: the file must be as large as all of them."""
    places = sorted((item.place, path) for path, item in root.walk() if item.place is not None and item.place[1])
    for (before, _), (after, path) in itertools.pairwise(places):
        if before[0] + before[1] > after[0]:
            raise CorruptFileError("its data lies over that of another array.", member=path)
