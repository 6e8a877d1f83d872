"""Layers as ONNX: each with a grid of its arguments predicts in ONNX Runtime what it predicts here."""

import itertools

import jax
import pytest

pytest.importorskip("onnx", reason="the package onnx is missing")
pytest.importorskip("onnxruntime", reason="the package onnxruntime is missing")

from onnx_files import assert_same

import laminax as lx
from laminax import layers

STEPS, IMAGE, VOLUME = (9, 4), (8, 7, 4), (5, 6, 7, 4)


def grid(**choices):
    """All ways to choose one value for each argument."""
    return [dict(zip(choices, values)) for values in itertools.product(*choices.values())]


def case(cls, shape, *ways, **common):
    """One test for each way to give arguments to a layer."""
    made = [{**common, **way} for way in ways or [{}]]
    return [pytest.param(cls, shape, way, id=f"{cls.__name__}-{_words(way)}") for way in made]


def _words(way):
    return "-".join(f"{key}={value}" for key, value in way.items()).replace(" ", "")


def chain(layer, shape, dtype="float32"):
    return lx.Sequential([lx.Input(shape, dtype=dtype), layer])


CONVOLUTIONS = [
    *case(layers.Conv1D, STEPS, *grid(strides=[1, 2], padding=["valid", "same", "causal"]), filters=6, kernel_size=3),
    *case(
        layers.Conv1D, STEPS, *grid(dilation_rate=[2], padding=["valid", "same", "causal"]), filters=6, kernel_size=3
    ),
    *case(layers.Conv1D, (None, 4), *grid(padding=["valid", "same", "causal"]), filters=6, kernel_size=2),
    *case(layers.Conv2D, IMAGE, *grid(strides=[1, 2], padding=["valid", "same"]), filters=6, kernel_size=(3, 2)),
    *case(layers.Conv2D, IMAGE, *grid(dilation_rate=[2, (1, 2)], padding=["valid", "same"]), filters=6, kernel_size=3),
    *case(layers.Conv2D, IMAGE, *grid(groups=[2, 4], use_bias=[True, False]), filters=8, kernel_size=3),
    *case(layers.Conv2D, IMAGE, *grid(activation=["relu", "softmax"]), filters=3, kernel_size=2),
    *case(layers.Conv2D, IMAGE, data_format="channels_first", filters=3, kernel_size=2, activation="softmax"),
    *case(layers.Conv2D, (None, None, 4), *grid(padding=["valid", "same"], strides=[2]), filters=3, kernel_size=3),
    *case(layers.Conv3D, VOLUME, *grid(strides=[1, 2], padding=["valid", "same"]), filters=3, kernel_size=2),
    *case(layers.DepthwiseConv1D, STEPS, *grid(strides=[1, 2], padding=["valid", "same"]), kernel_size=3),
    *case(layers.DepthwiseConv2D, IMAGE, *grid(depth_multiplier=[1, 3], padding=["valid", "same"]), kernel_size=(2, 3)),
    *case(layers.DepthwiseConv2D, IMAGE, *grid(strides=[2], dilation_rate=[1], use_bias=[False]), kernel_size=3),
    *case(
        layers.SeparableConv1D, STEPS, *grid(padding=["valid", "same"]), filters=5, kernel_size=3, depth_multiplier=2
    ),
    *case(layers.SeparableConv2D, IMAGE, *grid(strides=[1, 2], use_bias=[True, False]), filters=5, kernel_size=3),
    *case(layers.SeparableConv2D, IMAGE, data_format="channels_first", filters=5, kernel_size=3, activation="relu"),
    *case(
        layers.Conv1DTranspose,
        STEPS,
        *grid(strides=[1, 2, 3], padding=["valid", "same"], kernel_size=[1, 2, 5]),
        filters=3,
    ),
    *case(
        layers.Conv2DTranspose, IMAGE, *grid(strides=[2, (3, 2)], padding=["valid", "same"]), filters=3, kernel_size=3
    ),
    *case(
        layers.Conv2DTranspose,
        IMAGE,
        *grid(strides=[2], output_padding=[0, 1], padding=["valid", "same"], kernel_size=[2, 3]),
        filters=3,
    ),
    *case(layers.Conv2DTranspose, IMAGE, *grid(dilation_rate=[2], padding=["valid", "same"]), filters=3, kernel_size=3),
    *case(layers.Conv2DTranspose, IMAGE, data_format="channels_first", filters=3, kernel_size=3, strides=2),
    *case(layers.Conv3DTranspose, VOLUME, *grid(padding=["valid", "same"]), filters=3, kernel_size=3, strides=2),
]
WINDOWS = grid(pool_size=[2, 3], strides=[None, 1, 2], padding=["valid", "same"])
POOLS = [
    *case(layers.MaxPooling1D, STEPS, *WINDOWS),
    *case(layers.AveragePooling1D, STEPS, *WINDOWS),
    *case(layers.MaxPooling2D, IMAGE, *WINDOWS),
    *case(layers.AveragePooling2D, IMAGE, *WINDOWS),
    *case(layers.MaxPooling2D, IMAGE, data_format="channels_first"),
    *case(layers.MaxPooling3D, VOLUME, *grid(padding=["valid", "same"])),
    *case(layers.AveragePooling3D, VOLUME, *grid(padding=["valid", "same"])),
    *[
        one
        for rank, shape in ((1, STEPS), (2, IMAGE), (3, VOLUME))
        for kind in ("Max", "Average")
        for one in case(
            getattr(layers, f"Global{kind}Pooling{rank}D"),
            shape,
            *grid(keepdims=[False, True], data_format=["channels_last", "channels_first"]),
        )
    ],
    *case(layers.AdaptiveMaxPooling1D, (8, 3), {"output_size": 4}),
    *case(layers.AdaptiveAveragePooling2D, (8, 6, 3), {"output_size": (4, 3)}, {"output_size": 2}),
    *case(layers.AdaptiveAveragePooling3D, (4, 6, 2, 3), {"output_size": 2}),
]
NORMALIZATIONS = [
    *case(layers.BatchNormalization, (4,), *grid(center=[True, False], scale=[True, False])),
    *case(layers.BatchNormalization, IMAGE, *grid(axis=[-1, 1], epsilon=[1e-3, 0.1])),
    *case(layers.LayerNormalization, STEPS, *grid(axis=[-1, 1, [1, 2]], center=[True, False], scale=[True, False])),
    *case(layers.LayerNormalization, STEPS, rms_scaling=True),
    *case(layers.GroupNormalization, IMAGE, *grid(groups=[1, 2, -1], axis=[-1]), {"groups": 4, "axis": 1}),
    *case(layers.RMSNormalization, STEPS, *grid(axis=[-1, 1, [1, 2]])),
    *case(layers.UnitNormalization, STEPS, *grid(axis=[-1, 1])),
    *case(layers.Rescaling, IMAGE, {"scale": 1 / 255}, {"scale": [1, 2, 3, 4], "offset": -1}),
    *case(layers.Normalization, (4,), *grid(invert=[False, True]), mean=[1, 2, 3, 4], variance=[1, 4, 9, 0]),
    *case(layers.Normalization, STEPS, axis=None, mean=2.0, variance=3.0),
]
DENSE = [
    *case(layers.Dense, (4,), *grid(use_bias=[True, False], activation=[None, "tanh"]), units=3),
    *case(layers.Dense, IMAGE, *grid(use_bias=[True, False]), units=3),
    *case(layers.Dense, (None, 4), units=3),
    *case(layers.EinsumDense, STEPS, {"equation": "abc,cd->abd", "output_shape": (None, 5), "bias_axes": "d"}),
    *case(layers.EinsumDense, STEPS, {"equation": "abc,bd->adc", "output_shape": (5, 4), "bias_axes": "dc"}),
    *case(layers.EinsumDense, STEPS, {"equation": "abc,cde->abde", "output_shape": (9, 2, 3), "activation": "relu"}),
    *case(layers.EinsumDense, IMAGE, {"equation": "...x,xy->...y", "output_shape": 5, "bias_axes": "y"}),
    *case(layers.EinsumDense, IMAGE, {"equation": "...x,xyz->...zy", "output_shape": (2, 3), "bias_axes": "y"}),
    *case(layers.EinsumDense, IMAGE, {"equation": "ab...,bc->ac...", "output_shape": 5, "bias_axes": "c"}),
]
SHAPES = [
    *case(layers.Flatten, IMAGE, *grid(data_format=["channels_last", "channels_first"])),
    *case(layers.Flatten, ()),
    *case(layers.Flatten, (None, 4)),
    *case(layers.Reshape, STEPS, *grid(target_shape=[(4, 9), (-1,), (2, -1, 3), (36,)])),
    *case(layers.Reshape, (None, 4), target_shape=(-1, 2)),
    *case(layers.Permute, IMAGE, *grid(dims=[(2, 1, 3), (3, 1, 2)])),
    *case(layers.RepeatVector, (4,), n=3),
    *case(layers.Cropping1D, STEPS, *grid(cropping=[1, (0, 2), (2, 0)])),
    *case(
        layers.Cropping2D, IMAGE, *grid(cropping=[1, ((0, 2), (1, 0))], data_format=["channels_last", "channels_first"])
    ),
    *case(layers.Cropping3D, VOLUME, cropping=((0, 1), (1, 1), (2, 0))),
    *case(layers.ZeroPadding1D, STEPS, *grid(padding=[1, (0, 2)])),
    *case(
        layers.ZeroPadding2D,
        IMAGE,
        *grid(padding=[2, ((0, 2), (1, 0))], data_format=["channels_last", "channels_first"]),
    ),
    *case(layers.ZeroPadding3D, VOLUME, padding=1),
    *case(layers.UpSampling1D, STEPS, size=3),
    *case(layers.UpSampling2D, IMAGE, *grid(size=[2, (1, 3)], interpolation=["nearest", "bilinear", "bicubic"])),
    *case(layers.UpSampling2D, IMAGE, data_format="channels_first"),
    *case(layers.UpSampling3D, VOLUME, size=(1, 2, 3)),
    *case(layers.Identity, STEPS),
    *case(layers.Dropout, STEPS, rate=0.5),
    *case(layers.SpatialDropout1D, STEPS, rate=0.5),
    *case(layers.SpatialDropout2D, IMAGE, rate=0.5),
    *case(layers.SpatialDropout3D, VOLUME, rate=0.5),
    *case(layers.GaussianNoise, STEPS, stddev=0.5),
    *case(layers.GaussianDropout, STEPS, rate=0.5),
    *case(layers.AlphaDropout, STEPS, rate=0.5),
    *case(layers.ActivityRegularization, STEPS, l1=0.1),
]
ACTIVATIONS = [
    *case(layers.Activation, STEPS, *grid(activation=["mish", "softmax"])),
    *case(layers.ReLU, STEPS, *grid(max_value=[None, 0.5], negative_slope=[0.0, 0.1], threshold=[0.0, 0.2])),
    *case(layers.LeakyReLU, STEPS, *grid(negative_slope=[0.0, 0.3])),
    *case(layers.PReLU, IMAGE, *grid(shared_axes=[None, [1, 2]])),
    *case(layers.ELU, STEPS, *grid(alpha=[1.0, 0.3])),
    *case(layers.Softmax, STEPS, *grid(axis=[-1, 1, (1, 2)])),
]
ALL = [*CONVOLUTIONS, *POOLS, *NORMALIZATIONS, *DENSE, *SHAPES, *ACTIVATIONS]


@pytest.mark.parametrize(("cls", "shape", "arguments"), ALL)
def test_layer(cls, shape, arguments, tmp_path):
    assert_same(chain(cls(**arguments), shape), tmp_path)


@pytest.mark.parametrize("dtype", ["int32", "int64", "uint8", "float32"])
def test_embedding(dtype, tmp_path):
    x = lx.Input((None,), dtype=dtype)
    assert_same(lx.Model(x, layers.Embedding(5, 3)(x if dtype != "float32" else lx.ops.clip(x, 0, 4))), tmp_path)


def test_whole_numbers_become_floats_where_a_layer_computes(tmp_path):
    with jax.numpy_dtype_promotion("standard"):
        for layer in (layers.Dense(3), layers.Rescaling(0.5), layers.BatchNormalization()):
            assert_same(chain(layer, (4,), "int32"), tmp_path)
    for layer in (layers.Flatten(), layers.RepeatVector(2), layers.Reshape((2, 2))):
        assert_same(chain(layer, (4,), "int32"), tmp_path)


def test_a_reversible_embedding(tmp_path):
    x = lx.Input((None,), dtype="int32")
    for arguments in ({}, {"tie_weights": False}, {"logit_soft_cap": 2.0}):
        layer = layers.ReversibleEmbedding(5, 3, **arguments)
        assert_same(lx.Model(x, layer(layers.Dense(3)(layer(x)), reverse=True)), tmp_path)


MERGES = {
    "Add": {},
    "Average": {},
    "Concatenate": {"axis": 1},
    "Maximum": {},
    "Minimum": {},
    "Multiply": {},
    "Subtract": {},
}


@pytest.mark.parametrize("name", MERGES)
def test_merging(name, tmp_path):
    inputs = [lx.Input((3, 4), name=f"x{i}") for i in range(2 if name == "Subtract" else 3)]
    assert_same(lx.Model(inputs, getattr(layers, name)(**MERGES[name])(inputs)), tmp_path)
    if name != "Concatenate":
        inputs = [lx.Input((3, 4), name="a"), lx.Input((4,), name="b")]
        assert_same(lx.Model(inputs, getattr(layers, name)()(inputs)), tmp_path)


@pytest.mark.parametrize(
    ("shapes", "axes"),
    [([(4,), (4,)], 1), ([(3, 4), (4, 5)], (2, 1)), ([(3, 4), (3, 4)], -1), ([(3, 4, 2), (4,)], (2, 1))],
)
@pytest.mark.parametrize("normalize", [False, True])
def test_dot(shapes, axes, normalize, tmp_path):
    inputs = [lx.Input(shape, name=f"x{i}") for i, shape in enumerate(shapes)]
    assert_same(lx.Model(inputs, layers.Dot(axes, normalize)(inputs)), tmp_path)
