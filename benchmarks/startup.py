"""From the start of a process to the end of the first epoch, cold and warm: `python -m benchmarks.startup`.

Each peer runs twice with one folder for compiled programs: empty at first (cold), then filled (warm). laminax keeps its
programs by itself; JAX is told to by JAX_COMPILATION_CACHE_DIR, and torch.compile has a folder of its own. Where JAX
runs underneath, the time until then is split: to trace the model, to lower what was traced, and to compile it.
"""

import argparse
import importlib
import os
import tempfile
import time

from .compare import compare
from .options import parse, parser
from .peers import LAMINAX, start
from .rounds import Contender, Result, child, reason
from .workloads import WORKLOADS

COLUMNS = {
    "import_s": "s to import",
    "cold_s": "s cold",
    "warm_s": "s warm",
    "trace_s": "s to trace",
    "lower_s": "s to lower",
    "compile_s": "s to compile",
}
EVENTS = {
    "/jax/core/compile/jaxpr_trace_duration": "trace_s",
    "/jax/core/compile/jaxpr_to_mlir_module_duration": "lower_s",
    "/jax/core/compile/backend_compile_duration": "compile_s",
}


def main() -> None:
    options = parse(parser("benchmarks.startup", __doc__, rounds=5), ["mlp-32", "convnet"])
    compare("startup", options.only, options, COLUMNS, run)


def run(kind: str, workload: str, options: argparse.Namespace, who: Contender) -> Result:
    """A cold start and a warm one."""
    with tempfile.TemporaryDirectory() as folder:
        cold = child(kind, workload, options, who, folder)
        warm = cold if reason(cold) else child(kind, workload, options, who, folder)
    return warm if reason(warm) else {**cold, "warm_s": warm["cold_s"]}


def measure(name: str, peer_name: str, options: argparse.Namespace) -> Result:
    """The first epoch. Making the data does not count."""
    workload = WORKLOADS[name]
    at = time.time()
    x, y = workload.data(workload.steps)
    made = time.time()
    compiling = imported(peer_name)
    import_s = time.time() - made
    start(peer_name, workload).run(x, y, True, lambda loss: True)
    return {"import_s": import_s, "cold_s": time.time() - options.began - (made - at), **compiling}


def imported(peer_name: str) -> dict[str, float]:
    """Import the peer's library. What JAX will spend on compiling is added up in what this returns."""
    if peer_name.startswith("keras-"):
        os.environ["KERAS_BACKEND"] = peer_name.removeprefix("keras-")
    importlib.import_module(peer_name if peer_name == LAMINAX else peer_name.partition("-")[0])
    spent: dict[str, float] = {}
    if peer_name in (LAMINAX, "jax", "keras-jax"):
        import jax

        def listen(event: str, seconds: float, **_: object) -> None:
            if name := EVENTS.get(event):
                spent[name] = spent.get(name, 0.0) + seconds

        jax.monitoring.register_event_duration_secs_listener(listen)
    return spent


if __name__ == "__main__":
    main()
