"""A chart of the ratios: `python -m benchmarks.chart RESULTS.json... FILE.svg`.

A row for each workload, a mark for each peer: how many times laminax's time its step takes. The scale is logarithmic;
a line stands at 1. The thin line behind a mark is the spread of the rounds.
"""

import argparse
import math
import pathlib
from typing import Any

from . import report
from .peers import PEERS
from .workloads import WORKLOADS

NAMES = {
    "keras-jax": "Keras on JAX",
    "keras-tensorflow": "Keras on TensorFlow",
    "keras-torch": "Keras on PyTorch",
    "torch": "PyTorch by hand",
    "torch-compiled": "PyTorch, compiled",
    "jax": "JAX by hand",
}
MARKS = {  # for every eye: the family by the form, the peer by the colour
    "keras-jax": ("circle", "#0072b2"),
    "keras-tensorflow": ("circle", "#e69f00"),
    "keras-torch": ("circle", "#cc3311"),
    "torch": ("square", "#cc3311"),
    "torch-compiled": ("square", "#aa4499"),
    "jax": ("diamond", "#009e73"),
}
WIDTH, LEFT, RIGHT, TOP, BOTTOM = 860, 170, 24, 104, 34
LANE, GAP = 9, 12  # heights of a peer's lane and between workloads
STYLE = """
text { font: 13px system-ui, -apple-system, "Segoe UI", Helvetica, Arial, sans-serif; fill: #24292f; }
.small { font-size: 12px; fill: #57606a; } .title { font-size: 16px; font-weight: 600; }
.grid { stroke: #d0d7de; } .one { stroke: #24292f; stroke-width: 1.5; } .band { fill: #8c959f; fill-opacity: .09; }
.spread { stroke-width: 1.5; stroke-opacity: .45; }
@media (prefers-color-scheme: dark) {
  text { fill: #e6edf3; } .small { fill: #9198a1; } .grid { stroke: #3d444d; } .one { stroke: #e6edf3; }
}
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("results", nargs="+", help="what `python -m benchmarks` stored")
    parser.add_argument("chart", help="the SVG to write")
    options = parser.parse_args()
    pathlib.Path(options.chart).write_text(draw(report.load(options.results)))


def draw(found: dict[str, dict[str, report.Entry]]) -> str:
    """The SVG of the step times among the results, of the CPU where there are both."""
    entries = found.get("speed") or found["speed-gpu"]
    rows = {name: ratios(entries[name]) for name in WORKLOADS if name in entries}
    peers = [peer for peer in PEERS if any(peer in row for row in rows.values())]
    scale = Scale([value for row in rows.values() for spread in row.values() for value in spread.values()])
    bottom = TOP + len(rows) * (len(peers) * LANE + GAP)
    parts = [_head(bottom + BOTTOM), *_legend(peers), *_axis(scale, bottom)]
    for i, (name, row) in enumerate(rows.items()):
        top = TOP + i * (len(peers) * LANE + GAP)
        parts += _row(WORKLOADS[name].title, row, peers, scale, top, shaded=i % 2 == 0)
    parts.append(f'<line class="one" x1="{scale.at(1)}" x2="{scale.at(1)}" y1="{TOP - 6}" y2="{bottom + 6}"/>')
    parts += [_mark(peer, *place) for peer, place in _places(rows, peers, scale)]
    return "\n".join([*parts, "</svg>\n"])


def ratios(entry: report.Entry) -> dict[str, dict[str, float]]:
    """`{peer: median, lowest and highest ratio}` of the time of a step: of each peer as it comes; of one that ran only
    with memory kept as laminax keeps it, so."""
    rows = entry["summary"]
    cells = {peer: rows.get(peer, rows.get(f"{peer}, kept", {})).get("step_ms") for peer in NAMES}
    return {peer: cell["ratio"] for peer, cell in cells.items() if cell}


class Scale:
    """From ratios to places: logarithmic, between powers of 2 around all values and 1."""

    def __init__(self, values: list[float]) -> None:
        self.first = min(-1, math.floor(math.log2(min(values, default=1))))
        self.last = max(1, math.ceil(math.log2(max(values, default=1))))

    def at(self, ratio: float) -> float:
        """Pixels from the left."""
        share = (math.log2(ratio) - self.first) / (self.last - self.first)
        return round(LEFT + share * (WIDTH - LEFT - RIGHT), 1)

    def ticks(self) -> list[float]:
        """The powers of 2."""
        return [2.0**power for power in range(self.first, self.last + 1)]


def _head(height: int) -> str:
    title = "Time of a training step, as a multiple of laminax's"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}" '
        f'role="img" aria-label="{title}, by workload and library">\n<style>{STYLE}</style>\n'
        f'<text class="title" x="12" y="26">{title}</text>'
    )


def _legend(peers: list[str]) -> list[str]:
    parts, x = [], 18.0
    for peer in peers:
        parts += [_mark(peer, x, 50), f'<text class="small" x="{x + 10:g}" y="54">{NAMES[peer]}</text>']
        x += 36 + 6.3 * len(NAMES[peer])  # about as wide as the words
    return parts


def _axis(scale: Scale, bottom: int) -> list[str]:
    one = scale.at(1)
    parts = [
        f'<text class="small" x="{one - 10}" y="{TOP - 14}" text-anchor="end">\u2190 laminax slower</text>',
        f'<text class="small" x="{one + 10}" y="{TOP - 14}">laminax faster \u2192</text>',
    ]
    for tick in scale.ticks():
        x = scale.at(tick)
        parts.append(f'<line class="grid" x1="{x}" x2="{x}" y1="{TOP - 6}" y2="{bottom}"/>')
        parts.append(f'<text class="small" x="{x}" y="{bottom + 22}" text-anchor="middle">{tick:g}\u00d7</text>')
    return parts


def _row(title: str, row: Any, peers: list[str], scale: Scale, top: int, shaded: bool) -> list[str]:
    height = len(peers) * LANE + GAP
    parts = [f'<rect class="band" x="0" width="{WIDTH}" y="{top - GAP / 2}" height="{height}"/>'] if shaded else []
    middle = top + len(peers) * LANE / 2 + 4
    parts.append(f'<text x="{LEFT - 14}" y="{middle}" text-anchor="end">{title}</text>')
    for peer, spread in row.items():
        y = _lane(top, peers, peer)
        ends = f'x1="{scale.at(spread["lowest"])}" x2="{scale.at(spread["highest"])}" y1="{y}" y2="{y}"'
        parts.append(f'<line class="spread" {ends} stroke="{MARKS[peer][1]}"/>')
    return parts


def _lane(top: int, peers: list[str], peer: str) -> float:
    return top + (peers.index(peer) + 0.5) * LANE


def _places(rows: dict[str, Any], peers: list[str], scale: Scale) -> list[tuple[str, tuple[float, float]]]:
    places = []
    for i, row in enumerate(rows.values()):
        top = TOP + i * (len(peers) * LANE + GAP)
        places += [(peer, (scale.at(spread["median"]), _lane(top, peers, peer))) for peer, spread in row.items()]
    return places


def _mark(peer: str, x: float, y: float) -> str:
    form, colour = MARKS[peer]
    if form == "circle":
        return f'<circle cx="{x}" cy="{y}" r="4" fill="{colour}"/>'
    turn = f' transform="rotate(45 {x} {y})"' if form == "diamond" else ""
    return f'<rect x="{x - 3.5}" y="{y - 3.5}" width="7" height="7" fill="{colour}"{turn}/>'


if __name__ == "__main__":
    main()
