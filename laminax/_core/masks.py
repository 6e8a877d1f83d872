"""How masks of padded steps go from layer to layer: as facts about arrays, in the call frame."""

import functools
import warnings
from collections.abc import Callable, Mapping
from typing import Any

import jax
import numpy as np

from . import context, graph
from .variable import Variable


def fill_masks(names: tuple[str, ...], given: Mapping[str, Any], kwargs: dict[str, Any]) -> Any:
    """Give a `call` the masks that it takes (`mask`, `query_mask`, ...); returns that of its first argument."""
    found: Any = None
    for i, (name, value) in enumerate(given.items()):
        mask = context.fact(value, "mask") if hasattr(value, "dtype") else context.masks(value)
        own = f"{name}_mask" if f"{name}_mask" in names else "mask" if i == 0 else ""
        if own in names and kwargs.get(own) is None and jax.tree.leaves(mask):
            kwargs[own] = mask
        if i == 0:
            explicit = kwargs.get(own)
            found = explicit if explicit is not None else mask
    return found


def note_masks(layer: Any, given: Mapping[str, Any], outputs: Any, mask: Any) -> None:
    """Note the masks of a layer's outputs; a layer that drops one says so, once."""
    masked, leaves = bool(jax.tree.leaves(mask)), jax.tree.leaves(outputs)
    if layer.supports_masking:
        if masked or layer.makes_mask:
            _note(leaves, layer.compute_mask(next(iter(given.values()), None), mask))
        return
    passed = any(context.fact(y, "mask") is not None for y in leaves)
    if masked and not (passed or layer.takes_mask or layer.inner_layers()):
        tell_of_mask(layer)


def tell_of_mask(layer: Any) -> None:
    """Say, once, that a layer drops a mask."""
    if layer.told_of_mask:
        return
    layer.told_of_mask = True
    warnings.warn(
        f"Layer {layer.name!r} ({type(layer).__name__}) got a masked input and does not pass the mask on: later "
        "layers see the padding as data. If it treats each step alone, set `supports_masking = True` in the class.",
        stacklevel=6,
    )


def _note(leaves: list[Any], mask: Any) -> None:
    one = len(leaves) == 1 and not isinstance(mask, (list, tuple))
    masks = [mask] if one else jax.tree.leaves(mask, is_leaf=lambda m: m is None)
    for y, m in zip(leaves, masks):
        if m is not None and isinstance(y, jax.Array):
            context.note(y, mask=m)


# Symbolic tensors carry the masks that they will have, as symbolic tensors.


def of_symbolic(*trees: Any) -> list[Any]:
    """The masks of the symbolic tensors in some trees, `None` where there is none."""
    return [getattr(x, "mask", None) for x in jax.tree.leaves(trees)]


def with_masks(run: Callable[..., Any]) -> Callable[..., Any]:
    """A function of `(args, kwargs, masks of their leaves)` that gives the outputs of `run`, and their masks."""

    def masked(args: Any, kwargs: Any, found: list[Any]) -> tuple[Any, list[Any]]:
        outer = context.current()
        with context.call(outer.training if outer is not None else None):
            context.note_masks((args, kwargs), found)
            outputs = run(*args, **kwargs)
            return outputs, [context.fact(y, "mask") for y in jax.tree.leaves(outputs)]

    return masked


def note_symbolic(outputs: list[graph.SymbolicTensor], found: list[Any]) -> None:
    """Note on symbolic tensors the masks that they will have."""
    for tensor, mask in zip(outputs, found):
        if mask is not None:
            tensor.mask = graph.record(mask_of, (tensor,), {}, mask).result()


def mask_of(x: Any) -> Any:
    """The mask of an array: in a graph, the function that makes the mask of a symbolic tensor."""
    return context.fact(x, "mask")


def for_symbolic(compute_mask: Callable[..., Any]) -> Callable[..., Any]:
    """A `compute_mask` that, of symbolic inputs, gives a symbolic mask; masks that are arrays stay what they are.

    Keras calls its second argument `mask` in some layers and `previous_mask` in others: it may be given by either name.
    """
    symbolic = graph.symbolic(compute_mask)

    @functools.wraps(compute_mask)
    def call(layer: Any, inputs: Any, mask: Any = None, *, previous_mask: Any = None) -> Any:
        mask = previous_mask if mask is None else mask
        real = any(isinstance(m, (jax.Array, np.ndarray, Variable)) for m in jax.tree.leaves(mask))
        return (compute_mask if real else symbolic)(layer, inputs, mask)

    return call
