"""A dataset of the images in a folder."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from .._core.errors import named_arguments, unknown
from .._core.settings import standardize_data_format
from .folders import Plan, dataset_of
from .images import INTERPOLATIONS, _middle, load_img, resampled

FORMATS = (".bmp", ".gif", ".jpeg", ".jpg", ".png")


@named_arguments
def image_dataset_from_directory(
    directory: Any,
    labels: Any = "inferred",
    label_mode: str | None = "int",
    class_names: Sequence[str] | None = None,
    color_mode: str = "rgb",
    batch_size: int | None = 32,
    image_size: Any = (256, 256),
    shuffle: bool = True,
    seed: int | None = None,
    validation_split: float | None = None,
    subset: str | None = None,
    interpolation: str = "bilinear",
    follow_links: bool = False,
    crop_to_aspect_ratio: bool = False,
    pad_to_aspect_ratio: bool = False,
    data_format: str | None = None,
    format: str = "tf",
    verbose: bool = True,
) -> Any:
    """Batches of the images in a folder, float32 in 0 .. 255, which `fit` takes, and their labels. Needs Pillow.

    The dataset knows its `class_names` and `file_paths`; `.map(function)` changes its batches.

    Args:
        directory: the folder, with a folder of images for each class.
        labels: `"inferred"` from the folders, a list of integers in the order of the files' names, or `None`.
        label_mode: `"int"`; `"categorical"`, one-hot; `"binary"`, 0. and 1. of shape `(batch, 1)`; or `None`.
        class_names: the folders to take, in the order of their labels.
        color_mode: `"grayscale"`, `"rgb"` or `"rgba"`.
        batch_size: how many images a batch has; `None` gives single ones.
        image_size: height and width to which they are resized.
        shuffle: whether the files come in a new order in each pass.
        seed: an integer, of the orders, and of the split.
        validation_split: the fraction of the files that is kept for validation.
        subset: `"training"`, `"validation"`, or `"both"`, which gives two datasets.
        interpolation: `"bilinear"`, `"nearest"`, `"bicubic"`, `"lanczos3"` or `"lanczos5"`.
        follow_links: whether to follow links to folders.
        crop_to_aspect_ratio: take the largest part in the middle that has the new aspect ratio.
        pad_to_aspect_ratio: add black borders until the image has the new aspect ratio.
        data_format: where the channels will be.
        format: not used: there is one kind of datasets.
        verbose: whether to print how many files there are.
    """
    plan = Plan.of(locals())
    if interpolation not in INTERPOLATIONS:
        raise unknown("interpolation", interpolation, INTERPOLATIONS)
    size = (image_size, image_size) if isinstance(image_size, int) else tuple(image_size)
    if len(size) != 2:
        raise ValueError(f"image_size must be height and width; got {image_size!r}.")
    first = standardize_data_format(data_format) == "channels_first"

    def load(paths: list[str]) -> np.ndarray:
        images = []
        for path in paths:
            image = np.asarray(load_img(path, color_mode), "float32")
            image = image if image.ndim == 3 else image[:, :, None]
            if crop_to_aspect_ratio:
                left, top, right, bottom = _middle(image.shape[1::-1], size[::-1])
                image = image[top:bottom, left:right]
            images.append(resampled(_padded(image, size) if pad_to_aspect_ratio else image, size, interpolation))
        batch = np.stack(images)
        return np.moveaxis(batch, -1, 1) if first else batch

    return dataset_of(plan, FORMATS, load)


def _padded(image: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    height, width = image.shape[:2]
    more = max(size[0] * width // size[1] - height, 0), max(size[1] * height // size[0] - width, 0)
    return np.pad(image, [*((n // 2, n - n // 2) for n in more), (0, 0)])
