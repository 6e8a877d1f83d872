"""The base of losses: one value a sample, and how they become one number."""

from collections.abc import Callable
from typing import Any, ClassVar

import jax
import jax.numpy as jnp
import numpy as np

from .._core import context
from .._core.config import Configurable, registered_function, snake_case, to_data
from .._core.dtypes import is_float
from .._core.errors import did_you_mean
from .._core.settings import floatx

Array = Any
REDUCTIONS = ("sum_over_batch_size", "mean", "mean_with_sample_weight", "sum", "none", None)


class Loss(Configurable):
    """What training makes small. A subclass writes `call(y_true, y_pred)`: one value a sample.

    `loss(y_true, y_pred, sample_weight)` reduces these to one number:

    - `"sum_over_batch_size"` (or `"mean"`): `sum(weight * value) / number of values`;
    - `"mean_with_sample_weight"`: `sum(weight * value) / sum(weight)`;
    - `"sum"`: `sum(weight * value)`;
    - `None` (or `"none"`): all the values, weighted.

    Masked steps, and rows that pad a batch, count in neither sum. `docs/weighting.md` has examples.

    Args:
        name: a name, shown in logs.
        reduction: one of the above.
        dtype: the float type of the computation, float32 by default.

    Attributes:
        takes: the targets that fit an output: `"alike"`, of its shape; `"one_hot"`, likewise, classes in the last
            axis; `"classes"`, integers without that axis; `None` where only the loss knows.
    """

    takes: ClassVar[str | None] = None

    def __init__(
        self, name: str | None = None, reduction: str | None = "sum_over_batch_size", dtype: Any = None
    ) -> None:
        if reduction not in REDUCTIONS:
            hint = did_you_mean(reduction, map(str, REDUCTIONS))
            raise ValueError(f"{type(self).__name__}: Invalid value for argument reduction: {reduction!r}.{hint}")
        self.name = name or snake_case(type(self).__name__)
        self.reduction = reduction
        self._dtype = None if dtype is None else str(getattr(dtype, "compute_dtype", dtype))

    @property
    def dtype(self) -> str:
        """The float type of the computation."""
        return self._dtype or floatx()

    def get_config(self) -> dict[str, Any]:
        """The constructor's arguments; without the float type if none was given."""
        config = super().get_config()
        return config if self._dtype is not None else {k: v for k, v in config.items() if k != "dtype"}

    def call(self, y_true: Any, y_pred: Any) -> Any:
        """One value a sample (or a step)."""
        raise NotImplementedError(f"{type(self).__name__} must define call(y_true, y_pred).")

    def __call__(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> Any:
        mask = self.mask(y_true, y_pred)
        context.lose_rows(knows=not self.mixes_rows(y_pred))
        targets = jax.tree.map(lambda y: self.target(y, self.dtype), y_true)
        values = self.call(targets, jax.tree.map(_floats(self.dtype), y_pred))
        return self.reduced(values, sample_weight, mask)

    def target(self, y_true: Any, dtype: str) -> Array:
        """The targets in the type that `call` works with."""
        return jnp.asarray(y_true, dtype)

    def mask(self, y_true: Any, y_pred: Any) -> Array | None:
        """Which values are real: by default what the layers say of `y_pred`."""
        return context.fact(y_pred, "mask")

    def mixes_rows(self, y_pred: Any) -> bool:
        """Whether a value comes from several rows of the batch, so that rows of padding would count."""
        axis, rank = getattr(self, "axis", -1), np.ndim(jax.tree.leaves(y_pred)[0])
        return axis is None or any(int(a) % max(rank, 1) == 0 for a in np.ravel(axis))

    def reduced(self, values: Array, sample_weight: Any, mask: Any) -> Array:
        """The values as one number."""
        return reduce(values, sample_weight, mask, self.reduction)


class Formula(Loss):
    """A loss that is a function of targets and outputs and has no arguments of its own."""

    formula: ClassVar[Callable[..., Array]]

    def __init__(
        self, reduction: str | None = "sum_over_batch_size", name: str | None = None, dtype: Any = None
    ) -> None:
        super().__init__(name or self.formula.__name__, reduction, dtype)

    def call(self, y_true: Array, y_pred: Array) -> Array:
        return type(self).formula(y_true, y_pred)


class LossFunction(Loss):
    """A function `(y_true, y_pred, **kwargs)` as a loss; it may give one value a sample, or one number."""

    def __init__(
        self,
        fn: Callable[..., Any],
        reduction: str | None = "sum_over_batch_size",
        name: str | None = None,
        dtype: Any = None,
        **kwargs: Any,
    ) -> None:
        self.fn = registered_function(fn)
        super().__init__(name or getattr(self.fn, "__name__", None), reduction, dtype)
        self.kwargs = kwargs

    def call(self, y_true: Any, y_pred: Any) -> Any:
        return self.fn(y_true, y_pred, **self.kwargs)

    def get_config(self) -> dict[str, Any]:
        """Name, reduction and type, and the function with its arguments."""
        return {**super().get_config(), **to_data(self.kwargs)}


def _floats(dtype: str) -> Callable[[Any], Array]:
    def convert(x: Any) -> Array:
        y = jnp.asarray(x, dtype)
        context.carry(x, y, lambda logits: logits.astype(dtype))
        return y

    return convert


def reduce(
    values: Array, sample_weight: Any = None, mask: Any = None, reduction: str | None = "sum_over_batch_size"
) -> Array:
    """Weight the values and reduce them; see `Loss`."""
    values = jnp.asarray(values)
    weight = None if sample_weight is None else jnp.asarray(sample_weight, values.dtype)
    if values.ndim == 0:  # one number for the batch: that of each sample
        context.lose_rows()
        if weight is None:
            return values
        values, mask = jnp.broadcast_to(values, weight.shape), None
    weight = None if weight is None else spread(weight, values, "sample_weight")
    kept = _kept(values, mask)
    if kept is not None:
        weight = kept.astype(values.dtype) if weight is None else jnp.where(kept, weight, 0)
    if weight is not None:
        values = jnp.where(weight != 0, values * weight, 0)
    if reduction in (None, "none"):
        return values
    total = jnp.sum(values)
    if reduction == "sum":
        return total
    if reduction == "mean_with_sample_weight" and weight is not None:
        return divide(total, jnp.sum(weight))
    return divide(total, values.size if kept is None else jnp.sum(kept, dtype=values.dtype))


def _kept(values: Array, mask: Any) -> Array | None:
    """Which values count, of the shape of `values`; `None` if all do."""
    frame = context.current()
    kept = None if mask is None else spread(jnp.asarray(mask).astype(bool), values, "mask")
    if frame is not None and frame.rows is not None:
        if frame.rows.shape != values.shape[:1]:
            context.lose_rows()
            return kept
        rows = spread(frame.rows, values, "rows")
        kept = rows if kept is None else kept & rows
    return kept


def spread(x: Array, values: Array, name: str) -> Array:
    """`x` with the shape of `values`: missing last axes are added, a last axis of size 1 may be left out."""
    if x.ndim == values.ndim + 1 and x.shape[-1] == 1:
        x = x[..., 0]
    if x.ndim > values.ndim or any(a not in (b, 1) for a, b in zip(x.shape, values.shape)):
        raise ValueError(f"{name} has the shape {x.shape}, which does not fit the values of shape {values.shape}.")
    return jnp.broadcast_to(x.reshape(x.shape + (1,) * (values.ndim - x.ndim)), values.shape)


def divide(total: Array, count: Any) -> Array:
    """`total / count`, and 0 where the count is 0."""
    count = jnp.asarray(count, total.dtype)
    return jnp.where(count == 0, 0, total / jnp.where(count == 0, 1, count))


def align(y_true: Any, y_pred: Any) -> tuple[Array, Array]:
    """Targets and outputs with one shape and type: a last axis of size 1 may be missing in one of them.

    The type is that of the outputs, unless these are integers and the targets are not.
    """
    y_true, y_pred = jnp.asarray(y_true), jnp.asarray(y_pred)
    if y_true.ndim == y_pred.ndim - 1 and y_pred.shape[-1] == 1:
        y_true = y_true[..., None]
    elif y_pred.ndim == y_true.ndim - 1 and y_true.shape[-1] == 1:
        y_pred = y_pred[..., None]
    if y_true.shape != y_pred.shape:
        raise ValueError(f"Targets and outputs must have the same shape; got {y_true.shape} and {y_pred.shape}.")
    dtype = y_true.dtype if is_float(y_true) and not is_float(y_pred) else y_pred.dtype
    return y_true.astype(dtype), y_pred.astype(dtype)
