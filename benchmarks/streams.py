"""Whether the host's work overlaps with the device's: `python -m benchmarks.streams`.

A network whose step takes some milliseconds is trained from arrays, from a generator, and from a generator that sleeps
before each batch as one does that reads files. What overlaps: the part of the shorter of both, sleep and step, that is
hidden behind the other. 1 is all of it; 0 means that one waits for the other.
"""

import argparse
import itertools
import statistics
import time
from collections.abc import Iterator
from typing import Any

from .compare import compare
from .options import parse, parser
from .peers import start
from .rounds import Result
from .workloads.dense import classifier

COLUMNS = {"arrays_ms": "ms of arrays", "stream_ms": "of a stream", "slow_ms": "of a slow one", "overlap": "overlap"}
STEPS, EPOCHS = 40, 6  # the first two epochs do not count


def main() -> None:
    made = parser("benchmarks.streams", __doc__)
    made.add_argument("--units", type=int, default=1024, help="the width of two hidden layers")
    made.add_argument("--sleep", type=float, default=5.0, help="milliseconds that the slow generator sleeps")
    options = parse(made, [])
    compare("streams", ["a step"], options, COLUMNS)


def measure(name: str, peer_name: str, options: argparse.Namespace) -> Result:
    """Milliseconds a step, three ways."""
    workload = classifier(name, name, options.units, options.units)
    x, y = workload.data(STEPS)
    peer = start(peer_name, workload)
    arrays = Epochs()
    peer.run(x, y, True, arrays)
    plain, slow = (streamed(peer, x, y, workload.batch, sleep) for sleep in (0.0, options.sleep))
    hidden = (plain + options.sleep - slow) / min(plain, options.sleep)
    return {"arrays_ms": arrays.step_ms(), "stream_ms": plain, "slow_ms": slow, "overlap": hidden}


def streamed(peer: Any, x: Any, y: Any, size: int, sleep: float) -> float:
    """Milliseconds a step from a generator that sleeps for milliseconds before each batch."""

    def batches() -> Iterator[Any]:
        for at in itertools.cycle(range(0, len(x), size)):
            if sleep:
                time.sleep(sleep / 1000)
            yield x[at : at + size], y[at : at + size]

    epochs = Epochs()
    peer.stream(batches(), STEPS, epochs)
    return epochs.step_ms()


class Epochs:
    """Told of the end of each epoch; wants to stop after some."""

    def __init__(self) -> None:
        self.ends: list[float] = []

    def __call__(self, loss: float) -> bool:
        self.ends.append(time.perf_counter())
        return len(self.ends) >= EPOCHS

    def step_ms(self) -> float:
        """The median of those that count."""
        return statistics.median(b - a for a, b in itertools.pairwise(self.ends[1:])) / STEPS * 1000


if __name__ == "__main__":
    main()
