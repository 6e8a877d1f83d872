"""Recurrent layers: by the operators LSTM, GRU and RNN where these compute the same, else by a loop, Scan."""

import dataclasses
from typing import Any

import jax
import numpy as np

from ... import activations, layers
from .activations import activation
from .graph import write_layer
from .table import LOST, converter_of, converts, makes_mask, mask, refused
from .writer import Body, Value, Writer

# Activations of which the operators know the names.
_NAMES = ("Relu", "Sigmoid", "Softplus", "Softsign", "Tanh")
_NAMED: dict[Any, str] = {getattr(activations, name.lower()): name for name in _NAMES}
_OPERATORS: dict[Any, str] = {layers.LSTMCell: "LSTM", layers.GRUCell: "GRU", layers.SimpleRNNCell: "RNN"}
_LIMIT = np.iinfo(np.int64)


@converts(layers.LSTM, layers.GRU, layers.SimpleRNN, layers.RNN, masks=True)
def _recurrent(g: Writer, layer: Any, x: Value, initial_state: Any = None) -> Any:
    if layer.stateful:
        raise refused(layer, "is stateful, and a file keeps no state")
    real, name = mask(layer, x), x.name
    if layer.go_backwards:
        name, real = _flipped(g, name), real and dataclasses.replace(real, name=_flipped(g, real))
    cells = layer.cell.cells if isinstance(layer.cell, layers.StackedRNNCells) else [layer.cell]
    given, states, last = jax.tree.leaves(initial_state), [], ""
    for cell in cells:
        if type(cell) not in _OPERATORS:
            raise refused(cell, "is a cell that has no form there")
        count = 2 if type(cell) is layers.LSTMCell else 1
        first, given = given[:count], given[count:]
        run = _by_operator if real is None and _has_operator(cell) else _by_loop
        with g.within(cell.name):
            name, last, own = run(g, cell, name, first or _zeros(g, x, cell.units, count), real, layer)
        states += own
    result = name if layer.return_sequences else last
    return (result, *states) if layer.return_state else result


@makes_mask(layers.LSTM, layers.GRU, layers.SimpleRNN, layers.RNN, layers.Bidirectional)
def _mask_of_sequences(g: Writer, layer: Any, x: Value, *states: Any) -> Any:
    found = x.mask if layer.return_sequences else None
    return [found, found] if getattr(layer, "merge_mode", "") is None else found


def _zeros(g: Writer, x: Value, units: int, count: int) -> list[str]:
    return [g.Expand(0.0, g.Concat(g.sizes(x, 0, 1), [units], axis=0))] * count


def _flipped(g: Writer, x: Any) -> str:
    """The steps in the other order."""
    return str(g.Slice(x, [-1], [_LIMIT.min], [1], [-1]))


def _functions(cell: Any) -> list[Any]:
    """The activations of a cell in the order of the operators."""
    gates = [] if type(cell) is layers.SimpleRNNCell else [cell.recurrent_activation]
    return [*gates, cell.activation, *([cell.activation] if type(cell) is layers.LSTMCell else [])]


def _has_operator(cell: Any) -> bool:
    return all(function in _NAMED for function in _functions(cell))


def _by_operator(g: Writer, cell: Any, x: str, states: list[Any], real: None, layer: Any) -> Any:
    """All outputs `(batch, steps, units)`, the last one, and the last states."""
    more = {"linear_before_reset": int(cell.reset_after)} if type(cell) is layers.GRUCell else {}
    outputs, *last = g.add(
        _OPERATORS[type(cell)],
        g.Transpose(x, perm=[1, 0, 2]),
        *_weights(g, cell),
        None,
        *(g.Unsqueeze(state, [0]) for state in states),
        outputs=1 + len(states),
        hidden_size=cell.units,
        activations=[_NAMED[function] for function in _functions(cell)],
        **more,
    )
    own = [g.Squeeze(state, [0]) for state in last]
    return g.Transpose(g.Squeeze(outputs, [1]), perm=[1, 0, 2]), own[0], own


def _weights(g: Writer, cell: Any) -> list[str]:
    """The kernels `(1, gates * units, inputs)`, and the biases of both side by side."""
    kernels = [_ordered(cell, np.asarray(w.value)).T[None] for w in (cell.kernel, cell.recurrent_kernel)]
    bias = np.zeros((2, cell.gates * cell.units), np.float32)
    if cell.bias is not None:
        given = np.atleast_2d(np.asarray(cell.bias.value))
        bias[: len(given)] = given
    weights = {"kernel": kernels[0], "recurrent_kernel": kernels[1], "bias": _ordered(cell, bias).reshape(1, -1)}
    return [g.constant(values, name) for name, values in weights.items()]


def _ordered(cell: Any, values: np.ndarray) -> np.ndarray:
    """The gates in the order of the operators: of a LSTM input, output, forget, candidate."""
    if type(cell) is not layers.LSTMCell:
        return values
    i, f, c, o = np.split(values, 4, -1)
    return np.concatenate([i, o, f, c], -1)


def _by_loop(g: Writer, cell: Any, x: str, states: list[Any], real: Value | None, layer: Any) -> Any:
    """What `_by_operator` gives, by a loop over one step; a step that is not real leaves the states as they are."""
    z = g.MatMul(x, cell.kernel)
    if cell.bias is not None:
        bias = cell.bias.value[0] if getattr(cell, "reset_after", False) else cell.bias
        z = g.Add(z, bias)
    marks = [] if real is None else [real]
    before = [Value(g.fresh("state"), (None, cell.units), "float32") for _ in states]
    step = Value(g.fresh("step"), (None, cell.gates * cell.units), "float32")
    mark = [Value(g.fresh("mark"), (None,), "bool") for _ in marks]
    with g.body() as nodes:
        after = _ADVANCE[type(cell)](g, cell, step, *before)
        shown = after[0]
        if mark:
            here = g.Unsqueeze(mark[0], [1])
            shown = g.Where(here, after[0], 0.0) if layer.zero_output_for_mask else g.Where(here, after[0], before[0])
            after = [g.Where(here, new, old) for new, old in zip(after, before)]
        ends = [Value(g.Identity(y), (None, cell.units), "float32") for y in after]
        ends.append(Value(g.add("Identity", g.Identity(shown)), (None, cell.units), "float32"))
    scanned = 1 + len(mark)
    *last, outputs = g.Scan(
        *states,
        z,
        *marks,
        outputs=len(states) + 1,
        body=Body(nodes, [*before, step, *mark], ends),
        num_scan_inputs=scanned,
        scan_input_axes=[1] * scanned,
        scan_output_axes=[1],
    )
    ended = g.Gather(outputs, g.constant(-1, dtype="int64"), axis=1) if mark and layer.zero_output_for_mask else last[0]
    return outputs, ended, last


def _advance_lstm(g: Writer, cell: Any, z: Value, h: Value, c: Value) -> list[str]:
    gates = g.Add(z, g.MatMul(h, cell.recurrent_kernel))
    i, f, new, o = g.Split(gates, outputs=4, axis=1, num_outputs=4)
    i, f, o = (activation(g, cell, cell.recurrent_activation, x) for x in (i, f, o))
    memory = g.Add(g.Mul(f, c), g.Mul(i, activation(g, cell, cell.activation, new)))
    return [g.Mul(o, activation(g, cell, cell.activation, memory)), memory]


def _advance_gru(g: Writer, cell: Any, z: Value, h: Value) -> list[str]:
    def gate(x: str, y: str) -> str:
        return activation(g, cell, cell.recurrent_activation, g.Add(x, y))

    x_z, x_r, x_n = g.Split(z, outputs=3, axis=1, num_outputs=3)
    if cell.reset_after:
        y = g.MatMul(h, cell.recurrent_kernel)
        y = y if cell.bias is None else g.Add(y, cell.bias.value[1])
        y_z, y_r, y_n = g.Split(y, outputs=3, axis=1, num_outputs=3)
        update, reset = gate(x_z, y_z), gate(x_r, y_r)
        candidate = g.Mul(reset, y_n)
    else:
        kernels = np.split(np.asarray(cell.recurrent_kernel.value), 3, -1)
        update, reset = gate(x_z, g.MatMul(h, kernels[0])), gate(x_r, g.MatMul(h, kernels[1]))
        candidate = g.MatMul(g.Mul(reset, h), kernels[2])
    new = activation(g, cell, cell.activation, g.Add(x_n, candidate))
    return [g.Add(g.Mul(update, h), g.Mul(g.Sub(1.0, update), new))]


def _advance_simple(g: Writer, cell: Any, z: Value, h: Value) -> list[str]:
    return [activation(g, cell, cell.activation, g.Add(z, g.MatMul(h, cell.recurrent_kernel)))]


_ADVANCE: dict[Any, Any] = {
    layers.LSTMCell: _advance_lstm,
    layers.GRUCell: _advance_gru,
    layers.SimpleRNNCell: _advance_simple,
}


@converts(layers.Bidirectional, masks=True)
def _both_ways(g: Writer, layer: Any, x: Value, initial_state: Any = None) -> Any:
    states, found = jax.tree.leaves(initial_state), []
    halves = states[: len(states) // 2], states[len(states) // 2 :]
    for one, half in zip((layer.forward_layer, layer.backward_layer), halves):
        if converter_of(one).write is not _recurrent:
            raise refused(one, "can't be run both ways there")
        with g.within(one.name):
            outputs = _recurrent(g, one, x, half or None)
        found.append(outputs if layer.return_state else (outputs,))
    (y, *forward), (back, *backward) = found
    back = _flipped(g, back) if layer.return_sequences else back
    if layer.merge_mode is None:
        return (y, back, *forward, *backward)
    if layer.merge_mode == "concat":
        merged = g.Concat(y, back, axis=2 if layer.return_sequences else 1)
    else:
        merged = g.Mul(y, back) if layer.merge_mode == "mul" else g.Add(y, back)
    merged = g.Mul(merged, 0.5) if layer.merge_mode == "ave" else merged
    return (merged, *forward, *backward)


@converts(layers.TimeDistributed, whole=True, masks=True)
def _each_step(g: Writer, layer: Any, x: Value) -> str:
    """All steps as one batch."""
    return _unfolded(g, x, _inside(g, layer, x)).name


@makes_mask(layers.TimeDistributed)
def _mask_of_steps(g: Writer, layer: Any, x: Value) -> Any:
    if not isinstance(x.mask, Value) or x.mask.rank == 2:
        return x.mask
    inner = _inside(g, layer, x).mask
    if inner is not None:
        return inner if inner is LOST else _unfolded(g, x, inner)
    marks = g.ReduceMax(g.cast(x.mask, "float32"), list(range(2, x.mask.rank)), keepdims=0)
    return Value(g.cast(marks, "bool"), x.shape[:2], "bool")


def _inside(g: Writer, layer: Any, x: Value) -> Value:
    """The output of the layer inside for all steps as one batch."""
    steps = mask(layer, x)
    if steps is not None and steps.rank == 2:
        if layer.layer.takes_mask:
            raise refused(layer, "gets a mask of steps that the layer inside would heed")
        steps = None
    folded = _folded(g, x)
    return write_layer(g, layer.layer, dataclasses.replace(folded, mask=steps and _folded(g, steps)))


def _folded(g: Writer, x: Value) -> Value:
    """`(batch, steps, ...)` as `(batch * steps, ...)`."""
    rest: Any = (g.sizes(x, 2),) if None in x.shape[2:] else x.shape[2:]
    return Value(g.reshape(x, -1, *rest), (None, *x.shape[2:]), x.dtype)


def _unfolded(g: Writer, x: Value, y: Value) -> Value:
    """`(batch * steps, ...)` with the first axes of `x`."""
    rest: Any = (g.sizes(y, 1),) if None in y.shape[1:] else y.shape[1:]
    return Value(g.reshape(y, g.sizes(x, 0, 2), *rest), (*x.shape[:2], *y.shape[1:]), y.dtype)
