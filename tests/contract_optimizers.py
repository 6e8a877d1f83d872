"""What every optimizer keeps, each property its own function of a sample."""

import dataclasses
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
    check_repr,
    check_unknown_argument,
    from_json,
    policy,
    quick_jit,
    where,
)

import laminax as lx
from laminax import optimizers
from laminax._core.variable import Variable

START = {"kernel": np.array([[1.0, -2.0], [0.5, 3.0]], "float32"), "bias": np.array([0.3, -0.1], "float32")}


@dataclasses.dataclass(frozen=True, eq=False)
class OptimizerSample:
    """An optimizer that can be made.

    Attributes:
        cls: the class.
        arguments: of the constructor, or a function that gives them, where they hold an optimizer.
        notes: `"schedule"` (its learning rate is no number to be set), `"no config"` (it holds what is no data),
            `"jumps"` (its first step is long, however small the learning rate, by which it divides).
    """

    cls: type
    arguments: dict[str, Any] | Callable[[], dict[str, Any]]
    notes: tuple[str, ...] = ()

    def make(self, **more):
        arguments = self.arguments() if callable(self.arguments) else self.arguments
        return self.cls(**arguments, **more)


def gradients(params, step):
    """Made-up ones, which differ from step to step."""
    return {path: (np.cos(p + step) * 0.5).astype(p.dtype) for path, p in params.items()}


def advanced(optimizer, params, steps, advance=None):
    """`(params, state)` after some steps, by the pure face."""
    state = optimizer.init(params)
    for step in range(steps):
        params, state = (advance or optimizer.advance)(state, gradients(START, step), params)
    return params, state


def cells_of(values):
    return [Variable(value, name=path) for path, value in values.items()]


def parts(optimizer):
    """The optimizers inside that move parameters."""
    inside = getattr(optimizer, "optimizers", [getattr(optimizer, "inner_optimizer", optimizer)])
    return inside if inside == [optimizer] else [part for one in inside for part in parts(one)]


def forms(tree):
    return jax.tree.map(lambda x: (x.shape, str(x.dtype)), tree)


def check_jit_equals_eager(sample):
    assert_close(advanced(sample.make(), START, 4, quick_jit(sample.make().advance)), advanced(sample.make(), START, 4))


def check_advance_is_pure(sample):
    """The object's own count and slots stay as they are."""
    optimizer = sample.make()
    before = [v.value for v in optimizer.variables]
    advanced(optimizer, START, 2)
    assert all(v.value is value for v, value in zip(optimizer.variables, before, strict=True))


def check_state_keeps_its_form(sample):
    """Keys, shapes and types stay, for parameters of several float types, matrices and scalars."""
    params = {
        "a": jnp.asarray(START["kernel"]),
        "b": jnp.asarray(START["bias"], "bfloat16"),
        "c": jnp.asarray(START["bias"], "float16"),
        "d": jnp.float32(0.5),
    }
    optimizer = sample.make()
    state = optimizer.init(params)
    grads = jax.tree.map(lambda p: (p * 0.5).astype(p.dtype), params)
    moved, new = jax.eval_shape(optimizer.advance, state, grads, params)
    assert forms(moved) == forms(params)
    assert forms(new) == forms(state)


def check_float64(sample):
    """Parameters of 64 bits move in 64 bits."""
    with policy("float64"):
        params = {path: jnp.asarray(p, "float64") for path, p in START.items()}
        moved, _ = advanced(sample.make(), params, 4)
        assert all(p.dtype == "float64" for p in moved.values())
        wanted, _ = advanced(sample.make(), START, 4)
        assert_close(jax.tree.map(lambda p: np.asarray(p, "float32"), moved), wanted, 1e-5)


def descend(sample, dtype, steps=60):
    """The loss `sum(x**2) / 2` before and after some steps."""
    optimizer = sample.make()
    params = {"x": jnp.asarray([1.0, -2.0, 0.5], dtype)}
    state = optimizer.init(params)

    def loss(params):
        return (jnp.square(params["x"].astype("float32")) / 2).sum()

    def step(carry, _):
        params, state = carry
        grads = jax.grad(lambda params: optimizer.scale_loss(loss(params), state))(params)
        return optimizer.advance(state, grads, params), None

    (moved, state), _ = quick_jit(lambda *carry: jax.lax.scan(step, carry, length=steps))(params, state)
    assert_finite((moved, state))
    return float(loss(params)), float(loss(moved))


def check_goes_down(sample):
    """A quadratic shrinks to a tenth, in float32 and, as far as the type allows, in short floats."""
    for dtype, share in (("float32", 0.1), ("bfloat16", 0.5), ("float16", 0.5)):
        before, after = descend(sample, dtype)
        assert after < share * before, f"{dtype}: from {before} to {after}"


def check_three_faces(sample):
    """`advance` on dicts, `stateless_apply` on lists, and `apply` on variables move alike."""
    wanted, state = advanced(sample.make(), START, 3)

    optimizer, cells = sample.make(), cells_of(START)
    optimizer.build(cells)
    lists = [list(START.values()), [v.value for v in optimizer.variables]]
    for step in range(3):
        grads = list(gradients(START, step).values())
        lists = optimizer.stateless_apply(lists[1], grads, lists[0])
    assert_close(dict(zip(START, lists[0])), wanted)
    assert_close(dict(zip(optimizer.paths, lists[1])), state)
    assert_same_bits([v.value for v in cells], list(START.values()))

    for step in range(3):
        grads = list(gradients(START, step).values())
        if step % 2:
            optimizer.apply_gradients(zip(grads, cells))
        else:
            optimizer.apply(grads, cells)
    assert_close({v.name: v.value for v in cells}, wanted)
    assert_close(dict(zip(optimizer.paths, [v.value for v in optimizer.variables])), state)


@where(lambda sample: "no config" not in sample.notes)
def check_config(sample):
    """An optimizer made from a config has that config and moves alike."""
    optimizer = sample.make(name="mine")
    twin = from_json(optimizer)
    assert twin.name == "mine"
    assert_same_bits(advanced(twin, START, 3), advanced(optimizer, START, 3))
    assert type(optimizers.get(optimizers.serialize(optimizer))) is sample.cls


def check_rate_can_be_changed(sample):
    """A new learning rate acts at the next step and compiles nothing anew."""
    optimizer = sample.make()
    if "schedule" in sample.notes:
        for name in ("learning_rate", "lr"):
            with pytest.raises((TypeError, AttributeError), match="learning rate"):
                setattr(optimizer, name, 0.5)
        return
    traces = []

    @quick_jit
    def step(state, params):
        traces.append(1)
        return optimizer.advance(state, gradients(START, 0), params)

    moves, jumps = [], "jumps" in sample.notes
    for rate in (0.01, 1e-6 if jumps else 0.0, 0.03):
        for part in parts(optimizer):
            setattr(part, "lr" if rate == 0.03 else "learning_rate", rate)
            assert float(part.learning_rate) == float(part.lr) == pytest.approx(rate)
            assert from_json(part).get_config()["learning_rate"] == rate
        params, state = START, optimizer.init(START)
        for _ in range(2):
            params, state = step(state, params)
        moves.append(float(np.abs(np.asarray(params["kernel"]) - START["kernel"]).max()))
    assert len(traces) == 1
    assert jumps or moves[1] == 0
    assert len({0, *moves}) == 4 if jumps else 0 < moves[0] < moves[2]


def check_counts_steps(sample):
    """`iterations` counts updates; every face of the count agrees."""
    optimizer, cells = sample.make(), cells_of(START)
    for step in range(4):
        optimizer.apply(list(gradients(START, step).values()), cells)
    for part in (optimizer, *parts(optimizer)):
        assert int(part.iterations) == 4 // (parts(optimizer)[0].gradient_accumulation_steps or 1)
    assert optimizer.built
    assert all(v.trainable is False for v in optimizer.variables)


def check_moving_average(sample):
    """At the end of training the averages, where they are kept, are in the parameters' place."""
    optimizer, cells = sample.make(), cells_of(START)
    for step in range(3):
        optimizer.apply(list(gradients(START, step).values()), cells)
    before = [v.value for v in cells]
    optimizer.finalize_variable_values(cells)
    state = dict(zip(optimizer.paths, optimizer.variables))
    averages = {v.name: path for v in cells for path in state if f"average/{v.name}" in path}
    wanted = [state[averages[v.name]].value if v.name in averages else b for v, b in zip(cells, before)]
    assert_same_bits([v.value for v in cells], wanted)
    assert bool(averages) == any(part.use_ema for part in parts(optimizer))


@where(lambda sample: all(part.weight_decay is not None for part in parts(sample.make())))
def check_decay_can_leave_out(sample):
    """`exclude_from_weight_decay` leaves parameters out, by variable and by name."""
    optimizer, cells = sample.make(), cells_of(START)
    zero = [np.zeros_like(v.value) for v in cells]
    optimizer.exclude_from_weight_decay(cells[:1], ["none"])
    for _ in range(2 * (parts(optimizer)[0].gradient_accumulation_steps or 1)):
        optimizer.apply(zero, cells)
    assert_same_bits(cells[0].value, START["kernel"])
    assert (np.abs(cells[1].value) < np.abs(START["bias"])).all()


def check_words(sample):
    check_repr(sample.make())
    check_unknown_argument(sample.make, "name")


def check_fit(sample):
    """It trains a model, frozen weights stay, and a second `fit` goes on."""
    dense, frozen = lx.layers.Dense(3), lx.layers.Dense(1, trainable=False)
    model = lx.Sequential([lx.Input((2,)), dense, frozen])
    kept = frozen.get_weights()
    model.compile(sample.make(), "mse")
    x, y = START["kernel"], START["bias"]
    before, losses = dense.get_weights(), []
    for _ in range(2):
        losses += model.fit(x, y, batch_size=1, epochs=2, verbose=0, shuffle=False).history["loss"]
    assert int(model.optimizer.iterations) == 8 // (getattr(model.optimizer, "gradient_accumulation_steps", None) or 1)
    assert_finite(losses)
    assert any((a != b).any() for a, b in zip(before, dense.get_weights()))
    assert_same_bits(frozen.get_weights(), kept)


CHECKS = [
    function
    for name, function in list(globals().items())
    if name.startswith("check_") and function.__module__ == __name__
]
