"""The one mutable thing in the library: a named cell that holds an array."""

import contextlib
import contextvars
import itertools
import math
import operator
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from . import compat, context, promises
from .names import current_scope
from .settings import floatx


class _Scratch(dict[Any, Any]):
    """An overlay that takes assignments to any variable, and is thrown away."""


_made = itertools.count()
_overlay: contextvars.ContextVar[dict["Variable", Any] | None] = contextvars.ContextVar("overlay", default=None)


class Variable:
    """An array that layers read as `self.kernel` and training replaces.

    Args:
        initializer: the value, or a function `(shape, dtype) -> value`.
        shape: the shape, where `initializer` is a function.
        dtype: the type of the value; `floatx()` where a function makes it.
        trainable: whether the gradient moves it.
        autocast: whether a layer that computes in another float type reads it in that type.
        name: its name within its layer.
    """

    __array_ufunc__ = None  # numpy_array @ variable: let the variable answer

    def __init__(
        self,
        initializer: Any,
        shape: tuple[int, ...] | None = None,
        dtype: str | None = None,
        trainable: bool = True,
        autocast: bool = True,
        name: str = "variable",
    ) -> None:
        self.name = name
        self.number = next(_made)  # the order of making, which is that in files
        taken = promises.current()
        if taken is not None and callable(initializer):
            self._value: Any = taken.take(self, tuple(shape or ()), dtype or floatx())
        else:
            self._value = _array_from(initializer, shape, dtype)
        self._scope = current_scope()
        self.owner: Callable[[], Any] | None = None  # a weak reference to the layer that made it
        self._trainable = trainable
        self.rank = 0 if trainable else 1  # its place in `weights`, which freezing must not change
        self.autocast = autocast
        self.initializer = initializer if callable(initializer) else None
        self.regularizer: Callable[[Any], Any] | None = None
        self.constraint: Callable[[Any], Any] | None = None

    @property
    def trainable(self) -> bool:
        """Whether the gradient moves it: as it was made or set, and not in a frozen layer."""
        owner = self.owner() if self.owner is not None else None
        return self._trainable and (owner is None or owner.trainable)

    @trainable.setter
    def trainable(self, value: bool) -> None:
        self._trainable = bool(value)

    def settle(self) -> None:
        """Take the initial value, where there is none yet."""
        if promises.is_promise(self._value):
            self._value = _array_from(self.initializer, self._value.shape, self._value.dtype.name)

    @property
    def value(self) -> jax.Array:
        """The array; in a pure call the one that the call was given."""
        array = _filled(_held(self))
        dtype = self._dtype_of(array)
        return array if array.dtype == dtype else array.astype(dtype)

    def _dtype_of(self, array: jax.Array) -> Any:
        """The type in which the array is given: the compute type of the layer whose `call` runs, where it has one."""
        frame = context.current()
        if frame is None or frame.dtype is None or not self.autocast or not jnp.issubdtype(array.dtype, jnp.floating):
            return array.dtype
        return jnp.dtype(frame.dtype)

    def assign(self, value: Any) -> None:
        """Replace the array. The shape stays, the type is converted."""
        array = jnp.asarray(value, _held(self).dtype)
        if array.shape != self.shape:
            raise ValueError(f"{self.path} has shape {self.shape}; got a value of shape {array.shape}.")
        _hold(self, array)

    def assign_add(self, value: Any) -> None:
        """`assign(self + value)`."""
        self.assign(self.value + value)

    def assign_sub(self, value: Any) -> None:
        """`assign(self - value)`."""
        self.assign(self.value - value)

    @property
    def path(self) -> str:
        """Its name, after the path of its layer: `"outer/dense/kernel"`."""
        owner = self.owner() if self.owner is not None else None
        return f"{self._scope}{self.name}" if owner is None else f"{owner.path}/{self.name}"

    def numpy(self) -> np.ndarray:
        """A copy as a NumPy array."""
        return np.array(self.value)

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape of the array."""
        return _held(self).shape

    @property
    def ndim(self) -> int:
        """The number of axes."""
        return len(self.shape)

    @property
    def size(self) -> int:
        """The number of scalars."""
        return math.prod(self.shape)

    @property
    def dtype(self) -> str:
        """The name of the array's type, as whoever asks would get it."""
        return str(self._dtype_of(_held(self)).name)

    def __jax_array__(self) -> jax.Array:
        return self.value

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray:
        return np.asarray(self.value, dtype)

    def __neg__(self) -> jax.Array:
        return -self.value

    def __abs__(self) -> jax.Array:
        return abs(self.value)

    def __eq__(self, other: object) -> Any:
        """Which elements are equal. As a key, or in a set, a variable is itself."""
        return self.value == (other.value if isinstance(other, Variable) else other)

    __hash__ = object.__hash__

    def __float__(self) -> float:
        return float(self.value)

    def __int__(self) -> int:
        return int(self.value)

    def __len__(self) -> int:
        return len(self.value)

    def __repr__(self) -> str:
        return f"<Variable {self.path} {self.dtype}{list(self.shape)}>"


def _array_from(initializer: Any, shape: tuple[int, ...] | None, dtype: str | None) -> jax.Array:
    with jax.ensure_compile_time_eval():  # a real array, also inside a trace
        value = initializer(shape, dtype or floatx()) if callable(initializer) else initializer
        value = compat.on_device(value)
        return value if dtype is None or value.dtype == dtype else value.astype(dtype)


def _held(variable: Variable) -> Any:
    overlay = _overlay.get()
    return variable._value if overlay is None else overlay.get(variable, variable._value)


def _filled(array: Any) -> Any:
    """Zeros for what has no value yet, in passes that ask for shapes; anything else as it is."""
    return jnp.zeros(array.shape, array.dtype) if promises.is_promise(array) else array


def _hold(variable: Variable, array: Any) -> None:
    overlay = _overlay.get()
    if overlay is None:
        if compat.is_tracer(array):
            raise RuntimeError(
                f"{variable.path} was assigned in a function that JAX traces, where its new value can't last. "
                "Call the layer by `stateless_call`, which returns the new value."
            )
        variable._value = array
    elif variable in overlay or isinstance(overlay, _Scratch):
        overlay[variable] = array
    else:
        raise RuntimeError(f"{variable.path} was assigned in a pure call whose state does not list it.")


def _binary(name: str, swap: bool) -> Callable[[Variable, Any], Any]:
    op = getattr(operator, name)
    if swap:
        return lambda self, other: op(other, self.value)
    return lambda self, other: op(self.value, other)


for _name in ("add", "sub", "mul", "truediv", "floordiv", "mod", "pow", "matmul"):
    setattr(Variable, f"__{_name}__", _binary(_name, swap=False))
    setattr(Variable, f"__r{_name}__", _binary(_name, swap=True))
for _name in ("getitem", "lt", "le", "gt", "ge"):
    setattr(Variable, f"__{_name}__", _binary(_name, swap=False))


@contextlib.contextmanager
def holding(variables: Mapping[str, Variable], values: Mapping[str, Any]) -> Iterator[None]:
    """Let `variables` (path -> Variable) hold `values` (path -> array) for a while.

    Inside, layers read and assign these values; the variables' own arrays stay as they are.
    This is the whole bridge between stateful layers and pure functions.
    """
    outer = _overlay.get() or {}
    overlay = type(outer)(outer)
    overlay.update({variables[path]: value for path, value in values.items()})
    token = _overlay.set(overlay)
    try:
        yield
    finally:
        _overlay.reset(token)


@contextlib.contextmanager
def scratch() -> Iterator[None]:
    """Forget at the end what is assigned inside: for passes that only ask for shapes."""
    token = _overlay.set(_Scratch(_overlay.get() or {}))
    try:
        yield
    finally:
        _overlay.reset(token)


def read(variables: Mapping[str, Variable]) -> dict[str, Any]:
    """The arrays that the variables hold now."""
    if _overlay.get() is None and promises.current() is None:  # the common case, for requests of one row
        return {path: variable._value for path, variable in variables.items()}
    return {path: _filled(_held(variable)) for path, variable in variables.items()}


def write(variables: Mapping[str, Variable], values: Mapping[str, Any]) -> None:
    """Let each variable hold its array of `values` from now on."""
    for path, value in values.items():
        _hold(variables[path], value)
