"""A model to train and the data it is trained on."""

import dataclasses
from collections.abc import Callable
from typing import Any

import numpy as np

Array = Any
SEED = 20
CLASSES = 10


@dataclasses.dataclass(frozen=True)
class Workload:
    """A classifier of random data, written once for each peer. All start from the same weights.

    Attributes:
        name: what it is called on the command line.
        batch, steps: samples a batch, and batches an epoch.
        inputs: `(random generator, count) -> x`, a NumPy array.
        shapes: of the weights, in Keras's order.
        keras: `(the module laminax or keras) -> model`, which ends in a softmax.
        torch: `(weights) -> module`, from a batch as NumPy lays it out to logits.
        jax: `(weights, x) -> logits`, the fastest form known.
        jax_fused: whether the plain JAX program is faster with all steps of an epoch in one `scan`.
    """

    name: str
    batch: int
    steps: int
    inputs: Callable[[np.random.Generator, int], np.ndarray]
    shapes: list[tuple[int, ...]]
    keras: Callable[[Any], Any]
    torch: Callable[[list[np.ndarray]], Any]
    jax: Callable[[list[Array], Array], Array]
    jax_fused: bool = True

    def data(self, steps: int) -> tuple[np.ndarray, np.ndarray]:
        """Inputs and integer classes for some whole batches."""
        rng = np.random.default_rng(SEED)
        x = self.inputs(rng, steps * self.batch)
        return x, rng.integers(0, CLASSES, len(x)).astype("int32")

    def weights(self) -> list[np.ndarray]:
        """First weights: uniform with the variance of Glorot for matrices and kernels, zero for biases."""
        rng = np.random.default_rng(SEED + 1)
        return [_glorot(rng, shape) if len(shape) > 1 else np.zeros(shape, "float32") for shape in self.shapes]


def _glorot(rng: np.random.Generator, shape: tuple[int, ...]) -> np.ndarray:
    window = int(np.prod(shape[:-2]))
    limit = np.sqrt(6 / (window * (shape[-2] + shape[-1])))
    return rng.uniform(-limit, limit, shape).astype("float32")
