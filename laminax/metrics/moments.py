"""Means and products of deviations from them, over data that come in parts.

Sums of squares lose their digits where the mean is far from 0; deviations, joined by the rule of Chan, Golub & LeVeque
(1979), do not, and are the same however the data are cut.
"""

from collections.abc import Sequence
from typing import Any

import jax.numpy as jnp
import numpy as np

from ..losses.loss import divide

Array = Any
State = dict[str, Array]


def nothing(variables: int, columns: int, dtype: str) -> State:
    """The moments of no data: of some variables, each with several columns."""
    shapes = {"count": (columns,), "means": (variables, columns), "products": (variables, variables, columns)}
    return {name: np.zeros(shape, dtype) for name, shape in shapes.items()}


def moments(variables: Sequence[Array], weight: Array | None) -> State:
    """Count, means and summed products of deviations of arrays `(samples, columns)`, by column."""
    weight = jnp.ones_like(variables[0]) if weight is None else weight
    x = jnp.stack([jnp.where(weight != 0, v, 0) for v in variables])
    count = jnp.sum(weight, 0)
    means = divide(jnp.sum(weight * x, 1), jnp.broadcast_to(count, (len(variables), *count.shape)))
    deviations = x - means[:, None]
    return {"count": count, "means": means, "products": jnp.sum(weight * deviations[:, None] * deviations[None], 2)}


def joined(a: State, b: State) -> State:
    """The moments of both parts together."""
    count = a["count"] + b["count"]
    share, shift = divide(b["count"], count), b["means"] - a["means"]
    return {
        "count": count,
        "means": a["means"] + shift * share,
        "products": a["products"] + b["products"] + shift[:, None] * shift[None] * a["count"] * share,
    }
