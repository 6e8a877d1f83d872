"""Layers that join several inputs into one."""

import functools
from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp

from .. import ops
from .._core import checks, dtypes
from .layer import Array, Layer

__all__ = [
    *("Add", "Average", "Concatenate", "Dot", "Maximum", "Minimum", "Multiply", "Subtract"),
    *("add", "average", "concatenate", "dot", "maximum", "minimum", "multiply", "subtract"),
]


class Merge(Layer):
    """The base of layers that join a list of arrays, element by element: subclasses write `merge(arrays)`.

    Sizes of 1 broadcast. An input with fewer axes gets axes of size 1 after the batch's. A step is
    masked out if it is in every input; an input without a mask masks nothing.
    """

    supports_masking = True
    count: int | None = None  # of the inputs, where it is fixed

    def call(self, inputs: Any) -> Array:
        return self.merge(self.aligned(inputs))

    def merge(self, arrays: list[Array]) -> Array:
        """One array from several."""
        raise NotImplementedError(f"{type(self).__name__} must define merge(arrays).")

    def aligned(self, inputs: Any) -> list[Array]:
        """The inputs, with as many axes each, and sizes that broadcast."""
        arrays = self.checked(inputs)
        rank = max(x.ndim for x in arrays)
        aligned = [_widened(x, rank) for x in arrays]
        for axis, sizes in enumerate(zip(*(x.shape for x in aligned))):
            known = {size for size in sizes if isinstance(size, int) and (size != 1 or axis == 0)}
            if len(known) > 1:
                raise self.unfit("inputs with sizes that are equal, or 1 where they broadcast", arrays)
        return aligned

    def checked(self, inputs: Any) -> list[Array]:
        """The inputs, a list of as many arrays as the layer takes, in one type."""
        who = f"Layer {self.name!r} ({type(self).__name__})"
        if not isinstance(inputs, (list, tuple)) or not inputs:
            raise ValueError(f"{who} should be called on a list of inputs; got {type(inputs).__name__}.")
        if self.count is not None and len(inputs) != self.count:
            raise ValueError(f"{who}: the layer should be called on exactly {self.count} inputs; got {len(inputs)}.")
        dtype = dtypes.common(x.dtype for x in inputs)
        return [x.astype(dtype) for x in inputs]

    def unfit(self, wanted: str, arrays: list[Array]) -> ValueError:
        """The error for inputs whose shapes don't fit each other."""
        shapes = " and ".join(str(tuple(x.shape)) for x in arrays)
        return ValueError(f"Layer {self.name!r} ({type(self).__name__}) requires {wanted}; got {shapes}.")

    def checked_masks(self, inputs: Any, masks: Any) -> list[Any]:
        """For each input its mask, or `None`."""
        if masks is None:
            return [None]
        for name, value in (("mask", masks), ("inputs", inputs)):
            if not isinstance(value, (list, tuple)):
                raise ValueError(f"{type(self).__name__}: `{name}` should be a list; got {type(value).__name__}.")
        if len(masks) != len(inputs):
            raise ValueError(
                f"{type(self).__name__}: mask and inputs should have the same length; "
                f"got {len(masks)} and {len(inputs)}."
            )
        return [None if mask is None else self._convert(mask).astype(bool) for mask in masks]

    def compute_mask(self, inputs: Any, previous_mask: Any = None) -> Any:
        masks = self.checked_masks(inputs, previous_mask)
        return None if any(m is None for m in masks) else functools.reduce(jnp.logical_or, masks)


class Add(Merge):
    """The sum of the inputs."""

    def merge(self, arrays: list[Array]) -> Array:
        return functools.reduce(jnp.add, arrays)


class Subtract(Merge):
    """The first input minus the second."""

    count = 2

    def merge(self, arrays: list[Array]) -> Array:
        return arrays[0] - arrays[1]


class Average(Merge):
    """The mean of the inputs, element by element."""

    def merge(self, arrays: list[Array]) -> Array:
        return functools.reduce(jnp.add, arrays) / len(arrays)


class MaskedMerge(Merge):
    """The base of merges by one operation of two arrays, in which steps that are masked out take no part.

    Where a step is masked out in some inputs, the others decide alone.
    """

    operation: Callable[..., Array]

    def call(self, inputs: Any, mask: Any = None) -> Array:
        output, *others = self.aligned(inputs)
        operation = type(self).operation
        if not jax.tree.leaves(mask):
            return functools.reduce(operation, others, output)
        rank = output.ndim
        real, *reals = [True if m is None else _of_values(m, x, rank) for m, x in zip(mask, inputs)]
        for x, here in zip(others, reals):
            output = jnp.where(real & here, operation(output, x), jnp.where(here, x, output))
            real = real | here
        return self.without_any(output, real)

    def without_any(self, output: Array, real: Array) -> Array:
        """The output, where `real` tells which values at least one input has."""
        return output


class Multiply(MaskedMerge):
    """The product of the inputs, element by element.

    A step that is masked out in some inputs is the product of the others, and 0 if it is in all.
    """

    operation = jnp.multiply

    def without_any(self, output: Array, real: Array) -> Array:
        """0 where no input has a value."""
        return jnp.where(real, output, 0)


class Maximum(MaskedMerge):
    """The largest of the inputs, element by element, among those in which the step is not masked out."""

    operation = jnp.maximum


class Minimum(MaskedMerge):
    """The smallest of the inputs, element by element, among those in which the step is not masked out."""

    operation = jnp.minimum


class Concatenate(Merge):
    """The inputs one after another along `axis`; all other sizes must be equal.

    Args:
        axis: the axis along which they follow each other.
    """

    def __init__(self, axis: int = -1, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.axis = axis

    def call(self, inputs: Any) -> Array:
        arrays = self.checked(inputs)
        rank = arrays[0].ndim
        if not -rank <= self.axis < rank:
            raise self.unfit(f"inputs that have an axis {self.axis}", arrays)
        kept = {(*x.shape[: self.axis % rank], None, *x.shape[self.axis % rank + 1 :]) for x in arrays}
        if len(kept) != 1:
            rule = f"inputs with matching shapes except for the concatenation axis ({self.axis})"
            raise self.unfit(rule, arrays)
        return jnp.concatenate(arrays, self.axis)

    def compute_mask(self, inputs: Any, previous_mask: Any = None) -> Any:
        masks = self.checked_masks(inputs, previous_mask)
        if not jax.tree.leaves(masks):
            return None
        full = []
        for x, mask in zip(inputs, masks):
            mask = jnp.ones(x.shape[:-1], bool) if mask is None else mask
            full.append(jnp.broadcast_to(mask[..., None], x.shape) if mask.ndim < x.ndim else mask)
        return jnp.any(jnp.concatenate(full, self.axis), axis=-1)


class Dot(Merge):
    """The sum of the products of two inputs along one axis of each, sample by sample.

    `(batch, a, n)` and `(batch, n, b)` with `axes=(2, 1)` give `(batch, a, b)`; two vectors give `(batch, 1)`.

    Args:
        axes: the axis along which to sum, of both inputs, or of the first and of the second.
        normalize: whether to divide each vector by its length first, so that the output is the cosine.
    """

    count = 2

    def __init__(self, axes: Any, normalize: bool = False, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        pair = checks.integers(self, "axes", axes, 2, least=-9)
        self.axes = axes if isinstance(axes, int) else pair
        self.normalize = normalize

    def call(self, inputs: Any) -> Array:
        x, y = arrays = self.checked(inputs)
        i, j = (axis % z.ndim if -z.ndim <= axis < z.ndim else 0 for axis, z in zip(self._pair(), arrays))
        if not i or not j:
            raise self.unfit(f"inputs in which axes={self.axes} exist and are not the batch's", arrays)
        sizes = {size for size in (x.shape[i], y.shape[j]) if isinstance(size, int)}
        if len(sizes) > 1:
            raise self.unfit(f"inputs of equal sizes along axes={self.axes}", arrays)
        if self.normalize:
            x, y = ops.normalize(x, i), ops.normalize(y, j)
        outputs = jax.lax.dot_general(x, y, (((i,), (j,)), ((0,), (0,))))
        return outputs if outputs.ndim > 1 else outputs[:, None]

    def _pair(self) -> tuple[int, ...]:
        return (self.axes, self.axes) if isinstance(self.axes, int) else self.axes

    def compute_mask(self, inputs: Any, previous_mask: Any = None) -> None:
        return None


def _widened(x: Array, rank: int) -> Array:
    """`x` with axes of size 1 after the batch's, so that it has `rank`."""
    return x.reshape(x.shape[:1] + (1,) * (rank - x.ndim) + x.shape[1:])


def _of_values(mask: Array, x: Array, rank: int) -> Array:
    """The mask of an input's steps as one of its values, in `rank` axes."""
    return _widened(mask.reshape(mask.shape + (1,) * (x.ndim - mask.ndim)), rank)


def add(inputs: Any, **kwargs: Any) -> Any:
    """`Add(**kwargs)(inputs)`."""
    return Add(**kwargs)(inputs)


def subtract(inputs: Any, **kwargs: Any) -> Any:
    """`Subtract(**kwargs)(inputs)`."""
    return Subtract(**kwargs)(inputs)


def multiply(inputs: Any, **kwargs: Any) -> Any:
    """`Multiply(**kwargs)(inputs)`."""
    return Multiply(**kwargs)(inputs)


def average(inputs: Any, **kwargs: Any) -> Any:
    """`Average(**kwargs)(inputs)`."""
    return Average(**kwargs)(inputs)


def maximum(inputs: Any, **kwargs: Any) -> Any:
    """`Maximum(**kwargs)(inputs)`."""
    return Maximum(**kwargs)(inputs)


def minimum(inputs: Any, **kwargs: Any) -> Any:
    """`Minimum(**kwargs)(inputs)`."""
    return Minimum(**kwargs)(inputs)


def concatenate(inputs: Any, axis: int = -1, **kwargs: Any) -> Any:
    """`Concatenate(axis, **kwargs)(inputs)`."""
    return Concatenate(axis, **kwargs)(inputs)


def dot(inputs: Any, axes: Any = -1, **kwargs: Any) -> Any:
    """`Dot(axes, **kwargs)(inputs)`."""
    return Dot(axes, **kwargs)(inputs)
