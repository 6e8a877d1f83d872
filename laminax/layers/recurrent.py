"""Recurrent layers: a cell, run over the steps of sequences `(batch, steps, features)`."""

from typing import Any

import jax
import jax.numpy as jnp

from .. import activations
from .._core import checks, pure
from .._core.config import arguments, snake_case
from .._core.holder import partition
from .._core.random import SeedGenerator
from .._core.variable import Variable, read, write
from ..ops.linear import project
from ..ops.lstm import lstm_steps
from ..ops.recurrent import scan_steps
from .input_spec import InputSpec
from .layer import Layer

Array = Any
__all__ = ["LSTM", "RNN", "LSTMCell"]


class RNN(Layer):
    """Runs a cell over sequences.

    Input `(batch, steps, ...)`. Output: that of the last step, `(batch, units)`, or of all of them,
    `(batch, steps, units)`. A masked step leaves the state as it is.

    Args:
        cell: a layer with `call(inputs, states) -> (output, states)` and `state_size`.
        return_sequences: give the outputs of all steps.
        return_state: give the last states too, after the output.
        go_backwards: start at the last step; outputs come in that order.
        stateful: the states of one batch are the first states of the next.
        unroll: write the loop out, which compiles slowly.
        zero_output_for_mask: the output of a masked step is zero, not that of the step before.
    """

    supports_masking = True

    def __init__(
        self,
        cell: Any,
        return_sequences: bool = False,
        return_state: bool = False,
        go_backwards: bool = False,
        stateful: bool = False,
        unroll: bool = False,
        zero_output_for_mask: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        if not callable(getattr(cell, "call", None)) or not hasattr(cell, "state_size"):
            raise ValueError(f"cell must have a method call(inputs, states) and an attribute state_size; got {cell!r}.")
        self.cell = cell
        self.return_sequences = return_sequences
        self.return_state = return_state
        self.go_backwards = go_backwards
        self.stateful = stateful
        self.unroll = unroll
        self.zero_output_for_mask = zero_output_for_mask
        self.states: Any = None
        self.input_spec = InputSpec(min_ndim=3)

    def build(self, input_shape: Any) -> None:
        if not self.cell.built:
            self.cell.build((input_shape[0], *input_shape[2:]))
            self.cell.built = True
        if self.stateful:
            if input_shape[0] is None:
                raise ValueError(
                    f"Layer {self.name!r} is stateful: give its input a fixed batch size, Input(batch_shape=...)."
                )
            zeros = self.get_initial_state(input_shape[0])
            self.states = [Variable(z, trainable=False, name=f"state_{i}") for i, z in enumerate(zeros)]

    def get_initial_state(self, batch_size: Any) -> list[Array]:
        """Zeros, or what the cell says."""
        if hasattr(self.cell, "get_initial_state"):
            states = self.cell.get_initial_state(batch_size=batch_size)
            return list(states) if isinstance(states, (list, tuple)) else [states]
        sizes = self.cell.state_size
        sizes = list(sizes) if isinstance(sizes, (list, tuple)) else [sizes]
        return [jnp.zeros((batch_size, size), self.compute_dtype) for size in sizes]

    def reset_state(self) -> None:
        """Set the states of a stateful layer to zero."""
        for state in self.states or ():
            state.assign(jnp.zeros_like(state.value))

    reset_states = reset_state

    def call(self, sequences: Array, initial_state: Any = None, mask: Any = None, training: bool = False) -> Any:
        if initial_state is None:
            initial_state = self.states if self.stateful else self.get_initial_state(sequences.shape[0])
        if not isinstance(initial_state, (list, tuple)):
            initial_state = [initial_state]
        states = [jnp.asarray(s, self.compute_dtype) for s in initial_state]
        mask = mask[0] if isinstance(mask, (list, tuple)) else mask
        last, outputs, states = self.run(sequences, states, mask, training)
        if self.stateful:
            for variable, state in zip(self.states, states):
                variable.assign(state)
        result = outputs if self.return_sequences else last
        return (result, *states) if self.return_state else result

    def run(self, sequences: Array, states: list[Array], mask: Any, training: bool) -> tuple[Array, Array, list[Array]]:
        """The loop over the steps. A cell with `prepare` and `advance` has its inputs projected before the loop."""
        how = mask, self.go_backwards, self.zero_output_for_mask, self.unroll
        if hasattr(self.cell, "advance"):
            inputs, constants = self.cell.prepare(sequences, training)
            if type(self.cell) is LSTMCell and self.cell.usual and constants is mask is None and not self.unroll:
                return self.cell.run(inputs, states, self.go_backwards)

            def advance(z: Array, states: Any, extras: Any) -> Any:
                return *self.cell.advance(constants, z, states), extras

            return scan_steps(advance, inputs, states, (), *how)[:3]
        cells = partition(self.cell)[1]

        def step(x: Array, states: Any, extras: Any) -> Any:
            with pure.running(cells, extras, training) as frame:
                output, new = self.cell(x, states, training=training)
                if frame.losses:
                    raise NotImplementedError(f"{type(self.cell).__name__}: add_loss is not possible within a cell.")
                return output, (list(new) if isinstance(new, (list, tuple)) else [new]), read(cells)

        last, outputs, states, extras = scan_steps(step, sequences, states, read(cells), *how)
        write(cells, extras)
        return last, outputs, states

    def compute_mask(self, inputs: Any, previous_mask: Any = None) -> Any:
        mask = previous_mask[0] if isinstance(previous_mask, (list, tuple)) else previous_mask
        mask = mask if self.return_sequences else None
        return [mask] + [None] * len(self.get_initial_state(1)) if self.return_state else mask


class LSTMCell(Layer):
    """One step of a long short-term memory (Hochreiter & Schmidhuber, 1997).

    `i, f, g, o = split(x @ kernel + h @ recurrent_kernel + bias)`,
    `c = sigmoid(f) * c + sigmoid(i) * tanh(g)`, `h = sigmoid(o) * tanh(c)`.
    """

    bias_initializer: Any

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
        super().__init__(**kwargs)
        self.units = checks.integer(self, "units", units)
        self.activation = activations.get(activation)
        self.recurrent_activation = activations.get(recurrent_activation)
        self.use_bias = use_bias
        self.describe_weight("kernel", kernel_initializer, kernel_regularizer, kernel_constraint)
        self.describe_weight("recurrent", recurrent_initializer, recurrent_regularizer, recurrent_constraint)
        self.describe_weight("bias", bias_initializer, bias_regularizer, bias_constraint)
        self.unit_forget_bias = unit_forget_bias
        self.dropout = checks.fraction(self, "dropout", dropout)
        self.recurrent_dropout = checks.fraction(self, "recurrent_dropout", recurrent_dropout)
        self.seed = seed
        self.seed_generator = SeedGenerator(seed)

    @property
    def state_size(self) -> list[int]:
        """The sizes of the two states, `h` and `c`."""
        return [self.units, self.units]

    def build(self, input_shape: Any) -> None:
        self.kernel = self.make_weight("kernel", (input_shape[-1], 4 * self.units))
        self.recurrent_kernel = self.make_weight("recurrent", (self.units, 4 * self.units), name="recurrent_kernel")
        self.bias = None
        if self.use_bias:
            self.bias = self.make_weight("bias", (4 * self.units,), initializer=self._start_bias)

    def _start_bias(self, shape: tuple[int, ...], dtype: str) -> Array:
        bias = self.bias_initializer(shape, dtype)
        forget = slice(self.units, 2 * self.units)
        return bias.at[forget].set(1) if self.unit_forget_bias else bias

    def call(self, inputs: Array, states: Any, training: bool = False) -> Any:
        z, masks = self.prepare(inputs[:, None], training)
        return self.advance(masks, z[:, 0], states)

    def prepare(self, sequences: Array, training: bool) -> tuple[Array, Any]:
        """The projection of all steps, and the masks of the recurrent dropout.

        A sequence has one dropout mask for all its steps; with recurrent dropout each gate has its own.
        """
        batch, _, features = sequences.shape
        gates = 4 if self.recurrent_dropout else 1
        kernel, masks = self.kernel.value, None
        if training and self.dropout:
            mask = self._mask(self.dropout, (gates, batch, 1, features), sequences.dtype)
            parts = jnp.split(kernel, gates, axis=1)
            z = jnp.concatenate([(sequences * m) @ k for m, k in zip(mask, parts)], -1)
        else:
            z = project(sequences, kernel)
        if training and self.recurrent_dropout:
            masks = self._mask(self.recurrent_dropout, (4, batch, self.units), sequences.dtype)
        return z if self.bias is None else z + self.bias.value, masks

    def _mask(self, rate: float, shape: Any, dtype: Any) -> Array:
        keep = jax.random.bernoulli(self.seed_generator.next(), 1 - rate, shape)
        return keep.astype(dtype) / max(1 - rate, 1e-7)

    def advance(self, masks: Any, z: Array, states: Any) -> Any:
        """One step, from the projected input: `(h, [h, c])`."""
        h, c = states
        kernel = self.recurrent_kernel.value
        if masks is None:
            recurrent = h @ kernel
        else:
            recurrent = jnp.concatenate([(h * m) @ k for m, k in zip(masks, jnp.split(kernel, 4, axis=1))], -1)
        i, f, g, o = self._gates(z + recurrent)
        c = f * c + i * g
        h = o * self.activation(c)
        return h, [h, c]

    @property
    def usual(self) -> bool:
        """Whether the activations are the usual ones, for which there is a faster form."""
        return self.activation is activations.tanh and self.recurrent_activation is activations.sigmoid

    def run(self, z: Array, states: Any, reverse: bool) -> tuple[Array, Array, list[Array]]:
        """All steps of a cell with the usual activations: the last output, all outputs, the last states."""
        z = jnp.swapaxes(z, 0, 1)
        outputs, c = lstm_steps(jnp.flip(z, 0) if reverse else z, self.recurrent_kernel.value, *states)
        last, h = (outputs[-1],) * 2 if len(outputs) else (jnp.zeros_like(states[0]), states[0])
        return last, jnp.swapaxes(outputs, 0, 1), [h, c]

    def _gates(self, z: Array) -> list[Array]:
        """The four gates. As `sigmoid(z) = tanh(z / 2) / 2 + 1/2`, the default ones need one tanh over all of `z`."""
        u = self.units
        if self.usual:
            half = jnp.full((4 * u,), 0.5, z.dtype).at[2 * u : 3 * u].set(1)
            t = jnp.tanh(z * half)
            i, f, g, o = jnp.split(t, 4, axis=-1)
            return [i * 0.5 + 0.5, f * 0.5 + 0.5, g, o * 0.5 + 0.5]
        i, f, g, o = jnp.split(z, 4, axis=-1)
        return [
            self.recurrent_activation(i),
            self.recurrent_activation(f),
            self.activation(g),
            self.recurrent_activation(o),
        ]


def make_cell(cls: type[Layer], given: dict[str, Any]) -> Layer:
    """The cell of a layer that takes its cell's arguments: those of the layer's own that the cell has too."""
    own = {name: given[name] for name in arguments(cls) if name in given}
    shared = {name: given["kwargs"][name] for name in ("dtype", "trainable") if name in given["kwargs"]}
    return cls(**own, **shared, name=snake_case(cls.__name__))


class LSTM(RNN):
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
        use_cudnn: `"auto"`, or a wish; the form follows the device.
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
        cell = make_cell(LSTMCell, locals())
        super().__init__(
            cell,
            return_sequences=return_sequences,
            return_state=return_state,
            go_backwards=go_backwards,
            stateful=stateful,
            unroll=unroll,
            activity_regularizer=activity_regularizer,
            **kwargs,
        )
        self.use_cudnn = use_cudnn
        self.input_spec = InputSpec(ndim=3)

    def __getattr__(self, name: str) -> Any:
        """The cell's arguments are the layer's."""
        if name != "cell" and not name.startswith("_") and "cell" in vars(self):
            return getattr(self.cell, name)
        raise AttributeError(f"{type(self).__name__} has no attribute {name!r}.")
