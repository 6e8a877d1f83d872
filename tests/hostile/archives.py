"""Archives that are none, or lie about what is in them."""

import functools
import gzip
import io
import json
import pickle
import struct
import tarfile
import warnings
import zipfile

import numpy as np

CORRUPT, UNSAFE, LIMIT = "CorruptFileError", "UnsafeFileError", "ResourceLimitError"
CONFIG = {
    "module": "keras",
    "class_name": "Sequential",
    "config": {
        "name": "s",
        "layers": [
            {"module": "keras.layers", "class_name": "InputLayer", "config": {"batch_shape": [None, 4], "name": "x"}},
            {"module": "keras.layers", "class_name": "Dense", "config": {"units": 3, "name": "dense"}},
        ],
    },
    "registered_name": None,
}
METADATA = {"keras_version": "3.15.1", "date_saved": "2026-11-24@12:00:00"}


@functools.cache
def weights():
    """The weights of the model that `CONFIG` describes."""
    import h5py

    file = io.BytesIO()
    with h5py.File(file, "w") as group:
        group["layers/dense/vars/0"] = np.ones((4, 3), "float32")
        group["layers/dense/vars/1"] = np.zeros(3, "float32")
    return file.getvalue()


def archive(config=None, h5=None, method=zipfile.ZIP_STORED, more=(), without=()):
    """A `.keras` file."""
    file = io.BytesIO()
    members = {
        "metadata.json": json.dumps(METADATA).encode(),
        "config.json": json.dumps(CONFIG).encode() if config is None else config,
        "model.weights.h5": weights() if h5 is None else h5,
    }
    with warnings.catch_warnings(), zipfile.ZipFile(file, "w", method) as written:
        warnings.simplefilter("ignore")  # of names that stand twice
        for name, data in [*((n, d) for n, d in members.items() if n not in without), *more]:
            written.writestr(entry(name, method), data)
    return file.getvalue()


def entry(name, method=zipfile.ZIP_STORED, link=False):
    found = zipfile.ZipInfo("placeholder", (2026, 11, 24, 12, 0, 0))
    found.filename = name  # as it is, with what ZipInfo would cut off
    found.compress_type = method
    found.external_attr = (0o120777 if link else 0o600) << 16
    return found


def patched(data, at, new):
    return data[:at] + new + data[at + len(new) :]


def directory(data):
    """Where the directory begins."""
    return struct.unpack("<I", data[-6:-2])[0]


def in_directory(data, place, form, value):
    """An archive with another value in the first entry of its directory."""
    return patched(data, directory(data) + place, struct.pack(form, value))


class Marker:
    """What a pickle would make: it would leave a mark."""

    def __reduce__(self):
        return (open, ("hostile_marker", "w"))


def files():
    """`{name: (ending, bytes, error)}`."""
    good = archive()
    found = {
        "empty": (b"", CORRUPT),
        "one_byte": (b"P", CORRUPT),
        "noise": (np.random.default_rng(1).bytes(5000), CORRUPT),
        "pickle": (pickle.dumps(Marker()), UNSAFE),
        "old_pickle": (pickle.dumps(Marker(), 0), CORRUPT),
        "hdf5": (weights(), CORRUPT),
        "gzip": (gzip.compress(good), CORRUPT),
        "tar": (tarred(), CORRUPT),
        "json": (json.dumps(CONFIG).encode(), CORRUPT),
        "yaml": (b"!!python/object/apply:os.system ['touch hostile_marker']", CORRUPT),
        "numpy": (b"\x93NUMPY\x01\x00" + bytes(100), CORRUPT),
        "archive_in_archive": (archive(config=good), CORRUPT),
        "no_config": (archive(without=("config.json",)), CORRUPT),
        "no_weights": (archive(without=("model.weights.h5",)), CORRUPT),
        "weights_as_npz": (archive(without=("model.weights.h5",), more=[("model.weights.npz", b"PK")]), UNSAFE),
        "config_twice": (archive(more=[("config.json", b"{}")]), CORRUPT),
        "weights_twice": (archive(more=[("model.weights.h5", weights())]), CORRUPT),
        "look_alike": (archive(more=[("\u0441\u043enfig.json", b"{}")]), UNSAFE),
        "upper_case": (archive(more=[("CONFIG.JSON", b"{}")]), UNSAFE),
        "link": (with_link(), UNSAFE),
        "before": (b"#!/bin/sh\n" + good, CORRUPT),
        "after": (good + b"\0", CORRUPT),
        "comment": (good[:-2] + struct.pack("<H", 3) + b"abc", CORRUPT),
        "encrypted": (in_directory(good, 8, "<H", 1), UNSAFE),
        "streamed": (in_directory(good, 8, "<H", 8), UNSAFE),
        "bzip2": (archive(method=zipfile.ZIP_BZIP2), UNSAFE),
        "lzma": (archive(method=zipfile.ZIP_LZMA), UNSAFE),
        "other_name_before_data": (patched(good, 30, b"Metadata"), CORRUPT),
        "other_checksum": (in_directory(good, 16, "<I", 1), CORRUPT),
        "other_size": (in_directory(good, 24, "<I", 1), CORRUPT),
        "other_stored_size": (in_directory(good, 20, "<I", 10**9), CORRUPT),
        "other_place": (in_directory(good, 42, "<I", 7), CORRUPT),
        "wide_size_missing": (in_directory(good, 24, "<I", 0xFFFFFFFF), CORRUPT),
        "second_disk": (in_directory(good, 34, "<H", 1), CORRUPT),
        "too_many_entries": (patched(good, len(good) - 12, struct.pack("<H", 9)), CORRUPT),
        "too_few_entries": (patched(good, len(good) - 14, struct.pack("<HH", 2, 2)), CORRUPT),
        "wide_end_missing": (patched(good, len(good) - 12, struct.pack("<H", 0xFFFF)), CORRUPT),
        "directory_elsewhere": (patched(good, len(good) - 6, struct.pack("<I", 4)), CORRUPT),
        "overlapping": (overlapping(), CORRUPT),
        "bomb_in_config": (archive(config=b" " * 30_000_000, method=zipfile.ZIP_DEFLATED), LIMIT),
        "bomb_in_weights": (archive(h5=bytes(30_000_000), method=zipfile.ZIP_DEFLATED), LIMIT),
        "many_small_bombs": (bombs(), LIMIT),
        "newer_keras": (versioned("4.0.1"), "UnsupportedVersionError"),
        "no_version": (versioned("abc"), CORRUPT),
        "metadata_is_list": (archive(without=("metadata.json",), more=[("metadata.json", b"[]")]), CORRUPT),
        "asset_of_nobody": (archive(more=[("assets/layers/dense/vocabulary.txt", b"a")]), "IncompatibleWeightsError"),
        "config_damaged": (patched(good, good.index(b"InputLayer"), b"inputLayer"), CORRUPT),
        "weights_damaged": (patched(good, good.index(weights()) + 3000, b"\x7f"), CORRUPT),
    }
    names = ["../../evil", "/etc/passwd", "C:\\evil", "..", "assets", "assets/../evil", "assets//evil",
             "assets/a\\..\\b", "assets/\0", "assets/" + "x" * 300, "assets/" + "x/" * 600 + "x", "", "evil.py",
             "assets/con:evil"]  # fmt: skip
    for i, name in enumerate(names):
        found[f"name_{i}"] = (archive(more=[(name, b"evil")]), UNSAFE)
    for share in (1, 10, 50, 90, 99):
        found[f"cut_off_at_{share}"] = (good[: len(good) * share // 100], CORRUPT)
    found["cut_off_by_one"] = (good[:-1], CORRUPT)
    return {name: (".keras", data, error) for name, (data, error) in found.items()}


def tarred():
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w") as tar:
        tar.addfile(tarfile.TarInfo("../../evil"))
    return file.getvalue()


def with_link():
    file = io.BytesIO(archive())
    with zipfile.ZipFile(file, "a") as written:
        written.writestr(entry("assets/evil", link=True), "/etc/passwd")
    return file.getvalue()


def overlapping():
    """Two entries of the directory that share their bytes."""
    good = archive()
    start = directory(good)
    first = good[start : start + 46 + len("metadata.json")]
    end = struct.unpack("<4s4HIIH", good[-22:])
    size, count = end[5] + len(first), end[4] + 1
    tail = struct.pack("<4s4HIIH", end[0], 0, 0, count, count, size, start, 0)
    return good[:-22] + first.replace(b"metadata.json", b"assets/a.txtx"[:13]) + tail


def bombs():
    return archive(more=[(f"assets/a{i}", bytes(1 << 20) + np.random.default_rng(i).bytes(1 << 16)) for i in range(24)],
                   method=zipfile.ZIP_DEFLATED)  # fmt: skip


def versioned(version):
    text = json.dumps({**METADATA, "keras_version": version}).encode()
    return archive(without=("metadata.json",), more=[("metadata.json", text)])
