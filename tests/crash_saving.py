"""Ends programs while they save: under the file's name stands the old file or the new one, and nothing stays beside it.

    PYTHONPATH=tests python -m crash_saving 500       # programs killed at random moments, after a crash at each step

Each program is a fork of this one, which has NumPy arrays alone: JAX is not used, and so not forked.
"""

import itertools
import json
import os
import pathlib
import random
import signal
import sys
import tempfile
import time

import numpy as np

from laminax.saving import atomic, hdf5, safetensors
from laminax.saving.archive import Archive
from laminax.saving.archive_writer import Writer
from laminax.saving.source import opened

STEPS = ("open", "fsync", "replace", "unlink", "listdir", "stat", "fstat", "fchmod", "close")


class Counted:
    """Something whose calls are counted; `at` is told the number of each."""

    def __init__(self, inner, names, at):
        self.__dict__.update(_inner=inner, _names=names, _at=at)

    def __getattr__(self, name):
        value = getattr(self._inner, name)
        if name not in self._names:
            return value

        def call(*args, **kwargs):
            if name != "close":  # which closes, even if it fails
                self._at(name)
                return value(*args, **kwargs)
            value(*args, **kwargs)
            self._at(name)
            return None

        return call

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.close()


def counting(at):
    """Let every step of a save be told to `at`, before it is taken; gives back what was there."""
    before = atomic.os, atomic.__dict__.get("open")
    atomic.os = Counted(os, STEPS, at)

    def opening(*args, **kwargs):
        at("open")
        return Counted(open(*args, **kwargs), ("write", "flush", "seek", "close"), at)

    atomic.open = opening
    return before


def restore(before):
    atomic.os = before[0]
    del atomic.open


def arrays(seed):
    rng = np.random.default_rng(seed)
    return {
        f"layers/dense_{i}/vars/{j}": rng.normal(size=(20, 30)).astype("float32") for i in range(3) for j in range(2)
    }


def save(path, seed):
    """Write a file of arrays that tell the seed."""
    with atomic.replacing(path) as file:
        if path.suffix == ".safetensors":
            safetensors.write(file, arrays(seed))
        elif path.suffix == ".h5":
            hdf5.write(file, arrays(seed))
        else:
            archive = Writer(file)
            with archive.member("config.json") as member:
                member.write(json.dumps({"seed": seed}).encode())
            with archive.member("model.weights.h5", hdf5.size(arrays(seed))) as member:
                hdf5.write(member, arrays(seed))
            archive.close()


def seed_of(path, seeds):
    """Which of the seeds a file tells. Every array is read, and its checksum looked at."""
    with opened(path) as source:
        if path.suffix == ".safetensors":
            found = {name: tensor.read() for name, tensor in safetensors.read(source).items()}
        else:
            group = hdf5.read(source if path.suffix == ".h5" else Archive(source).read("model.weights.h5"))
            found = {name: dataset.read() for name, dataset in group.walk()}
    for seed in seeds:
        if all(np.array_equal(found[name], value) for name, value in arrays(seed).items()):
            return seed
    raise AssertionError(f"{path} tells none of {seeds}")


def in_a_fork(function):
    """Run a function in another process; its status."""
    child = os.fork()
    if not child:
        try:
            function()
        finally:
            os._exit(0)
    return os.waitpid(child, 0)[1] >> 8


def crash_at_each_step(path):
    """How many steps a save has; after a crash at each, the file is whole and the next save tidies up."""
    save(path, 0)
    for step in itertools.count(1):
        counter = itertools.count(1)

        def at(name, step=step, counter=counter):
            if next(counter) == step:
                os._exit(7)

        def program(at=at):
            counting(at)
            save(path, 1)

        status = in_a_fork(program)
        assert seed_of(path, (0, 1)) == (1 if status == 0 else seed_of(path, (0, 1)))
        save(path, 0)
        assert os.listdir(path.parent) == [path.name], os.listdir(path.parent)
        if status == 0:
            return step - 1


def kill_at_random(path, times, rng):
    """Kill a program that saves again and again, at some moment, so many times."""
    news = 0
    save(path, 0)
    for _ in range(times):
        child = os.fork()
        if not child:
            for seed in itertools.cycle((1, 2)):
                save(path, seed)
        time.sleep(rng.uniform(0, 0.02))
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        news += seed_of(path, (0, 1, 2)) > 0
        save(path, 0)
        assert os.listdir(path.parent) == [path.name], os.listdir(path.parent)
    return news


def main(kills):
    found = {}
    for ending in (".safetensors", ".weights.h5", ".keras"):
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / f"m{ending}"
            steps = crash_at_each_step(path)
            found[ending] = {"steps": steps, "kills": kills, "new": kill_at_random(path, kills, random.Random(1))}
    print(json.dumps(found))


if __name__ == "__main__":
    main(int(sys.argv[1]))
