"""The simple recurrent network."""

from typing import Any

from .. import activations
from ..ops.simple_rnn import simple_rnn_steps
from .input_spec import InputSpec
from .layer import Array
from .recurrent import CellRNN, make_cell
from .recurrent_cell import Cell, given_arguments

__all__ = ["SimpleRNN", "SimpleRNNCell"]


class SimpleRNNCell(Cell):
    """One step of a simple recurrent network: `h = activation(x @ kernel + h @ recurrent_kernel + bias)`.

    Arguments as `SimpleRNN`.
    """

    def __init__(
        self,
        units: int,
        activation: Any = "tanh",
        use_bias: bool = True,
        kernel_initializer: Any = "glorot_uniform",
        recurrent_initializer: Any = "orthogonal",
        bias_initializer: Any = "zeros",
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
        super().__init__(**given_arguments(locals()))

    def advance(self, masks: Any, z: Array, states: Any) -> Any:
        h = self.activation(z + self.recur(states[0], masks))
        return h, [h]

    @property
    def usual(self) -> bool:
        return self.activation is activations.tanh

    def run_usual(self, x: Array, states: list[Array], mask: Any) -> tuple[Array, list[Array]]:
        outputs, *states = simple_rnn_steps(x, *self.weights_of_steps(), states[0], mask)
        return outputs, states


class SimpleRNN(CellRNN):
    """The simple recurrent network (Elman, 1990): the output goes back in with the next input.

    Input `(batch, steps, features)`. Output `(batch, units)`, or `(batch, steps, units)` with
    `return_sequences`. The equation is that of `SimpleRNNCell`. Arguments as `LSTM`, as far as it has them.
    """

    set_by_class = ("cell",)

    def __init__(
        self,
        units: int,
        activation: Any = "tanh",
        use_bias: bool = True,
        kernel_initializer: Any = "glorot_uniform",
        recurrent_initializer: Any = "orthogonal",
        bias_initializer: Any = "zeros",
        kernel_regularizer: Any = None,
        recurrent_regularizer: Any = None,
        bias_regularizer: Any = None,
        activity_regularizer: Any = None,
        kernel_constraint: Any = None,
        recurrent_constraint: Any = None,
        bias_constraint: Any = None,
        dropout: float = 0.0,
        recurrent_dropout: float = 0.0,
        return_sequences: bool = False,
        return_state: bool = False,
        go_backwards: bool = False,
        stateful: bool = False,
        unroll: bool = False,
        seed: Any = None,
        **kwargs: Any,
    ) -> None:
        cell, rest = make_cell(SimpleRNNCell, locals())
        super().__init__(cell, **rest)
        self.input_spec = InputSpec(ndim=3)
