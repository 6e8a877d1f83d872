"""Long short-term memory over grids: the products are convolutions."""

import math
from typing import Any

import jax
import jax.numpy as jnp

from .. import ops
from .._core import checks, settings
from .._core.errors import shape_text
from .convolution import check_window
from .dense import known_size
from .input_spec import InputSpec
from .layer import Array
from .lstm import LSTMCell
from .recurrent import CellRNN, make_cell

__all__ = ["ConvLSTM1D", "ConvLSTM2D", "ConvLSTM3D"]


class ConvLSTMCell(LSTMCell):
    """One step of `ConvLSTM` over `rank` spatial axes; within the step the channels stand last."""

    set_by_class = ("units",)
    usual = False

    def __init__(
        self,
        rank: int,
        filters: int,
        kernel_size: Any,
        strides: Any = 1,
        padding: str = "valid",
        data_format: str | None = None,
        dilation_rate: Any = 1,
        **kwargs: Any,
    ) -> None:
        checks.integer(self, "filters", filters)
        super().__init__(filters, **kwargs)
        self.rank = rank
        self.filters = filters
        self.kernel_size = self.window = checks.integers(self, "kernel_size", kernel_size, rank)
        self.strides = checks.integers(self, "strides", strides, rank)
        self.padding = checks.choice(self, "padding", padding, ("valid", "same"))
        self.data_format = settings.standardize_data_format(data_format)
        self.dilation_rate = checks.integers(self, "dilation_rate", dilation_rate, rank)
        self.input_spec = InputSpec(ndim=rank + 2)
        self._space: tuple[int | None, ...] = (None,) * rank
        if max(self.strides) > 1 and max(self.dilation_rate) > 1:
            raise ValueError(
                "Specifying `strides > 1` is not compatible with `dilation_rate > 1`; "
                f"got strides={self.strides}, dilation_rate={self.dilation_rate}."
            )

    @property
    def state_size(self) -> list[Any]:
        """The shapes of the two states, known once the cell is built."""
        first = self.data_format == "channels_first"
        return [(self.filters, *self._space) if first else (*self._space, self.filters)] * 2

    @property
    def output_size(self) -> Any:
        """The shape of the output, known once the cell is built."""
        return self.state_size[0]

    def get_initial_state(self, batch_size: Any = None) -> list[Array]:
        return [jnp.zeros((batch_size, *size), self.compute_dtype) for size in self.state_size]

    def build(self, input_shape: Any) -> None:
        first = self.data_format == "channels_first"
        channels = known_size(self, input_shape, 1 if first else -1)
        space = tuple(input_shape[2:] if first else input_shape[1:-1])
        if None in space:
            raise ValueError(
                f"Layer {self.name!r} (ConvLSTM) must know the spatial sizes of its input; got a step of the shape "
                f"{shape_text(tuple(input_shape))}."
            )
        check_window(self, input_shape, self.kernel_size, self.dilation_rate)
        self._make_kernels(channels)
        step = jax.ShapeDtypeStruct((1, 1, *space, channels), self.compute_dtype)
        kernel = jax.ShapeDtypeStruct(self.kernel.shape, self.compute_dtype)
        self._space = jax.eval_shape(self.project, step, kernel).shape[2:-1]

    def prepare(self, sequences: Array, training: bool) -> tuple[Array, Any]:
        return super().prepare(self._channels_last(sequences, 2), training)

    def project(self, sequences: Array, kernel: Array) -> Array:
        rows = sequences.reshape(math.prod(sequences.shape[:2]), *sequences.shape[2:])
        z = ops.conv(rows, kernel, self.strides, self.padding, "channels_last", self.dilation_rate)
        return z.reshape(*sequences.shape[:2], *z.shape[1:])

    def recur_by(self, h: Array, kernel: Array) -> Array:
        return ops.conv(h, kernel, 1, "same", "channels_last")

    def advance(self, masks: Any, z: Array, states: Any) -> Any:
        _, states = super().advance(masks, z, [self._channels_last(s, 1) for s in states])
        if self.data_format == "channels_first":
            states = [jnp.moveaxis(s, -1, 1) for s in states]
        return states[0], states

    def _channels_last(self, x: Array, axis: int) -> Array:
        return jnp.moveaxis(x, axis, -1) if self.data_format == "channels_first" else x


class ConvLSTM(CellRNN):
    """The base of `ConvLSTM1D` to `ConvLSTM3D` (Shi et al., 2015)."""

    rank: int

    def __init__(
        self,
        filters: int,
        kernel_size: Any,
        strides: Any = 1,
        padding: str = "valid",
        data_format: str | None = None,
        dilation_rate: Any = 1,
        activation: Any = "tanh",
        recurrent_activation: Any = "sigmoid",
        use_bias: bool = True,
        kernel_initializer: Any = "glorot_uniform",
        recurrent_initializer: Any = "orthogonal",
        bias_initializer: Any = "zeros",
        unit_forget_bias: bool = True,
        kernel_regularizer: Any = None,
        recurrent_regularizer: Any = None,
        bias_regularizer: Any = None,
        activity_regularizer: Any = None,
        kernel_constraint: Any = None,
        recurrent_constraint: Any = None,
        bias_constraint: Any = None,
        dropout: float = 0.0,
        recurrent_dropout: float = 0.0,
        seed: Any = None,
        return_sequences: bool = False,
        return_state: bool = False,
        go_backwards: bool = False,
        stateful: bool = False,
        **kwargs: Any,
    ) -> None:
        cell, rest = make_cell(ConvLSTMCell, {**locals(), "rank": self.rank})
        super().__init__(cell, **rest)
        self.input_spec = InputSpec(ndim=self.rank + 3)


class ConvLSTM1D(ConvLSTM):
    """Long short-term memory over sequences of rows: the products of `LSTM` are convolutions (Shi et al., 2015).

    Input `(batch, steps, width, channels)`. Output `(batch, new width, filters)`, or with `return_sequences`
    `(batch, steps, new width, filters)`. Arguments as `LSTM`, except that `filters` stands for `units`, and:

    Args:
        filters: the number of channels of the output and of both states.
        kernel_size: the window, one integer or one for each spatial axis.
        strides: steps of the window over the inputs; over the state it is 1.
        padding: of the inputs, `"valid"` (none) or `"same"`; the state keeps its size.
        data_format: `"channels_last"`, or `"channels_first"` for `(batch, steps, channels, width)`.
        dilation_rate: distance of the window's points in the inputs; not together with strides.
    """

    rank = 1
    set_by_class = ("cell",)


class ConvLSTM2D(ConvLSTM):
    """Long short-term memory over sequences of images `(batch, steps, height, width, channels)`.

    Arguments as `ConvLSTM1D`.
    """

    rank = 2
    set_by_class = ("cell",)


class ConvLSTM3D(ConvLSTM):
    """Long short-term memory over sequences of volumes `(batch, steps, depth, height, width, channels)`.

    Arguments as `ConvLSTM1D`.
    """

    rank = 3
    set_by_class = ("cell",)
