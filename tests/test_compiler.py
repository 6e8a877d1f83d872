"""What is promised to the bit holds with the compiler as users have it, not only as the suite sets it to save time."""

import os
import pathlib
import subprocess
import sys

import pytest

HERE = pathlib.Path(__file__).parent


@pytest.mark.parametrize("name", ["test_determinism.py", "test_padding.py", "test_steps.py"])
def test_as_users_compile(name):
    words = [sys.executable, "-m", "pytest", "-q", "-x", "-n", "0", str(HERE / name)]
    done = subprocess.run(words, env={**os.environ, "XLA_FLAGS": ""}, capture_output=True, text=True, cwd=HERE.parent)
    assert done.returncode == 0, done.stdout[-2000:]
