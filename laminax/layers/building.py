"""What surrounds a layer's `build`."""

import functools
import inspect
from collections.abc import Callable, Mapping
from typing import Any

from .._core.signature import signature as signature_of


def building(build: Callable[..., None]) -> Callable[..., None]:
    """A `build` after which the layer is built, so that no later call makes its weights anew."""

    @functools.wraps(build)
    def building(self: Any, *args: Any, **kwargs: Any) -> None:
        build(self, *args, **kwargs)
        self.built = True

    return building


def shapes_for(layer: Any, shapes: Mapping[str, Any]) -> dict[str, Any]:
    """The shapes that a `build` of several arguments takes: `query_shape` is that of `call`'s `query`."""
    found, known = {}, signature_of(type(layer).call).names
    for i, p in enumerate(inspect.signature(layer.build).parameters.values()):
        name, rule = p.name.removesuffix("_shape"), f"{type(layer).__name__}.build has the argument"
        if p.kind in (p.VAR_POSITIONAL, p.VAR_KEYWORD):
            continue
        if i == 0 and p.name == "input_shape":
            name = next(iter(shapes), name)
        elif name == p.name and p.default is p.empty:
            raise ValueError(f"{rule} `{name}`, which does not end in `_shape`, so it can't be told what to take.")
        elif name not in known and p.default is p.empty:
            raise ValueError(f"{rule} `{p.name}`, but `call()` does not have argument `{name}`.")
        if name in shapes or p.default is p.empty:
            found[p.name] = shapes.get(name)
    return found
