"""The objective: losses of one or several outputs as one scalar."""

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
    """

    def __init__(
        self, loss: Any, loss_weights: Any, combine: str, outputs: Outputs, penalties: Callable[[], list[Array]] = list
    ) -> None:
        if combine not in ("mean", "sum"):
            raise unknown("combine_losses", combine, ("mean", "sum"))
        self.outputs = outputs
        self.losses: list[Loss | None] = [losses.resolve(one) for one in outputs.spread(loss, "loss", strict=True)]
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
                parts[f"{name}_loss"] = Value(value, _count(loss, y_true, output, batch))
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


def _count(loss: Loss, y_true: Any, output: Any, batch: Any) -> Array:
    """How many rows' worth of values a loss is the mean of: rows, of which those with masked steps are a part."""
    mask = loss.mask(y_true, output) if loss.reduction in ("mean", "sum_over_batch_size") else None
    if mask is None or mask.shape[:1] != (batch.size,):
        return rows_of(batch)
    shares = jnp.mean(mask.reshape(batch.size, -1), axis=1, dtype="float32")
    return jnp.sum(shares if batch.rows is None else jnp.where(batch.rows, shares, 0))


def _treats_rows_alone(loss: Loss) -> bool:
    """Whether all of a loss's code is this package's own."""
    used = [type(loss).__call__, type(loss).call, type(loss).mask, getattr(loss, "fn", type(loss).call)]
    return all(map(is_builtin, used))
