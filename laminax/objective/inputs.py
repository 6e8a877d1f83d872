"""Whether inputs are such that a model can learn from them: places in tables, weights of samples, scales of columns."""

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from .finding import Finding, odd, wrong
from .values import MANY

FAR = 1000.0  # times by which scales of columns may differ
LARGE = 100.0  # a scale at which a difference begins to hurt
LOOKED_AT = 4096  # rows, of which scales are learnt


def places(x: Any, rows: int, name: str) -> Iterator[Finding]:
    """Numbers of an input that stand for no row of the table in which they are looked up."""
    x = np.asarray(x)
    if x.size == 0 or (x.min() >= 0 and x.max() < rows):
        return
    where = tuple(int(i) for i in np.argwhere(~((x >= 0) & (x < rows)))[0])
    hint = f" Give Embedding input_dim={x.max() + 1:.0f}." if x.min() >= 0 and np.isfinite(x.max()) else ""
    yield wrong(f"{name}{list(where)} = {x[where]}, but the embedding has {rows} rows (0..{rows - 1}).{hint}")


def weights(weight: Any, name: str = "sample_weight") -> Iterator[Finding]:
    """Weights of samples that are no weights."""
    if weight is None or np.size(weight) == 0:
        return
    weight = np.asarray(weight)
    low, high = float(weight.min()), float(weight.max())
    if not (np.isfinite(low) and np.isfinite(high) and low >= 0):
        where = tuple(int(i) for i in np.argwhere(~(np.isfinite(weight) & (weight >= 0)))[0])
        yield wrong(f"{name}{list(where)} = {weight[where]}: a weight is a finite number, 0 or more.")
    elif high == 0:
        yield wrong(f"All of {name} is 0: no sample counts. Give weights above 0, or leave {name} out.")


def absent(class_weight: Any, y: Any, found: np.ndarray | None, name: str) -> Iterator[Finding]:
    """Weights of classes that do not occur."""
    if not isinstance(class_weight, Mapping):
        return
    present = np.unique(np.asarray(y)) if found is None else np.flatnonzero(found)
    unused = [key for key in class_weight if not bool(np.isin(float(key), present))]
    if unused:
        shown = ", ".join(map(str, present.tolist()[:8]))
        yield wrong(f"class_weight names the class {unused[0]!r}, but {name} holds only {shown}: leave it out.")


def scales(x: Any, name: str = "x") -> Iterator[Finding]:
    """Columns of very different sizes, in rows of numbers."""
    if np.ndim(x) != 2 or np.shape(x)[1] < 2 or len(x) < MANY or not np.issubdtype(x.dtype, np.floating):
        return
    sizes = column_sizes(x)
    used = np.flatnonzero(np.isfinite(sizes) & (sizes > 0))
    if len(used) < 2:
        return
    large, small = used[np.argmax(sizes[used])], used[np.argmin(sizes[used])]
    if sizes[large] >= LARGE and sizes[large] > FAR * sizes[small]:
        yield odd(
            f"The columns of {name} differ in scale: {name}[:, {large}] goes up to {sizes[large]:.3g}, "
            f"{name}[:, {small}] to {sizes[small]:.3g}, and the larger drowns the smaller. Put layers.Normalization() "
            f"first, and call its adapt({name})."
        )


def column_sizes(x: Any) -> np.ndarray:
    """The greatest absolute value of each column, in rows taken evenly from all."""
    step = max(1, len(x) // LOOKED_AT)
    return np.abs(np.asarray(x[::step], "float32")).max(0)
