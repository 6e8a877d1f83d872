"""One workload, one peer, one process: `python -m benchmarks.child WORKLOAD PEER`. Prints a line of JSON."""

import argparse
import itertools
import json
import os
import statistics
import time

from . import machine

CHECK_STEPS = 20


def main() -> None:
    began = float(os.environ.get("BENCHMARKS_BEGAN", time.time()))
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("workload")
    parser.add_argument("peer")
    parser.add_argument("--check", action="store_true", help="print the losses of the first steps instead of times")
    parser.add_argument("--seconds", type=float, default=5.0, help="how long to time epochs")
    parser.add_argument("--steps", type=int, help="steps an epoch")
    parser.add_argument("--threads", type=int, help="use so many processors")
    parser.add_argument("--keep-memory", action="store_true", help="let malloc keep what is freed")
    options = parser.parse_args()
    if options.threads:
        machine.use_processors(options.threads)
    if options.keep_memory:
        machine.keep_memory()
    try:
        result = check(options) if options.check else measure(options, began)
    except ImportError as error:
        result = {"absent": str(error)}
    print(json.dumps(result))


def check(options: argparse.Namespace) -> dict[str, object]:
    """The losses of the first steps, one `fit` each, and the mean loss of a further epoch over all of their batches."""
    workload, peer = start(options)
    x, y = workload.data(CHECK_STEPS)
    size, losses = workload.batch, []

    def after_epoch(loss: float) -> bool:
        losses.append(float(loss))
        return True

    for at in range(0, len(x), size):
        peer.run(x[at : at + size], y[at : at + size], False, after_epoch)
    peer.run(x, y, False, after_epoch)
    return {"losses": losses}


def measure(options: argparse.Namespace, began: float) -> dict[str, object]:
    """Time epochs until the time is up; the first two are not counted, as they hold what is done only once."""
    from .workloads import WORKLOADS

    steps = options.steps or WORKLOADS[options.workload].steps
    at = time.time()
    x, y = WORKLOADS[options.workload].data(steps)
    making_data = time.time() - at
    _, peer = start(options)
    ends: list[float] = []
    others = machine.Others()

    def after_epoch(loss: float) -> bool:
        ends.append(time.time())
        if len(ends) == 2:
            others.begin()
        return len(ends) >= 5 and ends[-1] - ends[1] >= options.seconds

    peer.run(x, y, True, after_epoch)
    each = [(b - a) / steps * 1e3 for a, b in itertools.pairwise(ends[1:])]
    return {
        "step_ms": statistics.median(each),
        "best_step_ms": min(each),
        "cold_s": ends[0] - began - making_data,
        "memory_mb": machine.peak_memory(),
        "others": others.share(),
        "epochs": len(each),
        "mode": peer.describe(),
        "versions": machine.versions(),
    }


def start(options: argparse.Namespace) -> tuple[object, object]:
    """The workload, and the peer that will train it."""
    from .peers import start
    from .workloads import WORKLOADS

    workload = WORKLOADS[options.workload]
    return workload, start(options.peer, workload)


if __name__ == "__main__":
    main()
