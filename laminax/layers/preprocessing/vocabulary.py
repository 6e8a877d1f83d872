"""What the layers that look into a vocabulary share."""

import collections
import dataclasses
import pathlib
from collections.abc import Iterable
from typing import Any

import jax.numpy as jnp
import numpy as np

from ..._core import checks
from ..._core.text import as_array, as_integers
from ..layer import Array
from .adapting import Adaptable, is_one_batch
from .encoding import checked_mode, encode, refuse_sparse
from .files import InFiles
from .hashing import bins_of, checked_salt
from .host import HostLayer

Token = Any  # a text or an integer


@dataclasses.dataclass(frozen=True)
class Vocabulary:
    """Tokens, as they were given, with their weights, and all that is looked up."""

    given: list[Token]
    weights: list[float] | None
    places: dict[Token, int]


class IndexLookup(InFiles, Adaptable, HostLayer):
    """The place of a token in a vocabulary. The base of `StringLookup` and `IntegerLookup`.

    In the vocabulary stand first the mask token, where there is one and the mode is `"int"`, then the places of
    unknown tokens, then the tokens, learnt ones by how often they occurred, and among as frequent ones the last in
    alphabetical order first. The input has any shape.

    Args:
        max_tokens: the most places of the vocabulary.
        num_oov_indices: how many places unknown tokens share; with 0 an unknown token is an error, with several a
            hash tells which one it gets.
        mask_token: what is no token: place 0 in the mode `"int"`, and counted nowhere in others.
        oov_token: what unknown places stand for where `invert`.
        vocabulary: the tokens, as a list or an array, or the path of a file with one in each line; with or without the
            special ones that stand first.
        idf_weights: in the mode `"tf_idf"`, for each of the vocabulary the weight of its count.
        invert: give tokens for places.
        output_mode: `"int"` for the places; `"one_hot"`, `"multi_hot"`, `"count"` for vectors, as `CategoryEncoding`;
            `"tf_idf"` for counts times weights, learnt ones `log(1 + documents / (1 + documents with the token))`.
        sparse: not supported.
        pad_to_max_tokens: make vectors of size `max_tokens`, though the vocabulary has fewer.
        salt: one or two integers, that make the hash of unknown tokens your own.
    """

    token_type: type

    def __init__(
        self,
        max_tokens: int | None,
        num_oov_indices: int,
        mask_token: Token,
        oov_token: Token,
        vocabulary: Any,
        idf_weights: Any,
        invert: bool,
        output_mode: str,
        sparse: bool,
        pad_to_max_tokens: bool,
        salt: Any,
        has_input_vocabulary: bool | None = None,
        vocabulary_size: int | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.max_tokens = None if max_tokens is None else checks.integer(self, "max_tokens", max_tokens, 2)
        self.num_oov_indices = checks.integer(self, "num_oov_indices", num_oov_indices, 0)
        self.mask_token, self.oov_token = mask_token, oov_token
        self.invert = invert
        self.output_mode = checked_mode(self, output_mode, ("int", "one_hot", "multi_hot", "count", "tf_idf"))
        self.sparse = refuse_sparse(self, sparse)
        self.pad_to_max_tokens = pad_to_max_tokens
        self.salt = checked_salt(self, salt)
        self._check_combination(vocabulary, idf_weights)
        self._learnt: Vocabulary | None = None
        self._expected_size = vocabulary_size  # of a vocabulary that a file will bring
        self.has_input_vocabulary = vocabulary is not None if has_input_vocabulary is None else has_input_vocabulary
        self.reset_state()
        if vocabulary is not None:
            self._take(vocabulary, idf_weights)

    def _check_combination(self, vocabulary: Any, idf_weights: Any) -> None:
        kind, mode = type(self).__name__, self.output_mode
        if self.pad_to_max_tokens and self.max_tokens is None:
            raise ValueError(f"{kind}: pad_to_max_tokens needs max_tokens.")
        if self.invert and mode != "int":
            raise ValueError(f"{kind}: invert gives tokens, for output_mode='int'; got {mode!r}.")
        if idf_weights is not None and mode != "tf_idf":
            raise ValueError(f"{kind}: idf_weights are for output_mode='tf_idf'; got {mode!r}.")
        if vocabulary is not None and idf_weights is None and mode == "tf_idf":
            raise ValueError(f"{kind}: with a vocabulary, output_mode='tf_idf' needs idf_weights.")

    # The vocabulary.

    def set_vocabulary(self, vocabulary: Any, idf_weights: Any = None) -> None:
        """Take a vocabulary, and, in the mode `"tf_idf"`, the weights of its tokens, as the constructor does."""
        self._check_combination(vocabulary, idf_weights)
        self._take(vocabulary, idf_weights)

    def get_vocabulary(self, include_special_tokens: bool = True) -> list[Token]:
        """The tokens by their places; without special ones those alone that were given or learnt."""
        own = self._own(self.vocabulary or [])
        return [*self._special, *own] if include_special_tokens else own

    def vocabulary_size(self) -> int:
        """The number of places, with those of special tokens."""
        return self._first + len(self._own(self.vocabulary or []))

    @property
    def vocabulary(self) -> list[Token] | None:
        """The vocabulary as it was given or learnt."""
        return None if self._learnt is None else self._learnt.given

    @property
    def idf_weights(self) -> list[float] | None:
        """The weights of the vocabulary's counts, in the mode `"tf_idf"`."""
        return None if self._learnt is None else self._learnt.weights

    @property
    def adapted(self) -> bool:
        """Whether there is a vocabulary."""
        return self._learnt is not None

    @property
    def _masks(self) -> int:
        """The number of places of the mask token."""
        return int(self.mask_token is not None and self.output_mode == "int")

    @property
    def _first(self) -> int:
        """The place of the first token that is not special."""
        return self._masks + self.num_oov_indices

    @property
    def _special(self) -> list[Token]:
        """The tokens that stand before the vocabulary's own."""
        return [self.mask_token] * self._masks + [self.oov_token] * self.num_oov_indices

    def _own(self, tokens: list[Token]) -> list[Token]:
        """A vocabulary without the special tokens that it may begin with."""
        first = self._first
        return tokens[first:] if first <= len(tokens) and tokens[:first] == self._special else tokens

    def _take(self, vocabulary: Any, idf_weights: Any) -> None:
        """Keep a vocabulary as it was given, and make the table that is looked into."""
        if isinstance(vocabulary, (str, pathlib.Path)):
            vocabulary = [self.token_type(line) for line in _lines_of(vocabulary)]
        tokens = self._values(vocabulary).tolist()
        own, first = self._own(tokens), self._first
        self._check_tokens(own, first + len(own))
        places = {token: first + i for i, token in enumerate(own)}
        if self.mask_token is not None:
            places[self.mask_token] = 0 if self._masks else -1
        weights = None if idf_weights is None else [float(w) for w in np.ravel(idf_weights)]
        if weights is not None and len(weights) != len(tokens):
            raise ValueError(
                f"{type(self).__name__}: idf_weights must be one for each of the {len(tokens)} in the vocabulary; "
                f"got {len(weights)}."
            )
        self._learnt = Vocabulary(tokens, weights, places)
        self.revision += 1

    def _check_tokens(self, own: list[Token], size: int) -> None:
        kind = type(self).__name__
        if not own:
            raise ValueError(f"{kind}: the vocabulary is empty.")
        twice = [token for token, count in collections.Counter(own).items() if count > 1]
        if twice:
            raise ValueError(f"{kind}: the vocabulary has at least one repeated term: {twice[:5]}.")
        for what, token in (("mask", self.mask_token), ("OOV", self.oov_token if self.invert else None)):
            if token is not None and token in own:
                raise ValueError(
                    f"{kind}: the {what} token {token!r} is reserved: leave special tokens out of the vocabulary, or "
                    f"begin it with {self._special}."
                )
        if self.max_tokens is not None and size > self.max_tokens:
            raise ValueError(f"{kind}: the vocabulary has {size} places, more than max_tokens={self.max_tokens}.")

    def _table(self) -> Vocabulary:
        if self._learnt is None:
            raise RuntimeError(f"Layer {self.name!r} has no vocabulary: give one, or call adapt(data).")
        return self._learnt

    # Learning it.

    def reset_state(self) -> None:
        """Forget the tokens seen so far."""
        self._counts: collections.Counter[Token] = collections.Counter()
        self._documents: collections.Counter[Token] = collections.Counter()
        self._seen = 0

    def update_state(self, data: Any) -> None:
        """See a batch of documents, `(batch, tokens)`; one axis alone is one document."""
        values = self._values(data)
        self._count(values.reshape(-1, values.shape[-1]).tolist() if values.ndim else [[values.item()]])

    def adapt(self, data: Any, steps: int | None = None) -> None:
        """Learn the vocabulary from data: an array, list or dataframe, or an iterable of batches.

        Args:
            data: tokens; an array of one axis holds as many documents of one token.
            steps: the most batches to take, for an iterable that does not end.
        """
        array = as_array(data) if is_one_batch(data) else None
        super().adapt(data if array is None else array[:, None] if array.ndim == 1 else array, steps)

    def _count(self, documents: Iterable[list[Token]]) -> None:
        if self.has_input_vocabulary:
            raise ValueError(f"Layer {self.name!r} was given a vocabulary, so it can't adapt.")
        for document in documents:
            self._seen += 1
            self._counts.update(document)
            self._documents.update(set(document))

    def finalize_state(self) -> None:
        """Take the most frequent of the tokens seen as the vocabulary."""
        if not self._seen:
            raise ValueError(f"Layer {self.name!r}: adapt got no data, but an empty iterable.")
        found = [token for token in self._counts if token not in (self.mask_token, self.oov_token)]
        found.sort(key=lambda token: (self._counts[token], token), reverse=True)
        if self.max_tokens is not None:
            found = found[: self.max_tokens - self._first]
        weights = None
        if self.output_mode == "tf_idf":
            weights = [float(np.log(1 + self._seen / (1 + self._documents[token]))) for token in found]
        self._take(found, weights)
        self.reset_state()

    # Looking up.

    def _values(self, inputs: Any) -> np.ndarray:
        """Inputs as an array of tokens."""
        raise NotImplementedError

    def _buckets(self, tokens: list[Token]) -> Iterable[int]:
        """Which of several places for unknown tokens each gets."""
        return bins_of(np.array(tokens, object), self.num_oov_indices, self.salt).tolist()

    def read(self, inputs: Any) -> Any:
        if self.invert:
            return self._tokens_at(as_integers(inputs))
        values = self._values(inputs)
        return np.array(self._find(values.reshape(-1).tolist()), "int64").reshape(values.shape)

    def _find(self, tokens: list[Token]) -> list[int]:
        """The places of tokens."""
        known = self._table().places
        unknown = [token for token in dict.fromkeys(tokens) if token not in known]
        if unknown and not self.num_oov_indices:
            raise ValueError(
                f"Layer {self.name!r}: {unknown[:5]} are not in the vocabulary; with num_oov_indices=1 they would "
                "share a place."
            )
        buckets = self._buckets(unknown) if unknown and self.num_oov_indices > 1 else [0] * len(unknown)
        places = {token: self._masks + bucket for token, bucket in zip(unknown, buckets)}
        return [places[token] if token in places else known[token] for token in tokens]

    def _tokens_at(self, places: Any, numpy: Any = np) -> Any:
        self._table()
        tokens = numpy.asarray(self._values([*self.get_vocabulary(), self.oov_token]))
        outside = (places < 0) | (places >= self.vocabulary_size())
        return tokens[numpy.where(outside, -1, places)]

    def _depth(self) -> int:
        """The size of vectors."""
        if self.pad_to_max_tokens and self.max_tokens is not None:
            return self.max_tokens
        if self._learnt is None and self._expected_size is not None:
            return self._expected_size
        self._table()
        return self.vocabulary_size()

    def _factors(self) -> np.ndarray:
        """The weights of counts by place: that of unknown tokens is the mean, that of empty places 0."""
        if self._learnt is None and self._expected_size is not None:
            return np.zeros(self._depth(), "float32")
        given = np.asarray(self._table().weights, "float32")
        factors = np.pad(given, (self.vocabulary_size() - len(given), 0), constant_values=given.mean())
        return np.pad(factors, (0, self._depth() - len(factors)))

    def call(self, indices: Array) -> Array:
        if self.output_mode != "tf_idf":
            dtype = "int32" if self.output_mode == "int" else self.compute_dtype
            return encode(indices, self.output_mode, self._depth() if self.output_mode != "int" else 0, dtype)
        counts = encode(indices, "count", self._depth(), self.compute_dtype)
        return counts * jnp.asarray(self._factors(), self.compute_dtype)


def _lines_of(path: Any) -> list[str]:
    file = pathlib.Path(path)
    if not file.is_file():
        raise ValueError(f"Vocabulary file {path} does not exist.")
    lines = file.read_text(encoding="utf-8").split("\n")
    return lines[:-1] if lines[-1] == "" else lines
