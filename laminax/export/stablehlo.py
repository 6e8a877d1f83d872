"""Models as StableHLO: the compiled program before it is compiled, in the file format of `jax.export`.

The file holds one function, of the model's inputs in their structure, with the weights as constants. It runs without
this package: `jax.export.deserialize(bytearray(content)).call(x)`.
"""

from collections.abc import Callable
from typing import Any

import jax

from .._core import compat, pure
from .._core.errors import shape_text
from .._core.holder import partition
from .._core.variable import read
from .signature import inputs_of, names_of

PLATFORMS = ("cpu", "cuda", "tpu")


def as_stablehlo(model: Any, signature: Any = None, platforms: Any = PLATFORMS) -> tuple[bytes, str]:
    """The content of the file, and what it is, in words."""
    inputs = inputs_of(model, signature)
    platforms = (platforms,) if isinstance(platforms, str) else tuple(platforms)
    content = _lowered(model, inputs, names_of(model, inputs), platforms)
    shapes = shape_text([t.shape for t in jax.tree.leaves(inputs)])
    return content, f"StableHLO for {', '.join(platforms)}, inputs {shapes}"


def _lowered(model: Any, inputs: Any, names: list[str], platforms: tuple[str, ...]) -> bytes:
    """The program, for any size of each free dimension; if they must agree, for equal ones on equal axes."""
    leaves, treedef = jax.tree.flatten(inputs)
    for prefixes in dict.fromkeys([tuple(names), ("d",) * len(names)]):
        given = jax.tree.unflatten(treedef, _structs(leaves, prefixes))
        moved: list[str] = []
        try:
            content = compat.serialized(_function(model, moved), given, platforms)
            break
        except (TypeError, ValueError, compat.InconclusiveShape) as error:
            reason = error
    else:
        raise ValueError(
            f"Model {model.name!r} has no one program for inputs {shape_text([t.shape for t in leaves])}: give "
            f"input_signature= with what is missing, sizes or types. {reason}"
        ) from reason
    if moved:
        raise ValueError(
            f"Model {model.name!r} changes {moved[0]} at each call, and a file keeps no state: export a model "
            "that takes the state as an input, and gives it back."
        )
    return content


def _structs(leaves: list[Any], prefixes: Any) -> list[Any]:
    """Shapes and types, with a symbol for each free dimension: the batch's is one for all."""
    symbols = {
        (i, axis): _symbol(prefix, axis)
        for i, (t, prefix) in enumerate(zip(leaves, prefixes))
        for axis, size in enumerate(t.shape)
        if size is None
    }
    sizes = compat.free_dimensions(sorted(set(symbols.values())), least=1)

    def struct(i: int, t: Any) -> jax.ShapeDtypeStruct:
        shape = [sizes[symbols[i, axis]] if size is None else size for axis, size in enumerate(t.shape)]
        return jax.ShapeDtypeStruct(shape, compat.canonical(t.dtype))

    return [struct(i, t) for i, t in enumerate(leaves)]


def _symbol(prefix: str, axis: int) -> str:
    """A name that JAX takes: letters, digits and `_`, after a letter."""
    plain = "".join(c if c.isascii() and c.isalnum() else "_" for c in prefix)
    return "batch" if axis == 0 else f"{plain if plain[0].isalpha() else 'd' + plain}{axis}"


def _function(model: Any, moved: list[str]) -> Callable[[Any], Any]:
    """What the model predicts, as a function of its inputs; `moved` gets the paths of what it would change."""
    params, extras = map(read, partition(model))

    def predict(inputs: Any) -> Any:
        outputs, new, _ = pure.apply(model, params, extras, inputs, training=False)
        moved.extend(path for path in extras if new[path] is not extras[path])
        return outputs

    return predict
