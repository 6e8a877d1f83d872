"""Whether targets fit their loss and their output, said before anything is compiled."""

from typing import Any

import numpy as np

from ..layers.layer import is_builtin
from ..losses import CTC, Circle
from .heads import Head


def check_targets(loss: Any, head: Head, y: Any, name: str, frames: Any = None) -> None:
    """Raise a `ValueError` that names the array `name` where `y` does not fit the loss and the head.

    Losses of the user's own are not judged. `frames` are the numbers of frames of each row, where a mask makes them
    differ.
    """
    if loss is None:
        return
    if y is None:
        raise ValueError(
            f"{name} is missing: the loss {loss.name!r} compares outputs of shape {_free(head.shape)} with targets."
        )
    shape, out = tuple(y.shape[1:]), tuple(head.shape[1:])
    takes = loss.takes if is_builtin(type(loss)) else None
    if takes == "classes" and type(loss) is not Circle:
        _check_labels(loss, head, y, name)
    elif isinstance(loss, CTC):
        if len(head.shape) != 3:
            raise ValueError(
                f"The loss 'ctc' takes an output (batch, frames, classes); that for {name} has the shape "
                f"{_free(head.shape)}. A recurrent layer gives all frames with return_sequences=True."
            )
        loss.check(y, head.shape[1] if frames is None else frames, head.shape[2], name)
    elif takes == "one_hot" and shape != out:
        hint = ""
        if shape in (out[:-1], (*out[:-1], 1)):
            hint = " They look like integer classes: use loss='sparse_categorical_crossentropy'."
        raise ValueError(
            f"{name} has the shape {_free(y.shape)}, the output {_free(head.shape)}: "
            f"{loss.name} needs equal ones.{hint}"
        )
    elif takes == "alike" and shape != out and shape != (*out, 1) and (*shape, 1) != out:
        size = shape[-1] if shape else 1
        raise ValueError(
            f"{name} has the shape {_free(y.shape)}, the output {_free(head.shape)}: {loss.name} needs equal ones. "
            f"Give the last layer {size} unit{'s' * (size != 1)}, "
            f"or the targets {out[-1] if out else 1} column{'s' * (out[-1:] != (1,))}."
        )


def _check_labels(loss: Any, head: Head, y: Any, name: str) -> None:
    out, shape = tuple(head.shape[1:]), tuple(y.shape[1:])
    if getattr(loss, "axis", -1) not in (-1, len(head.shape) - 1) or not out:
        return
    classes = out[-1]
    if shape not in (out[:-1], (*out[:-1], 1)):
        hint = " They look one-hot: use loss='categorical_crossentropy'." if shape == out else ""
        raise ValueError(
            f"{name} has the shape {_free(y.shape)}, but integer classes for an output of shape "
            f"{_free(head.shape)} have the shape {_free((y.shape[0], *out[:-1]))}.{hint}"
        )
    labels = np.asarray(y)
    whole = labels.dtype.kind in "biu"
    if whole and (labels.size == 0 or (labels.min() >= 0 and labels.max() < classes)):
        return
    wrong = ~((labels >= 0) & (labels < classes) & (whole or labels == np.floor(labels)))
    ignored = getattr(loss, "ignore_class", None)
    if ignored is not None:
        wrong &= labels != ignored
    if wrong.any():
        place = tuple(int(i) for i in np.argwhere(wrong)[0])
        at = f"[{', '.join(map(str, place))}]"
        raise ValueError(
            f"{name}{at} = {labels[place]}, but the output has {classes} classes (0..{classes - 1})."
            f"{_hint(labels, classes, loss)}"
        )


def _hint(labels: np.ndarray, classes: int, loss: Any) -> str:
    """What to change about labels that are out of range."""
    low, high = labels.min(), labels.max()
    if not np.isfinite(high) or not (labels == np.floor(labels)).all():
        return (
            " Give integers; for a regression use loss='mse'." if np.isfinite(high) else " Fill it in, or drop the row."
        )
    if low == 1 and high == classes:
        return " The classes count from 1: subtract 1."
    if low == -1 and high < classes:
        ignores = hasattr(loss, "ignore_class")
        return f" If -1 is no class, use losses.{type(loss).__name__}(ignore_class=-1)." if ignores else ""
    return f" Give the last layer {high:.0f} + 1 units." if low >= 0 else ""


def _free(shape: Any) -> str:
    rest = ", ".join(str(d) for d in tuple(shape)[1:])
    return f"(n, {rest})" if rest else "(n,)"
