"""Means and sums."""

from collections.abc import Callable
from typing import Any, ClassVar

import jax.numpy as jnp
import numpy as np

from .._core import context
from .._core.config import registered_function, to_data
from ..losses.loss import Loss, divide
from .metric import Array, Metric, State, weights_of

__all__ = ["Mean", "MeanMetricWrapper", "Sum"]


class Mean(Metric):
    """`sum(weight * value) / sum(weight)` over all values."""

    def __init__(self, name: str = "mean", dtype: Any = None) -> None:
        super().__init__(dtype, name)

    def zeros(self) -> State:
        return {"total": np.zeros((), self.dtype), "count": np.zeros((), self.dtype)}

    def update(self, state: State, values: Any, sample_weight: Any = None) -> State:
        mask = context.fact(values, "mask")
        values = jnp.asarray(values, self.dtype)
        return _added(state, values, weights_of(values, mask, sample_weight))

    def compute(self, state: State) -> Array:
        return divide(state["total"], state["count"])


class Sum(Metric):
    """`sum(weight * value)` over all values."""

    def __init__(self, name: str = "sum", dtype: Any = None) -> None:
        super().__init__(dtype, name)

    def zeros(self) -> State:
        return {"total": np.zeros((), self.dtype)}

    def update(self, state: State, values: Any, sample_weight: Any = None) -> State:
        mask = context.fact(values, "mask")
        values = jnp.asarray(values, self.dtype)
        weight = weights_of(values, mask, sample_weight)
        return {"total": state["total"] + jnp.sum(_weighted(values, weight))}

    def compute(self, state: State) -> Array:
        return state["total"]


class MeanMetricWrapper(Mean):
    """The mean of a function `(y_true, y_pred, **kwargs)` that gives one value a sample.

    Outputs in short floats come to the function in the metric's type.
    """

    def __init__(self, fn: Callable[..., Any], name: str | None = None, dtype: Any = None, **kwargs: Any) -> None:
        self.fn = registered_function(fn)
        super().__init__(name or str(getattr(self.fn, "__name__", "mean")), dtype)
        self.kwargs = kwargs

    def update(  # type: ignore[override]  # as in Keras, a mean of other arguments
        self, state: State, y_true: Any, y_pred: Any, sample_weight: Any = None
    ) -> State:
        y_pred = self.floats(y_pred)
        values = jnp.asarray(self.fn(y_true, y_pred, **self.kwargs), self.dtype)
        context.lose_rows(knows=values.ndim > 0)
        return _added(state, values, weights_of(values, self.mask(y_true, y_pred), sample_weight))

    def mask(self, y_true: Any, y_pred: Any) -> Array | None:
        """Which values are real: by default what the layers say of `y_pred`."""
        return context.fact(y_pred, "mask")

    def get_config(self) -> dict[str, Any]:
        """Name and type, and the function with its arguments where it is the caller's."""
        config = super().get_config()
        if type(self) is MeanMetricWrapper:
            return {**config, **to_data(self.kwargs)}
        config.pop("fn", None)
        return config


class FormulaMean(MeanMetricWrapper):
    """The mean of a formula that has no arguments but targets and outputs."""

    formula: ClassVar[Callable[..., Any]]

    def __init__(self, name: str | None = None, dtype: Any = None) -> None:
        super().__init__(self.formula, name, dtype)


class LossMean(MeanMetricWrapper):
    """The mean of the values of a loss object, whatever its reduction."""

    direction = "down"

    def __init__(self, loss: Loss, name: str | None = None, dtype: Any = None) -> None:
        super().__init__(loss.call, name or loss.name, dtype or loss.dtype)
        self.loss = loss

    def mask(self, y_true: Any, y_pred: Any) -> Array | None:
        return self.loss.mask(y_true, y_pred)


def axis_within(owner: Metric, axis: int) -> int:
    """`axis`, which must not be that of the samples: what covers several of them does not add up over batches."""
    if axis == 0:
        raise ValueError(f"{type(owner).__name__}: axis=0 is the axis of the samples; give another one.")
    return axis


def _weighted(values: Array, weight: Array | None) -> Array:
    """Values times weights; one of weight 0 is 0 even if it is not finite."""
    return values if weight is None else jnp.where(weight != 0, values * weight, 0)


def _added(state: State, values: Array, weight: Array | None) -> State:
    """Totals that count a sample as one, however many values it has: sums stay small, and so exact."""
    share = values.shape[0] / values.size if values.ndim and values.size else 1.0
    count = jnp.asarray(values.size if weight is None else jnp.sum(weight), values.dtype)
    total = jnp.sum(_weighted(values, weight))
    return {"total": state["total"] + total * share, "count": state["count"] + count * share}
