"""Data as arrays: what may be given, and what is said of what may not."""

import numbers
from typing import Any

import jax
import numpy as np

from .._core import text as texts
from .._core.settings import floatx

_INT32 = np.iinfo(np.int32)


def as_arrays(tree: Any, name: str, text: bool = False) -> Any:
    """A tree of arrays with the types that models take: floats as `floatx()`, integers as int32.

    With `text`, text and integers stay as they are: layers on the host will read them.

    Takes NumPy and JAX arrays, dataframes, lists of numbers, and lists, tuples and dicts of these.
    Raises a `TypeError` that names the array, its type and the way out for anything else.
    """
    if tree is None:
        return None
    if isinstance(tree, dict):
        return {key: as_arrays(value, f"{name}[{key!r}]", text) for key, value in tree.items()}
    if isinstance(tree, (list, tuple)) and not is_numbers(tree):
        return [as_arrays(value, f"{name}[{i}]", text) for i, value in enumerate(tree)]
    return _as_array(tree, name, text)


def is_numbers(values: Any) -> bool:
    """Whether nested lists hold numbers or text (one array), not arrays (several)."""
    if not len(values):
        return True
    first = next((value for value in values if value is not None), None)
    if isinstance(first, (list, tuple)):
        return is_numbers(first)
    return isinstance(first, (bool, int, float, complex, str, bytes, np.generic))


def _as_array(value: Any, name: str, text: bool) -> Any:
    if isinstance(value, jax.Array):
        return value
    if hasattr(value, "tocsr") or ".sparse" in type(value).__module__:
        raise TypeError(f"{name} is a sparse matrix. Give a dense array: {name}.toarray().")
    if callable(value) and not hasattr(value, "__array__"):
        shown = getattr(value, "__name__", value)
        raise TypeError(f"{name} is a function, {shown}. Give what it returns, or for a generator function, call it.")
    try:
        convert = texts.as_array if text or hasattr(value, "to_numpy") else np.asarray
        array = convert(value)
    except ValueError:
        raise TypeError(
            f"{name} holds sequences of different lengths. Pad them to one, and mask the padding."
        ) from None
    if text and (texts.is_text(array) or array.dtype.kind in "iu"):
        return array
    return _typed(array, name, value)


def _typed(array: np.ndarray, name: str, given: Any) -> np.ndarray:
    kind = array.dtype.kind
    if kind == "O" and array.size and all(_is_number(v) for v in array.flat):
        return _typed(array.astype(floatx()), name, given)
    if kind not in "biuf" and array.dtype.name not in ("bfloat16",) and not array.dtype.name.startswith("float8"):
        raise TypeError(f"{name} holds {_described(array, given)}. {_remedy(array, given)}")
    if kind == "f":
        return array.astype(floatx()) if array.dtype != floatx() and array.dtype != np.float16 else array
    if kind in "iu" and array.dtype.itemsize > 2 and array.dtype != np.int32:
        return _narrowed(array, name)
    return array


def _narrowed(array: np.ndarray, name: str) -> np.ndarray:
    if array.size and (array.max() > _INT32.max or array.min() < _INT32.min):
        worst = array.max() if array.max() > _INT32.max else array.min()
        raise ValueError(f"{name} holds the integer {worst}, which does not fit 32 bits. Renumber it, or give floats.")
    return array.astype(np.int32)


def _is_number(value: Any) -> bool:
    return isinstance(value, numbers.Real) and not isinstance(value, str)


def _described(array: np.ndarray, given: Any) -> str:
    odd = [f"{column!r} ({dtype})" for column, dtype in _odd_columns(given)]
    if odd:
        return f"columns that are no numbers: {', '.join(odd[:5])}"
    if array.dtype.kind == "O":
        return f"Python objects (dtype object), such as {_first_odd(array)!r}"
    return f"values of dtype {array.dtype}"


def _odd_columns(given: Any) -> list[tuple[Any, Any]]:
    """The columns of a dataframe that are no numbers, each with its type."""
    columns = getattr(given, "dtypes", None)
    if columns is None or not hasattr(columns, "items"):
        return []
    plain = ("int", "uint", "float", "bool")
    return [(column, dtype) for column, dtype in columns.items() if not str(dtype).lower().startswith(plain)]


def _first_odd(array: np.ndarray) -> Any:
    return next((v for v in array.flat if not _is_number(v)), None)


def _remedy(array: np.ndarray, given: Any) -> str:
    odd = _first_odd(array) if array.dtype.kind == "O" else None
    kinds = [str(dtype) for _, dtype in _odd_columns(given)] or [array.dtype.name]
    if any(kind.startswith(("datetime", "timedelta")) for kind in kinds):
        return "Turn dates into numbers, such as days since a first one."
    if array.dtype.kind == "c":
        return "Give real numbers, such as real and imaginary part as two columns."
    if array.dtype.kind in "SU" or isinstance(odd, (str, bytes)):
        return "Turn text into numbers: classes into integers with numpy.unique(y, return_inverse=True)."
    if array.dtype.kind == "O" and (odd is None or type(odd).__name__ in ("NAType", "NaTType")):
        return "Fill in what is missing, or drop its rows."
    return "Give numbers."


def length_of(trees: dict[str, Any]) -> int:
    """The number of samples in trees of arrays; a `ValueError` that names the arrays if they differ."""
    named = [pair for name, tree in trees.items() for pair in named_leaves(tree, name)]
    for path, array in named:
        if array.ndim == 0:
            raise ValueError(f"{path} is a single number; data has samples along its first axis.")
    sizes = {path: int(array.shape[0]) for path, array in named}
    if len(set(sizes.values())) > 1:
        raise ValueError(f"The arrays differ in their number of samples: {_listed(sizes)}.{_stacking(trees)}")
    return next(iter(sizes.values()), 0)


def _listed(sizes: dict[str, int]) -> str:
    shown = [f"{path} has {size}" for path, size in sizes.items()]
    return ", ".join(shown if len(shown) <= 8 else [*shown[:4], "...", *shown[-3:]])


def _stacking(trees: dict[str, Any]) -> str:
    """A hint for who gave a list of samples, which reads as a list of inputs."""
    several = [name for name, tree in trees.items() if isinstance(tree, list) and len(tree) > 8]
    return f" If {several[0]} is a list of samples, make it one array: numpy.stack({several[0]})." if several else ""


def named_leaves(tree: Any, name: str) -> list[tuple[str, Any]]:
    """The arrays of a tree, each with the words by which a user finds it: `x['image']`."""
    leaves = jax.tree_util.tree_flatten_with_path(tree)[0]
    return [(name + jax.tree_util.keystr(path), leaf) for path, leaf in leaves]
