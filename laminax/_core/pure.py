"""From objects with state to pure functions of `{path: array}`, and back."""

import contextlib
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from . import context
from .holder import variables
from .variable import Variable, holding, read, write


@contextlib.contextmanager
def running(
    cells: Mapping[str, Variable], values: Mapping[str, Any], training: bool | None = None, rows: Any = None
) -> Iterator[context.Frame]:
    """A pure call: inside, `cells` hold `values`, and layers find this frame."""
    with context.call(training, rows) as frame, holding(cells, values):
        yield frame


def apply(
    model: Callable[..., Any],
    params: Mapping[str, Any],
    extras: Mapping[str, Any],
    *args: Any,
    training: bool | None = None,
    **kwargs: Any,
) -> tuple[Any, dict[str, Any], list[Any]]:
    """Run `model` on given values: `(outputs, new extras, losses that layers added)`. Pure."""
    cells = variables(model)
    with running(cells, {**params, **extras}, training) as frame:
        outputs = model(*args, **kwargs)
        return outputs, read({path: cells[path] for path in extras}), frame.losses


def lift(transform: Callable[..., Any], layer: Callable[..., Any]) -> Callable[..., Any]:
    """Apply a JAX transform (`jax.checkpoint`, `jax.vmap` of inputs, ...) to a layer that has state.

    The layer's state and the losses it adds pass through the transform as values, so none
    of its tracers leaks.
    """

    def lifted(*args: Any, **kwargs: Any) -> Any:
        cells = variables(layer)
        outer = context.current()

        def pure(values: dict[str, Any], *args: Any) -> Any:
            with running(cells, values, outer.training if outer else None, outer.rows if outer else None) as frame:
                outputs = layer(*args, **kwargs)
                return outputs, read(cells), frame.losses

        outputs, values, losses = transform(pure)(read(cells), *args)
        before = read(cells)
        write(cells, {path: v for path, v in values.items() if v is not before[path]})
        if outer is not None:
            outer.losses.extend(losses)
        return outputs

    return lifted
