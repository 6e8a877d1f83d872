"""A dataset of the texts in a folder."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from .._core.errors import named_arguments
from .folders import Plan, dataset_of


@named_arguments
def text_dataset_from_directory(
    directory: Any,
    labels: Any = "inferred",
    label_mode: str | None = "int",
    class_names: Sequence[str] | None = None,
    batch_size: int | None = 32,
    max_length: int | None = None,
    shuffle: bool = True,
    seed: int | None = None,
    validation_split: float | None = None,
    subset: str | None = None,
    follow_links: bool = False,
    format: str = "tf",
    verbose: bool = True,
) -> Any:
    """Batches of the `.txt` files (UTF-8) in a folder, which models that begin with text take, and their labels.

    Args:
        directory, labels, label_mode, class_names, batch_size, shuffle, seed, validation_split, subset, follow_links,
            format, verbose: as of `image_dataset_from_directory`.
        max_length: the number of characters that are kept of each.
    """
    plan = Plan.of(locals())

    def load(paths: list[str]) -> np.ndarray:
        texts = np.empty(len(paths), object)
        for i, path in enumerate(paths):
            with open(path, encoding="utf-8", errors="replace") as file:
                texts[i] = file.read(-1 if max_length is None else max_length)
        return texts

    return dataset_of(plan, (".txt",), load)
