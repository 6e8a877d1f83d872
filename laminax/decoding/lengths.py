"""How many frames of each row a model's output has."""

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from .._core import context, pure
from .._core.holder import variables
from .._core.variable import read, scratch

ROWS = 1024  # looked at in one go


class FrameCounter:
    """Counts the frames that the masks of a model's outputs leave; of the model, nothing else is computed.

    Args:
        model: a model or layer.
    """

    def __init__(self, model: Callable[..., Any]) -> None:
        self.model = model
        self._counts = jax.jit(self._masked)

    def _masked(self, values: Any, x: Any) -> list[Any]:
        with scratch(), pure.running(variables(self.model), values, False):
            masks = [context.fact(y, "mask") for y in jax.tree.leaves(self.model(x))]
            return [None if m is None else jnp.sum(m.reshape(*m.shape[:2], -1).any(2), 1) for m in masks]

    def __call__(self, x: Any) -> list[Any]:
        """For each output the number of frames of each row, or `None` where all are real."""
        values, count = read(variables(self.model)), len(jax.tree.leaves(x)[0])
        starts = [min(i, max(count - ROWS, 0)) for i in range(0, max(count, 1), ROWS)]  # all parts of one shape
        parts = [self._counts(values, jax.tree.map(lambda a, i=i: a[i : i + ROWS], x)) for i in starts]
        seen = [i * ROWS - start for i, start in enumerate(starts)]
        return [None if same[0] is None else _joined(same, seen) for same in zip(*parts)]


def _joined(parts: Any, seen: list[int]) -> np.ndarray:
    """Parts of an array, each without the rows that stand in the one before."""
    return np.concatenate([np.asarray(part)[skip:] for part, skip in zip(parts, seen)])


def frame_lengths(model: Callable[..., Any], x: Any) -> np.ndarray | None:
    """The number of real frames in each row of a model's output, `(batch,)`; `None` if all are.

    A mask (of `Masking`, of `Embedding(mask_zero=True)`) goes through the layers to the output, where convolutions and
    pooling with strides have made it shorter.

    Args:
        model: a model with one output.
        x: its inputs, arrays.
    """
    x = getattr(model, "standardize_inputs", lambda x: x)(jax.tree.map(np.asarray, x))
    return FrameCounter(model)(x)[0]
