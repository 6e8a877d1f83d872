"""Rematerialisation: less memory in training, for a second forward computation in the backward pass."""

import contextlib
import contextvars
import functools
import math
from collections.abc import Callable, Iterable, Iterator
from typing import Any, NamedTuple

import jax

from .checks import choice
from .holder import Holder, variables
from .pure import lift, running
from .variable import read

MODES = ("full", "activations", "larger_than", "list_of_layers")


class Wish(NamedTuple):
    """What a `RematScope` asks of the layers made in it."""

    mode: str
    threshold: int
    names: tuple[str, ...]


_inside: contextvars.ContextVar[bool] = contextvars.ContextVar("inside", default=False)
_wish: contextvars.ContextVar[Wish | None] = contextvars.ContextVar("remat", default=None)


def remat(f: Callable[..., Any]) -> Callable[..., Any]:
    """`f`, a function of arrays or a layer, that keeps nothing between its forward and its backward pass.

    What the gradient needs is computed a second time (Chen et al., 2016). The numbers are the same.
    """
    if isinstance(f, Holder):
        return lift(jax.checkpoint, f)
    return functools.wraps(f)(jax.checkpoint(f))


@contextlib.contextmanager
def RematScope(  # noqa: N802 - Keras's name
    mode: str | None = "full", output_size_threshold: int = 1024, layer_names: Iterable[str] | None = None
) -> Iterator[None]:
    """Layers made in this scope are rematerialised, each with the layers in it; not models, but the layers in them.

    Args:
        mode: `"full"`: all. `"activations"`: all, but products of matrices are kept. `"larger_than"`: those whose
            output has more numbers than `output_size_threshold`. `"list_of_layers"`: those named in `layer_names`.
            `None`: none.
        output_size_threshold: the largest output, a number of scalars, that is kept.
        layer_names: names of layers.
    """
    checked = None if mode is None else choice("RematScope", "mode", mode, MODES)
    asked = None if checked is None else Wish(checked, output_size_threshold, tuple(layer_names or ()))
    token = _wish.set(asked)
    try:
        yield
    finally:
        _wish.reset(token)


def wish() -> Wish | None:
    """What is asked of a layer that is made now."""
    return _wish.get()


def as_wished(wish: Wish | None, layer: Any, call: Callable[..., Any]) -> Callable[..., Any]:
    """The `call` of a layer, rematerialised where that was wished."""
    if wish is None or _inside.get() or (wish.mode == "list_of_layers" and layer.name not in wish.names):
        return call
    if wish.mode == "larger_than":
        return functools.partial(_if_large, wish.threshold, layer, call)
    policy = jax.checkpoint_policies.dots_saveable if wish.mode == "activations" else None
    return lift(functools.partial(jax.checkpoint, policy=policy), _alone(call), layer)


def _alone(call: Callable[..., Any]) -> Callable[..., Any]:
    """`call`, in which no layer is rematerialised a second time."""

    def alone(*args: Any, **kwargs: Any) -> Any:
        token = _inside.set(True)
        try:
            return call(*args, **kwargs)
        finally:
            _inside.reset(token)

    return alone


def _if_large(threshold: int, layer: Any, call: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    cells = variables(layer)

    def once() -> Any:
        with running(cells, read(cells)):
            return call(*args, **kwargs)

    large = sum(math.prod(y.shape) for y in jax.tree.leaves(jax.eval_shape(once))) > threshold
    return (lift(jax.checkpoint, _alone(call), layer) if large else call)(*args, **kwargs)
