"""Losses and metrics give Keras's numbers, and their classes take its arguments.

The numbers were made by `golden/make_scores.py`; the cases stand in `golden/scores.py`. All are computed in a few
programs, since to compile many small ones takes longer.
"""

import functools
import inspect
import json
import pathlib
import sys

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from contract import assert_close, quick_jit

import laminax as lx
from laminax._core import context

FOLDER = pathlib.Path(__file__).parent / "golden"
sys.path.insert(0, str(FOLDER))
import scores  # noqa: E402

GOLDEN = dict(np.load(FOLDER / "scores.npz"))
SIGNATURES = json.loads(str(GOLDEN.pop("words")))["signatures"]


def flat(cases):
    """`(class, arguments, targets, outputs, more)` of each case."""
    return [(name, one, *data) for name, several, *data in cases for one in several]


def ids(cases):
    return [f"{i}-{name}-{json.dumps(arguments)}" for i, (name, arguments, *_) in enumerate(flat(cases))]


LOSSES, METRICS = flat(scores.LOSSES), flat(scores.METRICS)


def noted(y_pred, mask):
    if mask is not None:
        context.note(y_pred, mask=mask)
    return y_pred


def loss_value(loss, y_pred, y_true, more):
    with context.call():
        value = loss(y_true, noted(y_pred, more.get("mask")), more.get("weight"))
    return jnp.sum(value), value


@functools.cache
def loss_values():
    """The value of each case, and the gradient of its sum where Keras's is known."""
    losses = [getattr(lx.losses, name)(**arguments) for name, arguments, *_ in LOSSES]

    def run(data):
        found = []
        for i, (loss, (y_true, y_pred, more)) in enumerate(zip(losses, data, strict=True)):
            value = functools.partial(loss_value, loss)
            with_slope = jax.grad(value, has_aux=True) if f"slope{i}" in GOLDEN else value
            found.append(with_slope(y_pred, y_true, more)[::-1])
        return found

    return quick_jit(run)([data for _, _, *data in LOSSES])


@functools.cache
def metric_values():
    """The value of each case."""

    def run(data):
        found = []
        for (name, arguments, *_), (y_true, y_pred, more) in zip(METRICS, data, strict=True):
            metric = getattr(lx.metrics, name)(**arguments)
            if not metric.built:
                metric.build(y_true, y_pred)
            with context.call():
                y_pred = noted(y_pred, more.get("mask"))
                state = metric.update(metric.zeros(), y_true, y_pred, sample_weight=more.get("weight"))
            found.append(metric.compute(state))
        return found

    return quick_jit(run)([data for _, _, *data in METRICS])


@pytest.mark.parametrize("i", range(len(LOSSES)), ids=ids(scores.LOSSES))
def test_loss(i):
    value, slope = loss_values()[i]
    assert_close(value, GOLDEN[f"loss{i}"])
    if f"slope{i}" in GOLDEN:
        assert_close(slope, GOLDEN[f"slope{i}"], 2e-6)


@pytest.mark.parametrize("i", range(len(METRICS)), ids=ids(scores.METRICS))
def test_metric(i):
    assert_close(metric_values()[i], GOLDEN[f"metric{i}"])


def test_every_class_has_golden_numbers():
    """But those that compare nothing, and those that Keras does not have."""
    plain = {"Mean", "MeanMetricWrapper", "Sum", "CharacterErrorRate", "WordErrorRate"}
    for namespace, cases, bases in ((lx.losses, LOSSES, {"Loss"}), (lx.metrics, METRICS, {"Metric"})):
        classes = {name for name in namespace.__all__ if inspect.isclass(getattr(namespace, name))}
        assert classes - bases - {name for name, *_ in cases} <= plain


MORE = {
    "CTC": {"blank", "pad_value", "infeasible", "from_logits", "alphabet"},
    "Metric": set(),
}  # arguments that Keras does not have
PRIVATE = {"serialize", "deserialize", "get"}  # whose one argument is called otherwise


@pytest.mark.parametrize("family", ["losses", "metrics"])
def test_names_arguments_and_defaults(family):
    namespace = getattr(lx, family)
    missing = SIGNATURES[family].keys() - set(namespace.__all__)
    assert not missing
    for name, wanted in SIGNATURES[family].items():
        member = getattr(namespace, name)
        parameters = inspect.signature(member).parameters.values()
        found = [[p.name, "required" if p.default is p.empty else p.default] for p in parameters]
        found = [[key, default] for key, default in found if key not in MORE.get(name, ())]
        if name not in PRIVATE:
            assert json.loads(json.dumps(named(member, found))) == named(member, wanted), name


def named(member, arguments):
    """Arguments with the name that an object has by default in the place of that default."""
    if inspect.isclass(member) and all(default != "required" for _, default in arguments):
        return [[key, member().name if key == "name" and default is None else default] for key, default in arguments]
    return arguments
