"""Checks of the arguments of `fit`, `evaluate` and `predict`."""

import numbers
from collections.abc import Iterable
from typing import Any

import jax

from .._core import checks
from ..data.arrays import as_arrays
from ..data.sources import Sample, is_stream


def check_counts(what: str, least: int = 1, **given: Any) -> None:
    """Raise a `ValueError` for a count that is no integer, or less than `least`; `None` is none."""
    for name, value in given.items():
        if value is not None:
            checks.integer(what, name, value, least)


def check_frequency(value: Any) -> None:
    """Raise a `ValueError` unless `validation_freq` is a positive integer or holds numbers of epochs."""
    if isinstance(value, Iterable) and not isinstance(value, (str, bytes)):
        for epoch in value:
            checks.integer("fit", "validation_freq", epoch)
    else:
        checks.integer("fit", "validation_freq", value)


def is_due(epoch: int, frequency: Any) -> bool:
    """Whether to validate after this epoch: every so many, or after those that are listed."""
    return (epoch + 1) % frequency == 0 if isinstance(frequency, numbers.Integral) else epoch + 1 in frequency


def split(data: Sample, share: Any, validation_data: Any, text: bool = False) -> tuple[Sample, Any]:
    """The first rows for training, and the last ones, `share` of all, for validation."""
    if isinstance(share, bool) or not isinstance(share, numbers.Real) or not 0 <= float(share) < 1:
        raise ValueError(f"fit: validation_split must be a number from 0 to below 1; got {share!r}.")
    if not share:
        return data, validation_data
    if validation_data is not None:
        raise ValueError("Give either validation_split or validation_data, not both.")
    if is_stream(data.x):
        raise ValueError("validation_split needs arrays: x gives batches. Give validation_data.")
    names = ("x", "y", "sample_weight")
    data = Sample(*(as_arrays(part, name, text and name == "x") for part, name in zip(data, names)))
    count = data.check()
    at = int(count * (1 - float(share)))
    if not 0 < at < count:
        raise ValueError(f"validation_split={share} of {count} samples leaves one side empty.")
    return _rows(data, slice(at)), tuple(_rows(data, slice(at, None)))


def _rows(data: Sample, rows: slice) -> Sample:
    return jax.tree.map(lambda a: a[rows], data)


def validation_sample(data: Any) -> Sample:
    """`validation_data` as a sample; a stream of batches is its `x`."""
    if isinstance(data, list) and not is_stream(data):
        data = tuple(data)
    if not isinstance(data, tuple):
        return Sample(data)
    if not 2 <= len(data) <= 3:
        raise ValueError(f"give (x, y) or (x, y, sample_weight), or batches of these; got {len(data)} arrays.")
    return Sample(*data)
