"""What every layer keeps, each property its own function of a sample."""

import concurrent.futures
import dataclasses
import functools
import warnings
from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from contract import (
    arrays,
    as_numpy,
    assert_close,
    assert_finite,
    assert_same_bits,
    build_by,
    check_gradient,
    check_repr,
    check_unknown_argument,
    from_json,
    is_float,
    policy,
    quick_jit,
    tracers_in,
    where,
)

import laminax as lx
from laminax import layers, utils
from laminax._core import context, pure
from laminax._core.holder import State, variables
from laminax._core.signature import signature


@dataclasses.dataclass(frozen=True, eq=False)
class LayerSample:
    """A layer that can be made, and inputs for it.

    Attributes:
        cls: the class.
        arguments: of the constructor, or a function that gives them, where they hold a layer.
        inputs: the arguments of a call, trees of NumPy arrays (batch first).
        free: axes, besides the batch's, that may have any size.
        mask: what becomes of a mask of the steps in axis 1: it `"passes"`, `"stops"` (is used up),
            `"warns"` (the class knows of no masks), windows slide along it and it `"shrinks"`, or the class makes its
            `"own"`; `None` where axis 1 is no step.
        notes: `"random"` (in training), `"stateful"` (a call changes the next one, the batch size is fixed),
            `"knows no padding"`, `"discrete"` (without floats, and so without a gradient),
            `"biased"` (the gradient in training leaves something out on purpose), `"rounds"` (outputs are rounded to
            steps), `"custom"` (holds a class that is not the library's).
    """

    cls: type
    arguments: dict[str, Any] | Callable[[], dict[str, Any]]
    inputs: tuple[Any, ...]
    free: tuple[int, ...] = ()
    mask: str | None = None
    notes: tuple[str, ...] = ()

    def make(self, **more):
        arguments = self.arguments() if callable(self.arguments) else self.arguments
        return self.cls(**arguments, **more)

    @functools.cached_property
    def modes(self):
        """The modes in which the layer may differ: inference, and training."""
        return (False, True) if signature(self.cls.call).takes_training else (False,)

    @functools.cached_property
    def layer(self):
        """A built one, that no test may change."""
        return built(self)

    @functools.cached_property
    def outputs(self):
        return infer(self.layer, *arrays(self.inputs)) if "stateful" not in self.notes else self.results[0][0]

    @functools.cached_property
    def results(self):
        """`(outputs, new extras)` in each mode, run eagerly."""
        return in_modes(self.modes, self.layer, *self.layer.state(), arrays(self.inputs))

    @functools.cached_property
    def slope(self):
        """In float64: `(value and gradient of a scalar of all outputs, point)`."""
        shapes = [x.shape for x in jax.tree.leaves(self.outputs)]  # of float32, made before the policy is another
        with policy("float64"):
            return slope_of(self, shapes)


def built(sample, dtype="float32"):
    """A layer of the sample with weights at no special value, the same ones each time."""
    layer = sample.make()
    build_by(layer, *arrays(sample.inputs, dtype), training=False)
    rng = np.random.default_rng(3)
    for v in layer.weights:
        if is_float(v.value):
            v.assign(rng.normal(size=v.shape) * 0.5 if v.trainable else rng.uniform(0.5, 1.5, v.shape))
    return layer


def infer(layer, *inputs):
    return layer(*inputs, training=False)  # some layers train by default


def in_modes(modes, layer, params, extras, inputs):
    return [layer.stateless_call(params, extras, *inputs, training=training) for training in modes]


def first(tree):
    return jax.tree.leaves(tree)[0]


def symbols(sample, axes):
    """Symbolic inputs, free on these axes."""

    def one(x):
        shape = [None if axis in axes else size for axis, size in enumerate(x.shape)]
        return lx.Input(batch_shape=shape, dtype="float32" if is_float(x) else x.dtype.name)

    return jax.tree.map(one, sample.inputs)


# Building and shapes.


def check_builds_from_the_shape(sample):
    """`build(shape)` makes the weights that a call makes, and a call keeps them."""
    layer = sample.make()
    batch = first(sample.inputs).shape[0] if "stateful" in sample.notes else None
    layer.build(jax.tree.map(lambda x: (batch, *x.shape[1:]), sample.inputs[0]))
    assert layer.built
    described = [(path, v.shape, v.dtype, v.trainable) for path, v in variables(layer).items()]
    assert described == [(path, v.shape, v.dtype, v.trainable) for path, v in variables(sample.layer).items()]
    before = layer.weights
    build_by(layer, *arrays(sample.inputs))
    assert all(a is b for a, b in zip(layer.weights, before, strict=True))


def check_symbolic_shape(sample):
    """Shape and type of a symbolic call are those of a real one; only the batch is free."""
    axes = () if "stateful" in sample.notes else (0,)
    layer = sample.make()
    found = layer(*symbols(sample, axes))
    assert jax.tree.structure(found) == jax.tree.structure(sample.outputs)
    for s, y in zip(jax.tree.leaves(found), jax.tree.leaves(sample.outputs)):
        assert s.dtype == y.dtype.name
        assert s.shape == tuple(None if axis in axes else size for axis, size in enumerate(y.shape))
    if len(sample.inputs) == 1 and axes:
        shape = jax.tree.map(lambda x: (None, *x.shape[1:]), sample.inputs[0])
        assert layer.compute_output_shape(shape) == jax.tree.map(lambda s: s.shape, found)


def tiled(x, times, axes):
    return np.tile(x, [times if a in axes else 1 for a in range(x.ndim)])


@where(lambda sample: sample.free)
def check_free_sizes(sample):
    """With other axes free, the symbolic shape fits real calls of two sizes."""
    layer = sample.make()
    found = layer(*symbols(sample, (0, *sample.free)))
    for times in (1, 2):
        larger = jax.tree.map(functools.partial(tiled, times=times, axes=sample.free), sample.inputs)
        outputs = jax.eval_shape(functools.partial(infer, layer), *arrays(larger))
        for s, y in zip(jax.tree.leaves(found), jax.tree.leaves(outputs), strict=True):
            assert s.dtype == y.dtype.name
            assert len(s.shape) == y.ndim
            assert all(a in (None, b) for a, b in zip(s.shape, y.shape)), f"{s.shape} for a real {y.shape}"


def check_builds_within_jit(sample):
    """A first call that is traced leaves real weights, and compiles to what an eager call gives."""
    layer = sample.make()
    given = jax.jit(functools.partial(infer, layer)) if "stateful" not in sample.notes else layer
    outputs = given(*arrays(sample.inputs))
    assert not tracers_in(layer)
    layer.set_weights(sample.layer.get_weights())
    if "stateful" not in sample.notes:
        assert jax.tree.map(jnp.shape, outputs) == jax.tree.map(jnp.shape, sample.outputs)
        assert_same_bits(infer(layer, *arrays(sample.inputs)), sample.outputs)


# Purity.


def check_jit_equals_eager(sample):
    """Outputs and new state, in inference and in training."""
    layer = sample.layer
    compiled = quick_jit(functools.partial(in_modes, sample.modes, layer))(*layer.state(), arrays(sample.inputs))
    assert_close(compiled, sample.results, 2e-6)


def check_calls_leave_nothing(sample):
    """Inference twice gives the same; training in between changes no weight that it does not say."""
    layer, inputs = built(sample), arrays(sample.inputs)
    if "stateful" in sample.notes:
        layer.reset_state()
    outputs = infer(layer, *inputs)
    if "stateful" in sample.notes:
        layer.reset_state()
    assert_same_bits(infer(layer, *inputs), outputs)
    if "stateful" in sample.notes:
        layer.reset_state()
    layer(*inputs, training=True)
    params = layer.state()[0]
    assert_same_bits(params, sample.layer.state()[0])
    if not layer.non_trainable_weights:
        assert_same_bits(infer(layer, *inputs), outputs)
    assert_finite(infer(layer, *inputs))


def check_no_tracer_stays(sample):
    """JAX's transforms of the pure call, and symbolic calls, change nothing of the layer."""
    layer, inputs = built(sample), arrays(sample.inputs)
    before = {path: v.value for path, v in variables(layer).items()}
    params, extras = layer.state()

    def scalar(params, extras, inputs):
        outputs, new, losses = layer.stateless_call(params, extras, *inputs, training=True, return_losses=True)
        return sum(y.sum() for y in jax.tree.leaves(outputs) if is_float(y)) + sum(losses), (new, losses)

    with jax.checking_leaks():
        jax.eval_shape(scalar, params, extras, inputs)
        jax.make_jaxpr(jax.grad(scalar, has_aux=True))(params, extras, inputs)
    layer(*symbols(sample, () if "stateful" in sample.notes else (0,)))
    assert not tracers_in(layer)
    for path, v in variables(layer).items():
        assert v.value is before[path]


def check_no_tracer_stays_of_a_users_jit(sample):
    """A traced call that would assign a variable says so; no tracer comes to stand in the layer."""
    layer, inputs = built(sample), arrays(sample.inputs)
    changes = any(new is not sample.layer.state()[1][path] for path, new in sample.results[-1][1].items())
    if changes:
        with pytest.raises(RuntimeError, match="stateless_call"):
            jax.eval_shape(lambda *inputs: layer(*inputs, training=True), *inputs)
    else:
        jax.eval_shape(lambda *inputs: layer(*inputs, training=True), *inputs)
    assert not tracers_in(layer)


def check_same_seed_same_bits(sample):
    """Two instances after the same seed have the same weights and the same outputs, in training too."""
    found = []
    for _ in range(2):
        utils.set_random_seed(11)
        layer = sample.make()
        found.append((layer(*arrays(sample.inputs), training=True), layer.get_weights()))
    assert_same_bits(found[0], found[1])


def check_threads(sample):
    """Four threads at once, each with weights of its own, get what one after another gives."""
    layer, inputs = sample.layer, arrays(sample.inputs)
    params, extras = layer.state()

    def one(i):
        values = {path: v * (1 + i / 4) for path, v in params.items()}
        return layer.stateless_call(values, extras, *inputs, training=bool(i % 2))

    serial = [one(i) for i in range(4)]
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        together = list(pool.map(one, range(4)))
    assert_same_bits(together, serial)
    assert_same_bits(layer.state(), (params, extras))


# The batch.


@where(lambda sample: "stateful" not in sample.notes)
def check_rows_are_apart(sample):
    """In inference, rows in another order give the same outputs in that order."""
    order = np.random.default_rng(5).permutation(first(sample.inputs).shape[0])
    inputs = jax.tree.map(lambda x: x[order], sample.inputs)
    wanted = jax.tree.map(lambda y: y[order], sample.outputs)
    assert_close(infer(sample.layer, *arrays(inputs)), wanted)


@where(lambda sample: not {"stateful", "random", "knows no padding"} & {*sample.notes})
def check_padding_rows_do_not_count(sample):
    """In training, rows that only pad the batch change neither the other rows' outputs nor the state."""
    layer, (params, extras) = sample.layer, sample.layer.state()

    def padded(x):
        junk = np.full((2, *x.shape[1:]), 7, x.dtype) if is_float(x) else x[:2]
        return np.concatenate([x, junk])

    real = np.arange(first(sample.inputs).shape[0] + 2) < first(sample.inputs).shape[0]

    @quick_jit
    def run(params, extras, real, inputs):
        with pure.running(variables(layer), {**params, **extras}, True, real) as frame:
            outputs = layer(*inputs)
            assert not frame.rows_lost
            return outputs, {path: variables(layer)[path].value for path in extras}

    outputs, new = run(params, extras, jnp.asarray(real), arrays(jax.tree.map(padded, sample.inputs)))
    assert_close((jax.tree.map(lambda y: y[real], outputs), new), sample.results[-1], 2e-6)


# Masks.


def masked_call(sample, inputs, mask, training):
    """`(outputs, their masks, warnings)` of a call whose inputs have a mask."""
    layer = sample.layer
    cells, inputs = variables(layer), arrays(inputs)
    layer.told_of_mask = False
    with warnings.catch_warnings(record=True) as told, pure.running(cells, pure.read(cells), training):
        warnings.simplefilter("always")
        for x in jax.tree.leaves(inputs):
            context.note(x, mask=mask)
        outputs = layer(*inputs)
        found = [context.fact(y, "mask") for y in jax.tree.leaves(outputs)]
    return outputs, found, [str(w.message) for w in told]


def mask_for(sample):
    batch, steps = first(sample.inputs).shape[:2]
    return jnp.arange(steps) < jnp.asarray([steps, steps - 1, 1, steps - 2] * batch)[:batch, None]


@where(lambda sample: sample.mask)
def check_mask(sample):
    """A mask goes on, is used up, or is dropped with a warning, as the sample says."""
    mask = mask_for(sample)
    outputs, found, told = masked_call(sample, sample.inputs, mask, False)
    assert len(told) == (sample.mask == "warns"), told
    assert all("does not pass the mask on" in words for words in told)
    if sample.mask == "passes":
        np.testing.assert_array_equal(found[0], mask)
    elif sample.mask == "own":
        np.testing.assert_array_equal(found[0], sample.layer.compute_mask(*arrays(sample.inputs)))
        assert found[0].shape == mask.shape
    elif sample.mask == "shrinks":
        np.testing.assert_array_equal(found[0], sample.layer.compute_mask(*arrays(sample.inputs), mask))
        assert found[0].shape == outputs.shape[:2]
    else:
        assert found == [None] * len(found)
    for training in sample.modes:
        masked_call(sample, sample.inputs, mask, training)
    assert_finite(outputs)


@where(lambda sample: sample.mask in ("passes", "stops", "shrinks"))
def check_masked_steps_do_not_count(sample):
    """What stands in masked steps changes no output of the others, in inference and in training."""
    mask = mask_for(sample)
    kept = np.asarray(mask)

    def junk(x):
        here = kept.reshape(kept.shape + (1,) * (x.ndim - 2))
        return np.where(here, x, 9.0).astype(x.dtype)

    for training in sample.modes:
        outputs, found, _ = masked_call(sample, sample.inputs, mask, training)
        changed, _, _ = masked_call(sample, jax.tree.map(junk, sample.inputs), mask, training)
        for y, other, flows in zip(jax.tree.leaves(outputs), jax.tree.leaves(changed), found):
            y, other = as_numpy(y), as_numpy(other)
            there = slice(None) if flows is None else np.asarray(flows)
            assert_close(other[there], y[there])


# Types and gradients.


def slope_of(sample, shapes):
    layer = built(sample, "float64")
    params, extras = layer.state()
    leaves, tree = jax.tree.flatten(arrays(sample.inputs, "float64"))
    floats = {str(i): x for i, x in enumerate(leaves) if is_float(x)}
    modes = sample.modes[:1] if "biased" in sample.notes else sample.modes
    rng = np.random.default_rng(9)
    probes = [rng.normal(size=shape) for shape in shapes]

    def scalar(point):
        inputs = jax.tree.unflatten(tree, [point["inputs"].get(str(i), x) for i, x in enumerate(leaves)])
        total = 0.0
        for training in modes:
            outputs, _, losses = layer.stateless_call(
                point["params"], extras, *inputs, training=training, return_losses=True
            )
            assert all(y.dtype == "float64" for y in jax.tree.leaves(outputs))
            total += sum((y * p).sum() for y, p in zip(jax.tree.leaves(outputs), probes)) + sum(losses)
        return total

    return quick_jit(jax.value_and_grad(scalar)), {"params": params, "inputs": floats}


@where(lambda sample: "discrete" not in sample.notes)
def check_gradient_is_the_difference(sample):
    """In float64, with respect to weights and float inputs, in inference and in training."""
    with policy("float64"):
        check_gradient(*sample.slope)


@where(lambda sample: "discrete" not in sample.notes)
def check_finite_at_zero(sample):
    """Inputs of zeros (padding) give finite values and gradients."""
    with policy("float64"):
        slope, point = sample.slope
        assert_finite(slope({**point, "inputs": jax.tree.map(jnp.zeros_like, point["inputs"])}))


def mixed(sample, name, compute, tolerance):
    """Weights and their gradients in float32, outputs in the short type, near those of float32."""
    with policy(name):
        layer = built(sample)
    params, extras = sample.layer.state()
    inputs = arrays(sample.inputs)

    def scalar(params):
        outputs, new = layer.stateless_call(params, extras, *inputs, training=True)
        return sum(y.sum().astype("float32") for y in jax.tree.leaves(outputs)), (outputs, new)

    (_, (outputs, new)), gradient = quick_jit(jax.value_and_grad(scalar, has_aux=True))(params)
    inference = jax.eval_shape(lambda: layer.stateless_call(params, extras, *inputs)[0])
    assert all(y.dtype == compute for y in jax.tree.leaves((outputs, inference)))
    assert all(v.dtype == "float32" for v in layer.trainable_weights)
    assert_finite((outputs, gradient, new))
    wanted = sample.results[-1][0]
    if "rounds" in sample.notes:  # a value may land a step away; most do not
        a, b = (np.concatenate([as_numpy(y).ravel() for y in jax.tree.leaves(t)]) for t in (outputs, wanted))
        assert np.median(abs(a - b)) <= tolerance * max(1, abs(b).max())
    else:
        assert_close(jax.tree.map(as_numpy, outputs), wanted, tolerance)


def check_mixed_bfloat16(sample):
    mixed(sample, "mixed_bfloat16", "bfloat16", 0.05)


def check_mixed_float16(sample):
    mixed(sample, "mixed_float16", "float16", 0.01)


# Configs, arguments, freezing.


@where(lambda sample: "custom" not in sample.notes)
def check_config(sample):
    """A layer made from a config has that config, and, with the same weights, the same output."""
    twin = from_json(sample.layer)
    if "stateful" not in sample.notes:
        twin(*arrays(sample.inputs))
        twin.set_weights(sample.layer.get_weights())
        assert_same_bits(infer(twin, *arrays(sample.inputs)), sample.outputs)
    named = from_json(sample.make(name="mine", trainable=False, dtype="mixed_bfloat16"))
    assert (named.name, named.trainable, named.dtype_policy.name) == ("mine", False, "mixed_bfloat16")


def check_words(sample):
    """`repr` shows the class; a misspelt argument is named with the right one."""
    check_repr(sample.layer)
    check_unknown_argument(sample.make, "trainable")


def check_frozen(sample):
    """A frozen layer has no trainable weights, keeps the order of all, and adds no penalty; and back."""
    layer, inputs = built(sample), arrays(sample.inputs)
    weights, trainable = layer.weights, layer.trainable_weights
    for make in (lambda: sample.make(trainable=False), lambda: layer):
        frozen = make()
        frozen.trainable = False
        frozen(*inputs)
        assert frozen.trainable_weights == []
        assert frozen.state()[0] == {}
        assert frozen.non_trainable_weights == frozen.weights
        assert [v.name for v in frozen.weights] == [v.name for v in weights]
        assert len([v for v in frozen.variables if not isinstance(v, State)]) == len(weights)
    layer.trainable = True
    assert layer.trainable_weights == trainable


# Models.


def model_around(sample, kind):
    """The layer, then one unit, as a model."""
    layer = sample.make()
    tail = [layers.Flatten(), layers.Dense(1, kernel_initializer="ones")]
    axes = () if "stateful" in sample.notes else (0,)
    if kind == "chain":
        return lx.Sequential([symbols(sample, axes)[0], layer, *tail])
    inputs = symbols(sample, axes)
    y = layer(*inputs)
    for one in tail:
        y = one(y if hasattr(y, "shape") else first(y))
    return lx.Model(inputs[0] if len(inputs) == 1 else jax.tree.leaves(inputs), y)


def fitted(sample, kind):
    """Loss and weights after one step of `fit`, which moves some of the weights."""
    x = [x.astype("float32") if is_float(x) else x for x in jax.tree.leaves(sample.inputs)]
    x, y = x if len(x) > 1 else x[0], np.linspace(-1, 1, len(x[0])).astype("float32")
    utils.set_random_seed(2)
    model = model_around(sample, kind)
    before = model.get_weights()
    model.compile("sgd", "mse")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore" if sample.mask == "own" else "error")
        history = model.fit(x, y, batch_size=len(y), epochs=1, verbose=0, shuffle=False, seed=1)
    after = model.get_weights()
    assert_finite((history.history["loss"], after))
    assert any((a != b).any() for a, b in zip(before, after))
    return history.history["loss"], after


def check_fit(sample):
    """One step of `fit` moves the weights."""
    fitted(sample, "graph")


@where(lambda sample: sample.cls in (layers.Dense, layers.BatchNormalization, layers.LSTM, layers.Dropout))
def check_fit_of_a_chain(sample):
    """One step of `fit` is the same in a chain and in a graph."""
    assert_close(fitted(sample, "chain"), fitted(sample, "graph"))


ONCE = (  # properties of the class, shown on its first sample alone: the suite's time is that of compiling
    check_fit,
    check_fit_of_a_chain,
    check_threads,
    check_builds_within_jit,
    check_no_tracer_stays,
    check_no_tracer_stays_of_a_users_jit,
    check_same_seed_same_bits,
    check_calls_leave_nothing,
    check_words,
    check_frozen,
    check_mixed_float16,
)
CHECKS = [
    function
    for name, function in list(globals().items())
    if name.startswith("check_") and function.__module__ == __name__ and function not in ONCE
]
