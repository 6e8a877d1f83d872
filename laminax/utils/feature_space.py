"""Tables of numbers and text, column by column, as what a network takes."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import jax
import numpy as np

from .._core import checks
from .._core.config import Configurable, from_data
from .._core.errors import unknown
from .._core.text import as_array
from ..layers.core import Input
from ..layers.layer import Layer
from ..layers.merging import Concatenate
from ..layers.preprocessing import (
    CategoryEncoding,
    Discretization,
    HashedCrossing,
    Hashing,
    IntegerLookup,
    Normalization,
    Rescaling,
    StringLookup,
)
from ..models.model import Model

__all__ = ["FeatureSpace"]


class Feature(Configurable):
    """How a column is prepared.

    Args:
        dtype: the type of its values: `"float32"`, `"int32"`, `"string"`.
        preprocessor: the layer that takes them.
        output_mode: how the layer's output is used: `"float"` or `"int"`, as it is, or `"one_hot"`.
    """

    def __init__(self, dtype: str, preprocessor: Any, output_mode: str) -> None:
        self.dtype = dtype
        self.preprocessor: Layer = from_data(preprocessor) if isinstance(preprocessor, dict) else preprocessor
        self.output_mode = checks.choice("Feature", "output_mode", output_mode, ("int", "one_hot", "float"))


class Cross(Configurable):
    """Several columns as one.

    Args:
        feature_names: the columns.
        crossing_dim: the number of classes to which their values are hashed.
        output_mode: `"one_hot"` or `"int"`.
    """

    def __init__(self, feature_names: Iterable[str], crossing_dim: int, output_mode: str = "one_hot") -> None:
        self.feature_names = tuple(feature_names)
        self.crossing_dim = crossing_dim
        self.output_mode = checks.choice("Cross", "output_mode", output_mode, ("int", "one_hot"))

    @property
    def name(self) -> str:
        """The columns' names, joined."""
        return "_X_".join(self.feature_names)


class FeatureSpace(Layer):
    """The columns of a table, numbers and text, each prepared in its way, and joined for a network.

    First `adapt(data)`, then call it on a dict of columns; or take `get_inputs()` and `get_encoded_features()` as the
    beginning of a model, that is then trained on tables as they are.

    Args:
        features: for each column its kind, by name or as made by the class's methods: `"float"`, `"float_rescaled"`,
            `"float_normalized"`, `"float_discretized"`, `"integer_categorical"`, `"integer_hashed"`,
            `"string_categorical"`, `"string_hashed"`.
        output_mode: `"concat"`: one array, of the columns and then the crosses, each in alphabetical order; `"dict"`:
            an array for each.
        crosses: tuples of names of columns, or what `cross` makes.
        crossing_dim, hashing_dim, num_discretization_bins: the number of classes, where a kind is given by name.

    Example:

        >>> import laminax as lx
        >>> space = lx.utils.FeatureSpace({"age": "float", "city": "string_categorical"})
        >>> table = {"age": [31.0, 52.0], "city": ["Rome", "Oslo"]}
        >>> space.adapt(table)
        >>> space(table)
        Array([[31.,  0.,  1.,  0.],
               [52.,  0.,  0.,  1.]], dtype=float32)
    """

    def __init__(
        self,
        features: Mapping[str, Any],
        output_mode: str = "concat",
        crosses: Any = None,
        crossing_dim: int | None = 32,
        hashing_dim: int = 32,
        num_discretization_bins: int = 32,
        name: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(name=name, **kwargs)
        if not features:
            raise ValueError("FeatureSpace: features cannot be None or empty; give a kind for each column.")
        if output_mode not in ("concat", "dict"):
            raise ValueError(f"FeatureSpace: for argument `output_mode` give 'concat' or 'dict'; got {output_mode!r}.")
        self.output_mode = output_mode
        self.crossing_dim, self.hashing_dim = crossing_dim, hashing_dim
        self.num_discretization_bins = num_discretization_bins
        self.features = {key: self._feature(key, value) for key, value in features.items()}
        self.crosses = [self._cross(cross) for cross in crosses or ()]
        self.preprocessors = {key: feature.preprocessor for key, feature in self.features.items()}
        self.crossers = {cross.name: HashedCrossing(cross.crossing_dim, name=cross.name) for cross in self.crosses}
        self.inputs = {key: Input((1,), dtype=feature.dtype, name=key) for key, feature in self.features.items()}
        self._model: Model | None = None

    # Kinds of columns.

    @classmethod
    def cross(cls, feature_names: Iterable[str], crossing_dim: int, output_mode: str = "one_hot") -> Cross:
        """Several columns as one of `crossing_dim` classes."""
        return Cross(feature_names, crossing_dim, output_mode)

    @classmethod
    def feature(cls, dtype: str, preprocessor: Any, output_mode: str) -> Feature:
        """A column that a layer of your own prepares."""
        return Feature(dtype, preprocessor, output_mode)

    @classmethod
    def float(cls, name: str | None = None) -> Feature:
        """Numbers as they are."""
        return Feature("float32", Rescaling(1.0, name=_layer_name(name)), "float")

    @classmethod
    def float_rescaled(cls, scale: Any = 1.0, offset: Any = 0.0, name: str | None = None) -> Feature:
        """Numbers times `scale` plus `offset`."""
        return Feature("float32", Rescaling(scale, offset, name=_layer_name(name)), "float")

    @classmethod
    def float_normalized(cls, name: str | None = None) -> Feature:
        """Numbers with mean 0 and variance 1 over the data that `adapt` sees."""
        return Feature("float32", Normalization(name=_layer_name(name)), "float")

    @classmethod
    def float_discretized(
        cls, num_bins: int | None, bin_boundaries: Any = None, output_mode: str = "one_hot", name: str | None = None
    ) -> Feature:
        """The ranges in which numbers lie, as `Discretization`."""
        return Feature("float32", Discretization(bin_boundaries, num_bins, name=_layer_name(name)), output_mode)

    @classmethod
    def integer_categorical(
        cls,
        max_tokens: int | None = None,
        num_oov_indices: int = 1,
        output_mode: str = "one_hot",
        name: str | None = None,
    ) -> Feature:
        """The integers that `adapt` sees, as `IntegerLookup`."""
        return Feature("int32", IntegerLookup(max_tokens, num_oov_indices, name=_layer_name(name)), output_mode)

    @classmethod
    def string_categorical(
        cls,
        max_tokens: int | None = None,
        num_oov_indices: int = 1,
        output_mode: str = "one_hot",
        name: str | None = None,
    ) -> Feature:
        """The texts that `adapt` sees, as `StringLookup`."""
        return Feature("string", StringLookup(max_tokens, num_oov_indices, name=_layer_name(name)), output_mode)

    @classmethod
    def integer_hashed(cls, num_bins: int, output_mode: str = "one_hot", name: str | None = None) -> Feature:
        """Classes of integers by hashing, without data."""
        return Feature("int32", Hashing(num_bins, name=_layer_name(name)), output_mode)

    @classmethod
    def string_hashed(cls, num_bins: int, output_mode: str = "one_hot", name: str | None = None) -> Feature:
        """Classes of texts by hashing, without data."""
        return Feature("string", Hashing(num_bins, name=_layer_name(name)), output_mode)

    def _feature(self, name: str, kind: Any) -> Feature:
        """A kind, as an object."""
        if isinstance(kind, dict):
            return from_data(kind)
        if isinstance(kind, Feature):
            return kind
        sizes = {
            "float_discretized": (self.num_discretization_bins,),
            "integer_hashed": (self.hashing_dim,),
            "string_hashed": (self.hashing_dim,),
        }
        if kind not in _KINDS:
            raise unknown("kind of feature", kind, _KINDS)
        return getattr(self, kind)(*sizes.get(kind, ()), name=name)

    def _cross(self, cross: Any) -> Cross:
        cross = from_data(cross) if isinstance(cross, dict) else cross
        names = cross.feature_names if isinstance(cross, Cross) else cross
        missing = [key for key in names if key not in self.features]
        if missing:
            raise ValueError(f"FeatureSpace: crosses name {missing[0]!r}, which should be present in `features`.")
        if isinstance(cross, Cross):
            return cross
        if not self.crossing_dim:
            raise ValueError("FeatureSpace: crosses need `crossing_dim`, the number of their classes.")
        return Cross(cross, self.crossing_dim)

    # Learning.

    def adapt(self, dataset: Any) -> None:
        """Let the layers learn of what they must know: vocabularies, means, ranges.

        Args:
            dataset: a dict of columns, a dataframe, or an iterable of dicts, of rows or of batches of them.
        """
        tables = _tables(dataset)
        for key in self._learning:
            self.preprocessors[key].adapt(_columns(tables, key))  # type: ignore[attr-defined]
        self._model = None
        self._encoder()

    @property
    def _learning(self) -> list[str]:
        """The columns whose layers learn from data, and were not given what they need."""
        found = {key: layer for key, layer in self.preprocessors.items() if hasattr(layer, "adapt")}
        return [key for key, layer in found.items() if not _is_given(layer)]

    def _encoder(self) -> Model:
        """The whole as a model."""
        if self._model is None:
            if not all(getattr(self.preprocessors[key], "adapted", True) for key in self._learning):
                raise ValueError(f"You need to call `.adapt(data)` of {self.name!r} first.")
            self._model = Model(inputs=self.inputs, outputs=self._encoded(), name=f"{self.name}_model")
            self.built = True
        return self._model

    # Encoding.

    def _encoded(self) -> Any:
        """The symbolic outputs."""
        found = {key: self.preprocessors[key](self.inputs[key]) for key in self.features}
        crossed = {c.name: self.crossers[c.name]([found[key] for key in c.feature_names]) for c in self.crosses}
        outputs = {}
        for key in sorted(found):
            outputs[key] = self._used(key, found[key], self.features[key], self.preprocessors[key])
        by_name = {cross.name: cross for cross in self.crosses}
        for key in sorted(crossed):
            outputs[key] = self._used(key, crossed[key], by_name[key], self.crossers[key])
        if self.output_mode == "dict":
            return outputs
        for key, tensor in outputs.items():
            if not tensor.dtype.startswith(("float", "bfloat")):
                raise ValueError(
                    f"FeatureSpace: {key!r} is of type {tensor.dtype}, which can't be joined with others: use "
                    "output_mode='one_hot' for it, or output_mode='dict' for all."
                )
        return Concatenate()(list(outputs.values())) if len(outputs) > 1 else next(iter(outputs.values()))

    @staticmethod
    def _used(name: str, tensor: Any, spec: Any, layer: Layer) -> Any:
        """A layer's output in the form that is wanted."""
        if spec.output_mode != "one_hot":
            return tensor
        size = _classes(layer)
        if size is None or not tensor.dtype.startswith("int"):
            raise ValueError(
                f"FeatureSpace: {name!r} can't be one-hot: its layer gives {tensor.dtype}, of no known number of "
                "classes. Use output_mode='int' or 'float'."
            )
        return CategoryEncoding(size, "multi_hot")(tensor)

    def get_inputs(self) -> dict[str, Any]:
        """The symbolic inputs, by column."""
        self._encoder()
        return self.inputs

    def get_encoded_features(self) -> Any:
        """The symbolic outputs."""
        return self._encoder().output

    def __call__(self, data: Any, **kwargs: Any) -> Any:
        """The columns of a dict, encoded; a dict of single values, not of arrays, gives outputs without a batch."""
        encoder = self._encoder()
        if not isinstance(data, Mapping):
            raise ValueError(f"A FeatureSpace can only be called with a dict; got {type(data).__name__}.")
        missing = [key for key in self.features if key not in data]
        if missing:
            raise ValueError(f"FeatureSpace: the data has no column {missing[0]!r}.")
        columns = {key: as_array(data[key]) for key in self.features}
        single = any(column.ndim == 0 for column in columns.values())
        outputs = encoder({key: np.atleast_2d(x) if x.ndim == 0 else x for key, x in columns.items()})
        return jax.tree.map(lambda y: y[0], outputs) if single else outputs


_KINDS = (
    "float",
    "float_discretized",
    "float_normalized",
    "float_rescaled",
    "integer_categorical",
    "integer_hashed",
    "string_categorical",
    "string_hashed",
)


def _layer_name(name: str | None) -> str | None:
    return None if name is None else f"{name}_preprocessor"


def _classes(layer: Layer) -> int | None:
    """The number of classes that a layer gives."""
    if isinstance(layer, (IntegerLookup, StringLookup)):
        return layer.vocabulary_size()
    if isinstance(layer, Discretization):
        return layer.num_bins or len(layer.bin_boundaries or ()) + 1
    return getattr(layer, "num_tokens", getattr(layer, "num_bins", None))


def _is_given(layer: Any) -> bool:
    """Whether a layer was given what others learn."""
    if isinstance(layer, Discretization):
        return layer.num_bins is None
    return getattr(layer, "input_mean", None) is not None or bool(getattr(layer, "has_input_vocabulary", False))


def _tables(dataset: Any) -> list[Any]:
    """Dicts of columns, of rows, or of batches: one, or several."""
    if isinstance(dataset, Mapping) or hasattr(dataset, "columns"):
        return [dataset]
    tables = [item[0] if isinstance(item, tuple) else item for item in dataset]
    if not tables or not all(isinstance(table, Mapping) for table in tables):
        raise ValueError("FeatureSpace: adapt takes a dict of columns, a dataframe, or an iterable of dicts.")
    return tables


def _columns(tables: list[Any], name: str) -> Iterator[np.ndarray]:
    """The batches of a column, `(batch, 1)`; single values make one batch."""
    parts = [as_array(table[name]) for table in tables]
    if parts[0].ndim == 0:
        parts = [as_array([part.item() for part in parts])]
    return (part[:, None] if part.ndim == 1 else part for part in parts)
