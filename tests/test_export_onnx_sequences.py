"""Recurrent layers, attention and masks as ONNX."""

import itertools

import numpy as np
import pytest

pytest.importorskip("onnx", reason="the package onnx is missing")
pytest.importorskip("onnxruntime", reason="the package onnxruntime is missing")

from onnx_files import assert_same, operators

import laminax as lx
from laminax import layers

STEPS = (None, 4)
RECURRENT = [
    (layers.LSTM, {}),
    (layers.LSTM, {"activation": "relu", "recurrent_activation": "hard_sigmoid", "use_bias": False}),
    (layers.LSTM, {"activation": "softsign", "unit_forget_bias": False}),
    (layers.GRU, {}),
    (layers.GRU, {"reset_after": False}),
    (layers.GRU, {"reset_after": False, "activation": "gelu"}),
    (layers.GRU, {"activation": "linear", "recurrent_activation": "hard_sigmoid", "use_bias": False}),
    (layers.SimpleRNN, {}),
    (layers.SimpleRNN, {"activation": "relu", "use_bias": False}),
    (layers.SimpleRNN, {"activation": "selu"}),
]
recurrent = pytest.mark.parametrize(("cls", "arguments"), RECURRENT)
backwards = pytest.mark.parametrize("back", [False, True])
sequences = pytest.mark.parametrize("all_steps", [False, True])


def chain(*chained, shape=STEPS, dtype="float32"):
    return lx.Sequential([lx.Input(shape, dtype=dtype), *chained])


def words(*chained):
    """Layers behind an embedding whose zeros are masked, wherever they stand."""
    return chain(layers.Embedding(5, 4, mask_zero=True), *chained, shape=(None,), dtype="int32")


@recurrent
@backwards
@sequences
def test_recurrent(cls, arguments, back, all_steps, tmp_path):
    layer = cls(3, return_sequences=all_steps, go_backwards=back, dropout=0.2, **arguments)
    file = assert_same(chain(layer), tmp_path)
    usual = not {"gelu", "linear", "selu", "hard_sigmoid"}.intersection(map(str, arguments.values()))
    assert ("Scan" in operators(file)) != usual


@recurrent
@pytest.mark.parametrize(("back", "all_steps"), [(False, True), (True, False)])
def test_recurrent_with_a_mask(cls, arguments, back, all_steps, tmp_path):
    layer = cls(3, return_sequences=all_steps, go_backwards=back, **arguments)
    assert_same(words(layer), tmp_path)


@pytest.mark.parametrize("all_steps", [False, True])
def test_masked_steps_that_give_zero(all_steps, tmp_path):
    layer = layers.LSTM(3, return_sequences=all_steps, zero_output_for_mask=True)
    assert_same(words(layer), tmp_path)


@recurrent
def test_states_in_and_out(cls, arguments, tmp_path):
    x, count = lx.Input(STEPS, name="x"), 2 if cls is layers.LSTM else 1
    states = [lx.Input((3,), name=f"state_{i}") for i in range(count)]
    given = states if count > 1 else states[0]
    outputs = cls(3, return_state=True, **arguments)(x, initial_state=given)
    assert_same(lx.Model([x, *states], list(outputs)), tmp_path)


@pytest.mark.parametrize("merge_mode", ["concat", "sum", "mul", "ave", None])
@pytest.mark.parametrize("masked", [False, True])
@sequences
def test_bidirectional(merge_mode, masked, all_steps, tmp_path):
    layer = layers.Bidirectional(layers.GRU(3, return_sequences=all_steps), merge_mode)
    first = layers.Embedding(5, 4, mask_zero=masked)
    x = lx.Input((None,), dtype="int32")
    outputs = layer(first(x))
    assert_same(lx.Model(x, list(outputs) if merge_mode is None else outputs), tmp_path)


def test_bidirectional_with_states(tmp_path):
    x = lx.Input(STEPS, name="x")
    y, *states = layers.Bidirectional(layers.LSTM(3, return_state=True))(x)
    z = layers.Bidirectional(layers.LSTM(3, return_sequences=True))(x, initial_state=states)
    assert_same(lx.Model(x, [y, z]), tmp_path)
    words = lx.Input((None,), dtype="int32")
    h = layers.Embedding(5, 4, mask_zero=True)(words)
    layer = layers.Bidirectional(layers.GRU(3, return_sequences=True, return_state=True), merge_mode=None)
    outputs = layer(h)
    assert_same(lx.Model(words, [*outputs, layers.GlobalAveragePooling1D()(outputs[1])]), tmp_path)


def test_cells_in_a_stack(tmp_path):
    cells = [layers.LSTMCell(3), layers.GRUCell(5, reset_after=False), layers.SimpleRNNCell(2, activation="gelu")]
    assert_same(chain(layers.RNN(cells, return_sequences=True, go_backwards=True)), tmp_path)
    x = lx.Input(STEPS)
    cells = [layers.LSTMCell(3), layers.GRUCell(5)]
    y, (h, c), state = layers.RNN(cells, return_state=True)(x)
    assert_same(lx.Model(x, [y, h, c, state]), tmp_path)


@pytest.mark.parametrize(
    "inside",
    [layers.Dense(3), layers.Conv2D(3, 2), layers.BatchNormalization(), layers.Flatten(), layers.MaxPooling2D()],
    ids=lambda layer: type(layer).__name__,
)
def test_time_distributed(inside, tmp_path):
    inside = type(inside).from_config(inside.get_config())
    assert_same(chain(layers.TimeDistributed(inside), shape=(None, 5, 6, 2)), tmp_path)


def test_time_distributed_model_and_free_sizes(tmp_path):
    inner = lx.Sequential([lx.Input((None, 3)), layers.Dense(4), layers.GlobalMaxPooling1D()])
    assert_same(chain(layers.TimeDistributed(inner), shape=(None, 5, 3)), tmp_path)
    assert_same(chain(layers.TimeDistributed(layers.Dense(2)), shape=(None, None, 3)), tmp_path)


@pytest.mark.parametrize("all_steps", [False, True])
def test_sentences_of_words(all_steps, tmp_path):
    inside = layers.TimeDistributed(layers.LSTM(3, return_sequences=all_steps))
    outside = layers.TimeDistributed(layers.GlobalAveragePooling1D()) if all_steps else layers.GlobalAveragePooling1D()
    embedding = layers.Embedding(5, 4, mask_zero=True)
    assert_same(chain(embedding, inside, outside, shape=(3, None), dtype="int32"), tmp_path)


# Attention.


@pytest.mark.parametrize(
    "layer",
    [
        layers.Attention(),
        layers.Attention(use_scale=True),
        layers.Attention(score_mode="concat"),
        layers.Attention(use_scale=True, score_mode="concat"),
        layers.AdditiveAttention(),
        layers.AdditiveAttention(use_scale=False, dropout=0.1),
    ],
    ids=["dot", "scaled", "concat", "scaled-concat", "additive", "additive-plain"],
)
@pytest.mark.parametrize(("causal", "scores"), list(itertools.product([False, True], repeat=2)))
def test_attention(layer, causal, scores, tmp_path):
    layer = type(layer).from_config(layer.get_config())
    query, value, key = lx.Input((3, 4), name="q"), lx.Input((None, 5), name="v"), lx.Input((None, 4), name="k")
    outputs = layer([query, value, key], use_causal_mask=causal, return_attention_scores=scores)
    assert_same(lx.Model([query, value, key], list(outputs) if scores else outputs), tmp_path)


HEADS = [
    {},
    {"value_dim": 5, "use_bias": False},
    {"output_shape": 6},
    {"output_shape": (2, 3)},
    {"use_gate": True},
    {"sliding_window": 2},
    {"dropout": 0.3},
]


@pytest.mark.parametrize("arguments", HEADS, ids=lambda arguments: "-".join(arguments) or "plain")
@pytest.mark.parametrize("causal", [False, True])
def test_heads(arguments, causal, tmp_path):
    x = lx.Input(STEPS)
    assert_same(lx.Model(x, layers.MultiHeadAttention(2, 3, **arguments)(x, x, use_causal_mask=causal)), tmp_path)
    if "value_dim" not in arguments and "output_shape" not in arguments:
        layer = layers.GroupQueryAttention(3, 4, 2, **arguments)
        assert_same(lx.Model(x, layer(x, x, use_causal_mask=causal)), tmp_path)


def test_heads_of_three_inputs_with_scores_and_a_mask(tmp_path):
    query, value, key = lx.Input((5, 4), name="q"), lx.Input((6, 3), name="v"), lx.Input((6, 2), name="k")
    for shape in ((5, 6), (1, 5, 6), (4, 5, 6)):
        mask = lx.Input(shape, dtype="bool", name="mask")
        layer = layers.GroupQueryAttention(3, 4, 2)
        y, scores = layer(query, value, key, attention_mask=mask, return_attention_scores=True)
        assert_same(lx.Model([query, value, key, mask], [y, scores]), tmp_path)


# Masks.


@pytest.mark.parametrize("dropout", [0.0, 0.2])
@pytest.mark.parametrize("causal", [False, True])
def test_attention_heeds_masks(dropout, causal, tmp_path):
    x = lx.Input((None,), dtype="int32")
    h = layers.Embedding(5, 4, mask_zero=True)(x)
    y = layers.MultiHeadAttention(2, 3, dropout=dropout)(h, h, use_causal_mask=causal)
    z = layers.Attention()([h, h], use_causal_mask=causal)
    assert_same(lx.Model(x, [layers.GlobalAveragePooling1D()(y), layers.GlobalAveragePooling1D()(z)]), tmp_path)


@pytest.mark.parametrize("strides", [1, 2, 3])
@pytest.mark.parametrize("padding", ["valid", "same", "causal"])
def test_masks_through_convolutions(strides, padding, tmp_path):
    convolution = layers.Conv1D(3, 2, strides=strides, padding=padding)
    assert_same(words(convolution, layers.GlobalAveragePooling1D()), tmp_path)
    assert_same(words(convolution.from_config(convolution.get_config()), layers.LSTM(2)), tmp_path)


@pytest.mark.parametrize(
    "between",
    [
        [layers.Dropout(0.5), layers.Dense(3), layers.LayerNormalization(), layers.ReLU()],
        [layers.BatchNormalization(), layers.SpatialDropout1D(0.5)],
        [layers.GRU(3, return_sequences=True), layers.Bidirectional(layers.LSTM(2, return_sequences=True))],
        [layers.TimeDistributed(layers.Dense(3)), layers.Softmax()],
        [lx.Sequential([layers.Dense(3), layers.Activation("gelu")])],
    ],
    ids=["plain", "normalization", "recurrent", "wrapped", "model"],
)
def test_masks_through_layers(between, tmp_path):
    assert_same(words(*between, layers.GlobalAveragePooling1D()), tmp_path)


def test_masks_of_merged_inputs(tmp_path):
    a, b = (lx.Input((None,), dtype="int32", name=name) for name in "ab")
    masked = [layers.Embedding(5, 4, mask_zero=True)(x) for x in (a, b)]
    plain = layers.Embedding(5, 4)(b)
    for merge in (layers.Add(), layers.Concatenate()):
        assert_same(lx.Model([a, b], layers.GlobalAveragePooling1D()(merge(masked))), tmp_path)
    assert_same(lx.Model([a, b], layers.GlobalAveragePooling1D()(layers.Add()([masked[0], plain]))), tmp_path)


def test_masking(tmp_path):
    assert_same(chain(layers.ReLU(), layers.Masking(), layers.LSTM(3), shape=(None, 2)), tmp_path)
    x, lengths = lx.Input((None, 2), name="x"), lx.Input((), dtype="int32", name="lengths")
    assert_same(lx.Model([x, lengths], layers.GRU(3)(layers.Masking()([x, lengths]))), tmp_path)


def test_a_mask_that_is_given(tmp_path):
    x, mask = lx.Input((None, 3), name="x"), lx.Input((None,), dtype="bool", name="mask")
    assert_same(lx.Model([x, mask], layers.LSTM(2)(x, mask=mask)), tmp_path)


def test_fixed_arrays_among_the_arguments(tmp_path):
    x = lx.Input(batch_shape=(2, 3, 4))
    mask = np.array([[1, 1, 0], [1, 0, 1]], bool)
    h = layers.LSTM(4, return_sequences=True)(x, mask=mask, initial_state=[np.ones((2, 4), "float32")] * 2)
    h = layers.MultiHeadAttention(2, 2)(h, h, attention_mask=np.tril(np.ones((1, 3, 3), bool)))
    h = layers.Add()([h, np.arange(12, dtype="float32").reshape(1, 3, 4).repeat(2, 0)])
    assert_same(lx.Model(x, layers.GlobalAveragePooling1D()(h)), tmp_path, batches=(2,))


@pytest.mark.parametrize(
    ("heeding", "message"),
    [
        (layers.MaxPooling1D(), "layer 'max_pooling1d' .MaxPooling1D. gets a mask, which it would heed"),
        (layers.Softmax(1), "layer 'softmax' .Softmax. gets a mask of the steps over which its sum goes"),
    ],
    ids=["pooling", "softmax"],
)
def test_masks_that_are_refused(heeding, message, tmp_path):
    model = words(layers.Dense(3), heeding)
    with pytest.raises(ValueError, match=message):
        model.export(tmp_path / "m.onnx")


def test_products_of_masked_inputs_are_refused(tmp_path):
    x = lx.Input((None,), dtype="int32")
    h = layers.Embedding(5, 4, mask_zero=True)(x)
    model = lx.Model(x, layers.Multiply()([h, h]))
    with pytest.raises(ValueError, match=r"'multiply' \(Multiply\) gets a mask"):
        model.export(tmp_path / "m.onnx")


def test_a_mask_that_is_lost_on_the_way_is_refused(tmp_path):
    x = lx.Input((6,), dtype="int32")
    h = layers.Reshape((6, 2, 2))(layers.Embedding(5, 4, mask_zero=True)(x))
    model = lx.Model(x, layers.LSTM(2)(layers.Reshape((6, 4))(h)))
    with pytest.raises(ValueError, match=r"'lstm' \(LSTM\) needs a mask that has no form there"):
        model.export(tmp_path / "m.onnx")
