"""What surrounds a layer's `build`."""

import contextlib
import contextvars
import functools
import inspect
import weakref
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import jax

from .._core import context, graph
from .._core.signature import signature as signature_of
from .symbolic import placeholders


class Buildable:
    """Remembers the shapes for which it was built, so that it can be built for them again."""

    built: bool
    build: Callable[..., None]
    call: Callable[..., Any]
    inner_layers: Callable[[], list[Any]]
    _build_shapes: Mapping[str, Any] | None = None

    @property
    def whole(self) -> bool:
        """Whether it has inputs of its own, so that it was there before what it stands in."""
        return False

    def get_build_config(self) -> dict[str, Any] | None:
        """The shapes for which the weights were made, as data; `None` where there are none."""
        if not self._build_shapes:
            return None
        shapes = list(self._build_shapes.values())
        return {"input_shape": shapes[0]} if len(shapes) == 1 else {"shapes_dict": dict(self._build_shapes)}

    def build_from_config(self, config: Mapping[str, Any]) -> None:
        """Make the weights for the shapes that `get_build_config` gave."""
        shapes = {name: shape_from(shape) for name, shape in (config.get("shapes_dict") or {}).items()}
        if config.get("input_shape") is not None:
            shapes = {"input_shape": shape_from(config["input_shape"])}
            self.build(shapes["input_shape"])
        elif shapes and is_default(self.build):
            graph.infer(self.call, (), {name.removesuffix("_shape"): placeholders(s) for name, s in shapes.items()})
            self.built = True
        elif shapes and shapes.keys() <= inspect.signature(self.build).parameters.keys():
            self.build(**shapes)
        else:
            return  # shapes by the names of Keras's own layer: the first call builds it
        self._build_shapes = shapes

    def enclose(self) -> None:
        """Let the paths of layers inside, which may have been built on their own, begin with that of this one."""
        for layer in self.inner_layers():
            if layer._around is None and not layer.whole:
                layer._around = weakref.ref(self)


def is_default(build: Callable[..., None]) -> bool:
    """Whether a `build` is that of every layer, which runs the call on the shape."""
    return build.__qualname__ == "Layer.build"


_built: contextvars.ContextVar[tuple[Any, Any] | None] = contextvars.ContextVar("built", default=None)


def building(build: Callable[..., None]) -> Callable[..., None]:
    """A `build` after which the layer is built, so that no later call makes its weights anew."""

    @functools.wraps(build)
    def building(self: Any, *args: Any, **kwargs: Any) -> None:
        with making(self):
            build(self, *args, **kwargs)
        self.built = True
        shapes = inspect.signature(build).bind(self, *args, **kwargs).arguments
        self._build_shapes = dict(list(shapes.items())[1:])

    return building


def shapes_of(given: Mapping[str, Any]) -> dict[str, Any]:
    """The shapes of the arguments of a call that hold arrays, by the names that a `build` gives them."""
    found = {}
    for name, value in given.items():
        leaves = jax.tree.leaves(value)
        if leaves and all(hasattr(leaf, "shape") for leaf in leaves):
            found[f"{name}_shape"] = graph.shape_of(value)
    return found


def shape_from(data: Any) -> Any:
    """A shape, or a list or dict of shapes, from data in which tuples have become lists."""
    if isinstance(data, dict):
        return {key: shape_from(value) for key, value in data.items()}
    if isinstance(data, (list, tuple)) and not all(size is None or type(size) is int for size in data):
        return [shape_from(value) for value in data]
    return tuple(data) if isinstance(data, (list, tuple)) else data


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
