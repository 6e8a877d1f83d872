"""Outputs for one row at a time, as a server asks for them: `python -m benchmarks.requests`.

`predict` is what the interface calls so; of torch and plain JAX it is the bare call, jitted by JAX. `call` is
`model(x)`. Rows come and go as NumPy arrays: one at once after the other, or each some time after the last answer, as
requests come; by then the threads that compute sleep, and must be woken.
"""

import argparse
import statistics
import time
from collections.abc import Callable
from typing import Any

from .compare import compare
from .options import parse, parser
from .peers import start
from .rounds import Result
from .workloads import WORKLOADS

COLUMNS = {"predict_us": "us a predict", "paused_us": "after a pause", "call_us": "us a call"}
WARM = 50  # calls that do not count
PAUSE_S = 1e-4


def main() -> None:
    made = parser("benchmarks.requests", __doc__)
    made.add_argument("--calls", type=int, default=1000, help="how many are timed")
    options = parse(made, ["mlp-32", "convnet"])
    compare("requests", options.only, options, COLUMNS)


def measure(name: str, peer_name: str, options: argparse.Namespace) -> Result:
    """The median of many calls."""
    workload = WORKLOADS[name]
    ways = start(peer_name, workload).requests()
    rows = workload.data(1)[0]
    found = {f"{way}_us": median_time(function, rows, options.calls) * 1e6 for way, function in ways.items()}
    return {**found, "paused_us": median_time(ways["predict"], rows, options.calls, PAUSE_S) * 1e6}


def median_time(function: Callable[[Any], Any], rows: Any, calls: int, pause: float = 0.0) -> float:
    """Seconds of a call, each `pause` seconds after the one before."""
    times = []
    for i in range(WARM + calls):
        row = rows[i % len(rows)][None]
        ready = time.perf_counter() + pause
        while time.perf_counter() < ready:
            pass
        began = time.perf_counter()
        function(row)
        times.append(time.perf_counter() - began)
    return statistics.median(times[WARM:])


if __name__ == "__main__":
    main()
