"""Flips bits of files that this package wrote, cuts them off, exchanges parts: it is noticed, or changes nothing.

PYTHONPATH=tests python -m bit_rot 10000       # damages of each kind of file
"""

import io
import random
import sys

import jax.numpy as jnp
import numpy as np

from laminax.saving import ModelFileError, hdf5, safetensors
from laminax.saving.archive import Archive
from laminax.saving.archive_writer import Writer
from laminax.saving.source import Source

ARRAYS = {
    "layers/dense/vars/0": np.arange(12, dtype="float32").reshape(4, 3),
    "layers/dense/vars/1": np.linspace(-1, 1, 3, dtype="float32"),
    "layers/norm/vars/0": np.asarray(jnp.arange(5, dtype="bfloat16")),
    "optimizer/vars/0": np.int32(7),
}


def h5():
    file = io.BytesIO()
    hdf5.write(file, ARRAYS)
    return file.getvalue()


def tensors():
    file = io.BytesIO()
    safetensors.write(file, ARRAYS)
    return file.getvalue()


def archive():
    file = io.BytesIO()
    writer = Writer(file)
    for name, data in (
        ("metadata.json", b'{"keras_version": "3"}'),
        ("config.json", b'{"a": 1}'),
        ("assets/v", b"a\nb"),
    ):
        with writer.member(name) as member:
            member.write(data)
    with writer.member("model.weights.h5", hdf5.size(ARRAYS)) as member:
        hdf5.write(member, ARRAYS)
    writer.close()
    return file.getvalue()


def bits(array):
    return array.dtype.name, array.shape, array.tobytes()


def content(kind, data):
    """All that is read of a file."""
    source = Source(data, 0, len(data))
    if kind == "tensors":
        return {name: bits(tensor.read()) for name, tensor in safetensors.read(source).items()}
    if kind == "h5":
        return {name: bits(dataset.read()) for name, dataset in hdf5.read(source).walk()}
    members = {name: Archive(source).read(name) for name in Archive(source).members}
    found = {name: member.read(0, member.size) for name, member in members.items() if name != "model.weights.h5"}
    return {**found, **content("h5", members["model.weights.h5"].read(0, members["model.weights.h5"].size))}


MADE = {"h5": h5, "tensors": tensors, "archive": archive}


def flipped(rng, data):
    at = rng.randrange(8 * len(data))
    data[at >> 3] ^= 1 << (at & 7)


def cut(rng, data):
    del data[rng.randrange(len(data)) :]


def swapped(rng, data):
    size = rng.choice([1, 2, 8, 64])
    a, b = rng.randrange(len(data) - size), rng.randrange(len(data) - size)
    data[a : a + size], data[b : b + size] = data[b : b + size], data[a : a + size]


def added(rng, data):
    at = rng.randrange(len(data) + 1)
    data[at:at] = rng.randbytes(rng.choice([1, 2, 8]))


DAMAGES = {flipped: 0.7, cut: 0.1, swapped: 0.15, added: 0.05}  # and their parts of all


def noticed(kind, damage, times):
    """How many damages of a kind of file are noticed. All others change nothing that is read."""
    good = MADE[kind]()
    wanted, found = content(kind, good), 0
    rng = random.Random(f"{kind}{damage.__name__}")
    for _ in range(times):
        data = bytearray(good)
        damage(rng, data)
        try:
            assert content(kind, bytes(data)) == wanted
        except ModelFileError:
            found += 1
    return found


def main(count):
    for kind in MADE:
        for damage, part in DAMAGES.items():
            times = int(part * count)
            print(f"{kind}: {damage.__name__} {times} times, noticed {noticed(kind, damage, times)}, harmless the rest")


if __name__ == "__main__":
    main(int(sys.argv[1]))
