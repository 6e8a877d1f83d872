"""Writing archives of the form ZIP: members one after another, not compressed, and the directory at the end."""

import contextlib
import struct
import time
import zlib
from collections.abc import Iterator
from typing import BinaryIO

_FULL = 0xFFFFFFFF  # stands for a number that is given apart, in 64 bits
_LARGE = _FULL  # from which on numbers are
_STORED, _UTF8, _REGULAR = 0, 0x800, 0o100644 << 16


class Summed:
    """A file to write to, that knows the checksum and the number of the bytes."""

    def __init__(self, file: BinaryIO) -> None:
        self.file, self.checksum, self.size = file, 0, 0

    def write(self, data: bytes | memoryview) -> None:
        """Write bytes."""
        self.file.write(data)
        self.checksum = zlib.crc32(data, self.checksum)
        self.size += len(data)


class Writer:
    """Writes an archive, member by member, to a file from its beginning."""

    def __init__(self, file: BinaryIO) -> None:
        self.file = file
        self.directory: list[bytes] = []
        now = time.localtime()
        date = (max(now.tm_year - 1980, 0) << 9) | (now.tm_mon << 5) | now.tm_mday
        self.stamp = struct.pack("<HH", (now.tm_hour << 11) | (now.tm_min << 5) | now.tm_sec // 2, date)

    @contextlib.contextmanager
    def member(self, name: str, size: int = 0) -> Iterator[Summed]:
        """A file to write a member to, of at most `size` bytes, or of less than 4 GB."""
        at, wide, word = self.file.tell(), size >= _LARGE, name.encode("utf-8")
        self.file.write(self._head(word, 0, 0, wide))
        summed = Summed(self.file)
        yield summed
        end = self.file.tell()
        self.file.seek(at)
        self.file.write(self._head(word, summed.checksum, summed.size, wide))
        self.file.seek(end)
        self.directory.append(self._entry(word, summed.checksum, summed.size, at))

    def close(self) -> None:
        """Write the directory."""
        at, data, count = self.file.tell(), b"".join(self.directory), len(self.directory)
        self.file.write(data)
        end = at + len(data)
        if max(at, len(data)) >= _LARGE:
            self.file.write(struct.pack("<4sQHHIIQQQQ", b"PK\6\6", 44, 45, 45, 0, 0, count, count, len(data), at))
            self.file.write(struct.pack("<4sIQI", b"PK\6\7", 0, end, 1))
        size, place = (_FULL if number >= _LARGE else number for number in (len(data), at))
        self.file.write(struct.pack("<4sHHHHIIH", b"PK\5\6", 0, 0, count, count, size, place, 0))

    def _common(self, checksum: int, size: int, word: bytes, extra: bytes, wide: bool) -> bytes:
        """What stands before a member and in the directory alike."""
        flags = _UTF8 if not word.isascii() else 0
        shown = _FULL if wide else size
        numbers = struct.pack("<IIIHH", checksum, shown, shown, len(word), len(extra))
        return struct.pack("<HHH", 45 if extra else 20, flags, _STORED) + self.stamp + numbers

    def _head(self, word: bytes, checksum: int, size: int, wide: bool) -> bytes:
        extra = struct.pack("<HHQQ", 1, 16, size, size) if wide else b""
        return b"PK\3\4" + self._common(checksum, size, word, extra, wide) + word + extra

    def _entry(self, word: bytes, checksum: int, size: int, at: int) -> bytes:
        wide, far = size >= _LARGE, at >= _LARGE
        numbers = [size, size] * wide + [at] * far
        extra = struct.pack(f"<HH{len(numbers)}Q", 1, 8 * len(numbers), *numbers) if numbers else b""
        common = self._common(checksum, size, word, extra, wide)
        rest = struct.pack("<HHHII", 0, 0, 0, _REGULAR, _FULL if far else at)
        return b"PK\1\2" + struct.pack("<H", 0x0314) + common + rest + word + extra
