"""Integers for the words of a vocabulary, given or learnt from data, and back."""

from collections.abc import Iterable
from typing import Any

import jax.numpy as jnp
import numpy as np

from ..._core import checks
from ..._core.graph import SymbolicTensor, record, shape_of
from ..._core.text import as_integers, as_text
from ..layer import Array
from .vocabulary import IndexLookup, Token

__all__ = ["IntegerLookup", "StringLookup"]


class StringLookup(IndexLookup):
    """The place of a text in a vocabulary.

    It runs on the host: in a model it stands first, after an `Input` of strings. Arguments as `IndexLookup`. Of
    several places for unknown texts, FarmHash64 tells which one a text gets, or SipHash-2-4 where there is a `salt`.

    Args:
        encoding: how bytes are read as text.

    Example:

        >>> import laminax as lx
        >>> layer = lx.layers.StringLookup(vocabulary=["a", "b", "c"])
        >>> layer([["a", "c"], ["d", "b"]])
        Array([[1, 3],
               [0, 2]], dtype=int32)
    """

    token_type = str
    set_by_class: tuple[str, ...] = ("vocabulary_size",)

    def __init__(
        self,
        max_tokens: int | None = None,
        num_oov_indices: int = 1,
        mask_token: str | None = None,
        oov_token: str | None = "[UNK]",
        vocabulary: Any = None,
        idf_weights: Any = None,
        invert: bool = False,
        output_mode: str = "int",
        pad_to_max_tokens: bool = False,
        sparse: bool = False,
        encoding: str = "utf-8",
        name: str | None = None,
        salt: Any = None,
        **kwargs: Any,
    ) -> None:
        self.encoding = encoding
        super().__init__(
            max_tokens,
            num_oov_indices,
            mask_token,
            oov_token,
            vocabulary,
            idf_weights,
            invert,
            output_mode,
            sparse,
            pad_to_max_tokens,
            salt,
            name=name,
            **kwargs,
        )

    def _values(self, inputs: Any) -> np.ndarray:
        return as_text(inputs, self.encoding)

    def _symbolic(self, inputs: Any) -> Any:
        if not self.invert:
            return super()._symbolic(inputs)
        return record(self, (inputs,), {}, SymbolicTensor(shape_of(inputs), "string")).result()

    def call(self, indices: Array) -> Array:
        return indices if self.invert else super().call(indices)


class IntegerLookup(IndexLookup):
    """The place of an integer in a vocabulary.

    Arguments as `IndexLookup`. In a model it may stand anywhere; where it stands first, the integers may have 64 bits.
    In a function that JAX traces, an unknown integer gets -1 where `num_oov_indices` is 0.

    Args:
        vocabulary_dtype: `"int64"`.
        oov_method: which of several places an unknown integer gets: `"floormod"`, the remainder of the integer itself,
            or `"farmhash"`, that of the hash of its decimal digits, with `salt` by SipHash-2-4.

    Example:

        >>> import numpy as np, laminax as lx
        >>> layer = lx.layers.IntegerLookup(vocabulary=[12, 36, 1138])
        >>> layer(np.array([[12, 1138], [7, 36]]))
        Array([[1, 3],
               [0, 2]], dtype=int32)
    """

    token_type = int
    set_by_class = ("vocabulary_size",)

    def __init__(
        self,
        max_tokens: int | None = None,
        num_oov_indices: int = 1,
        mask_token: int | None = None,
        oov_token: int = -1,
        vocabulary: Any = None,
        vocabulary_dtype: str = "int64",
        idf_weights: Any = None,
        invert: bool = False,
        output_mode: str = "int",
        sparse: bool = False,
        pad_to_max_tokens: bool = False,
        oov_method: str = "floormod",
        salt: Any = None,
        name: str | None = None,
        **kwargs: Any,
    ) -> None:
        self.vocabulary_dtype = checks.choice(self, "vocabulary_dtype", vocabulary_dtype, ("int64",))
        self.oov_method = checks.choice(self, "oov_method", oov_method, ("floormod", "farmhash"))
        if salt is not None and self.oov_method != "farmhash":
            raise ValueError(f"IntegerLookup: salt is for oov_method='farmhash'; got {oov_method!r}.")
        super().__init__(
            max_tokens,
            num_oov_indices,
            mask_token,
            oov_token,
            vocabulary,
            idf_weights,
            invert,
            output_mode,
            sparse,
            pad_to_max_tokens,
            salt,
            name=name,
            **kwargs,
        )

    def _values(self, inputs: Any) -> np.ndarray:
        return as_integers(inputs)

    def _buckets(self, tokens: list[Token]) -> Iterable[int]:
        if self.oov_method == "farmhash":
            return super()._buckets(tokens)
        return [token % self.num_oov_indices for token in tokens]

    def read_traced(self, inputs: Any) -> Any:
        """By a search in the sorted vocabulary, as arrays of JAX."""
        if self.invert:
            return self._tokens_at(inputs, jnp)
        if self.num_oov_indices > 1 and self.oov_method == "farmhash":
            return super().read_traced(inputs)
        limits = np.iinfo(inputs.dtype)
        known = {token: place for token, place in self._table().places.items() if limits.min <= token <= limits.max}
        tokens = np.array(sorted(known), inputs.dtype)
        places = np.array([known[token] for token in tokens.tolist()], "int32")
        at = jnp.minimum(jnp.searchsorted(tokens, inputs), len(tokens) - 1)
        unknown = self._masks if self.num_oov_indices else -1
        if self.num_oov_indices > 1:
            unknown = (unknown + inputs % self.num_oov_indices).astype("int32")
        return jnp.where(jnp.asarray(tokens)[at] == inputs, jnp.asarray(places)[at], jnp.asarray(unknown, "int32"))
