"""The golden numbers of `golden/images.npz`, which `golden/make_images.py` made from Keras."""

import json
import pathlib

import numpy as np
import pytest

with np.load(pathlib.Path(__file__).parent / "golden" / "images.npz") as _file:
    ARRAYS = dict(_file)
_CASES = json.loads(str(ARRAYS.pop("cases")))["cases"]


def cases(kind):
    """Marks a test of `(i, case)` for the cases of a kind."""
    found = [pytest.param(i, case, id=f"{case['name']}-{i}") for i, case in enumerate(_CASES) if case["kind"] == kind]
    return pytest.mark.parametrize(("i", "case"), found)


def given(values, i):
    """Arguments of a case with their arrays."""
    return {k: ARRAYS[f"{i}/{k}"] if isinstance(v, dict) else v for k, v in values.items()}


def numbered(i, group):
    """The arrays `group0, group1, ...` of a case."""
    return [ARRAYS[name] for name in sorted(k for k in ARRAYS if k.startswith(f"{i}/{group}"))]
