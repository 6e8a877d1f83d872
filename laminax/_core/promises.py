"""Weights before they have values: while a model is made for a file, a variable is a shape and a type, and no array.

So nothing is allocated, or drawn at random, for a model that the file turns out not to fit.
"""

import contextlib
import contextvars
import math
from collections.abc import Iterator
from typing import Any

import jax
import jax.numpy as jnp

from .file_errors import IncompatibleWeightsError


class Promises:
    """The variables made while these promises were taken.

    Args:
        limit: the most bytes that they may need together.
    """

    def __init__(self, limit: int) -> None:
        self.limit, self.needed = limit, 0
        self.variables: list[Any] = []

    def take(self, variable: Any, shape: tuple[int, ...], dtype: Any) -> jax.ShapeDtypeStruct:
        """The shape and type of what a variable will hold."""
        if any(type(size) is not int or size < 0 for size in shape):
            raise ValueError(f"{variable.name} can't have the shape {shape}.")
        dtype = jax.dtypes.canonicalize_dtype(dtype)
        self.needed += math.prod(shape) * jnp.dtype(dtype).itemsize
        if self.needed > self.limit:
            raise IncompatibleWeightsError(
                f"the model needs {self.needed:,} bytes of weights or more, of which {variable.name} of the shape "
                f"{shape} is a part; the file holds no more than {self.limit:,}.",
                limit=self.limit,
            )
        self.variables.append(variable)
        return jax.ShapeDtypeStruct(shape, dtype)

    def keep(self) -> None:
        """Give an initial value to each variable that still has none."""
        for variable in self.variables:
            variable.settle()


_promises: contextvars.ContextVar[Promises | None] = contextvars.ContextVar("promises", default=None)


def current() -> Promises | None:
    """The promises that are being taken."""
    return _promises.get()


@contextlib.contextmanager
def promising(limit: int) -> Iterator[Promises]:
    """Let the variables made inside be promises."""
    promises = Promises(limit)
    token = _promises.set(promises)
    try:
        yield promises
    finally:
        _promises.reset(token)


def is_promise(value: Any) -> bool:
    """Whether a variable's value is a shape and a type alone."""
    return isinstance(value, jax.ShapeDtypeStruct)
