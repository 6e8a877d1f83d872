"""Recurrent layers: a cell, run over the steps of sequences `(batch, steps, features)`."""

from typing import Any

import jax
import jax.numpy as jnp

from .._core import checks, graph, pure
from .._core.config import arguments, snake_case
from .._core.errors import shape_text
from .._core.holder import State, partition
from .._core.variable import read, write
from ..ops.recurrent import scan_steps
from .input_spec import InputSpec
from .layer import Array, Layer, is_builtin
from .recurrent_cell import Cell, given_arguments
from .symbolic import placeholders

__all__ = ["RNN", "StackedRNNCells"]


class RNN(Layer):
    """Runs a cell over sequences.

    Input `(batch, steps, ...)`. Output: that of the last step, `(batch, units)`, or of all of them,
    `(batch, steps, units)`. A masked step leaves the state as it is.

    Args:
        cell: a layer with `call(inputs, states) -> (output, states)` and `state_size`, the size of its state or a
            list of sizes; it may say itself how it starts, `get_initial_state(batch_size)`. A list of cells is
            `StackedRNNCells`.
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
        self.cell = StackedRNNCells(cell) if isinstance(cell, (list, tuple)) else _checked(self, "cell", cell)
        self.return_sequences = return_sequences
        self.return_state = return_state
        self.go_backwards = go_backwards
        self.stateful = stateful
        self.unroll = unroll
        self.zero_output_for_mask = zero_output_for_mask
        self.states: Any = None
        self.input_spec = InputSpec(min_ndim=3)

    @property
    def state_size(self) -> list[Any]:
        """The sizes of the cell's states."""
        return _listed(self.cell.state_size)

    def build(self, input_shape: Any) -> None:
        _build_cell(self.cell, (input_shape[0], *input_shape[2:]))
        first = getattr(self, "data_format", None) == "channels_first"
        if isinstance(self.input_spec, InputSpec) and is_builtin(type(self.cell)) and not first:
            self.input_spec.axes = {-1: input_shape[-1]}
        if self.stateful and self.states is None:
            if input_shape[0] is None:
                raise ValueError(
                    f"Layer {self.name!r} is stateful: give its input a fixed batch size, Input(batch_shape=...)."
                )
            with jax.ensure_compile_time_eval():  # real arrays, also inside a trace
                zeros, tree = jax.tree.flatten(self.get_initial_state(input_shape[0]))
            states = [State(z, trainable=False, name=f"state_{i}") for i, z in enumerate(zeros)]
            self.states = jax.tree.unflatten(tree, states)

    def get_initial_state(self, batch_size: Any) -> list[Any]:
        """Zeros, or what the cell says."""
        return _listed(_first_states(self.cell, batch_size, self.compute_dtype))

    def reset_state(self) -> None:
        """Set the states of a stateful layer to zero."""
        for state in jax.tree.leaves(self.states):
            state.assign(jnp.zeros_like(state.value))

    reset_states = reset_state

    def call(self, sequences: Array, initial_state: Any = None, mask: Any = None, training: bool = False) -> Any:
        states = self._start(sequences.shape[0], initial_state)
        mask = self._checked_mask(mask, sequences)
        if self.go_backwards:
            sequences, mask = jax.tree.map(lambda x: jnp.flip(x, 1), (sequences, mask))
        last, outputs, states = self._loop(sequences, states, mask, training)
        if self.stateful:
            for variable, state in zip(jax.tree.leaves(self.states), jax.tree.leaves(states)):
                variable.assign(state)
        result = (outputs if self.return_sequences else last).astype(self.compute_dtype)
        return (result, *jax.tree.map(lambda s: s.astype(self.compute_dtype), states)) if self.return_state else result

    def _start(self, batch: Any, given: Any) -> list[Any]:
        """The first states: those given, those kept, or zeros."""
        zeros, tree = jax.tree.flatten(self.get_initial_state(batch))
        if given is None:
            given = self.states if self.stateful else zeros
        states = jax.tree.leaves(given)
        shapes, wanted = graph.shape_of(states), graph.shape_of(zeros)
        if shapes != wanted:
            raise ValueError(
                f"Layer {self.name!r} ({type(self).__name__}) has states of the shapes {shape_text(shapes)}; its cell "
                f"and the batch size need {shape_text(wanted)}."
            )
        return jax.tree.unflatten(tree, [jnp.asarray(s, zero.dtype) for s, zero in zip(states, zeros)])

    def _checked_mask(self, mask: Any, sequences: Array) -> Any:
        mask = mask[0] if isinstance(mask, (list, tuple)) else mask
        if mask is None:
            return None
        known = [(a, b) for a, b in zip(mask.shape, sequences.shape) if isinstance(a, int) and isinstance(b, int)]
        if mask.ndim != 2 or any(a != b for a, b in known):
            raise ValueError(
                f"Layer {self.name!r} ({type(self).__name__}): the mask must be (batch, steps), "
                f"{shape_text(graph.free_shape(sequences.shape[:2]))}; got the shape {tuple(mask.shape)}."
            )
        return mask.astype(bool)

    def _loop(self, sequences: Array, states: list[Any], mask: Any, training: bool) -> tuple[Array, Array, list[Any]]:
        """The loop over the steps. The cells of a stack run one after another, each over all steps."""
        stacked = type(self.cell) is StackedRNNCells
        cells, firsts = (self.cell.cells, states) if stacked else ([self.cell], [states])
        how, lasts = (mask, self.zero_output_for_mask, self.unroll), []
        for cell, first in zip(cells, firsts):
            fits = isinstance(cell, Cell) and is_builtin(type(cell)) and cell.compute_dtype == self.compute_dtype
            run = cell.run if fits else _stepper(cell)
            output, sequences, last = run(sequences, _listed(first), training, *how)
            lasts.append(last if isinstance(first, (list, tuple)) else last[0])
        return output, sequences, lasts if stacked else lasts[0]

    def compute_mask(self, inputs: Any, previous_mask: Any = None) -> Any:
        mask = previous_mask[0] if isinstance(previous_mask, (list, tuple)) else previous_mask
        mask = mask if self.return_sequences else None
        return [mask] + [None] * len(self.state_size) if self.return_state else mask


def _stepper(cell: Any) -> Any:
    """A loop like `Cell.run` for any cell; its variables go from step to step."""

    def run(sequences: Array, states: list[Any], training: bool, *how: Any) -> tuple[Array, Array, list[Any]]:
        cells = partition(cell)[1]
        own = {"training": training} if isinstance(cell, Layer) else {}

        def step(x: Array, states: Any, extras: Any) -> Any:
            with pure.running(cells, extras, training) as frame:
                output, new = (cell if callable(cell) else cell.call)(x, states, **own)
                if frame.losses:
                    raise NotImplementedError(f"{type(cell).__name__}: add_loss is not possible within a cell.")
                return output, _listed(new), read(cells)

        last, outputs, states, extras = scan_steps(step, sequences, states, read(cells), *how)
        write(cells, extras)
        return last, outputs, states

    return run


class StackedRNNCells(Layer):
    """Cells on top of each other as one cell: each takes the output of the one before.

    `RNN([cell, cell])` makes one. Its state is a list, with the state or the states of each cell.

    Args:
        cells: a list of cells.
    """

    def __init__(self, cells: Any, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.cells = [_checked(self, "cells", cell) for cell in cells]
        if not self.cells:
            raise checks.refused(self, "cells", "must hold at least one cell", cells)

    @property
    def state_size(self) -> list[Any]:
        """The sizes of the states of each cell."""
        return [cell.state_size for cell in self.cells]

    @property
    def output_size(self) -> Any:
        """The size of the last cell's output."""
        return _output_size(self.cells[-1])

    def build(self, input_shape: Any) -> None:
        for cell in self.cells:
            _build_cell(cell, input_shape)
            size = _output_size(cell)
            input_shape = (input_shape[0], *(size if isinstance(size, (list, tuple)) else (size,)))

    def get_initial_state(self, batch_size: Any = None) -> list[Any]:
        """The first states of each cell."""
        return [_first_states(cell, batch_size, self.compute_dtype) for cell in self.cells]

    def call(self, inputs: Array, states: Any, training: bool = False) -> Any:
        after = []
        for cell, state in zip(self.cells, states):
            own = {"training": training} if isinstance(cell, Layer) else {}
            inputs, new = (cell if callable(cell) else cell.call)(inputs, _listed(state), **own)
            after.append(_listed(new) if isinstance(state, (list, tuple)) else _listed(new)[0])
        return inputs, after


def _checked(owner: Any, name: str, cell: Any) -> Any:
    if not callable(getattr(cell, "call", None)) or not hasattr(cell, "state_size"):
        rule = "must have a method call(inputs, states) and an attribute state_size"
        raise checks.refused(owner, name, rule, cell)
    if not isinstance(cell.state_size, (int, list, tuple)):
        rule = "must have a state_size that is an integer or a list of sizes"
        raise checks.refused(owner, name, rule, cell.state_size)
    return cell


def _listed(states: Any) -> list[Any]:
    return list(states) if isinstance(states, (list, tuple)) else [states]


def _output_size(cell: Any) -> Any:
    size = getattr(cell, "output_size", None)
    return _listed(cell.state_size)[0] if size is None else size


def _first_states(cell: Any, batch_size: Any, dtype: str) -> Any:
    """What a cell starts with, in its own form: an array, or a list of them."""
    if hasattr(cell, "get_initial_state"):
        return cell.get_initial_state(batch_size=batch_size)
    dtype = getattr(cell, "compute_dtype", dtype)

    def zeros(size: Any) -> Array:
        return jnp.zeros((batch_size, *(size if isinstance(size, (list, tuple)) else (size,))), dtype)

    sizes = cell.state_size
    return [zeros(size) for size in sizes] if isinstance(sizes, (list, tuple)) else zeros(sizes)


def _build_cell(cell: Any, shape: Any) -> None:
    """Make the weights of a cell; one without a `build` makes those of its layers in a call."""
    if getattr(cell, "built", True):
        return
    if type(cell).build is not Layer.build:
        cell.build(shape)
    else:
        states = jax.eval_shape(lambda: _first_states(cell, 2, cell.compute_dtype))
        cell(placeholders(shape), jax.tree.map(lambda s: graph.SymbolicTensor((shape[0], *s.shape[1:])), states))
    cell.built = True


class CellRNN(RNN):
    """The base of layers that make their cell: they take its arguments, and have them as attributes."""

    def __getattr__(self, name: str) -> Any:
        cell = vars(self).get("cell")
        if cell is not None and name in arguments(type(cell)):
            return getattr(cell, name)
        raise AttributeError(f"{type(self).__name__} has no attribute {name!r}.")


def make_cell(cls: type[Cell], found: dict[str, Any]) -> tuple[Cell, dict[str, Any]]:
    """The cell of a layer that takes its cell's arguments, and the arguments that are left for `RNN`.

    `found` are the `locals()` of the layer's constructor.
    """
    given, of_layer = given_arguments(found, "implementation", "use_cudnn"), arguments(Layer)
    own = {name: given.pop(name) for name in arguments(cls) if name in given and name not in of_layer}
    shared = {name: given[name] for name in ("dtype", "trainable") if name in given}
    return cls(**own, **shared, name=snake_case(cls.__name__)), given


def cudnn_wish(layer: RNN, value: Any) -> Any:
    """`use_cudnn`, if it is one of the three that there are."""
    if value not in ("auto", True, False):
        raise checks.refused(layer, "use_cudnn", "must be 'auto', True or False", value)
    return value
