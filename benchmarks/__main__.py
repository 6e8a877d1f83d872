"""Compares laminax with its peers: `python -m benchmarks`. See README.md."""

import argparse
import pathlib

from . import chart, losses, report, speed
from .compare import compare
from .options import parse, parser
from .workloads import WORKLOADS


def main() -> None:
    options = parsed()
    columns = {**speed.COLUMNS, **(speed.GPU_COLUMNS if options.gpu else {})}
    _, stored = compare("speed", options.only, options, columns, wrong=losses.differing)
    if options.chart:
        pathlib.Path(options.chart).write_text(chart.draw(report.load([stored])))


def parsed() -> argparse.Namespace:
    """The options of the command line."""
    made = parser("benchmarks", __doc__)
    made.add_argument("--quick", action="store_true", help="laminax alone, few steps: shows that all of this runs")
    made.add_argument("--seconds", type=float, default=5.0, help="how long a run times epochs")
    made.add_argument("--steps", type=int, help="steps an epoch, instead of the workload's own")
    made.add_argument("--chart", metavar="FILE.svg", help="draw the ratios")
    options = parse(made, list(WORKLOADS))
    if options.quick:
        options.peers, options.rounds, options.seconds, options.steps = [], 1, 0.0, 3
    return options


if __name__ == "__main__":
    main()
