"""Images seen through a change of place: affine, perspective, elastic; and their blur."""

import functools
import itertools
import math
from collections.abc import Sequence
from typing import Any

import jax
import jax.numpy as jnp

from ..._core import checks, compat, dtypes
from ..._core.operation import Array, operation
from ..._core.random import SeedGenerator
from .layout import batched

FILL_MODES = ("constant", "nearest", "wrap", "mirror", "reflect")
ORDERS = {"nearest": 0, "bilinear": 1}

__all__ = [
    "affine_transform",
    "elastic_transform",
    "gaussian_blur",
    "map_coordinates",
    "perspective_transform",
]


@operation
def map_coordinates(
    inputs: Array, coordinates: Array, order: int, fill_mode: str = "constant", fill_value: float = 0
) -> Array:
    """The values of an array at any places, between its points by interpolation.

    Args:
        inputs: an array of `n` axes.
        coordinates: `(n, *shape)`: for each axis, where to look. The output has `shape`.
        order: 0 takes the nearest point, 1 is linear.
        fill_mode: what lies outside of `a b c d`: `"constant"` `k k | a b c d | k k`, `"nearest"`
            `a a | a b c d | d d`, `"wrap"` `c d | a b c d | a b`, `"mirror"` `c b | a b c d | c b`, `"reflect"`
            `b a | a b c d | d c`.
        fill_value: `k`.
    """
    inputs = jnp.asarray(inputs)
    coordinates = [jnp.asarray(c) for c in coordinates]
    if len(coordinates) != inputs.ndim or coordinates[0].ndim == 0:
        raise ValueError(
            "map_coordinates: `coordinates` must have the shape (n, ...), where n must be the same as the rank of "
            f"`inputs`, expected at least rank 2; got {len(coordinates)} of shape {coordinates[0].shape} for inputs "
            f"of shape {tuple(inputs.shape)}."
        )
    if order not in (0, 1):
        raise ValueError(f"map_coordinates: order must be 0 (nearest) or 1 (linear); got {order!r}.")
    checks.choice("map_coordinates", "fill_mode", fill_mode, FILL_MODES)
    return _values_at(inputs, coordinates, order, fill_mode, fill_value)


def _values_at(values: Array, coordinates: Sequence[Array], order: int, fill_mode: str, fill_value: float) -> Array:
    """Values `(*space, ...)` at coordinates, one array `(*places)` for each axis of the space: `(*places, ...)`."""
    dtype = values.dtype
    axes = [_neighbours(c, size, order, fill_mode) for c, size in zip(coordinates, values.shape)]
    deep = (...,) + (None,) * (values.ndim - len(axes))
    if order == 1:
        values = dtypes.at_least_float32(values)
    total: Any = None
    for corner in itertools.product(*axes):
        places, inside, weights = zip(*corner)
        value = values[places]
        if fill_mode == "constant":
            value = jnp.where(_all(inside)[deep], value, jnp.asarray(fill_value, value.dtype))
        if order == 1:
            value = value * math.prod(weights[1:], start=weights[0])[deep].astype(value.dtype)
        total = value if total is None else total + value
    if order == 1 and not dtypes.is_float(dtype):
        total = jax.lax.round(total)
    return total.astype(dtype)


def _all(conditions: Sequence[Array]) -> Array:
    found = conditions[0]
    for condition in conditions[1:]:
        found = found & condition
    return found


def _neighbours(coordinate: Array, size: Any, order: int, fill_mode: str) -> list[tuple[Array, Array, Any]]:
    """The points next to a coordinate on one axis: place, whether it is inside, weight."""
    coordinate = coordinate if dtypes.is_float(coordinate) else coordinate.astype("float32")
    if order == 0:
        found = [(jax.lax.round(coordinate), 1.0)]
    else:
        lower = jnp.floor(coordinate)
        found = [(lower, 1 - (coordinate - lower)), (lower + 1, coordinate - lower)]
    indices = [(place.astype("int32"), weight) for place, weight in found]
    return [(_folded(i, size, fill_mode), (i >= 0) & (i < size), weight) for i, weight in indices]


def _folded(index: Array, size: Any, fill_mode: str) -> Array:
    """Where on the axis stands what a place, perhaps outside, shows."""
    if fill_mode == "wrap":
        return index % size
    if fill_mode == "mirror":
        return _mirrored(index, size)
    if fill_mode == "reflect":
        return (_mirrored(2 * index + 1, 2 * size + 1) - 1) // 2
    return jnp.clip(index, 0, size - 1)


def _mirrored(index: Array, size: Any) -> Array:
    last = max(size - 1, 1) if isinstance(size, int) else size - 1
    found = jnp.abs((index + last) % (2 * last) - last)
    return found if size != 1 else jnp.zeros_like(index)


def _grid(images: Array) -> tuple[Array, Array]:
    """x and y of each pixel, `(1, height, width)`; the numbers of pixels need more bits than short floats have."""
    height, width = images.shape[1:3]
    x, y = jnp.arange(width, dtype="float32"), jnp.arange(height, dtype="float32")
    return x[None, None, :], y[None, :, None]


@functools.partial(jax.jit, static_argnames=("interpolation", "fill_mode"))
def look_up(images: Array, x: Array, y: Array, interpolation: str, fill_mode: str, fill_value: float) -> Array:
    """Images that show at each pixel what the given ones show at `x` and `y`, `(batch, height, width)`.

    One program: in eager mode too, nothing as large as the images is made in between.
    """

    def one(image: Array, x: Array, y: Array) -> Array:
        return _values_at(image, (y, x), ORDERS[interpolation], fill_mode, fill_value)

    shape = images.shape[:3]
    return jax.vmap(one)(images, jnp.broadcast_to(x, shape), jnp.broadcast_to(y, shape))


def project(matrix: Array, x: Array, y: Array) -> tuple[Array, Array]:
    """Where the eight numbers `a0 a1 a2 b0 b1 b2 c0 c1` of each image send the points."""
    a0, a1, a2, b0, b1, b2, c0, c1 = (matrix[:, i, None, None] for i in range(8))
    scale = c0 * x + c1 * y + 1
    return (a0 * x + a1 * y + a2) / scale, (b0 * x + b1 * y + b2) / scale


@operation
def affine_transform(
    images: Array,
    transform: Array,
    interpolation: str = "bilinear",
    fill_mode: str = "constant",
    fill_value: float = 0,
    data_format: str | None = None,
) -> Array:
    """Images that show at `(x, y)` what the given ones show at `(x', y')`.

    `x' = (a0 x + a1 y + a2) / k`, `y' = (b0 x + b1 y + b2) / k` with `k = c0 x + c1 y + 1`.

    Args:
        images: an image, 3 axes, or a batch of them.
        transform: `a0 a1 a2 b0 b1 b2 c0 c1`, `(8,)` for all images or `(batch, 8)`.
        interpolation: `"bilinear"` or `"nearest"`.
        fill_mode, fill_value: what lies outside, as in `map_coordinates`.
        data_format: where the channels are.
    """
    checks.choice("affine_transform", "interpolation", interpolation, tuple(ORDERS))
    checks.choice("affine_transform", "fill_mode", fill_mode, FILL_MODES)
    images, back = batched(images, data_format)
    transform = jnp.asarray(transform).astype("float32")
    if transform.ndim not in (1, 2) or transform.shape[-1] != 8:
        raise ValueError(
            "affine_transform: Invalid transform rank: expected rank 1, the shape (8,), or 2, (batch, 8); "
            f"got {transform.shape}."
        )
    x, y = project(transform.reshape(-1, 8), *_grid(images))
    return back(look_up(images, x, y, interpolation, fill_mode, fill_value))


@operation
def perspective_transform(
    images: Array,
    start_points: Array,
    end_points: Array,
    interpolation: str = "bilinear",
    fill_value: float = 0,
    data_format: str | None = None,
) -> Array:
    """Images seen from elsewhere, so that four points move to four given places.

    Args:
        images: an image, 3 axes, or a batch of them.
        start_points: `(4, 2)` for all images or `(batch, 4, 2)`: x and y in the images.
        end_points: where they are in the output.
        interpolation: `"bilinear"` or `"nearest"`.
        fill_value: what lies outside.
        data_format: where the channels are.
    """
    checks.choice("perspective_transform", "interpolation", interpolation, tuple(ORDERS))
    images, back = batched(images, data_format)
    start, end = (jnp.asarray(p).astype("float32") for p in (start_points, end_points))
    for name, points in (("start_points", start), ("end_points", end)):
        if points.shape[-2:] != (4, 2) or points.ndim not in (2, 3) or points.shape != start.shape:
            raise ValueError(
                f"perspective_transform: Invalid {name} shape: expected (4, 2) or (batch, 4, 2), the same for both; "
                f"got {tuple(points.shape)}."
            )
    matrix = homography(start.reshape(-1, 4, 2), end.reshape(-1, 4, 2))
    x, y = project(matrix, *_grid(images))
    return back(look_up(images, x, y, interpolation, "constant", fill_value))


def homography(start: Array, end: Array) -> Array:
    """`a0 a1 a2 b0 b1 b2 c0 c1` of the projection that sends four points `end` to `start`, both `(batch, 4, 2)`."""
    x, y = end[..., 0], end[..., 1]
    to_x, to_y = start[..., 0], start[..., 1]
    one, none = jnp.ones_like(x), jnp.zeros_like(x)
    rows_x = jnp.stack([x, y, one, none, none, none, -to_x * x, -to_x * y], -1)
    rows_y = jnp.stack([none, none, none, x, y, one, -to_y * x, -to_y * y], -1)
    equations = jnp.concatenate([rows_x, rows_y], -2)
    return jnp.linalg.solve(equations, jnp.concatenate([to_x, to_y], -1)[..., None])[..., 0]


@operation
def gaussian_blur(
    images: Array,
    kernel_size: Sequence[int] = (3, 3),
    sigma: Any = (1.0, 1.0),
    data_format: str | None = None,
) -> Array:
    """Images blurred by a Gaussian bell, with zeros around them.

    Args:
        images: an image, 3 axes, or a batch of them.
        kernel_size: width and height of the bell's part that counts, in pixels.
        sigma: its standard deviations, along the width and along the height.
        data_format: where the channels are.
    """
    images, back = batched(images, data_format)
    sigma = jnp.asarray(sigma).astype(dtypes.at_least_float32(images).dtype)
    for size, deviation, axis in zip(
        checks.integers("gaussian_blur", "kernel_size", list(kernel_size), 2), sigma, (2, 1)
    ):
        places = jnp.arange(size, dtype=deviation.dtype) - (size - 1) / 2
        images = _convolved(images, jnp.exp(-((places / deviation) ** 2) / 2), axis)
    return back(images)


def _convolved(images: Array, weights: Array, axis: int) -> Array:
    """Means along an axis under weights `(size,)`, as many pixels as before, with zeros beyond the edges.

    As a product with a band matrix: much faster than a convolution of single channels.
    """
    pixels, size = jnp.arange(images.shape[axis]), weights.shape[0]
    place = pixels - pixels[:, None] + (size - 1) // 2  # in the weights, for each pixel and each one around it
    band = jnp.where((place >= 0) & (place < size), (weights / jnp.sum(weights))[jnp.clip(place, 0, size - 1)], 0)
    x = dtypes.at_least_float32(images)
    means = jnp.tensordot(x, band.astype(x.dtype), (axis, 1), precision="highest")
    return jnp.moveaxis(means, -1, axis).astype(images.dtype)


@operation
def elastic_transform(
    images: Array,
    alpha: Any = 20.0,
    sigma: Any = 5.0,
    interpolation: str = "bilinear",
    fill_mode: str = "reflect",
    fill_value: float = 0.0,
    seed: Any = None,
    data_format: str | None = None,
) -> Array:
    """Images as on rubber, by a random field of shifts: noise of deviation `sigma`, blurred, times `alpha`.

    Simard et al., 2003.

    Args:
        images: an image, 3 axes, or a batch of them, each with a field of its own.
        alpha: the strength.
        sigma: the standard deviation of the blur, in pixels.
        interpolation: `"bilinear"` or `"nearest"`.
        fill_mode, fill_value: what lies outside, as in `map_coordinates`.
        seed: an integer, a `SeedGenerator`, or `None` for another field at each call.
        data_format: where the channels are.
    """
    checks.choice("elastic_transform", "interpolation", interpolation, tuple(ORDERS))
    checks.choice("elastic_transform", "fill_mode", fill_mode, FILL_MODES)
    if compat.is_tracer(sigma):
        raise ValueError("elastic_transform: sigma must be a number, not an array that is traced by JAX.")
    key = (seed if isinstance(seed, SeedGenerator) else SeedGenerator(seed)).key()
    images, back = batched(images, data_format)
    x, y = elastic_field(key, images, alpha, sigma, int(6 * float(sigma)) // 2)
    return back(look_up(images, x, y, interpolation, fill_mode, fill_value))


@functools.partial(jax.jit, static_argnames="most")
def elastic_field(key: Array, images: Array, alpha: Any, sigma: Any, most: int) -> tuple[Array, Array]:
    """Where each pixel `(batch, height, width)` of an elastic transformation looks; `most` bounds the blur's radius."""
    noise = jax.random.normal(key, (2, *images.shape[:3]), "float32") * sigma
    places = jnp.arange(-most, most + 1, dtype="float32")
    near = jnp.abs(places) <= jnp.floor(6 * jnp.asarray(sigma, "float32")) // 2
    bell = jnp.where(near, jnp.exp(-((places / jnp.maximum(sigma, 1e-6)) ** 2) / 2), 0)
    shift = alpha * _convolved(_convolved(noise, bell, 3), bell, 2)
    x, y = _grid(images)
    return x + shift[0], y + shift[1]
