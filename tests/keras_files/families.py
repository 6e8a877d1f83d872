"""Models that hold every layer of a family, each layer on a branch of its own."""

import numpy as np
from cases import CASES, integers, normal
from keras import Input, Model, Sequential, layers

SEQUENCE, IMAGE, VOLUME = (5, 4), (6, 6, 3), (4, 4, 4, 2)


def branches(shape, made, dtype="float32"):
    """A model with an output for each layer."""
    x = Input(shape, dtype=dtype)
    return Model(x, [layer(x) for layer in made]), normal(2, *shape) if dtype == "float32" else integers(5, 2, *shape)


def family(name, shape, dtype="float32"):
    def keep(make):
        CASES[f"family_{name}"] = lambda: branches(shape, make(), dtype)
        return make

    return keep


@family("activation", SEQUENCE)
def _():
    names = [
        *("elu", "softmax", "relu6", "silu", "gelu", "tanh", "sigmoid", "softplus", "softsign", "selu", "linear"),
        *("exponential", "mish", "hard_sigmoid"),
    ]
    return [
        *[layers.Activation(name) for name in names],
        layers.ELU(0.7), layers.LeakyReLU(0.1), layers.PReLU(shared_axes=[1]), layers.ReLU(3.0, 0.1, 0.2),
        layers.Softmax(axis=1),
    ]  # fmt: skip


@family("dense", SEQUENCE)
def _():
    return [
        layers.Dense(3, use_bias=False), layers.EinsumDense("bij,jk->bik", (None, 3), bias_axes="k"),
        layers.Identity(), layers.Masking(0.5), layers.ActivityRegularization(0.1, 0.2), layers.Flatten(),
        layers.Permute((2, 1)), layers.Reshape((2, -1)), layers.SpectralNormalization(layers.Dense(3)),
        layers.TimeDistributed(layers.Dense(2)),
    ]  # fmt: skip


@family("normalization", SEQUENCE)
def _():
    return [
        layers.BatchNormalization(), layers.BatchNormalization(axis=1, scale=False, momentum=0.7),
        layers.LayerNormalization(axis=[1, 2]), layers.LayerNormalization(center=False),
        layers.GroupNormalization(2), layers.RMSNormalization(), layers.UnitNormalization(),
        layers.Rescaling(0.5, 1.0), layers.Normalization(mean=1.0, variance=4.0),
    ]  # fmt: skip


@family("regularization", SEQUENCE)
def _():
    return [
        layers.Dropout(0.3, noise_shape=(None, 1, 4)), layers.SpatialDropout1D(0.3), layers.AlphaDropout(0.2, seed=4),
        layers.GaussianDropout(0.2), layers.GaussianNoise(0.2),
    ]  # fmt: skip


@family("convolution1d", SEQUENCE)
def _():
    return [
        layers.Conv1D(3, 2, dilation_rate=2, padding="causal"), layers.SeparableConv1D(3, 2, depth_multiplier=2),
        layers.DepthwiseConv1D(3), layers.Conv1DTranspose(2, 3, strides=2), layers.Conv1D(4, 1, groups=2),
        layers.ZeroPadding1D(2), layers.Cropping1D(1), layers.UpSampling1D(2),
    ]  # fmt: skip


@family("convolution2d", IMAGE)
def _():
    return [
        layers.Conv2D(2, 3, strides=2, padding="same"), layers.SeparableConv2D(2, 3), layers.DepthwiseConv2D(2),
        layers.Conv2DTranspose(2, 3, output_padding=None), layers.ZeroPadding2D(((1, 0), (0, 2))), layers.Cropping2D(1),
        layers.UpSampling2D(2, interpolation="bilinear"), layers.SpatialDropout2D(0.1),
    ]  # fmt: skip


@family("convolution3d", VOLUME)
def _():
    return [
        layers.Conv3D(2, 2), layers.Conv3DTranspose(1, 2), layers.ZeroPadding3D(1), layers.Cropping3D(1),
        layers.UpSampling3D(2), layers.SpatialDropout3D(0.1), layers.MaxPooling3D(2), layers.AveragePooling3D(2),
        layers.GlobalMaxPooling3D(), layers.GlobalAveragePooling3D(keepdims=True), layers.AdaptiveAveragePooling3D(2),
        layers.AdaptiveMaxPooling3D(2),
    ]  # fmt: skip


@family("pooling1d", SEQUENCE)
def _():
    return [
        layers.MaxPooling1D(2), layers.AveragePooling1D(3, 1, "same"), layers.GlobalMaxPooling1D(),
        layers.GlobalAveragePooling1D(), layers.AdaptiveAveragePooling1D(2), layers.AdaptiveMaxPooling1D(3),
    ]  # fmt: skip


@family("pooling2d", IMAGE)
def _():
    return [
        layers.MaxPooling2D(), layers.AveragePooling2D((2, 3)), layers.GlobalMaxPooling2D(keepdims=True),
        layers.GlobalAveragePooling2D(), layers.AdaptiveAveragePooling2D((2, 3)), layers.AdaptiveMaxPooling2D(2),
    ]  # fmt: skip


@family("recurrent", SEQUENCE)
def _():
    return [
        layers.LSTM(3), layers.GRU(3, return_sequences=True), layers.GRU(3, reset_after=False),
        layers.SimpleRNN(3, go_backwards=True), layers.RNN(layers.LSTMCell(2)),
        layers.RNN([layers.GRUCell(2), layers.SimpleRNNCell(3)], return_sequences=True),
        layers.RNN(layers.StackedRNNCells([layers.LSTMCell(2), layers.LSTMCell(3)])),
        layers.Bidirectional(layers.GRU(2), merge_mode="sum"),
        layers.Bidirectional(layers.LSTM(2), backward_layer=layers.LSTM(3, go_backwards=True)),
    ]  # fmt: skip


@family("convolution_recurrent", (3, 4, 4, 2))
def _():
    return [layers.ConvLSTM2D(2, 2), layers.TimeDistributed(layers.Conv2D(2, 2))]


@family("colour", IMAGE)
def _():
    return [
        layers.RandomBrightness(0.2), layers.RandomContrast(0.2), layers.RandomSaturation(0.2), layers.RandomHue(0.2),
        layers.RandomColorDegeneration(0.2), layers.RandomColorJitter((0, 255), 0.2, 0.2, 0.2, 0.2),
        layers.RandomGrayscale(), layers.RandomPosterization(4), layers.RandomSharpness(0.2),
        layers.RandomInvert(), layers.RandomGaussianBlur(),
        layers.RandomErasing(), layers.AugMix(), layers.RandAugment(), layers.Rescaling(1 / 255),
    ]  # fmt: skip


@family("geometry", IMAGE)
def _():
    return [
        layers.RandomFlip("horizontal"), layers.RandomRotation(0.1), layers.RandomZoom(0.1, -0.2),
        layers.RandomTranslation(0.1, 0.2), layers.RandomShear(0.1, 0.1), layers.RandomPerspective(),
        layers.RandomElasticTransform(), layers.RandomCrop(6, 6), layers.CenterCrop(4, 5), layers.Resizing(3, 4),
        layers.Pipeline([layers.RandomFlip(), layers.Rescaling(2.0)]),
    ]  # fmt: skip


@family("categories", (3,), "int32")
def _():
    return [
        layers.CategoryEncoding(5, "multi_hot"), layers.Embedding(6, 2), layers.Hashing(4),
        layers.IntegerLookup(vocabulary=[1, 3, 4]), layers.IntegerLookup(vocabulary=[2, 3], output_mode="count"),
    ]  # fmt: skip


def merging():
    a, b = Input((3, 4)), Input((3, 4))
    made = [layers.Add(), layers.Subtract(), layers.Multiply(), layers.Average(), layers.Maximum(), layers.Minimum(),
            layers.Concatenate(axis=1), layers.Dot(axes=(2, 2), normalize=True)]  # fmt: skip
    return Model([a, b], [layer([a, b]) for layer in made]), [normal(2, 3, 4), normal(2, 3, 4)]


def attention():
    a, b = Input((3, 4)), Input((5, 4))
    outputs = [
        layers.Attention(use_scale=True, score_mode="concat")([a, b]), layers.AdditiveAttention()([a, b]),
        layers.MultiHeadAttention(2, 3, value_dim=2, dropout=0.1)(a, b),
        layers.GroupQueryAttention(2, 4, 2)(a, b), layers.MultiHeadAttention(1, 2)(a, b, use_causal_mask=True),
    ]  # fmt: skip
    return Model([a, b], outputs), [normal(2, 3, 4), normal(2, 5, 4)]


def sound():
    x = Input((64,))
    outputs = [
        layers.MelSpectrogram(num_mel_bins=4, fft_length=16, sequence_stride=8, sampling_rate=800)(x),
        layers.STFTSpectrogram(frame_length=8, fft_length=8, mode="real")(x[..., None]),
    ]
    return Model(x, outputs), normal(2, 64)


def adapted():
    x = Input((3,))
    norm, bins = layers.Normalization(), layers.Discretization(num_bins=4)
    norm.adapt(normal(20, 3))
    bins.adapt(normal(20, 3))
    return Model(x, [layers.Dense(2)(norm(x)), bins(x)]), normal(4, 3)


def reversible():
    x = Input((4,), dtype="int32")
    embedding = layers.ReversibleEmbedding(6, 3)
    return Model(x, embedding(layers.Dense(3)(embedding(x)), reverse=True)), integers(6, 2, 4)


def lookup_integers():
    x = Input((2,), dtype="int64")
    learnt = layers.IntegerLookup(num_oov_indices=2)
    learnt.adapt(np.array([[4, 4], [7, 4], [9, 7]]))
    return Model(x, layers.Embedding(7, 2)(learnt(x))), integers(10, 3, 2)


CASES.update(
    family_merging=merging,
    family_attention=attention,
    family_sound=sound,
    family_adapted=adapted,
    family_reversible=reversible,
    family_lookup_integers=lookup_integers,
)


def texts():
    """Layers for text, which need TensorFlow; without a prediction where the output is one of TensorFlow."""
    given = layers.StringLookup(vocabulary=["a", "b", "c"], num_oov_indices=2)
    learnt = layers.StringLookup(output_mode="multi_hot", mask_token="")
    learnt.adapt(np.array([["x", "y"], ["y", "z"], ["y", "x"]]))
    words = layers.TextVectorization(output_sequence_length=4, ngrams=2)
    words.adapt(["the cat sat", "the dog", "a cat"])
    counts = layers.TextVectorization(output_mode="tf_idf", max_tokens=6)
    counts.adapt(["the cat sat", "the dog", "a cat"])
    for name, layer, data in (
        ("text_lookup_given", given, [["a"], ["q"], ["c"]]),
        ("text_lookup_learnt", learnt, [["x", "q"], ["z", "y"]]),
        ("text_words", words, [["the cat ran"], ["a dog sat"]]),
        ("text_counts", counts, [["the cat ran"], ["a dog sat the"]]),
        ("text_hashing", layers.Hashing(5), [["a"], ["q"]]),
    ):
        yield name, Sequential([Input((len(data[0]),), dtype="string"), layer]), np.array(data)


CASES.update({name: lambda model=model, data=data: (model, data) for name, model, data in texts()})
