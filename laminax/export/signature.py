"""What an exported model takes: a symbolic tensor for each input."""

from typing import Any

import jax

from .._core.errors import shape_text
from .._core.graph import SymbolicTensor, is_symbolic
from .._core.settings import floatx
from ..layers.symbolic import placeholders


def inputs_of(model: Any, signature: Any = None) -> Any:
    """Symbolic tensors in the structure that the model is called on.

    Raises:
        ValueError: if a signature does not fit the inputs, or none is given and none is known.
    """
    known = _known(model)
    if signature is None:
        if known is None:
            raise ValueError(
                f"Model {model.name!r} does not say what it takes: give input_signature=, such as "
                "[InputSpec(shape=(None, 8))]."
            )
        return known
    if known is None:
        return jax.tree.map(_from_spec, signature)
    own, given = jax.tree.leaves(known), [_from_spec(spec) for spec in jax.tree.leaves(signature)]
    if len(own) != len(given) or not all(map(_fits, given, own)):
        raise ValueError(
            f"input_signature must be for the inputs {shape_text([t.shape for t in own])} of model {model.name!r}; "
            f"got {shape_text([t.shape for t in given])}."
        )
    return jax.tree.unflatten(jax.tree.structure(known), given)


def names_of(model: Any, inputs: Any) -> list[str]:
    """A name for each input."""
    return model.input_names or [f"input_{i}" for i in range(len(jax.tree.leaves(inputs)))]


def _known(model: Any) -> Any:
    """The inputs of a graph; of a subclass those of the shape for which it was built."""
    if model.inputs is not None:
        return model.input
    shapes = list((model._build_shapes or {}).values())
    if len(shapes) != 1:
        return None
    return jax.tree.map(lambda t: SymbolicTensor((None, *t.shape[1:]), floatx()), placeholders(shapes[0]))


def _from_spec(spec: Any) -> SymbolicTensor:
    if is_symbolic(spec):
        return spec
    if getattr(spec, "shape", None) is None:
        raise ValueError(f"input_signature holds shapes and types, as InputSpec(shape=(None, 8)) has; got {spec!r}.")
    return SymbolicTensor(spec.shape, getattr(spec, "dtype", None) or floatx())


def _fits(given: SymbolicTensor, own: SymbolicTensor) -> bool:
    """Whether an input may be declared so: of the same rank, and of the sizes that are known."""
    sizes = zip(given.shape, own.shape)
    return given.ndim == own.ndim and all(None in (a, b) or a == b for a, b in sizes)
