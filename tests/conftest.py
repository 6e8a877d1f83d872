"""Settings of the whole suite: one platform, no silent promotion of types, the same seeds at each run."""

import os

os.environ.setdefault("JAX_PLATFORMS", "cpu")

import jax
import pytest

from laminax import utils

jax.config.update("jax_numpy_dtype_promotion", "strict")


@pytest.fixture(autouse=True)
def seeded():
    """Each test draws the same seeds, whatever ran before it."""
    utils.set_random_seed(1234)
    yield
    utils.set_random_seed(None)
