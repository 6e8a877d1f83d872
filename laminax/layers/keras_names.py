"""Keras's own words for what layers here say otherwise: programs that know Keras's inside use them."""

from collections.abc import Iterator
from typing import Any

from .._core.random import SeedGenerator


class KerasNames:
    """Names that Keras gives its layers for their own use, and that programs came to use."""

    def _flatten_layers(self, include_self: bool = True, recursive: bool = True) -> Iterator[Any]:
        if include_self:
            yield self
        for layer in self.inner_layers():  # type: ignore[attr-defined]
            yield layer
            if recursive:
                yield from layer._flatten_layers(include_self=False)

    @property
    def _seed_generators(self) -> list[SeedGenerator]:
        found = []
        for value in vars(self).values():
            several = (
                value.values() if isinstance(value, dict) else value if isinstance(value, (list, tuple)) else [value]
            )
            found += [one for one in several if isinstance(one, SeedGenerator)]
        return found

    def _build_at_init(self) -> None:
        self.built = True
