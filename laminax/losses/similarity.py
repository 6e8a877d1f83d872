"""Losses of directions: cosines, between targets and outputs or among the rows of a batch."""

from typing import Any

import jax
import jax.numpy as jnp

from .._core import checks
from .._core.settings import epsilon
from .loss import Array, Loss, align, reduce

__all__ = ["Circle", "CosineSimilarity", "circle", "cosine_similarity"]


def cosine(y_true: Any, y_pred: Any, axis: int = -1) -> Array:
    """The cosine of the angle between `y_true` and `y_pred` along `axis`; 0 where one of them is 0."""
    y_true, y_pred = align(y_true, y_pred)
    lengths = [jnp.maximum(jnp.sum(jnp.square(y), axis), epsilon() ** 2) for y in (y_true, y_pred)]
    return jnp.sum(y_true * y_pred, axis) * jax.lax.rsqrt(lengths[0]) * jax.lax.rsqrt(lengths[1])


def cosine_similarity(y_true: Any, y_pred: Any, axis: int = -1) -> Array:
    """Minus the cosine of the angle between `y_true` and `y_pred` along `axis`; -1 for one direction."""
    return -cosine(y_true, y_pred, axis)


def circle(
    y_true: Any,
    y_pred: Any,
    ref_labels: Any = None,
    ref_embeddings: Any = None,
    remove_diagonal: bool = True,
    gamma: float = 80,
    margin: float = 0.4,
) -> Array:
    """`log(1 + sum over others of exp(n) * sum over likes of exp(p))` for each row (Sun et al., 2020).

    With `d = 1 - cosine`, the distance to each reference, `p = gamma * (d + margin) * (d - margin)` of those of the
    same label, and `n = gamma * (1 + margin - d) * (1 - margin - d)` of the others. 0 for a row without a like.

    Args:
        y_true: integer labels `(batch,)`.
        y_pred: embeddings of length 1, `(batch, features)`.
        ref_labels, ref_embeddings: what to compare with; the batch itself by default.
        remove_diagonal: whether a row is no like of itself.
        gamma: the scale of the similarities.
        margin: how near likes shall be.
    """
    y_pred, labels = jnp.asarray(y_pred), jnp.ravel(jnp.asarray(y_true).astype("int32"))
    others = y_pred if ref_embeddings is None else jnp.asarray(ref_embeddings)
    distance = jnp.maximum(1 - y_pred @ others.T, 0)
    same = labels[:, None] == (labels if ref_labels is None else jnp.ravel(jnp.asarray(ref_labels).astype("int32")))
    like = same & ~jnp.eye(same.shape[0], same.shape[1], dtype=bool) if remove_diagonal else same
    pull = gamma * (margin + distance) * (distance - margin)
    push = gamma * jnp.maximum(1 + margin - distance, 0) * (1 - margin - distance)
    return jax.nn.softplus(_log_sum(pull, like) + _log_sum(push, ~same))


def _log_sum(x: Array, where: Array) -> Array:
    """`log(sum(exp(x)))` of the entries of each row that count; a number too low to matter where none does."""
    return jax.nn.logsumexp(jnp.where(where, x, jnp.finfo(x.dtype).min / 4), 1)


class CosineSimilarity(Loss):
    """Minus the cosine of the angle between targets and outputs: -1 for one direction, 0 for a right angle.

    Args:
        axis: the axis of the vectors.
        reduction, name, dtype: as of `Loss`.
    """

    takes = "alike"

    def __init__(
        self,
        axis: int = -1,
        reduction: str | None = "sum_over_batch_size",
        name: str = "cosine_similarity",
        dtype: Any = None,
    ) -> None:
        super().__init__(name, reduction, dtype)
        self.axis = axis

    def call(self, y_true: Array, y_pred: Array) -> Array:
        return cosine_similarity(y_true, y_pred, self.axis)


class Circle(Loss):
    """Rows of one label shall be near, of different labels far, those that are worst first (Sun et al., 2020).

    `y_true`: integer labels `(batch,)`. `y_pred`: embeddings `(batch, features)` of length 1, such as after
    `UnitNormalization`. The mean is over the rows whose loss is not 0; `circle` has the formula.

    Args:
        gamma: the scale of the similarities.
        margin: how near likes shall be.
        remove_diagonal: whether a row is no like of itself.
        reduction, name, dtype: as of `Loss`.
    """

    takes = "classes"

    def __init__(
        self,
        gamma: float = 80.0,
        margin: float = 0.4,
        remove_diagonal: bool = True,
        reduction: str | None = "sum_over_batch_size",
        name: str = "circle",
        dtype: Any = None,
    ) -> None:
        super().__init__(name, reduction, dtype)
        self.gamma = checks.number(self, "gamma", gamma)
        self.margin = checks.number(self, "margin", margin)
        self.remove_diagonal = remove_diagonal

    def target(self, y_true: Any, dtype: str) -> Array:
        return jnp.asarray(y_true)

    def mixes_rows(self, y_pred: Any) -> bool:
        return True

    def call(self, y_true: Array, y_pred: Array) -> Array:
        if y_pred.ndim != 2 or y_true.shape not in (y_pred.shape[:1], (*y_pred.shape[:1], 1)):
            raise ValueError(
                "Circle takes integer labels (batch,) and embeddings (batch, features); "
                f"got the shapes {y_true.shape} and {y_pred.shape}."
            )
        return circle(y_true, y_pred, remove_diagonal=self.remove_diagonal, gamma=self.gamma, margin=self.margin)

    def reduced(self, values: Array, sample_weight: Any, mask: Any) -> Array:
        return reduce(values, sample_weight, values > 0 if mask is None else (values > 0) & mask, self.reduction)
