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
    where,
)
from hypothesis import given, settings
from hypothesis import strategies as st

from laminax import metrics
from laminax._core import context


@dataclasses.dataclass(frozen=True, eq=False)
class MetricSample:
    """A metric that can be made, and the data of an epoch.

    Attributes:
        cls: the class.
        arguments: of the constructor.
        data: NumPy arrays `(samples, ...)`: `(values,)` or `(y_true, y_pred)`.
        masked: whether axis 1 holds steps, each with a value of its own.
        function: the function of the same name; `None` where it has none.
    """

    cls: type
    arguments: dict[str, Any]
    data: tuple[Any, ...]
    masked: bool = False
    function: Any = None

    def make(self, **more):
        return self.cls(**{**self.arguments, **more})

    @functools.cached_property
    def given(self):
        """The data as NumPy arrays, from which parts are taken without compiling anything."""
        return floats_as(self.data, "float32")

    @functools.cached_property
    def value(self):
        """The result for all data at once."""
        return result(self.make(), self.given)

    @property
    def size(self):
        return len(self.data[0])


def result(metric, *batches, weights=None):
    """The result after these batches."""
    for i, batch in enumerate(batches):
        metric.update_state(*batch, **({} if weights is None else {"sample_weight": weights[i]}))
    return np.asarray(metric.result())


def rows(sample, index):
    return tuple(x[index] for x in sample.given)


def check_any_split_is_the_same(sample):
    """The result is that of all samples, however they are cut into batches and in whatever order these come."""

    @settings(max_examples=6, deadline=None, derandomize=True, database=None)
    @given(st.permutations(range(sample.size)), st.sampled_from([(2, 4), (1, 2, 4), (2, 3)]))
    def any_split(order, cuts):
        parts = np.split(np.array(order), cuts)
        assert_close(result(sample.make(), *(rows(sample, part) for part in parts)), sample.value)

    any_split()


def check_reset(sample):
    """After a reset it is as new."""
    metric = sample.make()
    fresh = [v.numpy() for v in metric.variables]
    assert fresh
    result(metric, sample.given)
    assert any((a != v.numpy()).any() for a, v in zip(fresh, metric.variables))
    metric.reset_state()
    assert_same_bits([v.numpy() for v in metric.variables], fresh)
    assert_same_bits(result(metric, sample.given), sample.value)


def check_no_data(sample):
    """Before any data the result is a finite number."""
    assert np.isfinite(np.asarray(sample.make().result())).all()


def check_stateless_face(sample):
    """Pure functions of lists of values give what the object gives, and leave the object alone."""
    metric = sample.make()
    before = [v.value for v in metric.variables]
    state = metric.stateless_reset_state()
    for half in (slice(0, 2), slice(2, None)):
        state = metric.stateless_update_state(state, *rows(sample, half))
    assert_close(metric.stateless_result(state), sample.value)
    assert all(v.value is value for v, value in zip(metric.variables, before, strict=True))
    assert_same_bits(metric.stateless_reset_state(), before)


def check_update_within_jit(sample):
    """`zeros`, `update` and `compute` compile, keep types and shapes, and give the same."""
    metric = sample.make()
    state = jax.tree.map(jnp.asarray, metric.zeros())
    new = jax.jit(metric.update)(state, *sample.given)
    assert jax.tree.map(lambda x: (x.shape, x.dtype), new) == jax.tree.map(lambda x: (x.shape, x.dtype), state)
    assert_close(jax.jit(metric.compute)(new), sample.value)
    compiled = jax.jit(metric.stateless_update_state)(metric.stateless_reset_state(), *sample.given)
    assert_close(metric.stateless_result(compiled), sample.value)


def check_weights_are_repeats(sample):
    """A sample of weight 3 counts as three, one of weight 0 not at all."""
    weights = np.arange(sample.size) % 4
    repeated = rows(sample, np.repeat(np.arange(sample.size), weights))
    wanted = result(sample.make(), repeated)
    for w in (weights, weights.astype("float32"), weights[:, None].astype("float64")):
        assert_close(result(sample.make(), sample.given, weights=[w]), wanted)


def check_weight_of_zero(sample):
    """A sample of weight 0 adds nothing, whatever its values."""
    weights = np.ones(sample.size, "float32")
    weights[1] = 0
    *first, last = sample.given
    bad = last.copy()
    bad[1] = np.nan
    found = result(sample.make(), (*first, bad), weights=[weights])
    assert_close(found, result(sample.make(), sample.given, weights=[weights]))


def check_padding_rows_do_not_count(sample):
    """A batch that is padded with rows of nonsense counts as its real rows, also with weights."""
    real = np.arange(sample.size + 2) < sample.size
    *first, last = (np.concatenate([x, x[:2]]) for x in sample.given)
    last[sample.size :] = np.nan
    for weights in (None, np.linspace(0, 2, sample.size).astype("float32")):
        with context.call(rows=jnp.asarray(real)) as frame:
            longer = None if weights is None else [np.concatenate([weights, [3, 3]])]
            found = result(sample.make(), (*first, last), weights=longer)
        assert not frame.rows_lost
        assert_close(found, result(sample.make(), sample.given, weights=None if weights is None else [weights]))


@where(lambda sample: sample.masked)
def check_masked_steps_do_not_count(sample):
    """Steps that the mask of the output excludes count as if they were not there."""
    y_true, y_pred = sample.given
    mask = np.arange(y_pred.shape[0] * y_pred.shape[1]).reshape(y_pred.shape[:2]) % 3 > 0
    metric = sample.make()
    with context.call():
        junk = jnp.asarray(np.where(mask.reshape(mask.shape + (1,) * (y_pred.ndim - 2)), y_pred, np.float32(np.nan)))
        context.note(junk, mask=jnp.asarray(mask))
        metric.update_state(y_true, junk)
    assert_close(np.asarray(metric.result()), result(sample.make(), (y_true[mask], y_pred[mask])))


def check_config(sample):
    """A metric made from a config has that config and the same result."""
    for metric in (sample.make(), sample.make(name="mine", dtype="float32")):
        assert_same_bits(result(from_json(metric), sample.given), sample.value)
        twin = metrics.get(metrics.serialize(metric))
        assert type(twin) is sample.cls
        assert twin.name == metric.name
        assert_same_bits(result(twin, sample.given), sample.value)


def check_words(sample):
    check_repr(sample.make())
    if sample.cls is not metrics.MeanMetricWrapper:  # any other argument is the function's
        check_unknown_argument(sample.make, "name")
    assert sample.cls.direction in ("up", "down", None)


@where(lambda sample: not {*sample.arguments} & {"fn", "num_labels"})
def check_names(sample):
    """The class is found by its names, and its function gives it."""
    for found in (metrics.get(sample.cls), metrics.get(sample.cls.__name__), metrics.resolve(sample.cls.__name__)):
        assert type(found) is sample.cls
    if sample.function is not None:
        assert metrics.get(sample.function.__name__) is sample.function
        found = metrics.resolve(sample.function.__name__)
        assert type(found) is sample.cls
        assert found.name == sample.function.__name__


def check_types_of_inputs(sample):
    """Short floats, 64-bit numbers of NumPy and integers are computed in float32."""
    *first, last = sample.data
    for convert in (lambda x: x, lambda x: jnp.asarray(x, "float32")):
        metric = sample.make()
        metric.update_state(*first, convert(last))
        assert all(v.dtype == "float32" for v in metric.variables)
        assert_close(np.asarray(metric.result()), sample.value)
    for dtype in ("bfloat16", "float16"):
        short = jnp.asarray(sample.given[-1], dtype)
        found = result(sample.make(), (*first, short))
        assert found.dtype == "float32"
        assert_close(found, result(sample.make(), (*first, short.astype("float32"))), 5e-3)


def check_float64(sample):
    """With `dtype="float64"` state and result are of that type."""
    with policy("float64"):
        metric = sample.make(dtype="float64")
        metric.update_state(*arrays(sample.data, "float64"))
        assert all(v.dtype == "float64" for v in metric.variables)
        assert metric.result().dtype == "float64"
        assert_close(as_numpy(metric.result()).astype("float32"), sample.value)


@where(lambda sample: sample.function is not None)
def check_function_is_the_mean(sample):
    """The mean of the function of the same name is the metric."""
    values = sample.function(*sample.given)
    assert is_float(values)
    assert_close(np.asarray(values).mean(), sample.value)


CHECKS = [
    function
    for name, function in list(globals().items())
    if name.startswith("check_") and function.__module__ == __name__
]
