"""Archives of the form ZIP, as Keras writes them: a few members, one after another, and nothing else."""

import struct
import zlib
from collections.abc import Iterator
from typing import Any, NamedTuple

from .._core.file_errors import CorruptFileError, ResourceLimitError, UnsafeFileError, in_file
from .source import Source

CONFIG, METADATA, WEIGHTS = "config.json", "metadata.json", "model.weights.h5"
_INFLATED = 16 << 20  # bytes that compressed members may take, besides the size of the file
_RATIO = 20
_END, _END64, _PLACE64 = b"PK\5\6", b"PK\6\6", b"PK\6\7"
_FULL = 0xFFFFFFFF


class Member(NamedTuple):
    """An entry of the directory."""

    name: str
    flags: int
    method: int
    stamp: bytes
    checksum: int
    stored: int
    size: int
    at: int


class Archive:
    """The members of an archive, whose directory has been checked.

    Raises:
        CorruptFileError: if the directory and the members do not agree, or there is anything between, before or after.
        UnsafeFileError: for a member that Keras does not write: encrypted, a link, under another name.
        ResourceLimitError: for one that is much larger than what is stored of it.
    """

    def __init__(self, source: Source) -> None:
        self.source = source
        self.members = {member.name: member for member in _checked(source, list(_directory(source)))}

    def read(self, name: str) -> Source:
        """The bytes of a member, whose checksum is right."""
        with in_file(member=name):
            if name not in self.members:
                raise CorruptFileError("is not in the archive.")
            member = self.members[name]
            stored = self.source.part(_data(self.source, member), member.stored)
            found = stored if not member.method else _inflated(stored, member)
            if found.checksum() != member.checksum:
                raise CorruptFileError("is damaged: its checksum is wrong.")
            return found

    @property
    def assets(self) -> list[str]:
        """The names of members that layers keep besides weights."""
        return [name for name in self.members if name.startswith("assets/")]


def _directory(source: Source) -> Iterator[Member]:
    count, size, at = _end(source)
    data, place = source.read(at, size), 0
    for _ in range(count):
        if len(data) - place < 46 or data[place : place + 4] != b"PK\1\2":
            raise CorruptFileError("the directory of the archive is damaged.")
        fields = struct.unpack("<HHHH4sIIIHHHHHII", data[place + 4 : place + 46])
        name, extra, comment = fields[8:11]
        words = data[place + 46 : place + 46 + name + extra + comment]
        if len(words) != name + extra + comment or fields[11]:
            raise CorruptFileError("the directory of the archive is damaged.")
        yield _member(fields, words[:name], words[name : name + extra])
        place += 46 + len(words)
    if place != size:
        raise CorruptFileError("the directory of the archive is damaged.")


def _end(source: Source) -> tuple[int, int, int]:
    """The number of entries of the directory, its size, and where it begins."""
    tail = source.read(max(source.size - 22, 0), min(22, source.size))
    if tail[:4] != _END or len(tail) < 22:
        raise CorruptFileError("is cut off, or more was added: the end of the archive is not where it should be.")
    *parts, count, size, at, comment = struct.unpack("<HHHHIIH", tail[4:])
    end = source.size - 22
    if 0xFFFF in (count, parts[-1]) or _FULL in (size, at):
        end, parts, count, size, at = _large(source, end)
    if any(parts[:2]) or parts[-1] != count or comment or at + size != end:
        raise CorruptFileError("the directory of the archive is not where it should be.")
    return count, size, at


def _large(source: Source, end: int) -> tuple[int, list[int], int, int, int]:
    """The same from the end of an archive of more than 4 GB."""
    signature, _, at, _ = struct.unpack("<4sIQI", source.read(end - 20, 20))
    fields = struct.unpack("<4sQHHIIQQQQ", source.read(at, 56))
    if signature != _PLACE64 or fields[0] != _END64 or at + 56 != end - 20:
        raise CorruptFileError("the end of the archive is damaged.")
    return at, [fields[4], fields[5], fields[6]], fields[7], fields[8], fields[9]


def _member(fields: tuple[Any, ...], name: bytes, extra: bytes) -> Member:
    _, _, flags, method, stamp, checksum, stored, size = fields[:8]
    size, stored, at = _long(extra, size, stored, fields[14])
    try:
        word = name.decode("utf-8")
    except UnicodeDecodeError:
        raise UnsafeFileError(f"has a member of the name {name[:40]!r}.") from None
    with in_file(member=word[:80]):
        if (fields[13] >> 28) == 0xA:
            raise UnsafeFileError("is a link.")
        return Member(word, flags, method, stamp, checksum, stored, size, at)


def _long(extra: bytes, *numbers: int) -> list[int]:
    """Numbers of which those that need more than 32 bits are given apart."""
    wide: bytes = b""
    while len(extra) >= 4:
        kind, size = struct.unpack("<HH", extra[:4])
        wide, extra = extra[4 : 4 + size] if kind == 1 else wide, extra[4 + size :]
    found = []
    for number in numbers:
        if number == _FULL:
            if len(wide) < 8:
                raise CorruptFileError("the directory of the archive is damaged.")
            number, wide = int.from_bytes(wide[:8], "little"), wide[8:]
        found.append(number)
    return found


def _checked(source: Source, members: list[Member]) -> list[Member]:
    """Members that lie one after another and fill the file up to the directory."""
    place, seen = 0, set()
    for member in sorted(members, key=lambda m: m.at):
        with in_file(member=member.name[:80]):
            _check_name(member.name)
            if member.name in seen:
                raise CorruptFileError("is in the archive twice.")
            seen.add(member.name)
            if member.at != place:
                raise CorruptFileError("lies over another member, or something is hidden before it.")
            _check_sizes(member)
            place = _data(source, member) + member.stored
    inflated = sum(member.size for member in members if member.method)
    limit = _INFLATED + source.size
    if inflated > limit:
        raise ResourceLimitError(f"would become {inflated:,} bytes; {limit:,} are the most.", limit=limit)
    if place != _end(source)[2]:
        raise CorruptFileError("something is hidden before the directory of the archive.")
    return members


def _check_name(name: str) -> None:
    steps = name.split("/")
    safe = all(
        step and step not in (".", "..") and step.isprintable() and not set(step) & set('\\:*?"<>|') for step in steps
    )
    if not safe or len(name.encode()) > 1000 or any(len(step.encode()) > 255 for step in steps):
        raise UnsafeFileError("is a name that no member may have.")
    if name not in (CONFIG, METADATA, WEIGHTS) and (steps[0] != "assets" or len(steps) < 2):
        raise UnsafeFileError("is no member that a model has.")


def _check_sizes(member: Member) -> None:
    if member.flags & 1:
        raise UnsafeFileError("is encrypted.")
    if member.flags & ~0x800 or member.method not in (0, 8):
        raise UnsafeFileError(f"is kept in a way that is not read (method {member.method}, flags {member.flags}).")
    if not member.method and member.size != member.stored:
        raise CorruptFileError(f"is {member.size} bytes, of which {member.stored} are stored.")
    if member.method and member.size > _RATIO * member.stored:
        raise ResourceLimitError(f"would become {_RATIO} times as large, or more.", limit=_RATIO)


def _data(source: Source, member: Member) -> int:
    """Where the bytes of a member begin; what stands before them must be what the directory says."""
    head = source.read(member.at, 30)
    signature, _, flags, method, stamp, checksum, stored, size, name, extra = struct.unpack("<4sHHH4sIIIHH", head)
    words = source.read(member.at + 30, name + extra)
    size, stored = _long(words[name:], size, stored)
    found = (words[:name], flags, method, stamp, checksum, stored, size)
    wanted = (member.name.encode(), *member[1:7])
    if signature != b"PK\3\4" or found != wanted:
        raise CorruptFileError("is not what the directory of the archive says.")
    return member.at + 30 + name + extra


def _inflated(stored: Source, member: Member) -> Source:
    inflater = zlib.decompressobj(-15)
    try:
        data = inflater.decompress(stored.read(0, stored.size), member.size + 1)
    except zlib.error as error:
        raise CorruptFileError(f"is damaged: {error}.") from None
    if len(data) != member.size or not inflater.eof or inflater.unused_data:
        raise CorruptFileError("does not have the size that it should have.")
    return Source(data, 0, len(data))
