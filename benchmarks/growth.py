"""How the time of an epoch grows with ten times the samples, features or layers: `python -m benchmarks.growth`.

And how many instructions Python runs to launch a step, or, in laminax, two steps at once: they don't depend on the
machine, and should not depend on the size of the model either.
"""

import argparse
import functools
import itertools
import statistics
import sys
import threading
import time
from collections.abc import Callable
from typing import Any

from .compare import compare
from .options import parse, parser
from .peers import LAMINAX, start
from .report import Entry
from .rounds import Result
from .workloads import Workload
from .workloads.dense import classifier

COLUMNS = {"epoch_ms": "ms an epoch", "instructions": "instr. a launch"}
FEATURES, LAYERS, UNITS, STEPS = 784, 2, 64, 50
BASE = "base"
CASES = {  # features, layers, steps an epoch
    BASE: (FEATURES, LAYERS, STEPS),
    "samples": (FEATURES, LAYERS, 10 * STEPS),
    "features": (10 * FEATURES, LAYERS, STEPS),
    "layers": (FEATURES, 10 * LAYERS, STEPS),
}
LAUNCHES = 10


def main() -> None:
    options = parse(parser("benchmarks.growth", __doc__), [])
    results, _ = compare("growth", list(CASES), options, COLUMNS)
    for label, grown in factors(results).items():
        for case, (of_time, of_instructions) in grown.items():
            print(
                f"{label:24}10 x {case:12}{of_time:6.2f} x the time{of_instructions:10.2f} x the instructions a launch"
            )


def factors(results: dict[str, Entry]) -> dict[str, dict[str, list[float]]]:
    """`{peer: {case: [factor of an epoch's time, of a launch's instructions]}}`."""
    base, *grown = (results[case]["summary"] for case in CASES)
    found: dict[str, dict[str, list[float]]] = {}
    for label in base:
        for case, cells in zip(list(CASES)[1:], grown):
            if label in cells:
                pairs = [(cells[label][column]["median"], base[label][column]["median"]) for column in COLUMNS]
                found.setdefault(label, {})[case] = [large / small if small else 1.0 for large, small in pairs]
    return found


def measure(case: str, peer_name: str, options: argparse.Namespace) -> Result:
    """The median epoch, and the instructions of a launch."""
    features, layers, steps = CASES[case]
    workload = classifier(case, case, *[UNITS] * layers, features=features)
    x, y = workload.data(steps)
    ends: list[float] = []

    def after_epoch(loss: float) -> bool:
        ends.append(time.perf_counter())
        return len(ends) >= 9

    start(peer_name, workload).run(x, y, True, after_epoch)
    epoch = statistics.median(b - a for a, b in itertools.pairwise(ends[1:]))
    return {"epoch_ms": epoch * 1000, "instructions": instructions_a_launch(peer_name, workload)}


def instructions_a_launch(peer_name: str, workload: Workload) -> float:
    """Of Python: what an epoch of more launches runs more, by their number."""
    steps, more = (2, {"steps_per_execution": 2}) if peer_name == LAMINAX else (1, {})  # 1 lets laminax choose
    peer = start(peer_name, workload, **more)
    x, y = workload.data(2 * LAUNCHES * steps)

    def epoch(launches: int) -> None:
        count = launches * steps * workload.batch
        peer.run(x[:count], y[:count], False, lambda loss: True)

    both = [functools.partial(epoch, launches) for launches in (LAUNCHES, 2 * LAUNCHES)]
    for run in both:
        run()  # now all is compiled
    few, many = map(instructions, both)
    return (many - few) / LAUNCHES


def instructions(run: Callable[[], Any]) -> int:
    """How many instructions of Python's machine a call runs, in this thread and those that it starts."""
    count = 0

    def trace(frame: Any, event: str, _: Any) -> Any:
        nonlocal count
        frame.f_trace_opcodes, frame.f_trace_lines = True, False
        count += event == "opcode"
        return trace

    threading.settrace(trace)
    sys.settrace(trace)
    try:
        run()
    finally:
        sys.settrace(None)
        threading.settrace(None)  # type: ignore[arg-type]
    return count


if __name__ == "__main__":
    main()
