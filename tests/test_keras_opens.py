"""Keras opens what this package saved. Here is a part of it; `python -m keras_opens` tries all."""

import json
import os
import subprocess
import sys
from importlib.util import find_spec

import pytest

QUICK = (
    *("file several_inputs_and_outputs", "file nested_twice", "file operators", "file dicts", "file sequential_nested"),
    *("file subclass_trained", "file optimizer_adafactor"),
    *("layer Dense", "layer LSTM2", "layer Lambda", "optimizer Adam2"),
)


@pytest.mark.skipif(find_spec("keras") is None, reason="Keras is not installed")
def test_keras_opens_ours(tmp_path):
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    command = [sys.executable, "-m", "keras_opens", str(tmp_path / "found.json"), *QUICK]
    done = subprocess.run(command, capture_output=True, text=True, env=environment)
    assert done.returncode == 0, done.stderr
    found = json.loads((tmp_path / "found.json").read_text())
    assert sorted(found["tried"]) == sorted(QUICK)
    assert found["wrong"] == {}
