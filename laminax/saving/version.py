"""Which version's format a file is in."""

from typing import Any

from .._core.file_errors import CorruptFileError, UnsupportedVersionError, in_file
from .archive import METADATA, Archive
from .jsontext import parsed

KERAS = "3.15.1"  # whose format this is


def check_version(archive: Archive) -> None:
    """Raise an `UnsupportedVersionError` for a file that a later generation of Keras wrote."""
    with in_file(member=METADATA):
        if METADATA not in archive.members:
            return
        metadata = read_json(archive, METADATA)
        version = str(metadata.get("keras_version", KERAS))[:40] if isinstance(metadata, dict) else ""
        major = version.split(".")[0]
        if not major.isdigit():
            raise CorruptFileError(f"tells no version of Keras; got {str(metadata)[:80]!r}.")
        if int(major) > int(KERAS.split(".")[0]):
            raise UnsupportedVersionError(f"was written by Keras {version}; the format of Keras {KERAS} is known.")


def read_json(archive: Archive, name: str) -> Any:
    """The value of a member that is JSON."""
    content = archive.read(name)
    return parsed(content.read(0, content.size), archive.source.size)
