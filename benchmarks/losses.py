"""Whether peers compute the same losses, which comes before all times: `python -m benchmarks.losses`."""

import argparse
from collections.abc import Iterator

from .options import parse, parser
from .peers import LAMINAX, start
from .rounds import Contender, Result, child, reason
from .workloads import WORKLOADS

STEPS = 20
TOLERANCE = 1e-4  # relative


def main() -> None:
    options = parse(parser("benchmarks.losses", __doc__), list(WORKLOADS))
    for workload in options.only:
        for peer, gap, why in compared(workload, options):
            print(f"{workload:16}{peer:20}{why or f'the same losses within {gap:.1e}'}", flush=True)


def differing(workload: str, options: argparse.Namespace) -> dict[str, str]:
    """`{peer: what is wrong}` of those that may not be timed."""
    return {peer: why for peer, _, why in compared(workload, options) if why}


def measure(name: str, peer_name: str, options: argparse.Namespace) -> Result:
    """The losses of the first steps, one `fit` each, and the mean loss of a further epoch over all of their batches."""
    workload = WORKLOADS[name]
    peer = start(peer_name, workload)
    x, y = workload.data(STEPS)
    size, losses = workload.batch, []

    def after_epoch(loss: float) -> bool:
        losses.append(float(loss))
        return True

    for at in range(0, len(x), size):
        peer.run(x[at : at + size], y[at : at + size], False, after_epoch)
    peer.run(x, y, False, after_epoch)
    return {"losses": losses}


def compared(workload: str, options: argparse.Namespace) -> Iterator[tuple[str, float, str | None]]:
    """`(peer, largest relative gap to laminax's losses, what is wrong)`: absent, failed, or other losses."""
    own = child("losses", workload, options, Contender(LAMINAX)) if options.peers else {}
    if why := reason(own):
        raise SystemExit(f"{workload}: laminax {why}")
    for peer in options.peers:
        yield peer, *_gap(own, child("losses", workload, options, Contender(peer)))


def _gap(own: Result, other: Result) -> tuple[float, str | None]:
    if why := reason(other):
        return float("inf"), why
    gap = max(abs(a - b) / abs(b) for a, b in zip(own["losses"], other["losses"], strict=True))
    return gap, None if gap <= TOLERANCE else f"computes other losses: they differ by {gap:.1e}"


if __name__ == "__main__":
    main()
