"""Objects of an HDF5 file: the messages in their headers, and the links from groups to what is in them."""

from collections.abc import Iterator
from typing import NamedTuple

from ..._core.file_errors import CorruptFileError, ResourceLimitError, UnsafeFileError
from ..source import Source
from .checksum import lookup3
from .fields import UNDEFINED, Fields, checked_name, text

# Messages that an object may have, by number.
SPACE, LINK_INFO, TYPE, EXTERNAL, LINK, LAYOUT, FILTERS, ATTRIBUTE, MORE, TABLE, ATTRIBUTE_INFO = (
    *(1, 2, 3, 7, 6, 8, 11, 12, 16, 17, 21),
)
_WITHOUT_MEANING = {0, 4, 5, 10, 13, 14, 18, 19, 20, 22}  # fill values, comments, times, hints
_BLOCKS = 1 << 16


class Message(NamedTuple):
    """A message of a header: its number and its bytes."""

    kind: int
    data: bytes


def messages(source: Source, at: int) -> list[Message]:
    """The messages of the object whose header is at this place."""
    start = source.read(at, min(16, max(source.size - at, 0)))
    todo, read = ([_first_new(source, at)], _new_messages) if start[:4] == b"OHDR" else ([_first_old(start, at)], _old)
    found: list[Message] = []
    seen: set[int] = set()
    while todo:
        place, size = todo.pop(0)
        if place in seen or len(seen) > _BLOCKS:
            raise CorruptFileError("a header goes round in a circle.")
        seen.add(place)
        for kind, flags, data in read(source, place, size):
            if flags & 2:
                raise UnsafeFileError("a header shares a message with another object.")
            if kind == MORE:
                fields = Fields(data)
                todo.append((fields.number(8), fields.number(8)))
            elif kind not in _WITHOUT_MEANING:
                found.append(Message(kind, data))
    return found


def _first_old(start: bytes, at: int) -> tuple[int, int]:
    """Where the messages of a header of version 1 begin, and how many bytes they take."""
    fields = Fields(start)
    if fields.number(1) != 1:
        raise CorruptFileError(f"there is no object at {at}.")
    fields.take(7)
    return at + 16, fields.number(4)


def _old(source: Source, at: int, size: int) -> Iterator[tuple[int, int, bytes]]:
    fields = Fields(source.read(at, size))
    while fields.left >= 8:
        kind, count, flags = fields.number(2), fields.number(2), fields.number(1)
        fields.take(3)
        yield kind, flags, fields.take(count)


def _first_new(source: Source, at: int) -> tuple[int, int]:
    """The whole of a header of version 2, whose checksum is its end."""
    fields = Fields(source.read(at, min(34, source.size - at)), 4)
    version, flags = fields.number(1), fields.number(1)
    if version != 2:
        raise CorruptFileError(f"there is no object at {at}.")
    fields.take((16 if flags & 32 else 0) + (4 if flags & 16 else 0))
    return at, fields.number(1 << (flags & 3)) + fields.at + 4


def _new_messages(source: Source, at: int, size: int) -> Iterator[tuple[int, int, bytes]]:
    data = verified(source.read(at, size), "a header")
    fields = Fields(data, 4)
    if data[:4] == b"OHDR":
        fields.take(1)
        flags = fields.number(1)
        fields.take((16 if flags & 32 else 0) + (4 if flags & 16 else 0) + (1 << (flags & 3)))
        ordered = flags & 4
    elif data[:4] == b"OCHK":
        raise CorruptFileError("a header of version 2 has a second part, which Keras does not write.")
    else:
        raise CorruptFileError("a header does not begin with OHDR.")
    while fields.left >= 4:
        kind, count, flags = fields.number(1), fields.number(2), fields.number(1)
        fields.take(2 if ordered else 0)
        yield kind, flags, fields.take(count)


def verified(data: bytes, what: str) -> bytes:
    """A block without its checksum, which must be right."""
    if len(data) < 8 or lookup3(data[:-4]) != int.from_bytes(data[-4:], "little"):
        raise CorruptFileError(f"{what} is damaged: its checksum is wrong.")
    return data[:-4]


# Groups.


def links(source: Source, found: list[Message]) -> Iterator[tuple[str, int]]:
    """Names in a group, and where their objects are."""
    for kind, data in found:
        fields = Fields(data)
        if kind == TABLE:
            yield from _table(source, fields.number(8), fields.number(8))
        elif kind == LINK_INFO:
            _refuse_dense(fields, 8)
        elif kind == ATTRIBUTE_INFO:
            _refuse_dense(fields, 2)
        elif kind == LINK:
            yield _link(fields)


def _refuse_dense(fields: Fields, ordered: int) -> None:
    fields.take(1)
    fields.take(ordered if fields.number(1) & 1 else 0)
    if fields.number(8) != UNDEFINED:
        raise CorruptFileError("a group is kept in a form that Keras does not write.")


def _link(fields: Fields) -> tuple[str, int]:
    if fields.number(1) != 1:
        raise CorruptFileError("a link has a version that is not known.")
    flags = fields.number(1)
    if flags & 8 and (kind := fields.number(1)):
        raise UnsafeFileError(f"{_LINKS.get(kind, 'a link of a kind of its own')} is not followed.")
    fields.take((8 if flags & 4 else 0) + (1 if flags & 16 else 0))
    name = text(fields.take(fields.number(1 << (flags & 3))))
    return checked_name(name), fields.number(8)


_LINKS = {1: "a soft link", 64: "a link to another file"}


def _table(source: Source, tree: int, heap: int) -> Iterator[tuple[str, int]]:
    """The links of a group of the old form: a tree of nodes, whose names are in a heap."""
    fields = Fields(source.read(heap, 32))
    fields.expect(b"HEAP\0\0\0\0", "a heap")
    size, _, place = fields.numbers(3)
    names = source.read(place, size)
    todo: list[tuple[int, int]] = [(tree, 64)]
    seen: set[int] = set()
    while todo:
        at, level = todo.pop()
        if at in seen or len(seen) > _BLOCKS:
            raise CorruptFileError("the tree of a group goes round in a circle.")
        seen.add(at)
        if source.read(at, 4) == b"SNOD":
            yield from _leaf(source, at, names)
        else:
            todo += _branch(source, at, level)


def _branch(source: Source, at: int, above: int) -> list[tuple[int, int]]:
    fields = Fields(source.read(at, 24))
    fields.expect(b"TREE\0", "the tree of a group")
    level, count = fields.number(1), fields.number(2)
    if level >= above:
        raise ResourceLimitError("the tree of a group is deeper than it says.", limit=above)
    places = Fields(source.read(at + 24, 16 * count)).numbers(2 * count)[1::2]
    return [(place, level) for place in reversed(places)]


def _leaf(source: Source, at: int, names: bytes) -> Iterator[tuple[str, int]]:
    fields = Fields(source.read(at, 8))
    fields.expect(b"SNOD\1\0", "a leaf of a group")
    count = fields.number(2)
    entries = Fields(source.read(at + 8, 40 * count))
    for _ in range(count):
        name, place = entries.numbers(2)
        if entries.number(4) == 2:
            raise UnsafeFileError("a soft link is not followed.")
        entries.take(20)
        if name >= len(names):
            raise CorruptFileError("a name lies outside of its heap.")
        yield checked_name(text(names[name : name + 256])), place
