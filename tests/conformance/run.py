"""Runs Keras's own tests against the package.

    python tests/conformance/run.py                            # the tests of all layers, about 10 minutes
    python tests/conformance/run.py --sample                   # a few hundred of them, about a minute
    python tests/conformance/run.py keras/src/losses -k Huber
    python tests/conformance/run.py keras/src/ops              # those of ops, about 20 minutes

The wheel of Keras, in which its tests are, is fetched by pip into `.conformance/`. Nothing of it is imported but tests
and their helpers. `known.toml` lists by pattern what does not pass, with the reason; anything else that fails ends the
run with an error. What passes is counted by folder; tests of Keras's inside and of other packages are left out.
"""

import argparse
import collections
import fnmatch
import importlib.util
import os
import pathlib
import subprocess
import sys
import tomllib
import types

import pytest

os.environ.setdefault("JAX_PLATFORMS", "cpu")
HERE = pathlib.Path(__file__).parent
HOME = HERE.parents[1] / ".conformance"
VERSION = "3.15.1"
SAMPLE = """
layer_test.py activations/relu_test.py attention/attention_test.py convolutional/depthwise_conv_test.py
core/input_layer_test.py core/wrapper_test.py merging/merging_test.py normalization/layer_normalization_test.py
pooling/max_pooling_test.py preprocessing/discretization_test.py preprocessing/image_preprocessing/center_crop_test.py
regularization/dropout_test.py reshaping/cropping1d_test.py rnn/bidirectional_test.py
"""
PACKAGES = ("tensorflow", "grain", "onnxruntime", "torch", "torchvision", "PIL", "pandas", "jax2onnx")


def wheel():
    """The folder of the unpacked wheel, and of the one other package that the tests need."""
    folder = HOME / f"keras-{VERSION}"
    if not folder.exists():
        wheels = ["--no-deps", "--no-compile", "--target", str(folder), f"keras=={VERSION}", "absl-py"]
        subprocess.run([sys.executable, "-m", "pip", "install", "-q", *wheels], check=True)
    return folder


class Results:
    """What became of each test."""

    def __init__(self):
        self.outcome, self.why = {}, {}

    def pytest_configure(self, config):
        for marker in ("requires_trainable_backend", "multi_device"):
            config.addinivalue_line("markers", marker)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item):
        """Let configs name the classes of the test's own file, which Keras finds by importing it."""
        from laminax.saving import custom_object_scope

        own = {name: kind for name, kind in vars(item.module).items() if isinstance(kind, type)}
        with custom_object_scope({name: kind for name, kind in own.items() if kind.__module__ == item.module.__name__}):
            return (yield)

    def pytest_runtest_logreport(self, report):
        if report.when == "call" or report.outcome != "passed":
            self.outcome[report.nodeid] = report.outcome
            self.why[report.nodeid] = str(report.longrepr)

    def pytest_collectreport(self, report):
        if report.failed:
            self.outcome[report.nodeid], self.why[report.nodeid] = "failed", str(report.longrepr)

    def misses(self):
        """Tests that failed, or needed a name that the package does not have."""
        return [
            test
            for test, outcome in self.outcome.items()
            if outcome == "failed" or (outcome == "skipped" and "missing: keras" in self.why[test])
        ]


def reasons():
    """`{pattern: reason}`."""
    known = tomllib.loads((HERE / "known.toml").read_text())
    return {pattern: reason for reason, patterns in known.items() for pattern in patterns}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sample", action="store_true", help="run a few files alone")
    own, rest = parser.parse_known_args()
    folder = wheel()
    sys.path[:0] = [str(HERE), str(folder)]
    import shim

    helper = types.ModuleType("conftest")  # some tests import it from Keras's repository
    helper.skip_if_backend = lambda backend, reason: pytest.mark.skipif(backend == "jax", reason=reason)
    sys.modules["conftest"] = helper
    shim.install(folder)
    if importlib.util.find_spec("scipy"):
        importlib.import_module("scipy.signal")  # it looks at what is imported, and takes a stand-in for the package
    sys.modules.update({name: shim.absent(name) for name in PACKAGES})
    os.chdir(folder)
    if not any(argument.startswith("keras/") for argument in rest):
        files = [f"keras/src/layers/{path}" for path in SAMPLE.split()] if own.sample else ["keras/src/layers"]
        rest = [*files, *rest]
    results = Results()
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
