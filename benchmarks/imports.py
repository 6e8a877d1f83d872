"""What `import laminax` costs above `import jax`: `python -m benchmarks.imports`."""

import argparse
import itertools
import os
import subprocess
import sys

from . import report

NAMES = ("numpy", "jax above numpy", "laminax above jax")
PROGRAM = """
import time
times = [time.perf_counter()]
for name in ("numpy", "jax", "laminax"):
    __import__(name)
    times.append(time.perf_counter())
print(*times)
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=10)
    options = parser.parse_args()
    import_times()  # so that all files are in the cache, and compiled
    columns = zip(*(import_times() for _ in range(options.rounds)))
    summary = {name: report.spread(list(times)) for name, times in zip(NAMES, columns)}
    for name, times in summary.items():
        print(f"{name:20}" + "{median:8.3f} s ({lowest:.3f} to {highest:.3f})".format(**times))
    entry = {"summary": {name: {"import_s": times} for name, times in summary.items()}}
    report.store("imports", {"imports": entry}, argparse.Namespace(**vars(options), gpu=False))


def import_times() -> list[float]:
    """The seconds that each import takes in a new interpreter, after those before it."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM], check=True, env=environment, capture_output=True, text=True
    ).stdout
    times = [float(word) for word in done.split()]
    return [after - before for before, after in itertools.pairwise(times)]


if __name__ == "__main__":
    main()
