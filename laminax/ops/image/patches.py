"""Images cut into patches, and put together again."""

import math
from collections.abc import Sequence
from typing import Any

import jax.numpy as jnp
import numpy as np

from ..._core import checks, settings
from ..._core.operation import Array, operation
from ..windows import explicit_padding, per_axis

__all__ = ["extract_patches", "extract_patches_3d", "reconstruct_patches"]


@operation
def extract_patches(
    images: Array,
    size: Any,
    strides: Any = None,
    dilation_rate: Any = 1,
    padding: str = "valid",
    data_format: str | None = None,
) -> Array:
    """Patches of images as vectors: `(batch, rows, columns, patch height * patch width * channels)`.

    Args:
        images: an image, 3 axes, or a batch of them; volumes, with an axis more, where `size` has three numbers.
        size: height and width of a patch, one number for both, or depth, height and width.
        strides: steps from patch to patch; `None` is `size`.
        dilation_rate: distance of a patch's points.
        padding: `"valid"`, or `"same"` with zeros around.
        data_format: where the channels are.
    """
    if not isinstance(size, (int, tuple, list)):
        raise TypeError(f"extract_patches: Expected an int or a tuple of them as size; got {size!r}.")
    rank = 2 if isinstance(size, int) else len(size)
    if rank not in (2, 3):
        raise ValueError(f"extract_patches: Expected a tuple of length 2 or 3 as size; got {size!r}.")
    return _patches(images, rank, size, strides, dilation_rate, padding, data_format)


@operation
def extract_patches_3d(
    volumes: Array,
    size: Any,
    strides: Any = None,
    dilation_rate: Any = 1,
    padding: str = "valid",
    data_format: str | None = None,
) -> Array:
    """Patches of volumes, `(batch, depth, height, width, channels)`, as vectors. Arguments as `extract_patches`."""
    if not isinstance(size, int) and len(size) != 3:
        raise TypeError(f"extract_patches_3d: Expected an int or a tuple of length 3 as size; got {size!r}.")
    return _patches(volumes, 3, size, strides, dilation_rate, padding, data_format)


def _patches(images: Any, rank: int, size: Any, strides: Any, dilation: Any, padding: str, layout: str | None) -> Array:
    checks.choice("extract_patches", "padding", padding, ("valid", "same"))
    window = checks.integers("extract_patches", "size", size, rank)
    steps = window if not strides else checks.integers("extract_patches", "strides", strides, rank)
    dilation = per_axis(dilation, rank)
    x = images
    if x.ndim not in (rank + 1, rank + 2):
        raise ValueError(
            f"extract_patches: with {rank} sizes, images have {rank + 1} axes, or {rank + 2} with a batch; "
            f"got the shape {tuple(x.shape)}."
        )
    first, single = settings.standardize_data_format(layout) == "channels_first", x.ndim == rank + 1
    x = x[None] if single else x
    x = jnp.moveaxis(x, 1, -1) if first else x
    pads = explicit_padding(padding, x.shape[1:-1], window, steps, dilation)
    x = jnp.pad(x, [(0, 0), *pads, (0, 0)])
    x = _cut(x, window, steps, dilation)
    x = jnp.moveaxis(x, -1, 1) if first else x
    return x[0] if single else x


def _cut(x: Array, window: Sequence[int], steps: Sequence[int], dilation: Sequence[int]) -> Array:
    """Patches by one look-up an axis: `(batch, *space, channels)` to `(batch, *places, patch)`."""
    rank = len(window)
    for i in range(rank):
        axis = 1 + 2 * i  # each axis before has become two
        count = (x.shape[axis] - (window[i] - 1) * dilation[i] - 1) // steps[i] + 1
        places = np.arange(count)[:, None] * steps[i] + np.arange(window[i]) * dilation[i]
        x = jnp.take(x, places, axis=axis)
    places_first = [0, *(1 + 2 * i for i in range(rank)), *(2 + 2 * i for i in range(rank)), 2 * rank + 1]
    x = jnp.transpose(x, places_first)
    return x.reshape(*x.shape[: rank + 1], -1)


@operation
def reconstruct_patches(
    patches: Array,
    size: Any,
    output_size: Sequence[int],
    strides: Any = None,
    padding: str = "valid",
    data_format: str | None = None,
) -> Array:
    """Images from patches that do not overlap, as `extract_patches` gives them.

    Args:
        patches: `(batch, rows, columns, patch)`, without a batch, or with an axis more for volumes.
        size: height and width of a patch, one number for both, or depth, height and width.
        output_size: the same of the image: all that the patches cover if `"valid"`; if `"same"` less of it, by up to
            one patch, for what padding added.
        strides: `size`, or `None`, which is the same.
        padding: as of `extract_patches`.
        data_format: where the channels, and the numbers of a patch, are.
    """
    checks.choice("reconstruct_patches", "padding", padding, ("valid", "same"))
    rank = 2 if isinstance(size, int) else len(size)
    window = checks.integers("reconstruct_patches", "size", size, rank)
    wanted = checks.integers("reconstruct_patches", "output_size", output_size, rank)
    if strides is not None and checks.integers("reconstruct_patches", "strides", strides, rank) != window:
        raise ValueError(f"reconstruct_patches: strides must be size, {window}: no patches overlap; got {strides}.")
    if patches.ndim not in (rank + 1, rank + 2) or rank not in (2, 3):
        raise ValueError(
            f"reconstruct_patches: with {rank} sizes, patches have {rank + 1} axes, or {rank + 2} with a batch; "
            f"got the shape {patches.shape}."
        )
    first, single = settings.standardize_data_format(data_format) == "channels_first", patches.ndim == rank + 1
    x = patches[None] if single else patches
    x = _joined(jnp.moveaxis(x, 1, -1) if first else x, window)
    x = x[(slice(None), *_without_padding(x.shape[1:-1], wanted, window, padding))]
    x = jnp.moveaxis(x, -1, 1) if first else x
    return x[0] if single else x


def _joined(x: Array, window: Sequence[int]) -> Array:
    """`(batch, *places, patch)` to `(batch, *space, channels)`."""
    rank, points = len(window), math.prod(window)
    if x.shape[-1] % points:
        raise ValueError(f"reconstruct_patches: {x.shape[-1]} numbers are no patch of {points} points.")
    counts = x.shape[1:-1]
    x = x.reshape(*x.shape[:-1], *window, x.shape[-1] // points)
    x = x.transpose(0, *(axis for i in range(rank) for axis in (1 + i, 1 + rank + i)), 2 * rank + 1)
    return x.reshape(x.shape[0], *(n * w for n, w in zip(counts, window)), x.shape[-1])


def _without_padding(covered: Any, wanted: Sequence[int], window: Sequence[int], padding: str) -> list[slice]:
    parts = []
    for size, n, w in zip(covered, wanted, window):
        extra = size - n
        if not 0 <= extra < (w if padding == "same" else 1):
            raise ValueError(f"reconstruct_patches: patches that cover {covered} make no image of size {wanted}.")
        parts.append(slice(extra // 2, extra // 2 + n))
    return parts
