"""Whatever fails while a file is written, under its name stands the old one or the new one."""

import errno
import itertools
import json
import os
import stat
import subprocess
import sys
import threading

import crash_saving
import pytest
from crash_saving import counting, restore, save, seed_of

from laminax.saving import atomic

ENDINGS = (".safetensors", ".weights.h5", ".keras")
HARMLESS = {"listdir", "stat", "fstat", "fchmod", "unlink"}  # what a save can do without


@pytest.fixture(params=ENDINGS)
def path(request, tmp_path):
    found = tmp_path / f"m{request.param}"
    save(found, 0)
    return found


def failing(path, step, code):
    """Save while a step fails: the error, and the name of the step; `None` where there are fewer steps."""
    counter, failed = itertools.count(1), []

    def at(name):
        if next(counter) == step:
            failed.append(name)
            raise OSError(code, os.strerror(code))

    before = counting(at)
    try:
        save(path, 1)
        return (None, failed[0]) if failed else None
    except OSError as error:
        return error, failed[0]
    finally:
        restore(before)


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EIO, errno.EACCES, errno.EDQUOT])
def test_each_step_may_fail(path, code):
    """The error comes, with the path; the old file is there, but for the last steps, when it is the new one."""
    for step in itertools.count(1):
        found = failing(path, step, code)
        if found is None:
            break
        error, name = found
        assert error is not None or name in (*HARMLESS, "close", "open"), name
        if error is not None:
            assert error.errno == code
            assert str(path) in str(error) or ".tmp" in str(error)
        seed_of(path, (0, 1))
        save(path, 0)
        assert os.listdir(path.parent) == [path.name]
    assert step > 15


def test_a_short_write_is_noticed(path):
    """A disk that takes only a part of the bytes."""
    if not os.path.exists("/dev/full"):
        pytest.skip("there is no /dev/full here")
    with pytest.raises(OSError, match="No space left"), open("/dev/full", "wb") as full:
        full.write(b"x" * 100_000)
    before = path.read_bytes()
    original = atomic._temporary

    def on_a_full_disk(folder, name):
        temporary, file = original(folder, name)
        file.close()
        return temporary, open("/dev/full", "wb+")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(atomic, "_temporary", on_a_full_disk)
        with pytest.raises(OSError, match="No space left"):
            save(path, 1)
    assert path.read_bytes() == before


def test_an_error_of_the_program_leaves_the_old_file(path):
    before = path.read_bytes()

    def half(file):
        file.write(b"half")
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt), atomic.replacing(path) as file:
        half(file)
    assert path.read_bytes() == before
    assert os.listdir(path.parent) == [path.name]


def test_crashes_and_kills():
    """A crash at each step, and programs killed at random moments. `python -m crash_saving 500` kills more."""
    done = subprocess.run(
        [sys.executable, "-m", "crash_saving", "7"],
        capture_output=True,
        text=True,
        cwd=os.path.dirname(crash_saving.__file__),
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert found.keys() == set(ENDINGS)
    assert all(one["steps"] > 15 and one["kills"] == 7 for one in found.values())


def test_what_others_write_stays(tmp_path):
    """Only files that were left are removed: not one that is being written, and not what merely looks alike."""
    path = tmp_path / "m.keras"
    left = tmp_path / ".m.keras.0123456789ab.tmp"
    others = [tmp_path / name for name in (".other.keras.0123456789ab.tmp", ".m.keras.tmp", "m.keras.0123456789ab.tmp")]
    for other in (left, *others):
        other.write_bytes(b"x")
    with atomic.replacing(path) as first:
        first.write(b"first")
        with atomic.replacing(path) as second:
            second.write(b"second")
        assert path.read_bytes() == b"second"
    assert path.read_bytes() == b"first"
    assert sorted(os.listdir(tmp_path)) == sorted([path.name, *(other.name for other in others)])


def test_threads_that_write_one_file(tmp_path):
    path = tmp_path / "m.safetensors"
    threads = [threading.Thread(target=lambda seed=seed: [save(path, seed) for _ in range(5)]) for seed in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    seed_of(path, range(6))
    assert os.listdir(tmp_path) == [path.name]


def test_names_and_modes(tmp_path):
    path, link = tmp_path / "m.safetensors", tmp_path / "link.safetensors"
    save(path, 0)
    path.chmod(0o640)
    link.symlink_to(path)
    save(link, 1)  # goes where the link leads
    assert link.is_symlink()
    assert seed_of(path, (0, 1)) == 1
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    with pytest.raises(IsADirectoryError, match=str(tmp_path)):
        save(tmp_path, 0)
    with pytest.raises(FileNotFoundError, match=r"no such folder; make it first: .*nowhere'$"):
        save(tmp_path / "nowhere" / "m.safetensors", 0)
    with pytest.raises(FileExistsError, match="overwrite=True"), atomic.replacing(path, overwrite=False):
        pass


def test_a_new_file_that_is_tidied_away_is_made_again(tmp_path, monkeypatch):
    """Another program may remove a file between its making and its locking."""
    removed = []

    def lock(file, how):
        if not removed:
            removed.append(file.name)
            os.unlink(file.name)

    monkeypatch.setattr(atomic.fcntl, "flock", lock)
    save(tmp_path / "m.safetensors", 1)
    assert removed
    assert os.listdir(tmp_path) == ["m.safetensors"]


def test_without_locks(tmp_path, monkeypatch):
    monkeypatch.setattr(atomic, "fcntl", None)
    left = tmp_path / ".m.safetensors.0123456789ab.tmp"
    left.write_bytes(b"x")
    save(tmp_path / "m.safetensors", 1)
    assert os.listdir(tmp_path) == ["m.safetensors"]


def test_without_a_folder_to_sync(tmp_path, monkeypatch):
    monkeypatch.setattr(atomic.os, "name", "nt")
    atomic._sync_folder(str(tmp_path / "nowhere"))
