"""Models: layers joined into one, which can be trained, evaluated and asked."""

import inspect
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import jax

from .. import export, saving
from .._core.compat import is_tracer
from .._core.config import custom_objects as scope
from .._core.config import snake_case
from .._core.errors import did_you_mean, named_arguments
from .._core.graph import any_symbolic
from ..data.arrays import as_arrays
from ..layers.layer import Layer
from ..training.trainable import Trainable
from ..training.trainer import Trainer
from .graph import Graph
from .graph_config import check_all_used, graph_config, graph_from
from .host import Read
from .summary import summarize

Array = Any


class Model(Trainable):
    """A layer that can be trained: `compile`, `fit`, `evaluate`, `predict`.

    There are three ways to make one. From a graph: call layers on `Input`s, and give the first and
    the last tensors, each one, a list or a dict:

        x = Input(shape=(784,))
        y = layers.Dense(10, activation="softmax")(layers.Dense(32, activation="relu")(x))
        model = Model(inputs=x, outputs=y)

    From a list of layers: `Sequential`. Or by subclass, with layers in attributes and a `call`:

        class Net(Model):
            def __init__(self):
                super().__init__()
                self.hidden = layers.Dense(32, activation="relu")
                self.head = layers.Dense(10)

            def call(self, x):
                return self.head(self.hidden(x))
    """

    supports_masking = True
    set_by_class = ("inputs", "outputs")
    _graph: Graph | None = None

    def __init__(
        self, *args: Any, inputs: Any = None, outputs: Any = None, name: str | None = None, **kwargs: Any
    ) -> None:
        if args:
            inputs, outputs = args[0], args[1] if len(args) > 1 else outputs
            name = args[2] if len(args) > 2 else name
        super().__init__(name=name, **kwargs)
        self._remat = None  # its layers are
        self._graph = None
        self._named: dict[str, Layer] = {}
        self._trainer = Trainer(self)
        if inputs is not None or outputs is not None:
            self._join(inputs, outputs)
            if name is None and type(self) is Model:
                self.name = "functional"

    def _join(self, inputs: Any, outputs: Any) -> None:
        """Take a graph as what `call` computes."""
        self._graph = Graph(inputs, outputs)
        self._named = name_layers(self._graph.layers)
        self.built = True

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        if args and self.on_host and not isinstance(args[0], Read):
            if any_symbolic(args[0]):
                return self.call(args[0])  # each layer has a place of its own in the graph around
            if not any(map(is_tracer, jax.tree.leaves(args[0]))):
                args = (self.standardize_inputs(as_arrays(args[0], "x", text=True)), *args[1:])
        return super().__call__(*args, **kwargs)

    def call(self, inputs: Any) -> Any:
        """Run the graph."""
        if self._graph is None:
            raise NotImplementedError(
                f"{type(self).__name__} has neither inputs and outputs nor a call: give Model(inputs=, outputs=), "
                "or define call(self, inputs)."
            )
        return self._graph(self._graph.arrange(inputs, cast=True))

    # As data.

    def get_config(self) -> dict[str, Any]:
        """The graph, in the form of Keras's functional models; of a subclass the constructor's arguments."""
        if self._graph is None or not takes_graph(type(self)):
            return super().get_config()
        return {"name": self.name, "trainable": self.trainable, **graph_config(self._graph)}

    def get_build_config(self) -> dict[str, Any] | None:
        """The shapes for which the weights were made, where no graph says them."""
        return super().get_build_config() if self._graph is None else None

    @property
    def whole(self) -> bool:
        return self._graph is not None

    def enclose(self) -> None:
        """Nothing for a graph, whose layers stand beside it."""
        if self._graph is None or hasattr(self, "_chain"):
            super().enclose()

    @classmethod
    def from_config(cls, config: Mapping[str, Any], custom_objects: Mapping[str, Any] | None = None) -> "Model":
        """A new model with new weights.

        Args:
            config: what `get_config` gave.
            custom_objects: classes and functions of the program, by name.
        """
        with scope(custom_objects or {}):
            if not {"layers", "input_layers", "output_layers"} <= config.keys() or not takes_graph(cls):
                return super().from_config(config)
            inputs, outputs = graph_from(config)
            rest = {key: v for key, v in config.items() if key not in ("layers", "input_layers", "output_layers")}
            model = cls(inputs=inputs, outputs=outputs, **rest)
            check_all_used(config, model._graph)
            return model

    def to_json(self, **kwargs: Any) -> str:
        """The config of the model as JSON; `kwargs` are those of `json.dumps`."""
        return saving.to_json(self, **kwargs)

    def members(self) -> Mapping[str, Any]:
        found = dict(super().members())
        layers = found.pop("_named", {})
        return {"layers": layers, **found} if layers else found

    # Layers.

    @property
    def layers(self) -> list[Layer]:
        """The layers, in order."""
        return list((self._named or name_layers(self.inner_layers())).values())

    @named_arguments
    def get_layer(self, name: str | None = None, index: int | None = None) -> Layer:
        """A layer by its name or its place."""
        if (name is None) == (index is None):
            raise ValueError("get_layer takes either a name or an index.")
        if index is not None:
            if not -len(self.layers) <= index < len(self.layers):
                raise ValueError(f"There is no layer {index}: the model has {len(self.layers)}.")
            return self.layers[index]
        named = self._named or name_layers(self.inner_layers())
        if name not in named:
            raise ValueError(f"No layer is named {name!r}.{did_you_mean(name, named)}")
        return named[name]

    @property
    def inputs(self) -> Any:
        """The symbolic inputs, as a list."""
        return self._graph.starts if self._graph is not None else None

    @property
    def outputs(self) -> Any:
        """The symbolic outputs, as a list."""
        return self._graph.ends if self._graph is not None else None

    @property
    def input(self) -> Any:
        """The symbolic inputs, in their structure."""
        return self._known_graph().inputs

    @property
    def output(self) -> Any:
        """The symbolic outputs, in their structure."""
        return self._known_graph().outputs

    @property
    def input_shape(self) -> Any:
        """The shape of the input; `None` is a free size."""
        return jax.tree.map(lambda t: t.shape, self._known_graph().inputs)

    @property
    def output_shape(self) -> Any:
        """The shape of the output; `None` is a free size."""
        return jax.tree.map(lambda t: t.shape, self._known_graph().outputs)

    def _known_graph(self) -> Graph:
        if self._graph is None:
            raise AttributeError(f"Model {self.name!r} has no symbolic inputs and outputs.")
        return self._graph

    @property
    def input_names(self) -> list[str] | None:
        """The names by which inputs can be given."""
        return self._graph.input_names if self._graph is not None else None

    @property
    def output_names(self) -> list[str] | None:
        """The names of the outputs, by which losses and metrics can be given."""
        return self._graph.output_names if self._graph is not None else None

    @named_arguments
    def summary(
        self,
        line_length: int | None = None,
        positions: Any = None,
        print_fn: Callable[[str], Any] | None = None,
        expand_nested: bool = False,
        show_trainable: bool = False,
        layer_range: Any = None,
    ) -> None:
        """Print the layers, with the shapes of their outputs, their numbers of parameters, and the memory these take.

        Args:
            line_length: the width of the table.
            positions: not used; the columns fit their contents.
            print_fn: what prints a line, instead of `print`.
            expand_nested: show the layers of inner models too.
            show_trainable: show which layers the gradient moves.
            layer_range: the first and the last layer to show, by name.
        """
        text = summarize(self, line_length, expand_nested, show_trainable, layer_range)
        (print_fn or print)(text)

    # What the trainer asks.

    @named_arguments
    def save(
        self, filepath: Any, overwrite: bool = True, zipped: bool | None = None, include_optimizer: bool = True
    ) -> None:
        """Write the model to a `.keras` file. See `saving.save_model`."""
        saving.save_model(self, filepath, overwrite, zipped, include_optimizer)

    @named_arguments
    def save_weights(self, filepath: Any, overwrite: bool = True, max_shard_size: Any = None) -> None:
        """Write the weights to a `.weights.h5` or `.safetensors` file. See `saving.save_weights`."""
        saving.save_weights(self, filepath, overwrite, max_shard_size)

    @named_arguments
    def load_weights(self, filepath: Any, skip_mismatch: bool = False, by_name: bool = False) -> Any:
        """Read what `save_weights` wrote; a file that does not fit is refused whole. See `saving.load_weights`."""
        return saving.load_weights(self, filepath, skip_mismatch, by_name)

    @named_arguments
    def export(
        self,
        filepath: Any,
        format: str | None = None,
        verbose: bool | None = None,
        input_signature: Any = None,
        **kwargs: Any,
    ) -> None:
        """Write what the model predicts to a `.onnx` or `.stablehlo` file. See `export.export_model`."""
        export.export_model(self, filepath, format, verbose, input_signature, **kwargs)

    def standardize_inputs(self, x: Any) -> Any:
        """Data in the structure of the inputs, or what the part on the host makes of them."""
        if self._graph is None or isinstance(x, Read):
            return x
        arranged = self._graph.arrange(x)
        return self._graph.host.read(arranged) if self.on_host else arranged

    @property
    def on_host(self) -> bool:
        """Whether a part of it, such as layers for text, runs on the host before the step."""
        return self._graph is not None and bool(self._graph.host.nodes)


def takes_graph(cls: Any) -> bool:
    """Whether a class of models is made as `Model` is: of inputs and outputs."""
    kinds = {p.kind for p in inspect.signature(cls.__init__).parameters.values()}
    return {inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD} <= kinds


def name_layers(layers: Sequence[Layer]) -> dict[str, Layer]:
    """Layers by names of which each occurs once: given ones as they are, others by their class and a number.

    Raises:
        ValueError: if two layers were given the same name.
    """
    given = [layer for layer in layers if not layer.auto_named]
    named: dict[str, Layer] = {}
    for layer in given:
        if layer.name in named and named[layer.name] is not layer:
            raise ValueError(
                f"Two layers are named {layer.name!r}: {named[layer.name]!r} and {layer!r}. "
                "Give each a name of its own."
            )
        named[layer.name] = layer
    taken = set(named)
    found: dict[str, Layer] = {}
    for layer in layers:
        name = layer.name
        if layer.auto_named:
            base = snake_case(type(layer).__name__)
            name = layer.name if layer.name not in taken else base
            n = 0
            while name in taken:
                n += 1
                name = f"{base}_{n}"
            layer.name = name
            taken.add(name)
        found[name] = layer
    return found
