"""The base of layers that change the values of pixels, and leave each pixel where it is."""

from typing import Any

import jax
import jax.numpy as jnp

from ..layer import Array
from .base import RandomImageLayer, batch_size_of, images_of


class RandomPixelLayer(RandomImageLayer):
    """The base of layers that change the values of pixels at random in training; labels, boxes and masks stay.

    A subclass writes `draw`, which gives the numbers for a whole batch, and `change`, which follows them.

    Args:
        value_range: the smallest and the largest value that a pixel may have.
    """

    def __init__(self, value_range: Any = (0, 255), **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.value_range = checked_value_range(self, value_range)

    def draw(self, images: Array, key: Array) -> Any:
        """The numbers for a batch of images, drawn with one key of `jax.random`."""
        raise NotImplementedError(f"{type(self).__name__} must define draw(self, images, key).")

    def change(self, images: Array, transformation: Any) -> Array:
        """A batch of float images, changed by what `draw` gave."""
        raise NotImplementedError(f"{type(self).__name__} must define change(self, images, transformation).")

    def get_random_transformation(self, data: Any, training: bool = True, seed: Any = None) -> Any:
        return self.draw(images_of(data), self.next_key(seed)) if training else None

    def transform_images(self, images: Array, transformation: Any, training: bool = True) -> Array:
        images = self.as_floats(images)
        return self.change(images, transformation).astype(images.dtype) if training else images

    def clipped(self, images: Array) -> Array:
        """The images, with what lies beyond the range of values at its edge."""
        return jnp.clip(images, *self.value_range)


class RandomFactorLayer(RandomPixelLayer):
    """The base of layers that change each image as far as a number drawn from a range, the `factor`.

    Args:
        factor: two numbers between which one is drawn for each image, or one, for `-factor .. factor` as far as the
            class allows.
        value_range: the smallest and the largest value that a pixel may have.
        data_format: where the channels are.
        seed: an integer for the same sequence of draws at each run.
    """

    bounds = (-1.0, 1.0)  # of `factor`

    def __init__(
        self,
        factor: Any,
        value_range: Any = (0, 255),
        data_format: str | None = None,
        seed: int | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(value_range, data_format=data_format, seed=seed, **kwargs)
        self._set_factor(factor)

    def _set_factor(self, factor: Any) -> None:
        self.factor = self.range_of("factor", factor, *self.bounds)

    def draw(self, images: Array, key: Array) -> Any:
        return {"factor": self.draw_factor(images, key)}

    def draw_factor(self, images: Array, key: Array) -> Array:
        """One number of the range `factor` for each image."""
        return uniform(key, (batch_size_of(images),), *self.factor)

    def chosen(self, first: Array, second: Array) -> Array:
        """Whether to change each image, by two numbers in 0 .. 1: with a probability in the range `factor`."""
        return second < between(first, self.factor)


def checked_value_range(owner: Any, value_range: Any) -> tuple[float, float]:
    """`(smallest, largest)` from two different numbers."""
    pair = tuple(value_range) if isinstance(value_range, (tuple, list)) else ()
    fits = len(pair) == 2 and all(isinstance(v, (int, float)) and not isinstance(v, bool) for v in pair)
    if not fits or pair[0] == pair[1]:
        raise ValueError(
            f"{type(owner).__name__}: The `value_range` argument should be a list of two numbers, the smallest and the "
            f"largest value of a pixel, such as (0, 255) or (0, 1); got {value_range!r}."
        )
    return min(pair), max(pair)


def uniform(key: Array, shape: Any, low: float = 0.0, high: float = 1.0) -> Array:
    """Random numbers in `low .. high`, of 32 bits whatever JAX's default."""
    return jax.random.uniform(key, tuple(shape), "float32", low, high)


def uniforms(key: Array, count: int, images: Array) -> Array:
    """Random numbers in 0 .. 1, `count` for each image, `(count, batch)`: one draw, for each costs time to compile."""
    return uniform(key, (count, batch_size_of(images)))


def between(shares: Array, bounds: tuple[float, float]) -> Array:
    """The numbers that lie at these shares of the way from the lower to the upper bound."""
    low, high = bounds
    return low + shares * (high - low)


def for_each(images: Array, values: Any) -> Array:
    """One value for each image, in a shape that broadcasts against the batch; floats in the type of the images."""
    values = jnp.reshape(jnp.asarray(values), (-1, 1, 1, 1))
    return values if values.dtype == bool else values.astype(images.dtype)
