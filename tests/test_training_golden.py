"""Training gives Keras's numbers: histories, weights, hooks, and what callbacks decide.

The numbers were made by `golden/make_training.py`.
"""

import json
import pathlib

import numpy as np
import pytest
from golden.training_cases import CASES

import laminax as lx

WANTED = json.loads((pathlib.Path(__file__).parent / "golden" / "training.json").read_text())


def compare(found, wanted, path):
    if isinstance(wanted, dict):
        for name, value in wanted.items():
            compare(found[name], value, f"{path}/{name}")
    elif isinstance(wanted, list) and isinstance(wanted[0], str):
        assert found == wanted, path
    else:
        np.testing.assert_allclose(
            np.asarray(found, float), np.asarray(wanted, float), rtol=1e-5, atol=1e-6, err_msg=path
        )


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.__name__)
def test_as_in_keras(case):
    compare(case(lx), WANTED[case.__name__], case.__name__)
