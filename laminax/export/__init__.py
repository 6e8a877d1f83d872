"""Models as files that other programs run: ONNX, and StableHLO for those that have JAX."""

import os
from collections.abc import Callable
from typing import Any

from .._core.errors import did_you_mean, unknown
from ..saving.atomic import replacing

__all__ = ["export_model"]

_INSTEAD = {
    "litert": 'convert the .onnx file of format="onnx"',
    "openvino": 'use format="onnx", which OpenVINO reads',
    "tf_saved_model": 'use format="stablehlo", or "onnx"',
    "torch": 'use format="onnx"',
}
_OPTIONS = {"onnx": ("opset_version",), "stablehlo": ("platforms",)}


def export_model(
    model: Any,
    filepath: Any,
    format: str | None = None,
    verbose: bool | None = None,
    input_signature: Any = None,
    **kwargs: Any,
) -> None:
    """Write what a model predicts, with its weights, to a file that other programs run.

    A file is written whole or not at all. It holds inference alone: no losses, no optimizer, no dropout.

    Args:
        model: a model that is built.
        filepath: the path.
        format: `"onnx"` or `"stablehlo"`; `None` goes by the end of the path.
        verbose: whether to print what was written.
        input_signature: shapes and types of the inputs, as `InputSpec`s, arrays or whatever has a `shape` and a
            `dtype`; a size of `None` stays free. By default those of the model's `Input`s; of a subclass those for
            which it was built, for any batch, of floats.
        opset_version: of `"onnx"`: the version of its operators, 18 or later.
        platforms: of `"stablehlo"`: where it can run, by default `("cpu", "cuda", "tpu")`.

    Raises:
        ValueError: for another format; if the model has no weights yet, or keeps state from call to call; for
            `"onnx"`, if a part of the model has no form there, with the part and the way out.
        ImportError: for `"onnx"`, if that package is missing.
    """
    path = os.fspath(filepath)
    format = _checked(os.fsdecode(path), format)
    for name in kwargs:
        if name not in _OPTIONS[format]:
            options = ("filepath", "format", "verbose", "input_signature", *_OPTIONS[format])
            raise TypeError(f'export to "{format}" has no argument {name!r}.{did_you_mean(name, options)}')
    if not model.built:
        raise ValueError(f"Model {model.name!r} has no weights yet: call it on data, or build(input_shape), first.")
    if getattr(model, "on_host", False):
        raise ValueError(
            f"Model {model.name!r} begins with layers for text, which run outside of compiled programs: export the "
            "model behind them, and prepare its numbers as they do."
        )
    content, told = _form(format)(model, input_signature, **kwargs)
    with replacing(path) as file:
        file.write(content)
    if verbose:
        print(f"{os.fsdecode(path)}: {told}, {len(content):,} bytes")


def _checked(path: str, format: str | None) -> str:
    """The format that is meant."""
    found = os.path.splitext(path)[1].lstrip(".").lower() if format is None else format
    if found in _OPTIONS:
        return found
    if found in _INSTEAD:
        raise ValueError(f"export has no format {found!r}: {_INSTEAD[found]}.")
    if format is None:
        raise ValueError(f"export goes by .onnx or .stablehlo, or by format=; got the path {path!r}.")
    raise unknown("format of export", format, _OPTIONS)


def _form(format: str) -> Callable[..., tuple[bytes, str]]:
    """The function that makes the content of a file; what it needs is imported when it is used."""
    if format == "onnx":
        from .onnx import as_onnx

        return as_onnx
    from .stablehlo import as_stablehlo

    return as_stablehlo
