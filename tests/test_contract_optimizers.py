"""Every public optimizer keeps the contract of optimizers, every schedule that of schedules."""

import jax
import numpy as np
import pytest
from contract import (
    assert_close,
    check_all_have_samples,
    check_repr,
    check_unknown_argument,
    from_json,
    parametrize,
    public_classes,
    quick_jit,
)
from contract_optimizers import CHECKS, START, OptimizerSample, advanced
from contract_samples import ABSTRACT_OPTIMIZERS, OPTIMIZERS, SCHEDULES

from laminax import optimizers
from laminax.optimizers import schedules

SCHEDULE_CASES = [
    pytest.param(cls, arguments, id=f"{cls.__name__}{i or ''}")
    for cls, several in SCHEDULES.items()
    for i, arguments in enumerate(several)
]


def test_every_optimizer_has_a_sample():
    check_all_have_samples(public_classes(optimizers, optimizers.Optimizer), OPTIMIZERS, ABSTRACT_OPTIMIZERS)


@parametrize(OPTIMIZERS, CHECKS)
def test_optimizer(check, sample):
    check(sample)


@pytest.mark.parametrize("check", [check for check in CHECKS if not hasattr(check, "applies")])
def test_a_transformation_of_optax(check):
    optax = pytest.importorskip("optax", reason="optax is not installed")
    with jax.numpy_dtype_promotion("standard"):  # optax itself mixes types
        check(optax_sample(optax))


def optax_sample(optax):
    arguments = {"transformation": optax.chain(optax.clip_by_global_norm(1.0), optax.adam(0.1))}
    return OptimizerSample(type(optimizers.get(arguments["transformation"])), arguments, ("schedule", "no config"))


@pytest.mark.parametrize("cls", [s.cls for s in OPTIMIZERS if isinstance(s.arguments, dict)])
def test_names(cls):
    for name in (cls, cls.__name__, cls.__name__.lower()):
        assert type(optimizers.get(name)) is cls
    with pytest.raises(ValueError, match=f"Did you mean .*'{cls.__name__}'"):
        optimizers.get(f"{cls.__name__}_")


# Schedules.


def test_every_schedule_has_a_sample():
    found = public_classes(schedules, schedules.LearningRateSchedule)
    assert {*found} - {schedules.LearningRateSchedule} == {*SCHEDULES}


@pytest.mark.parametrize(("cls", "arguments"), SCHEDULE_CASES)
def test_schedule(cls, arguments):
    """Compiled it is the same, a config brings it back, and its rates are finite and not negative."""
    schedule = cls(**arguments)
    rates = np.array([schedule(step) for step in range(14)])
    assert rates.dtype == "float32"
    assert np.isfinite(rates).all()
    assert (rates >= 0).all()
    assert len(set(rates.tolist())) > 2
    steps = np.arange(14, dtype="int32")
    assert_close(quick_jit(jax.vmap(schedule))(steps), rates)
    assert_close(np.array([from_json(schedule)(step) for step in steps]), rates)
    assert type(schedules.deserialize(schedules.serialize(schedule))) is cls
    check_repr(schedule)
    check_unknown_argument(lambda **more: cls(**arguments, **more), next(iter(arguments)))


@pytest.mark.parametrize(("cls", "arguments"), SCHEDULE_CASES)
def test_an_optimizer_follows_its_schedule(cls, arguments):
    """Three steps move as three optimizers with the rates of these steps would, and the config holds the schedule."""
    schedule = cls(**arguments)
    optimizer = from_json(optimizers.SGD(schedule))
    moved, _ = advanced(optimizer, START, 3)
    total = {path: p.astype("float64") for path, p in START.items()}
    for step in range(3):
        total = {path: p - float(schedule(step)) * (np.cos(START[path] + step) * 0.5) for path, p in total.items()}
    assert_close(moved, {path: p.astype("float32") for path, p in total.items()})
