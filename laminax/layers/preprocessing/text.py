"""Text as integers, one for each word."""

import re
import string
from collections.abc import Callable
from typing import Any

import numpy as np

from ..._core import checks
from ..._core.text import as_text
from .lookup import StringLookup

__all__ = ["TextVectorization"]

# As TensorFlow's: only letters and white space of ASCII.
_LOWER = dict(zip(map(ord, string.ascii_uppercase), string.ascii_lowercase))
_NO_PUNCTUATION = dict.fromkeys(map(ord, string.punctuation))
_STANDARDS: dict[str, dict[int, Any]] = {
    "lower": _LOWER,
    "strip_punctuation": _NO_PUNCTUATION,
    "lower_and_strip_punctuation": {**_LOWER, **_NO_PUNCTUATION},
}
_SPLITS: dict[str, Callable[[str], list[str]]] = {
    "whitespace": re.compile(r"[^ \t\n\v\f\r]+").findall,
    "character": list,
}


class TextVectorization(StringLookup):
    """A text, or document, as the integers of its words, or as a vector of what words occur in it.

    Input: texts, `(batch,)` or `(batch, 1)`. Output: `(batch, words)` integers, shorter documents filled up with 0, or
    a vector a document. The vocabulary begins with `""` for padding, in the mode `"int"`, and `"[UNK]"` for unknown
    words; the rest is given, or learnt by `adapt(texts)`, the most frequent word first. It runs on the host: in a
    model it stands first, after an `Input` of strings.

    Args:
        max_tokens: the most places of the vocabulary.
        standardize: what is done to a text first: `"lower_and_strip_punctuation"`, `"lower"`, `"strip_punctuation"`,
            each for ASCII alone, `None`, or a function of an array of texts.
        split: how it becomes words: `"whitespace"`, `"character"`, `None`, where each text is a word already, or a
            function of an array of texts that gives a list of words for each.
        ngrams: join neighbouring words: up to so many, or as many as a tuple says.
        output_mode: `"int"`, `"one_hot"`, `"multi_hot"`, `"count"` or `"tf_idf"`, as `StringLookup`.
        output_sequence_length: in the mode `"int"`, the number of words to which each document is cut or filled up; by
            default that of the longest.
        pad_to_max_tokens: make vectors of size `max_tokens`, though the vocabulary has fewer.
        vocabulary: the words, as a list, an array or a file with one in each line.
        idf_weights: in the mode `"tf_idf"`, for each of the vocabulary the weight of its count.
        sparse, ragged: not supported.
        encoding: how bytes are read as text.

    Example:

        >>> import laminax as lx
        >>> layer = lx.layers.TextVectorization()
        >>> layer.adapt(["foo bar", "bar baz", "baz bada boom"])
        >>> layer(["foo qux bar", "qux baz"])
        Array([[4, 1, 3],
               [1, 2, 0]], dtype=int32)
    """

    keras_copies = ("_lookup_layer",)  # where Keras keeps the vocabulary once more
    set_by_class = ("num_oov_indices", "mask_token", "oov_token", "invert", "salt", "vocabulary_size")

    def __init__(
        self,
        max_tokens: int | None = None,
        standardize: Any = "lower_and_strip_punctuation",
        split: Any = "whitespace",
        ngrams: Any = None,
        output_mode: str = "int",
        output_sequence_length: int | None = None,
        pad_to_max_tokens: bool = False,
        vocabulary: Any = None,
        idf_weights: Any = None,
        sparse: bool = False,
        ragged: bool = False,
        encoding: str = "utf-8",
        name: str | None = None,
        **kwargs: Any,
    ) -> None:
        self.standardize = _named_or_callable(self, "standardize", standardize, tuple(_STANDARDS))
        self.split = _named_or_callable(self, "split", split, tuple(_SPLITS))
        self.ngrams = _checked_ngrams(ngrams)
        if ragged:
            raise ValueError("TextVectorization: ragged=True is not supported; documents are filled up with 0.")
        self.ragged = False
        super().__init__(
            max_tokens=max_tokens,
            mask_token="",
            vocabulary=vocabulary,
            idf_weights=idf_weights,
            output_mode=output_mode,
            pad_to_max_tokens=pad_to_max_tokens,
            sparse=sparse,
            encoding=encoding,
            name=name,
            **kwargs,
        )
        self.output_sequence_length = output_sequence_length
        if output_sequence_length is not None:
            checks.integer(self, "output_sequence_length", output_sequence_length)
            if self.output_mode != "int":
                raise ValueError(
                    f"TextVectorization: output_sequence_length is for output_mode='int'; got {self.output_mode!r}."
                )

    # From texts to words.

    def documents(self, inputs: Any) -> list[list[str]]:
        """The words of each text."""
        texts = as_text(inputs, self.encoding)
        texts = texts.reshape(-1, 1) if texts.ndim < 2 else texts
        if texts.ndim > 2 or (self.split is not None and texts.shape[1] != 1):
            raise ValueError(
                f"Layer {self.name!r} splits texts of the shape (batch,) or (batch, 1); got the shape {texts.shape}."
            )
        words = [self._words(document) for document in self._standardized(texts)]
        return words if self.ngrams is None else [self._joined(document) for document in words]

    def _standardized(self, texts: np.ndarray) -> Any:
        """Texts in rows or, if they are to be split, in one."""
        flat = texts.reshape(-1)
        if callable(self.standardize):
            flat = np.asarray(self.standardize(flat.astype(str))).reshape(-1)
        elif self.standardize is not None:
            table = _STANDARDS[self.standardize]
            flat = np.array([text.translate(table) for text in flat], object)
        if self.split is None:
            return flat.reshape(texts.shape).tolist()
        return self.split(flat.astype(str)) if callable(self.split) else flat.tolist()

    def _words(self, document: Any) -> list[str]:
        return _SPLITS[self.split](document) if isinstance(self.split, str) else as_text(list(document)).tolist()

    def _joined(self, words: list[str]) -> list[str]:
        widths = range(1, self.ngrams + 1) if isinstance(self.ngrams, int) else self.ngrams or ()
        return [" ".join(words[i : i + width]) for width in widths for i in range(len(words) - width + 1)]

    # From words to places.

    def update_state(self, data: Any) -> None:
        """See a batch of texts."""
        self._count(self.documents(data))

    def read(self, inputs: Any) -> np.ndarray:
        documents = self.documents(inputs)
        length = self.output_sequence_length or max(map(len, documents), default=0)
        cut = [document[:length] for document in documents]
        real = np.arange(length) < np.array([len(document) for document in cut], int)[:, None]
        places = np.full(real.shape, 0 if self.output_mode == "int" else -1)
        places[real] = self._find([word for document in cut for word in document])
        return places

    def read_shape(self, shape: Any) -> Any:
        steps = shape[1] if self.split is None and self.ngrams is None and len(shape) > 1 else None
        return (shape[0] if shape else 1, self.output_sequence_length or steps)


def _named_or_callable(owner: Any, name: str, value: Any, options: tuple[str, ...]) -> Any:
    if value is None or callable(value):
        return value
    return checks.choice(owner, name, value, options)


def _checked_ngrams(ngrams: Any) -> int | tuple[int, ...] | None:
    if ngrams is None:
        return None
    if isinstance(ngrams, (list, tuple)):
        return tuple(checks.integer("TextVectorization", "ngrams", n) for n in ngrams)
    return checks.integer("TextVectorization", "ngrams", ngrams)
