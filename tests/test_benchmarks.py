"""The parts of the benchmarks that compute nothing with a library: data, ratios, chart, table of goals."""

import json
import pathlib
import sys
import xml.etree.ElementTree

import numpy as np
import pytest

sys.path.append(str(pathlib.Path(__file__).parents[1]))

from benchmarks import chart, goals, memory, report
from benchmarks.peers import KERAS, PEERS
from benchmarks.rounds import Contender, Pair
from benchmarks.workloads import WORKLOADS

COLUMNS = {"step_ms": "ms", "memory_mb": "MB"}


def pairs(factors, rounds=3, own="laminax"):
    """Rounds in which the machine grows slower; each peer takes `factor` times what laminax takes."""
    for at in range(1, rounds + 1):
        for peer, factor in factors.items():
            mine = {"step_ms": float(at), "memory_mb": 100.0}
            yield Pair(own, peer, mine, {"step_ms": at * factor, "memory_mb": 50.0 * factor})


@pytest.fixture(scope="module")
def found():
    """Step times of all workloads and peers; those of a later workload are larger."""
    entries = {}
    for i, workload in enumerate(WORKLOADS):
        factors = {peer: (1 + i) * (2.0 if peer in KERAS else 1.5) for peer in PEERS}
        entries[workload] = report.entry(list(pairs({**factors, "torch, kept": 0.8})), {}, COLUMNS)
    return {"speed": entries}


def test_ratios_are_taken_within_a_round():
    entry = report.entry(list(pairs({"torch": 3.0})), {"jax": "is absent"}, COLUMNS)
    cell = entry["summary"]["torch"]["step_ms"]
    assert cell["ratio"] == {"median": 3.0, "lowest": 3.0, "highest": 3.0}
    assert (cell["median"], cell["lowest"], cell["highest"]) == (6.0, 3.0, 9.0)
    table = report.table("mlp", entry, COLUMNS)
    assert "3.00 (3.00-3.00)" in table
    assert "jax is absent" in table


def test_numbers_that_a_peer_lacks_are_left_out():
    entry = report.entry([Pair("laminax", "torch", {"step_ms": 1.0, "memory_mb": 1.0}, {"step_ms": 2.0})], {}, COLUMNS)
    assert entry["summary"]["torch"]["memory_mb"] is None
    assert "-" in report.table("mlp", entry, COLUMNS).splitlines()[2]


def test_the_chart_has_a_mark_for_each_ratio_and_a_line_at_one(found):
    image = xml.etree.ElementTree.fromstring(chart.draw(found))
    kinds = [element.tag.partition("}")[2] for element in image]
    marks = kinds.count("circle") + kinds.count("rect")
    bands = sum(element.get("class") == "band" for element in image)
    assert marks - bands == len(PEERS) * (len(WORKLOADS) + 1)  # and one in the legend
    (one,) = (element for element in image if element.get("class") == "one")
    ticks = {element.text: element.get("x") for element in image if (element.text or "").endswith("\u00d7")}
    assert one.get("x1") == ticks["1\u00d7"]
    one, two, four = map(chart.Scale([0.5, 8]).at, (1, 2, 4))
    assert four - two == pytest.approx(two - one, abs=0.2)


def test_every_peer_has_a_name_and_a_mark():
    assert set(chart.NAMES) == set(chart.MARKS) == set(PEERS)


def test_goals_are_told_from_results(found):
    first, last = (list(WORKLOADS)[at] for at in (0, -1))
    lines = goals.table(found).splitlines()
    assert f"2.00x ({first}) to {2 * len(WORKLOADS):.2f}x ({last})" in lines[2]
    assert "0.80x" in lines[3]  # the run with laminax's own malloc setting counts
    assert [line.endswith("| |") for line in lines[2:]].count(False) == 4


def test_without_results_nothing_is_claimed():
    assert all(line.endswith("| |") for line in goals.table({}).splitlines()[2:])
    documented = (pathlib.Path(__file__).parents[1] / "docs" / "performance.md").read_text()
    for goal in goals.GOALS:
        assert f"| {goal.what} | {goal.wanted} |" in documented


def test_quick_runs_do_not_count(tmp_path):
    file = tmp_path / "speed.json"
    file.write_text('{"kind": "speed", "options": {"quick": true}, "results": {"mlp-32": {}}}')
    assert report.load([file]) == {}


def test_the_chart_takes_kept_memory_where_there_is_nothing_else():
    def cell(ratio):
        return {"step_ms": {"ratio": ratio}}

    entry = {"summary": {"torch, kept": cell(2), "jax": cell(3), "jax, kept": cell(4), "keras-jax": {}}}
    assert chart.ratios(entry) == {"torch": 2, "jax": 3}


def test_results_of_several_runs_are_put_together(tmp_path):
    files = []
    for i, peers in enumerate((["keras-jax"], ["torch", "keras-jax"])):
        summary = {peer: {"step_ms": {"median": i}} for peer in ["laminax", *peers]}
        files.append(tmp_path / f"{i}.json")
        stored = {"kind": "speed", "options": {}, "results": {"mlp-32": {"summary": summary, "pairs": [i]}}}
        files[-1].write_text(json.dumps(stored))
    found = report.load(files)["speed"]["mlp-32"]["summary"]
    assert {peer: cells["step_ms"]["median"] for peer, cells in found.items()} == dict.fromkeys(found, 1)
    assert list(report.load(files[::-1])["speed"]["mlp-32"]["summary"]) == ["laminax", "torch", "keras-jax"]


def test_growth_of_memory_is_that_of_the_later_half():
    start_up = [100.0] * 10
    steady = [200.0 + 1.048576 * i for i in range(10)]
    assert memory.growth(start_up + steady) == pytest.approx(1.0)


def test_labels_name_the_allocator_where_it_is_not_the_own_one():
    assert [Contender("torch", a).label for a in ("own", "kept")] == ["torch", "torch, kept"]


@pytest.mark.parametrize("workload", WORKLOADS.values(), ids=WORKLOADS)
def test_data_and_weights_are_the_same_in_each_process(workload):
    for once, again in zip(workload.data(1), workload.data(1)):
        assert np.array_equal(once, again)
        assert len(once) == workload.batch
        assert once.dtype in ("float32", "int32")
    trained, others = workload.split(workload.weights())
    assert len(trained) + len(others) == len(workload.shapes)
    assert all(np.array_equal(a, b) for a, b in zip(workload.weights(), workload.weights()))


def test_ctc_labels_have_their_padding_last():
    _, labels = WORKLOADS["ctc"].data(1)
    real = labels != 0
    assert real.sum(1).min() >= 5
    assert not (real[:, 1:] & ~real[:, :-1]).any()
