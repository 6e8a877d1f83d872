"""Compares laminax with its peers: `python -m benchmarks`. See README.md."""

import argparse

from . import report
from .peers import LAMINAX, MODULES
from .rounds import in_turn, reason, same_losses
from .workloads import WORKLOADS

PEERS = [name for name in MODULES if name != LAMINAX]


def main() -> None:
    options = parse()
    results: dict[str, report.Pairs] = {}
    missing: dict[str, dict[str, str]] = {}
    for workload in options.only or WORKLOADS:
        absent = missing[workload] = dict(same_losses(workload, options.peers, options)) if options.peers else {}
        for peer, why in absent.items():
            print(f"{workload}: {peer} is left out: {why}", flush=True)
        pairs = []
        for peer, mine, theirs in in_turn(workload, [p for p in options.peers if p not in absent], options):
            for name, result in ((LAMINAX, mine), (peer, theirs)):
                if result is not None and "step_ms" not in result:
                    raise SystemExit(f"{workload}: {name} {reason(result)}")
            pairs.append((peer, mine, theirs))
        results[workload] = pairs
        print(report.table(workload, pairs), flush=True)
    print(f"Stored in {report.store(results, missing, vars(options))}")


def parse() -> argparse.Namespace:
    """The options of the command line."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="laminax alone, few steps: shows that all of this runs")
    parser.add_argument("--only", action="append", choices=WORKLOADS, help="a workload; may be given several times")
    parser.add_argument("--peers", default=",".join(PEERS), help=f"some of {', '.join(PEERS)}, with commas")
    parser.add_argument("--rounds", type=int, default=3, help="how often laminax and each peer run in turn")
    parser.add_argument("--python", action="append", default=[], help="PEER=PATH, the interpreter that has the peer")
    parser.add_argument("--threads", type=int, help="how many processors to use; default all")
    parser.add_argument("--seconds", type=float, default=5.0, help="how long a run times epochs")
    parser.add_argument("--steps", type=int, help="steps an epoch, instead of the workload's own")
    parser.add_argument("--patience", type=int, default=0, help="repeat a run that others disturb up to so often")
    parser.add_argument("--keep-memory", action="store_true", help="all run with a malloc that keeps what is freed")
    options = parser.parse_args()
    if options.quick:
        options.peers, options.rounds, options.seconds, options.steps = "", 1, 0.0, 3
    options.peers = [peer for peer in options.peers.split(",") if peer]
    for peer in options.peers:
        if peer not in PEERS:
            parser.error(f"unknown peer {peer!r}; known: {', '.join(PEERS)}")
    return options


if __name__ == "__main__":
    main()
