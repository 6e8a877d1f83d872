"""What is set once, before the first model is compiled: memory, and the folder of compiled programs."""

import json
import os
import subprocess
import sys

import pytest

from laminax._core import machine

PROGRAM = """
import json, os, pathlib, sys
import jax, numpy as np, laminax as lx
model = lx.Sequential([lx.layers.Dense(2, input_shape=(3,))])
before = jax.config.jax_compilation_cache_dir
model.compile("sgd", "mse")
model.fit(np.ones((8, 3)), np.ones((8, 2)), verbose=0)
folder = jax.config.jax_compilation_cache_dir
files = sorted(p.name for p in pathlib.Path(folder).iterdir()) if folder else []
mode = oct(pathlib.Path(folder).stat().st_mode & 0o777) if folder else None
print(json.dumps({"before": before, "folder": folder, "files": files, "mode": mode}))
"""


def run(**environment):
    given = {k: v for k, v in os.environ.items() if not k.startswith(("LAMINAX", "JAX_COMPILATION"))}
    done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, env={**given, **environment})
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    return json.loads(done.stdout.splitlines()[-1])


def test_programs_are_kept_for_the_next_run(tmp_path):
    found = run(XDG_CACHE_HOME=str(tmp_path))
    assert found["before"] is None
    assert found["folder"].startswith(str(tmp_path / "laminax" / "programs-"))
    assert found["mode"] == "0o700"
    assert found["files"]
    again = run(XDG_CACHE_HOME=str(tmp_path))
    assert again["files"] == found["files"]


def test_it_can_be_switched_off_or_put_elsewhere(tmp_path):
    off = run(XDG_CACHE_HOME=str(tmp_path), LAMINAX_CACHE="off", LAMINAX_ALLOCATOR="system")
    assert off["folder"] is None
    assert not list(tmp_path.iterdir())
    own = run(JAX_COMPILATION_CACHE_DIR=str(tmp_path / "own"), XDG_CACHE_HOME=str(tmp_path))
    assert own["folder"] == str(tmp_path / "own")


def test_a_folder_in_which_others_may_write_is_not_used(tmp_path, monkeypatch):
    monkeypatch.setattr(machine.compat, "has_program_cache", lambda: False)
    monkeypatch.setattr(machine.compat, "set_program_cache", lambda folder: pytest.fail(f"used {folder}"))
    monkeypatch.setenv("LAMINAX_CACHE", str(tmp_path))
    monkeypatch.setattr(machine, "_processor", lambda: "this")
    (tmp_path / "programs-this").mkdir()
    (tmp_path / "programs-this").chmod(0o777)
    assert machine.keep_programs() is None
    (tmp_path / "a file").write_text("")
    monkeypatch.setenv("LAMINAX_CACHE", str(tmp_path / "a file"))
    assert machine.keep_programs() is None


def test_what_was_not_used_for_longest_goes_first(tmp_path):
    for age, name in enumerate(["new", "middle", "old"]):
        (tmp_path / name).write_bytes(b"x" * 100)
        os.utime(tmp_path / name, (1e9 - age, 1e9 - age))
    machine.prune(tmp_path, 250)
    assert {p.name for p in tmp_path.iterdir()} == {"new", "middle"}


def test_memory_is_left_alone_on_demand_and_on_other_systems(monkeypatch):
    monkeypatch.setattr(machine.ctypes, "CDLL", lambda name: pytest.fail("told"))
    monkeypatch.setenv("LAMINAX_ALLOCATOR", "system")
    assert machine.keep_memory() is False
    monkeypatch.delenv("LAMINAX_ALLOCATOR")
    monkeypatch.setattr(machine.os, "confstr", lambda name: "musl", raising=False)
    assert machine.keep_memory() is False
    monkeypatch.setattr(machine.sys, "platform", "darwin")
    assert machine.keep_memory() is False


LIBRARIES, VECTORS = machine.compat.LIBRARIES, machine.compat.VECTORS


@pytest.mark.parametrize(
    ("processor", "flags", "told"),
    [
        ("vendor_id : AuthenticAMD", "", {**LIBRARIES, **VECTORS}),
        ("vendor_id : GenuineIntel", "", LIBRARIES),
        ("", "", LIBRARIES),
        ("AuthenticAMD", f"--{next(iter(LIBRARIES))}=LIBRARY_FUSION_TYPE_DOT", VECTORS),
        ("", f"--a --{next(iter(LIBRARIES))}=", None),
    ],
)
def test_what_the_compiler_is_told(monkeypatch, processor, flags, told):
    monkeypatch.setattr(machine, "_cpuinfo", lambda: processor)
    monkeypatch.setenv("XLA_FLAGS", flags)
    assert machine.compiler_options.__wrapped__() == told


def test_a_compiler_that_knows_nothing_of_it_is_told_nothing(monkeypatch):
    monkeypatch.setattr(machine.compat, "LIBRARIES", {"xla_cpu_that_is_not_there": "1"})
    assert machine.compiler_options.__wrapped__() is None
    monkeypatch.setattr(machine.jax, "default_backend", lambda: "gpu")
    monkeypatch.setattr(machine.compat, "accepted", lambda options: pytest.fail("asked"))
    assert machine.compiler_options.__wrapped__() is None
