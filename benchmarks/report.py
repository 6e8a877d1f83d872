"""Tables for people and files for programs."""

import argparse
import json
import pathlib
import platform
import statistics
import time
from typing import Any

from .peers import LAMINAX
from .rounds import Pair

RESULTS = pathlib.Path(__file__).parent / "results"
Entry = dict[str, Any]  # what is known of a workload: summary, missing, pairs
Columns = dict[str, str]  # {key of a result: title}


def entry(pairs: list[Pair], missing: dict[str, str], columns: Columns) -> Entry:
    """What is stored of a workload: medians, spreads and ratios by peer, who is missing and why, and every run."""
    summary = {}
    for label in dict.fromkeys(pair.own for pair in pairs):
        own = [pair.mine for pair in pairs if pair.own == label]
        summary[label] = {column: spread([run.get(column) for run in own]) for column in columns}
    for label in dict.fromkeys(pair.peer for pair in pairs if pair.theirs):
        rounds = [(pair.mine, pair.theirs) for pair in pairs if pair.peer == label]
        summary[label] = {column: _cell(rounds, column) for column in columns}
    return {"summary": summary, "missing": missing, "pairs": pairs}


def _cell(rounds: list[tuple[Any, Any]], column: str) -> dict[str, Any] | None:
    """A peer's numbers, and their ratios to laminax's, each of one round."""
    values = spread([theirs.get(column) for _, theirs in rounds])
    both = [(a.get(column), b.get(column)) for a, b in rounds]
    ratios = spread([b / a for a, b in both if a and b is not None])
    return values and {**values, "ratio": ratios}


def spread(values: list[Any]) -> dict[str, float] | None:
    """Median, lowest and highest of what is known."""
    known = [value for value in values if value is not None]
    if not known:
        return None
    return {"median": statistics.median(known), "lowest": min(known), "highest": max(known)}


def table(title: str, found: Entry, columns: Columns) -> str:
    """The medians, and how many times laminax's the peers' are: median (lowest-highest) of the rounds."""
    lines = [f"{title:24}" + "".join(f"{name:>16}{'x laminax':>22}" for name in columns.values())]
    for label, cells in found["summary"].items():
        lines.append(f"  {label:22}" + "".join(_words(cells[column], label) for column in columns))
    return "\n".join([*lines, *_remarks(found)])


def _words(cell: dict[str, Any] | None, label: str) -> str:
    if cell is None:
        return f"{'-':>16}{'':22}"
    ratio = cell.get("ratio")
    words = "{median:.2f} ({lowest:.2f}-{highest:.2f})".format(**ratio) if ratio else "1" * label.startswith(LAMINAX)
    return f"{cell['median']:16.4g}{words:>22}"


def _remarks(found: Entry) -> list[str]:
    lines = [f"  {label} {why}" for label, why in found["missing"].items()]
    runs = [run for pair in found["pairs"] for run in (pair.mine, pair.theirs) if run]
    modes = sorted({pair.mine["mode"] for pair in found["pairs"] if pair.mine.get("mode")})
    if modes:
        lines.append(f"  laminax ran {', '.join(modes)}")
    if any(run.get("others") for run in runs):
        lines.append(f"  other processes used up to {max(run.get('others') or 0 for run in runs):.0%} of the machine")
    return lines


def store(kind: str, results: dict[str, Entry], options: argparse.Namespace) -> pathlib.Path:
    """Write all that was measured as JSON, and say where."""
    kind = f"{kind}-gpu" if options.gpu else kind
    RESULTS.mkdir(exist_ok=True)
    path = RESULTS / time.strftime(f"{kind}-%Y-%m-%d-%H%M%S.json")
    machine = {"platform": platform.platform(), "machine": platform.machine(), "processor": platform.processor()}
    stored = {"kind": kind, "options": vars(options), "machine": machine, "results": results}
    path.write_text(json.dumps(stored, indent=1))
    print(f"Stored in {path}")
    return path


def load(paths: list[Any]) -> dict[str, dict[str, Entry]]:
    """`{kind: {workload: entry}}` of files; later ones replace what earlier ones have of the same workload and peer.

    Each ratio is to laminax in the same run. Quick runs don't count.
    """
    found: dict[str, dict[str, Entry]] = {}
    for path in paths:
        stored = json.loads(pathlib.Path(path).read_text())
        if stored["options"].get("quick"):
            continue
        entries = found.setdefault(stored["kind"], {})
        for workload, entry in stored["results"].items():
            before = entries.get(workload, {}).get("summary", {})
            entries[workload] = {**entry, "summary": {**before, **entry["summary"]}}
    return found
