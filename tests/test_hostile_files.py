"""Hostile and damaged files are refused by every entry point, soon, in little memory, and nothing else comes of them.

The corpus is in `hostile/`. All of it is given to a process that is watched.
"""

import collections
import json
import os
import subprocess
import sys

import hostile
import pytest

# Where what is wrong is none of the business of whoever reads the weights alone.
HARMLESS = {("load_weights", name) for name in ("archive_in_archive", "no_config", "asset_of_nobody")}


@pytest.fixture(scope="module")
def results(tmp_path_factory):
    folder = tmp_path_factory.mktemp("hostile")
    cases = hostile.corpus(folder)
    (folder / "cases.json").write_text(json.dumps(cases))
    done = subprocess.run(
        [sys.executable, "-m", "hostile.run", str(folder / "cases.json"), str(folder / "results.json")],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    assert done.returncode == 0, done.stderr
    found = json.loads((folder / "results.json").read_text())
    assert not (folder / "hostile_marker").exists()
    assert not os.path.exists("hostile_marker")
    return found


def short(result):
    return {key: result[key] for key in ("entry", "case", "error", "outcome", "message")}


def test_the_corpus_is_large(results):
    assert len({(r["to"], r["case"]) for r in results}) > 400
    entries = collections.Counter(r["entry"] for r in results)
    assert min(entries.values()) > 50, entries


def test_nothing_happens(results):
    """No import, no code, no program, no connection, no other file; no setting changes."""
    assert [(short(r), r["happened"]) for r in results if r["happened"]] == []


def test_nothing_escapes_the_family(results):
    assert [short(r) for r in results if r["outcome"].startswith("escaped")] == []


def test_the_right_error_comes(results):
    def expected(r):
        if (r["entry"], r["case"]) in HARMLESS or r["error"] is None or r["entry"] == "skip_mismatch":
            return True
        return r["outcome"] == r["error"] if r["entry"] != "load_model_of_weights" else r["outcome"] != "loaded"

    assert [short(r) for r in results if not expected(r)] == []


def test_errors_name_the_file(results):
    of_files = [r for r in results if r["to"] != "config" and r["outcome"] != "loaded"]
    assert [short(r) for r in of_files if r["path"] not in r["message"]] == []


def test_it_takes_little(results):
    """At most a second each on one core, and 64 MiB and 2.5 times the file's size."""
    assert [(short(r), r["seconds"]) for r in results if r["seconds"] > 1] == []
    assert [(short(r), r["memory"]) for r in results if r["memory"] > 64 + 2.5 * r["size"] / 2**20] == []
