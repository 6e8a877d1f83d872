"""Random arrays: their distributions, their seeds, and what is not accepted."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from contract import assert_close, assert_same_bits, quick_jit

import laminax as lx
from laminax import initializers, random
from laminax.random import SeedGenerator

N = 20_000
LOGITS = np.log(np.array([[0.1, 0.2, 0.7], [0.5, 0.25, 0.25]], "float32"))
DRAWS = {  # the call, and the mean and the standard deviation of what it gives
    "normal": (lambda seed: random.normal((N,), 1.0, 2.0, seed=seed), 1.0, 2.0),
    "uniform": (lambda seed: random.uniform((N,), -1, 3, seed=seed), 1.0, 4 / 12**0.5),
    "truncated_normal": (lambda seed: random.truncated_normal((N,), 0.5, 2.0, seed=seed), 0.5, 2 * 0.87962566),
    "randint": (lambda seed: random.randint((N,), 0, 5, seed=seed), 2.0, 2**0.5),
    "gamma": (lambda seed: random.gamma((N,), 4.0, seed=seed), 4.0, 2.0),
    "beta": (lambda seed: random.beta((N, 2), [2.0, 2.0], 2.0, seed=seed), 0.5, 0.05**0.5),
    "binomial": (lambda seed: random.binomial((N,), [20.0], 0.5, seed=seed), 10.0, 5**0.5),
    "categorical": (lambda seed: random.categorical(LOGITS[:1], N, seed=seed), 1.6, 0.44**0.5),
    "dropout": (lambda seed: random.dropout(np.ones(N, "float32"), 0.2, seed=seed), 1.0, 0.5),
}


def test_distributions():
    """Mean and spread of each, from one compiled program; compiled or not, an integer seed gives the same numbers."""
    drawn = quick_jit(lambda: {name: draw(7) for name, (draw, _, _) in DRAWS.items()})()
    for name, (_, mean, stddev) in DRAWS.items():
        x = np.asarray(drawn[name], "float64")
        assert x.mean() == pytest.approx(mean, abs=0.03 * stddev), name
        assert x.std() == pytest.approx(stddev, rel=0.03), name
    for name in ("normal", "uniform", "randint", "dropout"):
        assert_close(DRAWS[name][0](7), drawn[name])
    assert {*np.unique(drawn["randint"])} == {0, 1, 2, 3, 4}
    assert np.abs(drawn["truncated_normal"] - 0.5).max() <= 4


def test_seeds_are_keys_as_keras_makes_them():
    """A seed is the first word of a key, and a generator counts in the second one."""
    wanted = [jax.random.normal(jax.random.wrap_key_data(np.array([5, n], "uint32")), (3,)) for n in range(3)]
    generator = SeedGenerator(5)
    assert_same_bits([random.normal((3,), seed=generator) for _ in range(3)], wanted)
    assert_same_bits(random.normal((3,), seed=5), wanted[0])
    assert_same_bits(random.normal((3,), seed=jnp.array([5, 1], "uint32")), wanted[1])
    assert_same_bits(random.normal((3,), seed=jax.random.wrap_key_data(np.array([5, 2], "uint32"))), wanted[2])
    generator.reset(5)
    assert_same_bits([generator.next(), generator.next()], [np.array([5, n], "uint32") for n in range(2)])
    assert (np.asarray(random.normal((3,))) != np.asarray(random.normal((3,)))).any()


def test_shuffled_rows_stay_whole():
    x = np.arange(12).reshape(6, 2)
    rows = random.shuffle(x, seed=3)
    assert not np.array_equal(rows, x)
    assert sorted(np.asarray(rows).tolist()) == x.tolist()
    assert sorted(np.asarray(random.shuffle(x, axis=1, seed=3)).T.tolist()) == x.T.tolist()


def test_dropout_of_whole_parts():
    x = np.ones((50, 4), "float32")
    kept = np.asarray(random.dropout(x, 0.5, noise_shape=(None, 1), seed=1))
    assert {*np.unique(kept)} == {0, 2}
    assert (kept == kept[:, :1]).all()
    assert random.dropout(x, 0) is x
    assert float(jnp.sum(random.dropout(x, 1.0))) == 0


MISTAKES = [
    (lambda: random.normal((2,), seed="one"), "`seed` must be either an integer or a SeedGenerator"),
    (lambda: random.normal((2,), seed=True), "`seed` must be either an integer or a SeedGenerator"),
    (lambda: random.uniform((2,), dtype="int32"), "requires a floating point `dtype`; got 'int32'"),
    (lambda: random.randint((2,), 0, 3, dtype="float32"), "requires an integer `dtype`; got 'float32'"),
    (lambda: random.categorical(np.ones(3), 2), r"takes logits \(rows, classes\); got the shape \(3,\)"),
    (lambda: jax.jit(lambda: random.normal((2,)))(), "you should only use seeded random ops"),
    (lambda: initializers.RandomNormal(stddev=-1), "RandomNormal: .*stddev.* must be a number >= 0; got -1"),
    (lambda: initializers.RandomUniform(maxval="x"), "RandomUniform: .*maxval.* must be a finite number; got 'x'"),
    (lambda: initializers.HeNormal(seed=1.5), "`seed` must be an integer that is not negative, or None; got 1.5"),
    (lambda: initializers.VarianceScaling(scale=0), "`scale` must be positive float. Got 0"),
    (lambda: initializers.VarianceScaling(mode="fan"), "Invalid `mode` argument: 'fan'. Did you mean 'fan_"),
    (lambda: initializers.VarianceScaling(distribution="norml"), "Invalid `distribution` argument: 'norml'. Did you"),
    (lambda: initializers.get(np.ones(3))((4,)), r"Expected `shape` to be \(3,\).*; got \(4,\)"),
]


@pytest.mark.parametrize(("call", "words"), MISTAKES, ids=[words[:40] for _, words in MISTAKES])
def test_mistakes(call, words):
    with pytest.raises(ValueError, match=words):
        call()


# Initializers beyond their contract.


def test_an_array_as_an_initializer():
    values = np.arange(6, dtype="float32").reshape(2, 3)
    layer = lx.layers.Dense(3, kernel_initializer=values)
    layer.build((None, 2))
    assert_same_bits(layer.kernel.value, values)
    twin = lx.layers.Dense.from_config(layer.get_config())
    twin.build((None, 2))
    assert_same_bits(twin.kernel.value, values)


def test_axes_of_a_kernel():
    """The spread goes by the axes that are inputs, where they are said to be others than usual."""
    shape = (40, 8, 25)
    for arguments, n in (({}, 320), ({"input_axes": [0], "output_axes": [1, 2]}, 40)):
        x = np.asarray(initializers.LecunNormal(seed=3, **arguments)(shape))
        assert x.std() == pytest.approx(n**-0.5, rel=0.03)
    own = initializers.HeNormal(seed=3, input_axes=[0], output_axes=[1, 2])
    assert own.along([2], [0]).input_axes == [0]
    assert_same_bits(own.clone()(shape), own(shape))
    assert initializers.HeNormal().along([2], [0]).input_axes == [2]


def test_configs_of_families():
    """Classes by any of their names; functions by theirs."""
    for family, name, cls in (
        (initializers, "he_normal", initializers.HeNormal),
        (lx.regularizers, "l1_l2", lx.regularizers.L1L2),
        (lx.constraints, "max_norm", lx.constraints.MaxNorm),
        (lx.optimizers, "adamw", lx.optimizers.AdamW),
    ):
        assert type(family.deserialize({"class_name": name, "config": {}})) is cls
        assert type(family.get({"class_name": name, "config": {}})) is cls
    assert lx.activations.deserialize(lx.activations.serialize(lx.activations.relu)) is lx.activations.relu
    assert lx.activations.get({"class_name": "function", "config": "gelu"}) is lx.activations.gelu


def test_policies_by_name():
    """A map gives each layer the policy of its name."""
    found = lx.dtype_policies.DTypePolicyMap("float32", {"short.*": "bfloat16", "short_0": "mixed_float16"})
    kinds = [lx.layers.Dense(2, dtype=found, name=name).compute_dtype for name in ("short_0", "short_1", "long")]
    assert kinds == ["float16", "bfloat16", "float32"]
    twin = lx.dtype_policies.deserialize(lx.dtype_policies.serialize(found))
    assert (dict(twin), twin.default_policy) == (dict(found), found.default_policy)
    assert repr(twin["long"]) == '<DTypePolicy "float32">'
    for call, kind, words in (
        (lambda: lx.dtype_policies.get(3), ValueError, "Cannot interpret `dtype` argument"),
        (
            lambda: lx.dtype_policies.get("mixed_bfloat15"),
            ValueError,
            "Cannot convert .* Did you mean 'mixed_bfloat16'",
        ),
        (lambda: lx.DTypePolicy(3), TypeError, "'name' must be a string"),
        (lambda: lx.config.set_dtype_policy(3), ValueError, "Invalid `policy` argument 3"),
        (lambda: found.update({"x": 3}), ValueError, "Cannot interpret the assigned value"),
        (lambda: lx.dtype_policies.DTypePolicyMap(found), ValueError, "not another map"),
        (lambda: lx.dtype_policies.DTypePolicyMap(policy_map=3), TypeError, "`policy_map` must be a dict"),
    ):
        with pytest.raises(kind, match=words):
            call()


def test_variables_in_penalties_and_bounds():
    """Penalties and constraints take variables, and a variable is equal to an array element by element."""
    w = lx.Variable(np.array([[3.0, -4.0]], "float32"))
    assert float(lx.regularizers.L1L2(0.1, 0.1)(w)) == pytest.approx(3.2)
    assert_close(lx.constraints.UnitNorm(axis=1)(w), np.array([[0.6, -0.8]], "float32"))
    assert_same_bits(lx.constraints.NonNeg()(w), np.array([[3.0, 0.0]], "float32"))
    assert np.asarray(w == np.array([[3.0, 4.0]], "float32")).tolist() == [[True, False]]
    assert len({w, w}) == 1
    with lx.name_scope("a"), lx.name_scope("b"):
        assert lx.Variable(np.ones(1), name="w").path == "a/b/w"
