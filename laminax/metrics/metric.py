"""The base of metrics: numbers kept over an epoch, exact whatever the batch size."""

from collections.abc import Mapping
from typing import Any

import jax.numpy as jnp
import numpy as np

from .. import initializers
from .._core import compat, context, dtypes
from .._core.config import Configurable, snake_case
from .._core.dtypes import is_float
from .._core.holder import Holder, walk
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
        built: whether the size of the state is known, or a first batch must tell it to `build`.
    """

    direction: str | None = None
    apart = True

    def __init__(self, dtype: Any = None, name: str | None = None) -> None:
        self.name = name or snake_case(type(self).__name__)
        self._dtype = floatx() if dtype is None else dtypes.get(dtype).compute_dtype
        self._state: dict[str, Variable] | None = None
        self._variables: list[Variable] = []

    @property
    def dtype(self) -> str:
        """The type of the computation."""
        return self._dtype

    def build(self, *args: Any, **kwargs: Any) -> None:
        """Learn from a first batch how large the state is."""

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
        self,
        shape: tuple[int, ...] = (),
        initializer: Any = "zeros",
        dtype: Any = None,
        aggregation: str = "sum",
        name: str | None = None,
    ) -> Variable:
        """Make a variable for a metric in Keras's style; a reset sets it to 0. `aggregation` is not used.

        `initializer` is what `initializers.get` takes, or an array.
        """
        if "_variables" not in vars(self):
            raise RuntimeError(
                f"{type(self).__name__}.__init__ must call super().__init__() before it makes variables."
            )
        make = initializer if hasattr(initializer, "dtype") else initializers.get(initializer) or initializers.Zeros()
        dtype = self.dtype if dtype is None else dtypes.get(dtype).compute_dtype
        variable = Variable(make, tuple(shape), dtype, trainable=False, name=name or "variable")
        self._variables.append(variable)
        return variable

    def add_weight(
        self, shape: tuple[int, ...] = (), initializer: Any = None, dtype: Any = None, name: str | None = None
    ) -> Variable:
        """`add_variable` by its older name."""
        return self.add_variable(shape, initializer, dtype, name=name)

    def members(self) -> Mapping[str, Any]:
        if self._state is None and self.built:
            self._state = {k: Variable(v, trainable=False, name=k) for k, v in self.zeros().items()}
        return super().members()

    def _cells(self) -> dict[str, Variable]:
        """The variables of the state; one that the user set as an attribute takes the place of that name."""
        self.members()
        own = vars(self)
        return {k: own[k] if isinstance(own.get(k), Variable) else v for k, v in (self._state or {}).items()}

    def __getattr__(self, name: str) -> Any:
        """The variables of the state are attributes too: `metric.total`."""
        if not name.startswith("_") and name in (cells := self._cells()):
            return cells[name]
        raise AttributeError(f"{type(self).__name__!r} has no attribute {name!r}")

    def update_state(self, *args: Any, **kwargs: Any) -> None:
        """Take in a batch."""
        if not self.built:
            self.build(*args, **kwargs)
        write(self._cells(), self.update(read(self._cells()), *args, **kwargs))

    def result(self) -> Any:
        """The number for all batches since the last reset."""
        return self.compute(read(self._cells()) or self.zeros())

    def reset_state(self) -> None:
        """Forget all batches."""
        write(self._cells(), {k: compat.on_device(v) for k, v in self.zeros().items()})
        own = {id(v) for v in self._cells().values()}
        inner: dict[int, Metric] = {}
        for _, variable, _, owner in walk(self):
            if owner is not self and isinstance(owner, Metric):
                inner[id(owner)] = owner
            elif id(variable) not in own:
                variable.assign(jnp.zeros_like(variable.value))
        for metric in inner.values():
            metric.reset_state()

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

    def floats(self, y: Any) -> Array:
        """`y` as an array, floats in the metric's type; what is known of `y`, such as its mask, goes along."""
        x = y if hasattr(y, "dtype") else jnp.asarray(y)
        if not (is_float(x) and is_float(jnp.dtype(self.dtype))):
            return jnp.asarray(x)
        new = jnp.asarray(x, self.dtype)
        context.carry(y, new, lambda logits: logits.astype(self.dtype))
        return new


class ColumnMetric(Metric):
    """A metric with a number for each column of outputs `(batch, ..., columns)`, which a first batch tells.

    Attributes:
        columns: how many there are; 1 as long as nobody knows.
    """

    columns = 1

    def __init__(self, dtype: Any = None, name: str | None = None, columns: int | None = None) -> None:
        super().__init__(dtype, name)
        self.built = columns is not None
        self.columns = columns or 1

    def build(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        """Learn how many columns there are."""
        shape = np.shape(y_pred)
        if len(shape) < 2:
            raise ValueError(
                f"{type(self).__name__} expects 2D inputs with shape (batch, columns), or more axes before the last; "
                f"got outputs of shape {shape}."
            )
        self.columns, self.built = int(shape[-1]), True


def _holding(metric: Metric, values: list[Array]) -> Any:
    cells = dict(enumerate(metric.variables))
    if len(values) != len(cells):
        raise ValueError(
            f"metric_variables must hold one array for each of the {len(cells)} variables of {metric.name!r}; "
            f"got {len(values)}."
        )
    arrays = {i: value.value if isinstance(value, Variable) else value for i, value in enumerate(values)}
    return holding(cells, arrays)  # type: ignore[arg-type]


def weights_of(values: Array, mask: Any, sample_weight: Any) -> Array | None:
    """The weight of each value: sample weights, without masked steps and rows of padding; `None` if all count alike."""
    frame = context.current()
    weight = None if sample_weight is None else jnp.asarray(sample_weight, values.dtype)
    if weight is not None:  # one number for a batch is that of each sample
        weight = spread(weight, values, "sample_weight") if values.ndim else jnp.sum(weight)
    rows = frame.rows if frame is not None and values.ndim else None
    if rows is not None and rows.shape != values.shape[:1]:
        context.lose_rows()
        rows = None
    for name, kept in (("mask", mask), ("rows", rows)):
        if kept is not None and values.ndim:
            kept = spread(jnp.asarray(kept).astype(values.dtype), values, name)
            weight = kept if weight is None else weight * kept
    return weight
