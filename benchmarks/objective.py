"""What the checks of an objective cost: all of a large array once, and a look at each step of the reference workloads
and of a small convolution.

python -m benchmarks.objective --only lstm,convnet
"""

import argparse
import statistics
import time
from collections.abc import Callable
from typing import Any

import numpy as np

import laminax as lx
from laminax import layers
from laminax.objective.check import Output, Split, about_batch, about_numbers, about_run
from laminax.objective.heads import Head

from .peers import LAMINAX
from .peers.interface import Peer
from .workloads import WORKLOADS

ROWS, COLUMNS = 1_000_000, 100
Program = tuple[Callable[[str], Any], Any, Any, int]  # makes the model by the rule; inputs, targets, batch size


def main() -> None:
    made = argparse.ArgumentParser(prog="python -m benchmarks.objective", description=__doc__)
    made.add_argument("--rounds", type=int, default=9, help="how often a model is trained with the look and without")
    made.add_argument("--only", type=lambda text: text.split(","), default=list(WORKLOADS), help="some, with commas")
    options = made.parse_args()
    if unknown := [name for name in options.only if name not in WORKLOADS]:
        made.error(f"--only: {', '.join(unknown)} is none of {', '.join(WORKLOADS)}")
    took = statistics.median(checks() for _ in range(options.rounds))
    print(f"checks of {ROWS} x {COLUMNS}, ms: {took * 1e3:.1f}, by an epoch in batches of 32: {took / epoch():.4f}")
    print("A step with the look at it, by one without:")
    found = [told(name, workload(name), options.rounds) for name in options.only]
    print(f"{'mean':20} {statistics.geometric_mean(found):.3f}")
    told("a small convolution", small_convolution(), options.rounds)


def told(name: str, program: Program, rounds: int) -> float:
    """The ratio for a program, which is printed."""
    found, step = ratio(*program, rounds)
    print(f"{name:20} {found:.3f}   ({step * 1e3:.3g} ms a step)", flush=True)
    return found


def checks() -> float:
    """The seconds that all the checks of a run take."""
    if not _DATA:
        rng = np.random.default_rng(0)
        _DATA.extend((rng.random((ROWS, COLUMNS), "float32"), rng.integers(0, 10, ROWS).astype("int32")))
    x, y = _DATA
    outputs = [Output(lx.losses.SparseCategoricalCrossentropy(), Head((32, 10), np.dtype("float32"), "softmax"))]
    began = time.perf_counter()
    found = [*about_batch(outputs, Split(x, [y]), None, {}), *about_run(outputs, Split(x, [y]), Split(x, [y]), 0.2)]
    found += about_numbers(x, lambda row: False)
    elapsed = time.perf_counter() - began
    assert not found
    return elapsed


def epoch() -> float:
    """The seconds of an epoch of a small network on the same data."""
    x, y = _DATA
    inner = layers.Dense(64, "relu"), layers.Dense(10, activation="softmax")
    model = lx.Sequential([lx.Input((COLUMNS,)), *inner])
    model.compile("adam", "sparse_categorical_crossentropy")
    model.fit(x[: ROWS // 50], y[: ROWS // 50], verbose=0)
    model.fit(x, y, verbose=0)
    began = time.perf_counter()
    model.fit(x, y, verbose=0)
    return time.perf_counter() - began


_DATA: list[Any] = []


def workload(name: str) -> Program:
    """A reference workload."""
    of = WORKLOADS[name]
    return lambda rule: Peer(LAMINAX, of, on_nonfinite=rule).model, *of.data(of.steps), of.batch


def small_convolution() -> Program:
    """What suffers most: in a step of a millisecond each operation more is felt."""

    def make(rule: str) -> Any:
        inner = layers.Conv2D(16, 3, activation="relu"), layers.MaxPooling2D(), layers.Flatten()
        model = lx.Sequential([lx.Input((28, 28, 1)), *inner, layers.Dense(10, activation="softmax")])
        model.compile("adam", "sparse_categorical_crossentropy", on_nonfinite=rule)
        return model

    rng = np.random.default_rng(0)
    return make, rng.normal(size=(2048, 28, 28, 1)).astype("float32"), rng.integers(0, 10, 2048), 64


def ratio(make: Callable[[str], Any], x: Any, y: Any, size: int, rounds: int) -> tuple[float, float]:
    """The median over rounds of the time of epochs after the first by that of those where nothing is looked at.

    Also the seconds of a step of the latter.
    """
    models = {rule: make(rule) for rule in ("ignore", "raise")}
    times: dict[str, list[float]] = {rule: [] for rule in models}
    for _ in range(rounds + 1):
        for rule, model in models.items():
            ends: list[float] = []
            seen = lx.callbacks.LambdaCallback(on_epoch_end=lambda *_, ends=ends: ends.append(time.perf_counter()))
            model.fit(x, y, batch_size=size, epochs=4, verbose=0, callbacks=[seen])
            times[rule].append((ends[-1] - ends[0]) / (len(ends) - 1) / (len(x) / size))
    pairs = list(zip(times["raise"], times["ignore"]))[1:]  # the first ones hold what is done only once
    return statistics.median(a / b for a, b in pairs), statistics.median(b for _, b in pairs)


if __name__ == "__main__":
    main()
