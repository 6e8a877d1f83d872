"""How a vocabulary is kept in a file of a model: in its config, or, learnt or long, apart, a token in each line."""

import contextlib
import contextvars
from collections.abc import Callable, Iterator, Mapping, MutableMapping
from typing import Any, Self

import numpy as np

from ..._core.config import Configurable
from ..._core.file_errors import CorruptFileError, UnsafeFileError

LONG = 1000  # tokens from which on a vocabulary that was given is kept apart, too
NAME = "vocabulary.txt"
_apart = contextvars.ContextVar("apart", default=False)


@contextlib.contextmanager
def apart() -> Iterator[None]:
    """Let configs leave out what a file keeps apart."""
    token = _apart.set(True)
    try:
        yield
    finally:
        _apart.reset(token)


class InFiles(Configurable):
    """What a layer with a vocabulary gives to a file, and takes from it."""

    has_input_vocabulary: bool
    output_mode: str
    token_type: type
    vocabulary_size: Callable[[], int]
    _stored_weights: Any = None

    @property
    def vocabulary(self) -> list[Any] | None:
        """The vocabulary as it was given or learnt."""
        raise NotImplementedError

    @property
    def idf_weights(self) -> list[float] | None:
        """The weights of the vocabulary's counts."""
        raise NotImplementedError

    def get_config(self) -> dict[str, Any]:
        """The constructor's arguments, as data that JSON can hold; the vocabulary too, unless a file keeps it apart."""
        config = super().get_config()
        if _apart.get() and self.save_assets():
            config.update(vocabulary=None, idf_weights=None, vocabulary_size=self.vocabulary_size())
        return config

    def save_assets(self) -> dict[str, str]:
        """The texts that a file keeps apart, by name."""
        given = self.vocabulary or []
        tokens = [str(token) for token in self.get_vocabulary()] if given else []  # type: ignore[attr-defined]
        lines = all(len(token.splitlines()) <= 1 and not token.endswith("\n") for token in tokens)
        kept = given and lines and tokens[-1] and (not self.has_input_vocabulary or len(given) >= LONG)
        return {NAME: "\n".join(tokens)} if kept else {}

    def load_assets(self, texts: Mapping[str, str]) -> None:
        """Take what `save_assets` gave."""
        lines = texts[NAME].splitlines()
        while lines and not lines[-1]:
            lines.pop()
        try:
            tokens = [self.token_type(line) for line in lines]
        except ValueError:
            raise CorruptFileError("the vocabulary holds what is no integer.") from None
        self.set_vocabulary(tokens, self._stored_weights)  # type: ignore[attr-defined]

    def save_own_variables(self, store: MutableMapping[str, Any]) -> None:
        """Write the weights of counts, for all places of the vocabulary."""
        if self.output_mode == "tf_idf" and self.idf_weights is not None:
            given = np.asarray(self.idf_weights, "float32")
            before = self.vocabulary_size() - len(given)
            store["idf_weights"] = np.pad(given, (before, 0), constant_values=given.mean())

    def load_own_variables(self, store: Mapping[str, Any]) -> None:
        """Take the weights of counts; they count once the vocabulary is known."""
        if store.keys() - {"idf_weights"} or (store and self.output_mode != "tf_idf"):
            raise CorruptFileError(f"a vocabulary has no {', '.join(sorted(store))[:80]}.")
        self._stored_weights = np.ravel(store["idf_weights"]).tolist() if store else None

    @classmethod
    def from_config(cls, config: Mapping[str, Any]) -> Self:
        """A new object with the arguments of `config`, which holds the vocabulary itself and names no file."""
        if isinstance(config.get("vocabulary"), str):
            raise UnsafeFileError(f"{cls.__name__}: a config holds the vocabulary itself, and no file to read.")
        return super().from_config(config)
