"""Arrays as datasets: split in two, or cut into windows of time."""

import random
from collections.abc import Callable
from typing import Any

import jax
import numpy as np

from .._core.errors import named_arguments
from ..data.arrays import is_numbers
from ..data.dataset import PyDataset, Samples


@named_arguments
def split_dataset(
    dataset: Any,
    left_size: float | int | None = None,
    right_size: float | int | None = None,
    shuffle: bool = False,
    seed: int | None = None,
    preferred_backend: str | None = None,
) -> tuple[Samples, Samples]:
    """Two datasets of the elements of one; `.batch(32)` makes batches of single samples.

    Args:
        dataset: an array, a tuple, list or dict of arrays of the same length, whose rows are the elements; or anything
            to iterate over, such as a dataset of batches.
        left_size: how many go to the left one: a number, or a fraction below 1.
        right_size: how many go to the right one, by default all others.
        shuffle: whether they are drawn at random.
        seed: an integer, of the draw.
        preferred_backend: not used: there is one kind of datasets.
    """
    fetch, count = _elements(dataset)
    left, right = _sizes(left_size, right_size, count)
    order = list(range(count))
    if shuffle:
        random.Random(seed).shuffle(order)
    rows = np.asarray(order)
    parts = rows[:left], rows[count - right :]
    first, second = (_chosen(fetch, part) for part in parts)
    return first, second


def _chosen(fetch: Callable[[np.ndarray], Any], part: np.ndarray) -> Samples:
    return Samples(lambda rows: fetch(part[rows]), len(part))


def _elements(dataset: Any) -> tuple[Callable[[np.ndarray], Any], int]:
    """The elements of an array of numbers, and how many there are."""
    plural = isinstance(dataset, (tuple, list, dict)) and not (isinstance(dataset, list) and is_numbers(dataset))
    if plural or hasattr(dataset, "shape") or isinstance(dataset, list):
        arrays = jax.tree.map(np.asarray, dataset if plural else np.asarray(dataset))
        counts = {len(a) for a in jax.tree.leaves(arrays)}
        if len(counts) != 1:
            raise ValueError(f"split_dataset: all arrays must have the same length; got {sorted(counts)}.")
        return lambda rows: jax.tree.map(lambda a: a[rows], arrays), counts.pop()
    if not isinstance(dataset, PyDataset) and not hasattr(dataset, "__iter__"):
        raise TypeError(f"split_dataset takes arrays or an iterable of elements; got {type(dataset).__name__}.")
    items = list(dataset)
    return lambda rows: jax.tree.map(lambda a: np.asarray(a)[None], items[int(rows[0])]), len(items)


def _sizes(left: float | int | None, right: float | int | None, count: int) -> tuple[int, int]:
    if left is None and right is None:
        raise ValueError("split_dataset: give left_size or right_size.")
    sizes = []
    for name, size in (("left_size", left), ("right_size", right)):
        fraction = isinstance(size, float)
        if size is not None and not (0 < size < 1 if fraction else isinstance(size, int) and 0 < size < count):
            raise ValueError(f"split_dataset: {name} must be a fraction in 0 .. 1 or less than {count}; got {size!r}.")
        sizes.append(size if size is None or not fraction else round(size * count))
    first = count - sizes[1] if sizes[0] is None else sizes[0]  # type: ignore[operator]
    second = count - first if sizes[1] is None else sizes[1]
    if first + second > count or not first or not second:
        raise ValueError(f"split_dataset: {count} elements can't be split into {first} and {second}.")
    return int(first), int(second)


@named_arguments
def timeseries_dataset_from_array(
    data: Any,
    targets: Any,
    sequence_length: int,
    sequence_stride: int = 1,
    sampling_rate: int = 1,
    batch_size: int | None = 128,
    shuffle: bool = False,
    seed: int | None = None,
    start_index: int | None = None,
    end_index: int | None = None,
    format: str = "tf",
) -> Samples:
    """Windows of a series, and a target for each: sample `i` is `data[t : t + length * rate : rate]`, `t = i * stride`.

    Args:
        data: values along time, the first axis.
        targets: `targets[t]` is that of the window which starts at `t`; `None` gives windows alone.
        sequence_length: the number of values in a window.
        sequence_stride: from the start of one window to that of the next.
        sampling_rate: from one value of a window to the next.
        batch_size: how many windows a batch has; `None` gives single ones.
        shuffle: whether they come in a new order in each pass.
        seed: an integer, of the orders.
        start_index, end_index: data before and from there on is not used.
        format: not used: there is one kind of datasets.
    """
    values = np.asarray(data)
    names = ("sequence_stride", "sampling_rate")
    for name, value in zip(names, (sequence_stride, sampling_rate)):
        if not 0 < value < len(values):
            raise ValueError(f"`{name}` must be higher than 0 and lower than the {len(values)} values; got {value}.")
    start = start_index or 0
    end = len(values) if end_index is None else end_index
    if not 0 <= start < end <= len(values):
        raise ValueError(f"start_index {start_index} and end_index {end_index} don't fit {len(values)} values.")
    count = end - start - (sequence_length - 1) * sampling_rate
    labels = None if targets is None else np.asarray(targets)
    count = count if labels is None else min(count, len(labels) - start)
    starts = start + np.arange(0, max(count, 0), sequence_stride)
    if not len(starts):
        raise ValueError(f"{end - start} values hold no window of {sequence_length} values, {sampling_rate} apart.")
    within = sampling_rate * np.arange(sequence_length)

    def fetch(rows: np.ndarray) -> Any:
        at = starts[rows]
        windows = values[at[:, None] + within]
        return windows if labels is None else (windows, labels[at])

    return Samples(fetch, len(starts), batch_size, shuffle, seed)
