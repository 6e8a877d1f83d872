"""What a layer's `call` asks for: inputs, the training mode, masks."""

import functools
import inspect
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import jax


class Signature(NamedTuple):
    """What is asked of a `call` method."""

    names: tuple[str, ...]
    takes_training: bool
    training: Any
    mask_names: tuple[str, ...]

    def bind(self, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> dict[str, Any]:
        """The arguments that hold arrays, by name, in the order of the signature."""
        named = dict(zip(self.names, args))
        named.update((name, kwargs[name]) for name in self.names if name in kwargs)
        keep = ("training", *self.mask_names)
        return {k: v for k, v in named.items() if k not in keep and _holds_arrays(v)}


def _holds_arrays(value: Any) -> bool:
    return any(hasattr(leaf, "dtype") for leaf in jax.tree.leaves(value))


@functools.lru_cache(maxsize=1024)
def signature(call: Callable[..., Any]) -> Signature:
    parameters = list(inspect.signature(call).parameters.values())[1:]
    names = tuple(p.name for p in parameters if p.kind not in (p.VAR_POSITIONAL, p.VAR_KEYWORD))
    variadic = any(p.kind == p.VAR_KEYWORD for p in parameters)
    training = next((p.default for p in parameters if p.name == "training" and p.default is not p.empty), None)
    masks = tuple(name for name in names if name == "mask" or name.endswith("_mask"))
    return Signature(names, "training" in names or variadic, training, masks)
