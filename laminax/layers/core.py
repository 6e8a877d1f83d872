"""Where a graph begins, and functions as layers."""

import inspect
import warnings
from collections.abc import Callable, Mapping
from typing import Any, Self

import numpy as np

from .._core import context, graph
from .._core.config import from_data, function_record, registered_function
from .._core.errors import named_arguments
from .._core.settings import floatx
from .layer import Array, Layer, Shape

__all__ = ["Identity", "Input", "InputLayer", "Lambda"]


class InputLayer(Layer):
    """The place of an input in a graph. `Input` makes one and gives its tensor."""

    declared = True  # whether the program said the shape, which then holds; else it is that of the first data

    def __init__(
        self,
        shape: Shape = None,
        batch_size: int | None = None,
        dtype: Any = None,
        sparse: bool | None = None,
        ragged: bool | None = None,
        batch_shape: Shape = None,
        input_tensor: Any = None,
        optional: bool = False,
        name: str | None = None,
        **kwargs: Any,
    ) -> None:
        if "input_shape" in kwargs:
            warnings.warn("Input: Argument `input_shape` is deprecated. Use `shape` instead.", stacklevel=2)
            shape = kwargs.pop("input_shape")
        super().__init__(name=name, **kwargs)
        if input_tensor is not None:
            _check_agreement(input_tensor, shape, batch_size, batch_shape, dtype, sparse)
            batch_shape, dtype = input_tensor.shape, input_tensor.dtype
        else:
            _check_one_shape(shape, batch_size, batch_shape)
        if sparse or ragged:
            kind = "sparse" if sparse else "ragged"
            raise ValueError(f"Input: `{kind}=True` is not supported: pad the data, and mask the padding.")
        self.sparse = self.ragged = False
        self.batch_shape = _sizes((batch_size, *_tuple(shape)) if batch_shape is None else batch_shape)
        self.optional = optional
        self.built = True
        spec = graph.SymbolicTensor(self.batch_shape, dtype or floatx())
        self.input_dtype = spec.dtype
        self._node = graph.record(self, (), {}, spec)
        if input_tensor is not None and input_tensor.node is None:
            input_tensor.node, self._node.outputs = self._node, [input_tensor]
        self._node.outputs[0].name = self.name

    @property
    def dtype(self) -> str:
        """The type of the input."""
        return self.input_dtype

    @property
    def output(self) -> Any:
        """The symbolic tensor of the input."""
        return self._node.result()

    input = output

    def call(self) -> None:
        """Nothing: the data comes from outside."""

    def get_config(self) -> dict[str, Any]:
        """Shape with the batch's axis, type, name."""
        return {
            "batch_shape": self.batch_shape,
            "dtype": self.input_dtype,
            "sparse": self.sparse,
            "ragged": self.ragged,
            "optional": self.optional,
            "name": self.name,
        }


@named_arguments
def Input(  # noqa: N802 - Keras's name
    shape: Shape = None,
    batch_size: int | None = None,
    dtype: Any = None,
    sparse: bool | None = None,
    ragged: bool | None = None,
    batch_shape: Shape = None,
    name: str | None = None,
    tensor: Any = None,
    optional: bool = False,
) -> Any:
    """A symbolic tensor: the start of a model.

    Args:
        shape: the shape of one sample; `None` is a free size.
        batch_size: the number of samples, where it is fixed.
        dtype: the type of the data, `floatx()` by default.
        sparse, ragged: not supported.
        batch_shape: the shape of a batch, instead of `shape` and `batch_size`.
        name: a name, by which data and outputs can be addressed.
        tensor: a tensor from which to take shape and type.
        optional: whether `None` may be given.

    Example:

        >>> import laminax as lx
        >>> x = lx.Input(shape=(784,))
        >>> lx.layers.Dense(10)(x)
        <SymbolicTensor float32[None, 10]>
    """
    return InputLayer(shape, batch_size, dtype, sparse, ragged, batch_shape, tensor, optional, name).output


def _tuple(shape: Shape) -> tuple[Any, ...]:
    return (shape,) if isinstance(shape, int) else tuple(shape)


def _sizes(shape: Shape) -> tuple[int | None, ...]:
    shape = tuple(shape)
    for size in shape:
        whole = isinstance(size, (int, np.integer)) and not isinstance(size, bool)
        if size is not None and (not whole or size < 0):
            raise ValueError(f"Input: a shape holds non-negative integers and None; got {shape}.")
    return tuple(None if size is None else int(size) for size in shape)


def _check_one_shape(shape: Shape, batch_size: int | None, batch_shape: Shape) -> None:
    for name, value in (("shape", shape), ("batch_size", batch_size)):
        if value is not None and batch_shape is not None:
            raise ValueError(
                f"Input: cannot pass both `{name}` and `batch_shape`, which is the shape with the batch's axis."
            )
    if shape is None and batch_shape is None:
        raise ValueError("Input: pass a `shape` argument, without the batch's axis, or `batch_shape`, with it.")


def _check_agreement(
    tensor: Any, shape: Shape, batch_size: int | None, batch_shape: Shape, dtype: Any, sparse: bool | None
) -> None:
    """What is given beside a tensor must be what the tensor has."""
    if not graph.is_symbolic(tensor):
        raise ValueError(
            f"Input: Argument `input_tensor` must be a KerasTensor, such as `Input` gives; got {type(tensor).__name__}."
        )
    for name, given, own in (
        ("shape", None if shape is None else _tuple(shape), tensor.shape[1:]),
        ("batch_size", None if batch_size is None else (batch_size,), tensor.shape[:1]),
        ("batch_shape", None if batch_shape is None else tuple(batch_shape), tensor.shape),
        ("dtype", dtype, tensor.dtype),
        ("sparse", sparse, False),
    ):
        if given is not None and given != own:
            raise ValueError(
                f"Input: you cannot provide an incompatible `{name}` with `input_tensor`; got {given}, it has {own}."
            )


class Identity(Layer):
    """The inputs as they are, masks too: where a layer must stand and nothing is to be done."""

    supports_masking = True

    def call(self, inputs: Any) -> Any:
        return inputs


class Lambda(Layer):
    """A function as a layer. It may take `mask` and `training`, as `call` may.

    Args:
        function: a function of the input. One that is defined by `def` at the top of a module can
            be saved, by its name; a `lambda` can't.
        output_shape: not needed, shapes are inferred.
        mask: the mask of the output, or a function `(inputs, mask)` that gives it.
        arguments: further arguments of the function, by name.
    """

    def __init__(
        self,
        function: Callable[..., Any],
        output_shape: Any = None,
        mask: Any = None,
        arguments: dict[str, Any] | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        function = registered_function(from_data(function) if isinstance(function, dict) else function)
        if not callable(function):
            raise TypeError(f"Lambda takes a function; got {function!r}.")
        self.function = function
        self.output_shape = output_shape
        self.mask = mask
        self.arguments = dict(arguments or {})
        self.supports_masking = mask is not None
        parameters = inspect.signature(function).parameters
        self._takes = [name for name in ("mask", "training") if name in parameters]

    def call(self, inputs: Any, mask: Any = None, training: bool = False) -> Array:
        context.lose_rows()
        given = {"mask": mask, "training": training}
        return self.function(inputs, **{**self.arguments, **{name: given[name] for name in self._takes}})

    def get_config(self) -> dict[str, Any]:
        """The constructor's arguments, as data that JSON can hold."""
        return {**super().get_config(), "function": function_record(self.function)}

    @classmethod
    def from_config(cls, config: Mapping[str, Any]) -> Self:
        """A new object with the arguments of `config`."""
        if isinstance(function := config["function"], dict) and function.get("config") == "<lambda>":
            raise ValueError("Lambda: a config can't hold a `lambda`. Define the function by `def`, and register it.")
        return super().from_config(config)

    @property
    def takes_mask(self) -> bool:
        """Whether the function asks for a mask."""
        return "mask" in self._takes

    def compute_mask(self, inputs: Any, previous_mask: Any = None) -> Any:
        return self.mask(inputs, previous_mask) if callable(self.mask) else self.mask
