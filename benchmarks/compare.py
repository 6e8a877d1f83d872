"""What all commands do: measure, print a table, store."""

import argparse
import functools
import pathlib
from collections.abc import Callable

from . import report
from .options import contenders
from .peers import LAMINAX
from .rounds import Contender, Result, child, in_turn


def compare(
    kind: str,
    workloads: list[str],
    options: argparse.Namespace,
    columns: report.Columns,
    run: Callable[..., Result] = child,
    wrong: Callable[[str, argparse.Namespace], dict[str, str]] = lambda workload, options: {},
) -> tuple[dict[str, report.Entry], pathlib.Path]:
    """`({workload: what was found}, the file)` of laminax next to the peers.

    Args:
        kind: the file of this folder that measures.
        columns: the numbers to show.
        run: `(kind, workload, options, who) -> result`.
        wrong: `(workload, options) -> {peer: why}`, who may not take part.
    """
    results = {}
    for workload in workloads:
        out = wrong(workload, options)
        who = [one for one in contenders(options) if one.peer not in out] or [Contender(LAMINAX)]
        pairs, missing = in_turn(who, options, functools.partial(run, kind, workload, options))
        results[workload] = report.entry(pairs, {**out, **missing}, columns)
        print(report.table(workload, results[workload], columns), flush=True)
    return results, report.store(kind, results, options)
