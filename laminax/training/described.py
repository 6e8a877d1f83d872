"""What a run is made of, as data to hold against those of another: the settings of layers, losses and optimizer."""

import json
import math
import zlib
from collections.abc import Mapping
from typing import Any

import jax
import numpy as np

from ..layers.layer import Layer
from .trainer import Trainer, all_layers

_LONG = 200  # characters of a setting; a longer one is told by its beginning and its checksum
_RESTORED = ("learning_rate",)  # what a checkpoint brings back anyway
Parts = Mapping[str, Mapping[str, Any]]


def described(trainer: Trainer) -> dict[str, dict[str, Any]]:
    """`{part: {setting: value}}` of a run, without names."""
    parts = {_layer(i): _settings(layer) for i, layer in enumerate(all_layers(trainer.model))}
    settings = trainer.settings
    assert settings is not None  # the model is trained
    parts["the optimizer"] = _settings(settings.optimizer)
    parts["compile"] = {key: _short(getattr(settings, key)) for key in ("loss", "loss_weights", "combine_losses")}
    return parts


def difference(then: Parts, now: Parts, layers: list[Layer]) -> str:
    """The first setting that is not as it was, in words; empty if all are."""
    names = {_layer(i): layer.name for i, layer in enumerate(layers)}
    for part in {**then, **now}:
        old, new = then.get(part, {}), now.get(part, {})
        for key in {**old, **new}:
            if old.get(key) != new.get(key):
                name = names.get(part, part)
                return f"{key} of {name} was {old.get(key)!r} then, and is {new.get(key)!r} now"
    return ""


def _layer(number: int) -> str:
    """The name of a layer's part: its own counts what a program made before."""
    return f"layer {number}"


def _settings(part: Any) -> dict[str, Any]:
    """The class of a layer or an optimizer, and what it was given. A model is told by the layers in it."""
    found = {"class": type(part).__name__}
    if hasattr(part, "fit"):
        return found
    try:
        config = part.get_config()
    except Exception:  # a class of the user's own that doesn't say
        return found
    return {**found, **{key: _short(value) for key, value in config.items() if key not in ("name", *_RESTORED)}}


def _short(value: Any) -> Any:
    plain = _plain(value)
    text = json.dumps(plain, sort_keys=True)
    return plain if len(text) <= _LONG else f"{text[:60]}... ({zlib.crc32(text.encode()):08x})"


def _plain(value: Any) -> Any:
    """As JSON has it, and equal to itself."""
    if isinstance(value, float) and math.isnan(value):
        return "nan"
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    if isinstance(value, Mapping):
        return {str(key): _plain(inner) for key, inner in value.items() if key != "name"}
    if isinstance(value, (list, tuple)):
        return [_plain(inner) for inner in value]
    if isinstance(value, (np.ndarray, np.generic, jax.Array)):
        return _plain(np.asarray(value).tolist())
    if hasattr(value, "get_config"):
        return _plain(_settings(value))
    return getattr(value, "__qualname__", type(value).__name__)
