"""Datasets of files in folders: which files, which labels, which part of them."""

import os
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from .._core.errors import unknown
from .._core.random import draw_seed
from ..data.dataset import Samples

_MODES = ("int", "categorical", "binary")
_SUBSETS = ("training", "validation", "both")


class Plan(NamedTuple):
    """What all functions that make a dataset of a folder are told."""

    directory: Any
    labels: Any
    label_mode: str | None
    class_names: Sequence[str] | None
    batch_size: int | None
    shuffle: bool
    seed: int | None
    validation_split: float | None
    subset: str | None
    follow_links: bool
    verbose: bool

    @classmethod
    def of(cls, given: Mapping[str, Any]) -> "Plan":
        """Those of the arguments of a function that are of a plan."""
        return cls(**{name: given[name] for name in cls._fields})


class Files(NamedTuple):
    """Files, a label for each, and what the labels mean."""

    paths: list[str]
    labels: np.ndarray | None
    class_names: list[str] | None

    def part(self, first: int, last: int) -> "Files":
        """Those from one number up to another."""
        labels = None if self.labels is None else self.labels[first:last]
        return Files(self.paths[first:last], labels, self.class_names)


def dataset_of(plan: Plan, formats: tuple[str, ...], load: Callable[[list[str]], np.ndarray]) -> Any:
    """The dataset of a folder, or the two of `subset="both"`.

    Args:
        plan: what to take.
        formats: the ends of the names of files to take.
        load: the batch of some files.
    """
    _check(plan)
    seed = draw_seed() % 2**32 if plan.seed is None else plan.seed
    files = _found(plan, formats)
    if plan.shuffle:
        files = _shuffled(files, seed)
    if plan.label_mode == "binary" and len(files.class_names or ()) != 2:
        raise ValueError(f'label_mode="binary" needs exactly 2 classes; got {files.class_names}.')
    parts = _parts(files, plan)
    for name, part in parts.items():
        if not part.paths:
            raise ValueError(f"No {name} files in {str(plan.directory)!r}. Formats: {', '.join(formats)}.")
        if plan.verbose and len(parts) + (plan.subset is not None) > 1:
            print(f"Using {len(part.paths)} files for {name}.")
    made = [_samples(part, plan, load, seed, name != "validation" or len(parts) == 1) for name, part in parts.items()]
    return made[0] if len(made) == 1 else tuple(made)


def _check(plan: Plan) -> None:
    if plan.labels not in ("inferred", None) and not isinstance(plan.labels, (list, tuple)):
        raise ValueError(f'labels must be "inferred", None or a list of integers, one a file; got {plan.labels!r}.')
    if plan.labels != "inferred" and plan.class_names:
        raise ValueError('class_names are for labels="inferred": they are names of folders.')
    if plan.label_mode not in (*_MODES, None):
        raise unknown("label_mode", plan.label_mode, _MODES)
    if bool(plan.validation_split) != bool(plan.subset):
        raise ValueError("validation_split and subset belong together: give both or none.")
    if plan.subset not in (*_SUBSETS, None):
        raise unknown("subset", plan.subset, _SUBSETS)
    if plan.validation_split and not 0 < plan.validation_split < 1:
        raise ValueError(f"validation_split must be a fraction in 0 .. 1; got {plan.validation_split}.")
    if plan.validation_split and plan.shuffle and plan.seed is None and plan.subset != "both":
        raise ValueError("validation_split with shuffle needs a seed, so that both subsets are drawn alike.")


def _found(plan: Plan, formats: tuple[str, ...]) -> Files:
    """All files, in the order of their names."""
    root = os.fspath(plan.directory)
    infer = plan.labels == "inferred" and (plan.label_mode is not None or plan.class_names is not None)
    folders = [entry.name for entry in os.scandir(root) if entry.is_dir() and not entry.name.startswith(".")]
    names = sorted(folders) if infer else [""]
    if plan.class_names is not None:
        if not set(plan.class_names) <= set(folders):
            raise ValueError(f"class_names must be folders in {root!r}, {sorted(folders)}; got {plan.class_names}.")
        names = list(plan.class_names)
    found = [_files_in(os.path.join(root, name), formats, plan.follow_links) for name in names]
    paths = [path for group in found for path in group]
    if plan.labels is None or plan.label_mode is None:
        files = Files(paths, None, names if infer else None)
    elif infer:
        files = Files(paths, np.repeat(np.arange(len(names), dtype="int32"), [len(g) for g in found]), names)
    else:
        if len(plan.labels) != len(paths):
            raise ValueError(f"labels has {len(plan.labels)} entries for {len(paths)} files in {root!r}.")
        files = Files(paths, np.asarray(plan.labels, "int32"), [str(label) for label in sorted(set(plan.labels))])
    if plan.verbose:
        classes = f" belonging to {len(files.class_names or ())} classes" if files.labels is not None else ""
        print(f"Found {len(paths)} files{classes}.")
    return files


def _files_in(folder: str, formats: tuple[str, ...], follow_links: bool) -> list[str]:
    walk = sorted(os.walk(folder, followlinks=follow_links))
    return [os.path.join(at, name) for at, _, names in walk for name in sorted(names) if name.lower().endswith(formats)]


def _shuffled(files: Files, seed: int) -> Files:
    """Keras's order of a seed, so that a split is the same."""
    order = np.arange(len(files.paths))
    np.random.RandomState(seed).shuffle(order)
    labels = None if files.labels is None else files.labels[order]
    return Files([files.paths[i] for i in order], labels, files.class_names)


def _parts(files: Files, plan: Plan) -> dict[str, Files]:
    if not plan.validation_split:
        return {"training": files}
    count = len(files.paths)
    first = count - int(plan.validation_split * count)
    parts = {"training": files.part(0, first), "validation": files.part(first, count)}
    return parts if plan.subset == "both" else {str(plan.subset): parts[str(plan.subset)]}


def _samples(files: Files, plan: Plan, load: Callable[[list[str]], np.ndarray], seed: int, again: bool) -> Samples:
    labels = files.labels
    if labels is not None and plan.label_mode == "binary":
        labels = labels.astype("float32")[:, None]
    elif labels is not None and plan.label_mode == "categorical":
        labels = np.eye(len(files.class_names or ()), dtype="float32")[labels]

    def fetch(rows: np.ndarray) -> Any:
        batch = load([files.paths[i] for i in rows])
        return batch if labels is None else (batch, labels[rows])

    made: Any = Samples(fetch, len(files.paths), plan.batch_size, plan.shuffle and again, seed, os.cpu_count() or 1)
    made.class_names, made.file_paths = files.class_names, files.paths
    return made
