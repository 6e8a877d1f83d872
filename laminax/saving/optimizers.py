"""In which order Keras keeps the variables of an optimizer.

First the count of steps and the learning rate, then the moving averages of all parameters, then their accumulated
gradients, then what the optimizer remembers of each: parameter by parameter, or, for some, one thing for all parameters
and then the next. Of optimizers inside another one all this follows, and is kept once more on its own.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import jax
import numpy as np

from .._core.config import snake_case
from .._core.holder import partition
from .._core.variable import Variable
from ..optimizers import Adafactor, LossScaleOptimizer, MultiOptimizer, Optimizer
from .hdf5 import Dataset, Group
from .restore import Restoring

# What is remembered, in blocks: all parameters' values of the first, then all parameters' values of the next.
_BLOCKS = {
    "RMSprop": (("velocity",), ("momentum",), ("average_gradient",)),
    "Adam": (("momentum", "velocity"), ("velocity_hat",)),
    "AdamW": (("momentum", "velocity"), ("velocity_hat",)),
    "Adafactor": (("r", "c", "velocity"),),
}
_COUNT, _RATE = np.int32(0), np.float32(0)  # of an optimizer around others, which Keras keeps and never moves
_FIRST = ("iterations", "learning_rate")

Entry = str | np.ndarray | np.generic  # a key of the optimizer's state, or what stands where it has nothing
Params = Mapping[str, Any]


def entries(optimizer: Optimizer, keys: Sequence[str], params: Params) -> list[Entry]:
    """Keys of an optimizer's state in Keras's order.

    Args:
        optimizer: the optimizer.
        keys: all of its state's keys.
        params: the parameters by path, in Keras's order.
    """
    if isinstance(optimizer, LossScaleOptimizer):
        return [_COUNT, _RATE, "step_counter", "dynamic_scale", *entries(optimizer.inner_optimizer, keys, params)]
    if isinstance(optimizer, MultiOptimizer):
        found: list[Entry] = ["iterations", _RATE]
        for at, part, group in _parts(optimizer, params):
            inner = entries(part, [key.removeprefix(at) for key in keys if key.startswith(at)], group)
            found += [at + entry if isinstance(entry, str) else entry for entry in inner]
        return found
    if optimizer.moves_variables:  # written for Keras, whose order is that of making
        return list(keys)
    return _entries(optimizer, keys, params)


def _parts(optimizer: MultiOptimizer, params: Params) -> Iterator[tuple[str, Optimizer, dict[str, Any]]]:
    """The prefix of its keys, and the parameters, of each of several optimizers."""
    groups = {at: group for at, _, group in optimizer._groups(params)}
    for i, part in enumerate(optimizer.optimizers):
        yield f"{i}/", part, groups.get(f"{i}/", {})


def _entries(optimizer: Optimizer, keys: Sequence[str], params: Params) -> list[Entry]:
    found: list[Entry] = [key for key in _FIRST if key in keys]
    for kind in ("average", "accumulated"):
        found += [f"{kind}/{path}" for path in params if f"{kind}/{path}" in keys]
    slots = {path: _slots(path, keys) for path in params}
    names = tuple(dict.fromkeys(name for own in slots.values() for name in own))
    for block in _BLOCKS.get(type(optimizer).__name__, (names,)):
        for path, own in slots.items():
            for name in block:
                found += [f"{path}/{name}"] if name in own else _filler(optimizer, name, params[path])
    return found + [key for key in keys if "/" not in key and key not in (*_FIRST, "step_counter", "dynamic_scale")]


def _slots(path: str, keys: Sequence[str]) -> list[str]:
    """The names of what is remembered of a parameter."""
    return [key[len(path) + 1 :] for key in keys if key.startswith(f"{path}/") and "/" not in key[len(path) + 1 :]]


def _filler(optimizer: Optimizer, name: str, param: Any) -> list[Entry]:
    """What Keras's Adafactor keeps where it remembers nothing; others keep nothing."""
    if not isinstance(optimizer, Adafactor):
        return []
    return [np.zeros(param.shape, param.dtype) if name == "velocity" else np.int32(0)]


def state(optimizer: Optimizer, params: Mapping[str, Variable]) -> list[Any]:
    """The values that Keras would keep, in its order."""
    cells = optimizer._cells
    return [cells[e].value if isinstance(e, str) else e for e in entries(optimizer, list(cells), params)]


def shapes(optimizer: Optimizer, params: Mapping[str, Variable]) -> list[tuple[Entry, tuple[int, ...]]]:
    """Keys and shapes that the state for these parameters would have, without making it."""
    described = {path: jax.ShapeDtypeStruct(v.shape, v.dtype) for path, v in params.items()}
    order = list(optimizer._cells)  # which JAX does not keep

    def fresh(values: Params) -> dict[str, Any]:
        made = optimizer.fresh(values)
        order.extend(key for key in made if key not in order)
        return made

    state = {**optimizer._cells, **(jax.eval_shape(fresh, described) if params else {})}
    known = {key: state[key].shape for key in order}
    return [(e, known[e] if isinstance(e, str) else np.shape(e)) for e in entries(optimizer, list(known), params)]


# Of a model.


def optimizer_arrays(model: Any) -> dict[str, Any]:
    """What Keras keeps of a model's optimizer, by path."""
    found: dict[str, Any] = {}
    for path, optimizer, params in _kept(model.optimizer, _params(model) if model.optimizer.built else {}):
        found.update({f"{path}/vars/{i}": value for i, value in enumerate(state(optimizer, params))})
    return found


def _kept(optimizer: Optimizer, params: dict[str, Any]) -> Iterator[tuple[str, Optimizer, dict[str, Any]]]:
    """An optimizer and those inside: where Keras keeps each, and what each moves."""
    yield "optimizer", optimizer, params
    if isinstance(optimizer, LossScaleOptimizer):
        for path, inner, own in _kept(optimizer.inner_optimizer, params):
            yield path.replace("optimizer", "optimizer/inner_optimizer", 1), inner, own
    elif isinstance(optimizer, MultiOptimizer):
        used: dict[str, int] = {}
        for _, part, group in _parts(optimizer, params):
            name = snake_case(type(part).__name__)
            count = used[name] = used.get(name, -1) + 1
            yield f"optimizer/optimizers/{name}{f'_{count}' if count else ''}", part, group


def _params(model: Any) -> dict[str, Variable]:
    """The parameters that are trained, by the paths that the optimizer has for them, in Keras's order."""
    known = {id(variable): path for path, variable in model.optimizer._params.items()}
    return {known.get(id(v), path): v for path, v in partition(model)[0].items()}


def match_optimizer(model: Any, found: Group, restoring: Restoring) -> None:
    """Match the state of a model's optimizer with a file's; where that does not fit, say so and leave it out."""
    optimizer, group = getattr(model, "optimizer", None), found.at("optimizer/vars")
    if not isinstance(optimizer, Optimizer) or not isinstance(group, Group) or not group:
        return
    params = _params(model)
    if optimizer.moves_variables:
        optimizer.cells(params)
    wanted, head = shapes(optimizer, params), shapes(optimizer, {})
    stored = [group.get(str(i)) for i in range(len(group))]
    if len(stored) == len(head) != len(wanted):  # saved before the first step
        wanted, params = head, {}
    fits = len(stored) == len(wanted) and all(
        isinstance(item, Dataset) and item.shape == shape for item, (_, shape) in zip(stored, wanted)
    )
    if not fits:
        restoring.report.warn(
            f"the state of the optimizer is not restored: it has {len(stored)} variables, the model's "
            f"{type(optimizer).__name__} {len(wanted)}, or they differ in shape."
        )
        return
    if params:
        optimizer.cells(params)
    for i, (entry, _) in enumerate(wanted):
        if isinstance(entry, str):
            restoring.match(f"optimizer/vars/{i}", optimizer._cells[entry], stored[i])
            restoring.report.optimizer += 1
