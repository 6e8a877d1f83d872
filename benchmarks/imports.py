"""What `import laminax` costs above `import jax`: `python -m benchmarks.imports`."""

import argparse
import statistics
import subprocess
import sys
import time

PROGRAMS = {"python": "pass", "numpy": "import numpy", "jax": "import jax", "laminax": "import laminax"}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=10)
    rounds = parser.parse_args().rounds
    for program in PROGRAMS.values():  # so that all files are in the cache, and compiled
        seconds(program)
    times = [{name: seconds(program) for name, program in PROGRAMS.items()} for _ in range(rounds)]
    for name in PROGRAMS:
        print(f"{name:10}{statistics.median(t[name] for t in times):8.3f} s")
    above = [t["laminax"] - t["jax"] for t in times]
    print(f"laminax above jax: {statistics.median(above):.3f} s ({min(above):.3f} to {max(above):.3f})")


def seconds(program: str) -> float:
    """How long an interpreter runs a program, from its start to its end."""
    began = time.perf_counter()
    subprocess.run([sys.executable, "-c", program], check=True)
    return time.perf_counter() - began


if __name__ == "__main__":
    main()
