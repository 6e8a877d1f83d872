"""What a file is: by the end of its name, and by its first bytes."""

import os
import pathlib
from typing import Any

from .._core.file_errors import CorruptFileError, UnsafeFileError
from .source import Source

UNSAFE = (".pt", ".pth", ".bin", ".ckpt", ".pkl", ".pickle", ".joblib", ".npz", ".npy", ".pb", ".yaml", ".yml")
_BEGINNINGS = {
    b"PK": "a ZIP archive",
    b"\x89HDF\r\n\x1a\n": "HDF5",
    b"\x93NUMPY": "an array of NumPy",
    b"\x1f\x8b": "gzip",
    b"{": "JSON",
    b"\x80": "a pickle",
}


def path_of(filepath: Any) -> str:
    """A path as text.

    Raises:
        UnsafeFileError: for the formats that are pickles, or may hold them.
    """
    path = os.fspath(filepath)
    if isinstance(path, bytes):
        path = os.fsdecode(path)
    if path.lower().endswith(UNSAFE):
        raise UnsafeFileError(
            f"{pathlib.PurePath(path).suffix} is not read: such a file may hold code. Convert it to .safetensors.",
            path=path,
        )
    return str(path)


def expect(source: Source, beginning: bytes, what: str) -> None:
    """Check that a file begins as its kind does.

    Raises:
        UnsafeFileError: if it is a pickle.
        CorruptFileError: if it is anything else.
    """
    head = source.read(0, min(8, source.size))
    if head.startswith(beginning):
        return
    looks = next((words for start, words in _BEGINNINGS.items() if head.startswith(start)), None)
    error = UnsafeFileError if looks == "a pickle" else CorruptFileError
    raise error(f"is no {what}{f'; it looks like {looks}' if looks else ''}.")
