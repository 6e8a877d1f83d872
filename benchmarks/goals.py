"""The goals of speed and what was measured, as a table in Markdown: `python -m benchmarks.goals RESULTS.json...`.

The results are what the other commands stored; of several of one kind the last one counts. What none of them tells
stays empty.
"""

import argparse
import math
from collections.abc import Callable
from typing import NamedTuple

from . import growth, report
from .peers import KERAS, LAMINAX
from .workloads import WORKLOADS

Found = dict[str, dict[str, report.Entry]]  # {kind: {workload: entry}}


class Goal(NamedTuple):
    """What is measured, what is wanted, and what the results say."""

    what: str
    wanted: str
    measured: Callable[[Found], str]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("results", nargs="*", help="JSON that the other commands stored")
    print(table(report.load(parser.parse_args().results)))


def table(found: Found) -> str:
    """Markdown."""
    lines = ["| what | goal | measured |", "|---|---|---|"]
    lines += [f"| {goal.what} | {goal.wanted} | {goal.measured(found)} |".replace("|  |", "| |") for goal in GOALS]
    return "\n".join(lines)


def best(entries: dict[str, report.Entry], labels: list[str], column: str) -> dict[str, float]:
    """`{workload: the lowest ratio of those peers to laminax}`."""
    ratios = {}
    for workload, entry in entries.items():
        cells = [entry["summary"].get(label, {}).get(column) for label in labels]
        if known := [cell["ratio"]["median"] for cell in cells if cell and cell["ratio"]]:
            ratios[workload] = min(known)
    return ratios


def with_same_malloc(entries: dict[str, report.Entry], peer: str) -> list[str]:
    """The label of a peer whose memory was kept like laminax's, where there is such a run."""
    kept = f"{peer}, kept"
    return [kept if any(kept in entry["summary"] for entry in entries.values()) else peer]


def span(ratios: dict[str, float]) -> str:
    """From the worst workload to the best, and the geometric mean."""
    if not ratios:
        return ""
    worst, top = min(ratios, key=ratios.__getitem__), max(ratios, key=ratios.__getitem__)
    mean = math.exp(sum(map(math.log, ratios.values())) / len(ratios))
    words = f"{ratios[worst]:.2f}x ({worst}) to {ratios[top]:.2f}x ({top}), mean {mean:.2f}x"
    missing = [name for name in WORKLOADS if name not in ratios]
    return f"{words}; without {', '.join(missing)}" if missing else words


def steps_keras(found: Found) -> str:
    return span(best(found.get("speed", {}), KERAS, "step_ms"))


def steps_torch(found: Found) -> str:
    entries = found.get("speed", {})
    return span(best(entries, with_same_malloc(entries, "torch"), "step_ms"))


def steps_jax(found: Found) -> str:
    entries = found.get("speed", {})
    return span(best(entries, with_same_malloc(entries, "jax"), "step_ms"))


def steps_gpu(found: Found) -> str:
    return span(best(found.get("speed-gpu", {}), ["keras-jax", "torch-compiled", "jax"], "step_ms"))


def peak_memory(found: Found) -> str:
    lean = best(found.get("speed", {}), KERAS, "memory_mb")
    if not lean:
        return ""
    worst = min(lean, key=lean.__getitem__)
    return f"at most {1 / lean[worst]:.2f} of it ({worst})"


def requests(found: Found) -> str:
    entries = found.get("requests", {})
    bare, keras = best(entries, ["jax"], "predict_us"), best(entries, KERAS, "predict_us")
    paused = best(entries, ["jax"], "paused_us")
    words = [f"{workload}: {1 / bare[workload]:.1f} bare calls" for workload in bare]
    words += [f"{workload}: {1 / paused[workload]:.1f} after a pause" for workload in paused]
    words += [f"{workload}: {keras[workload]:.1f}x the fastest Keras" for workload in keras]
    return "; ".join(words)


def imports(found: Found) -> str:
    cells = found.get("imports", {}).get("imports")
    return f"{cells['summary']['laminax above jax']['import_s']['median']:.3f} s" if cells else ""


def starts(found: Found) -> str:
    entries, words = found.get("startup", {}), []
    for workload, cold in best(entries, KERAS, "cold_s").items():
        own = entries[workload]["summary"][LAMINAX]
        warm = own["warm_s"]["median"] / own["cold_s"]["median"] / cold
        words.append(f"{workload}: {1 / cold:.2f} cold, {warm:.2f} warm")
    return "; ".join(words)


def leaks(found: Found) -> str:
    words = []
    for entry in found.get("memory", {}).values():
        own = entry["summary"][LAMINAX]
        words += [f"{own['cycle_mib']['median']:.3f} MiB; {own['calls_mib']['median']:.3f} MiB"]
    return "; ".join(words)


def grown(found: Found) -> str:
    if "growth" not in found:
        return ""
    cases = growth.factors(found["growth"])[LAMINAX].items()
    return "; ".join(f"{case}: {time:.1f} ({instructions:.2f})" for case, (time, instructions) in cases)


def overlap(found: Found) -> str:
    entries = found.get("streams", {}).values()
    return "; ".join(f"{entry['summary'][LAMINAX]['overlap']['median']:.2f}" for entry in entries)


GOALS = [
    Goal(
        "time of a step, ten workloads: the best of the three Keras backends by laminax",
        "never under 1.5x, geometric mean 3x",
        steps_keras,
    ),
    Goal(
        "the same of PyTorch by hand (eager, its best layout, the same malloc setting)",
        "never under 1.0x, geometric mean 1.5x",
        steps_torch,
    ),
    Goal("the same of the best plain JAX program known", "never under 0.95x", steps_jax),
    Goal(
        "`predict` of one row: in a loop; 0.1 ms after the last answer",
        "at most 2 bare jitted calls; 50x the fastest Keras",
        requests,
    ),
    Goal("`import laminax` above `import jax`", "0.1 s, no device touched", imports),
    Goal(
        "process start to the end of the first epoch, as a part of the fastest Keras backend's cold start",
        "0.5 cold, 0.25 with programs kept from before",
        starts,
    ),
    Goal("peak memory of `fit`, as a part of the leanest Keras backend's", "at most 1", peak_memory),
    Goal(
        "memory that one more model leaves (build, fit, drop); that 1,000 predictions leave",
        "at most 0.2 MiB; none",
        leaks,
    ),
    Goal(
        "growth of an epoch's time (and of the instructions of a launch) with 10 times the samples, features, layers",
        "at most 10 (1)",
        grown,
    ),
    Goal("part of a slow generator's time that is hidden behind the steps", "1", overlap),
    Goal(
        "time of a step on a GPU: the best of Keras on JAX, `torch.compile` and plain JAX",
        "never under 1.0x",
        steps_gpu,
    ),
]


if __name__ == "__main__":
    main()
