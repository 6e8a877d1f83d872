"""What every metric keeps, each property its own function of a sample."""

import dataclasses
import functools
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from contract import (
    arrays,
    as_numpy,
    assert_close,
    assert_same_bits,
    check_repr,
    check_unknown_argument,
    floats_as,
    from_json,
    is_float,
    policy,
    quick_jit,
    where,
)
from hypothesis import given, settings
from hypothesis import strategies as st

from laminax import metrics
from laminax._core import context

NEEDED = {"fn", "num_labels", "num_classes", "precision", "recall", "sensitivity", "specificity"}  # no defaults
ROOM = 8  # rows of the batches of compiled updates


@dataclasses.dataclass(frozen=True, eq=False)
class MetricSample:
    """A metric that can be made, and the data of an epoch.

    Attributes:
        cls: the class.
        arguments: of the constructor.
        data: NumPy arrays `(samples, ...)`: `(values,)` or `(y_true, y_pred)`.
        masked: whether axis 1 holds steps, each with a value of its own.
        function: the function of the same name; `None` where it has none.
        dtype: the type of the state.
    """

    cls: type
    arguments: dict[str, Any]
    data: tuple[Any, ...]
    masked: bool = False
    function: Any = None
    dtype: str = "float32"

    def make(self, **more):
        return self.cls(**{**self.arguments, **more})

    def made(self):
        """A metric that knows how large its state is, and whose pure functions are compiled once for all of them."""
        metric = self.make()
        if not metric.built:
            metric.build(*self.given)
        metric.update, metric.compute = self.programs
        return metric

    @functools.cached_property
    def metric(self):
        """A metric that knows how large its state is, for its pure functions."""
        metric = self.make()
        if not metric.built:
            metric.build(*self.given)
        return metric

    @functools.cached_property
    def programs(self):
        return quick_jit(self.metric.update), quick_jit(self.metric.compute)

    @functools.cached_property
    def given(self):
        """The data as NumPy arrays, from which parts are taken without compiling anything."""
        return floats_as(self.data, "float32")

    @functools.cached_property
    def value(self):
        """The result for all data at once."""
        return result(self.made(), self.given)

    @property
    def size(self):
        return len(self.data[0])

    @functools.cached_property
    def update(self):
        """`update` on a batch of 8 rows, of which some are real; compiled once, for many checks."""

        def update(state, data, real, weights):
            forms = [None] if weights is None else [weights, weights[:, None].astype("int32")]
            with context.call(rows=real) as frame:
                found = [self.metric.update(state, *data, sample_weight=w) for w in forms]
            assert not frame.rows_lost
            return found

        return quick_jit(update)


def result(metric, *batches):
    """The result after these batches."""
    for batch in batches:
        metric.update_state(*batch)
    return np.asarray(metric.result())


def compiled(sample, *batches, weights=None):
    """The result after these batches, each filled up with rows of nonsense; weights of whole numbers in two forms."""
    state = sample.metric.zeros()
    for i, batch in enumerate(batches):
        fill = ROOM - len(batch[0])
        *first, last = (np.concatenate([x, np.repeat(sample.given[k][:1], fill, 0)]) for k, x in enumerate(batch))
        if is_float(last):
            last[ROOM - fill :] = np.nan
        given = None if weights is None else np.concatenate([weights[i], np.full(fill, 3, weights[i].dtype)])
        states = sample.update(state, (*first, last), np.arange(ROOM) < ROOM - fill, given)
        state = states[0]
        for other in states[1:]:
            assert_close(other, state)
    return np.asarray(sample.programs[1](state))


def rows(sample, index):
    return tuple(x[index] for x in sample.given)


def check_any_split_is_the_same(sample):
    """The result is that of all samples, however they are cut into batches and in whatever order these come."""

    @settings(max_examples=12, deadline=None, derandomize=True, database=None)
    @given(st.permutations(range(sample.size)), st.lists(st.integers(0, sample.size), max_size=4))
    def any_split(order, cuts):
        parts = np.split(np.array(order), sorted(cuts))
        assert_close(compiled(sample, *(rows(sample, part) for part in parts)), sample.value)

    any_split()


def check_reset(sample):
    """After a reset it is as new."""
    metric = sample.made()
    fresh = [v.numpy() for v in metric.variables]
    assert fresh
    result(metric, sample.given)
    assert any((a != v.numpy()).any() for a, v in zip(fresh, metric.variables))
    metric.reset_state()
    assert_same_bits([v.numpy() for v in metric.variables], fresh)
    assert_same_bits(result(metric, sample.given), sample.value)


def check_no_data(sample):
    """Before any data the result is a finite number."""
    assert np.isfinite(np.asarray(sample.made().result())).all()
    if not sample.make().built:
        assert np.isfinite(np.asarray(sample.make().result())).all()


def check_stateless_face(sample):
    """Pure functions of lists of values give what the object gives, and leave the object alone."""
    metric = sample.made()
    before = [v.value for v in metric.variables]
    state = metric.stateless_reset_state()
    for half in (slice(0, 3), slice(3, None)):
        state = metric.stateless_update_state(state, *rows(sample, half))
    assert_close(np.asarray(metric.stateless_result(state)), sample.value)
    assert all(v.value is value for v, value in zip(metric.variables, before, strict=True))
    assert_same_bits(metric.stateless_reset_state(), before)


def check_update_keeps_types_and_shapes(sample):
    state = sample.metric.zeros()
    new = jax.eval_shape(sample.metric.update, state, *sample.given)
    assert jax.tree.map(lambda x: (x.shape, x.dtype), new) == jax.tree.map(lambda x: (x.shape, x.dtype), state)
    assert all(x.dtype == sample.dtype for x in state.values())


def check_weights_are_repeats(sample):
    """A sample of weight 3 counts as three, one of weight 0 not at all, whatever its values."""
    weights = np.arange(sample.size) % 4
    wanted = compiled(sample, rows(sample, np.repeat(np.arange(sample.size), weights)))
    *first, last = sample.given
    bad = last.copy()
    if is_float(bad):
        bad[weights == 0] = np.nan
    for y_pred in (last, bad):
        assert_close(compiled(sample, (*first, y_pred), weights=[weights.astype(sample.dtype)]), wanted)


@where(lambda sample: sample.masked)
def check_masked_steps_do_not_count(sample):
    """Steps that the mask of the output excludes count as if they were not there."""
    y_true, y_pred = sample.given
    mask = np.arange(y_pred.shape[0] * y_pred.shape[1]).reshape(y_pred.shape[:2]) % 3 > 0
    junk = np.where(mask.reshape(mask.shape + (1,) * (y_pred.ndim - 2)), y_pred, np.float32(np.nan))
    update, zeros = sample.metric.update, sample.metric.zeros()

    def both(junk):
        with context.call():
            context.note(junk, mask=jnp.asarray(mask))
            return update(zeros, y_true, junk), update(zeros, y_true[mask], y_pred[mask])

    assert_close(*map(sample.programs[1], quick_jit(both)(junk)))


def check_config(sample):
    """A metric made from a config has that config."""
    for metric in (sample.make(), sample.make(name="mine", dtype=sample.dtype)):
        data = metrics.serialize(metric)
        for twin in (from_json(metric), metrics.get(data), metrics.deserialize(data)):
            assert type(twin) is sample.cls
            assert twin.name == metric.name
            assert twin.get_config() == metric.get_config()


def check_words(sample):
    check_repr(sample.make())
    if sample.cls is not metrics.MeanMetricWrapper:  # any other argument is the function's
        check_unknown_argument(sample.make, "name")
    assert sample.cls.direction in ("up", "down", None)


@where(lambda sample: not {*sample.arguments} & NEEDED)
def check_names(sample):
    """The class is found by its names, and its function gives it."""
    for found in (metrics.get(sample.cls), metrics.get(sample.cls.__name__), metrics.resolve(sample.cls.__name__)):
        assert type(found) is sample.cls
    if sample.function is not None:
        name = sample.function.__name__
        assert type(metrics.get(name)) is sample.cls
        assert type(metrics.resolve(sample.function)) is sample.cls
        assert metrics.resolve(name).name == name


def check_types_of_inputs(sample):
    """Short floats, 64-bit numbers of NumPy and integers are computed in the type of the metric."""
    *first, last = sample.data
    for convert in (lambda x: x, lambda x: jnp.asarray(x, "float32") if is_float(x) else jnp.asarray(x)):
        metric = sample.made()
        metric.update_state(*first, convert(last))
        assert all(v.dtype == sample.dtype for v in metric.variables)
        assert_close(np.asarray(metric.result()), sample.value)
    if is_float(last):
        update = functools.partial(sample.programs[0], sample.metric.zeros(), *sample.given[:-1])
        short = jnp.asarray(sample.given[-1], "bfloat16")
        assert_close(update(short), update(short.astype("float32")))


@where(lambda sample: sample.dtype == "float32")
def check_float64(sample):
    """With `dtype="float64"` state and result are of that type."""
    with policy("float64"):
        metric, data = sample.make(dtype="float64"), arrays(sample.data, "float64")
        if not metric.built:
            metric.build(*data)
        run = quick_jit(lambda data: (state := metric.update(metric.zeros(), *data), metric.compute(state)))
        state, value = run(data)
        assert all(x.dtype == "float64" for x in (*state.values(), value))
        assert_close(as_numpy(value).astype("float32"), sample.value)


@where(lambda sample: sample.function is not None)
def check_function_is_the_mean(sample):
    """The mean of the function of the same name is the metric."""
    values = quick_jit(lambda *given: sample.function(*given, **sample.arguments))(*sample.given)
    assert is_float(values)
    assert_close(np.asarray(values).mean(), sample.value)


CHECKS = [
    function
    for name, function in list(globals().items())
    if name.startswith("check_") and function.__module__ == __name__
]
