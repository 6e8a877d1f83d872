"""Files and folders that are whole: whatever happens while one is written, its name is that of the old or the new one.

What is written goes to a file beside it, then to the disk, and only then takes the name. What a program that was ended
in between leaves behind is removed by the next one that writes the same file.
"""

import contextlib
import errno
import os
import re
import secrets
import shutil
import stat
import threading
from collections.abc import Iterator
from typing import Any, BinaryIO

try:
    import fcntl
except ImportError:  # Windows, where an open file can't be removed by another
    fcntl = None  # type: ignore[assignment]

_lock = threading.Lock()


@contextlib.contextmanager
def replacing(path: Any, overwrite: bool = True) -> Iterator[BinaryIO]:
    """A file to write to, which takes the place of `path` when the block ends well.

    Raises:
        FileExistsError: if there is a file, and it may not be replaced.
        FileNotFoundError: if the folder is missing.
        OSError: if writing fails, with the path; the file that was there is as it was.
    """
    target = os.path.realpath(os.fspath(path))
    if os.path.isdir(target):
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), target)
    if not overwrite and os.path.exists(target):
        raise FileExistsError(errno.EEXIST, "The file exists; give overwrite=True to replace it", target)
    folder, name = os.path.split(target)
    if not os.path.isdir(folder):
        raise FileNotFoundError(errno.ENOENT, f"Can't write {name}, there is no such folder; make it first", folder)
    try:
        temporary, file = _temporary(folder, name)
        try:
            with file:
                _keep_mode(file, target)
                yield file
                file.flush()
                os.fsync(file.fileno())
                os.replace(temporary, target)
        except BaseException:
            _remove(temporary)
            raise
        _sync_folder(folder)
    except OSError as error:
        error.filename = error.filename or target
        raise


@contextlib.contextmanager
def new_folder(path: str) -> Iterator[str]:
    """A folder to fill, which takes the name `path`, which nothing has yet, when the block ends well.

    What a program that was ended leaves behind is found by `leftovers`: a lock is the caller's affair.
    """
    parent, name = os.path.split(os.path.abspath(path))
    temporary = os.path.join(parent, f".{name}.{secrets.token_hex(6)}.tmp")
    try:
        os.mkdir(temporary)
        yield temporary
        _sync_folder(temporary)
        os.rename(temporary, path)
    except BaseException:
        shutil.rmtree(temporary, ignore_errors=True)
        raise
    _sync_folder(parent)


def leftovers(folder: str) -> list[str]:
    """The folders that `new_folder` left in `folder`, of programs that were ended."""
    return [os.path.join(folder, e) for e in os.listdir(folder) if re.fullmatch(r"\..+\.[0-9a-f]{12}\.tmp", e)]


@contextlib.contextmanager
def durable(path: str) -> Iterator[BinaryIO]:
    """A new file that is on the disk when the block ends."""
    with open(path, "xb") as file:
        yield file
        file.flush()
        os.fsync(file.fileno())


def _temporary(folder: str, name: str) -> tuple[str, BinaryIO]:
    """A new file in the folder, locked for as long as it is open; those that no program holds are removed."""
    with _lock:
        _tidy(folder, name)
        while True:
            temporary = os.path.join(folder, f".{name[:200]}.{secrets.token_hex(6)}.tmp")
            file = open(temporary, "xb+")  # noqa: SIM115 - closed by whoever asked for it
            try:
                if _held(file, temporary):
                    return temporary, file
            except OSError:
                _remove(temporary)
                file.close()
                raise
            file.close()


def _held(file: BinaryIO, temporary: str) -> bool:
    """Whether the new file is ours: between its making and its locking another program may have tidied it away."""
    if fcntl is None:
        return True
    with contextlib.suppress(OSError):  # a file system without locks
        fcntl.flock(file, fcntl.LOCK_EX)
    try:
        return os.path.samestat(os.stat(temporary), os.fstat(file.fileno()))
    except FileNotFoundError:
        return False


def _tidy(folder: str, name: str) -> None:
    """Remove what programs that were ended left of this file."""
    pattern = re.compile(rf"\.{re.escape(name[:200])}\.[0-9a-f]{{12}}\.tmp")
    with contextlib.suppress(OSError):
        for entry in os.listdir(folder or "."):
            if pattern.fullmatch(entry):
                _remove_if_left(os.path.join(folder, entry))


def _remove_if_left(temporary: str) -> None:
    with contextlib.suppress(OSError), open(temporary, "rb") as file:
        if fcntl is not None:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        os.unlink(temporary)


def _remove(temporary: str) -> None:
    with contextlib.suppress(OSError):
        os.unlink(temporary)


def _keep_mode(file: BinaryIO, target: str) -> None:
    """Let the new file be open to those to whom the old one is."""
    with contextlib.suppress(OSError, AttributeError):
        os.fchmod(file.fileno(), stat.S_IMODE(os.stat(target).st_mode))


def _sync_folder(folder: str) -> None:
    """Let the name last, too."""
    if os.name == "nt":
        return
    descriptor = os.open(folder or ".", os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
