"""Run the programs of `training_cases.py` with Keras, and store their numbers.

KERAS_BACKEND=jax python tests/golden/make_training.py
"""

import json
import pathlib

import keras
from training_cases import CASES

if __name__ == "__main__":
    found = {case.__name__: case(keras) for case in CASES}
    path = pathlib.Path(__file__).parent / "training.json"
    path.write_text(json.dumps(found, separators=(",", ":")) + "\n")
    print(f"{path}: {len(found)} cases, Keras {keras.__version__}")
