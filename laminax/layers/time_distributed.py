"""A layer applied to each step of sequences."""

from typing import Any

import jax
import jax.numpy as jnp

from .._core import context, graph, pure
from .._core.errors import shape_text
from .._core.holder import SeedState, partition
from .._core.variable import read, scratch, write
from .layer import Array
from .symbolic import placeholders
from .wrapper import Wrapper

__all__ = ["TimeDistributed"]


class TimeDistributed(Wrapper):
    """A layer, applied to each step alone: `outputs[:, t] = layer(inputs[:, t])`.

    Input `(batch, steps, ...)`, or a tree of such. The layer gets `(batch, ...)`, and `mask[:, t]` if it takes a mask.
    Where no layer inside mixes the rows of a batch, all steps are one batch; else they run one after another, so that
    each step of a `BatchNormalization` in training has statistics of its own.

    Args:
        layer: the layer inside.
    """

    supports_masking = True

    def build(self, input_shape: Any = None) -> None:
        inputs = placeholders(input_shape)
        if any(x.ndim < 3 for x in jax.tree.leaves(inputs)):
            raise ValueError(
                f"Layer {self.name!r} (TimeDistributed) expects an input (batch, steps, ...) of at least 3 axes; "
                f"got the shape {shape_text(input_shape)}."
            )
        super().build(jax.tree.map(lambda x: (x.shape[0], *x.shape[2:]), inputs))

    def call(self, inputs: Any, training: bool = False, mask: Any = None) -> Any:
        self._check_mask(mask, jax.tree.leaves(inputs)[0].shape)
        given = inputs, mask if self.layer.takes_mask else None
        run = self._as_one_batch if self._rows_are_apart(given, training) else self._step_by_step
        return run(given, training)

    def _check_mask(self, mask: Any, shape: Any) -> None:
        if mask is None:
            return
        known = [(a, b) for a, b in zip(mask.shape, shape[:2]) if isinstance(a, int) and isinstance(b, int)]
        if mask.ndim < 2 or any(a != b for a, b in known):
            raise ValueError(
                f"The `mask` passed to the `TimeDistributed` layer has a shape {tuple(mask.shape)}; it must begin with "
                f"(batch, steps), here {shape_text(graph.free_shape(shape[:2]))}."
            )

    def _rows_are_apart(self, given: Any, training: bool) -> bool:
        """Whether all steps can be one batch: no state is kept inside, and all of it is known to treat rows alone."""
        keeps = any(v.rank and not isinstance(v, SeedState) for v in self.layer.variables)
        if any(getattr(layer, "stateful", False) for layer in self.layer._flatten_layers()) or (training and keeps):
            return False
        with context.call(training) as frame, scratch():
            jax.eval_shape(lambda given: self._apply(jax.tree.map(_fold, given), training), given)
        return not frame.rows_lost

    def _apply(self, given: Any, training: bool) -> Any:
        inputs, mask = given
        return self.layer(inputs, training=training, **({} if mask is None else {"mask": mask}))

    def _as_one_batch(self, given: Any, training: bool) -> Any:
        outer, shape = context.current(), jax.tree.leaves(given)[0].shape[:2]
        assert outer is not None  # the frame of this call
        rows = None if outer.rows is None else jnp.repeat(outer.rows, shape[1])
        with context.call(training, rows) as frame:
            outputs = self._apply(jax.tree.map(_fold, given), training)
        outer.losses.extend(frame.losses)
        return jax.tree.map(lambda y: y.reshape(*shape, *y.shape[1:]), outputs)

    def _step_by_step(self, given: Any, training: bool) -> Any:
        outer, cells = context.current(), partition(self.layer)[1]
        assert outer is not None

        def step(extras: Any, given: Any) -> Any:
            with pure.running(cells, extras, training, outer.rows) as frame:
                outputs = self._apply(given, training)
                return read(cells), (outputs, frame.losses)

        extras, (outputs, losses) = jax.lax.scan(step, read(cells), jax.tree.map(_swap, given))
        write(cells, extras)
        outer.losses.extend(jnp.sum(loss) for loss in losses)
        return jax.tree.map(_swap, outputs)

    def compute_mask(self, inputs: Any, previous_mask: Any = None) -> Any:
        if previous_mask is None or previous_mask.ndim == 2:
            return previous_mask
        inside = self.layer.compute_mask(jax.tree.map(_fold, inputs), _fold(previous_mask))
        if inside is None:  # a step is real if any part of it is
            return jnp.any(previous_mask, tuple(range(2, previous_mask.ndim)))
        return inside.reshape(*previous_mask.shape[:2], *inside.shape[1:])


def _fold(x: Array) -> Array:
    """`(batch, steps, ...)` as `(batch * steps, ...)`."""
    return x.reshape(x.shape[0] * x.shape[1], *x.shape[2:])


def _swap(x: Array) -> Array:
    return jnp.swapaxes(x, 0, 1)
