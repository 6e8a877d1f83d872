"""How steps are driven: several a launch where they are short, one at a time otherwise.

Both ways give the same numbers, to the bit: a launch of one step and a launch of many run the
same compiled loop.
"""

import functools
import time
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

from .._core import context, machine
from .._core.variable import Variable, read, write
from ..data.sources import ArraySource, Rows, StreamSource
from .finite import MARK
from .step import Batch, State

Array = Any
Values = dict[str, Any]
Step = Callable[[Values, State, Batch], State]  # (what is only read, what is replaced, data) -> replaced
Compiled = Callable[[str, Callable[[], Any]], Any]  # makes a compiled function, once

RESIDENT_BYTES = 2 << 30  # the most data that is put on the device as a whole


class Cells(NamedTuple):
    """The variables that hold a run's state between launches, and those that it only reads."""

    params: dict[str, Variable]
    extras: dict[str, Variable]
    optimizer: dict[str, Variable]
    metrics: dict[str, Variable]
    fixed: dict[str, Variable]

    def read(self) -> State:
        """The state now."""
        return State(*map(read, self[:4]))

    def write(self, state: State) -> None:
        """Replace the state."""
        for cells, values in zip(self, state):
            write(cells, values)


class Traced:
    """A compiled function that knows whether the rows of its traces stand for themselves.

    A trace happens once for each form (structure, shapes, types) of the arguments, so what it met is kept by form.
    """

    def __init__(self, function: Callable[..., Any], donate: tuple[int, ...] = ()) -> None:
        self._met: dict[Any, bool] = {}

        def traced(*args: Any) -> Any:
            with context.call() as frame:
                result = function(*args)
            self._met[_form(args)] = not frame.rows_lost
            return result

        self.run = machine.jit(traced, donate_argnums=donate)

    def pads(self, *args: Any) -> bool:
        """Whether rows of padding stay without effect."""
        form = _form(args)
        if form not in self._met:
            self.run.trace(*args)
        return self._met[form]


def _form(args: tuple[Any, ...]) -> Any:
    leaves, tree = jax.tree.flatten(args)
    return tree, tuple((x.shape, x.dtype) for x in leaves)


class Pace:
    """How many steps make a launch of about `seconds`."""

    def __init__(self, seconds: float = 0.1, fixed: int | None = None) -> None:
        self.seconds = seconds
        self.fixed = fixed
        self.count = fixed or 1
        self._warm = False

    @property
    def words(self) -> str:
        """How many steps a launch has."""
        return {None: "several steps a launch", 1: "one step a launch"}.get(self.fixed, f"{self.fixed} steps a launch")

    def tell(self, steps: int, elapsed: float) -> None:
        """Learn from a launch; the first of all holds the compilation and says nothing."""
        if self.fixed is None and self._warm:
            fitting = int(self.seconds * steps / max(elapsed, 1e-9))
            self.count = max(1, min(fitting, 8 * self.count))
        self._warm = True


class Launch(NamedTuple):
    """Some steps in one call of the device: `run(fixed, state)` gives the state after them."""

    run: Callable[[Values, State], State]
    steps: int


class Driver:
    """The base of ways to drive a step over the batches of an epoch.

    Attributes:
        name: what it is called.
        reason: why it was chosen, in words.
    """

    name: str
    reason: str
    source: Any  # an ArraySource or a StreamSource
    _taken: int
    _recent: list[Batch]

    def epoch(self, number: int, start: int = 0) -> Iterator[Launch]:
        """The launches of an epoch, from the step `start` on."""
        raise NotImplementedError

    def wait(self, state: State, steps: int, began: float) -> Any:
        """Let the device catch up as far as the driver wants it to; the newest mark that is known, see `finite`."""
        raise NotImplementedError

    def batch(self, number: int, step: int) -> tuple[Batch | None, np.ndarray | None]:
        """The data of a step of an epoch, counted from 1, and their places among all rows; `None` where it is gone."""
        if not isinstance(self.source, ArraySource):
            at = step - 1 - (self._taken - len(self._recent))
            return (self._recent[at], None) if 0 <= at < len(self._recent) else (None, None)
        for rows in self.source.epoch(number, pad=False):
            if step <= rows.last - rows.first:
                places = rows.order[rows.first + step - 1]
                return self.source.take(places), places
            step -= rows.last - rows.first
        return None, None

    def _batches(self, number: int, start: int) -> Iterator[Batch]:
        """The batches of an epoch from the number `start` on; of a stream the last ones are kept."""
        self._taken, self._recent = start, []
        for batch in batches(self.source, number, start):
            if isinstance(self.source, StreamSource):
                self._taken, self._recent = self._taken + 1, [*self._recent[-3:], batch]
            yield batch


class Fused(Driver):
    """Data on the device; each launch runs as many steps as its time allows."""

    name = "fused"

    def __init__(
        self, step: Step, source: ArraySource, pace: Pace, compiled: Compiled, donate: tuple[int, ...]
    ) -> None:
        self.source, self.pace = source, pace
        self.reason = f"data on the device, {pace.words}"
        self.pad = True
        self.data = jax.device_put(source.data)
        self.launch: Traced = compiled("fused", lambda: Traced(functools.partial(run_steps, step), donate))

    def trial(self, cells: Cells) -> None:
        """Learn whether rows of padding stay without effect, by a trace of a launch."""
        order, valid = resident(next(self.source.epoch(0, True)))
        span = np.int32(0), np.int32(1)
        self.pad = self.launch.pads(read(cells.fixed), cells.read(), self.data, order, valid, *span)

    def epoch(self, number: int, start: int = 0) -> Iterator[Launch]:
        for rows in self.source.epoch(number, self.pad, start):
            order, valid = resident(rows)
            at = rows.first
            while at < rows.last:
                count = min(self.pace.count, rows.last - at)
                span = np.int32(at), np.int32(count)
                yield Launch(functools.partial(self._run, order, valid, span), count)
                at += count

    def _run(self, order: Array, valid: Array | None, span: tuple[Any, Any], fixed: Values, state: State) -> State:
        return self.launch.run(fixed, state, self.data, order, valid, *span)

    def wait(self, state: State, steps: int, began: float) -> Any:
        jax.block_until_ready(state.metrics)
        self.pace.tell(steps, time.perf_counter() - began)
        return state.metrics.get(MARK)


def resident(rows: Rows) -> Any:
    """Batches on the device; two at least, lest a loop over one be compiled into something that rounds otherwise."""
    order, valid = rows.order, rows.valid
    return jax.device_put(
        (order, valid) if len(order) > 1 else jax.tree.map(lambda a: np.repeat(a, 2, 0), (order, valid))
    )


def run_steps(
    step: Step, fixed: Values, state: State, data: Batch, order: Array, valid: Array | None, first: Array, count: Array
) -> State:
    """`count` steps from batch `first` on, or up to one at which they halt; how many is not compiled in."""

    def goes_on(at: tuple[Array, State]) -> Array:
        more = at[0] < first + count
        return more & (at[1].metrics[MARK] >= 0) if MARK in at[1].metrics else more

    def body(at: tuple[Array, State]) -> tuple[Array, State]:
        i, state = at
        places = jax.lax.dynamic_index_in_dim(order, i, keepdims=False)
        batch = jax.tree.map(lambda a: jnp.take(a, places, axis=0, mode="clip"), data)
        batch = batch._replace(rows=None if valid is None else real_rows(batch, valid[i]))
        return i + 1, step(fixed, state, batch)

    return jax.lax.while_loop(goes_on, body, (first, state))[1]


def real_rows(batch: Batch, count: Array) -> Array:
    """Which rows of a batch are real, if its first `count` ones are."""
    return jnp.arange(batch.size) < count


class Stepwise(Driver):
    """Batches from the host, one a launch; the host runs at most two ahead."""

    name = "stepwise"

    def __init__(
        self, step: Step, source: ArraySource | StreamSource, compiled: Compiled, donate: tuple[int, ...], reason: str
    ) -> None:
        self.source, self.reason = source, reason
        self.pad = False
        self.step: Traced = compiled("stepwise", lambda: Traced(functools.partial(with_token, step), donate))
        self._running: list[Any] = []
        self._size: int = source.first().size

    def trial(self, cells: Cells) -> None:
        """Learn whether rows of padding stay without effect, by a trace of a step, where there may be such rows."""
        if isinstance(self.source, StreamSource) or self.source.has_short_batch:
            batch = self._told(self.source.first(), self._size)
            self.pad = self.step.pads(read(cells.fixed), cells.read(), batch)

    def epoch(self, number: int, start: int = 0) -> Iterator[Launch]:
        for batch in self._batches(number, start):
            yield Launch(functools.partial(self._run, self._padded(batch)), 1)

    def _run(self, batch: Batch, fixed: Values, state: State) -> State:
        state, token = self.step.run(fixed, state, batch)
        self._running.append(token)
        return state

    def _padded(self, batch: Batch) -> Batch:
        """A short batch filled up to the size of the first one; all batches then say which rows are real."""
        missing = self._size - batch.size
        if not self.pad or missing < 0:
            return batch
        filled = jax.tree.map(lambda a: np.concatenate([a, np.repeat(a[:1], missing, 0)]), batch) if missing else batch
        return self._told(filled, batch.size)

    def _told(self, batch: Batch, count: int) -> Batch:
        return batch._replace(rows=np.arange(self._size) < count)

    def wait(self, state: State, steps: int, began: float) -> Any:
        if len(self._running) <= 2:
            return None
        token = jax.block_until_ready(self._running.pop(0))
        return token if MARK in state.metrics else None


class Eager(Driver):
    """Batches one by one, nothing compiled: for a debugger."""

    name = "eager"
    reason = "nothing is compiled, as asked"

    def __init__(self, step: Step, source: ArraySource | StreamSource) -> None:
        self.step, self.source = step, source

    def epoch(self, number: int, start: int = 0) -> Iterator[Launch]:
        for batch in self._batches(number, start):
            yield Launch(lambda fixed, state, batch=batch: self.step(fixed, state, batch), 1)  # type: ignore[misc]

    def wait(self, state: State, steps: int, began: float) -> Any:
        """There is nothing to wait for."""
        return state.metrics.get(MARK)


def batches(source: ArraySource | StreamSource, number: int, start: int = 0) -> Iterator[Batch]:
    """The batches of an epoch from the number `start` on, as long as they are."""
    if isinstance(source, StreamSource):
        for batch in source.epoch(number, start):
            yield jax.tree.map(_owned, batch)
    else:
        for rows in source.epoch(number, False, start):
            yield from map(source.take, rows.order[rows.first : rows.last])


def _owned(array: Array) -> Array:
    """A copy of an array of the user's, who may fill it with the next batch while the device still reads this one."""
    return array.copy() if isinstance(array, np.ndarray) else array


def with_token(step: Step, fixed: Values, state: State, batch: Batch) -> tuple[State, Array]:
    """A step, and a number that no later step deletes, by which the host can wait for it."""
    new = step(fixed, state, batch)
    return new, jnp.sum(new.metrics[MARK] if MARK in new.metrics else jax.tree.leaves(new.metrics)[0])
