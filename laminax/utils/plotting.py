"""A model as a drawing, in the language of Graphviz."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from typing import Any

from .._core.errors import named_arguments, shape_text
from .._core.graph import Node
from ..layers.layer import Layer


class Dot:
    """A drawing. In a notebook it shows itself, if Graphviz is installed.

    Args:
        text: what to draw, in the language of Graphviz.
    """

    def __init__(self, text: str) -> None:
        self.text = text

    def to_string(self) -> str:
        """The text that Graphviz draws."""
        return self.text

    def create(self, format: str = "png") -> bytes:
        """The drawing as a file of that format. Needs Graphviz."""
        program = shutil.which("dot")
        if program is None:
            raise ImportError(
                "Drawing a model needs Graphviz, the program `dot`: https://graphviz.org/download. "
                "Without it, write the text to a file that ends in .dot."
            )
        return subprocess.run([program, f"-T{format}"], input=self.text.encode(), stdout=-1, check=True).stdout

    def _repr_svg_(self) -> str | None:
        return self.create("svg").decode() if shutil.which("dot") else None


@named_arguments
def model_to_dot(
    model: Any,
    show_shapes: bool = False,
    show_dtype: bool = False,
    show_layer_names: bool = True,
    rankdir: str = "TB",
    expand_nested: bool = False,
    dpi: int = 200,
    subgraph: bool = False,
    show_layer_activations: bool = False,
    show_trainable: bool = False,
    splines: str = "ortho",
) -> Dot:
    """The layers of a model, and how they are joined, as a drawing: `.to_string()` is its text.

    Args:
        model: a model whose layers are made: a graph, or a Sequential that knows its input.
        show_shapes: whether to show the shapes of the outputs.
        show_dtype: whether to show their types.
        show_layer_names: whether to show the names of layers.
        rankdir: `"TB"`, from top to bottom, or `"LR"`, from left to right.
        expand_nested: whether to show the layers of models inside, each in a frame.
        dpi: dots an inch.
        subgraph: not used.
        show_layer_activations: whether to show activation functions.
        show_trainable: whether to show which layers are trained.
        splines: how lines run: `"ortho"`, `"curved"`, `"polyline"`, ...
    """
    if not model.layers:
        raise ValueError(f"{model.name!r} has no layers to draw: call it on data first.")

    def label(function: Any, tensors: list[Any]) -> str:
        kind = type(function).__name__ if isinstance(function, Layer) else getattr(function, "__name__", "op")
        lines = [f"{function.name} ({kind})" if show_layer_names and isinstance(function, Layer) else kind]
        activation = getattr(function, "activation", None)
        lines += [f"activation: {getattr(activation, '__name__', activation)}"] * bool(
            activation and show_layer_activations
        )
        lines += [shape_text(t.shape) for t in tensors] if show_shapes else []
        lines += [t.dtype for t in tensors] if show_dtype else []
        if show_trainable and getattr(function, "weights", None):
            lines.append("trained" if function.trainable else "not trained")
        return _quoted("\n".join(lines))

    head = f"graph [rankdir={rankdir}, dpi={dpi}, splines={splines}]; node [shape=box];"
    return Dot("\n".join(["digraph {", f"  {head}", *_drawn(model, label, expand_nested, ""), "}"]))


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'


def _drawn(model: Any, label: Any, expand: bool, prefix: str) -> Iterator[str]:
    """A line for each call and each way from one to the next; `prefix` tells apart what is inside of other models."""
    graph = getattr(model, "_graph", None)
    calls: list[tuple[Any, list[Any], list[Any]]] = (
        [(n.function, n.outputs, [t.node for t in n.inputs if t.node is not None]) for n in graph.nodes]
        if graph is not None
        else [(layer, [], []) for layer in model.layers]
    )
    names = {id(node): f"{prefix}{i}" for i, node in enumerate(graph.nodes)} if graph is not None else {}
    for i, (function, outputs, sources) in enumerate(calls):
        if expand and hasattr(function, "layers"):
            yield f"  subgraph cluster_{prefix}{i} {{ label={_quoted(function.name)};"
            yield from _drawn(function, label, expand, f"{prefix}{i}_")
            yield "  }"
        yield f"  {_quoted(prefix + str(i))} [label={label(function, outputs)}];"
        yield from _ways(sources, names, f"{prefix}{i}")


def _ways(sources: list[Node], names: dict[int, str], to: str) -> Iterator[str]:
    yield from (f"  {_quoted(names[id(s)])} -> {_quoted(to)};" for s in sources if id(s) in names)


@named_arguments
def plot_model(
    model: Any,
    to_file: Any = "model.png",
    show_shapes: bool = False,
    show_dtype: bool = False,
    show_layer_names: bool = False,
    rankdir: str = "TB",
    expand_nested: bool = False,
    dpi: int = 200,
    show_layer_activations: bool = False,
    show_trainable: bool = False,
    splines: str = "ortho",
) -> Dot:
    """Draw a model into a file, whose name says the format. All but `.dot`, the text, needs Graphviz.

    Args:
        to_file: the file; `None` draws none.
        model, show_shapes, show_dtype, show_layer_names, rankdir, expand_nested, dpi, show_layer_activations,
            show_trainable, splines: as of `model_to_dot`.
    """
    dot = model_to_dot(
        model,
        show_shapes,
        show_dtype,
        show_layer_names,
        rankdir,
        expand_nested,
        dpi,
        False,
        show_layer_activations,
        show_trainable,
        splines,
    )
    if to_file is not None:
        ending = os.path.splitext(os.fspath(to_file))[1][1:] or "png"
        data = dot.text.encode() if ending == "dot" else dot.create(ending)
        with open(to_file, "wb") as file:
            file.write(data)
    return dot
