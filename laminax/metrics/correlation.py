"""How far outputs follow targets: correlations."""

from typing import Any

import jax.numpy as jnp
import numpy as np

from .._core import context
from .._core.settings import epsilon
from ..losses.loss import align, divide
from . import moments
from .metric import Array, ColumnMetric, State, weights_of

__all__ = ["ConcordanceCorrelation", "PearsonCorrelation", "concordance_correlation", "pearson_correlation"]


def _pearson(means: Array, products: Array, count: Any) -> Array:
    """From the moments of targets and outputs: their covariance in parts of both standard deviations."""
    return divide(products[0, 1], jnp.sqrt(products[0, 0]) * jnp.sqrt(products[1, 1]))


def _concordance(means: Array, products: Array, count: Any) -> Array:
    """From the moments of targets and outputs: twice the covariance in parts of all that parts them."""
    variances = divide(products, jnp.broadcast_to(count, products.shape))
    apart = variances[0, 0] + variances[1, 1] + jnp.square(means[0] - means[1])
    return 2 * variances[0, 1] / (apart + epsilon())


def _along(formula: Any, y_true: Any, y_pred: Any, axis: int) -> Array:
    y_true, y_pred = (jnp.moveaxis(y, axis, 0) for y in align(y_true, y_pred))
    found = moments.moments([y_true, y_pred], None)
    return formula(found["means"], found["products"], found["count"])


def pearson_correlation(y_true: Any, y_pred: Any, axis: int = -1) -> Array:
    """`covariance / (deviation of y_true * deviation of y_pred)` along `axis`; 0 where one of them is constant."""
    return _along(_pearson, y_true, y_pred, axis)


def concordance_correlation(y_true: Any, y_pred: Any, axis: int = -1) -> Array:
    """`2 * covariance / (variances + (mean of y_true - mean of y_pred) ** 2 + epsilon)` along `axis`."""
    return _along(_concordance, y_true, y_pred, axis)


class _Correlation(ColumnMetric):
    """The mean of correlations: of each sample along `axis`, or, with `axis=0`, of each column over all samples."""

    direction = "up"
    formula: Any

    def __init__(self, name: str | None, dtype: Any, axis: int) -> None:
        super().__init__(dtype, name, columns=None if axis == 0 else 1)
        self.axis = axis

    def build(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        """Learn how many columns there are; `(batch,)` is one."""
        shape = np.shape(y_pred)
        self.columns, self.built = int(shape[-1]) if len(shape) > 1 else 1, True

    def zeros(self) -> State:
        return moments.nothing(2 if self.axis == 0 else 1, self.columns, self.dtype)

    def update(self, state: State, y_true: Any, y_pred: Any, sample_weight: Any = None) -> State:
        mask, y_pred = context.fact(y_pred, "mask"), self.floats(y_pred)
        if self.axis != 0 and (self.axis % y_pred.ndim == 0 or y_pred.shape[self.axis] < 2):
            raise ValueError(
                f"{type(self).__name__}: axis={self.axis} of outputs of shape {y_pred.shape} holds no numbers of one "
                "sample that could be correlated. For the correlation over all samples give axis=0."
            )
        parts = list(align(y_true, y_pred)) if self.axis == 0 else [_along(self.formula, y_true, y_pred, self.axis)]
        weight = weights_of(parts[0], mask, sample_weight)
        shape = (-1, self.columns)
        weight = None if weight is None else weight.reshape(shape)
        return moments.joined(state, moments.moments([part.reshape(shape) for part in parts], weight))

    def compute(self, state: State) -> Array:
        if self.axis != 0:
            return state["means"][0, 0]
        return jnp.mean(self.formula(state["means"], state["products"], state["count"]))


class PearsonCorrelation(_Correlation):
    """`covariance / (deviation of y_true * deviation of y_pred)`: -1 to 1, whatever the scale and place of the outputs.

    Args:
        name, dtype: as of `Metric`.
        axis: -1 for the mean over samples of each one's correlation along its numbers; 0 for the correlation of each
            column over all samples of the epoch, and their mean.
    """

    formula = staticmethod(_pearson)

    def __init__(self, name: str = "pearson_correlation", dtype: Any = None, axis: int = -1) -> None:
        super().__init__(name, dtype, axis)


class ConcordanceCorrelation(_Correlation):
    """`2 * covariance / (variances + squared difference of means)`: 1 where outputs equal targets (Lin, 1989).

    Arguments as `PearsonCorrelation`.
    """

    formula = staticmethod(_concordance)

    def __init__(self, name: str = "concordance_correlation", dtype: Any = None, axis: int = -1) -> None:
        super().__init__(name, dtype, axis)
