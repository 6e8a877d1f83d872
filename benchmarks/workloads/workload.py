"""A model to train and the data it is trained on."""

import dataclasses
from collections.abc import Callable
from typing import Any

import numpy as np

Array = Any
SEED = 20
CLASSES = 10


@dataclasses.dataclass(frozen=True)
class Start:
    """Weights that start at `value`, give or take up to `spread`.

    If not `trained`, the forward pass moves them, not the gradient.
    """

    shape: tuple[int, ...]
    value: float = 0.0
    spread: float = 0.0
    trained: bool = True


def classes(rng: np.random.Generator, x: np.ndarray) -> np.ndarray:
    """An integer for each sample."""
    return rng.integers(0, CLASSES, len(x)).astype("int32")


@dataclasses.dataclass(frozen=True)
class Workload:
    """A model of random data, written once for each peer. All start from the same weights.

    Attributes:
        name, title: what it is called on the command line, and in charts.
        batch, steps: samples a batch, and batches an epoch.
        inputs: `(random generator, count) -> x`, a NumPy array.
        shapes: of the weights, in Keras's order. Matrices and kernels are uniform with the variance of Glorot, vectors
            zero, where no `Start` says otherwise.
        keras: `(the module laminax or keras) -> model`. It ends in a softmax if the loss is `"classes"`.
        torch: `(weights) -> module`, from a batch as NumPy lays it out to outputs.
        jax: `(weights, x) -> outputs`, the fastest form known; where some weights are not trained,
            `(trained, others, x) -> (outputs, others)`.
        jax_fused: whether the plain JAX program is faster with all steps of an epoch in one `scan`.
        targets: `(random generator, x) -> y`.
        loss: `"classes"`, of logits and integers; `"mse"`, of arrays alike; `"ctc"`, of logits `(batch, frames,
            classes)` and labels `(batch, labels)` from 1 on, where 0 is the blank and fills up short rows.
    """

    name: str
    title: str
    batch: int
    steps: int
    inputs: Callable[[np.random.Generator, int], np.ndarray]
    shapes: list[Any]
    keras: Callable[[Any], Any]
    torch: Callable[[list[np.ndarray]], Any]
    jax: Callable[..., Any]
    jax_fused: bool = True
    targets: Callable[[np.random.Generator, np.ndarray], np.ndarray] = classes
    loss: str = "classes"

    def data(self, steps: int) -> tuple[np.ndarray, np.ndarray]:
        """Inputs and targets for some whole batches."""
        rng = np.random.default_rng(SEED)
        x = self.inputs(rng, steps * self.batch)
        return x, self.targets(rng, x)

    def weights(self) -> list[np.ndarray]:
        """The first weights."""
        rng = np.random.default_rng(SEED + 1)
        return [_first(rng, shape) for shape in self.shapes]

    def split(self, weights: list[Array]) -> tuple[list[Array], list[Array]]:
        """The weights that the gradient moves, and the others."""
        parts: tuple[list[Array], list[Array]] = ([], [])
        for shape, weight in zip(self.shapes, weights):
            parts[isinstance(shape, Start) and not shape.trained].append(weight)
        return parts


def _first(rng: np.random.Generator, shape: Any) -> np.ndarray:
    if isinstance(shape, Start):
        start = shape
    elif len(shape) == 1:
        start = Start(shape)
    else:
        start = Start(shape, spread=np.sqrt(6 / (np.prod(shape[:-2]) * (shape[-2] + shape[-1]))))
    return (start.value + rng.uniform(-start.spread, start.spread, start.shape)).astype("float32")
