"""What a file of HDF5 may not hold, block by block: each is refused before anything is made of it."""

import io

import h5py
import numpy as np
import pytest

from laminax.saving import CorruptFileError, ResourceLimitError, UnsafeFileError, hdf5
from laminax.saving.hdf5 import objects, reader
from laminax.saving.hdf5.attributes import Attributes
from laminax.saving.hdf5.checksum import lookup3
from laminax.saving.hdf5.fields import Fields
from laminax.saving.hdf5.objects import Message
from laminax.saving.hdf5.types import read_shape, read_type
from laminax.saving.source import Source

NOWHERE = b"\xff" * 8


def source(data):
    return Source(data, 0, len(data))


def numbers(*values, size=8):
    return b"".join(value.to_bytes(size, "little") for value in values)


def with_checksum(data):
    return data + lookup3(data).to_bytes(4, "little")


def messages_of(data):
    return list(objects._new_messages(source(data), 0, len(data)))


def links(kind, data):
    return list(objects.links(source(b""), [Message(kind, data)]))


def overlapping():
    root = reader.Group()
    for name, start in (("a", 0), ("b", 12)):
        root[name] = reader.Dataset(source(bytes(32)), (4,), np.dtype("float32"), (start, 16), b"")
    reader._check_places(root)


def named_twice():
    group = reader.Group()
    group["a"] = reader.Group()
    reader._Reader(source(b"")).add(group, "a", 0, "a")


def header_in_a_circle():
    """Its one message says that the header goes on at itself."""
    more = numbers(objects.MORE, 16, size=2) + bytes(4) + numbers(16, 24)
    return objects.messages(source(b"\1" + bytes(7) + numbers(24, size=4) + bytes(4) + more), 0)


@pytest.mark.parametrize(
    ("read", "error", "words"),
    [
        (header_in_a_circle, CorruptFileError, "goes round in a circle"),
        (lambda: messages_of(with_checksum(b"OCHK" + bytes(8))), CorruptFileError, "second part"),
        (lambda: messages_of(with_checksum(b"XXXX" + bytes(8))), CorruptFileError, "does not begin with OHDR"),
        (lambda: messages_of(b"OHDR" + bytes(8)), CorruptFileError, "checksum is wrong"),
        (lambda: links(objects.ATTRIBUTE_INFO, b"\0\0" + bytes(8)), CorruptFileError, "a form that Keras does not"),
        (lambda: links(objects.LINK_INFO, b"\0\1" + bytes(16)), CorruptFileError, "a form that Keras does not"),
        (lambda: links(objects.LINK, b"\2" + bytes(16)), CorruptFileError, "a link has a version"),
        (lambda: Attributes(source(b""))._one(Fields(b"\4" + bytes(16))), CorruptFileError, "an attribute has a ver"),
        (lambda: reader._layout(Fields(b"\5\1" + bytes(16)), 0), CorruptFileError, "layout of an array has a version"),
        (lambda: reader._layout(Fields(b"\3\1" + numbers(0, 8)), 4), CorruptFileError, "needs 4 bytes, and 8"),
        (
            lambda: reader._Reader(source(b"")).dataset([Message(objects.LAYOUT, b"")]),
            CorruptFileError,
            "lacks its shape or its type",
        ),
        (named_twice, CorruptFileError, "stands twice"),
        (overlapping, CorruptFileError, "lies over that of another"),
        (
            lambda: read_type(Fields(b"\x10\0\0\0" + numbers(3, size=4) + bytes(4))),
            CorruptFileError,
            "integer type of 3",
        ),
        (lambda: read_type(Fields(b"\x14\0\0\0" + numbers(3, size=4))), UnsafeFileError, "bit fields"),
        (lambda: read_shape(Fields(b"\1\x21\0" + bytes(5))), ResourceLimitError, "33 axes"),
        (lambda: read_shape(Fields(b"\3\0\0\0")), CorruptFileError, "a shape has version 3"),
        (lambda: source(bytes(8)).metered(12).read(0, 13), CorruptFileError, "13"),
        (lambda: [s.read(0, 8) for s in [source(bytes(8)).metered(12)] * 2], ResourceLimitError, "again and again"),
    ],
)
def test_refused(read, error, words):
    with pytest.raises(error, match=words):
        read()


def test_groups_without_dense_forms_are_read():
    assert links(objects.ATTRIBUTE_INFO, b"\0\1" + bytes(2) + NOWHERE) == []
    assert links(objects.LINK_INFO, b"\0\0" + NOWHERE) == []


def test_values_that_stand_within_their_header():
    """Arrays of a few numbers, texts of a fixed length, and bytes without a meaning."""
    file = io.BytesIO()
    with h5py.File(file, "w") as root:
        compact = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
        compact.set_layout(h5py.h5d.COMPACT)
        space = h5py.h5s.create_simple((3,))
        array = h5py.h5d.create(root.id, b"few", h5py.h5t.IEEE_F32LE, space, compact)
        array.write(h5py.h5s.ALL, h5py.h5s.ALL, np.array([1, 2, 3], "float32"))
        root.attrs["fixed"] = np.bytes_(b"ab")
        root.attrs["several"] = np.array([b"a", b"bc"])
        root.attrs["opaque"] = np.void(b"1234")
    found = hdf5.read(source(file.getvalue()))
    np.testing.assert_array_equal(found["few"].read(), [1, 2, 3])
    assert found.attributes == {"fixed": "ab", "several": ["a", "bc"], "opaque": None}
