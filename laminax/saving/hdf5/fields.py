"""Fields of a block of bytes, read one after another."""

import struct

from ..._core.file_errors import CorruptFileError, UnsafeFileError

UNDEFINED = 0xFFFFFFFFFFFFFFFF


class Fields:
    """Little-endian fields of a block."""

    def __init__(self, data: bytes, at: int = 0) -> None:
        self.data, self.at = data, at

    @property
    def left(self) -> int:
        """The number of bytes that are left."""
        return len(self.data) - self.at

    def take(self, count: int) -> bytes:
        """The next bytes."""
        if not 0 <= count <= self.left:
            raise CorruptFileError(f"a block ends in the middle of a field of {count} bytes.")
        self.at += count
        return self.data[self.at - count : self.at]

    def number(self, size: int) -> int:
        """The next unsigned integer of `size` bytes."""
        return int.from_bytes(self.take(size), "little")

    def numbers(self, count: int) -> tuple[int, ...]:
        """The next `count` integers of 8 bytes."""
        return struct.unpack(f"<{count}Q", self.take(8 * count))

    def expect(self, value: bytes, what: str) -> None:
        """Take bytes that must be these."""
        if self.take(len(value)) != value:
            raise CorruptFileError(f"{what} does not begin with {value!r}.")

    def align(self, start: int, to: int = 8) -> None:
        """Go on at a multiple of `to` from `start`."""
        self.take(min(-(self.at - start) % to, self.left))


def text(data: bytes) -> str:
    """UTF-8 up to the first zero byte."""
    try:
        return data.split(b"\0", 1)[0].decode("utf-8")
    except UnicodeDecodeError:
        raise CorruptFileError(f"a name is no UTF-8: {data[:40]!r}.") from None


def checked_name(name: str) -> str:
    """A name of a group or an array: one step of a path, and no way out of it."""
    if not name or "/" in name or name in (".", "..") or len(name) > 255 or not name.isprintable():
        raise UnsafeFileError(f"a group or array has the name {name[:40]!r}.")
    return name
