"""Whether inputs are such that a model can learn from them: their numbers, places in tables, weights, columns."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from .finding import Finding, odd, wrong
from .values import MANY

FAR = 1000.0  # times by which scales of columns may differ
LARGE = 100.0  # a scale at which a difference begins to hurt
LOOKED_AT = 4096  # rows, of which scales are learnt
LONG = 2**24  # numbers of an array, up to which all are read


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
    """The greatest absolute value of each column, NaN left aside, in rows taken evenly from all."""
    sizes: np.ndarray = np.fmax.reduce(np.abs(np.asarray(_some(x), "float32")), axis=0)
    return sizes


def constant_columns(x: Any) -> list[int]:
    """The columns of rows of numbers that hold the same number in all rows."""
    x = np.asarray(x)
    some = _some(x)
    return [int(i) for i in np.flatnonzero((some == some[:1]).all(0)) if (x[:, i] == x[0, i]).all()]


def alike(leaves: Sequence[Any]) -> Iterator[Finding]:
    """Rows that are all equal, in all the inputs. Single inputs and columns may well be: borders of images, a bias."""
    if all(len(x) >= MANY and x.dtype.kind in "biuf" and _is_constant(np.asarray(x)) for x in leaves):
        yield odd(f"All {len(leaves[0])} rows of x are equal: nothing can be learnt from them. Is it the right array?")


def _is_constant(x: np.ndarray) -> bool:
    return bool((x[:MANY] == x[:1]).all() and (x == x[:1]).all())


def not_finite(x: Any) -> tuple[int, ...] | None:
    """The place of a number that is not finite, the first that is seen, or `None`.

    An array is read as a whole, at the speed of memory; of one of more than `LONG` numbers every fourth block of rows,
    for all would be felt beside an epoch of a small network. Steps look at the others.
    """
    if x.dtype.kind != "f":
        return None
    for first in range(0, len(x), LOOKED_AT * (4 if x.size > LONG else 1)):
        part = np.asarray(x[first : first + LOOKED_AT], None if x.dtype.itemsize > 2 else "float32")
        flat = part.reshape(-1)
        with np.errstate(over="ignore", invalid="ignore"):
            squares = flat.dot(flat)
        if not np.isfinite(squares) and not np.isfinite(flat).all():  # squares may be too large of finite numbers
            row, *rest = (int(i) for i in np.argwhere(~np.isfinite(part))[0])
            return (first + row, *rest)
    return None


def missing(x: Any, place: tuple[int, ...], name: str = "x") -> Finding:
    """A number at `place` that is not finite, and goes through the model."""
    column = x[:, place[1]] if np.ndim(x) == 2 else None
    more = "" if column is None else f" (as {(~np.isfinite(column)).sum()} of {len(x)} in {name}[:, {place[1]}])"
    return odd(
        f"{name}{list(place)} = {x[place]}{more}, and the model gives no finite number for that row: the run will end "
        f"there. Fill it in, or drop such rows: keep = numpy.isfinite({name}).reshape(len({name}), -1).all(1)."
    )


def _some(x: Any) -> np.ndarray:
    """Rows taken evenly from all."""
    return np.asarray(x[:: max(1, len(x) // LOOKED_AT)])
