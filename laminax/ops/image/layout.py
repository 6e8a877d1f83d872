"""One layout for the functions of images: a batch, channels last."""

from collections.abc import Callable
from typing import Any

import jax.numpy as jnp

from ..._core import settings

Array = Any


def check_rank(images: Array) -> None:
    """Raise for what is neither an image nor a batch of them."""
    if jnp.ndim(images) not in (3, 4):
        raise ValueError(
            f"Invalid images rank: expected rank 3 (an image) or 4 (a batch); got the shape {tuple(images.shape)}."
        )


def batched(images: Array, data_format: str | None) -> tuple[Array, Callable[[Array], Array]]:
    """`(batch, height, width, channels)`, and the function that brings results back to the layout of `images`."""
    images = jnp.asarray(images)
    check_rank(images)
    first, single = settings.standardize_data_format(data_format) == "channels_first", images.ndim == 3

    def back(results: Array) -> Array:
        results = results[0] if single else results
        return jnp.moveaxis(results, -1, -3) if first else results

    images = images[None] if single else images
    return (jnp.moveaxis(images, 1, -1) if first else images), back


def spatial_axes(data_format: str | None) -> tuple[int, int]:
    """The axes of height and width, counted from the last one."""
    return (-2, -1) if settings.standardize_data_format(data_format) == "channels_first" else (-3, -2)
