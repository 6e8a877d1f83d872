"""What a step of CTC costs, next to PyTorch and optax: `python -m benchmarks.ctc`.

The loss and its gradient with regard to the logits, log-softmax included, of random rows that use all frames and
labels. Each is a process of its own, in turn, so that no library's threads are in the way of another's. A number is the
least time of some calls, which other processes disturb least; a ratio is taken within a round, and the median over the
rounds is shown. `--read`: greedy and beam search of laminax, which have no counterpart.
"""

import argparse
import functools
import json
import statistics
import subprocess
import sys
import time

import numpy as np

from . import machine

SHAPES = [(32, 100, 30, 80), (16, 500, 100, 5000)]  # batch, frames, labels, classes


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=3.0, help="how long to call each in a round")
    parser.add_argument(
        "--give-memory-back", action="store_true", help="let malloc give back what is freed, as it does"
    )
    parser.add_argument("--read", action="store_true", help="time the reading of outputs")
    parser.add_argument("--one", nargs=2, help="a peer and the number of a shape: what a process of its own is told")
    options = parser.parse_args()
    if options.one:
        print(json.dumps(measure(options, options.one[0], SHAPES[int(options.one[1])])))
    elif options.read:
        print(reading())
    else:
        for i, shape in enumerate(SHAPES):
            print(table(shape, [round_of(options, i) for _ in range(options.rounds)]), flush=True)


def round_of(options, number):
    """`{peer: milliseconds a step}`, laminax first; a peer that is not installed is absent."""
    found = {}
    for peer in PEERS:
        command = [
            sys.executable,
            "-m",
            "benchmarks.ctc",
            "--one",
            peer,
            str(number),
            "--seconds",
            str(options.seconds),
        ]
        command += ["--give-memory-back"] * options.give_memory_back
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        found.update(json.loads(done.stdout.splitlines()[-1]))
    return found


def table(shape, rounds):
    """A line for each peer."""
    batch, frames, labels, classes = shape
    lines = [f"{batch} rows, {frames} frames, {labels} labels, {classes} classes"]
    for peer in rounds[0]:
        times = [found[peer] for found in rounds]
        ratio = statistics.median(found[peer] / found["laminax"] for found in rounds)
        lines.append(
            f"  {peer:10}{statistics.median(times):10.2f} ms  {ratio:6.2f} x laminax   (least {min(times):.2f} ms)"
        )
    return "\n".join(lines)


def measure(options, peer, shape):
    """The least time of a call."""
    if not options.give_memory_back:
        machine.keep_memory()
    try:
        step = PEERS[peer](*rows(shape))
    except ImportError:
        return {}
    step()
    least, end = float("inf"), time.perf_counter() + options.seconds
    while time.perf_counter() < end:
        began = time.perf_counter()
        step()
        least = min(least, time.perf_counter() - began)
    return {peer: least * 1e3}


def rows(shape):
    """Logits and labels."""
    batch, frames, labels, classes = shape
    rng = np.random.default_rng(0)
    return rng.standard_normal((batch, frames, classes), "float32"), rng.integers(1, classes, (batch, labels), "int32")


def compiled(function, logits):
    """A call of the value and the gradient that waits for them."""
    import jax

    step, logits = jax.jit(jax.value_and_grad(function)), jax.device_put(logits)
    return lambda: jax.block_until_ready(step(logits))


def laminax(logits, labels):
    """As an ordinary loss."""
    from laminax.losses import CTC

    return compiled(functools.partial(CTC(), labels), logits)


def optax(logits, labels):
    """`optax.ctc_loss`."""
    import jax.numpy as jnp
    import optax

    none = jnp.zeros(logits.shape[:2]), jnp.zeros(labels.shape)
    return compiled(lambda x: optax.ctc_loss(x, none[0], labels, none[1]).mean(), logits)


def torch(logits, labels, threads=None):
    """`torch.nn.functional.ctc_loss`, eager, on its own threads or on one: they wait for one another actively."""
    import torch

    torch.set_num_threads(threads or torch.get_num_threads())
    x, y = torch.tensor(logits, requires_grad=True), torch.tensor(labels, dtype=torch.long)
    frames, lengths = torch.full((len(x),), x.shape[1]), torch.full((len(y),), y.shape[1])

    def step():
        x.grad = None
        log_p = torch.log_softmax(x, -1).transpose(0, 1)
        torch.nn.functional.ctc_loss(log_p, y, frames, lengths, reduction="sum").div(len(x)).backward()

    return step


PEERS = {"laminax": laminax, "torch": torch, "torch, 1": functools.partial(torch, threads=1), "optax": optax}


def reading():
    """Milliseconds to read a batch."""
    import jax

    from laminax import decoding

    lines = []
    for batch, frames, labels, classes in SHAPES:
        outputs = rows((batch, frames, labels, classes))[0] * 3
        outputs = jax.device_put(outputs)
        ways = {"greedy": decoding.greedy} | {
            f"beam {width}": functools.partial(decoding.beam_search, beam_width=width) for width in (10, 100)
        }
        for name, way in ways.items():
            way(outputs)
            began = time.perf_counter()
            way(outputs)
            spent = (time.perf_counter() - began) * 1e3
            lines.append(f"{batch} rows, {frames} frames, {classes} classes  {name:10}{spent:10.1f} ms")
    return "\n".join(lines)


if __name__ == "__main__":
    main()
