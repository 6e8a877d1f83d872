"""Models as StableHLO: read back by JAX alone, they predict what the model predicts."""

import subprocess
import sys

import jax
import numpy as np
import pytest
from contract import assert_close

import laminax as lx
from laminax import layers

RNG = np.random.default_rng(5)

READER = """
import sys
import numpy as np
from jax import export

with open(sys.argv[1], "rb") as file:
    program = export.deserialize(bytearray(file.read()))
x = np.load(sys.argv[2])
np.save(sys.argv[3], program.call(x))
assert "laminax" not in sys.modules
print(*program.platforms)
"""


def floats(*shape):
    return RNG.normal(size=shape).astype("float32")


def read(path):
    return jax.export.deserialize(bytearray(path.read_bytes()))


class Net(lx.Model):
    """A model that no graph describes."""

    def __init__(self):
        super().__init__()
        self.convolution = layers.Conv2D(3, 3, padding="same")
        self.normalization = layers.BatchNormalization()
        self.head = layers.Dense(2)

    def call(self, x):
        h = layers.Flatten()(self.normalization(self.convolution(x)))
        return {"kind": self.head(h), "sum": h.sum(-1)}


def test_read_in_a_process_without_laminax(tmp_path):
    model = lx.Sequential([layers.Input((5, 3)), layers.LSTM(4), layers.Dropout(0.5), layers.Dense(2, "softmax")])
    model.export(tmp_path / "m.stablehlo")
    for batch in (1, 3):
        x = floats(batch, 5, 3)
        np.save(tmp_path / "x.npy", x)
        paths = [str(tmp_path / name) for name in ("m.stablehlo", "x.npy", "y.npy")]
        done = subprocess.run([sys.executable, "-c", READER, *paths], capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        assert done.stdout.split() == ["cpu", "cuda", "tpu"]
        assert_close(np.load(tmp_path / "y.npy"), model.predict(x, verbose=0))


def test_a_subclass_that_is_built(tmp_path):
    model = Net()
    x = floats(2, 6, 6, 1)
    model(x)
    model.export(tmp_path / "m.stablehlo")
    for batch in (1, 4):
        x = floats(batch, 6, 6, 1)
        found, wanted = read(tmp_path / "m.stablehlo").call(x), model(x)
        assert found.keys() == wanted.keys()
        for name in wanted:
            assert_close(found[name], wanted[name])


def test_inputs_in_their_structure_with_free_sizes(tmp_path):
    inputs = {"text": lx.Input((None,), dtype="int32"), "more": lx.Input((None, 4))}
    h = layers.GlobalAveragePooling1D()(layers.Embedding(9, 4, mask_zero=True)(inputs["text"]))
    recurrent = [kind(2)(inputs["more"]) for kind in (layers.LSTM, layers.GRU, layers.SimpleRNN)]
    model = lx.Model(inputs, [h, *recurrent])
    model.export(tmp_path / "m.stablehlo")
    for batch, steps, more in ((1, 3, 5), (2, 4, 1)):
        x = {"text": RNG.integers(0, 9, (batch, steps)).astype("int32"), "more": floats(batch, more, 4)}
        for found, wanted in zip(read(tmp_path / "m.stablehlo").call(x), model(x)):
            assert_close(found, wanted)


def test_free_sizes_that_must_agree_are_one(tmp_path):
    a, b = lx.Input((None, 3), name="a"), lx.Input((None, 3), name="b")
    model = lx.Model([a, b], layers.Add()([a, b]))
    model.export(tmp_path / "m.stablehlo")
    x = [floats(2, 4, 3), floats(2, 4, 3)]
    assert_close(read(tmp_path / "m.stablehlo").call(x), x[0] + x[1])


def test_a_signature_fixes_sizes_and_types(tmp_path, capsys):
    model = lx.Sequential([layers.Input((None, 3)), layers.Dense(2)])
    model.export(
        tmp_path / "m",
        format="stablehlo",
        verbose=True,
        input_signature=[layers.InputSpec(shape=(2, 5, 3))],
        platforms="cpu",
    )
    program = read(tmp_path / "m")
    assert program.in_avals[0].shape == (2, 5, 3)
    assert program.platforms == ("cpu",)
    assert "StableHLO for cpu, inputs [(2, 5, 3)]" in capsys.readouterr().out


def test_short_floats_stay_short(tmp_path):
    model = lx.Sequential([layers.Input((3,)), layers.Dense(2, dtype="mixed_bfloat16")])
    model.export(tmp_path / "m.stablehlo")
    assert read(tmp_path / "m.stablehlo").out_avals[0].dtype == "bfloat16"


def test_training_after_it_changes_no_file(tmp_path):
    model = lx.Sequential([layers.Input((3,)), layers.Dense(1)])
    x = floats(8, 3)
    before = model.predict(x, verbose=0)
    model.export(tmp_path / "m.stablehlo")
    model.compile("sgd", "mse")
    model.fit(x, x[:, :1], verbose=0)
    assert_close(read(tmp_path / "m.stablehlo").call(x), before)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"filepath": "m.pb"}, "goes by .onnx or .stablehlo"),
        ({"filepath": "m", "format": "hlo"}, "Unknown format of export 'hlo'. Known: 'onnx', 'stablehlo'"),
        ({"filepath": "m", "format": "tf_saved_model"}, "no format 'tf_saved_model': use format=\"stablehlo\""),
        ({"filepath": "m", "format": "openvino"}, "which OpenVINO reads"),
        ({"filepath": "m", "format": "litert"}, "convert the .onnx file"),
        ({"filepath": "m", "format": "torch"}, 'use format="onnx"'),
        (
            {"filepath": "m.stablehlo", "input_signature": [layers.InputSpec(shape=(None, 4))]},
            r"must be for the inputs \[\(None, 3\)\] of model 'sequential'; got \[\(None, 4\)\]",
        ),
        ({"filepath": "m.stablehlo", "input_signature": [layers.InputSpec(ndim=2)]}, "holds shapes and types"),
    ],
)
def test_bad_arguments(arguments, message, tmp_path):
    model = lx.Sequential([layers.Input((3,)), layers.Dense(1)])
    with pytest.raises(ValueError, match=message):
        model.export(**{**arguments, "filepath": tmp_path / arguments["filepath"]})
    assert not list(tmp_path.iterdir())


def test_an_argument_of_another_format(tmp_path):
    model = lx.Sequential([layers.Input((3,)), layers.Dense(1)])
    with pytest.raises(TypeError, match="no argument 'opset_version'"):
        model.export(tmp_path / "m.stablehlo", opset_version=18)


def test_models_that_no_file_can_hold(tmp_path):
    path = tmp_path / "m.stablehlo"
    with pytest.raises(ValueError, match="has no weights yet"):
        lx.Sequential([layers.Dense(1)]).export(path)
    stateful = lx.Sequential([layers.Input(batch_shape=(2, 3, 4)), layers.LSTM(3, stateful=True)])
    with pytest.raises(ValueError, match="changes layers/lstm/states/0 at each call"):
        stateful.export(path)
    text = layers.TextVectorization(vocabulary=["a", "b"], output_sequence_length=3)
    reader = lx.Sequential([layers.Input((1,), dtype="string"), text, layers.Embedding(4, 2)])
    with pytest.raises(ValueError, match="begins with layers for text"):
        reader.export(path)
    assert not path.exists()
