"""From objects with state to pure functions of `{path: array}`, and back."""

import contextlib
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import jax

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


def lift(transform: Callable[..., Any], function: Callable[..., Any], holder: Any = None) -> Callable[..., Any]:
    """Apply a JAX transform (`jax.checkpoint`, `jax.vmap` of inputs, ...) to a layer, or to a function of `holder`.

    State, the losses that layers add, and masks pass through the transform as values, so none of its tracers leaks.
    """

    def lifted(*args: Any, **kwargs: Any) -> Any:
        cells = variables(function if holder is None else holder)
        outer = context.current()
        masks = [context.fact(x, "mask") for x in jax.tree.leaves(args)]

        def pure(values: dict[str, Any], *args: Any) -> Any:
            with running(cells, values, outer.training if outer else None, outer.rows if outer else None) as frame:
                context.note_masks(args, masks)
                outputs = function(*args, **kwargs)
                found = [context.fact(y, "mask") for y in jax.tree.leaves(outputs)]
                return outputs, read(cells), frame.losses, found

        outputs, values, losses, found = transform(pure)(read(cells), *args)
        before = read(cells)
        write(cells, {path: v for path, v in values.items() if v is not before[path]})
        context.note_masks(outputs, found)
        if outer is not None:
            outer.losses.extend(losses)
        return outputs

    return lifted
