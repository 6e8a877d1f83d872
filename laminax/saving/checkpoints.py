"""A folder of checkpoints: each is a folder of its own, whole or not there, and says itself whether it is damaged."""

import contextlib
import errno
import os
import re
import shutil
import warnings
import zlib
from collections.abc import Mapping
from typing import Any, BinaryIO, NamedTuple

import numpy as np

from .._core.file_errors import (
    CheckpointError,
    CorruptFileError,
    ModelFileError,
    NoUsableCheckpointError,
    UnsupportedVersionError,
    in_file,
)
from . import safetensors
from .atomic import durable, leftovers, new_folder
from .jsontext import parsed
from .mixed import text
from .source import Source, opened

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]

FORMAT = 2
_STATE, _ARRAYS, _MANIFEST, _LOCK = "state.json", "state.safetensors", "manifest.json", ".lock"
_NAME = re.compile(r"step-(\d{8,18})(-end)?")
_DAMAGED = "damaged-"


class Checkpoint(NamedTuple):
    """What one holds: data, and arrays by name."""

    path: str
    state: dict[str, Any]
    arrays: dict[str, np.ndarray]


class Checkpoints:
    """The checkpoints in a folder, which one program at a time uses.

    Args:
        folder: the folder; it is made if there is none.
        keep: how many of the last ones stay.
    """

    def __init__(self, folder: str, keep: int) -> None:
        self.folder, self.keep = os.path.abspath(folder), keep

    def __enter__(self) -> "Checkpoints":
        os.makedirs(self.folder, exist_ok=True)
        self._lock = _locked(os.path.join(self.folder, _LOCK))
        for left in leftovers(self.folder):
            shutil.rmtree(left, ignore_errors=True)
        return self

    def __exit__(self, *error: Any) -> None:
        self._lock.close()

    def names(self) -> list[str]:
        """The names of the checkpoints, the newest last."""
        return sorted(filter(_NAME.fullmatch, os.listdir(self.folder)), key=_place)

    def newest(self) -> Checkpoint | None:
        """The newest one that is not damaged; a warning names those that are, and they are set aside.

        Raises:
            NoUsableCheckpointError: if there are some, and all are damaged, with the reasons.
            UnsupportedVersionError: if it was written by a later version.
        """
        damaged: dict[str, Exception] = {}
        for name in reversed(self.names()):
            try:
                found = _read(os.path.join(self.folder, name))
            except UnsupportedVersionError:
                raise
            except (ModelFileError, OSError) as error:
                damaged[name] = error
                continue
            for bad, reason in damaged.items():
                warnings.warn(f"{reason} It is set aside; {name} is used in its place.", stacklevel=6)
                _set_aside(self.folder, bad)
            return found
        if damaged:
            reasons = "; ".join(str(error) for error in damaged.values())
            raise NoUsableCheckpointError(
                f"All {len(damaged)} checkpoints in {self.folder} are damaged: {reasons} Remove them to begin anew."
            )
        return None

    def write(self, name: str, state: bytes, arrays: Mapping[str, np.ndarray]) -> None:
        """Write a checkpoint, unless there is one of the name, and remove those that are too many."""
        path = os.path.join(self.folder, name)
        if not os.path.exists(path):
            with new_folder(path) as folder:
                _fill(folder, state, arrays)
        for old in self.names()[: -self.keep]:
            _remove(os.path.join(self.folder, old))

    def clear(self) -> None:
        """Remove all checkpoints, and the folder, if there is nothing else in it."""
        for name in os.listdir(self.folder):
            if _NAME.fullmatch(name.removeprefix(_DAMAGED)):
                _remove(os.path.join(self.folder, name))
        with contextlib.suppress(OSError):
            os.unlink(os.path.join(self.folder, _LOCK))
            os.rmdir(self.folder)


def _locked(path: str) -> BinaryIO:
    """The open file of a lock. Who takes it may have removed it meanwhile: then there is a new one."""
    while True:
        file = open(path, "ab")  # noqa: SIM115 - closed by whoever asked for it
        try:
            if fcntl is not None:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if os.path.samestat(os.stat(path), os.fstat(file.fileno())):
                return file
        except FileNotFoundError:
            pass
        except OSError as error:
            if error.errno not in (errno.EAGAIN, errno.EACCES):
                return file  # a file system without locks
            file.close()
            raise CheckpointError(
                f"{os.path.dirname(path)} is used by another run that still goes on. End it, or give another folder."
            ) from None
        file.close()


def _place(name: str) -> tuple[int, bool]:
    step, end = _NAME.fullmatch(name).groups()  # type: ignore[union-attr]
    return int(step), end is not None


def _remove(path: str) -> None:
    """Remove a checkpoint so that no part of one is ever left under its name."""
    gone = f"{os.path.dirname(path)}/.{os.path.basename(path)}.{os.urandom(6).hex()}.tmp"
    os.rename(path, gone)
    shutil.rmtree(gone, ignore_errors=True)


def _set_aside(folder: str, name: str) -> None:
    to = os.path.join(folder, _DAMAGED + name)
    if os.path.exists(to):
        _remove(to)
    os.rename(os.path.join(folder, name), to)


class _Summed:
    """A file whose bytes are counted as they are written, and summed, those that are written first.

    These are the header of a file of arrays, which holds the checksums of the arrays.
    """

    def __init__(self, file: BinaryIO) -> None:
        self._file, self.size, self.sum = file, 0, 0

    def write(self, data: Any) -> None:
        self._file.write(data)
        self.sum = self.sum if self.size else zlib.crc32(data)
        self.size += len(data)


def _fill(folder: str, state: bytes, arrays: Mapping[str, np.ndarray]) -> None:
    """Write the files of a checkpoint, the manifest last."""
    sums = {}
    for member in (_STATE, _ARRAYS):
        with durable(os.path.join(folder, member)) as file:
            summed = _Summed(file)
            if member == _STATE:
                summed.write(state)
            else:
                safetensors.write(summed, arrays)  # type: ignore[arg-type]
            sums[member] = summed.size, summed.sum
    with durable(os.path.join(folder, _MANIFEST)) as file:
        file.write(_manifest(sums))


def _manifest(sums: Mapping[str, tuple[int, int]]) -> bytes:
    files = {name: {"bytes": size, "crc32": f"{checksum:08x}"} for name, (size, checksum) in sums.items()}
    return text(files)


def _read(path: str) -> Checkpoint:
    """A checkpoint, after its manifest has been held against its files."""
    manifest = _content(path, _MANIFEST)
    sums = {}
    for member in (_STATE, _ARRAYS):
        with in_file(os.path.join(path, member)), opened(os.path.join(path, member)) as source:
            sums[member] = source.size, (_head(source) if member == _ARRAYS else source).checksum()
    if manifest != _manifest(sums):
        raise CorruptFileError("is damaged: its files are not those of its manifest.", path=path)
    with in_file(os.path.join(path, _STATE)):
        state = parsed(_content(path, _STATE), sums[_STATE][0])
        if not isinstance(state, dict):
            raise CorruptFileError("is no JSON object.")
        if state.get("format") != FORMAT:
            raise UnsupportedVersionError(
                f"is of the format {state.get('format')!s:.20}; this version reads {FORMAT}. Use that which wrote it."
            )
    with in_file(os.path.join(path, _ARRAYS)), opened(os.path.join(path, _ARRAYS)) as source:
        arrays = {}
        for name, tensor in safetensors.read(source).items():
            with in_file(member=name[:80]):
                arrays[name] = tensor.read()
    return Checkpoint(path, state, arrays)


def _head(source: Source) -> Source:
    """The header of a file of arrays."""
    return source.part(0, 8 + int.from_bytes(source.read(0, 8), "little"))


def _content(path: str, member: str) -> bytes:
    with in_file(os.path.join(path, member)), opened(os.path.join(path, member)) as source:
        return source.read(0, source.size)
