"""What the operating system says of this process, and what it is told."""

import ctypes
import os
import pathlib
import platform
import resource
import sys
import time

_PACKAGES = ("laminax", "jax", "keras", "torch", "tensorflow", "optax", "numpy")


def use_processors(count: int) -> None:
    """Run on the first `count` processors; each library then starts that many threads."""
    os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:count])


def keep_memory() -> None:
    """Tell glibc's malloc to keep freed memory instead of giving it back, as laminax does (`_core/machine.py`)."""
    trim_threshold, top_pad, mmap_max, arena_max = -1, -2, -4, -8
    libc = ctypes.CDLL(None)
    libc.mallopt(mmap_max, 0)
    libc.mallopt(trim_threshold, 2**31 - 1)
    libc.mallopt(top_pad, 64 << 20)
    libc.mallopt(arena_max, 1)


def peak_memory() -> float:
    """The most memory that this process has held, in MB."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / 1e6 if sys.platform == "darwin" else peak * 1024 / 1e6


def memory() -> float:
    """What this process holds now, in MB; Linux tells."""
    pages = int(pathlib.Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() / 1e6


def device_memory() -> float | None:
    """The most memory of a GPU that the library at work has held, in MB; `None` if it does not tell."""
    if "torch" in sys.modules and sys.modules["torch"].cuda.is_available():
        return sys.modules["torch"].cuda.max_memory_allocated() / 1e6
    if "tensorflow" in sys.modules:
        return sys.modules["tensorflow"].config.experimental.get_memory_info("GPU:0")["peak"] / 1e6
    stats = sys.modules["jax"].local_devices()[0].memory_stats() or {}
    return stats["peak_bytes_in_use"] / 1e6 if "peak_bytes_in_use" in stats else None


def versions() -> dict[str, str]:
    """Of what was imported."""
    found = {name: str(sys.modules[name].__version__) for name in _PACKAGES if name in sys.modules}
    return {"python": platform.python_version(), **found}


class Others:
    """How much of the machine other processes used since `begin`; Linux tells."""

    def begin(self) -> None:
        """Start to count."""
        self._wall, self._busy, self._own = time.time(), _busy(), time.process_time()

    def share(self) -> float | None:
        """From 0 to 1; `None` if the system does not tell."""
        busy = _busy()
        if busy is None or self._busy is None:
            return None
        theirs = busy - self._busy - (time.process_time() - self._own)
        return max(0.0, theirs / (os.cpu_count() or 1) / (time.time() - self._wall))


def _busy() -> float | None:
    """Seconds that all processors have worked since the start of the machine."""
    try:
        user, nice, system, _, _, irq, softirq, steal = pathlib.Path("/proc/stat").read_text().split()[1:9]
    except OSError:
        return None
    return sum(map(int, (user, nice, system, irq, softirq, steal))) / os.sysconf("SC_CLK_TCK")
