"""Symbols as labels, and labels as text."""

from collections.abc import Iterable
from typing import Any


class Alphabet:
    """Symbols and their labels: the classes in their order, without that of the blank.

    Args:
        symbols: text, each of whose characters is a symbol, or a list of texts.
        blank: the class of the blank, or `"last"`.
    """

    def __init__(self, symbols: Any, blank: Any = 0) -> None:
        self.symbols = list(symbols) if isinstance(symbols, (str, list, tuple)) else []
        if not self.symbols or not all(isinstance(s, str) and s for s in self.symbols):
            raise ValueError(f"alphabet must be text, or a list of symbols; got {symbols!r}.")
        if twice := [s for s in self.symbols if self.symbols.count(s) > 1]:
            raise ValueError(f"alphabet holds {twice[0]!r} twice; each symbol is one class.")
        self.blank = len(self.symbols) if blank == "last" else int(blank)
        if not 0 <= self.blank <= len(self.symbols):
            raise ValueError(
                f"The blank is class {self.blank}, but an alphabet of {len(self.symbols)} symbols leaves it a class "
                f"from 0 to {len(self.symbols)}."
            )
        self.labels = {s: i + (i >= self.blank) for i, s in enumerate(self.symbols)}

    @property
    def classes(self) -> int:
        """The number of classes: the symbols and the blank."""
        return len(self.symbols) + 1

    def encode(self, symbols: Iterable[Any], where: str = "The text") -> list[int]:
        """The labels of text, or of a list of symbols."""
        found = []
        for symbol in symbols:
            if symbol not in self.labels:
                raise ValueError(f"{where} holds {symbol!r}, which is not in the alphabet {''.join(self.symbols)!r}.")
            found.append(self.labels[symbol])
        return found

    def decode(self, labels: Iterable[int]) -> str:
        """The text of labels."""
        return "".join(self.symbols[label - (label > self.blank)] for label in labels)
