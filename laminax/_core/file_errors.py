"""What is wrong with a file, or with a config that may come from one: one family of errors."""

import contextlib
from collections.abc import Iterator


class ModelFileError(ValueError):
    """A file, or a config, that is not read.

    Attributes:
        reason: what is wrong.
        path: the file, where there is one.
        member: the part of the file: a member of an archive, a tensor, a layer.
        limit: the limit that was passed, where it is one.
    """

    def __init__(
        self, reason: str, *, path: str | None = None, member: str | None = None, limit: int | None = None
    ) -> None:
        super().__init__(reason)
        self.reason, self.path, self.member, self.limit = reason, path, member, limit

    def __str__(self) -> str:
        where = [part for part in (self.path, self.member) if part]
        return ": ".join([*where, self.reason])


class CorruptFileError(ModelFileError):
    """It is damaged, cut off, or not of the kind that it should be."""


class UnsafeFileError(ModelFileError):
    """It asks for what no file may have: code, a class or function that is not known, another file."""


class ResourceLimitError(ModelFileError):
    """It asks for more memory or time than its size gives reason for."""


class IncompatibleWeightsError(ModelFileError):
    """Its weights are not those of the model."""


class UnsupportedVersionError(ModelFileError):
    """It was written by a newer version, in a form that this one does not know."""


class CheckpointError(RuntimeError):
    """A folder of checkpoints that can't be used."""


class NoUsableCheckpointError(CheckpointError):
    """All checkpoints of a folder are damaged."""


@contextlib.contextmanager
def in_file(path: str | None = None, member: str | None = None) -> Iterator[None]:
    """Let errors of this family that are raised inside name the file, or the part of it."""
    try:
        yield
    except ModelFileError as error:
        error.path, error.member = error.path or path, error.member or member
        raise
