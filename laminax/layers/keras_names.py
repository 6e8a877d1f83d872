"""Keras's own words for what layers here say otherwise: programs that know Keras's inside use them."""

from collections.abc import Iterator, Mapping, MutableMapping
from typing import Any

from .._core.random import SeedGenerator
from .._core.variable import Variable


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

    @property
    def _layers(self) -> list[Any]:
        return self.inner_layers()  # type: ignore[attr-defined]

    @property
    def _trainable_variables(self) -> list[Variable]:
        return [v for v in vars(self).values() if isinstance(v, Variable) and v.rank == 0]

    @property
    def _non_trainable_variables(self) -> list[Variable]:
        return [v for v in vars(self).values() if isinstance(v, Variable) and v.rank > 0]

    def _untrack_variable(self, variable: Variable) -> None:
        """A variable belongs to a layer as long as an attribute holds it."""

    def save_own_variables(self, store: MutableMapping[str, Any]) -> None:
        """Write the layer's own variables, without those of inner layers, as `"0"`, `"1"`, ..."""
        for i, variable in enumerate([*self._trainable_variables, *self._non_trainable_variables]):
            store[str(i)] = variable.numpy()

    def load_own_variables(self, store: Mapping[str, Any]) -> None:
        """Take what `save_own_variables` wrote."""
        own = [*self._trainable_variables, *self._non_trainable_variables]
        if len(store) != len(own):
            raise ValueError(f"Layer {getattr(self, 'name', '')!r} has {len(own)} variables; the file {len(store)}.")
        for i, variable in enumerate(own):
            variable.assign(store[str(i)])
