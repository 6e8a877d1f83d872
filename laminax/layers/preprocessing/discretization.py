"""Floats as the numbers of the ranges in which they lie."""

from collections.abc import Mapping
from typing import Any, Self

import jax.numpy as jnp
import numpy as np

from ..._core import checks, dtypes, graph
from ..layer import Array, Layer
from .adapting import Adaptable
from .encoding import checked_mode, encode, refuse_sparse

__all__ = ["Discretization"]


class Discretization(Adaptable, Layer):
    """The number of the range in which a float lies; with boundaries `[0, 1]` the ranges are below 0, 0 to 1, from 1.

    Args:
        bin_boundaries: where ranges begin, in rising order.
        num_bins: instead of boundaries, how many ranges `adapt(data)` makes, each with as much of the data.
        epsilon: how exact these are: about `1 / epsilon` numbers stand for all the data.
        output_mode: `"int"` for the numbers of the ranges; `"one_hot"`, `"multi_hot"` and `"count"` for vectors, as
            `CategoryEncoding`.
        sparse: not supported.

    Example:

        >>> import numpy as np, laminax as lx
        >>> lx.layers.Discretization([0.0, 1.0])(np.array([-3.0, 0.0, 0.5, 7.0]))
        Array([0, 1, 1, 2], dtype=int32)
    """

    set_by_class = ("autocast",)
    beyond_keras = ("trainable",)

    def __init__(
        self,
        bin_boundaries: Any = None,
        num_bins: int | None = None,
        epsilon: float = 0.01,
        output_mode: str = "int",
        sparse: bool = False,
        dtype: Any = None,
        name: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(dtype=dtype, name=name, autocast=False, **kwargs)  # short floats would move across boundaries
        if num_bins is not None and bin_boundaries is not None:
            raise ValueError("Discretization: Both `num_bins` and `bin_boundaries` are given; give one of them.")
        if num_bins is None and bin_boundaries is None:
            raise ValueError("Discretization needs either `num_bins` or `bin_boundaries`.")
        self.bin_boundaries = None if bin_boundaries is None else _rising(bin_boundaries)
        self.num_bins = None if num_bins is None else checks.integer(self, "num_bins", num_bins)
        self.epsilon = checks.number(self, "epsilon", epsilon, beyond=True)
        self.output_mode = checked_mode(self, output_mode, ("int", "one_hot", "multi_hot", "count"))
        self.sparse = refuse_sparse(self, sparse)
        self.reset_state()

    @property
    def adapted(self) -> bool:
        """Whether the boundaries are known."""
        return self.bin_boundaries is not None

    @property
    def output_dtype(self) -> str:
        """The type of the output: integers in the mode `"int"`, else the type of the computation."""
        return "int32" if self.output_mode == "int" else self.compute_dtype

    def reset_state(self) -> None:
        """Forget the data seen so far."""
        self._summary = np.zeros((2, 0), "float32")

    def update_state(self, data: Any) -> None:
        """See a batch."""
        if self.num_bins is None:
            raise ValueError(f"Layer {self.name!r} was given bin_boundaries, so it can't adapt: give num_bins instead.")
        summary = _summarized(np.asarray(data, "float32"), self.epsilon)
        merged = np.concatenate([summary, self._summary], axis=1)
        self._summary = _compressed(merged[:, np.argsort(merged[0])], self.epsilon)

    def finalize_state(self) -> None:
        """Let the boundaries part the data seen into ranges of the same weight."""
        if not self._summary.size:
            raise ValueError(f"Layer {self.name!r}: adapt got no data, but an empty iterable.")
        assert self.num_bins is not None
        self.bin_boundaries = _compressed(self._summary, 1 / self.num_bins)[0, :-1].tolist()
        self.revision += 1

    def __call__(self, inputs: Any, **kwargs: Any) -> Any:
        if self.bin_boundaries is None and not graph.any_symbolic(inputs):
            raise ValueError(f"Layer {self.name!r} has no boundaries. You need to call adapt(data) first.")
        return super().__call__(inputs, **kwargs)

    def call(self, inputs: Array) -> Array:
        bins = self.bin_boundaries
        if bins is None:  # before adapt, where shapes alone are asked for
            bins = [float(i) for i in range(1, self.num_bins or 1)]
        x = dtypes.at_least_float32(jnp.asarray(inputs))
        indices = jnp.searchsorted(jnp.asarray(bins, x.dtype), x, side="right")
        return encode(indices, self.output_mode, len(bins) + 1, self.output_dtype)

    @classmethod
    def from_config(cls, config: Mapping[str, Any]) -> Self:
        """A new object; one that had learnt its boundaries has both these and their number."""
        learnt = config.get("bin_boundaries") if config.get("num_bins") is not None else None
        layer = super().from_config(config if learnt is None else {**config, "bin_boundaries": None})
        layer.bin_boundaries = layer.bin_boundaries if learnt is None else list(learnt)
        return layer


def _rising(boundaries: Any) -> list[float]:
    values = np.asarray(boundaries, "float64")
    if values.ndim != 1 or not (np.diff(values) >= 0).all():
        raise checks.refused("Discretization", "bin_boundaries", "must be numbers in rising order", boundaries)
    return [float(v) for v in values]


# A summary of data: values in rising order, in the first row, and how many numbers each of them stands for.


def _summarized(data: np.ndarray, epsilon: float) -> np.ndarray:
    values = np.sort(data.reshape(-1))
    step = max(values.size / (1 / epsilon), 1)
    kept = values[int(step - 1) :: int(step)]
    return np.stack([kept, np.full_like(kept, step)])


def _compressed(summary: np.ndarray, epsilon: float) -> np.ndarray:
    """A summary of about `1 / epsilon` values, each for the same share of the data, by linear interpolation."""
    if summary.shape[1] * epsilon < 1:
        return summary
    wanted = epsilon + np.arange(0.0, 1.0, epsilon)
    below = summary[1].cumsum()
    shares = below / below[-1]
    values = np.interp(wanted, shares, summary[0])
    weights = np.diff(np.interp(wanted, shares, below), prepend=0)
    return np.stack([values, weights]).astype("float32")
