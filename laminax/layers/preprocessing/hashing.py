"""Classes from hashes: of integers and text without a vocabulary, and of several features together."""

import numbers
from collections.abc import Sequence
from typing import Any

import jax
import numpy as np

from ..._core import checks
from ..._core.text import as_array, as_integers, as_text, is_text
from ..layer import Array
from .encoding import checked_mode, encode, refuse_sparse
from .fingerprints import hash_pair, hash_texts
from .host import HostLayer

__all__ = ["HashedCrossing", "Hashing"]

_CROSSING_START = 0xDECAFCAFFE  # TensorFlow's


class Hashing(HostLayer):
    """A class in 0 .. `num_bins` - 1 for each integer or text, by a hash that is the same everywhere.

    Integers are hashed as their decimal digits, with FarmHash64, or with SipHash-2-4 where there is a `salt`.
    Arguments of the output as `CategoryEncoding`. Integers come out as they are shaped.

    Args:
        num_bins: the number of classes.
        mask_value: a value that becomes class 0, which then no other one does.
        salt: one or two integers, that make a hash of your own.
        output_mode: `"int"`, `"one_hot"`, `"multi_hot"` or `"count"`.
        sparse: not supported.

    Example:

        >>> import laminax as lx
        >>> lx.layers.Hashing(num_bins=3)(["A", "B", "C", "D", "E"])
        Array([1, 0, 1, 1, 2], dtype=int32)
    """

    def __init__(
        self,
        num_bins: int,
        mask_value: Any = None,
        salt: Any = None,
        output_mode: str = "int",
        sparse: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(**_with_type(self, output_mode, kwargs))
        self.num_bins = checks.integer(self, "num_bins", num_bins)
        self.mask_value = mask_value
        self.salt = checked_salt(self, salt)
        self.output_mode = checked_mode(self, output_mode, ("int", "one_hot", "multi_hot", "count"))
        self.sparse = refuse_sparse(self, sparse)

    def read(self, inputs: Any) -> np.ndarray:
        array = as_array(inputs)
        text = is_text(array)
        array = as_text(array) if text else as_integers(array)
        if self.mask_value is None or self.num_bins == 1:
            return bins_of(array, self.num_bins, self.salt)
        masked = array == (str(self.mask_value) if text else self.mask_value)
        return np.where(masked, 0, 1 + bins_of(array, self.num_bins - 1, self.salt))

    def call(self, indices: Array) -> Array:
        return encode(indices, self.output_mode, self.num_bins, canonical(self.compute_dtype))


class HashedCrossing(HostLayer):
    """One class in 0 .. `num_bins` - 1 for several features together, by a hash of all.

    Input: a list of integers or texts, each `(batch,)` or `(batch, 1)`. Output: that shape, or, with
    `output_mode="one_hot"`, `(batch, num_bins)`.

    Args:
        num_bins: the number of classes.
        output_mode: `"int"` or `"one_hot"`.
        sparse: not supported.

    Example:

        >>> import laminax as lx
        >>> lx.layers.HashedCrossing(num_bins=5)((["A", "B", "A"], [101, 101, 102]))
        Array([1, 4, 3], dtype=int32)
    """

    def __init__(
        self,
        num_bins: int,
        output_mode: str = "int",
        sparse: bool = False,
        name: str | None = None,
        dtype: Any = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**_with_type(self, output_mode, {"name": name, "dtype": dtype, **kwargs}))
        self.num_bins = checks.integer(self, "num_bins", num_bins)
        self.output_mode = checked_mode(self, output_mode, ("int", "one_hot"))
        self.sparse = refuse_sparse(self, sparse)

    def read(self, inputs: Any) -> np.ndarray:
        features = [as_array(x) for x in self._checked(inputs)]
        shape = self.read_shape([x.shape for x in features])
        total = np.full(features[0].size, _CROSSING_START, "uint64")
        for x in features:
            if x.dtype.kind == "f":
                raise ValueError(f"Layer {self.name!r}: inputs should have an integer or string dtype; got {x.dtype}.")
            x = x.reshape(-1)
            total = hash_pair(total, _hashes(as_text(x)) if is_text(x) else as_integers(x).astype("uint64"))
        return (total % np.uint64(self.num_bins)).astype("int64").reshape(shape)

    def read_shape(self, shape: Any) -> Any:
        first, *others = self._checked(shape)
        if any(other != first for other in others) or len(first) > 2 or (len(first) == 2 and first[1] != 1):
            raise ValueError(
                f"Layer {self.name!r}: inputs should have shape (batch,) or (batch, 1), all the same; got {shape}."
            )
        return first

    def _checked(self, inputs: Any) -> Sequence[Any]:
        if not isinstance(inputs, (list, tuple)) or len(inputs) < 2:
            raise ValueError(f"Layer {self.name!r} should be called on a list of at least two inputs; got {inputs!r}.")
        return inputs

    def call(self, indices: Array) -> Array:
        return encode(indices, self.output_mode, self.num_bins, canonical(self.compute_dtype))


def bins_of(array: np.ndarray, count: int, salt: Sequence[int] | None = None) -> np.ndarray:
    """A number below `count` for each text, and for each integer that of its decimal digits."""
    return (_hashes(array, salt) % np.uint64(count)).astype("int64")


def _hashes(array: np.ndarray, salt: Sequence[int] | None = None) -> np.ndarray:
    """The hash of each element; of what occurs several times it is computed once."""
    flat = array.reshape(-1).tolist()
    values = list(dict.fromkeys(flat))
    key = None if salt is None else (salt[0], salt[1])
    known = dict(zip(values, hash_texts(map(str, values), key).tolist()))
    return np.array([known[value] for value in flat], "uint64").reshape(array.shape)


def checked_salt(owner: Any, salt: Any) -> list[int] | None:
    """The two integers of a salt, of which one may stand for both."""
    if salt is None:
        return None
    pair = list(salt) if isinstance(salt, (list, tuple)) else [salt, salt]
    if len(pair) != 2 or not all(isinstance(k, numbers.Integral) and not isinstance(k, bool) for k in pair):
        raise checks.refused(owner, "salt", "can only be a tuple of size 2 or an integer", salt)
    return [int(k) for k in pair]


def canonical(dtype: str) -> Any:
    """The type that JAX has for this one: 32 bits, unless 64-bit types are switched on."""
    return jax.dtypes.canonicalize_dtype(dtype)


def _with_type(owner: Any, mode: Any, kwargs: dict[str, Any]) -> dict[str, Any]:
    """A layer's arguments, with integers as the type of those that come out as they are."""
    if mode != "int":
        return kwargs
    dtype = kwargs.get("dtype") or "int32"
    name = dtype["config"]["name"] if isinstance(dtype, dict) else getattr(dtype, "name", str(dtype))
    if name not in ("int32", "int64"):
        raise checks.refused(owner, "dtype", "should be int32 or int64 for output_mode='int'", name)
    return {**kwargs, "dtype": dtype}
