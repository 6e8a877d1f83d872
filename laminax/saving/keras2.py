"""Weights as Keras 2 kept them: a group for each layer, found by the layers' order, or by their names."""

from typing import Any

from .._core.file_errors import CorruptFileError
from .._core.variable import Variable
from .hdf5 import Dataset, Group
from .restore import Restoring


def match(model: Any, found: Group, restoring: Restoring, by_name: bool = False) -> None:
    """Match the layers of a model that have weights with the groups that have some, in order or by name."""
    if "layer_names" not in found.attributes and isinstance(found.get("model_weights"), Group):
        found = found["model_weights"]
    stored = {name: arrays for name in _words(found, "layer_names") if (arrays := _arrays(found, name))}
    layers = [(layer.name, own) for layer in model.layers if (own := _in_keras2(layer))]
    if by_name:
        pairs = [(name, own, stored[name]) for name, own in layers if name in stored]
    else:
        if len(stored) != len(layers):
            restoring.other.append(f"it has {len(stored)} layers with weights, the model {len(layers)}")
        pairs = [(name, own, arrays) for (name, own), arrays in zip(layers, stored.values())]
    for name, own, arrays in pairs:
        if len(own) != len(arrays):
            restoring.other.append(f"it has {len(arrays)} weights for the model's layer {name!r}, which has {len(own)}")
        for variable, (path, array) in zip(own, arrays.items()):
            restoring.match(path, variable, array)


def _in_keras2(layer: Any) -> list[Variable]:
    """Weights in the order of Keras 2: those that were trained first."""
    weights = layer.weights
    return [v for v in weights if v.rank == 0] + [v for v in weights if v.rank > 0]


def _arrays(found: Group, name: str) -> dict[str, Dataset]:
    group = found.at(name)
    if not isinstance(group, Group):
        raise CorruptFileError(f"lacks the group of the layer {name!r}.")
    arrays = {word: group.at(word) for word in _words(group, "weight_names")}
    for word, array in arrays.items():
        if not isinstance(array, Dataset):
            raise CorruptFileError(f"lacks the weight {word!r} of the layer {name!r}.")
    return arrays


def _words(group: Group, what: str) -> list[str]:
    """A list of names; a long one is kept in parts `names0`, `names1`, ..."""
    parts = [group.attributes[what]] if what in group.attributes else []
    while f"{what}{len(parts)}" in group.attributes:
        parts.append(group.attributes[f"{what}{len(parts)}"])
    words = [word for part in parts for word in (part if isinstance(part, list) else [part])]
    if not parts or not all(isinstance(word, str) for word in words):
        raise CorruptFileError(f"is no file of weights of Keras 2: it has no {what}.")
    return words
