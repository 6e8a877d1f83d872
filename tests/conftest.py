"""Settings of the whole suite: one platform, no silent promotion of types, the same seeds at each run."""

import os

os.environ.setdefault("JAX_PLATFORMS", "cpu")

import jax
import pytest

from laminax import utils

jax.config.update("jax_numpy_dtype_promotion", "strict")


def pytest_configure(config):
    """What one test has compiled, others and later runs take from a folder: most programs here come many times."""
    jax.config.update("jax_compilation_cache_dir", str(config.cache.mkdir("xla")))
    jax.config.update("jax_persistent_cache_min_compile_time_secs", 0)
    jax.config.update("jax_persistent_cache_min_entry_size_bytes", -1)


@pytest.fixture(autouse=True)
def seeded():
    """Each test draws the same seeds, whatever ran before it."""
    utils.set_random_seed(1234)
    yield
    utils.set_random_seed(None)
