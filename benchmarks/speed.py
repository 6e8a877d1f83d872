"""What a training step costs, and what comes before the first one."""

import argparse
import itertools
import statistics
import time

from . import machine
from .peers import start
from .rounds import Result
from .workloads import WORKLOADS

COLUMNS = {"step_ms": "ms a step", "cold_s": "s cold start", "memory_mb": "MB"}
GPU_COLUMNS = {"device_mb": "MB on the GPU"}


def measure(name: str, peer_name: str, options: argparse.Namespace) -> Result:
    """Time epochs until the time is up; the first two are not counted, as they hold what is done only once."""
    workload = WORKLOADS[name]
    steps = options.steps or workload.steps
    at = time.time()
    x, y = workload.data(steps)
    making_data = time.time() - at
    peer = start(peer_name, workload)
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
        "cold_s": ends[0] - options.began - making_data,
        "memory_mb": machine.peak_memory(),
        "device_mb": machine.device_memory() if options.gpu else None,
        "others": others.share(),
        "epochs": len(each),
        "mode": peer.describe(),
        "versions": machine.versions(),
    }
