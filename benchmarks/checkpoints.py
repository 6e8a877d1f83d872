"""What checkpoints cost: `python -m benchmarks.checkpoints`.

A network whose weights and optimizer take some 200 MB is trained; after every other epoch a checkpoint is begun, and
written beside the next steps. Told are how long `fit` stands still for one, how much longer an epoch takes in all, and
what share of the time of `fit` that is at one a minute.
"""

import argparse
import json
import statistics
import tempfile
import time
from typing import Any

import numpy as np

MINUTE = 60.0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--units", type=int, default=4096, help="the width of two hidden layers; memory is its square")
    parser.add_argument("--steps", type=int, default=20, help="steps of an epoch: a checkpoint must be written in one")
    parser.add_argument("--rounds", type=int, default=9, help="pairs of epochs, one without a checkpoint, one with")
    print(json.dumps(measure(parser.parse_args())))


def measure(options: argparse.Namespace) -> dict[str, Any]:
    """Megabytes, and seconds of one checkpoint."""
    import laminax as lx
    from laminax.training.keeping import Kept

    still: list[float] = []

    class Timed(Kept):
        """Begins a checkpoint at every other epoch, and tells how long that takes."""

        epochs = 0

        def passed(self, epoch: int, validated: bool) -> None:
            self.writer.wait()
            ends.append((time.perf_counter(), time.process_time()))
            self.epochs += 1
            self.settings.save_freq = False if self.epochs % 2 else "epoch"
            began = time.perf_counter()
            super().passed(epoch, validated)
            if self.settings.save_freq:
                still.append(time.perf_counter() - began)

    ends: list[tuple[float, float]] = []
    model = network(lx, options.units)
    x, y = data(options)
    with tempfile.TemporaryDirectory() as folder:
        run(lx, Timed, model, x, y, options, folder)
    took = np.diff(ends, axis=0)[2:]  # the first ones hold the compilation
    pairs = len(took) // 2
    with_one, without = took[1::2][:pairs], took[0::2][:pairs]
    extra, extra_cpu = np.median(with_one - without, axis=0).tolist()
    size = sum(v.value.nbytes for v in [*model.variables, *model.optimizer.variables]) / 1e6
    return {
        "megabytes": round(size),
        "epoch_s": round(statistics.median(without[:, 0].tolist()), 3),
        "still_s": round(statistics.median(still[1:]), 4),
        "extra_s": round(extra, 3),
        "extra_cpu_s": round(extra_cpu, 3),
        "share_at_one_a_minute": round(max(extra, 0.0) / MINUTE, 5),
    }


def network(lx: Any, units: int) -> Any:
    """A network whose memory is that of `units` squared."""
    layers = [lx.layers.Dense(units, "relu"), lx.layers.Dense(units, "relu"), lx.layers.Dense(10)]
    model = lx.Sequential([lx.Input((64,)), *layers])
    model.compile(lx.optimizers.Adam(1e-4), lx.losses.SparseCategoricalCrossentropy(from_logits=True))
    return model


def data(options: argparse.Namespace) -> tuple[np.ndarray, np.ndarray]:
    """Random rows of an epoch."""
    rng = np.random.default_rng(0)
    count = 32 * options.steps
    return rng.normal(size=(count, 64)).astype("float32"), rng.integers(10, size=count)


def run(lx: Any, kept: type, model: Any, x: Any, y: Any, options: argparse.Namespace, folder: str) -> None:
    """Train, with another way to keep checkpoints."""
    from laminax.training import keeping

    before, keeping.Kept = keeping.Kept, kept  # type: ignore[misc]
    try:
        backup = lx.callbacks.BackupAndRestore(folder, keep=1)
        model.fit(x, y, epochs=2 * options.rounds + 3, verbose=0, callbacks=[backup])
    finally:
        keeping.Kept = before  # type: ignore[misc]


if __name__ == "__main__":
    main()
