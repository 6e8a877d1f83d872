"""Ends runs with `kill -9` at random steps, moments, and within saves, and lets them go on: nothing may differ.

    python tests/crash_resume.py 100       # runs that are killed, after a crash at each step of a save

Each run is a program of its own. It is killed, perhaps more than once, and then goes on in this one to its end.
"""

import itertools
import json
import os
import pathlib
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import warnings

import numpy as np
from crash_saving import Counted, in_a_fork
from resume_cases import CASES, KillsItself, assert_same, run
from small import trainer

from laminax.saving import atomic, checkpoints, mixed
from laminax.saving.checkpoints import FORMAT, Checkpoints

ARRAYS = {"a": np.arange(12.0).reshape(3, 4), "b": np.int32(7)}
STEPS = ("open", "fsync", "rename", "mkdir", "unlink", "listdir", "stat", "makedirs")


def meeting(at):
    """Let each step of writing a checkpoint be told to `at` before it is taken; gives back what was there."""
    before = atomic.os, checkpoints.os
    atomic.os = checkpoints.os = Counted(os, STEPS, at)

    def opening(*args, **kwargs):
        at("open")
        return Counted(open(*args, **kwargs), ("write", "flush", "close"), at)

    atomic.open = opening
    return before


def parting(before):
    """Put back what was there."""
    atomic.os, checkpoints.os = before
    del atomic.open


def at_step(number, act):
    """What is told of steps, and acts at one of them."""
    counter = itertools.count(1)

    def at(name):
        if next(counter) == number:
            act()

    return at


def save(folder, number, keep=2, at=None):
    """Write a checkpoint that tells a number, unless there is one that does; `at` is told of each step."""
    with Checkpoints(folder, keep) as kept:
        before = at and meeting(at)
        try:
            kept.write(f"step-{number:08d}", mixed.text({"format": FORMAT, "number": number}), ARRAYS)
        finally:
            if before:
                parting(before)


def newest(folder):
    """The number that the newest tells; `None` if there is none."""
    with Checkpoints(folder, 2) as kept:
        found = kept.newest()
    if found is None:
        return None
    for name, value in ARRAYS.items():
        np.testing.assert_array_equal(found.arrays[name], value)
    return found.state["number"]


def check_whole(folder, kept):
    """The newest checkpoint is the first or the second one, and nothing else is there. It forgets the second."""
    found = newest(folder)
    assert found in (1, 2), found
    assert not [name for name in os.listdir(folder) if name.endswith(".tmp")]
    shutil.rmtree(folder / "step-00000002", ignore_errors=True)
    save(folder, 1, kept)


def crash_at_each_step(folder):
    """How many steps a save has that replaces the only checkpoint."""
    for number in itertools.count(1):
        save(folder, 1, 1)
        status = in_a_fork(lambda n=number: save(folder, 2, 1, at_step(n, lambda: os._exit(7))))
        check_whole(folder, 1)
        if status == 0:
            return number - 1


def child(name, folder, how, number):
    """A run that is killed in a way: at a step, at a step of its saves, or after some milliseconds."""

    def kill():
        os.kill(os.getpid(), signal.SIGKILL)

    case, more = CASES[name], []
    if how == "save":
        meeting(at_step(number, kill))
    elif how == "step":
        more.append(KillsItself(number))
    else:
        threading.Timer(number / 1000, kill).start()
    go(case, folder, more)


def go(case, folder, more=()):
    """Run, or go on."""
    if case.how == "stepwise":
        trainer.RESIDENT_BYTES = 0
    again = bool(list(folder.glob("kept/step-*")))
    return run(case, folder, again=again, more=more, save_freq=1)


def killed(name, folder, rng):
    """A run that is killed some times, and then goes on; by what, and whether it was."""
    ways = []
    for _ in range(rng.choice((1, 1, 2))):
        how = rng.choice(("step", "save", "time"))
        number = {"step": rng.randint(1, 9), "save": rng.randint(1, 60), "time": rng.randint(0, 1500)}[how]
        command = [sys.executable, __file__, "--child", name, str(folder), how, str(number)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.returncode in (0, -signal.SIGKILL), done.stderr
        ways.append(f"{how} {number}: {'killed' if done.returncode else 'at its end'}")
        if not done.returncode:
            shutil.rmtree(folder)
            folder.mkdir()
    return ways, go(CASES[name], folder)


def main(count):
    warnings.filterwarnings("ignore", "Model .* computes in")
    rng = random.Random(count)
    with tempfile.TemporaryDirectory() as place:
        folder = pathlib.Path(place)
        (folder / "saves").mkdir()
        told = {"steps of a save": crash_at_each_step(folder / "saves"), "killed": 0, "runs": 0}
        names = rng.sample(sorted(CASES), len(CASES))
        for i, name in enumerate(itertools.islice(itertools.cycle(names), count)):
            own = folder / str(i)
            for part in ("whole", "parts"):
                (own / part).mkdir(parents=True)
            ways, found = killed(name, own / "parts", rng)
            assert_same(found, go(CASES[name], own / "whole"))
            told["runs"], told["killed"] = told["runs"] + 1, told["killed"] + sum("killed" in way for way in ways)
            if count > 10:
                print(f"{i + 1}/{count} {name}: {', '.join(ways)}", file=sys.stderr, flush=True)
    print(json.dumps(told))


if __name__ == "__main__":
    if sys.argv[1] == "--child":
        child(sys.argv[2], pathlib.Path(sys.argv[3]), sys.argv[4], int(sys.argv[5]))
    else:
        main(int(sys.argv[1]))
