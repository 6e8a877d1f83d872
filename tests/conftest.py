"""Settings of the whole suite: one platform, no silent promotion of types, the same seeds at each run."""

import gc
import importlib.metadata
import itertools
import os

os.environ.setdefault("JAX_PLATFORMS", "cpu")
if importlib.metadata.version("jaxlib").startswith("0.10.") and "XLA_FLAGS" not in os.environ:
    # Most of the suite's time is that of compiling small programs, and XLA's older way to emit code for a CPU takes two
    # thirds of it. `test_compiler.py` runs what is promised to the bit once more as users compile it.
    os.environ["XLA_FLAGS"] = "--xla_cpu_use_fusion_emitters=false"

import jax
import pytest

from laminax import utils

jax.config.update("jax_numpy_dtype_promotion", "strict")

NUMBERS_ALONE = (
    *("test_contract_", "test_golden_", "test_images_", "test_ops_", "test_attention", "test_merging"),
    "test_export_onnx",
)


def pytest_configure(config):
    """What one test has compiled, others and later runs take from a folder: most programs here come many times."""
    jax.config.update("jax_compilation_cache_dir", str(config.cache.mkdir("xla")))
    jax.config.update("jax_persistent_cache_min_compile_time_secs", 0)
    jax.config.update("jax_persistent_cache_min_entry_size_bytes", -1)


def pytest_make_parametrize_id(config, val, argname):
    """An archive is no name of a test: it holds the time at which it was made, another in each process."""
    if isinstance(val, bytes) and not val.decode("latin-1").isprintable():
        raise TypeError(f"{argname}: parametrize over what makes these bytes, or give `ids`: {val[:40]!r}")


@pytest.fixture(autouse=True)
def seeded():
    """Each test draws the same seeds, whatever ran before it."""
    utils.set_random_seed(1234)
    yield
    utils.set_random_seed(None)


_tests = itertools.count(1)
gc.set_threshold(20_000)  # JAX makes many objects, few of them in cycles


@pytest.fixture(autouse=True)
def little_to_look_through():
    """What JAX keeps of thousands of programs, the collector would look through again and again: now and then, what is
    alive is taken out of its sight.
    """
    yield
    if next(_tests) % 100 == 0:
        gc.collect()
        gc.freeze()


@pytest.fixture(autouse=True)
def quickly_compiled(request):
    """Programs that are run once for their numbers are compiled without the slow optimizations."""
    quick = request.module.__name__.split(".")[-1].startswith(NUMBERS_ALONE)
    jax.config.update("jax_disable_most_optimizations", quick)
    yield
    jax.config.update("jax_disable_most_optimizations", False)
