"""One step of training, evaluation or prediction: pure functions of values."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import jax

from .._core import context
from .._core.pure import running
from .._core.variable import Variable, holding, read
from ..optimizers.stateful import constrain
from . import finite

Array = Any
Values = dict[str, Array]


class State(NamedTuple):
    """All that a step of training reads and replaces, by path."""

    params: Values  # moved by the gradient
    extras: Values  # changed by the forward pass: running means, seeds
    optimizer: Values
    metrics: Values


class Batch(NamedTuple):
    """What a step is given."""

    x: Any  # in the structure that the model takes
    y: Any  # targets and weights as the user gave them
    weight: Any
    rows: Array | None = None  # which rows are real; `None` if all are

    @property
    def size(self) -> int:
        """The number of rows, real or not."""
        return int(jax.tree.leaves(self.x)[0].shape[0])


class Program(NamedTuple):
    """What a step runs."""

    model: Callable[..., Any]
    params: Mapping[str, Variable]
    extras: Mapping[str, Variable]
    objective: Any  # an Objective
    scores: Any  # Scores
    optimizer: Any  # an Optimizer
    on_nonfinite: str = "ignore"  # what becomes of a step whose gradients are not finite


def train_step(program: Program, fixed: Values, state: State, batch: Batch) -> State:
    """One step down the gradient of the mean loss. Nothing is `fixed`: all of the state may move."""
    total, grads, ahead, extras, metrics = gradients(program, state, batch)

    def update(grads: Values) -> tuple[Values, Values]:
        params, optimizer = program.optimizer.advance(state.optimizer, grads, ahead)
        return constrain(program.params, program.optimizer.settled(params, optimizer)), optimizer

    if program.on_nonfinite == "ignore":
        params, optimizer = update(grads)
        return State(params, extras, optimizer, metrics)
    forward = state._replace(extras=extras, metrics=metrics)
    forgiven = program.optimizer.forgives(state.optimizer)
    return finite.guarded(program.on_nonfinite, update, total, grads, forward, state, forgiven)


def gradients(program: Program, state: State, batch: Batch) -> tuple[Array, Values, Values, Values, Values]:
    """The total, its gradients, where they were taken, and the extras and metrics after the forward pass."""

    def loss(params: Values) -> tuple[Array, tuple[Array, Values, Values]]:
        with running({**program.params, **program.extras}, {**params, **state.extras}, True, batch.rows):
            y_pred = program.model(batch.x)
            total, losses = program.objective(batch, y_pred)
            metrics = program.scores.update(state.metrics, batch, _detached(y_pred), losses)
            return program.optimizer.scale_loss(total, state.optimizer), (total, read(program.extras), metrics)

    ahead = program.optimizer.ahead(state.params, state.optimizer)
    grads, (total, extras, metrics) = jax.grad(loss, has_aux=True)(ahead)
    return total, grads, ahead, extras, metrics


def test_step(program: Program, params: Values, state: State, batch: Batch) -> State:
    """Metrics after one more batch. The parameters are only read."""
    with running({**program.params, **program.extras}, {**params, **state.extras}, False, batch.rows):
        y_pred = program.model(batch.x)
        _, losses = program.objective(batch, y_pred)
        metrics = program.scores.update(state.metrics, batch, y_pred, losses)
        return state._replace(extras=read(program.extras), metrics=metrics)


def predict_step(program: Program, params: Values, extras: Values, x: Any) -> tuple[Any, Values]:
    """Outputs, and the extras that the forward pass changed."""
    with running({**program.params, **program.extras}, {**params, **extras}, False):
        outputs = program.model(x)
        return outputs, {path: v for path, v in read(program.extras).items() if v is not extras[path]}


def results(program: Program, metrics: Values) -> Values:
    """The numbers that the metrics stand at."""
    with holding(program.scores.cells, metrics):
        return program.scores.results()


def _detached(tree: Any) -> Any:
    """Outputs through which no gradient flows, with what is known of them."""

    def detach(x: Array) -> Array:
        y = jax.lax.stop_gradient(x)
        context.carry(x, y, jax.lax.stop_gradient)
        return y

    return jax.tree.map(detach, tree)
