"""What the checks of an objective cost: all of a large array once, and a look at each step.

python -m benchmarks.objective
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

ROWS, COLUMNS = 1_000_000, 100


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=15)
    rounds = parser.parse_args().rounds
    took = statistics.median(checks() for _ in range(rounds))
    print(f"checks of {ROWS} x {COLUMNS}, ms: {took * 1e3:.1f}, by an epoch in batches of 32: {took / epoch():.4f}")
    for name, (make, x, y, size) in programs().items():
        print(f"{name:30} a step with the look at it, by one without: {ratio(make, x, y, size, rounds):.3f}")


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


def programs() -> dict[str, tuple[Callable[[], Any], Any, Any, int]]:
    """Models with their data and batch sizes."""
    rng = np.random.default_rng(0)

    def dense(units: int) -> Callable[[], Any]:
        return lambda: lx.Sequential(
            [lx.Input((784,)), layers.Dense(units, "relu"), layers.Dense(10, activation="softmax")]
        )

    def convolutions() -> Any:
        inner = layers.Conv2D(16, 3, activation="relu"), layers.MaxPooling2D(), layers.Flatten()
        return lx.Sequential([lx.Input((28, 28, 1)), *inner, layers.Dense(10, activation="softmax")])

    def table() -> Any:
        inner = layers.Embedding(20_000, 32), layers.GlobalAveragePooling1D()
        return lx.Sequential([lx.Input((100,), dtype="int32"), *inner, layers.Dense(10, activation="softmax")])

    rows, images = rng.normal(size=(20_000, 784)).astype("float32"), rng.normal(size=(2000, 28, 28, 1))
    labels = rng.integers(0, 10, len(rows))
    return {
        "dense, 784-32-10": (dense(32), rows, labels, 64),
        "dense, 784-512-10": (dense(512), rows[:8000], labels[:8000], 128),
        "embedding, 20000 x 32": (table, rng.integers(0, 20_000, (3200, 100)).astype("int32"), labels[:3200], 64),
        "convolutions": (convolutions, images.astype("float32"), labels[:2000], 64),
    }


def ratio(make: Callable[[], Any], x: Any, y: Any, size: int, rounds: int) -> float:
    """The median over rounds of the time of an epoch after the first by that of one where nothing is looked at."""
    models = {}
    for rule in ("ignore", "raise"):
        models[rule] = make()
        models[rule].compile("adam", "sparse_categorical_crossentropy", on_nonfinite=rule)
        models[rule].fit(x, y, batch_size=size, epochs=2, verbose=0)
    times: dict[str, list[float]] = {rule: [] for rule in models}
    for _ in range(rounds):
        for rule, model in models.items():
            ends: list[float] = []
            seen = lx.callbacks.LambdaCallback(on_epoch_end=lambda *_, ends=ends: ends.append(time.perf_counter()))
            model.fit(x, y, batch_size=size, epochs=4, verbose=0, callbacks=[seen])
            times[rule].append(ends[-1] - ends[0])
    pairs = zip(times["raise"], times["ignore"])
    return statistics.median(with_look / without for with_look, without in pairs)


if __name__ == "__main__":
    main()
