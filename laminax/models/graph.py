"""A graph of layers as a function: from the symbolic inputs to the symbolic outputs."""

from collections.abc import Callable, Mapping
from typing import Any

import jax
import jax.numpy as jnp

from .._core import context, dtypes, graph
from .._core.errors import did_you_mean, shape_text
from ..layers.core import InputLayer
from ..layers.layer import Layer
from .host import HostPart, Read

Array = Any

# Operations that treat each row of a batch by itself.
_BY_ROW = {"add", "subtract", "multiply", "true_divide", "divide", "power", "negative", "absolute"}


class Graph:
    """The calls between `inputs` and `outputs`, trees of symbolic tensors.

    Raises:
        ValueError: if an output does not come from the inputs, or an input leads to no output.
    """

    def __init__(self, inputs: Any, outputs: Any) -> None:
        self.inputs, self.outputs = inputs, outputs
        self.starts: list[Any] = jax.tree.leaves(inputs)
        self.ends: list[Any] = jax.tree.leaves(outputs)
        for what, tensors in (("inputs", self.starts), ("outputs", self.ends)):
            if not tensors or not all(graph.is_symbolic(t) for t in tensors):
                raise ValueError(
                    f"A model's {what} must be symbolic tensors, as Input(shape) and layers called on it give; "
                    f"got {tensors}."
                )
        self.nodes = graph.sort(self.starts, self.ends)
        self._check_ends()
        self.host = HostPart(self.nodes, self.starts, self.ends)

    def _check_ends(self) -> None:
        reached = {id(t) for node in self.nodes for t in node.outputs} | {
            id(t) for node in self.nodes for t in node.inputs
        }
        reached |= {id(t) for t in self.ends}
        given = {id(t) for t in self.starts}
        for node in self.nodes:
            for tensor in node.outputs:
                if not node.inputs and id(tensor) not in given:
                    missing = f"it needs {tensor}, which is none of them"
                    raise ValueError(f"Output {self.ends} is not connected to `inputs`: {missing}.")
        for tensor in self.starts:
            if id(tensor) not in reached:
                raise ValueError(f"The input {tensor} leads to none of the outputs: leave it out, or use it.")
        if len(given) != len(self.starts):
            raise ValueError("The same tensor stands twice among the model's inputs.")

    @property
    def layers(self) -> list[Layer]:
        """The layers, each once, in Keras's order."""
        return list(dict.fromkeys(node.function for node in self.nodes if isinstance(node.function, Layer)))

    @property
    def input_names(self) -> list[str]:
        """The names of the inputs: keys of a dict, else the names of the `Input`s."""
        if isinstance(self.inputs, dict):
            return sorted(self.inputs)
        return [_name_of(t, f"input_{i}") for i, t in enumerate(self.starts)]

    @property
    def output_names(self) -> list[str]:
        """The names of the outputs: keys of a dict, else the names of the layers that make them."""
        if isinstance(self.outputs, dict):
            return sorted(self.outputs)
        names: list[str] = []
        for i, tensor in enumerate(self.ends):
            name, n = _name_of(tensor, f"output_{i}"), 1
            free = name
            while free in names:
                free, n = f"{name}_{n}", n + 1
            names.append(free)
        return names

    def __call__(self, inputs: Any) -> Any:
        for node in self.nodes:
            if not isinstance(node.function, Layer):
                context.lose_rows(knows=getattr(node.function, "__name__", "") in _BY_ROW)
        if isinstance(inputs, Read):
            return self.host.finish(inputs, self.outputs)
        return graph.run(self.nodes, self.starts, jax.tree.leaves(inputs), self.outputs)

    def copy(self, function: Callable[[Layer], Layer]) -> tuple[Any, Any]:
        """New symbolic inputs and outputs, with `function(layer)` in the place of each layer."""
        swap = {layer: function(layer) for layer in self.layers if not isinstance(layer, InputLayer)}
        fresh = [InputLayer(batch_shape=t.shape, dtype=t.dtype, name=_name_of(t, None)).output for t in self.starts]
        tree = jax.tree.structure(self.inputs)
        return jax.tree.unflatten(tree, fresh), graph.run(self.nodes, self.starts, fresh, self.outputs, swap)

    def arrange(self, inputs: Any, cast: bool = False) -> Any:
        """Arrays in the structure of the inputs, with their ranks: from a list, a dict by name, or one array.

        With `cast`, integers become floats, or floats integers, where the input is declared so.

        Raises:
            ValueError: naming the input, for a wrong number of arrays, rank or size.
        """
        if isinstance(inputs, Read):
            return inputs
        leaves = self._matched(inputs)
        fitted = [self._fitted(x, t, name, cast) for x, t, name in zip(leaves, self.starts, self.input_names)]
        return jax.tree.unflatten(jax.tree.structure(self.inputs), fitted)

    def _matched(self, inputs: Any) -> list[Any]:
        names = self.input_names
        if isinstance(inputs, Mapping):
            missing = [name for name in names if name not in inputs]
            if missing:
                raise ValueError(f"x has no array for the input {missing[0]!r}.{did_you_mean(missing[0], inputs)}")
            return [inputs[name] for name in names]
        leaves = list(inputs) if isinstance(inputs, (list, tuple)) else [inputs]
        if len(leaves) != len(names):
            shown = ", ".join(map(repr, names))
            raise ValueError(
                f"x has {len(leaves)} array{'s' * (len(leaves) != 1)}; the model has {len(names)} inputs ({shown})."
            )
        return leaves

    def _fitted(self, x: Any, wanted: Any, name: str, cast: bool) -> Any:
        rank = len(wanted.shape)
        if wanted.dtype == "string" and graph.is_symbolic(x):
            return x
        if x.ndim == rank - 1 and wanted.shape[-1] == 1:
            x = x[..., None]
        elif x.ndim == rank + 1 and x.shape[-1] == 1:
            x = x[..., 0]
        free = not getattr(wanted.node.function, "declared", True)
        sizes = x.ndim == rank and all(free or w is None or g == w for g, w in zip(x.shape[1:], wanted.shape[1:]))
        if not sizes:
            expected, got = shape_text(wanted.shape), shape_text((None, *x.shape[1:]))
            which = "x" if len(self.starts) == 1 else f"x[{name!r}]"
            raise ValueError(
                f"{which} has the shape {got} (None is the number of samples); "
                f"the model's input {name!r} is {expected}.{_one_sample(x, wanted, which)}"
            )
        if wanted.dtype == "string":
            return x
        same = dtypes.is_float(x) == dtypes.is_float(jnp.dtype(wanted.dtype))
        return x if same or not cast else x.astype(wanted.dtype)


def _one_sample(x: Any, wanted: Any, name: str) -> str:
    """A hint for who gave a sample where a batch is wanted."""
    single = x.ndim == len(wanted.shape) - 1 and all(w in (None, g) for w, g in zip(wanted.shape[1:], x.shape))
    return f" For one sample give {name}[None]." if single else ""


def _name_of(tensor: Any, default: str | None) -> Any:
    function = tensor.node.function if tensor.node is not None else None
    return function.name if isinstance(function, Layer) else default
