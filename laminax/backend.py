"""What Keras programs ask of their backend, which here is always JAX."""

import collections
from typing import Any

import jax.numpy as jnp

from ._core import compat, dtypes
from ._core.errors import unknown
from ._core.graph import is_symbolic as is_keras_tensor
from ._core.settings import (
    epsilon,
    floatx,
    image_data_format,
    set_epsilon,
    set_floatx,
    set_image_data_format,
)

__all__ = [
    "backend",
    "clear_session",
    "epsilon",
    "floatx",
    "get_uid",
    "image_data_format",
    "is_float_dtype",
    "is_int_dtype",
    "is_keras_tensor",
    "result_type",
    "set_epsilon",
    "set_floatx",
    "set_image_data_format",
    "standardize_dtype",
]

_counts: collections.Counter[str] = collections.Counter()


def backend() -> str:
    """`"jax"`."""
    return "jax"


def clear_session(free_memory: bool = True) -> None:
    """Forget the numbers of `get_uid`. No other state needs it: models and graphs go when nobody holds them."""
    _counts.clear()


def get_uid(prefix: str = "") -> int:
    """1 at the first call with a prefix, then 2, ..."""
    _counts[prefix] += 1
    return _counts[prefix]


def standardize_dtype(dtype: Any) -> str:
    """The name of a type: of a NumPy or JAX type, of `int`, `float`, `bool`, of `None` (`floatx()`)."""
    if dtype is None:
        return floatx()
    python = {bool: "bool", int: "int32", float: floatx(), str: "string", "int": "int32", "float": floatx()}
    if isinstance(dtype, (type, str)) and dtype in python:
        return python[dtype]
    name = dtype if isinstance(dtype, str) else jnp.dtype(dtype).name
    if name not in (*dtypes.TYPES, *dtypes.FLOAT8):
        raise unknown("dtype", name, dtypes.TYPES)
    return name


def is_float_dtype(dtype: Any) -> bool:
    """Whether it is a float type."""
    return standardize_dtype(dtype).startswith(("float", "bfloat"))


def is_int_dtype(dtype: Any) -> bool:
    """Whether it is an integer type, with sign or without."""
    return standardize_dtype(dtype).startswith(("int", "uint"))


def result_type(*dtypes_: Any) -> str:
    """The type in which arrays of these types meet, by Keras's rules, which are JAX's.

    `int` and `float` are Python's numbers: they take the type of the arrays, and where that has no floats, or there are
    no arrays, a `float` is `floatx()`. `None` is `floatx()`.
    """
    arrays = [jnp.dtype(standardize_dtype(d)) for d in dtypes_ if d is not int and d is not float]
    if not any(jnp.issubdtype(d, jnp.inexact) for d in arrays) and (float in map(_python, dtypes_) or not dtypes_):
        return floatx()
    if all(d.kind == "b" for d in arrays) and int in map(_python, dtypes_):
        return "int32"
    return compat.canonical(dtypes.common(arrays)).name


def _python(dtype: Any) -> Any:
    return dtype if dtype is int or dtype is float else None
