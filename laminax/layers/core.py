"""Where a graph begins, and functions as layers."""

import inspect
from collections.abc import Callable
from typing import Any

from .._core import context, graph
from .._core.config import from_data, registered_function
from .._core.settings import floatx
from .layer import Array, Layer, Shape

__all__ = ["Input", "InputLayer", "Lambda"]


class InputLayer(Layer):
    """The place of an input in a graph. `Input` makes one and gives its tensor."""

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
        super().__init__(name=name, dtype=None, **kwargs)
        if input_tensor is not None:
            batch_shape, dtype = input_tensor.shape, dtype or input_tensor.dtype
        if sparse or ragged:
            raise ValueError("Sparse and ragged inputs are not supported: pad them, and mask the padding.")
        if (shape is None) == (batch_shape is None):
            raise ValueError("Input needs either shape, without the batch's axis, or batch_shape, with it.")
        self.batch_shape = tuple(batch_shape) if shape is None else (batch_size, *_tuple(shape))
        for size in self.batch_shape:
            if size is not None and (isinstance(size, bool) or not isinstance(size, int) or size < 0):
                raise ValueError(f"Input: a shape holds non-negative integers and None; got {self.batch_shape}.")
        self.input_dtype = str(dtype or floatx())
        self.optional = optional
        self.built = True
        spec = graph.SymbolicTensor(self.batch_shape, self.input_dtype)
        self._node = graph.record(self, (), {}, spec)
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

    def call(self) -> Any:
        raise RuntimeError(f"Input {self.name!r} is a place for data and can't be called.")

    def get_config(self) -> dict[str, Any]:
        """Shape with the batch's axis, type, name."""
        return {
            "batch_shape": self.batch_shape,
            "dtype": self.input_dtype,
            "sparse": False,
            "ragged": False,
            "optional": self.optional,
            "name": self.name,
        }


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

    @property
    def takes_mask(self) -> bool:
        """Whether the function asks for a mask."""
        return "mask" in self._takes

    def compute_mask(self, inputs: Any, previous_mask: Any = None) -> Any:
        return self.mask(inputs, previous_mask) if callable(self.mask) else self.mask
