"""Files of weights that point elsewhere, lie about their sizes, or hold what no weight is."""

import io
import struct

import h5py
import numpy as np

from hostile.archives import CORRUPT, LIMIT, UNSAFE, archive, patched, weights

MISFIT = "IncompatibleWeightsError"
KERNEL, BIAS = "layers/dense/vars/0", "layers/dense/vars/1"


def made(fill):
    """A file that a function fills, which has the bias already."""
    file = io.BytesIO()
    with h5py.File(file, "w") as root:
        root[BIAS] = np.zeros(3, "float32")
        fill(root)
    return file.getvalue()


def kernel(value, **more):
    return made(lambda root: root.create_dataset(KERNEL, data=value, **more))


def linked(link, *paths):
    """A file with a link at these paths; the kernel itself lies elsewhere."""

    def fill(root):
        root["elsewhere"] = np.ones((4, 3), "float32")
        for path in paths:
            root[path] = link

    return made(fill)


def virtual():
    layout = h5py.VirtualLayout((4, 3), "float32")
    layout[:] = h5py.VirtualSource("/etc/passwd", "x", (4, 3))
    return made(lambda root: root.create_virtual_dataset(KERNEL, layout))


def typed(fill):
    """The kernel as a dataset of HDF5's lower level."""

    def put(root):
        group = root.require_group("layers/dense/vars")
        fill(group.id)

    return made(put)


def lower(kind, shape=(4, 3)):
    def fill(group):
        h5py.h5d.create(group, b"0", kind, h5py.h5s.create_simple(shape))

    return typed(fill)


def stored_elsewhere(root):
    root.create_dataset(KERNEL, (4, 3), "f4", external=[("/etc/passwd", 0, 48)])


def with_more(path):
    """The kernel, and another array."""
    ones = np.ones((4, 3), "float32")
    return made(lambda root: [root.create_dataset(where, data=ones) for where in (KERNEL, path)])


def committed(root):
    root["type"] = np.dtype("float32")
    root.create_dataset(KERNEL, (4, 3), root["type"])


def cycle(root):
    root[KERNEL] = np.ones((4, 3), "float32")
    root["layers/dense/round"] = root["layers"]


def hard_link(root):
    root[KERNEL] = np.ones((4, 3), "float32")
    root["layers/dense/vars/2"] = root[KERNEL]


def nested(root):
    group = root
    for _ in range(80):
        group = group.create_group("a")
    root[KERNEL] = np.ones((4, 3), "float32")


def changed(at, form, *values):
    """The good file with other bytes at a place, or at the first place of some bytes."""
    data = weights()
    return patched(data, data.index(at) if isinstance(at, bytes) else at, struct.pack(form, *values))


def trees():
    """A group's tree that goes round in a circle, and a heap and a leaf that lie."""
    data = weights()
    tree, heap, leaf = data.index(b"TREE"), data.index(b"HEAP"), data.index(b"SNOD")
    return {
        "tree_in_a_circle": (patched(data, tree + 32, struct.pack("<Q", tree)), CORRUPT),
        "tree_that_is_deep": (patched(data, tree + 5, b"\xff"), None),
        "tree_of_many": (patched(data, tree + 6, b"\xff\xff"), CORRUPT),
        "heap_outside": (patched(data, heap + 24, struct.pack("<Q", 10**12)), CORRUPT),
        "heap_that_is_huge": (patched(data, heap + 8, struct.pack("<Q", 2**62)), CORRUPT),
        "leaf_of_many": (patched(data, leaf + 6, b"\xff\xff"), CORRUPT),
        "leaf_of_another_kind": (patched(data, leaf, b"EVIL"), CORRUPT),
        "leaf_with_a_soft_link": (patched(data, leaf + 24, struct.pack("<I", 2)), UNSAFE),
        "name_outside_of_its_heap": (patched(data, leaf + 8, struct.pack("<Q", 10**9)), CORRUPT),
    }


def files():
    """`{name: (ending, bytes, error)}`."""
    ones = np.ones((4, 3), "float32")
    found = {
        "external_link": (linked(h5py.ExternalLink("/etc/passwd", "/x"), KERNEL), UNSAFE),
        "external_link_of_a_group": (linked(h5py.ExternalLink("/etc/passwd", "/x"), "layers/other"), UNSAFE),
        "external_link_at_the_root": (linked(h5py.ExternalLink("/etc/passwd", "/"), "optimizer"), UNSAFE),
        "soft_link": (linked(h5py.SoftLink("/elsewhere"), KERNEL), UNSAFE),
        "soft_link_of_a_group": (linked(h5py.SoftLink("/layers"), "more"), UNSAFE),
        "dangling_link": (linked(h5py.SoftLink("/nowhere"), KERNEL), UNSAFE),
        "virtual": (virtual(), UNSAFE),
        "external_storage": (made(stored_elsewhere), UNSAFE),
        "chunks": (kernel(ones, chunks=(2, 3)), UNSAFE),
        "gzip": (kernel(ones, compression="gzip"), UNSAFE),
        "shuffled": (kernel(ones, shuffle=True), UNSAFE),
        "huge_and_empty": (made(lambda root: root.create_dataset(KERNEL, (10**6,) * 2, "f4", chunks=(10, 10))), UNSAFE),
        "huge_and_not_stored": (lower(h5py.h5t.IEEE_F32LE, (10**7, 10**8)), CORRUPT),
        "may_grow": (kernel(ones, maxshape=(None, 3)), UNSAFE),
        "texts": (kernel(np.array([[b"abc"] * 3] * 4)), UNSAFE),
        "texts_of_any_length": (kernel([["a"] * 3] * 4, dtype=h5py.string_dtype()), UNSAFE),
        "references": (lower(h5py.h5t.STD_REF_OBJ), UNSAFE),
        "opaque": (kernel(np.zeros((4, 3), "V5")), UNSAFE),
        "short_opaque": (kernel(np.zeros((4, 3), "V2")), UNSAFE),
        "compound": (kernel(np.zeros((4, 3), "f4,i4")), UNSAFE),
        "complex": (kernel(ones.astype("complex64")), UNSAFE),
        "enumeration": (lower(h5py.h5t.py_create(h5py.enum_dtype({"A": 0, "B": 1}, "i1"), logical=True)), UNSAFE),
        "bits": (lower(h5py.h5t.STD_B32LE), UNSAFE),
        "sequences": (lower(h5py.h5t.vlen_create(h5py.h5t.IEEE_F32LE)), UNSAFE),
        "other_end": (kernel(ones.astype(">f4")), CORRUPT),
        "committed_type": (made(committed), UNSAFE),
        "cycle": (made(cycle), UNSAFE),
        "hard_link": (made(hard_link), UNSAFE),
        "nested": (made(nested), LIMIT),
        "other_shape": (kernel(np.ones((4, 5), "f4")), MISFIT),
        "transposed": (kernel(np.ones((3, 4), "f4")), MISFIT),
        "broadcastable": (kernel(np.ones((1, 3), "f4")), MISFIT),
        "scalar": (kernel(np.float32(1)), MISFIT),
        "without_a_shape": (made(lambda root: root.create_dataset(KERNEL, data=h5py.Empty("f4"))), CORRUPT),
        "integers": (kernel(np.ones((4, 3), "int64")), MISFIT),
        "booleans": (kernel(np.ones((4, 3), bool)), MISFIT),
        "missing": (made(lambda root: None), MISFIT),
        "unknown": (with_more("layers/dense/vars/2"), MISFIT),
        "unknown_layer": (with_more("layers/evil/vars/0"), MISFIT),
        "group_for_an_array": (made(lambda root: root.create_group(KERNEL)), MISFIT),
        "array_for_a_group": (made(lambda root: root.create_dataset("layers/evil", data=ones)), MISFIT),
        "empty": (b"", CORRUPT),
        "cut_off": (weights()[:-1], CORRUPT),
        "half": (weights()[: len(weights()) // 2], CORRUPT),
        "start_alone": (weights()[:8], CORRUPT),
        "more_added": (weights() + b"\0", CORRUPT),
        "user_block": (bytes(512) + weights(), CORRUPT),
        "newer_version": (changed(8, "<B", 9), "UnsupportedVersionError"),
        "other_offsets": (changed(13, "<B", 4), CORRUPT),
        "root_elsewhere": (changed(64, "<Q", 10**12), CORRUPT),
        "root_at_the_start": (changed(64, "<Q", 0), CORRUPT),
        **trees(),
    }  # fmt: skip
    endings = {name: (".weights.h5", data, error) for name, (data, error) in found.items()}
    inside = {f"{name}_in_an_archive": (".keras", archive(h5=data), error) for name, (data, error) in found.items()}
    return {**endings, **inside}
