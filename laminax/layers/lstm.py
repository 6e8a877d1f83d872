"""Long short-term memory."""

from typing import Any

import jax.numpy as jnp

from .. import activations
from ..ops.lstm import lstm_steps
from .input_spec import InputSpec
from .layer import Array
from .recurrent import CellRNN, cudnn_wish, make_cell
from .recurrent_cell import Cell, given_arguments

__all__ = ["LSTM", "LSTMCell"]


class LSTMCell(Cell):
    """One step of a long short-term memory (Hochreiter & Schmidhuber, 1997).

    `i, f, g, o = split(x @ kernel + h @ recurrent_kernel + bias)`,
    `c = sigmoid(f) * c + sigmoid(i) * tanh(g)`, `h = sigmoid(o) * tanh(c)`. Arguments as `LSTM`.
    """

    gates = 4
    bias_initializer: Any
    cudnn = True

    def __init__(
        self,
        units: int,
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
        kernel_constraint: Any = None,
        recurrent_constraint: Any = None,
        bias_constraint: Any = None,
        dropout: float = 0.0,
        recurrent_dropout: float = 0.0,
        seed: Any = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**given_arguments(locals(), "recurrent_activation", "unit_forget_bias"))
        self.recurrent_activation = activations.get(recurrent_activation)
        self.unit_forget_bias = unit_forget_bias

    @property
    def state_size(self) -> list[Any]:
        """The sizes of the two states, `h` and `c`."""
        return [self.units, self.units]

    def make_bias(self, width: int) -> Any:
        return self.make_weight("bias", (width,), initializer=self._start_bias)

    def _start_bias(self, shape: tuple[int, ...], dtype: str) -> Array:
        bias = self.bias_initializer(shape, dtype)
        forget = slice(self.units, 2 * self.units)
        return bias.at[forget].set(1) if self.unit_forget_bias else bias

    def advance(self, masks: Any, z: Array, states: Any) -> Any:
        h, c = states
        i, f, g, o = jnp.split(z + self.recur(h, masks), 4, -1)
        c = self.recurrent_activation(f) * c + self.recurrent_activation(i) * self.activation(g)
        h = self.recurrent_activation(o) * self.activation(c)
        return h, [h, c]

    @property
    def usual(self) -> bool:
        return self.activation is activations.tanh and self.recurrent_activation is activations.sigmoid

    def run_usual(self, x: Array, states: list[Array], mask: Any) -> tuple[Array, list[Array]]:
        h, c = states
        outputs, *states = lstm_steps(x, *self.weights_of_steps(), h, c, mask, self.cudnn)
        return outputs, states


class LSTM(CellRNN):
    """Long short-term memory (Hochreiter & Schmidhuber, 1997).

    Input `(batch, steps, features)`. Output `(batch, units)`, or `(batch, steps, units)` with
    `return_sequences`. The equations are those of `LSTMCell`. Steps that a mask excludes leave the
    state as it is.

    Args:
        units: the size of the output and of both states.
        activation: of the candidate and the output.
        recurrent_activation: of the gates.
        use_bias: whether to add a bias.
        kernel_initializer, recurrent_initializer, bias_initializer: first values of the weights.
        unit_forget_bias: start the forget gate's bias at one.
        kernel_regularizer, recurrent_regularizer, bias_regularizer: penalties on the weights.
        activity_regularizer: a penalty on the output.
        kernel_constraint, recurrent_constraint, bias_constraint: where the weights must stay.
        dropout: fraction of the inputs to drop.
        recurrent_dropout: fraction of the state to drop.
        seed: of the dropout.
        return_sequences, return_state, go_backwards, stateful, unroll: as of `RNN`.
        use_cudnn: whether cuDNN may run the steps, where the device has it: `"auto"` and `True`, or `False`, which
            derivatives along a direction and `vmap` need there.
    """

    set_by_class = ("cell",)

    def __init__(
        self,
        units: int,
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
        unroll: bool = False,
        use_cudnn: Any = "auto",
        **kwargs: Any,
    ) -> None:
        cell: Any
        cell, rest = make_cell(LSTMCell, locals())
        super().__init__(cell, **rest)
        self.use_cudnn = cudnn_wish(self, use_cudnn)
        cell.cudnn = use_cudnn is not False
        self.input_spec = InputSpec(ndim=3)
