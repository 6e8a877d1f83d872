"""Runs in processes of their own, laminax and a peer in turn."""

import argparse
import json
import os
import pathlib
import subprocess
import sys
import time
from collections.abc import Iterator
from typing import Any

from .peers import LAMINAX

ROOT = pathlib.Path(__file__).parent.parent
TOLERANCE = 1e-3  # of losses, relative
CALM = 0.1  # a run is disturbed if others use more of the machine
Result = dict[str, Any]


def child(workload: str, peer: str, options: argparse.Namespace, *more: str) -> Result:
    """What one process measured; `{"absent": reason}` if the peer is not installed, `{"error": reason}` if it fails."""
    command = [interpreter(peer, options.python), "-m", "benchmarks.child", workload, peer, *more]
    for name in ("threads", "seconds", "steps"):
        if getattr(options, name) is not None:
            command += [f"--{name}", str(getattr(options, name))]
    if options.keep_memory:
        command.append("--keep-memory")
    env = {"JAX_PLATFORMS": "cpu", "TF_CPP_MIN_LOG_LEVEL": "3", **os.environ, "BENCHMARKS_BEGAN": str(time.time())}
    try:
        done = subprocess.run(command, capture_output=True, text=True, env=env, cwd=ROOT)
    except OSError as error:
        return {"absent": str(error)}
    if done.returncode:
        return {"error": (done.stderr.strip().splitlines() or ["no message"])[-1]}
    return json.loads(done.stdout.splitlines()[-1])


def interpreter(peer: str, given: list[str]) -> str:
    """The Python of a peer: the last `name=path` whose name is the peer's or begins it, else the one that runs this."""
    given = [*filter(None, os.environ.get("BENCHMARKS_PYTHON", "").split(",")), *given]
    fitting = [
        path for name, path in (pair.split("=", 1) for pair in given) if peer == name or peer.startswith(f"{name}-")
    ]
    return fitting[-1] if fitting else sys.executable


def calm_child(workload: str, peer: str, options: argparse.Namespace) -> Result:
    """A run that others did not disturb, or the least disturbed of several."""
    tries: list[Result] = []
    while len(tries) <= options.patience:
        result = child(workload, peer, options)
        tries.append(result)
        if (result.get("others") or 0) <= CALM:
            break
    return min(tries, key=lambda result: result.get("others") or 0)


def same_losses(workload: str, peers: list[str], options: argparse.Namespace) -> Iterator[tuple[str, str]]:
    """`(peer, what is wrong)` for each peer that is absent, fails, or learns something other than laminax."""
    own = child(workload, LAMINAX, options, "--check")
    if "losses" not in own:
        raise SystemExit(f"laminax does not train {workload}: {reason(own)}")
    for peer in peers:
        other = child(workload, peer, options, "--check")
        if "losses" not in other:
            yield peer, reason(other)
            continue
        gap = max(abs(a - b) / b for a, b in zip(own["losses"], other["losses"], strict=True))
        if not gap <= TOLERANCE:
            yield peer, f"computes other losses: they differ by {gap:.1e}"


def reason(result: Result) -> str:
    """Why there are no numbers."""
    return f"absent ({result['absent']})" if "absent" in result else f"failed ({result.get('error')})"


def in_turn(
    workload: str, peers: list[str], options: argparse.Namespace
) -> Iterator[tuple[str, Result, Result | None]]:
    """`(peer, laminax's result, the peer's result)`, round by round."""
    for _ in range(options.rounds):
        for peer in peers:
            yield peer, calm_child(workload, LAMINAX, options), calm_child(workload, peer, options)
        if not peers:
            yield LAMINAX, calm_child(workload, LAMINAX, options), None
