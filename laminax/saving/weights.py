"""Weights in files: `.safetensors`, one array for each path."""

import contextlib
import os
import secrets
from collections.abc import Mapping
from typing import Any

import numpy as np

from .._core.holder import Holder, variables


def save_weights(model: Holder, filepath: Any, overwrite: bool = True) -> None:
    """Write all variables of a model by path. The file is whole or, if writing fails, as it was.

    Args:
        model: the model.
        filepath: a name that ends with `.safetensors`.
        overwrite: whether an existing file may be replaced.
    """
    from safetensors.numpy import save

    path = _checked(filepath)
    if not overwrite and os.path.exists(path):
        raise FileExistsError(f"{path} exists. Give overwrite=True to replace it.")
    cells = variables(model)
    if not cells:
        raise ValueError(f"{model.name!r} has no weights yet: call it on data, or `build(input_shape)`, first.")
    write_atomically(path, save({name: v.numpy() for name, v in cells.items()}, {"format": "laminax"}))


def load_weights(model: Holder, filepath: Any) -> None:
    """Read what `save_weights` wrote. All paths and shapes must be the model's own; else nothing is changed.

    Raises:
        ValueError: naming the paths that are missing, unknown, or of another shape.
    """
    from safetensors import SafetensorError
    from safetensors.numpy import load_file

    path = _checked(filepath)
    try:
        values = load_file(path)
    except SafetensorError as error:
        raise ValueError(f"{path} is no whole .safetensors file: {error}") from None
    cells = variables(model)
    _compare(path, {name: v.shape for name, v in cells.items()}, {name: v.shape for name, v in values.items()})
    for name, variable in cells.items():
        if (np.dtype(variable.dtype).kind in "iub") != (values[name].dtype.kind in "iub"):
            raise ValueError(f"{path}: {name} is of type {values[name].dtype}, the model's of {variable.dtype}.")
    for name, variable in cells.items():
        variable.assign(values[name])


def write_atomically(path: str, data: bytes) -> None:
    """Write a file beside its name, to the disk, and only then under its name."""
    temporary = f"{path}.{os.getpid()}.{secrets.token_hex(4)}.tmp"
    try:
        with open(temporary, "xb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(temporary)
        raise


def _checked(filepath: Any) -> str:
    path = os.fspath(filepath)
    if not str(path).endswith(".safetensors"):
        raise ValueError(f"Weights are kept in .safetensors files; got {path!r}.")
    return str(path)


def _compare(path: str, own: Mapping[str, Any], found: Mapping[str, Any]) -> None:
    missing, unknown = [n for n in own if n not in found], [n for n in found if n not in own]
    other = [n for n in own if n in found and tuple(own[n]) != tuple(found[n])]
    problems = [f"lacks {', '.join(missing[:5])}"] * bool(missing) + [f"has unknown {', '.join(unknown[:5])}"] * bool(
        unknown
    )
    problems += [f"has {n} of shape {tuple(found[n])}, the model of {tuple(own[n])}" for n in other[:5]]
    if problems:
        raise ValueError(f"{path} does not fit the model: it {'; '.join(problems)}.")
