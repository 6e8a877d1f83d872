"""What every loss keeps, each property its own function of a sample."""

import dataclasses
import functools
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from contract import (
    arrays,
    assert_close,
    assert_finite,
    assert_same_bits,
    check_gradient,
    check_repr,
    check_unknown_argument,
    floats_as,
    from_json,
    policy,
    quick_jit,
    where,
)

from laminax import losses
from laminax._core import context

SCALARS = ("sum_over_batch_size", "sum", "mean_with_sample_weight")


@dataclasses.dataclass(frozen=True, eq=False)
class LossSample:
    """A loss that can be made, with targets and outputs (batch, ...).

    Attributes:
        cls: the class.
        arguments: of the constructor.
        y_true, y_pred: NumPy arrays.
        masked: whether axis 1 holds steps, each with a loss of its own.
        function: the function of the same name, which takes the same arguments; `None` where it is in another sample.
        others: targets of other types that mean the same.
        counted: which values count, where the arguments leave some out.
        alone: whether a row's value is its own, whatever the other rows are.
    """

    cls: type
    arguments: dict[str, Any]
    y_true: Any
    y_pred: Any
    masked: bool = False
    function: Any = None
    others: tuple[Any, ...] = ()
    counted: Any = True
    alone: bool = True

    def make(self, **more):
        return self.cls(**{**self.arguments, **more})

    @functools.cached_property
    def bare(self):
        """NumPy arrays, from which others are made without compiling anything."""
        return floats_as((self.y_true, self.y_pred), "float32")

    @functools.cached_property
    def given(self):
        return arrays((self.y_true, self.y_pred))

    @functools.cached_property
    def values(self):
        """One value a sample (or step)."""
        values = self.make(reduction=None)(*self.given)
        assert values.dtype == "float32"
        return np.asarray(values)

    @functools.cached_property
    def slope(self):
        """`(sum over the reductions, each of them), gradient` for targets, outputs and weights: for several checks."""

        def total(y_pred, y_true, weights):
            losses = reduced(self, (y_true, y_pred), [weights])
            return sum(losses), losses

        return quick_jit(jax.value_and_grad(total, has_aux=True))


def weights_for(values, ndim=1):
    return np.linspace(0.5, 2, int(np.prod(values.shape[:ndim]))).reshape(values.shape[:ndim]).astype("float32")


def wide(weights, values):
    return weights.reshape(weights.shape + (1,) * (values.ndim - weights.ndim))


def reduced(sample, given, weights, **more):
    """The loss by each reduction, and by each of the weights, compiled as one."""
    return [sample.make(reduction=reduction, **more)(*given, w) for reduction in SCALARS for w in weights]


def check_reductions(sample):
    """Sum and mean of the values that count, in float32."""
    values = sample.values
    assert values.shape[0] == sample.y_pred.shape[0]
    count = np.broadcast_to(sample.counted, values.shape).sum()
    mean = values.sum() / count
    wanted = {
        "sum": values.sum(),
        "none": values,
        "sum_over_batch_size": mean,
        "mean": mean,
        "mean_with_sample_weight": mean,
    }
    found = quick_jit(lambda *given: {r: sample.make(reduction=r)(*given) for r in wanted})(*sample.given)
    assert_close(found, wanted)
    with pytest.raises(ValueError, match=r"Invalid value for argument reduction: 'summ'\. Did you mean 'sum'"):
        sample.make(reduction="summ")


def check_sample_weights(sample):
    """Weights multiply values; they divide only under `"mean_with_sample_weight"`."""
    values, counted = sample.values, np.broadcast_to(sample.counted, sample.values.shape)
    forms, wanted = [], []
    for ndim in range(1, values.ndim + 1):
        weights = weights_for(values, ndim)
        full = np.broadcast_to(wide(weights, values), values.shape) * counted
        total = (values * full).sum()
        forms += [weights, weights[..., None]]
        wanted += 2 * [[total / counted.sum(), total, total / full.sum(), values * full]]
    reductions = [sample.make(reduction=reduction) for reduction in (*SCALARS, None)]
    found = quick_jit(lambda given, forms: [[loss(*given, w) for loss in reductions] for w in forms])
    assert_close(found(sample.given, forms), wanted)


@where(lambda sample: sample.alone)
def check_weight_of_zero(sample):
    """A sample of weight 0 adds nothing, whatever its loss, and a batch of nothing is 0, with a finite gradient."""
    y_true, y_pred = sample.bare
    weights = np.arange(len(y_pred)).astype("float32")
    bad = y_pred.copy()
    bad[0] = np.nan
    assert_close(sample.slope(bad, y_true, weights)[0], sample.slope(y_pred, y_true, weights)[0])
    (value, _), gradient = sample.slope(y_pred, y_true, weights * 0)
    assert float(value) == 0
    assert_finite(gradient)


@where(lambda sample: sample.masked)
def check_masked_steps_do_not_count(sample):
    """Neither in the sum nor in the number, whatever stands there."""
    mask = np.zeros(sample.values.shape, bool)
    mask[0], mask[1, :1], mask[2, :2] = True, True, True
    y_true, y_pred = sample.given
    junk = jnp.asarray(np.where(mask.reshape(mask.shape + (1,) * (y_pred.ndim - 2)), y_pred, np.float32(0.9)))
    kept = sample.values[mask]
    weights = weights_for(sample.values)
    weighted = (sample.values * weights[:, None])[mask]
    share = np.broadcast_to(weights[:, None], mask.shape)[mask].sum()
    wanted = {
        "sum": (kept.sum(), weighted.sum()),
        "sum_over_batch_size": (kept.mean(), weighted.mean()),
        "mean_with_sample_weight": (kept.mean(), weighted.sum() / share),
    }
    for reduction, values in wanted.items():
        for w, value in zip((None, weights), values):
            with context.call():
                context.note(junk, mask=jnp.asarray(mask))
                assert_close(sample.make(reduction=reduction)(y_true, junk, w), value)


def check_padding_rows_do_not_count(sample):
    """A batch that is padded with rows of nonsense has the loss of its real rows, and their gradient.

    Where a value comes from several rows, the call frame is told, and nobody pads.
    """
    y_true, y_pred = sample.bare
    real = np.arange(len(y_pred) + 2) < len(y_pred)
    longer_true, longer_pred = np.concatenate([y_true, y_true[:2]]), np.concatenate([y_pred, 0.7 + 0 * y_pred[:2]])
    weights = weights_for(sample.values)
    lost = []

    def padded(y):
        with context.call(rows=jnp.asarray(real)) as frame:
            losses = reduced(sample, (longer_true, y), [None, np.concatenate([weights, [3, 3]])])
        lost.append(frame.rows_lost)
        return sum(losses), losses

    if not sample.alone:
        jax.eval_shape(padded, longer_pred)
        assert lost == [True]
        return
    (_, found), gradient = quick_jit(jax.value_and_grad(padded, has_aux=True))(longer_pred)
    (_, first), slope = sample.slope(y_pred, y_true, np.ones_like(weights))
    (_, second), weighted = sample.slope(y_pred, y_true, weights)
    assert lost == [False]
    assert_close(found, [loss for both in zip(first, second) for loss in both])
    assert_close(gradient[real], slope + weighted)
    assert_same_bits(gradient[~real], jnp.zeros_like(gradient[~real]))


def check_finite_at_the_edges(sample):
    """Outputs of 0 and 1, and large ones, give finite values and gradients."""
    y_true, y_pred = sample.bare
    for edge in (0.0, 1.0, 50.0 if sample.arguments.get("from_logits") else 0.5):
        assert_finite(sample.slope(np.full_like(y_pred, edge), y_true, np.ones(len(y_pred), "float32")))


def check_jit_equals_eager(sample):
    y_true, y_pred = sample.given
    weights = weights_for(sample.values)
    assert_close(sample.slope(y_pred, y_true, weights)[0][1], reduced(sample, sample.given, [weights]))


def check_gradient_is_the_difference(sample):
    """In float64, with respect to the outputs."""
    with policy("float64"):
        loss = sample.make(dtype="float64")
        y_true, y_pred = arrays((sample.y_true, sample.y_pred), "float64")
        weights = weights_for(sample.values)
        check_gradient(quick_jit(jax.value_and_grad(lambda y: loss(y_true, y, weights))), y_pred)


def check_config(sample):
    """A loss made from a config has that config and the same value."""
    for loss in (sample.make(), sample.make(name="mine", reduction="sum", dtype="float32")):
        assert_same_bits(from_json(loss)(*sample.given), loss(*sample.given))
        for twin in (losses.get(losses.serialize(loss)), losses.deserialize(losses.serialize(loss))):
            assert type(twin) is sample.cls
            assert twin.get_config() == loss.get_config()


def check_words(sample):
    check_repr(sample.make())
    check_unknown_argument(sample.make, "reduction")


def check_names(sample):
    """The class is found by its names."""
    cls = sample.cls
    for found in (losses.get(cls), losses.get(cls.__name__), losses.resolve(cls.__name__)):
        assert type(found) is cls


@where(lambda sample: sample.function is not None)
def check_function(sample):
    """The class's function is found by its names, and gives the numbers of the class."""
    assert losses.get(sample.function.__name__) is sample.function
    assert losses.deserialize(losses.serialize(sample.function)) is sample.function
    assert type(losses.resolve(sample.function)) is sample.cls
    assert type(losses.resolve(sample.cls().name.removesuffix("_loss"))) is sample.cls
    assert_close(sample.function(*sample.given, **sample.arguments), sample.values)


def check_types_of_inputs(sample):
    """Targets of any number type, and outputs of short floats, are computed in float32."""
    loss = sample.make()
    wanted = loss(*sample.given)
    for y_true in (sample.y_true, *sample.others):
        for convert in (lambda y: y, jnp.asarray):
            value = loss(convert(y_true), sample.given[1])
            assert value.dtype == "float32"
            assert_close(value, wanted)
    for dtype in ("bfloat16", "float16"):
        short = sample.given[1].astype(dtype)
        value = loss(sample.y_true, short, np.ones(len(short), "int32"))
        assert value.dtype == "float32"
        assert_close(value, loss(sample.y_true, short.astype("float32")))


@where(lambda sample: sample.function is not None)
def check_function_of_short_floats(sample):
    shorts = [sample.given[1].astype(dtype) for dtype in ("bfloat16", "float16")]
    found = quick_jit(lambda shorts: [sample.function(sample.y_true, y, **sample.arguments) for y in shorts])(shorts)
    assert all(x.dtype in (y.dtype, "float32") for x, y in zip(found, shorts, strict=True))
    assert_finite(found)


CHECKS = [
    function
    for name, function in list(globals().items())
    if name.startswith("check_") and function.__module__ == __name__
]
