"""Whole models in files: all comes back, and what can't is told before anything is written."""

import json
import warnings
import zipfile

import jax
import keras_files
import numpy as np
import pytest
from contract import quick_jit

import laminax as lx
from laminax import layers, ops, saving
from laminax.data.sources import Sample
from laminax.saving import CorruptFileError, UnsafeFileError
from laminax.training.step import Batch


@pytest.fixture
def path(tmp_path):
    return tmp_path / "m.keras"


def small(**more):
    return lx.Sequential([lx.Input((4,)), layers.Dense(5, "tanh"), layers.Dropout(0.5), layers.Dense(2)], **more)


def again(model, path, **more):
    model.save(path)
    return saving.load_model(path, **more)


def assert_equal(model, other):
    assert json.dumps(other.get_config()) == json.dumps(model.get_config())
    for a, b in zip(model.weights, other.weights, strict=True):
        assert (a.path, a.dtype, a.trainable) == (b.path, b.dtype, b.trainable)
        np.testing.assert_array_equal(a.numpy(), b.numpy())


def graph_of_everything():
    a, b = lx.Input((4, 6), name="a"), lx.Input((6,), dtype="int32", name="b")
    shared = layers.Dense(6, name="shared")
    inner = lx.Model(x := lx.Input((6,)), [layers.Dense(6)(x), layers.Dense(3)(x)], name="inner")
    y = shared(a) + shared(ops.exp(a * 0.1))[:, ::-1, ..., :]
    y = ops.concatenate([y, 1.0 - y, -abs(y) / 2.0], axis=1)
    y = layers.MultiHeadAttention(2, 3)(query=y, value=y, use_causal_mask=True)
    y = layers.Bidirectional(layers.GRU(3))(y, training=False)
    first, second = inner(y)
    z = layers.Embedding(9, 3)(b)
    total = ops.einsum("ij,ikj->ik", second, z) ** 2 + ops.sum(first, axis=-1, keepdims=True)
    return lx.Model({"a": a, "b": b}, {"total": total, "again": inner(first)[1]}, name="everything")


def test_a_graph(path):
    model = graph_of_everything()
    other = again(model, path)
    assert_equal(model, other)
    assert other.name == "everything"
    x = {"a": np.ones((2, 4, 6), "float32"), "b": np.ones((2, 6), "int32")}
    run = quick_jit(lambda model_state, x: model.stateless_call(*model_state, x)[0])
    same = quick_jit(lambda model_state, x: other.stateless_call(*model_state, x)[0])
    for y, wanted in zip(jax.tree.leaves(same(other.state(), x)), jax.tree.leaves(run(model.state(), x)), strict=True):
        np.testing.assert_array_equal(y, wanted)
    node = next(n for n in other._graph.nodes if n.function.__class__ is layers.Bidirectional)
    assert node.kwargs == {"training": False}


def test_json():
    model = graph_of_everything()
    other = lx.models.model_from_json(model.to_json(indent=1))
    assert json.dumps(other.get_config()) == json.dumps(model.get_config())
    assert lx.Model.from_config(model.get_config()).get_config() == model.get_config()
    chain = small(name="chain")
    assert lx.Sequential.from_config(chain.get_config()).get_config() == chain.get_config()
    assert lx.models.model_from_json(chain.to_json()).name == "chain"
    with pytest.raises(CorruptFileError, match="describes no model, but Dense"):
        lx.models.model_from_json(json.dumps(layers.objects.serialize(layers.Dense(3))))


def test_chains(path):
    for model in (
        small(),
        lx.Sequential([small(), layers.Dense(3), lx.Sequential([layers.Dense(2)])]),
        lx.Sequential([layers.Dense(3, trainable=False)], trainable=False),
        lx.Sequential(),
    ):
        if not model.built and model.layers:
            model.build((None, 4))
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            assert_equal(model, again(model, path))


def test_a_chain_whose_shape_the_data_gave(path):
    model = lx.Sequential([layers.Dense(3)])
    model.compile("sgd", "mse")
    model.predict(np.ones((2, 4, 5), "float32"), verbose=0)
    other = again(model, path)
    assert not other._input.declared  # so other sizes are still possible
    assert_equal(model, other)
    ints = lx.Sequential([layers.Embedding(5, 2)])
    ints.predict(np.ones((2, 4), "int32"), verbose=0)
    assert again(ints, path)._input.input_dtype == "int32"


def test_names_that_were_made_up_may_change_again(path):
    first, second = again(small(), path), again(small(), path)
    x = lx.Input((4,))
    joined = lx.Model(x, [first.layers[0](x), second.layers[0](x)])
    assert len({layer.name for layer in joined.layers}) == 3
    kept = [again(lx.Sequential([lx.Input((4,)), layers.Dense(1, name="mine")]), path).layers[0] for _ in range(2)]
    outputs = [layer(x) for layer in kept]
    with pytest.raises(ValueError, match="Two layers are named"):
        lx.Model(x, outputs)


def test_classes_of_the_program(path):
    model = keras_files.Net(3)
    model(np.ones((2, 4), "float32"))
    other = again(model, path)
    assert type(other) is keras_files.Net
    assert other.units == 3
    assert_equal(model, other)

    class Mine(layers.Layer):
        def __init__(self, factor, **kwargs):
            super().__init__(**kwargs)
            self.factor = factor

        def call(self, x):
            return x * self.factor

    own = lx.Sequential([lx.Input((4,)), Mine(2.0), layers.Dense(1)])
    own.save(path)
    with pytest.raises(UnsafeFileError, match="Unknown class 'Mine' of test_saving_models"):
        saving.load_model(path)
    assert saving.load_model(path, custom_objects={"Mine": Mine}).layers[0].factor == 2.0
    with saving.custom_object_scope({"Mine": Mine}):
        assert saving.load_model(path).layers[0].factor == 2.0
    assert lx.models.model_from_json(own.to_json(), {"Mine": Mine}).layers[0].factor == 2.0


def test_a_model_of_two_arguments(path):
    @saving.register_keras_serializable("tests", "Two")
    class Two(lx.Model):
        def __init__(self, **kwargs):
            super().__init__(**kwargs)
            self.left, self.right = layers.Dense(3), layers.Dense(3)

        def call(self, a, b):
            return self.left(a) * self.right(b)

    model = Two(name="two")
    model(np.ones((2, 4), "float32"), np.ones((2, 5), "float32"))
    assert model.get_build_config() == {"shapes_dict": {"a_shape": (2, 4), "b_shape": (2, 5)}}
    assert_equal(model, again(model, path))


def test_a_subclass_that_is_made_of_a_graph(path):
    @saving.register_keras_serializable("tests", "Kind")
    class Kind(lx.Model):
        pass

    @saving.register_keras_serializable("tests", "Fixed")
    class Fixed(lx.Model):
        def __init__(self, units, **kwargs):
            x = lx.Input((4,))
            super().__init__(inputs=x, outputs=layers.Dense(units)(x), **kwargs)
            self.units = units

    x = lx.Input((4,))
    for model in (Kind(x, layers.Dense(2)(x), name="kind"), Fixed(3, name="fixed")):
        other = again(model, path)
        assert type(other) is type(model)
        assert_equal(model, other)


def test_a_layer_at_two_places_is_one_layer(path):
    @saving.register_keras_serializable("tests", "Both")
    class Both(layers.Layer):
        def __init__(self, first, second, **kwargs):
            super().__init__(**kwargs)
            self.first, self.second = first, second

        def call(self, x):
            return self.second(self.first(x))

    dense = layers.Dense(4)
    model = lx.Sequential([lx.Input((4,)), Both(dense, dense), Both(layers.Dense(4), layers.Dense(4))])
    other = again(model, path)
    assert other.layers[0].first is other.layers[0].second
    assert other.layers[1].first is not other.layers[1].second
    assert_equal(model, other)


# What a model was compiled with.


def test_training_goes_on(path):
    model = small()
    model.compile(
        lx.optimizers.Adam(0.01), lx.losses.MeanSquaredError(), metrics=["mae", lx.metrics.RootMeanSquaredError()]
    )
    assert (
        again(model, path).restored.compiled
        == "optimizer Adam, loss mean_squared_error, metrics [mae, root_mean_squared_error]"
    )
    rng = np.random.default_rng(2)
    model.optimizer.build(model.trainable_variables)
    model.optimizer.apply([rng.normal(size=v.shape).astype("float32") for v in model.trainable_variables])
    other = again(model, path)
    assert other.restored.optimizer == len(model.optimizer.variables)
    for a, b in zip(model.optimizer.variables, other.optimizer.variables, strict=True):
        np.testing.assert_array_equal(a.numpy(), b.numpy())
    assert other.optimizer.get_config() == model.optimizer.get_config()
    assert saving.load_model(path, compile=False).optimizer is None
    model.save(path, include_optimizer=False)
    bare = saving.load_model(path)
    assert (bare.optimizer, bare.restored.compiled, bare.get_compile_config()) == (None, "", {})


@pytest.mark.parametrize("loss", ["mse", ["mse", "mae"], {"p": "mse", "q": None}, {"p": "mse", "q": "mae"}])
@pytest.mark.parametrize("weights", [None, 0.5, "form of the loss"])
def test_the_mean_of_losses_is_kept_as_a_sum(path, loss, weights):
    x = lx.Input((4,))
    model = lx.Model(x, [layers.Dense(1, name="p")(x), layers.Dense(1, name="q")(x)])
    if weights == "form of the loss":
        weights = {"p": 3.0} if isinstance(loss, dict) else [3.0, 1.0]
    model.compile("sgd", loss, loss_weights=weights)
    other = again(model, path)
    assert other.combine_losses == "sum"
    x, y = np.ones((2, 4), "float32"), [np.full((2, 1), 7.0, "float32"), np.full((2, 1), 5.0, "float32")]
    y = dict(zip("pq", y)) if isinstance(loss, dict) else y
    y = {"p": y["p"]} if isinstance(loss, dict) and loss["q"] is None else y

    def total(one):
        losses = one._trainer.bind(Sample(x, y, None)).losses
        return float(losses(Batch(x, y, None), [np.full((2, 1), 1.5, "float32"), np.full((2, 1), 2.5, "float32")])[0])

    assert total(other) == pytest.approx(total(model), rel=1e-6)
    assert total(model) > 5


def test_what_cannot_be_described(path):
    import optax

    model = small()
    model.compile(optax.sgd(0.1), "mse")
    with pytest.warns(UserWarning, match="OptaxOptimizer can't be described"):
        other = again(model, path)
    assert other.optimizer is None
    model.compile("sgd", lambda y, p: p.sum())
    before = path.read_bytes()
    with pytest.raises(ValueError, match="A lambda can't be saved"):
        model.save(path)
    with pytest.raises(ValueError, match="A lambda can't be saved"):
        lx.Sequential([lx.Input((4,)), layers.Lambda(lambda x: x)]).to_json()
    x = lx.Input((4,))
    unnamed = lx.Model(x, _own(x))
    with pytest.raises(ValueError, match="calls the function 'own', which can't be saved"):
        unnamed.save(path)
    assert path.read_bytes() == before


def _own(x):
    from laminax._core.graph import symbolic

    @symbolic
    def own(x):
        return x

    return own(x)


def test_a_compile_of_its_own_is_left_to_the_program(path):
    @saving.register_keras_serializable("tests", "OwnCompile")
    class OwnCompile(lx.Sequential):
        def compile(self, *args, **kwargs):
            super().compile(*args, **kwargs)

    model = OwnCompile([lx.Input((4,)), layers.Dense(1)])
    model.compile("sgd", "mse")
    with pytest.warns(UserWarning, match="OwnCompile defines compile itself"):
        assert again(model, path).optimizer is None


# Files.


def test_the_archive_is_as_keras_writes_it(path):
    model = small()
    model.compile("sgd", "mse")
    model.save(path)
    with zipfile.ZipFile(path) as archive:
        assert archive.namelist() == ["metadata.json", "config.json", "model.weights.h5"]
        assert archive.testzip() is None
        assert json.loads(archive.read("metadata.json"))["keras_version"].startswith("3.")
        config = json.loads(archive.read("config.json"))
    assert (config["module"], config["class_name"]) == ("keras", "Sequential")
    assert config["config"]["layers"][1]["module"] == "keras.layers"
    assert config["compile_config"]["loss"] == "mse"


def test_bad_names_and_files(path, tmp_path):
    model = small()
    for bad in (tmp_path / "m.h5", tmp_path / "m"):
        with pytest.raises(ValueError, match=r"kept in a \.keras file"):
            model.save(bad)
    with pytest.raises(ValueError, match="zipped=False"):
        model.save(path, zipped=False)
    with pytest.raises(FileNotFoundError):
        saving.load_model(path)
    model.save(path)
    with pytest.raises(FileExistsError):
        saving.save_model(model, path, overwrite=False)
    with pytest.raises(UnsafeFileError, match=r"Convert it to \.safetensors"):
        saving.load_model(tmp_path / "m.pkl")
    (tmp_path / "m.h5").write_bytes(b"\x89HDF")
    with pytest.raises(saving.UnsupportedVersionError, match="Keras 2"):
        saving.load_model(tmp_path / "m.h5")


def test_strict_about_numbers(path):
    model = small()
    model.layers[0].bias.assign(np.full(5, np.inf))
    model.save(path)
    with pytest.warns(UserWarning, match="not finite in layers/dense/vars/1"):
        assert saving.load_model(path).restored.weights == 4
    with pytest.raises(CorruptFileError, match="not finite"):
        saving.load_model(path, strict_finite=True)


def test_infinities_where_they_have_a_meaning(path):
    x = lx.Input((4,))
    model = lx.Model(x, ops.where(x > 0, x, -np.inf))
    model.save(path)
    node = saving.load_model(path)._graph.nodes[-1]
    assert -np.inf in [*node.args[1:], *node.kwargs.values()]


def test_an_error_says_where(path):
    model = small()
    model.save(path)
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    members["config.json"] = members["config.json"].replace(b'"units": 5', b'"units": -5')
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    with pytest.raises(CorruptFileError) as caught:
        saving.load_model(path)
    error = caught.value
    assert (error.path, error.member, error.limit) == (str(path), "config.json", None)
    assert error.reason == "Dense 'dense': Dense: argument `units` must be a positive integer; got -5."
    assert str(error) == f"{path}: config.json: {error.reason}"


def test_a_limit_is_told():
    deep = json.loads(small().to_json())
    deep["config"]["layers"][1]["config"]["bias_regularizer"] = json.loads("[" * 70 + "]" * 70)
    with pytest.raises(saving.ResourceLimitError, match="nesting deeper than 64") as caught:
        lx.models.model_from_json(json.dumps(deep))
    assert caught.value.limit == 64


def test_nothing_is_drawn_for_weights_that_a_file_has(path, monkeypatch):
    model = small()
    model.save(path)
    monkeypatch.setattr(lx.initializers.GlorotUniform, "draw", None)
    assert_equal(model, saving.load_model(path))


def test_weights_that_a_file_lacks_are_made(path):
    """What a layer reads by itself may leave a weight as it is made."""

    @saving.register_keras_serializable("tests", "Forgetful")
    class Forgetful(layers.Layer):
        def build(self, shape):
            self.scale = self.add_weight((2,), "ones")

        def call(self, x):
            return x * self.scale[0]

        def save_own_variables(self, store):
            pass

        def load_own_variables(self, store):
            pass

    model = lx.Sequential([lx.Input((2,)), Forgetful()])
    assert again(model, path).layers[0].scale.numpy().tolist() == [1, 1]


# What layers keep besides weights.


def test_vocabularies(path):
    learnt = layers.StringLookup(output_mode="one_hot")
    learnt.adapt(["a", "b", "b", "c"])
    given = layers.StringLookup(vocabulary=["x", "y"])
    long = layers.IntegerLookup(vocabulary=list(range(5000)))
    counts = layers.TextVectorization(output_mode="tf_idf")
    counts.adapt(["a b", "b c", "b"])
    odd = layers.StringLookup()
    odd.adapt(["a\nb", "c"])
    for layer, member in ((learnt, True), (given, False), (long, True), (counts, True), (odd, False)):
        model = lx.Sequential([lx.Input((1,), dtype="int64" if layer is long else "string"), layer])
        other = again(model, path).layers[0]
        with zipfile.ZipFile(path) as archive:
            assert any(name.startswith("assets/") for name in archive.namelist()) == member
        assert other.get_vocabulary() == layer.get_vocabulary()
        assert other.has_input_vocabulary == layer.has_input_vocabulary
        np.testing.assert_array_equal(*(one(np.array([[4]]) if layer is long else [["b"]]) for one in (layer, other)))


def test_assets_of_the_programs_own_are_refused(path):
    class Keeps(layers.Layer):
        def call(self, x):
            return x

        def save_assets(self, folder):
            raise AssertionError

    with pytest.raises(ValueError, match=r"Keeps\.save_assets is not supported"):
        lx.Sequential([lx.Input((2,)), Keeps()]).save(path)


def test_a_kernel_that_is_divided(path):
    """`SpectralNormalization` keeps in files what Keras does: the kernel divided already."""
    layer = layers.SpectralNormalization(layers.Dense(3))
    model = lx.Sequential([lx.Input((4,)), layer])
    layer.vector_u.assign(layer.vector_u.numpy() * 3)
    x = np.ones((2, 4), "float32")
    other = again(model, path)
    np.testing.assert_allclose(other(x), model(x), rtol=1e-6)
    np.testing.assert_allclose(other.layers[0].kernel.numpy() * 3, layer.kernel.numpy(), rtol=1e-6)
    assert_equal(other, again(other, path))
