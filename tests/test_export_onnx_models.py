"""Whole models as ONNX, and what is refused."""

import pathlib
import re
import subprocess
import sys

import numpy as np
import pytest

pytest.importorskip("onnx", reason="the package onnx is missing")
pytest.importorskip("onnxruntime", reason="the package onnxruntime is missing")

import onnx
from onnx_files import assert_same, operators

import laminax as lx
from laminax import layers
from laminax.export.onnx import CONVERTERS, OPERATIONS
from laminax.ops.names import function_of

DOCS = pathlib.Path(__file__).parent.parent / "docs" / "export.md"


def transposes(file):
    return operators(file).count("Transpose")


def test_a_perceptron(tmp_path):
    chain = [layers.Rescaling(1 / 16), layers.Flatten(), layers.Dense(8, "relu"), layers.Dense(3, "softmax")]
    file = assert_same(lx.Sequential([lx.Input((8, 8)), *chain]), tmp_path)
    assert operators(file).count("Gemm") == 2
    (output,) = file.graph.output
    assert [d.dim_param or d.dim_value for d in output.type.tensor_type.shape.dim] == ["batch", 3]
    assert {i.name for i in file.graph.initializer} >= {"dense/kernel", "dense/bias", "dense_1/kernel"}


def test_a_convolutional_network_turns_its_input_once(tmp_path):
    chain = [
        layers.Conv2D(4, 3, padding="same", use_bias=False),
        layers.BatchNormalization(),
        layers.Activation("silu"),
        layers.MaxPooling2D(),
        layers.Dropout(0.2),
        layers.SeparableConv2D(6, 3, activation="gelu"),
        layers.AveragePooling2D(padding="same"),
        layers.Conv2DTranspose(3, 2, strides=2, activation="tanh"),
    ]
    file = assert_same(lx.Sequential([lx.Input((None, None, 3)), *chain]), tmp_path)
    assert transposes(file) == 2
    file = assert_same(lx.Sequential([lx.Input((8, 8, 3)), *chain, layers.GlobalAveragePooling2D()]), tmp_path)
    assert transposes(file) == 2


def block(x, filters, strides=1):
    """A residual block."""
    short = layers.BatchNormalization()(layers.Conv2D(filters, 1, strides=strides)(x))
    y = layers.Conv2D(filters, 3, strides=strides, padding="same", use_bias=False)(x)
    y = layers.ReLU()(layers.BatchNormalization()(y))
    y = layers.BatchNormalization()(layers.Conv2D(filters, 3, padding="same", use_bias=False)(y))
    return layers.ReLU()(layers.Add()([short, y]))


def test_residual_blocks(tmp_path):
    x = lx.Input((8, 8, 3))
    h = block(block(x, 4), 6, strides=2)
    h = layers.Concatenate()([h, layers.Activation("sigmoid")(h) * 2.0])
    model = lx.Model(x, layers.Dense(2)(layers.GlobalAveragePooling2D()(h)))
    assert transposes(assert_same(model, tmp_path)) == 2


def test_a_reader_of_words(tmp_path):
    chain = [
        layers.Embedding(5, 4, mask_zero=True),
        layers.SpatialDropout1D(0.1),
        layers.Bidirectional(layers.LSTM(3, return_sequences=True)),
        layers.GRU(3),
        layers.Dense(1, "sigmoid"),
    ]
    assert_same(lx.Sequential([lx.Input((None,), dtype="int32"), *chain]), tmp_path)


def test_a_transformer(tmp_path):
    x = lx.Input((None,), dtype="int32")
    words = layers.Embedding(5, 8, mask_zero=True)
    h = words(x)
    for _ in range(2):
        y = layers.LayerNormalization()(h)
        h = layers.Add()([h, layers.MultiHeadAttention(2, 4, dropout=0.1)(y, y, use_causal_mask=True)])
        y = layers.RMSNormalization()(h)
        h = h + layers.Dense(8)(layers.Dropout(0.1)(layers.Dense(16, "gelu")(y)))
    model = lx.Model(x, [layers.Dense(5, "softmax")(h), h[:, -1]])
    assert_same(model, tmp_path)


def test_shared_layers_have_their_weights_once(tmp_path):
    a, b = lx.Input((4,), name="a"), lx.Input((4,), name="b")
    tower = lx.Sequential([lx.Input((4,)), layers.Dense(5, "relu"), layers.Dense(3)], name="tower")
    head = layers.Dense(2)
    x, y = tower(a), tower(b)
    model = lx.Model([a, b], {"fit": layers.Dot(1, normalize=True)([x, y]), "one": head(x), "two": head(y)})
    file = assert_same(model, tmp_path)
    assert sum(name.endswith("kernel") for name in (i.name for i in file.graph.initializer)) == 3
    assert [o.name for o in file.graph.output] == ["fit", "one", "two"]


def test_models_in_models(tmp_path):
    encoder = lx.Sequential([lx.Input((8, 8, 1)), layers.Conv2D(2, 3), layers.Flatten()], name="encoder")
    inner = lx.Input((72,))
    both = lx.Model(inner, [layers.Dense(3)(inner), layers.Dense(2)(inner)], name="heads")
    outer = lx.Sequential([lx.Input((8, 8, 1)), encoder], name="outer")
    x = lx.Input((8, 8, 1))
    assert_same(lx.Model(x, both(outer(x))), tmp_path)
    whole = lx.Input((1,), dtype="int32")
    squeezed = lx.Sequential([lx.Input(()), layers.Activation("tanh")])
    assert_same(lx.Model(whole, squeezed(whole)), tmp_path)
    short = lx.Input((), dtype="int32")
    widened = lx.Sequential([lx.Input((1,)), layers.Dense(2)])
    assert_same(lx.Model(short, widened(short)), tmp_path)


def test_inputs_by_name_and_outputs_that_are_inputs(tmp_path):
    inputs = {"b": lx.Input((3,), name="second"), "a": lx.Input((3,), name="first")}
    model = lx.Model(inputs, [inputs["a"], inputs["a"] + inputs["b"], inputs["a"] + inputs["b"]])
    assert_same(model, tmp_path)


@pytest.mark.parametrize("dtype", ["mixed_bfloat16", "mixed_float16", "bfloat16"])
def test_short_floats_are_written_long(dtype, tmp_path):
    chain = [layers.Dense(4, "relu", dtype=dtype), layers.LayerNormalization(dtype=dtype), layers.Dense(2, dtype=dtype)]
    file = assert_same(lx.Sequential([lx.Input((3,)), *chain]), tmp_path, tolerance=0.05)
    assert {i.data_type for i in file.graph.initializer} == {onnx.TensorProto.FLOAT}


@pytest.mark.parametrize("opset", [18, 21])
def test_versions_of_the_operators(opset, tmp_path):
    model = lx.Sequential([lx.Input((8, 8, 1)), layers.Conv2D(2, 3), layers.LayerNormalization(), layers.Flatten()])
    assert assert_same(model, tmp_path, opset_version=opset).opset_import[0].version == opset


def test_a_signature_fixes_sizes(tmp_path, capsys):
    model = lx.Sequential([lx.Input((None, 3)), layers.LSTM(2)])
    model.export(tmp_path / "m.onnx", verbose=True, input_signature=[layers.InputSpec(shape=(2, 5, 3))])
    (given,) = onnx.load(tmp_path / "m.onnx").graph.input
    assert [d.dim_value for d in given.type.tensor_type.shape.dim] == [2, 5, 3]
    assert "m.onnx: ONNX of opset 18, " in capsys.readouterr().out


def test_the_model_is_left_as_it_was(tmp_path):
    model = lx.Sequential([lx.Input((4,)), layers.Dense(2), layers.TimeDistributed(layers.Dense(2)).layer])
    before = model.get_weights(), model.to_json()
    model.export(tmp_path / "m.onnx")
    assert model.to_json() == before[1]
    for one, other in zip(model.get_weights(), before[0]):
        np.testing.assert_array_equal(one, other)


# What is refused.


class Net(lx.Model):
    """A model that no graph describes."""

    def __init__(self):
        super().__init__()
        self.head = layers.Dense(2)

    def call(self, x):
        return self.head(x)


class Mine(layers.Dense):
    """A subclass, which may compute something else."""


def refused_models():
    x = lx.Input((4, 3))
    net = Net()
    net(np.zeros((1, 3), "float32"))
    inner = lx.Sequential([lx.Input((4, 3)), layers.Lambda(lambda x: x, name="same")], name="inner")
    return {
        "subclass": (net, r"layer 'net' \(Net\) is a subclass, whose call is a program and no graph"),
        "lambda": (lx.Model(x, inner(x)), r"ONNX, at 'inner/same': layer 'same' \(Lambda\) has no form there"),
        "own-layer": (lx.Model(x, Mine(2)(x)), r"\(Mine\) is a subclass of Dense, which may compute something else"),
        "activation": (lx.Model(x, layers.Dense(2, lambda x: x)(x)), "the activation '<lambda>', which is none of"),
        "training": (lx.Model(x, layers.Dropout(0.5)(x, training=True)), "is called with training=True"),
        "higher-heads": (
            lx.Model(y := lx.Input((2, 4, 3)), layers.MultiHeadAttention(2, 2)(y, y)),
            "is called on arrays of 4 axes, of which it must have 3 there",
        ),
        "lanczos": (
            lx.Model(y := lx.Input((4, 4, 1)), layers.UpSampling2D(interpolation="lanczos3")(y)),
            "has interpolation='lanczos3'",
        ),
        "stateful": (
            lx.Sequential([lx.Input(batch_shape=(2, 4, 3)), layers.LSTM(2, stateful=True)]),
            "is stateful, and a file keeps no state",
        ),
        "adaptive": (lx.Model(x, layers.AdaptiveMaxPooling1D(3)(x)), r"an output_size \(3,\) that does not divide"),
        "cell": (lx.Model(x, layers.RNN(Cell())(x)), r"\(Cell\) is a cell that has no form there"),
    }


class Cell(layers.Layer):
    """A cell of one's own."""

    state_size = 3

    def call(self, inputs, states):
        return inputs + states[0], [inputs + states[0]]


@pytest.mark.parametrize(
    "name",
    [
        "subclass",
        "lambda",
        "own-layer",
        "activation",
        "training",
        "higher-heads",
        "lanczos",
        "stateful",
        "adaptive",
        "cell",
    ],
)
def test_what_has_no_form_is_named(name, tmp_path):
    model, message = refused_models()[name]
    with pytest.raises(ValueError, match=message) as raised:
        model.export(tmp_path / "m.onnx")
    assert 'format="stablehlo"' in str(raised.value)
    assert len(str(raised.value).splitlines()) <= 3
    assert not list(tmp_path.iterdir())


def test_a_bad_version(tmp_path):
    model = lx.Sequential([lx.Input((3,)), layers.Dense(1)])
    with pytest.raises(ValueError, match=r"`opset_version` must be an integer in 18 \.\. "):
        model.export(tmp_path / "m.onnx", opset_version=17)
    with pytest.raises(TypeError, match=r"no argument 'opset'\. Known: .*'opset_version'"):
        model.export(tmp_path / "m.onnx", opset=18)


def test_without_the_package(tmp_path):
    program = """
import sys
sys.modules["onnx"] = None
import laminax as lx
model = lx.Sequential([lx.Input((3,)), lx.layers.Dense(1)])
try:
    model.export(sys.argv[1])
except ImportError as error:
    print(error)
"""
    path = str(tmp_path / "m.onnx")
    done = subprocess.run([sys.executable, "-c", program, path], capture_output=True, text=True)
    assert done.stdout.strip() == "export to ONNX needs the package onnx: pip install 'laminax[onnx]'."


def test_what_is_documented_is_what_there_is():
    text = DOCS.read_text()
    rows = re.findall(r"^\| (?:layers|functions).*?\| (.*) \|$", text, re.M)
    named = set(re.findall(r"`(\w+)`", " ".join(rows)))
    classes = {cls.__name__ for cls in CONVERTERS}
    functions = {function_of(name).__name__ if name[0].isupper() else name for name in OPERATIONS}
    assert named == classes | functions


def test_a_class_of_the_program_can_be_taught(tmp_path):
    from laminax.export.onnx import converts

    @converts(Mine)
    def write(g, layer, x):
        return g.Add(g.MatMul(x, layer.kernel), layer.bias)

    try:
        assert_same(lx.Sequential([lx.Input((3,)), Mine(2)]), tmp_path)
    finally:
        del CONVERTERS[Mine]
