"""Targets that are no arrays, such as texts, as arrays: as their losses say."""

from collections.abc import Mapping
from typing import Any

from .. import losses
from ..objective.crossentropy import NAMES as CROSSENTROPY
from ..objective.suggest import AUTO


def encode(loss: Any, y: Any, round_up: bool = False) -> Any:
    """Targets as arrays, where the loss says how; other targets as they are.

    Args:
        loss: what was given to `compile`.
        y: targets as the user gave them.
        round_up: whether rows of different lengths shall have few different shapes.
    """
    several = isinstance(loss, Mapping) and "class_name" not in loss
    if isinstance(y, Mapping):
        return {key: encode(loss.get(key) if several else loss, value, round_up) for key, value in y.items()}
    if several or isinstance(loss, (list, tuple)):
        each = list(loss.values()) if several else list(loss)
        if len(each) == 1:
            return encode(each[0], y, round_up)
        matched = not several and isinstance(y, (list, tuple)) and len(y) == len(each)
        return [encode(one, part, round_up) for one, part in zip(each, y)] if matched else y
    if isinstance(loss, str) and loss.lower() in (AUTO, *CROSSENTROPY):  # chosen later, by head and targets
        return y
    found = losses.resolve(loss) if isinstance(loss, (str, type, Mapping)) else loss
    return found.encode(y, round_up=round_up) if isinstance(found, losses.CTC) else y
