"""20 steps of every optimizer, and the rates of every schedule, equal Keras's: see `golden/make_optimizers.py`."""

import pathlib
import sys

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from contract import quick_jit

import laminax as lx
from laminax import optimizers

FOLDER = pathlib.Path(__file__).parent / "golden"
sys.path.insert(0, str(FOLDER))
import optimizer_cases as cases  # noqa: E402

sys.path.pop(0)
ARRAYS = dict(np.load(FOLDER / "optimizers.npz"))


def made(name, exclude=None, **arguments):
    optimizer = getattr(optimizers, name)(**arguments)
    optimizer.exclude_from_weight_decay(var_names=exclude or [])
    return optimizer


def stepped(optimizer, grads):
    """The parameters after all steps, then their averages, as one vector; traced."""

    def step(carry, grad):
        params, state = carry
        return optimizer.advance(state, grad, params), None

    params = {path: jnp.asarray(value) for path, value in cases.start().items()}
    (params, state), _ = jax.lax.scan(step, (params, optimizer.init(params)), grads)
    averages = [state[f"average/{path}"] for path in cases.SHAPES if optimizer.use_ema]
    return jnp.concatenate([value.ravel() for value in (*(params[path] for path in cases.SHAPES), *averages)])


@pytest.mark.parametrize("name", cases.CASES)
def test_optimizer(name):
    """All cases of an optimizer in one compiled program."""
    several = [made(name, **arguments) for arguments in cases.CASES[name]]
    found = quick_jit(lambda grads: [stepped(optimizer, grads) for optimizer in several])(cases.gradients())
    for i, vector in enumerate(found):
        wanted = ARRAYS[f"{name}{i}"]
        np.testing.assert_allclose(vector, wanted, rtol=1e-6, atol=1e-6 * np.abs(wanted).max(), err_msg=f"case {i}")


@pytest.mark.parametrize("i", range(len(cases.FITS)))
def test_fit(i):
    """Among layers with state and penalties, in the loop of `fit`."""
    weights, losses = cases.fitted(lx, *cases.FITS[i])
    wanted = ARRAYS[f"fit{i}"]
    np.testing.assert_allclose(np.concatenate([*(w.ravel() for w in weights), losses]), wanted, rtol=1e-6, atol=2e-6)


def test_every_optimizer_has_golden_numbers():
    wrappers = {"LossScaleOptimizer", "MultiOptimizer", "Optimizer", "OptimizerMap"}
    classes = {name for name in optimizers.__all__ if isinstance(getattr(optimizers, name), type)}
    assert {*cases.CASES} == classes - wrappers


@pytest.mark.parametrize("i", range(len(cases.SCHEDULES)))
def test_schedule(i):
    name, arguments = cases.SCHEDULES[i]
    rates = jax.vmap(getattr(optimizers.schedules, name)(**arguments))(np.array(cases.RATES))
    np.testing.assert_allclose(rates, ARRAYS[f"schedule{i}"], rtol=1e-6, atol=1e-7)
