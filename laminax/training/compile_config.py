"""What a model was compiled with, as data, and back."""

import warnings
from collections.abc import Mapping
from typing import Any

from .._core.config import from_data, to_data
from .binding import Settings

_KEYS = ("optimizer", "loss", "loss_weights", "metrics", "weighted_metrics", "run_eagerly", "steps_per_execution")


def compile_config(settings: Settings, outputs: list[str] | None) -> dict[str, Any]:
    """Settings as Keras writes them.

    Keras adds up the losses of several outputs. Where they are averaged here, the weights are divided by their number,
    so that the total is the same.

    Args:
        settings: what was given to `compile`.
        outputs: the names of the outputs, where they are known.
    """
    if not settings.optimizer.in_keras:
        warnings.warn(
            f"{type(settings.optimizer).__name__} can't be described in a file: the model is saved without what it was "
            "compiled with.",
            stacklevel=2,
        )
        return {}
    given = {key: getattr(settings, key) for key in _KEYS}
    count = _losses(settings.loss, outputs)
    if settings.combine_losses == "mean" and count > 1:
        given["loss_weights"] = _divided(settings.loss_weights, count, outputs or [])
    return {**to_data(given), "jit_compile": "auto"}


def compile_arguments(config: Mapping[str, Any]) -> dict[str, Any]:
    """The arguments of `compile` that a config describes."""
    given = from_data(dict(config))
    given.pop("jit_compile", None)  # of Keras's own: a model that it can't compile may well be compiled here
    return {**given, "combine_losses": "sum"}


def _losses(loss: Any, outputs: list[str] | None) -> int:
    """How many outputs have a loss."""
    if isinstance(loss, Mapping):
        return sum(one is not None for one in loss.values())
    if isinstance(loss, (list, tuple)):
        return sum(one is not None for one in loss)
    return len(outputs or ()) if loss is not None else 0


def _divided(weights: Any, count: int, outputs: list[str]) -> Any:
    """Weights divided by a number, in the form that they have; those that are not given are 1."""
    if isinstance(weights, Mapping):
        known = {name: weights.get(name) for name in [*weights, *outputs]}
        return {name: (1 if weight is None else weight) / count for name, weight in known.items()}
    if not isinstance(weights, (list, tuple)):
        weights = [1 if weights is None else weights] * max(count, len(outputs))
    return [(1 if weight is None else weight) / count for weight in weights]


def warn_of_own_compile(model: Any) -> None:
    """Say that a model was not compiled, since its `compile` is its own."""
    warnings.warn(
        f"{type(model).__name__} defines compile itself, so it is not compiled as it was saved: call compile, or "
        "define get_compile_config and compile_from_config.",
        stacklevel=4,
    )


def in_words(settings: Settings) -> str:
    """What a model was compiled with."""
    parts = [f"optimizer {type(settings.optimizer).__name__}", f"loss {_word(settings.loss)}"]
    metrics = [given for given in (settings.metrics, settings.weighted_metrics) if given]
    return ", ".join([*parts, *(f"metrics {_word(given)}" for given in metrics)])


def _word(value: Any) -> str:
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{key}: {_word(v)}" for key, v in value.items()) + "}"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(map(_word, value)) + "]"
    return str(getattr(value, "name", None) or getattr(value, "__name__", None) or value)
