"""Tables for people and files for programs."""

import json
import pathlib
import platform
import statistics
import time
from typing import Any

from .peers import LAMINAX

RESULTS = pathlib.Path(__file__).parent / "results"
COLUMNS = {"step_ms": "ms a step", "cold_s": "s cold start", "memory_mb": "MB"}
Pairs = list[tuple[str, dict[str, Any], dict[str, Any] | None]]


def table(workload: str, pairs: Pairs) -> str:
    """The medians of a workload, and how many times laminax's the peers' are: median (lowest-highest) of the rounds."""
    lines = [f"{workload:18}" + "".join(f"{title:>14}{'x laminax':>20}" for title in COLUMNS.values())]
    own = [mine for _, mine, _ in pairs]
    lines.append(f"  {LAMINAX:16}" + "".join(f"{median(own, column):14.4g}{'1':>20}" for column in COLUMNS))
    for peer in dict.fromkeys(peer for peer, _, theirs in pairs if theirs is not None):
        rounds = [(mine, theirs) for name, mine, theirs in pairs if name == peer]
        cells = [f"{median([b for _, b in rounds], c):14.4g}{ratio(rounds, c):>20}" for c in COLUMNS]
        lines.append(f"  {peer:16}" + "".join(cells))
    modes = {r["mode"] for r in own}
    disturbed = max(r.get("others") or 0 for _, *both in pairs for r in both if r)
    lines.append(f"  laminax ran {', '.join(modes)}; other processes used up to {disturbed:.0%} of the machine")
    return "\n".join(lines)


def median(results: list[dict[str, Any]], column: str) -> float:
    """Over the rounds."""
    return statistics.median(r[column] for r in results)


def ratio(rounds: list[tuple[dict[str, Any], dict[str, Any]]], column: str) -> str:
    """Of peer to laminax within each round: the median, and the spread."""
    ratios = [theirs[column] / mine[column] for mine, theirs in rounds]
    return f"{statistics.median(ratios):.2f} ({min(ratios):.2f}-{max(ratios):.2f})"


def store(results: dict[str, Pairs], missing: dict[str, dict[str, str]], options: dict[str, Any]) -> pathlib.Path:
    """Write all that was measured as JSON."""
    RESULTS.mkdir(exist_ok=True)
    path = RESULTS / time.strftime("%Y-%m-%d-%H%M%S.json")
    machine = {"platform": platform.platform(), "machine": platform.machine()}
    path.write_text(
        json.dumps({"options": options, "machine": machine, "missing": missing, "results": results}, indent=1)
    )
    return path
