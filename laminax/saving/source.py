"""Bytes of a file, read at places: opened once, and never read beyond the end."""

import contextlib
import errno
import os
import stat
import zlib
from collections.abc import Iterator
from typing import Any, BinaryIO

import numpy as np

from .._core.file_errors import CorruptFileError, ResourceLimitError

_CHUNK = 1 << 20


class Source:
    """A range of bytes, of an open file or in memory.

    Args:
        file: the file, or its bytes.
        start: where the range begins.
        size: its length.
        allowance: how many bytes `read` may give altogether.
    """

    def __init__(self, file: BinaryIO | bytes, start: int, size: int, allowance: int | None = None) -> None:
        self._file, self._start, self.size, self.allowance = file, start, size, allowance

    def read(self, at: int, count: int) -> bytes:
        """`count` bytes from the place `at`."""
        self._check(at, count)
        if self.allowance is not None:
            self.allowance -= count
            if self.allowance < 0:
                raise ResourceLimitError(f"points to the same {self.size} bytes again and again.", limit=self.size)
        return bytes(self._fill(at, bytearray(count)))

    def metered(self, allowance: int) -> "Source":
        """The same bytes, of which `read` may give so many altogether."""
        return Source(self._file, self._start, self.size, allowance)

    def array(self, at: int, shape: tuple[int, ...], dtype: np.dtype) -> np.ndarray:
        """An array from its bytes at the place `at`."""
        found = np.empty(shape, dtype)
        self._check(at, found.nbytes)
        if found.nbytes:
            self._fill(at, found.reshape(-1).view(np.uint8))
        return found

    def part(self, at: int, size: int) -> "Source":
        """A range within this one."""
        self._check(at, size)
        return Source(self._file, self._start + at, size)

    def checksum(self) -> int:
        """CRC-32 of all bytes."""
        found = 0
        for at in range(0, self.size, _CHUNK):
            found = zlib.crc32(self.read(at, min(_CHUNK, self.size - at)), found)
        return found

    def _check(self, at: int, count: int) -> None:
        if at < 0 or count < 0 or at + count > self.size:
            raise CorruptFileError(
                f"is damaged or cut off: it points to {count} bytes at {at}, and has {self.size} bytes."
            )

    def _fill(self, at: int, buffer: Any) -> Any:
        start, view = self._start + at, memoryview(buffer).cast("B")
        if isinstance(self._file, bytes):
            view[:] = self._file[start : start + len(view)]
            return buffer
        self._file.seek(start)
        while view:
            count = self._file.readinto(view)  # type: ignore[attr-defined]
            if not count:
                raise CorruptFileError("became shorter while it was read.")
            view = view[count:]
        return buffer


@contextlib.contextmanager
def opened(path: Any) -> Iterator[Source]:
    """The bytes of a regular file.

    Raises:
        OSError: as the system says: there is no such file, no permission, it is a directory.
        ValueError: if it is a pipe, a device or a socket, which are not waited for.
        CorruptFileError: if it is empty.
    """
    with open(path, "rb", buffering=0, opener=_open) as file:
        status = os.fstat(file.fileno())
        if not stat.S_ISREG(status.st_mode):
            raise ValueError(f"{os.fspath(path)} is not a regular file.")
        if not status.st_size:
            raise CorruptFileError("is empty (0 bytes).")
        yield Source(file, 0, status.st_size)


def _open(path: Any, flags: int) -> int:
    """Open without waiting, as a pipe that nobody writes to would have us do."""
    descriptor = os.open(path, flags | getattr(os, "O_NONBLOCK", 0))
    if stat.S_ISDIR(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), path)
    return descriptor
