"""Runs Keras's own tests against the package.

    python tests/conformance/run.py                            # the tests of all layers, about 10 minutes
    python tests/conformance/run.py --sample                   # a few hundred of them, about a minute
    python tests/conformance/run.py keras/src/losses -k Huber
    python tests/conformance/run.py keras/src/ops              # those of ops, about 20 minutes

The wheel of Keras, in which its tests are, is fetched by pip into `.conformance/`. Nothing of it is imported but tests
and their helpers. `known.toml` lists by pattern what does not pass, with the reason; anything else that fails ends the
run with an error. What passes is counted by folder.
"""

import argparse
import collections
import contextlib
import fnmatch
import importlib.util
import os
import pathlib
import subprocess
import sys
import tomllib
import types
import zipfile

os.environ.setdefault("JAX_PLATFORMS", "cpu")
HERE = pathlib.Path(__file__).parent
HOME = HERE.parents[1] / ".conformance"
VERSION = "3.15.1"
SAMPLE = """
activations/relu_test.py convolutional/depthwise_conv_test.py core/embedding_test.py merging/merging_test.py
normalization/layer_normalization_test.py pooling/max_pooling_test.py preprocessing/discretization_test.py
preprocessing/image_preprocessing/center_crop_test.py regularization/dropout_test.py reshaping/cropping1d_test.py
rnn/lstm_test.py rnn/bidirectional_test.py attention/attention_test.py
"""
OPTIONAL = ("tensorflow", "grain", "onnxruntime", "torch", "torchvision", "PIL", "pandas", "jax2onnx")


def wheel():
    """The folder of the unpacked wheel."""
    folder = HOME / f"keras-{VERSION}"
    if not folder.exists():
        HOME.mkdir(exist_ok=True)
        pip = [sys.executable, "-m", "pip", "download", "-q", "--no-deps", "-d", str(HOME), f"keras=={VERSION}"]
        subprocess.run(pip, check=True)
        zipfile.ZipFile(next(HOME.glob(f"keras-{VERSION}-*.whl"))).extractall(folder)
    return folder


class Results:
    """What became of each test, and stand-ins for what it imports and is not here."""

    def __init__(self, shim):
        self.shim, self.outcome, self.why = shim, {}, {}

    def pytest_configure(self, config):
        for marker in ("requires_trainable_backend", "multi_device"):
            config.addinivalue_line("markers", marker)

    def pytest_runtest_logreport(self, report):
        if report.when == "call" or report.outcome != "passed":
            self.outcome[report.nodeid] = report.outcome
            self.why[report.nodeid] = str(report.longrepr)

    def pytest_collectreport(self, report):
        if report.failed:
            self.outcome[report.nodeid], self.why[report.nodeid] = "failed", str(report.longrepr)

    def misses(self):
        """Tests that failed, or needed a name that is not there."""
        return [
            test
            for test, outcome in self.outcome.items()
            if outcome == "failed" or (outcome == "skipped" and "missing: keras" in self.why[test])
        ]


def absent(shim):
    """Modules of packages that are not installed: a test that uses one is skipped."""
    with contextlib.suppress(ImportError):  # which asks, when it is imported, what other packages there are
        importlib.import_module("scipy.signal")
    for name in OPTIONAL:
        if importlib_finds(name):
            continue
        module = types.ModuleType(name)
        module.__getattr__ = lambda inner, name=name: shim.Missing(f"the package {name}")
        sys.modules[name] = module


def importlib_finds(name):
    return importlib.util.find_spec(name) is not None


def reasons():
    """`{pattern: reason}`."""
    known = tomllib.loads((HERE / "known.toml").read_text())
    return {pattern: reason for reason, patterns in known.items() for pattern in patterns}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sample", action="store_true", help="run a few files alone")
    own, rest = parser.parse_known_args()
    folder = wheel()
    sys.path.insert(0, str(HERE))
    import pytest
    import shim

    helper = types.ModuleType("conftest")  # some tests import it from Keras's repository
    helper.skip_if_backend = lambda backend, reason: pytest.mark.skipif(backend == "jax", reason=reason)
    sys.modules["conftest"] = helper
    shim.install(folder)
    absent(shim)
    os.chdir(folder)
    if not any(argument.startswith("keras/") for argument in rest):
        files = [f"keras/src/layers/{path}" for path in SAMPLE.split()] if own.sample else ["keras/src/layers"]
        rest = [*files, *rest]
    results = Results(shim)
    quiet = ["-q", "-p", "no:cacheprovider", "-W", "ignore", "--tb=no", "--continue-on-collection-errors", "-rN"]
    pytest.main([*quiet, "-c", os.devnull, f"--rootdir={folder}", *rest], plugins=[results])
    report(results)


def report(results):
    misses, known = results.misses(), reasons()
    unknown = [test for test in misses if not any(fnmatch.fnmatch(test, f"*{pattern}*") for pattern in known)]
    counted = [test for test, outcome in results.outcome.items() if outcome == "passed"] + misses
    folders = collections.Counter("/".join(test.split("::")[0].split("/")[2:-1]) for test in counted)
    missed = collections.Counter("/".join(test.split("::")[0].split("/")[2:-1]) for test in misses)
    for name, count in sorted(folders.items()):
        print(f"{name:60s} {count - missed[name]:5d} / {count:5d}")
    print(
        f"{'all':60s} {len(counted) - len(misses):5d} / {len(counted):5d}  {1 - len(misses) / max(len(counted), 1):.1%}"
    )
    for test in unknown:
        print(f"NOT KNOWN  {test}\n           {results.why[test].strip().splitlines()[-1][:200]}")
    sys.exit(bool(unknown))


if __name__ == "__main__":
    main()
