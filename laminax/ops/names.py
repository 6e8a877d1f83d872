"""The names of operations in saved graphs.

A saved graph names a call by a class of Keras's, `Sum` for `sum`, and holds its arguments in two parts: what an object
of that class was called on, `[x]`, and what it was made with, `{"axis": -1, "keepdims": False}`.

    operation_name(node.function)                        # "Sum"; None for what is no operation of `laminax.ops`
    module_of("Sum")                                     # "keras.src.ops.numpy"
    args, kwargs, config = split(node.function, node.args, node.kwargs)
    again = function_of("Sum")                           # laminax.ops.sum
    y = join(again, args, kwargs, config)                # again(x, axis=-1, keepdims=False)

The names are a closed table: a file can name nothing else.
"""

import functools
import inspect
from collections.abc import Callable, Mapping
from typing import Any

from .. import activations
from .._core.errors import unknown
from .._core.operation import array_arguments

Function = Callable[..., Any]

# Where the name is not that of the function in capitals.
_NAMES = {
    "abs": "Absolute",
    "allclose": "AllClose",
    "batch_normalization": "BatchNorm",
    "cdist": "CDist",
    "conj": "Conjugate",
    "ctc_decode": "CTCDecode",
    "ctc_loss": "CTCLoss",
    "extract_patches_3d": "ExtractPatches",
    "fft": "FFT",
    "fft2": "FFT2",
    "hard_swish": "HardSilu",
    "hsv_to_rgb": "HSVToRGB",
    "ifft2": "IFFT2",
    "irfft": "IRFFT",
    "isin": "IsIn",
    "istft": "ISTFT",
    "jvp": "JVP",
    "layer_normalization": "LayerNorm",
    "psnr": "PSNR",
    "rfft": "RFFT",
    "rgb_to_grayscale": "RGBToGrayscale",
    "rgb_to_hsv": "RGBToHSV",
    "rms_normalization": "RMSNorm",
    "searchsorted": "SearchSorted",
    "ssim": "SSIM",
    "stft": "STFT",
    "svd": "SVD",
    "swish": "Silu",
}
# What is called, where that is more or less than the arrays.
_CALLED = {
    "arange": "start stop step",
    "associative_scan": "f elems",
    "bincount": "x",
    "cond": "pred true_fn false_fn",
    "convert_to_tensor": "x",
    "dot_product_attention": "query key value bias mask scale",
    "fori_loop": "init_val",
    "get_item": "x key",
    "jvp": "fun primals tangents",
    "map": "f xs",
    "meshgrid": "x",
    "pad": "x constant_values",
    "rearrange": "tensor pattern axes_lengths",
    "scan": "f init xs",
    "scale_and_translate": "images output_shape scale translation",
    "slice": "inputs start_indices",
    "slice_update": "inputs start_indices updates",
    "switch": "index branches operands",
    "trapezoid": "y",
    "vectorized_map": "elements",
    "while_loop": "loop_vars",
}
_spaces: dict[str, Mapping[str, Function]] = {}


def register(**spaces: Mapping[str, Function]) -> None:
    """Say which functions there are, by the module in which Keras has their classes."""
    _spaces.update(spaces)


@functools.cache
def _table() -> tuple[dict[str, tuple[str, Function]], dict[Function, str]]:
    """Module and function by the name of an operation, and that name by function."""
    by_name: dict[str, tuple[str, Function]] = {}
    by_function: dict[Function, str] = {}
    for module, functions in _spaces.items():
        for name, function in functions.items():
            found = _NAMES.get(name, "".join(map(str.capitalize, name.split("_"))))
            by_function.setdefault(function, found)
            if name not in _ALIASES:
                by_name[found] = (module, function)
    by_function[activations.gelu], by_function[activations.tanh] = "Gelu", "Tanh"
    return by_name, by_function


_ALIASES = ("abs", "conj", "extract_patches_3d", "hard_swish", "swish")


def operation_name(function: Any) -> str | None:
    """The name by which a saved graph calls a function of `laminax.ops`; `None` for anything else."""
    return _table()[1].get(function) if inspect.isfunction(function) else None


def known() -> list[str]:
    """The names of all operations."""
    return list(_table()[0])


def function_of(name: str) -> Function:
    """The function of an operation's name."""
    return _entry(name)[1]


def module_of(name: str) -> str:
    """The module in which Keras has the class of that name."""
    return f"keras.src.ops.{_entry(name)[0]}"


def _entry(name: str) -> tuple[str, Function]:
    table = _table()[0]
    if name not in table:
        raise unknown("operation", name, table)
    return table[name]


def called(function: Function) -> list[str]:
    """The names of the arguments that an operation is called on; the others are its settings."""
    words = _CALLED.get(function.__name__)
    return array_arguments(function) if words is None else words.split()


def split(
    function: Function, args: tuple[Any, ...], kwargs: Mapping[str, Any]
) -> tuple[list[Any], dict[str, Any], dict[str, Any]]:
    """The arguments of a call: what the operation was called on, in order and by name, and its settings."""
    parameters = inspect.signature(function).parameters
    bound = inspect.signature(function).bind(*args, **kwargs)
    bound.apply_defaults()
    given = dict(bound.arguments)
    front: list[Any] = []
    named: dict[str, Any] = {}
    for name in called(function):
        value, kind = given.pop(name), parameters[name].kind
        if kind is inspect.Parameter.VAR_KEYWORD:
            named = value
        else:
            front += value if kind is inspect.Parameter.VAR_POSITIONAL else [value]
    for name in [name for name in given if parameters[name].kind is inspect.Parameter.VAR_KEYWORD]:
        given.update(given.pop(name))
    return front, named, given


def join(function: Function, args: list[Any], kwargs: Mapping[str, Any], config: Mapping[str, Any]) -> Any:
    """The result of the call whose arguments `split` gave."""
    parameters = inspect.signature(function).parameters.values()
    if not any(p.kind is p.VAR_POSITIONAL for p in parameters):
        return function(**dict(zip(called(function), args)), **kwargs, **config)
    settings = dict(config)
    first = [settings.pop(p.name) for p in parameters if p.kind is p.POSITIONAL_OR_KEYWORD and p.name in settings]
    return function(*first, *args, **kwargs, **settings)
