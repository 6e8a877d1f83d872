"""Keras's own words for what layers here say otherwise: programs that know Keras's inside use them."""

from collections.abc import Iterator, Mapping, MutableMapping
from typing import Any

from .._core import context
from .._core.holder import Holder, held, own_variables
from .._core.random import SeedGenerator
from .._core.variable import Variable


class Unlocked:
    """What says which attributes may still change: here all, at any time."""

    def unlock(self) -> None:
        """Nothing: it is unlocked."""

    def lock(self, msg: str | None = None) -> None:
        """Nothing: it stays unlocked."""


class KerasNames:
    """Names that Keras gives its layers for their own use, and that programs came to use."""

    _call_context_args: frozenset[str] = frozenset({"training"})

    @property
    def metrics(self) -> list[Any]:
        """The metrics in attributes, of this layer and of those inside."""
        own = [one for one in held(self.members().values(), Holder) if one.apart]  # type: ignore[attr-defined]
        inner = [one for layer in self.inner_layers() for one in layer.metrics]  # type: ignore[attr-defined]
        return list(dict.fromkeys([*own, *inner]))

    @property
    def metrics_variables(self) -> list[Variable]:
        """The variables of the metrics."""
        return [variable for metric in self.metrics for variable in metric.variables]

    def _register_call_context_args(self, *names: str) -> None:
        """Let these arguments of a call reach all layers inside that register them too, as `training` does."""
        if self.output_shapes:  # type: ignore[attr-defined]
            raise RuntimeError("Cannot add call-context args after the layer has been called.")
        self._call_context_args = self._call_context_args.union(names)

    def _passed_on(self, names: tuple[str, ...], kwargs: dict[str, Any]) -> dict[str, Any]:
        """What reaches the layers inside; `kwargs` gets of it what is registered and among `names`, those of `call`."""
        frame = context.current()
        passed = frame.passed if frame is not None else {}
        own = self._call_context_args - {"training"}
        if not own:
            return passed
        passed = {**passed, **{name: kwargs.pop(name) for name in own if name in kwargs}}
        kwargs.update({name: passed[name] for name in own.intersection(names, passed)})
        return passed

    def _flatten_layers(self, include_self: bool = True, recursive: bool = True) -> Iterator[Any]:
        if include_self:
            yield self
        for layer in self.inner_layers():  # type: ignore[attr-defined]
            yield layer
            if recursive:
                yield from layer._flatten_layers(include_self=False)

    @property
    def _seed_generators(self) -> list[SeedGenerator]:
        return list(held(vars(self).values(), SeedGenerator))

    def _build_at_init(self) -> None:
        self.built = True

    @property
    def _layers(self) -> list[Any]:
        return self.inner_layers()  # type: ignore[attr-defined]

    @property
    def _trainable_variables(self) -> list[Variable]:
        return [v for v in own_variables(self) if v.rank == 0]  # type: ignore[arg-type]

    @property
    def _non_trainable_variables(self) -> list[Variable]:
        return [v for v in own_variables(self) if v.rank > 0]  # type: ignore[arg-type]

    @property
    def _tracker(self) -> "Unlocked":
        return Unlocked()

    def _untrack_variable(self, variable: Variable) -> None:
        """A variable belongs to a layer as long as an attribute holds it."""

    def save_own_variables(self, store: MutableMapping[str, Any]) -> None:
        """Write the layer's own variables, without those of inner layers, as `"0"`, `"1"`, ..."""
        for i, variable in enumerate(own_variables(self)):  # type: ignore[arg-type]
            store[str(i)] = variable.value

    def load_own_variables(self, store: Mapping[str, Any]) -> None:
        """Take what `save_own_variables` wrote."""
        own = own_variables(self)  # type: ignore[arg-type]
        if len(store) != len(own):
            raise ValueError(f"Layer {getattr(self, 'name', '')!r} has {len(own)} variables; the file {len(store)}.")
        for i, variable in enumerate(own):
            variable.assign(store[str(i)])
