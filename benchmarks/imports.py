"""What `import laminax` costs above `import jax`: `python -m benchmarks.imports`."""

import argparse
import itertools
import os
import statistics
import subprocess
import sys

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
    rounds = parser.parse_args().rounds
    import_times()  # so that all files are in the cache, and compiled
    for name, *times in zip(
        ("numpy", "jax above numpy", "laminax above jax"), *(import_times() for _ in range(rounds))
    ):
        print(f"{name:20}{statistics.median(times):8.3f} s ({min(times):.3f} to {max(times):.3f})")


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
