"""What the checks of an objective cost: all of a large array once, and a look at each step of the reference workloads
and of a small convolution.

python -m benchmarks.objective --only lstm,convnet
"""

import argparse
import statistics
import time
from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

import laminax as lx
from laminax import layers
from laminax.data.sources import Sample, make_source
from laminax.objective.check import Output, Split, about_batch, about_numbers, about_run
from laminax.objective.heads import Head
from laminax.training.drive import resident

from .peers import LAMINAX
from .peers.interface import Peer
from .workloads import WORKLOADS

ROWS, COLUMNS = 1_000_000, 100
LAUNCH_S = 0.05  # of steps that are timed together
Program = tuple[Callable[[str], Any], Any, Any, int]  # makes the model by the rule; inputs, targets, batch size


def main() -> None:
    made = argparse.ArgumentParser(prog="python -m benchmarks.objective", description=__doc__)
    made.add_argument("--rounds", type=int, default=80, help="how often launches of both are timed, in turn")
    made.add_argument("--only", type=lambda text: text.split(","), default=list(WORKLOADS), help="some, with commas")
    options = made.parse_args()
    if unknown := [name for name in options.only if name not in WORKLOADS]:
        made.error(f"--only: {', '.join(unknown)} is none of {', '.join(WORKLOADS)}")
    data = arrays()
    one_epoch = epoch(*data)
    took, whole = (statistics.median(some() for _ in range(7)) for some in (lambda: checks(*data), one_epoch))
    print(f"checks of {ROWS} x {COLUMNS}: {took * 1e3:.1f} ms, {took / whole:.4f} of an epoch in batches of 32")
    print("A step with the look at it, by one without:")
    found = [told(name, workload(name), options.rounds) for name in options.only]
    print(f"{'mean':20} {statistics.geometric_mean(found):.3f}")
    told("a small convolution", small_convolution(), options.rounds)


def told(name: str, program: Program, rounds: int) -> float:
    """The ratio for a program, which is printed."""
    found, step = ratio(*program, rounds)
    print(f"{name:20} {found:.3f}   ({step * 1e3:.3g} ms a step)", flush=True)
    return found


def arrays() -> tuple[Any, Any]:
    """Inputs, and one of ten classes for each row."""
    rng = np.random.default_rng(0)
    return rng.random((ROWS, COLUMNS), "float32"), rng.integers(0, 10, ROWS).astype("int32")


def checks(x: Any, y: Any) -> float:
    """The seconds that all the checks of a run take, a fifth of whose rows are for validation."""
    outputs = [Output(lx.losses.SparseCategoricalCrossentropy(), Head((32, 10), np.dtype("float32"), "softmax"))]
    train, held = Split(x, [y]), Split(x[: ROWS // 5], [y[: ROWS // 5]])
    began = time.perf_counter()
    found = [*about_batch(outputs, train, None, {}), *about_run(outputs, train, held, 0.2)]
    found += about_numbers(x, lambda row: False)
    elapsed = time.perf_counter() - began
    assert not found
    return elapsed


def epoch(x: Any, y: Any) -> Callable[[], float]:
    """Gives the seconds of an epoch of a small network on the same data."""
    inner = layers.Dense(64, "relu"), layers.Dense(10, activation="softmax")
    model = lx.Sequential([lx.Input((COLUMNS,)), *inner])
    model.compile("adam", "sparse_categorical_crossentropy")
    steps = Steps(model, x, y, 32)
    return lambda: steps.run(steps.most)


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
    """The median over rounds of the time of a launch of steps by that of as many where nothing is looked at.

    Also the seconds of a step of the latter.
    """
    looking, free = (Steps(make(rule), x, y, size) for rule in ("raise", "ignore"))
    steps = max(1, min(free.most, int(LAUNCH_S * 2 / free.run(2))))
    pairs = [(looking.run(steps), free.run(steps)) for _ in range(rounds)]
    return statistics.median(a / b for a, b in pairs), statistics.median(b for _, b in pairs) / steps


class Steps:
    """Steps of a model as `fit` drives them, over the first epoch's batches."""

    def __init__(self, model: Any, x: Any, y: Any, size: int) -> None:
        model.fit(x, y, batch_size=size, epochs=1, verbose=0)
        trainer = model._trainer
        source = make_source(Sample(x, y, None), size, encode=trainer.encode)
        source.convert(trainer.bound.batch)
        program = trainer.program("train")
        cells = trainer.cells(program, True)
        self.launch = trainer.driver("train", program, cells, source)
        self.state = jax.tree.map(jnp.copy, cells.read())
        rows = next(source.epoch(0, self.launch.pad))
        self.order, self.valid, self.most = *resident(rows), rows.last
        self.run(1)

    def run(self, steps: int) -> float:
        """The seconds of the first steps of the epoch, in one launch."""
        span = np.int32(0), np.int32(min(steps, self.most))
        began = time.perf_counter()
        self.state = jax.block_until_ready(self.launch._run(self.order, self.valid, span, {}, self.state))
        return time.perf_counter() - began


if __name__ == "__main__":
    main()
