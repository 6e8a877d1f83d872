"""Objects as data, settings, float types, seeds."""

import json

import jax
import jax.numpy as jnp
import numpy as np
import pytest

import laminax as lx
from laminax import config, initializers, layers, losses, utils
from laminax._core import dtypes
from laminax._core.config import from_data, snake_case, to_data
from laminax._core.errors import did_you_mean
from laminax._core.random import SeedGenerator, draw_seed


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("BatchNormalization", "batch_normalization"),
        ("Conv2D", "conv2d"),
        ("Conv2DTranspose", "conv2d_transpose"),
        ("PReLU", "p_re_lu"),
        ("LSTM", "lstm"),
        ("L1L2", "l1l2"),
        ("ConvLSTM2D", "conv_lstm2d"),
        ("GlobalAveragePooling1D", "global_average_pooling1d"),
    ],
)
def test_snake_case(name, wanted):
    assert snake_case(name) == wanted


def test_did_you_mean():
    assert did_you_mean("rellu", ["relu", "selu", "tanh"]) == " Did you mean 'relu' or 'selu'?"
    assert did_you_mean("RELU", ["relu"]) == " Did you mean 'relu'?"
    assert did_you_mean("xyz", ["relu", "tanh"]) == " Known: 'relu', 'tanh'."
    assert did_you_mean("xyz", []) == ""


def test_a_config_is_json_and_comes_back():
    layer = layers.Dense(3, "relu", kernel_initializer=initializers.HeNormal(seed=4), kernel_regularizer="l2", name="d")
    data = json.loads(json.dumps(to_data(layer)))
    assert data["module"] == "keras.layers"  # as Keras writes it
    assert data["class_name"] == "Dense"
    assert data["registered_name"] is None
    assert data["config"]["activation"] == "relu"
    assert data["config"]["kernel_initializer"]["config"] == {"seed": 4, "input_axes": None, "output_axes": None}
    back = from_data(data)
    assert isinstance(back, layers.Dense)
    assert back.get_config() == layer.get_config()


def test_special_values():
    assert from_data(to_data([1, (2, 3), {"a": np.float32(0.5)}])) == [1, (2, 3), {"a": 0.5}]
    array = from_data(json.loads(json.dumps(to_data(np.arange(3, dtype="int32")))))
    assert array.dtype == "int32"
    assert array.tolist() == [0, 1, 2]
    assert to_data(np.float32) == "float32"
    assert to_data(losses.mean_squared_error) == "mean_squared_error"


def test_names_are_looked_up_in_a_closed_table():
    with pytest.raises(ValueError, match="Unknown class 'system'"):
        from_data({"class_name": "system", "config": {}, "module": "os"})
    with pytest.raises(ValueError, match="Unknown function 'system'"):
        from_data({"class_name": "function", "config": "system", "module": "os"})


def test_a_users_class_needs_no_get_config():
    class Scale(layers.Layer):
        def __init__(self, factor, offset=1.0, **kwargs):
            super().__init__(**kwargs)
            self.f = factor  # under another name

        def call(self, x):
            return x * self.f

    layer = Scale(3, name="s")
    found = layer.get_config()
    assert (found["factor"], found["offset"], found["name"]) == (3, 1.0, "s")
    assert Scale.from_config(found).f == 3
    assert repr(layer) == "Scale(factor=3, name='s')"
    # A built-in name is never shadowed, and a user's class is known only where it is given.
    data = to_data(layer)
    with pytest.raises(ValueError, match="Unknown class 'Scale'"):
        from_data(data)
    assert isinstance(from_data(data, {"Scale": Scale}), Scale)

    class Dense(layers.Dense):
        pass

    assert type(from_data(to_data(layers.Dense(2)), {"Dense": Dense})) is layers.Dense


def test_functions_of_the_users_own():
    def double(x):
        return 2 * x

    data = to_data(layers.Activation(double))
    assert data["config"]["activation"]["config"] == "double"
    with pytest.raises(ValueError, match="Unknown function 'double'"):
        from_data(data)


def test_identifiers_of_a_family():
    assert isinstance(initializers.get("glorot_uniform"), initializers.GlorotUniform)
    assert isinstance(initializers.get("GlorotUniform"), initializers.GlorotUniform)
    assert isinstance(initializers.get(initializers.Zeros), initializers.Zeros)
    assert isinstance(initializers.get(to_data(initializers.Ones())), initializers.Ones)
    assert initializers.get(None) is None
    with pytest.raises(TypeError, match="initializer must be a name"):
        initializers.get(3)


# Settings and float types.


@pytest.fixture
def restored():
    yield
    config.set_floatx("float32")
    config.set_epsilon(1e-7)
    config.set_image_data_format("channels_last")
    config.set_dtype_policy(None)


@pytest.mark.usefixtures("restored")
def test_settings():
    config.set_floatx("float16")
    assert layers.Dense(2).dtype == "float16"
    config.set_image_data_format("channels_first")
    assert layers.Conv2D(2, 3).data_format == "channels_first"
    config.set_epsilon(1e-3)
    assert config.epsilon() == 1e-3
    for call in (config.set_floatx, config.set_image_data_format):
        with pytest.raises(ValueError, match="Unknown"):
            call("flaot32")


@pytest.mark.usefixtures("restored")
@pytest.mark.parametrize(
    ("policy", "compute", "variable"),
    [
        ("float32", "float32", "float32"),
        ("bfloat16", "bfloat16", "bfloat16"),
        ("mixed_bfloat16", "bfloat16", "float32"),
        ("mixed_float16", "float16", "float32"),
    ],
)
def test_policies(policy, compute, variable):
    config.set_dtype_policy(policy)
    layer = layers.Dense(2)
    y = layer(np.ones((1, 3), "float32"))
    assert (y.dtype, layer.kernel.dtype) == (compute, variable)
    assert (layer.compute_dtype, layer.dtype) == (compute, variable)
    config.set_dtype_policy(None)
    assert layers.Dense(2, dtype=policy)(np.ones((1, 3))).dtype == compute
    assert layers.Dense(2, dtype=dtypes.DTypePolicy(policy)).dtype_policy.name == policy


def test_float64_needs_jax_to_allow_it():
    with pytest.raises(ValueError, match="jax_enable_x64"):
        layers.Dense(2, dtype="float64")
    with jax.enable_x64(True):
        assert layers.Dense(2, dtype="float64")(np.ones((1, 3))).dtype == "float64"


def test_unknown_policies():
    with pytest.raises(ValueError, match="Did you mean 'mixed_float16'"):
        layers.Dense(2, dtype="mixed_flaot16")


def test_floats_are_converted_and_integers_are_not():
    seen = []

    class Look(layers.Layer):
        def call(self, x, y=None):
            seen.append((x.dtype, y.dtype))
            return x

    Look()(np.ones(2, "float64"), y=np.ones(2, "int64"))
    assert seen == [("float32", "int32")]
    Look(autocast=False)(jax.numpy.ones(2, "float16"), y=np.ones(2, bool))
    assert seen[-1] == ("float16", "bool")


# Seeds.


def test_a_seed_fixes_what_follows():
    def values():
        utils.set_random_seed(7)
        return initializers.RandomNormal()((3,)), initializers.RandomNormal()((3,)), draw_seed()

    (a, b, c), (d, e, f) = values(), values()
    np.testing.assert_array_equal(a, d)
    np.testing.assert_array_equal(b, e)
    assert c == f
    assert not np.array_equal(a, b)


def test_an_initializer_with_a_seed_repeats_itself():
    initializer = initializers.GlorotUniform(seed=3)
    np.testing.assert_array_equal(initializer((2, 2)), initializer((2, 2)))
    fresh = initializers.GlorotUniform()
    assert not np.array_equal(fresh((2, 2)), fresh((2, 2)))


def test_seed_generator():
    a, b = SeedGenerator(5), SeedGenerator(5)
    keys = [g.next().tolist() for g in (a, a, b, b)]
    assert keys[0] == keys[2]
    assert keys[1] == keys[3]
    assert keys[0] != keys[1]
    a.reset(5)
    assert jax.random.key_data(a.key()).tolist() == keys[0]
    assert SeedGenerator(2**40 + 1).state.numpy().tolist() == [1, 256]
    for bad in (-1, 2.5, True):
        with pytest.raises(ValueError, match="must be an integer that is not negative"):
            SeedGenerator(bad)


def test_without_a_seed_runs_differ():
    utils.set_random_seed(None)
    assert len({draw_seed() for _ in range(8)}) == 8


def test_set_random_seed_seeds_the_program():
    import random

    utils.set_random_seed(3)
    first = random.random(), np.random.random()
    utils.set_random_seed(3)
    assert (random.random(), np.random.random()) == first
    with pytest.raises(ValueError, match=r"0 .. 2\*\*32 - 1"):
        utils.set_random_seed(-1)


def test_to_categorical():
    np.testing.assert_array_equal(utils.to_categorical([1, 0], 3), [[0, 1, 0], [1, 0, 0]])
    assert utils.to_categorical([[2], [0]]).shape == (2, 3)
    assert isinstance(utils.to_categorical(np.array([0, 1])), np.ndarray)
    assert isinstance(utils.to_categorical(jnp.array([0, 1])), jax.Array)
    assert utils.to_categorical([[[1, 2]]]).shape == (1, 1, 2, 3)
    assert utils.to_categorical(np.array([1.0, 0.0])).shape == (2, 2)
    with pytest.raises(ValueError, match=r"0 .. 1; got 0 .. 2"):
        utils.to_categorical([0, 2], 2)
    with pytest.raises(TypeError, match="integers"):
        utils.to_categorical([0.5])


def test_versions():
    assert lx.__version__.count(".") == 2


def test_short_floats_on_a_cpu_are_slower_and_said_so():
    model = lx.Sequential([lx.Input((3,)), layers.Dense(1)])
    model.layers[0].dtype_policy = "mixed_bfloat16"
    model.compile("sgd", "mse")
    x, y = np.ones((4, 3), "float32"), np.ones((4, 1), "float32")
    with pytest.warns(UserWarning, match="computes in bfloat16, which is slower than float32 on a CPU"):
        model.fit(x, y, epochs=2, verbose=0)
    model.fit(x, y, verbose=0)  # said once
