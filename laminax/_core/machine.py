"""The processor, and what is set once, before the first model is compiled: where programs are kept, how memory is."""

import contextlib
import ctypes
import functools
import hashlib
import os
import pathlib
import platform
import sys
from collections.abc import Callable
from typing import Any

import jax

from . import compat

CACHE_BYTES = 1 << 30  # the most that the compiled programs take on the disk


@functools.cache
def prepare() -> None:
    """Set what the environment does not forbid. Nothing is set where the program has set it itself."""
    keep_programs()
    if on_cpu():
        keep_memory()


def jit(function: Callable[..., Any], **options: Any) -> Any:
    """`jax.jit` for a program that stands alone, with what the compiler is told."""
    return jax.jit(function, compiler_options=compiler_options(), **options)


def on_cpu(*sizes: Any) -> bool:
    """Whether programs run on a CPU, and sizes, if any are given, are numbers."""
    return jax.default_backend() == "cpu" and all(isinstance(size, int) for size in sizes)


@functools.cache
def compiler_options() -> dict[str, Any] | None:
    """What XLA is told of a CPU, if it knows of it. What `XLA_FLAGS` says of the same holds."""
    if not on_cpu():
        return None
    wanted = {**compat.LIBRARIES, **(compat.VECTORS if "AuthenticAMD" in _cpuinfo() else {})}
    given = os.environ.get("XLA_FLAGS", "")
    wanted = {name: value for name, value in wanted.items() if name not in given}
    return compat.accepted(wanted) if wanted else None


def keep_memory() -> bool:
    """Let glibc's malloc keep what is freed, and take it from one place; whether it was told.

    XLA allocates its temporaries anew at each step. By default malloc gives large ones back to the system, and each
    step waits for every page of them to be zeroed again; kept, they make steps 1.5 to 5 times faster. All threads share
    one place, since those of single threads are given back nevertheless. The price: what the largest step needed stays
    with the process. `LAMINAX_ALLOCATOR=system` leaves malloc as it is, and so does another C library.
    """
    if os.environ.get("LAMINAX_ALLOCATOR", "").lower() == "system" or not _has_glibc():
        return False
    trim_threshold, top_pad, mmap_max, arena_max = -1, -2, -4, -8  # numbers of malloc.h
    mallopt = ctypes.CDLL(None).mallopt
    told = [mallopt(mmap_max, 0), mallopt(trim_threshold, 2**31 - 1), mallopt(top_pad, 64 << 20), mallopt(arena_max, 1)]
    return all(told)


def _has_glibc() -> bool:
    try:
        return sys.platform == "linux" and (os.confstr("CS_GNU_LIBC_VERSION") or "").startswith("glibc")
    except (ValueError, OSError):
        return False


def keep_programs() -> pathlib.Path | None:
    """Let JAX keep compiled programs in a folder of the user's, so that the next run starts at once.

    The folder is `$XDG_CACHE_HOME/laminax`, or `~/.cache/laminax`; what is in it is run, so nobody else may write
    there. `LAMINAX_CACHE` names another one, or `off`. If the program has given JAX a folder, that is used.
    """
    wish = os.environ.get("LAMINAX_CACHE", "")
    if wish.lower() == "off" or compat.has_program_cache():
        return None
    home = pathlib.Path(os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache")
    folder = pathlib.Path(wish or home / "laminax") / f"programs-{_processor()}"
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        mine = not hasattr(os, "getuid") or folder.stat().st_uid == os.getuid()
        if not mine or folder.stat().st_mode & 0o022:
            return None
        folder.chmod(0o700)
    except OSError:
        return None  # no place to write: nothing is kept
    prune(folder, CACHE_BYTES)
    compat.set_program_cache(str(folder))
    return folder


def prune(folder: pathlib.Path, most: int) -> None:
    """Delete the files that were not read for longest, until the others take at most `most` bytes."""
    with contextlib.suppress(OSError):  # another process prunes too
        files = [(max(s.st_atime, s.st_mtime), s.st_size, f) for f in folder.iterdir() if (s := f.stat())]
        total = 0
        for _, size, file in sorted(files, reverse=True):
            total += size
            if total > most:
                file.unlink(missing_ok=True)


def _processor() -> str:
    """A name for processors that run the same instructions: a home folder may be shared by several machines."""
    words = [platform.machine(), platform.processor()]
    lines = _cpuinfo().splitlines()
    words += sorted({line for line in lines if line.startswith(("flags", "Features", "model name"))})
    return hashlib.sha256("\n".join(words).encode()).hexdigest()[:12]


@functools.cache
def _cpuinfo() -> str:
    """What Linux says of the processors; nothing elsewhere."""
    try:
        return pathlib.Path("/proc/cpuinfo").read_text()
    except OSError:
        return ""
