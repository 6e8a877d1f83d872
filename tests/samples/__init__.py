"""Samples of every public layer, one family a file. A new class is one line there."""

import importlib
import pathlib

from laminax import layers
from samples import inputs

_families = sorted(p.stem for p in pathlib.Path(__file__).parent.glob("*.py") if p.stem not in ("__init__", "inputs"))


def _samples_of(family):
    inputs.restart(20261124)
    return importlib.import_module(f"samples.{family}").LAYERS


LAYERS = [sample for family in _families for sample in _samples_of(family)]
ABSTRACT_LAYERS = {
    layers.HashedCrossing: "runs on the host, where nothing is traced; see test_preprocessing.py",
    layers.Hashing: "runs on the host; see test_preprocessing.py",
    layers.Layer: "the base",
    layers.InputLayer: "the place of an input, which can't be called",
    layers.StringLookup: "runs on the host; see test_text.py",
    layers.TextVectorization: "runs on the host; see test_text.py",
    layers.Wrapper: "the base of layers around a layer",
}
