"""The gated recurrent unit."""

from typing import Any

import jax.numpy as jnp

from .. import activations
from ..ops.gru import gru_steps
from .input_spec import InputSpec
from .layer import Array
from .recurrent import CellRNN, cudnn_wish, make_cell
from .recurrent_cell import Cell, given_arguments

__all__ = ["GRU", "GRUCell"]


class GRUCell(Cell):
    """One step of a gated recurrent unit (Cho et al., 2014).

    With `x_z, x_r, x_n = split(x @ kernel + bias[0])` and `y_z, y_r, y_n = split(h @ recurrent_kernel + bias[1])`:
    `z = sigmoid(x_z + y_z)`, `r = sigmoid(x_r + y_r)`, `h = z * h + (1 - z) * tanh(x_n + r * y_n)`.
    Without `reset_after` the candidate is `tanh(x_n + (r * h) @ recurrent_kernel_n)`, and there is one bias.
    Arguments as `GRU`.
    """

    gates = 3

    def __init__(
        self,
        units: int,
        activation: Any = "tanh",
        recurrent_activation: Any = "sigmoid",
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
        reset_after: bool = True,
        seed: Any = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**given_arguments(locals(), "recurrent_activation", "reset_after"))
        self.recurrent_activation = activations.get(recurrent_activation)
        self.reset_after = reset_after

    def make_bias(self, width: int) -> Any:
        return self.make_weight("bias", (2, width) if self.reset_after else (width,))

    @property
    def input_bias(self) -> Array:
        return self.bias.value[0] if self.reset_after else self.bias.value

    def advance(self, masks: Any, z: Array, states: Any) -> Any:
        (h,) = states
        x_z, x_r, x_n = jnp.split(z, 3, -1)
        if self.reset_after:
            y = self.recur(h, masks)
            y_z, y_r, y_n = jnp.split(y if self.bias is None else y + self.bias.value[1], 3, -1)
        else:
            by_gate = jnp.split(self.recurrent_kernel.value, 3, -1)
            h_z, h_r, h_n = (h, h, h) if masks is None else (h * m for m in masks)
            y_z, y_r = h_z @ by_gate[0], h_r @ by_gate[1]
        z = self.recurrent_activation(x_z + y_z)
        r = self.recurrent_activation(x_r + y_r)
        n = self.activation(x_n + (r * y_n if self.reset_after else (r * h_n) @ by_gate[2]))
        h = z * h + (1 - z) * n
        return h, [h]

    @property
    def usual(self) -> bool:
        as_usual = self.activation is activations.tanh and self.recurrent_activation is activations.sigmoid
        return as_usual and self.reset_after

    def run_usual(self, x: Array, states: list[Array], mask: Any) -> tuple[Array, list[Array]]:
        kernel, recurrent_kernel, bias = self.weights_of_steps()
        biases = jnp.broadcast_to(bias, (2, bias.shape[-1]))
        outputs, *states = gru_steps(x, kernel, recurrent_kernel, biases, states[0], mask)
        return outputs, states


class GRU(CellRNN):
    """The gated recurrent unit (Cho et al., 2014).

    Input `(batch, steps, features)`. Output `(batch, units)`, or `(batch, steps, units)` with
    `return_sequences`. The equations are those of `GRUCell`. Arguments as `LSTM`, and:

    Args:
        reset_after: apply the reset gate after the product with the recurrent kernel, not before it.
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
        reset_after: bool = True,
        use_cudnn: Any = "auto",
        **kwargs: Any,
    ) -> None:
        cell, rest = make_cell(GRUCell, locals())
        super().__init__(cell, **rest)
        self.use_cudnn = cudnn_wish(self, use_cudnn)
        self.input_spec = InputSpec(ndim=3)
