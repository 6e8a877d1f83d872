"""Bad input to layers of each family: one `ValueError` each, which names the layer, what was given and the rule."""

import numpy as np
import pytest
from misuse import assert_said, message

import laminax as lx
from laminax import layers


def x(*shape):
    return np.ones(shape, "float32")


def twice(layer, first, second):
    """Call a layer on inputs that don't go together."""
    layer(first)
    return layer(second)


TEXT = np.array([["a", "b"]])
MASK = np.ones((2, 4), bool)
CASES = {
    "any layer": [
        ("None", lambda: layers.Dense(2)(None), "'dense' (Dense) expects an array; got None"),
        ("nothing", lambda: layers.Dense(2)(), "'dense' (Dense) expects an array; got nothing"),
        ("None without weights", lambda: layers.Flatten()(None), "'flatten' (Flatten) expects an array; got None"),
        ("a model of None", lambda: lx.Sequential([layers.Dense(2)])(None), "expects an array; got None"),
        ("text", lambda: layers.Dense(2)(TEXT), "'dense' (Dense) takes numbers; dtype <U1"),
        ("objects", lambda: layers.Flatten()(np.array([[{}]])), "'flatten' (Flatten) takes numbers; dtype object"),
        ("a list", lambda: layers.Dense(2)([x(2, 3), x(2, 3)]), "'dense' (Dense) expects an array; got a list of 2"),
        ("a dict", lambda: layers.Dense(2)({"a": x(2, 3)}), "'dense' (Dense) expects an array; got a dict of 'a'"),
        ("type", lambda: lx.Input((3,), dtype="floaty"), "dtype 'floaty'; Did you mean 'float64'"),
    ],
    "dense": [
        ("units", lambda: layers.Dense(-1), "Dense: argument `units` must be a positive integer; got -1"),
        ("rank", lambda: layers.Dense(2)(x(3)), "'dense' (Dense); at least 2 axes; (3,)"),
        ("features", lambda: twice(layers.Dense(2), x(2, 3), x(2, 4)), "'dense' (Dense); last axis of size 3; (2, 4)"),
        ("equation", lambda: layers.EinsumDense("abc", 3), "EinsumDense: equation; got 'abc'"),
    ],
    "convolution": [
        ("filters", lambda: layers.Conv2D(0, 3), "Conv2D: argument `filters` must be a positive integer; got 0"),
        ("padding", lambda: layers.Conv2D(2, 3, padding="smae"), "Conv2D; `padding`; 'smae'; Did you mean 'same'"),
        (
            "rank",
            lambda: layers.Conv2D(2, 3)(x(2, 5, 5)),
            "'conv2d'; 4 axes (batch, height, width, channels); (2, 5, 5)",
        ),
        (
            "rank, channels first",
            lambda: layers.Conv2D(2, 3, data_format="channels_first")(x(2, 5, 5)),
            "'conv2d' (Conv2D), which expects an input with 4 axes; got",
        ),
        ("window", lambda: layers.Conv2D(2, 9)(x(1, 5, 5, 1)), "'conv2d'; (9, 9) is larger than the input (5, 5)"),
        ("depthwise window", lambda: layers.DepthwiseConv1D(6)(x(1, 5, 1)), "'depthwise_conv1d'; (6,); (5,)"),
        ("steps", lambda: layers.ConvLSTM1D(2, 3)(x(2, 5, 3)), "'conv_lstm1d' (ConvLSTM1D); with 4 axes; (2, 5, 3)"),
    ],
    "pooling": [
        ("size", lambda: layers.MaxPooling2D(0), "MaxPooling2D: argument `pool_size` must be a positive; got 0"),
        ("rank", lambda: layers.GlobalMaxPooling2D()(x(2, 3)), "'global_max_pooling2d'; 4 axes; (2, 3)"),
        ("window", lambda: layers.MaxPooling1D(9)(x(1, 4, 2)), "'max_pooling1d'; (9,) is larger than the input (4,)"),
    ],
    "embedding": [
        ("sizes", lambda: layers.Embedding(0, 3), "Embedding: argument `input_dim` must be a positive integer; got 0"),
        ("index", lambda: layers.Embedding(3, 2)(np.array([[0, 3]])), "'embedding' (Embedding); 0 .. 2; got 0 .. 3"),
        ("below", lambda: layers.Embedding(3, 2)(np.array([[-1]])), "'embedding' (Embedding); 0 .. 2; got -1 .. -1"),
        ("text", lambda: layers.Embedding(3, 2)(TEXT), "'embedding' (Embedding) takes numbers; dtype <U1"),
        ("one-hot", lambda: layers.CategoryEncoding(3)(np.array([1, 3])), "(CategoryEncoding); 0 .. 2; got 1 .. 3"),
    ],
    "recurrent": [
        ("units", lambda: layers.LSTM(0), "argument `units` must be a positive integer; got 0"),
        ("rank", lambda: layers.GRU(2)(x(2, 3)), "'gru' (GRU); 3 axes (batch, steps, features); (2, 3)"),
        ("features", lambda: twice(layers.LSTM(2), x(2, 3, 4), x(2, 3, 5)), "'lstm'; last axis of size 4; (2, 3, 5)"),
        (
            "mask",
            lambda: layers.LSTM(2)(x(2, 3, 4), mask=MASK),
            "'lstm' (LSTM): the mask; (2, 3); got the shape (2, 4)",
        ),
        ("states", lambda: layers.GRU(2)(x(2, 3, 4), initial_state=x(2, 3)), "'gru' (GRU); [(2, 3)]; [(2, 2)]"),
        ("cell", lambda: layers.RNN(layers.Dense(2)), "RNN: argument `cell` must have; state_size; got Dense"),
        ("cells", lambda: layers.StackedRNNCells([3]), "StackedRNNCells: argument `cells` must have; got 3"),
        ("both ways", lambda: layers.Bidirectional(layers.Dense(2)), "Bidirectional: argument `layer`; got Dense"),
        ("each step", lambda: layers.TimeDistributed(layers.Dense(2))(x(2, 3)), "'time_distributed'; 3 axes; (2, 3)"),
    ],
    "normalization": [
        ("momentum", lambda: layers.BatchNormalization(momentum=2), "BatchNormalization: argument `momentum`; got 2"),
        ("axis", lambda: layers.LayerNormalization(axis=5)(x(2, 3)), "'layer_normalization'; axis 5; 2 axes"),
        ("mask", lambda: layers.BatchNormalization()(x(2, 3, 4), mask=MASK, training=True), "mask; (2, 3); got (2, 4)"),
        ("other size", lambda: twice(adapted(), x(2, 3), x(2, 4)), "'normalization'; last axis of size 3; (2, 4)"),
    ],
    "dropout": [
        ("rate", lambda: layers.Dropout(1.5), "Dropout: ; `rate`; between 0 and 1; got 1.5"),
        (
            "noise",
            lambda: layers.Dropout(0.5, (1, 2))(x(2, 3, 4), training=True),
            "'dropout' (Dropout); (1, 2); (2, 3, 4)",
        ),
        ("stddev", lambda: layers.GaussianNoise(-1), "GaussianNoise: argument `stddev` must be a number >= 0; got -1"),
    ],
    "merging": [
        ("one", lambda: layers.Add()(x(2, 3)), "'add' (Add) should be called on a list of inputs"),
        ("sizes", lambda: layers.Add()([x(2, 3), x(2, 4)]), "'add' (Add) requires; got (2, 3) and (2, 4)"),
        ("along", lambda: layers.Concatenate()([x(2, 3), x(3, 3)]), "'concatenate'; got (2, 3) and (3, 3)"),
    ],
    "reshaping": [
        ("values", lambda: layers.Reshape((5,))(x(2, 3)), "'reshape' (Reshape); (5,), 5 values; (3,), 3 values"),
        ("order", lambda: layers.Permute((1, 3)), "Permute: dims must hold each of 1 .. 2 once; got (1, 3)"),
        (
            "cut",
            lambda: layers.Cropping2D(3)(x(1, 4, 4, 1)),
            "'cropping2d' (Cropping2D); smaller; axis 1 of (1, 4, 4, 1)",
        ),
    ],
    "attention": [
        ("one", lambda: layers.Attention()(x(2, 3, 4)), "'attention' (Attention) must be called on a list"),
        ("heads", lambda: layers.MultiHeadAttention(0, 2), "MultiHeadAttention: argument `num_heads`; got 0"),
        (
            "batches",
            lambda: heads()(x(2, 3, 4), x(3, 3, 4)),
            "'multi_head_attention'; same batch; (2, 3, None) and (3, 3, None)",
        ),
        (
            "mask",
            lambda: heads()(x(2, 3, 4), x(2, 3, 4), attention_mask=np.ones((2, 4, 4), bool)),
            "'multi_head_attention' (MultiHeadAttention): attention_mask must broadcast; got the shape (2, 1, 4, 4)",
        ),
    ],
    "audio": [
        (
            "short",
            lambda: layers.STFTSpectrogram()(x(2, 10, 1)),
            "'stft_spectrogram'; (256,) is larger than the input (10,)",
        ),
    ],
}


def adapted():
    """A normalization that has seen nothing: its weights are made at the first call."""
    return layers.Normalization()


def heads():
    return layers.MultiHeadAttention(2, 2)


FLAT = [(f"{family}: {name}", make, words) for family, cases in CASES.items() for name, make, words in cases]


@pytest.mark.parametrize(("name", "make", "words"), FLAT, ids=[case[0] for case in FLAT])
def test_the_error(name, make, words):
    with pytest.raises(ValueError) as caught:
        make()
    assert_said(f"test_bad_input_layers: {name}", caught.value, words, 300)


def said():
    """What each program says."""
    return [(name, message(make)) for name, make, _ in FLAT]
