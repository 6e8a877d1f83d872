"""Steps that a model defines itself, by overriding `train_step` or `test_step`.

Their form is Keras's: `(state, data) -> (logs, state)`, where `state` holds lists of arrays: trainable and
non-trainable variables, those of the optimizer (in training), and those of the metrics, in the order of the model's
properties. `data` is `(x, y)` or `(x, y, sample_weight)`, as the user gave them. They are traced and compiled as the
built-in ones are.
"""

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from .._core import context
from .._core.holder import variables
from .._core.variable import Variable, holding, read
from .step import Batch, Program, State, results, test_step, train_step

Array = Any
Values = dict[str, Array]
Lists = tuple[list[Array], ...]


class OwnScores:
    """What a step of the model's own keeps and logs: its metrics' variables, and its last logs.

    Args:
        metrics: the model's metrics.
        logs: the shapes of its logs by name.
    """

    def __init__(self, metrics: list[Any], logs: dict[str, tuple[int, ...]]) -> None:
        self.metrics = metrics
        self.names = list(logs)
        self.means: dict[str, Any] = {}
        self.tracked: dict[str, Variable] = {}
        for i, metric in enumerate(metrics):
            self.tracked.update({f"{i}/{metric.name}/{path}": v for path, v in variables(metric).items()})
        self.logged = {f"logs/{k}": Variable(np.zeros(s, "float32"), trainable=False, name=k) for k, s in logs.items()}
        self.cells = {**self.tracked, **self.logged}

    def zeros(self) -> Values:
        """The state before any data."""
        for metric in self.metrics:
            metric.reset_state()
        return {key: jnp.zeros_like(v) if key in self.logged else v for key, v in read(self.cells).items()}

    def results(self) -> Values:
        """The logs of the last step."""
        return {name: self.logged[f"logs/{name}"].value for name in self.names}


class OwnStep:
    """A model's own step, in the form that drivers take.

    Args:
        kind: `"train"` or `"test"`; the state of the latter holds nothing of the optimizer.
        step: `(state, data) -> (logs, state)`.
        program: what the step runs.
    """

    def __init__(self, kind: str, step: Any, program: Program) -> None:
        self.kind, self.step, self.program = kind, step, program

    def __call__(self, fixed: Values, state: State, batch: Batch) -> State:
        context.lose_rows()
        logs, new = self._run(state._replace(params=fixed or state.params), batch)
        params, extras, optimizer, metrics = (dict(zip(keys, part)) for keys, part in zip(self._keys(), new))
        names = self.program.scores.names
        shown = {f"logs/{name}": jnp.asarray(logs[name], "float32") for name in names}
        return State({} if fixed else params, extras, optimizer, {**metrics, **shown})

    def logs(self, state: State, batch: Batch) -> dict[str, tuple[int, ...]]:
        """The shapes of the logs that the step gives, by name; nothing is computed."""
        found: dict[str, tuple[int, ...]] = {}
        jax.eval_shape(
            lambda s, b: found.update({k: jnp.shape(v) for k, v in self._run(s, b)[0].items()}), state, batch
        )
        return found

    def _run(self, state: State, batch: Batch) -> tuple[Values, Lists]:
        """Logs and state after the step. While it runs, the variables hold the state, for whoever reads them."""
        program, train = self.program, self.kind == "train"
        lists = tuple([values[key] for key in keys] for keys, values in zip(self._keys(), state))
        slots = program.optimizer.cells(program.params) if train else {}
        weights = {**program.params, **program.extras}, {**state.params, **state.extras}
        with holding(*weights), holding(slots, state.optimizer if train else {}):
            returned = self.step(lists if train else (*lists[:2], lists[3]), _data(batch))
        return self._checked(returned)

    def _keys(self) -> tuple[list[str], ...]:
        """The paths behind the lists, in the order of the model's properties; JAX sorts the keys of dicts."""
        slots = slot_paths(self.program) if self.kind == "train" else []
        return list(self.program.params), list(self.program.extras), slots, list(self.program.scores.tracked)

    def _checked(self, returned: Any) -> tuple[Values, Lists]:
        wanted = [len(keys) for i, keys in enumerate(self._keys()) if self.kind == "train" or i != 2]
        logs, new = returned if isinstance(returned, tuple) and len(returned) == 2 else (None, None)
        if not isinstance(logs, dict) or not isinstance(new, (tuple, list)) or list(map(len, new)) != wanted:
            raise ValueError(
                f"{self.kind}_step must return (logs, state): a dict, and {len(wanted)} lists of "
                f"{', '.join(map(str, wanted))} arrays, as it was given."
            )
        return logs, tuple(new) if self.kind == "train" else (new[0], new[1], [], new[2])


def slot_paths(program: Program) -> list[str]:
    """The paths of the optimizer's variables, in the order of `optimizer.variables`."""
    used = program.optimizer.cells(program.params)
    return [path for path in program.optimizer.paths if path in used]


def default_step(
    kind: str, program: Program, metrics: list[Variable], lists: Any, batch: Batch
) -> tuple[Values, Lists]:
    """The built-in step, in the form of a model's own.

    Args:
        kind: `"train"` or `"test"`.
        program: the built-in step's program.
        metrics: the variables behind the last of the lists.
        lists: the state.
        batch: the data.
    """
    known = {id(variable): value for variable, value in zip(metrics, lists[-1])}
    scores = {key: known.get(id(variable), variable.value) for key, variable in program.scores.cells.items()}
    params, extras = (dict(zip(cells, part)) for cells, part in zip((program.params, program.extras), lists))
    if kind == "train":
        optimizer = dict(zip(slot_paths(program), lists[2]))
        new = train_step(program, {}, State(params, extras, optimizer, scores), batch)
        parts = [[new.params[key] for key in params], [new.extras[key] for key in extras]]
        parts.append([new.optimizer[key] for key in optimizer])
    else:
        new = test_step(program, params, State({}, extras, {}, scores), batch)
        parts = [lists[0], [new.extras[key] for key in extras]]
    known.update({id(variable): new.metrics[key] for key, variable in program.scores.cells.items()})
    return results(program, new.metrics), (*parts, [known[id(variable)] for variable in metrics])


def _data(batch: Batch) -> tuple[Any, ...]:
    return (batch.x, batch.y) if batch.weight is None else (batch.x, batch.y, batch.weight)
