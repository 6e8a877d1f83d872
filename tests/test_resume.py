"""Runs that are ended, and go on as if they had not been."""

import json
import subprocess
import sys

import crash_resume
import pytest
from resume_cases import CASES, SELDOM, assert_same, in_parts, random_stops, run, waiting
from small import stepwise


@pytest.mark.parametrize("name", [name for name in CASES if name not in SELDOM])
@pytest.mark.filterwarnings("ignore:.*slower than float32 on a CPU")
def test_a_run_in_parts_is_as_one_in_whole(name, tmp_path, monkeypatch):
    waiting(monkeypatch)
    case = CASES[name]
    if case.how == "stepwise":
        stepwise(monkeypatch)
    (tmp_path / "whole").mkdir()
    (tmp_path / "parts").mkdir()
    wanted = run(case, tmp_path / "whole")
    steps = len(wanted.history["epoch"]) * 4
    stops = {"one batch": (2, 3), "eager": (3,)}.get(name) or random_stops(name, min(steps, 9))
    found = in_parts(case, tmp_path / "parts", stops, save_freq=1)
    assert_same(found, wanted)


def test_programs_that_are_killed():
    """`python tests/crash_resume.py 100` kills more."""
    done = subprocess.run([sys.executable, crash_resume.__file__, "2"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert found["runs"] == 2
    assert found["killed"] >= 2
    assert found["steps of a save"] > 15
