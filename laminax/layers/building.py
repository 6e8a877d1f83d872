"""What surrounds a layer's `build`."""

import contextlib
import contextvars
import functools
import inspect
import weakref
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from .._core import context
from .._core.signature import signature as signature_of

_built: contextvars.ContextVar[tuple[Any, Any] | None] = contextvars.ContextVar("built", default=None)


def building(build: Callable[..., None]) -> Callable[..., None]:
    """A `build` after which the layer is built, so that no later call makes its weights anew."""

    @functools.wraps(build)
    def building(self: Any, *args: Any, **kwargs: Any) -> None:
        with making(self):
            build(self, *args, **kwargs)
        self.built = True

    return building


@contextlib.contextmanager
def making(layer: Any) -> Iterator[None]:
    """Make the weights of a layer, and of layers inside, whose paths then begin with that of this one."""
    settle(layer)
    token = _built.set((layer, _running()))
    try:
        yield
    finally:
        _built.reset(token)


def settle(layer: Any) -> None:
    """Note the layer around: the one that is built, or called, at the moment."""
    built, running = _built.get(), _running()
    around = built[0] if built is not None and running in (None, built[1]) else running
    if layer._around is None and around is not None and around is not layer:
        layer._around = weakref.ref(around)


def _running() -> Any:
    """The innermost layer whose `call` runs."""
    frame = context.current()
    return frame.layer if frame is not None else None


def shape_first(add_weight: Callable[..., Any]) -> Callable[..., Any]:
    """An `add_weight` that says so where the name comes first, as it did in Keras 2."""

    @functools.wraps(add_weight)
    def checked(self: Any, *args: Any, **kwargs: Any) -> Any:
        if args and isinstance(args[0], str):
            raise ValueError(
                f"add_weight takes the shape first; give the name as a keyword argument, name={args[0]!r}."
            )
        if args and "shape" in kwargs:
            raise ValueError(
                "add_weight: `shape` was passed both positionally and as a keyword argument; give it once."
            )
        if len(args) > 3:
            raise TypeError("add_weight takes at most 3 positional arguments, shape, initializer and dtype.")
        return add_weight(self, *args, **kwargs)

    return checked


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
