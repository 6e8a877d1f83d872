"""Operations: functions of arrays that take whatever stands for an array, and may stand in a graph."""

import functools
import inspect
import typing
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import jax
import jax.numpy as jnp
import numpy as np

from . import compat, graph, settings
from .errors import shown
from .variable import Variable

if TYPE_CHECKING:
    Array = Any
else:

    class Array:
        """An argument of an operation that is an array: a JAX or NumPy array, a number, a list, a variable, or a
        symbolic tensor. `list[Array]` is a list of them."""


def as_array(x: Any) -> Any:
    """What stands for an array as a JAX array; `None` and text as they are. Python's numbers stay without a type."""
    if x is None or isinstance(x, (jax.Array, str)):
        return x
    if isinstance(x, Variable):
        return x.value
    return compat.on_device(x) if isinstance(x, (np.ndarray, np.generic)) else jnp.asarray(_values(x))


def _values(x: Any) -> Any:
    """A nested list without variables."""
    return [_values(v) for v in x] if isinstance(x, (list, tuple)) else _held(x)


def _held(x: Any) -> Any:
    """The array of a variable; anything else as it is."""
    return x.value if isinstance(x, Variable) else x


def _with_floats(values: list[Any], forms: list[Any]) -> list[Any]:
    """Arrays of whole numbers and booleans as `floatx()`, unless one of the others has floats, which they will join."""
    arrays = [isinstance(x, jax.Array) and form is not _held for x, form in zip(values, forms)]
    if any(jnp.issubdtype(x.dtype, jnp.inexact) for x, array in zip(values, arrays) if array):
        return values
    return [x.astype(settings.floatx()) if array else x for x, array in zip(values, arrays)]


def operation(
    function: Callable[..., Any], floats: bool = False, spec: Callable[..., Any] | None = None
) -> Callable[..., Any]:
    """Let a function of JAX arrays take whatever stands for arrays.

    What its annotations call `Array` is brought into that form; arrays of several types meet by JAX's standard rules,
    which are Keras's, whatever rules the program has set. With a symbolic tensor among the arguments the call is
    recorded, and what it returns is symbolic.

    Args:
        function: the function of arrays.
        floats: whether whole numbers are taken as floats.
        spec: what the result is for symbolic tensors, where its shape depends on values; or `None`.
    """

    def run(*args: Any, **kwargs: Any) -> Any:
        first, by_name, rest = _plan(function)
        forms = first[: len(args)] + [rest] * (len(args) - len(first)) + [by_name.get(name, _held) for name in kwargs]
        values = [form(x) for form, x in zip(forms, (*args, *kwargs.values()))]
        values = _with_floats(values, forms) if floats else values
        named = dict(zip(kwargs, values[len(args) :]))
        if compat.promotes_by_standard():
            return function(*values[: len(args)], **named)
        with jax.numpy_dtype_promotion("standard"):
            return function(*values[: len(args)], **named)

    @shown
    @functools.wraps(function)
    def call(*args: Any, **kwargs: Any) -> Any:
        if not graph.any_symbolic(args, kwargs):
            return run(*args, **kwargs)
        given = inspect.signature(function).bind(*args, **kwargs).arguments
        found = spec(**given) if spec is not None else None
        if found is None:
            with graph.explained(call.__name__, given):
                found = graph.infer(run, args, kwargs, meet=True)
        return graph.record(call, args, kwargs, found).result()

    return call


float_operation = functools.partial(operation, floats=True)


@functools.cache
def _plan(function: Callable[..., Any]) -> tuple[list[Any], dict[str, Any], Any]:
    """What is done to an argument: by its place, by its name, and to all those that `*args` takes."""
    first: list[Any] = []
    named: dict[str, Any] = {}
    rest: Callable[[Any], Any] = _held
    for name, parameter in inspect.signature(function).parameters.items():
        form = _FORMS[kind_of(parameter)]
        if parameter.kind is parameter.VAR_POSITIONAL:
            rest = form
        elif parameter.kind is parameter.POSITIONAL_OR_KEYWORD:
            first.append(form)
        named[name] = form
    return first, named, rest


def _arrays(xs: Any) -> Any:
    return [as_array(x) for x in xs] if isinstance(xs, (list, tuple)) else as_array(xs)


_FORMS: dict[str | None, Callable[[Any], Any]] = {None: _held, "array": as_array, "arrays": _arrays}


def kind_of(parameter: inspect.Parameter) -> str | None:
    """Whether an argument of an operation is an `"array"`, a list of `"arrays"`, or something else."""
    annotation: Any = parameter.annotation
    if annotation is Array:
        return "array"
    if Array not in typing.get_args(annotation):
        return None
    return "arrays" if typing.get_origin(annotation) is list else "array"


def array_arguments(function: Callable[..., Any]) -> list[str]:
    """The names of the arguments of an operation that are arrays."""
    return [name for name, parameter in inspect.signature(function).parameters.items() if kind_of(parameter)]
