"""Data in two parts, for training and for validation."""

import numbers
from typing import Any

import jax
import numpy as np

from .._core.errors import named_arguments
from .arrays import as_arrays, length_of


@named_arguments
def split(
    *arrays: Any, validation: float = 0.2, stratify: Any = None, groups: Any = None, seed: int = 0
) -> tuple[Any, Any]:
    """Rows drawn at random for training, and others, `validation` of all, for validation.

        train, held = lx.data.split(x, y, stratify=y, seed=0)
        model.fit(*train, validation_data=held)

    Args:
        *arrays: arrays, or lists or dicts of them, with the samples along the first axis; `None` stays `None`.
        validation: the share of rows for validation, between 0 and 1.
        stratify: a class for each row; each class gives its share, and one row at least to each part.
        groups: a group for each row, such as a patient; no group stands in both parts. The shares are then met as
            nearly as whole groups allow.
        seed: an integer; the same seed gives the same rows.

    Returns:
        Both parts, each as `arrays` were given: a tuple if there are several.

    Raises:
        ValueError: if lengths differ, or a part would be empty.
    """
    if isinstance(validation, bool) or not isinstance(validation, numbers.Real) or not 0 < float(validation) < 1:
        raise ValueError(f"split: validation must be a number between 0 and 1; got {validation!r}.")
    if stratify is not None and groups is not None:
        raise ValueError("split: give stratify or groups, not both: a group may hold several classes.")
    if not arrays:
        raise ValueError("split: give at least one array, as in split(x, y).")
    trees = [as_arrays(array, f"array {i}", text=True) for i, array in enumerate(arrays)]
    count = length_of({f"array {i}": tree for i, tree in enumerate(trees) if tree is not None})
    rng = np.random.default_rng(seed)
    if groups is not None:
        held = _by_group(_labels(groups, "groups", count), float(validation), rng)
    else:
        labels = np.zeros(count, int) if stratify is None else _labels(stratify, "stratify", count)
        held = _by_class(labels, float(validation), rng, strict=stratify is not None)
    if not 0 < held.sum() < count:
        raise ValueError(f"split: validation={validation} of {count} rows leaves one part empty.")
    parts = tuple(tuple(jax.tree.map(lambda a: a[rows], tree) for tree in trees) for rows in _places(held, rng))  # noqa: B023
    return parts if len(arrays) > 1 else (parts[0][0], parts[1][0])


def _labels(given: Any, name: str, count: int) -> np.ndarray:
    labels = np.asarray(given)
    if labels.ndim == 2 and labels.shape[1] > 1:  # one-hot
        labels = labels.argmax(1)
    labels = labels.reshape(len(labels), -1)[:, 0] if labels.ndim > 1 else labels
    if labels.shape != (count,):
        raise ValueError(f"split: {name} has {len(labels)} entries; the arrays have {count} rows.")
    return np.unique(labels, return_inverse=True)[1]


def _by_class(labels: np.ndarray, share: float, rng: np.random.Generator, strict: bool) -> np.ndarray:
    """Which rows are held out: of each class its share."""
    held = np.zeros(len(labels), bool)
    for label in range(labels.max() + 1):
        rows = rng.permutation(np.flatnonzero(labels == label))
        if strict and len(rows) < 2:
            raise ValueError("split: stratify holds a class of 1 row, which can't be in both parts. Drop or merge it.")
        taken = round(len(rows) * share)
        held[rows[: min(max(taken, 1), len(rows) - 1) if strict else taken]] = True
    return held


def _by_group(labels: np.ndarray, share: float, rng: np.random.Generator) -> np.ndarray:
    """Which rows are held out: whole groups, in random order, as long as they bring the share nearer."""
    sizes = np.bincount(labels)
    wanted, taken, chosen = share * len(labels), 0, []
    for group in rng.permutation(len(sizes)):
        if abs(taken + sizes[group] - wanted) < abs(taken - wanted):
            chosen.append(group)
            taken += sizes[group]
    return np.isin(labels, chosen)


def _places(held: np.ndarray, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """The rows of both parts, in random order."""
    return rng.permutation(np.flatnonzero(~held)), rng.permutation(np.flatnonzero(held))
