"""Whether memory grows: models built, fitted and dropped; many predictions. `python -m benchmarks.memory`."""

import argparse
import gc

import numpy as np

from . import machine
from .compare import compare
from .options import parse, parser
from .peers import start
from .rounds import Result
from .workloads import WORKLOADS

COLUMNS = {"cycle_mib": "MiB a model", "calls_mib": "MiB/1000 calls"}
SAMPLES = 100


def main() -> None:
    made = parser("benchmarks.memory", __doc__, rounds=1)
    made.add_argument("--cycles", type=int, default=200, help="how many models are built, fitted and dropped")
    made.add_argument("--calls", type=int, default=10_000, help="how often one row is predicted")
    options = parse(made, ["mlp-32"])
    compare("memory", options.only, options, COLUMNS)


def measure(name: str, peer_name: str, options: argparse.Namespace) -> Result:
    """What one more model, and a thousand more predictions, add to the memory of the process."""
    workload = WORKLOADS[name]
    x, y = workload.data(2)
    models = []
    for _ in range(options.cycles):
        start(peer_name, workload).run(x, y, False, lambda loss: True)
        gc.collect()
        models.append(machine.memory())
    peer, calls = start(peer_name, workload), []
    predict = peer.requests()["predict"]
    for _ in range(SAMPLES):
        for _ in range(options.calls // SAMPLES):
            predict(x[:1])
        calls.append(machine.memory())
    return {"cycle_mib": growth(models), "calls_mib": growth(calls) * SAMPLES * 1000 / options.calls}


def growth(megabytes: list[float]) -> float:
    """MiB a sample: the slope over the later half, when what is made once has been made."""
    later = megabytes[len(megabytes) // 2 :]
    return round(float(np.polyfit(range(len(later)), later, 1)[0]) * 1e6 / 2**20, 4)


if __name__ == "__main__":
    main()
