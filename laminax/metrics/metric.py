"""The base of metrics: numbers kept over an epoch, exact whatever the batch size."""

from collections.abc import Mapping
from typing import Any

import jax.numpy as jnp

from .. import initializers
from .._core import compat, context
from .._core.config import Configurable, snake_case
from .._core.holder import Holder
from .._core.settings import floatx
from .._core.variable import Variable, holding, read, write
from ..losses.loss import spread

Array = Any
State = dict[str, Array]


class Metric(Configurable, Holder):
    """A number that is computed from all samples of an epoch.

    A subclass writes three pure functions: `zeros()`, the state before any data; `update(state,
    ...)`, the state after a batch; `compute(state)`, the number. Or, as in Keras, it makes variables
    with `add_variable` and writes `update_state(...)`, which assigns them, and `result()`.

    Args:
        dtype: the float type of the computation, float32 by default.
        name: a name, shown in logs.

    Example:

        class Largest(Metric):
            def zeros(self):
                return {"largest": jnp.array(-jnp.inf)}

            def update(self, state, y_true, y_pred, sample_weight=None):
                return {"largest": jnp.maximum(state["largest"], y_pred.max())}

            def compute(self, state):
                return state["largest"]

    Attributes:
        direction: `"up"` if more is better, `"down"` if less is; for callbacks that watch it.
    """

    direction: str | None = None
    apart = True

    def __init__(self, dtype: Any = None, name: str | None = None) -> None:
        self.name = name or snake_case(type(self).__name__)
        self.dtype = str(getattr(dtype, "compute_dtype", dtype) or floatx())
        self._state: dict[str, Variable] | None = None

    def zeros(self) -> State:
        """The state before any data, arrays by name."""
        return {}

    def update(self, state: State, *args: Any, **kwargs: Any) -> State:
        """The state after a batch."""
        raise NotImplementedError(f"{type(self).__name__} must define update(state, ...), or update_state(...).")

    def compute(self, state: State) -> Any:
        """The number."""
        raise NotImplementedError(f"{type(self).__name__} must define compute(state), or result().")

    def add_variable(
        self, shape: tuple[int, ...] = (), initializer: Any = "zeros", dtype: Any = None, name: str | None = None
    ) -> Variable:
        """Make a variable for a metric in Keras's style. Assign it to an attribute."""
        return Variable(
            initializers.get(initializer), shape, dtype or self.dtype, trainable=False, name=name or "variable"
        )

    add_weight = add_variable

    def members(self) -> Mapping[str, Any]:
        if self._state is None:
            self._state = {k: Variable(v, trainable=False, name=k) for k, v in self.zeros().items()}
        return super().members()

    def _cells(self) -> dict[str, Variable]:
        self.members()
        return self._state or {}

    def update_state(self, *args: Any, **kwargs: Any) -> None:
        """Take in a batch."""
        write(self._cells(), self.update(read(self._cells()), *args, **kwargs))

    def result(self) -> Any:
        """The number for all batches since the last reset."""
        return self.compute(read(self._cells()))

    def reset_state(self) -> None:
        """Forget all batches."""
        write(self._cells(), {k: compat.on_device(v) for k, v in self.zeros().items()})
        for variable in self.variables:
            if not any(variable is known for known in self._cells().values()):
                variable.assign(jnp.zeros_like(variable.value))

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        self.update_state(*args, **kwargs)
        return self.result()

    def stateless_update_state(self, metric_variables: list[Array], *args: Any, **kwargs: Any) -> list[Array]:
        """Pure `update_state`: the values of `variables` after a batch."""
        with _holding(self, metric_variables):
            self.update_state(*args, **kwargs)
            return [variable.value for variable in self.variables]

    def stateless_result(self, metric_variables: list[Array]) -> Any:
        """Pure `result`."""
        with _holding(self, metric_variables):
            return self.result()

    def stateless_reset_state(self) -> list[Array]:
        """The values of `variables` before any data."""
        with _holding(self, [v.value for v in self.variables]):
            self.reset_state()
            return [variable.value for variable in self.variables]


def _holding(metric: Metric, values: list[Array]) -> Any:
    cells = dict(enumerate(metric.variables))
    return holding(cells, dict(enumerate(values)))  # type: ignore[arg-type]


def weights_of(values: Array, y_pred: Any, sample_weight: Any) -> Array | None:
    """The weight of each value: sample weights, without masked steps and rows of padding; `None` if all count alike."""
    frame = context.current()
    weight = (
        None if sample_weight is None else spread(jnp.asarray(sample_weight, values.dtype), values, "sample_weight")
    )
    mask = context.fact(y_pred, "mask")
    rows = frame.rows if frame is not None and values.ndim else None
    if rows is not None and rows.shape != values.shape[:1]:
        context.lose_rows()
    for kept in (mask, rows):
        if kept is not None and kept.shape == values.shape[: kept.ndim]:
            kept = spread(kept.astype(values.dtype), values, "mask")
            weight = kept if weight is None else weight * kept
    return weight
