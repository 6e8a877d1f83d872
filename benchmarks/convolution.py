"""Where a dot of patches is faster than XLA's own convolution: `python -m benchmarks.convolution`.

Both forms of laminax's convolution are timed over a range of shapes: forward, with the gradients of input and kernel,
and these within a loop. `MANY_NUMBERS`, `MANY_BYTES`, `PART_BYTES` and `SAMPLE_BYTES` in `laminax/ops/convolution.py`
follow from them: `--part 8` times parts of the batch whose patches take 8 MiB. `--as-xla-comes` leaves out what laminax
tells the compiler.
"""

import argparse
import functools
import os
import statistics
import time

os.environ.setdefault("JAX_PLATFORMS", "cpu")

import jax
import jax.numpy as jnp
import numpy as np

from laminax._core import machine as processor
from laminax.ops import convolution, windows

from . import machine

# batch, height, width, channels, filters, window
SHAPES = [
    (64, 28, 28, 1, 32, 3),
    (64, 13, 13, 32, 64, 3),
    (64, 5, 5, 64, 64, 3),
    (1, 224, 224, 3, 64, 3),
    (16, 32, 32, 16, 16, 3),
    (8, 14, 14, 128, 128, 3),
    (32, 24, 24, 32, 32, 3),
    (64, 14, 14, 64, 64, 3),
    (64, 24, 24, 32, 32, 3),
    (32, 32, 32, 64, 64, 3),
    (64, 14, 14, 128, 128, 3),
    (16, 56, 56, 64, 64, 3),
    (32, 28, 28, 8, 16, 5),
    (16, 64, 64, 16, 32, 5),
    (32, 32, 32, 64, 64, 1),
    (1, 28, 28, 8, 8, 3),
    (4, 14, 14, 32, 32, 3),
    (32, 28, 28, 4, 16, 3),
    (32, 28, 28, 6, 16, 3),
    (32, 64, 64, 3, 32, 5),
    (32, 64, 64, 1, 32, 7),
]
FORMS = {"direct": convolution._direct, "dot": convolution._patches_dot}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=7, help="how often the forms are timed in turn")
    parser.add_argument("--part", type=float, default=convolution.PART_BYTES / 2**20, help="MiB of patches in a part")
    parser.add_argument("--keep-memory", action="store_true", help="let malloc keep what is freed")
    parser.add_argument("--as-xla-comes", action="store_true", help="with the compiler's own choice of a library")
    options = parser.parse_args()
    if options.as_xla_comes:
        processor.compiler_options = lambda: None
    if options.keep_memory:
        machine.keep_memory()
    convolution.PART_BYTES = int(options.part * 2**20)
    print(f"Parts of {options.part:g} MiB of patches. Times in ms; in brackets: direct / dot.")
    print(f"{'input -> filters, window':30}{'patches MiB':>12}{'forward':>24}{'and backward':>24}{'in a loop':>24}")
    for shape in sorted(SHAPES, key=patch_bytes):
        cells = [compare(make(shape), options.rounds) for make in (forward, both, looped)]
        print(
            f"{describe(shape):30}{patch_bytes(shape) / 2**20:12.1f}" + "".join(f"{c:>24}" for c in cells), flush=True
        )


def patch_bytes(shape):
    """The size of all patches laid side by side, in float32."""
    batch, height, width, channels, _, window = shape
    return batch * height * width * channels * window**2 * 4


def describe(shape):
    """In words."""
    batch, height, width, channels, filters, window = shape
    return f"{batch}x{height}x{width}x{channels} -> {filters}, {window}x{window}"


def operands(shape):
    """An input, and a kernel."""
    batch, height, width, channels, filters, window = shape
    rng = np.random.default_rng(0)
    x = rng.standard_normal((batch, height, width, channels), "float32")
    kernel = rng.standard_normal((window, window, channels, filters), "float32") / window
    return jax.device_put((x, kernel))


def convolve(form, x, kernel):
    """With zeros around, so that the size stays."""
    half = kernel.shape[0] // 2
    pads = ((half, half),) * 2
    if form is convolution._direct:
        return form(x, kernel, (1, 1), (1, 1), pads)
    return form(windows.padded(x, pads), kernel, (1, 1), (1, 1))


def forward(shape):
    """`{form: a function to time}` of the output."""
    given = operands(shape)
    return {
        name: functools.partial(processor.jit(functools.partial(convolve, form)), *given)
        for name, form in FORMS.items()
    }


def both(shape):
    """Of the output and the gradients of input and kernel."""
    given = operands(shape)
    return {name: functools.partial(processor.jit(gradients(form)), *given) for name, form in FORMS.items()}


def gradients(form):
    """Of the sum of squares."""
    return jax.grad(lambda x, kernel: jnp.sum(jnp.square(convolve(form, x, kernel))), (0, 1))


def looped(shape):
    """The same within a loop, which is how steps run several at a time."""
    given = operands(shape)

    def make(form):
        def turn(_, state):
            return gradients(form)(*state)

        once = np.int32(1)  # not compiled in, so that the loop stays one
        return functools.partial(processor.jit(lambda n, *given: jax.lax.fori_loop(0, n, turn, given)), once, *given)

    return {name: make(form) for name, form in FORMS.items()}


def compare(functions, rounds):
    """The direct form's and the dot's time, and their ratio: medians of rounds in which each is timed once."""
    for function in functions.values():
        jax.block_until_ready(function())
    times = [[seconds(function) for function in functions.values()] for _ in range(rounds)]
    ratio = statistics.median(a / b for a, b in times)
    first, second = (statistics.median(column) * 1e3 for column in zip(*times))
    return f"{first:.3g} {second:.3g} ({ratio:.2f})"


def seconds(function):
    """The least of a few calls."""
    best = float("inf")
    for _ in range(3):
        began = time.perf_counter()
        jax.block_until_ready(function())
        best = min(best, time.perf_counter() - began)
    return best


if __name__ == "__main__":
    main()
