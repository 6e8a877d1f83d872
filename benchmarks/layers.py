"""What single layers cost: `python -m benchmarks.layers [--trace] [--torch]`.

`--trace`: how long JAX takes to trace each layer once, forward and in training, on the samples of the contract tests:
what a layer adds to the time before the first step. `--torch`: forward and backward pass of layers at usual sizes,
compiled, next to their counterparts in PyTorch, in turn in one process, whose memory is kept as in `fit`. Without
either: both, the second where PyTorch is installed.
"""

import argparse
import importlib.util
import pathlib
import statistics
import sys
import time
from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

import laminax as lx
from laminax._core import machine as processor

from . import machine

SPIN_S = 0.05  # after which threads that have nothing to do sleep
WARM_S = 0.03
TOGETHER = 5  # steps, for the last of which is waited: in a training loop nobody waits for each
TESTS = pathlib.Path(__file__).parents[1] / "tests"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--trace", action="store_true")
    parser.add_argument("--torch", action="store_true")
    parser.add_argument("--rounds", type=int, default=15, help="how often each pair runs, in turn")
    options = parser.parse_args()
    both = not (options.trace or options.torch)
    if options.trace or both:
        print(trace_table())
    if options.torch or (both and importlib.util.find_spec("torch")):
        print(torch_table(options.rounds))


# Tracing.


def trace_table() -> str:
    """Milliseconds for each public layer, the slowest first."""
    times = sorted(((trace_time(sample), sample.cls.__name__) for sample in first_samples()), reverse=True)
    lines = [f"{name:45}{1000 * seconds:8.1f} ms" for seconds, name in times]
    over = sum(seconds > 0.05 for seconds, _ in times)
    return "\n".join([*lines, f"{len(times)} layers, {over} of them above 50 ms"])


def first_samples() -> list[Any]:
    """The first sample of each class in the contract tests."""
    sys.path.insert(0, str(TESTS))
    from samples import LAYERS  # type: ignore[import-not-found]

    return list({sample.cls: sample for sample in reversed(LAYERS)}.values())


def trace_time(sample: Any) -> float:
    """Seconds to trace the pure call of a built layer, in training."""
    layer = sample.make()
    inputs = jax.tree.map(lambda x: jnp.asarray(x, "float32" if x.dtype == "float64" else None), sample.inputs)
    layer(*inputs)
    params, extras = layer.state()
    start = time.perf_counter()
    jax.make_jaxpr(lambda p, e, x: layer.stateless_call(p, e, *x, training=True))(params, extras, inputs)
    return time.perf_counter() - start


# Next to PyTorch.


def torch_table(rounds: int) -> str:
    """Milliseconds of a forward and backward pass in both, and the ratio."""
    machine.keep_memory()
    lines = [f"{'':28}{'laminax':>12}{'PyTorch':>12}{'ratio':>8}"]
    for name, (shape, make, make_theirs) in pairs().items():
        ours, theirs = in_turn(laminax_steps(make, shape), torch_steps(make_theirs, shape), rounds)
        lines.append(f"{name:28}{1000 * ours:9.2f} ms{1000 * theirs:9.2f} ms{ours / theirs:8.2f}")
    return "\n".join(lines)


def pairs() -> dict[str, tuple[tuple[int, ...], Callable[[], Any], Callable[[Any], Any]]]:
    """The shape of the input, channels last; the layer; its counterpart, made from `torch.nn`."""
    L = lx.layers
    return {
        "Dense 512 -> 512": ((64, 512), lambda: L.Dense(512), lambda nn: nn.Linear(512, 512)),
        "Conv1D": ((32, 100, 64), lambda: L.Conv1D(64, 5), lambda nn: nn.Conv1d(64, 64, 5)),
        "Conv2D": ((32, 28, 28, 32), lambda: L.Conv2D(32, 3), lambda nn: nn.Conv2d(32, 32, 3)),
        "Conv2D, strides": ((32, 28, 28, 32), lambda: L.Conv2D(64, 3, 2), lambda nn: nn.Conv2d(32, 64, 3, 2)),
        "Conv3D": ((4, 16, 16, 16, 8), lambda: L.Conv3D(8, 3), lambda nn: nn.Conv3d(8, 8, 3)),
        "Conv2DTranspose": (
            (16, 14, 14, 32),
            lambda: L.Conv2DTranspose(32, 3, 2),
            lambda nn: nn.ConvTranspose2d(32, 32, 3, 2),
        ),
        "DepthwiseConv2D": (
            (32, 28, 28, 32),
            lambda: L.DepthwiseConv2D(3),
            lambda nn: nn.Conv2d(32, 32, 3, groups=32),
        ),
        "MaxPooling2D": ((32, 28, 28, 32), lambda: L.MaxPooling2D(), lambda nn: nn.MaxPool2d(2)),
        "AveragePooling2D": ((32, 28, 28, 32), lambda: L.AveragePooling2D(), lambda nn: nn.AvgPool2d(2)),
        "BatchNormalization": ((64, 14, 14, 32), lambda: L.BatchNormalization(), lambda nn: nn.BatchNorm2d(32)),
        "LayerNormalization": ((32, 100, 128), lambda: L.LayerNormalization(), lambda nn: nn.LayerNorm(128)),
        "GroupNormalization": ((32, 14, 14, 32), lambda: L.GroupNormalization(8), lambda nn: nn.GroupNorm(8, 32)),
        "SimpleRNN": (
            (32, 100, 64),
            lambda: L.SimpleRNN(128, return_sequences=True),
            lambda nn: nn.RNN(64, 128, batch_first=True),
        ),
        "LSTM": (
            (32, 100, 64),
            lambda: L.LSTM(128, return_sequences=True),
            lambda nn: nn.LSTM(64, 128, batch_first=True),
        ),
        "GRU": (
            (32, 100, 64),
            lambda: L.GRU(128, return_sequences=True),
            lambda nn: nn.GRU(64, 128, batch_first=True),
        ),
        "MultiHeadAttention": (
            (8, 128, 256),
            lambda: Itself(L.MultiHeadAttention(4, 64)),
            lambda nn: nn.MultiheadAttention(256, 4, batch_first=True),
        ),
    }


class Itself(lx.Layer):
    """Attention of a sequence to itself."""

    def __init__(self, attention: lx.Layer) -> None:
        super().__init__()
        self.attention = attention

    def call(self, x: Any) -> Any:
        return self.attention(x, x)


def laminax_steps(make: Callable[[], Any], shape: tuple[int, ...]) -> Callable[[], None]:
    """Compiled forward and backward passes in training, from a gradient of the outputs that is no constant."""
    layer, x = make(), jnp.asarray(data(shape))
    above = jnp.asarray(data(layer(x).shape))
    params, extras = layer.state()

    @processor.jit
    def slope(params: Any, x: Any, above: Any) -> Any:
        outputs, back = jax.vjp(lambda p, x: layer.stateless_call(p, extras, x, training=True)[0], params, x)
        return outputs, back(above)

    return together(lambda: slope(params, x, above))


def together(step: Callable[[], Any]) -> Callable[[], None]:
    """Some steps of JAX, for the last of which is waited."""

    def steps() -> None:
        for _ in range(TOGETHER):
            found = step()
        jax.block_until_ready(found)

    return steps


def torch_steps(make: Callable[[Any], Any], shape: tuple[int, ...]) -> Callable[[], None]:
    """The same in PyTorch, whose convolutions and pooling have the channels first."""
    import torch  # type: ignore[import-not-found]

    layer = make(torch.nn)
    space = "Conv" in type(layer).__name__ or "Pool" in type(layer).__name__ or "Norm2d" in type(layer).__name__
    array = np.moveaxis(data(shape), -1, 1) if space or "Group" in type(layer).__name__ else data(shape)
    x = torch.tensor(np.ascontiguousarray(array), requires_grad=True)
    several = isinstance(layer, torch.nn.MultiheadAttention)

    def forward() -> Any:
        outputs = layer(x, x, x, need_weights=False) if several else layer(x)
        return outputs[0] if isinstance(outputs, tuple) else outputs

    above = torch.tensor(data(forward().shape))

    def steps() -> None:
        for _ in range(TOGETHER):
            layer.zero_grad(set_to_none=True)
            x.grad = None
            forward().backward(above)

    return steps


def data(shape: tuple[int, ...]) -> Any:
    return np.random.default_rng(0).normal(size=shape).astype("float32")


def in_turn(ours: Callable[[], None], theirs: Callable[[], None], rounds: int) -> tuple[float, float]:
    """Median seconds of a step of both, many steps of each in turn, as a training loop has them.

    Threads of OpenMP wait by spinning, and would take a processor from whoever comes next: they are given time to stop.
    Then all threads sleep, and the first steps, which wake them, are not counted.
    """
    times: tuple[list[float], list[float]] = ([], [])
    for _ in range(rounds):
        for steps, found in zip((ours, theirs), times):
            time.sleep(SPIN_S)
            timed(steps, WARM_S)
            found.extend(timed(steps, 2 * WARM_S))
    return statistics.median(times[0]), statistics.median(times[1])


def timed(steps: Callable[[], None], seconds: float) -> list[float]:
    """The seconds of a step, so often as fills a time."""
    found: list[float] = []
    while len(found) < 2 or sum(found) * TOGETHER < seconds:
        start = time.perf_counter()
        steps()
        found.append((time.perf_counter() - start) / TOGETHER)
    return found


if __name__ == "__main__":
    main()
