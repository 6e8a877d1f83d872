"""What initializers, regularizers, constraints and activations keep, each property its own function of a sample."""

import dataclasses
import inspect
from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from contract import (
    assert_close,
    assert_finite,
    assert_same_bits,
    check_gradient,
    check_repr,
    check_unknown_argument,
    from_json,
    policy,
    quick_jit,
    where,
)

import laminax as lx
from laminax import activations, constraints, initializers, layers, regularizers, utils

SHAPE = (200, 300)
FLOATS = ("float32", "bfloat16", "float16")
MATRIX = np.random.default_rng(4).normal(size=(4, 3))


@dataclasses.dataclass(frozen=True, eq=False)
class SmallSample:
    """An initializer, regularizer or constraint that can be made.

    Attributes:
        cls: the class.
        arguments: of the constructor.
        stddev: of an initializer: the standard deviation for a kernel `(200, 300)`; 0 where nothing is drawn.
        holds: of a constraint: whether an array is where it must be.
    """

    cls: type
    arguments: dict[str, Any]
    stddev: float = 0
    holds: Callable[[Any], bool] | None = None

    def make(self, **more):
        return self.cls(**{**self.arguments, **more})


def check_config_and_words(sample):
    """A config brings it back; `repr` shows the class; a misspelt argument is named with the right one."""
    from_json(sample.make())
    check_repr(sample.make())
    own = inspect.signature(sample.cls).parameters
    if "args" not in own:
        check_unknown_argument(sample.cls, next(iter(own)))
    else:
        with pytest.raises(TypeError, match=rf"{sample.cls.__name__} has no argument 'gain'"):
            sample.cls(gain=1)
        with pytest.raises(TypeError, match=rf"{sample.cls.__name__} takes no arguments"):
            sample.cls(1)


# Initializers.


def check_shape_and_type(sample):
    """In every float type, also within a trace, where the values are real ones."""
    for dtype in FLOATS:
        x = sample.make()((6, 6), dtype)
        assert (x.shape, x.dtype) == ((6, 6), dtype)
        assert_finite(x)
    assert sample.make()((6, 6)).dtype == "float32"
    with policy("float64"):
        x = sample.make()((6, 6), "float64")
        assert x.dtype == "float64"
        assert_finite(x)
    inside = []
    jax.jit(lambda: inside.append(lx.Variable(sample.make(), (4, 4))) or 0)()
    assert_finite(inside[0].value)


def seeded(sample):
    return {"seed": 3} if sample.stddev else {}


def check_seeds(sample):
    """A seed gives the same values at each call; without one each call draws anew, as `set_random_seed` says."""
    if not sample.stddev:
        assert_same_bits(sample.make()((5, 6)), sample.make()((5, 6)))
        return
    fixed = sample.make(seed=3)
    assert_same_bits(fixed((5, 6)), fixed((5, 6)))
    assert_same_bits(from_json(fixed)((5, 6)), fixed((5, 6)))
    assert (np.asarray(fixed((5, 6))) != sample.make(seed=4)((5, 6))).any()
    free, found = sample.make(), []
    for _ in range(2):
        utils.set_random_seed(8)
        found.append([free((5, 6)), free((5, 6))])
    assert_same_bits(found[0], found[1])
    assert (np.asarray(found[0][0]) != found[0][1]).any()


def check_spread(sample):
    """Mean zero, and the standard deviation that the formula says."""
    x = np.asarray(sample.make(**seeded(sample))(SHAPE))
    if sample.stddev:
        assert abs(x.mean()) < 0.02 * sample.stddev
        assert x.std() == pytest.approx(sample.stddev, rel=0.01)
    else:
        assert len(np.unique(x)) <= 2


def check_initializer_names(sample):
    check_names(initializers, sample)


INITIALIZER_CHECKS = [check_config_and_words, check_shape_and_type, check_seeds, check_spread, check_initializer_names]


def check_names(namespace, sample):
    """Found by the class, its name, its name in lower case and its config; `None` and functions stay as they are."""
    cls = sample.cls
    bare = all(p.default is not p.empty for p in inspect.signature(cls).parameters.values())  # needs no arguments
    for name in (cls, cls.__name__, lx._core.config.snake_case(cls.__name__)) if bare else ():
        assert type(namespace.get(name)) is cls
    made = sample.make()
    assert type(namespace.get(namespace.serialize(made))) is cls
    assert namespace.get(made) is made
    assert namespace.get(None) is None
    with pytest.raises(ValueError, match=f"Did you mean .*'{cls.__name__}'"):
        namespace.get(f"{cls.__name__}s_")


# Regularizers.


def check_scalar(sample):
    """A scalar of the array's type, not negative, zero for zeros, the same compiled."""
    penalty = sample.make()
    found = quick_jit(lambda given: [penalty(x) for x in given])([jnp.asarray(MATRIX, dtype) for dtype in FLOATS])
    for value, dtype in zip(found, FLOATS, strict=True):
        assert (value.shape, value.dtype) == ((), dtype)
        assert float(value) > 0
    x = jnp.asarray(MATRIX, "float32")
    assert_close(jax.jit(penalty)(x), penalty(x))
    assert float(penalty(x * 0)) == 0
    assert_finite(jax.grad(penalty)(x * 0))


def check_penalty_gradient(sample):
    with policy("float64"):
        check_gradient(quick_jit(jax.value_and_grad(sample.make())), jnp.asarray(MATRIX))


def check_weighs_in_training(sample):
    """A layer adds the penalty of its kernel to its losses."""
    layer = layers.Dense(3, kernel_regularizer=sample.make())
    layer(MATRIX)
    assert_close(layer.losses, [sample.make()(layer.kernel.value)])


def check_regularizer_names(sample):
    check_names(regularizers, sample)


REGULARIZER_CHECKS = [
    check_config_and_words,
    check_scalar,
    check_penalty_gradient,
    check_weighs_in_training,
    check_regularizer_names,
]


# Constraints.


def check_puts_back(sample):
    """What comes out is where it must be and stays there; all float types are taken; compiled it is the same."""
    constraint = sample.make()
    x = jnp.asarray(MATRIX * 3, "float32")
    once = constraint(x)
    assert sample.holds(np.asarray(once))
    assert not sample.holds(np.asarray(x))
    assert_close(constraint(once), once)
    assert_close(jax.jit(constraint)(x), once)
    assert_finite(constraint(x * 0))
    for dtype in FLOATS:
        y = constraint(x.astype(dtype))
        assert (y.shape, y.dtype) == (x.shape, dtype)
        assert_close(np.asarray(y, "float32"), once, 2e-2)
    with policy("float64"):
        assert constraint(jnp.asarray(MATRIX)).dtype == "float64"


def check_holds_in_training(sample):
    """After a step of `fit` the kernel is where it must be."""
    model = lx.Sequential([lx.Input((4,)), layers.Dense(3, kernel_constraint=sample.make())])
    model.set_weights([MATRIX * 3, np.zeros(3)])
    model.compile(lx.optimizers.SGD(0.01), "mse")
    model.fit(MATRIX.T, MATRIX[:3] * 0, verbose=0)
    assert sample.holds(model.get_weights()[0])


def check_constraint_names(sample):
    check_names(constraints, sample)


CONSTRAINT_CHECKS = [check_config_and_words, check_puts_back, check_holds_in_training, check_constraint_names]


# Activations.


@dataclasses.dataclass(frozen=True, eq=False)
class ActivationSample:
    """An activation, and the arguments without which it can't be called."""

    cls: Callable[..., Any]
    arguments: dict[str, Any]

    def __call__(self, x):
        return self.cls(x, **self.arguments)


def check_activation_gradient(sample):
    """In float64 the gradient is the difference, for small and for larger numbers."""
    with policy("float64"):
        for scale in (1, 4):
            check_gradient(
                quick_jit(jax.value_and_grad(lambda x: (sample(x) ** 2).sum())), jnp.asarray(MATRIX.T * scale)
            )


@where(lambda sample: sample.cls is not activations.exponential)
def check_extremes(sample):
    """Types stay; large numbers, and zero, give finite values (but for `exp`) and gradients that are numbers."""
    x = np.array([[-1e4, -30.0, -1.0, 0.0], [0.5, 1.0, 30.0, 1e4]])

    @quick_jit
    def run(given):
        found = [jax.vjp(sample, x) for x in given]
        return [(y, pull(jnp.ones_like(y))) for y, pull in found]

    found = run([jnp.asarray(x, dtype) for dtype in FLOATS])
    assert [y.dtype for y, _ in found] == list(FLOATS)
    assert_finite(found)


def check_forms_of_input(sample):
    """Arrays, variables, symbolic tensors and traced arrays are all taken."""
    x = jnp.asarray(MATRIX.T, "float32")
    y = sample(x)
    assert_close(jax.jit(sample)(x), y)
    assert_same_bits(sample(lx.Variable(x)), y)
    found = sample(lx.Input((4,)))
    assert (found.shape, found.dtype) == ((None, *y.shape[1:]), y.dtype)


def check_activation_names(sample):
    """Found by its name, and written as its name in configs."""
    function = sample.cls
    assert activations.get(function.__name__) is function
    assert activations.get(function) is function
    layer = layers.Activation(function)
    assert layer.get_config()["activation"] == function.__name__
    assert from_json(layer).activation is function


ACTIVATION_CHECKS = [check_activation_gradient, check_extremes, check_forms_of_input, check_activation_names]
