"""The objective: losses of one or several outputs as one scalar."""

import copy
import math
from collections.abc import Callable
from typing import Any, NamedTuple

import jax.numpy as jnp

from .. import losses
from .._core import context
from .._core.errors import unknown
from ..layers.layer import is_builtin
from ..losses.loss import Loss, reduce
from .outputs import Outputs

Array = Any
_MEANS = ("sum_over_batch_size", "mean")


class Value(NamedTuple):
    """The loss of a batch, and how many rows' worth of values it is the mean of."""

    mean: Array
    count: Array


class Objective:
    """`mean over the outputs of weight * loss`, plus penalties; with `combine="sum"`, their sum.

    Args:
        loss: a loss, or one for each output in a list or dict; `None` for an output without.
        loss_weights: a number, or one for each output in a list or dict.
        combine: `"mean"` or `"sum"`.
        outputs: the names of the outputs.
        penalties: a function that gives further scalars, such as those of regularizers.
        weighted_mean: whether losses that are means divide by the sum of the weights.
    """

    def __init__(
        self,
        loss: Any,
        loss_weights: Any,
        combine: str,
        outputs: Outputs,
        penalties: Callable[[], list[Array]] = list,
        weighted_mean: bool = False,
    ) -> None:
        if combine not in ("mean", "sum"):
            raise unknown("combine_losses", combine, ("mean", "sum"))
        self.outputs = outputs
        found = [losses.resolve(one) for one in outputs.spread(loss, "loss", strict=True)]
        self.losses: list[Loss | None] = [_with_weighted_mean(one) if weighted_mean else one for one in found]
        self.weights = [1.0 if weight is None else weight for weight in outputs.spread(loss_weights, "loss_weights")]
        self.combine = combine
        self.penalties = penalties

    @property
    def part_names(self) -> list[str]:
        """The names under which the outputs' losses are logged, if there are several outputs."""
        named = zip(self.outputs.names, self.losses)
        return [f"{name}_loss" for name, loss in named if loss is not None] if len(self.outputs) > 1 else []

    @property
    def formula(self) -> str:
        """The total in words, for whoever asks how it is formed."""
        terms = []
        for name, loss, weight in zip(self.outputs.names, self.losses, self.weights):
            if loss is not None:
                terms.append(f"{name}_loss" if weight == 1 else f"{weight:g} * {name}_loss")
        joined = " + ".join(terms)
        return f"({joined}) / {len(terms)}" if self.combine == "mean" and len(terms) > 1 else joined

    def __call__(self, batch: Any, y_pred: Any) -> tuple[Array, dict[str, Value]]:
        """The total, and what is logged: it, and the loss of each output if there are several."""
        parts: dict[str, Value] = {}
        weighted: list[Array] = []
        targets, weights = self.outputs.targets(batch.y), self.outputs.spread(batch.weight, "sample_weight")
        given = zip(self.outputs.names, self.losses, self.weights, targets, self.outputs.leaves(y_pred), weights)
        for name, loss, factor, y_true, output, weight in given:
            if loss is not None:
                context.lose_rows(knows=_treats_rows_alone(loss))
                value = loss(y_true, output, weight)
                value = reduce(value) if jnp.ndim(value) else value
                parts[f"{name}_loss"] = Value(value, _count(loss, y_true, output, weight, batch))
                weighted.append(value * factor)
        total = self._total(weighted)
        single = next(iter(parts.values())).count if len(parts) == 1 else rows_of(batch)
        return total, {"loss": Value(total, single), **(parts if len(self.outputs) > 1 else {})}

    def _total(self, weighted: list[Array]) -> Array:
        frame = context.current()
        extra = [*(frame.losses if frame is not None else ()), *self.penalties()]
        if not weighted and not extra:
            raise ValueError("There is nothing to make small: give compile a loss, or add one with add_loss.")
        total: Array = sum(weighted)
        if weighted and self.combine == "mean":
            total = total / len(weighted)
        for penalty in extra:
            total = total + jnp.asarray(penalty, "float32")
        return total


def rows_of(batch: Any) -> Array:
    """The number of real rows of a batch."""
    return jnp.asarray(batch.size, "float32") if batch.rows is None else jnp.sum(batch.rows, dtype="float32")


def _with_weighted_mean(loss: Loss | None) -> Loss | None:
    """The loss, or where it is a mean over the values, its like that divides by the sum of the weights."""
    if loss is None or loss.reduction not in _MEANS:
        return loss
    twin = copy.copy(loss)
    twin.reduction = "mean_with_sample_weight"
    return twin


def _count(loss: Loss, y_true: Any, output: Any, weight: Any, batch: Any) -> Array:
    """How many rows' worth of values, or of weights, a loss is the mean of; one with masked steps is a part of one."""
    weighted = loss.reduction == "mean_with_sample_weight"
    mask = loss.mask(y_true, output) if weighted or loss.reduction in _MEANS else None
    parts = [mask] if mask is not None and mask.shape[:1] == (batch.size,) else []
    parts += [weight] if weighted and weight is not None else []
    if not parts:
        return rows_of(batch)
    arrays = [jnp.asarray(part, "float32") for part in parts]
    rank = max(array.ndim for array in arrays)
    shares = math.prod(array.reshape(array.shape + (1,) * (rank - array.ndim)) for array in arrays)
    by_row = jnp.mean(jnp.asarray(shares).reshape(batch.size, -1), axis=1)
    return jnp.sum(by_row if batch.rows is None else jnp.where(batch.rows, by_row, 0))


def _treats_rows_alone(loss: Loss) -> bool:
    """Whether all of a loss's code is this package's own."""
    kind = type(loss)
    used = [kind.__call__, kind.call, kind.mask, kind.reduced, getattr(loss, "fn", kind.call)]
    return all(map(is_builtin, [*used, getattr(kind, "formula", kind.call)]))
