"""The best of one share of right answers, where another is held: over the thresholds at which to say yes."""

from typing import Any

import jax.numpy as jnp
import numpy as np

from ..losses.loss import divide
from .confusion import Confusion
from .metric import Array, State

__all__ = ["PrecisionAtRecall", "RecallAtPrecision", "SensitivityAtSpecificity", "SpecificityAtSensitivity"]


def even_thresholds(count: int) -> np.ndarray:
    """`count` numbers evenly from 0 to 1."""
    return np.linspace(0, 1, count) if count > 1 else np.array([0.5])


def shares(state: State) -> dict[str, Array]:
    """Precision, recall (also sensitivity) and specificity at each threshold."""
    tp, fp, tn, fn = (state[f"{right}_{said}"] for said in ("positives", "negatives") for right in ("true", "false"))
    recall = divide(tp, tp + fn)
    return {
        "precision": divide(tp, tp + fp),
        "recall": recall,
        "sensitivity": recall,
        "specificity": divide(tn, tn + fp),
    }


class _AtLeast(Confusion):
    """The largest of one share among the thresholds at which another is at least some value."""

    direction = "up"
    held: str
    shown: str

    def __init__(self, least: float, num_thresholds: int, class_id: int | None, name: str | None, dtype: Any) -> None:
        kind = type(self).__name__
        if isinstance(least, bool) or not 0 <= least <= 1:
            raise ValueError(f"{kind}: `{self.held}` must be in the range [0, 1]; got {least!r}.")
        if isinstance(num_thresholds, bool) or int(num_thresholds) != num_thresholds or num_thresholds < 1:
            raise ValueError(f"{kind}: Argument `num_thresholds` must be an integer > 0; got {num_thresholds!r}.")
        self.num_thresholds = int(num_thresholds)
        super().__init__(even_thresholds(self.num_thresholds).tolist(), name, dtype, class_id=class_id)

    def compute(self, state: State) -> Array:
        found = shares(state)
        return jnp.max(jnp.where(found[self.held] >= getattr(self, self.held), found[self.shown], 0))


class SensitivityAtSpecificity(_AtLeast):
    """The best sensitivity (recall) at a threshold with at least this specificity.

    Sensitivity is the share of the values of 1 that are found, specificity that of the values of 0 that are not.

    Args:
        specificity: what is asked, from 0 to 1.
        num_thresholds: how many thresholds to try, evenly from 0 to 1.
        class_id: look at this class alone.
        name, dtype: as of `Metric`.
    """

    held, shown = "specificity", "sensitivity"

    def __init__(
        self,
        specificity: float,
        num_thresholds: int = 200,
        class_id: int | None = None,
        name: str | None = None,
        dtype: Any = None,
    ) -> None:
        super().__init__(specificity, num_thresholds, class_id, name, dtype)
        self.specificity = specificity


class SpecificityAtSensitivity(_AtLeast):
    """The best specificity at a threshold with at least this sensitivity. Arguments as `SensitivityAtSpecificity`."""

    held, shown = "sensitivity", "specificity"

    def __init__(
        self,
        sensitivity: float,
        num_thresholds: int = 200,
        class_id: int | None = None,
        name: str | None = None,
        dtype: Any = None,
    ) -> None:
        super().__init__(sensitivity, num_thresholds, class_id, name, dtype)
        self.sensitivity = sensitivity


class PrecisionAtRecall(_AtLeast):
    """The best precision at a threshold with at least this recall. Arguments as `SensitivityAtSpecificity`."""

    held, shown = "recall", "precision"

    def __init__(
        self,
        recall: float,
        num_thresholds: int = 200,
        class_id: int | None = None,
        name: str | None = None,
        dtype: Any = None,
    ) -> None:
        super().__init__(recall, num_thresholds, class_id, name, dtype)
        self.recall = recall


class RecallAtPrecision(_AtLeast):
    """The best recall at a threshold with at least this precision. Arguments as `SensitivityAtSpecificity`."""

    held, shown = "precision", "recall"

    def __init__(
        self,
        precision: float,
        num_thresholds: int = 200,
        class_id: int | None = None,
        name: str | None = None,
        dtype: Any = None,
    ) -> None:
        super().__init__(precision, num_thresholds, class_id, name, dtype)
        self.precision = precision
