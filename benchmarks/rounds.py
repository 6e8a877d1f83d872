"""Runs in processes of their own, laminax and a peer in turn."""

import argparse
import functools
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from typing import Any, NamedTuple

from .peers import LAMINAX

ROOT = pathlib.Path(__file__).parent.parent
CALM = 0.1  # a run is disturbed if others use more of the machine
Result = dict[str, Any]


class Contender(NamedTuple):
    """A peer, and how memory is allocated; see `options.py`."""

    peer: str
    allocator: str = "own"

    @property
    def label(self) -> str:
        """As tables name it."""
        return self.peer if self.allocator == "own" else f"{self.peer}, {self.allocator}"


class Pair(NamedTuple):
    """The results of laminax and of a peer in one round; laminax may run alone."""

    own: str  # laminax's label
    peer: str  # the other's
    mine: Result
    theirs: Result | None


def child(
    measure: str, workload: str, options: argparse.Namespace, who: Contender, programs: str | None = None
) -> Result:
    """What one process measured; `{"absent": reason}` if the peer is not installed, `{"error": reason}` if it fails.

    `programs` is a folder in which all keep what they compile; by default they do as they come, in an empty folder.
    """
    with tempfile.TemporaryDirectory() as empty:
        given = {**vars(options), "allocator": who.allocator, "began": time.time()}
        command = [interpreter(who.peer, options.python), "-m", "benchmarks.child", measure, workload, who.peer]
        try:
            done = subprocess.run(
                [*command, json.dumps(given)],
                capture_output=True,
                text=True,
                cwd=ROOT,
                env=environment(who, options.gpu, programs, empty),
            )
        except OSError as error:
            return {"absent": str(error)}
    if done.returncode:
        return {"error": (done.stderr.strip().splitlines() or ["no message"])[-1]}
    return json.loads(done.stdout.splitlines()[-1])


def environment(who: Contender, gpu: bool, programs: str | None, empty: str) -> dict[str, str]:
    """Of a run: which device, which precision, and where programs are kept."""
    env = {**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3", "TF_FORCE_GPU_ALLOW_GROWTH": "true"}
    env |= {"LAMINAX_CACHE": programs or empty, "TORCHINDUCTOR_CACHE_DIR": programs or empty}
    for name in ("JAX_COMPILATION_CACHE_DIR", "LAMINAX_ALLOCATOR", "JAX_PLATFORMS"):
        env.pop(name, None)
    if programs and who.peer != LAMINAX:
        env |= {"JAX_COMPILATION_CACHE_DIR": programs, "JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS": "0"}
    if who.allocator == "system":
        env["LAMINAX_ALLOCATOR"] = "system"
    if gpu:  # float32 throughout: no TensorFloat-32
        return env | {"NVIDIA_TF32_OVERRIDE": "0", "JAX_DEFAULT_MATMUL_PRECISION": "float32"}
    return env | {"JAX_PLATFORMS": "cpu", "CUDA_VISIBLE_DEVICES": ""}


def interpreter(peer: str, given: list[str]) -> str:
    """The Python of a peer: the last `name=path` whose name is the peer's or begins it, else the one that runs this."""
    given = [*filter(None, os.environ.get("BENCHMARKS_PYTHON", "").split(",")), *given]
    fitting = [
        path for name, path in (pair.split("=", 1) for pair in given) if peer == name or peer.startswith(f"{name}-")
    ]
    return fitting[-1] if fitting else sys.executable


def calm(run: Callable[[], Result], patience: int) -> Result:
    """The result of a run that others did not disturb, or the least disturbed of several."""
    tries: list[Result] = []
    while len(tries) <= patience:
        tries.append(run())
        if (tries[-1].get("others") or 0) <= CALM:
            break
    return min(tries, key=lambda result: result.get("others") or 0)


def in_turn(
    who: list[Contender], options: argparse.Namespace, run: Callable[[Contender], Result]
) -> tuple[list[Pair], dict[str, str]]:
    """Pairs of results, round by round, and `{label: reason}` for those who are absent or fail."""
    pairs: list[Pair] = []
    missing: dict[str, str] = {}
    for _ in range(options.rounds):
        for other in who:
            if other.label in missing:
                continue
            own = Contender(LAMINAX, "system" if other.allocator == "system" else "own")
            mine = calm(functools.partial(run, own), options.patience)
            if why := reason(mine):
                raise SystemExit(f"laminax {why}")
            theirs = None if other.peer == LAMINAX else calm(functools.partial(run, other), options.patience)
            if theirs and (why := reason(theirs)):
                missing[other.label] = why
            else:
                pairs.append(Pair(own.label, other.label, mine, theirs))
    return pairs or [Pair(own.label, own.label, mine, None)], missing


def reason(result: Result) -> str | None:
    """Why there are no numbers, if there are none."""
    if "absent" in result:
        return f"is absent ({result['absent']})"
    return f"failed ({result['error']})" if "error" in result else None
