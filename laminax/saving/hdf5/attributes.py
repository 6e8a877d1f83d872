"""Small values that are kept with a group or an array of HDF5."""

from typing import Any

import numpy as np

from ..._core.file_errors import CorruptFileError, UnsafeFileError
from ..source import Source
from .fields import Fields, text
from .objects import ATTRIBUTE, Message
from .types import Type, bytes_of, read_shape, read_type


class Attributes:
    """Reads attributes: numbers, texts and lists of texts. Heaps of texts are read once."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.heaps: dict[int, dict[int, bytes]] = {}

    def of(self, found: list[Message]) -> dict[str, Any]:
        """Those of an object, by name; `None` for a value of a type that has no meaning here."""
        return dict(self._one(Fields(message.data)) for message in found if message.kind == ATTRIBUTE)

    def _one(self, fields: Fields) -> tuple[str, Any]:
        version = fields.number(1)
        if version not in (1, 2, 3) or (fields.number(1) and version > 1):
            raise CorruptFileError("an attribute has a version or a form that Keras does not write.")
        sizes = [fields.number(2) for _ in range(3)]
        fields.take(1 if version == 3 else 0)
        name, kind, shape = (self._part(fields, size, version) for size in sizes)
        try:
            return text(name), self._value(read_type(Fields(kind)), read_shape(Fields(shape)), fields)
        except UnsafeFileError:
            return text(name), None

    @staticmethod
    def _part(fields: Fields, size: int, version: int) -> bytes:
        start = fields.at
        found = fields.take(size)
        if version == 1:
            fields.align(start)
        return found

    def _value(self, kind: Type, shape: tuple[int, ...], fields: Fields) -> Any:
        data = fields.take(bytes_of(shape, kind.size))
        pieces = [data[i : i + kind.size] for i in range(0, len(data), kind.size)]
        if kind.kind == "text":
            values: list[Any] = [text(piece) for piece in pieces]
        elif kind.kind == "reference":
            values = [self._text(Fields(piece)) for piece in pieces]
        elif kind.dtype is not None:
            values = np.frombuffer(data, kind.dtype).tolist()
        else:
            return None
        return values if shape else values[0]

    def _text(self, fields: Fields) -> str:
        length, at, index = fields.number(4), fields.number(8), fields.number(4)
        if not length:
            return ""
        if at not in self.heaps:
            self.heaps[at] = self._heap(at)
        if index not in self.heaps[at]:
            raise CorruptFileError("a text is not in its heap.")
        return text(self.heaps[at][index][:length])

    def _heap(self, at: int) -> dict[int, bytes]:
        """Texts by number."""
        head = Fields(self.source.read(at, 16))
        head.expect(b"GCOL\1\0\0\0", "a heap of texts")
        fields, found = Fields(self.source.read(at, head.number(8)), 16), {}
        while fields.left >= 16 and (index := fields.number(2)):
            fields.take(6)
            size, start = fields.number(8), fields.at
            found[index] = fields.take(size)
            fields.align(start)
        return found
