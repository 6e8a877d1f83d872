"""The CTC loss: against PyTorch's values and gradients, against the sum over all paths; its targets and its errors."""

import itertools
import pathlib

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from jax.test_util import check_grads

import laminax as lx
from laminax import layers, losses, ops
from laminax._core import context
from laminax.ops.ctc_likelihood import negative_log_likelihood
from laminax.training.encoding import encode

GOLDEN = dict(np.load(pathlib.Path(__file__).parent / "golden" / "ctc.npz"))


def with_gradient(logits, labels, lengths, frames, blank):
    """The loss of each row, and the gradient of their sum."""
    real = jnp.arange(logits.shape[1], dtype="int32") < frames[:, None]

    def total(logits):
        values = negative_log_likelihood(logits, labels, lengths, real, blank)
        return values.sum(), values

    (_, values), gradient = jax.value_and_grad(total, has_aux=True)(logits)
    return values, gradient


run = jax.jit(with_gradient)  # one executable for rows of any lengths, and any blank


def masked(loss, labels, logits, mask):
    """The loss with a mask on the output's frames."""
    with context.call():
        context.note(logits, mask=mask)
        return loss(labels, logits)


@pytest.mark.parametrize(("dtype", "tolerance"), [("float64", 1e-9), ("float32", 1e-4)])
def test_against_pytorch(dtype, tolerance):
    with jax.enable_x64(dtype == "float64"):
        for i, blank in enumerate(GOLDEN["blanks"].tolist()):
            logits, labels, lengths, frames, loss, gradient = (
                GOLDEN[f"{i}/{name}"] for name in ("logits", "labels", "lengths", "frames", "loss", "gradient")
            )
            found = run(jnp.asarray(logits, dtype), labels, lengths, frames, np.int32(blank))
            assert found[0].dtype == found[1].dtype == dtype
            np.testing.assert_allclose(found[0], loss, rtol=tolerance)
            np.testing.assert_allclose(found[1], gradient, atol=tolerance)


def random_rows(seed, shape=(7, 20, 8), most=8, scale=2.0):
    rng = np.random.default_rng(seed)
    batch, frames, classes = shape
    lengths = rng.integers(0, most + 1, batch).astype("int32")
    real = np.minimum(frames, np.maximum(2 * lengths, 1) + rng.integers(0, frames, batch)).astype("int32")
    blank = int(rng.integers(classes))
    labels = rng.choice([c for c in range(classes) if c != blank][: rng.integers(2, classes)], (batch, most))
    return rng.normal(size=shape) * scale, labels.astype("int32"), lengths, real, np.int32(blank)


def test_against_pytorch_itself():
    torch = pytest.importorskip("torch", reason="PyTorch is not installed")
    for seed in range(20):
        logits, labels, lengths, real, blank = random_rows(seed, scale=1 + seed % 4)
        x = torch.tensor(logits, requires_grad=True)
        wanted = torch.nn.functional.ctc_loss(
            torch.log_softmax(x, -1).transpose(0, 1),
            *(torch.tensor(a.astype("int64")) for a in (labels, real, lengths)),
            blank=int(blank),
            reduction="none",
        )
        wanted.sum().backward()
        with jax.enable_x64(True):
            values, gradient = run(jnp.asarray(logits, "float64"), labels, lengths, real, blank)
        np.testing.assert_allclose(values, wanted.detach().numpy(), rtol=1e-6)
        np.testing.assert_allclose(gradient, x.grad.numpy(), atol=1e-6)
        values, gradient = run(jnp.asarray(logits, "float32"), labels, lengths, real, blank)
        np.testing.assert_allclose(values, wanted.detach().numpy(), rtol=1e-4)
        np.testing.assert_allclose(gradient, x.grad.numpy(), atol=1e-4)


def test_against_optax():
    optax = pytest.importorskip("optax", reason="optax is not installed")
    logits, labels, lengths, real, _ = random_rows(3)
    labels = labels % 7 + 1
    with jax.numpy_dtype_promotion("standard"):
        paddings = [np.arange(n) >= a[:, None] for n, a in ((20, real), (8, lengths))]
        wanted = optax.ctc_loss(jnp.asarray(logits, "float32"), paddings[0] * 1.0, labels, paddings[1] * 1.0)
    values, _ = run(jnp.asarray(logits, "float32"), labels, lengths, real, np.int32(0))
    possible = np.asarray(wanted) < 1e4  # beyond, it stands for "impossible"
    np.testing.assert_allclose(values[possible], wanted[possible], rtol=1e-5)
    assert np.isinf(values[~possible]).all()


def over_all_paths(logits, labels, blank):
    log_p = np.asarray(jax.nn.log_softmax(logits))
    total = 0.0
    for path in itertools.product(range(log_p.shape[1]), repeat=len(log_p)):
        read = [k for k, _ in itertools.groupby(path) if k != blank]
        if read == list(labels):
            total += np.exp(sum(log_p[t, c] for t, c in enumerate(path)))
    return -np.log(total) if total else np.inf


PLACES = [[], [0], [0, 0], [0, 1], [1, 1, 0], [0, 1, 0], [0, 0, 0]]
FRAMES = np.array([6, 1, 3, 2, 4, 5, 4], "int32")  # the last row has one too few


@pytest.mark.parametrize("blank", [0, 2, 3])
def test_against_the_sum_over_all_paths(blank):
    classes = [c for c in range(4) if c != blank]
    words = [[classes[p] for p in places] for places in PLACES]
    labels = np.array([word + [0] * (3 - len(word)) for word in words], "int32")
    logits = np.random.default_rng(blank).normal(size=(7, 6, 4)).astype("float32")
    logits[2, 1, blank] = -np.inf  # two equal labels in three frames need that blank
    values, gradient = run(logits, labels, np.array(list(map(len, words)), "int32"), FRAMES, np.int32(blank))
    wanted = [over_all_paths(x[:n], word, blank) for x, n, word in zip(logits, FRAMES, words)]
    assert np.isinf([wanted[2], wanted[6]]).all()
    np.testing.assert_allclose(values, wanted, rtol=1e-5)
    assert np.isfinite(gradient).all()
    np.testing.assert_array_equal(np.any(np.asarray(gradient), (1, 2)), np.isfinite(wanted))


def test_derivative():
    logits, labels, lengths, real, blank = random_rows(5, scale=1.0)
    frames = np.arange(20) < real[:, None]
    with jax.enable_x64(True):

        def total(x):
            values = negative_log_likelihood(x, labels, lengths, frames, blank)
            return jnp.where(jnp.isfinite(values), values, 0).sum()

        check_grads(total, [jnp.asarray(logits)], order=1, modes=("rev",), rtol=1e-6)


def test_never_below_zero():
    """Where the network is sure, and right, and rounding could go either way."""
    logits = np.full((7, 20, 8), -20.0, "float32")
    labels = np.tile(np.arange(8, dtype="int32") % 3 + 1, (7, 1))
    lengths = np.array([8, 8, 7, 6, 5, 1, 0], "int32")
    logits[:, :, 0] = 0
    for i, length in enumerate(lengths):
        logits[i, np.arange(length) * 2, 0] = -20
        logits[i, np.arange(length) * 2, labels[i, :length]] = 0
    values, gradient = run(logits, labels, lengths, np.full(7, 20, "int32"), np.int32(0))
    assert np.all(values >= 0)
    assert np.all(values < 1e-5)
    assert np.abs(gradient).max() < 1e-5


def test_far_logits_stay_finite():
    logits, labels, lengths, real, blank = random_rows(6)
    values, gradient = run(logits.astype("float32") * 1e4, labels, lengths, real, blank)
    assert np.all(np.isfinite(gradient))
    assert np.all(values >= 0)


LOGITS = np.random.default_rng(0).normal(size=(2, 8, 5)).astype("float32")
WANTED = [[1, 2, 1], [3]]


def test_forms_of_targets():
    forms = [
        (losses.CTC(), np.array([[1, 2, 1], [3, 0, 0]])),
        (losses.CTC(), np.array([[1, 2, 1], [3, -100, -1]])),
        (losses.CTC(pad_value=4), np.array([[1, 2, 1], [3, 4, 4]])),
        (losses.CTC(), WANTED),
        (losses.CTC(), [np.array(row) for row in WANTED]),
        (losses.CTC(), np.array([[1, 2, 1], [3, 0, 0]], "float32")),
        (losses.CTC(alphabet="abcd"), ["aba", "c"]),
        (losses.CTC(alphabet=["a", "b", "<c>", "d"]), [["a", "b", "a"], ["<c>"]]),
        (losses.CTC(alphabet="abcd"), np.array(["aba", "c"])),
    ]
    values = [float(loss(labels, LOGITS)) for loss, labels in forms]
    assert values == pytest.approx([values[0]] * len(forms), rel=1e-6)
    np.testing.assert_allclose(losses.ctc(forms[0][1], LOGITS).mean(), values[0], rtol=1e-6)
    moved = np.roll(LOGITS, -1, -1)  # the blank is the last class
    others = [
        (losses.CTC(blank="last"), np.array([[0, 1, 0], [2, -1, -1]])),
        (losses.CTC(blank=4, alphabet="abcd"), ["aba", "c"]),
    ]
    assert [float(loss(labels, moved)) for loss, labels in others] == pytest.approx([values[0]] * 2, rel=1e-6)


def test_widths():
    """Lists are as wide as the longest one; of a stream of batches a power of two, and arrays too."""
    loss = losses.CTC(alphabet="abc")
    assert loss.encode(["abcab", "", "c"]).tolist() == [[1, 2, 3, 1, 2], [-1] * 5, [3, -1, -1, -1, -1]]
    assert loss.encode(["", ""]).tolist() == [[-1], [-1]]
    for y in (["a" * 9, "b"], np.ones((2, 9), "uint8"), [[1] * 9, [2]]):
        assert loss.encode(y, round_up=True).shape == (2, 16)
    assert loss.encode(None) is None
    assert loss.encode([np.ones((2, 3))])[0].shape == (2, 3)


def test_each_output_has_its_targets():
    """What was given to `compile` says which targets are labels to encode."""
    ctc, texts, numbers = losses.CTC(alphabet="ab"), ["ab", "b"], [1.0, 2.0]
    assert encode(ctc, texts).tolist() == [[1, 2], [2, -1]]
    assert encode("ctc", [[1], [2, 3]]).tolist() == [[1, -1], [2, 3]]
    assert encode({"out": ctc}, texts).shape == encode([ctc], texts).shape == (2, 2)
    for loss, y in (({"a": ctc, "b": "mse"}, {"a": texts, "b": numbers}), ([ctc, "mse"], [texts, numbers])):
        read, other = dict(encode(loss, y)).values() if isinstance(y, dict) else encode(loss, y)
        assert read.tolist() == [[1, 2], [2, -1]]
        assert other is numbers
    assert encode(ctc, {"a": texts})["a"].shape == (2, 2)
    assert encode("mse", texts) is texts
    assert encode(None, None) is None


def test_probabilities():
    p = jax.nn.softmax(LOGITS)
    wanted = float(losses.CTC()(WANTED, LOGITS))
    assert float(losses.CTC(from_logits=False)(WANTED, p)) == pytest.approx(wanted, rel=1e-5)
    with context.call():  # a softmax head
        context.note(p, softmax=jnp.asarray(LOGITS))
        assert float(losses.CTC()(WANTED, p)) == pytest.approx(wanted, rel=1e-6)


def test_masked_frames_do_not_count_wherever_they_are():
    rng = np.random.default_rng(1)
    plain = losses.CTC()(WANTED, LOGITS)
    step = jax.jit(jax.value_and_grad(lambda x, mask: masked(losses.CTC(), np.array([[1, 2, 1], [3, 0, 0]]), x, mask)))
    for row in ([1] * 8 + [0] * 3, [0, 1, 1, 1, 0, 0, 1, 1, 1, 1, 1], [0] * 3 + [1] * 8):
        mask = np.array([row, [1] * 8 + [0] * 3], bool)
        wide = rng.normal(size=(2, 11, 5)).astype("float32")
        wide[mask] = LOGITS.reshape(-1, 5)
        value, gradient = step(wide, mask)
        assert float(value) == pytest.approx(float(plain), rel=1e-5)
        assert not np.any(np.asarray(gradient)[~mask])


SHORT = np.array([[1, 1, 1], [1, 2, 0]])  # three equal labels need five frames


def test_rows_that_can_not_be_read():
    logits = np.random.default_rng(2).normal(size=(2, 4, 3)).astype("float32")
    with pytest.raises(ValueError, match=r"1 of 2 rows .* need: y_true\[0\]: 3 labels need 5 frames, has 4\. "):
        losses.CTC()(SHORT, logits)
    values = losses.CTC(infeasible="inf", reduction=None)(SHORT, logits)
    assert values[0] == np.inf
    assert float(losses.CTC(infeasible="drop")(SHORT, logits)) == pytest.approx(float(values[1]), rel=1e-6)
    for choice in ("raise", "drop"):  # in a traced program nothing can be raised
        gradient = jax.jit(jax.grad(lambda x, c=choice: losses.CTC(infeasible=c)(SHORT, x)))(logits)
        assert np.all(np.isfinite(gradient))
        assert not np.any(gradient[0])
        assert np.any(gradient[1])


@pytest.mark.parametrize(
    ("labels", "words"),
    [
        (
            [[2, 2, 0], [1, 5, 0]],
            r"y_true\[1\] holds the label 5 at place 1, .* 4 classes \(0\.\.3\), of which 0 is the",
        ),
        ([[1, -1, 2]], r"y_true\[0\] holds -1 at place 1, which is padding, before the label 2"),
        ([[1, 1.5]], r"y_true\[0\] holds 1\.5 at place 1; labels are integers"),
        ([["a"], ["b"]], r"y\[0\] is text: give the loss an alphabet, as in CTC\(alphabet='abc'\)"),
        ([[[1], [2]]], r"y_true: CTC takes labels as integers \(rows, labels\).*got int64\(1, 2, 1\)"),
    ],
)
def test_labels_that_are_none(labels, words):
    labels = labels if isinstance(labels[0][0], str) else np.array(labels)
    with pytest.raises((ValueError, TypeError), match=words):
        losses.CTC().check(losses.CTC().encode(labels), 9, 4, "y_true")


def test_a_blank_among_the_labels():
    """It is an error in training. The loss itself takes it for a label, as Keras does, and says so."""
    labels, words = (
        np.array([[1, 2, 1, 0], [1, 2, 0, 2]]),
        r"\[1\] holds 0 at place 2, which is the blank, before the label",
    )
    with pytest.raises(ValueError, match=words):
        losses.CTC().check(labels, 9, 4)
    with pytest.warns(UserWarning, match=words):
        value = losses.CTC()(labels, (np.arange(24).reshape(2, 4, 3).astype("float32") - 12) / 100)
    assert float(value) == pytest.approx(2.448645, rel=1e-6)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"infeasible": "skip"}, "infeasible.*'skip'"),
        ({"blank": 1.5}, r"blank must be a class \(an integer >= 0\) or 'last'; got 1\.5"),
        ({"blank": -1}, "blank must be a class"),
        ({"pad_value": "x"}, "pad_value must be an integer or None"),
        ({"from_logits": 1}, "from_logits"),
        ({"alphabet": "aba"}, "alphabet holds 'a' twice"),
        ({"alphabet": ""}, "alphabet must be text"),
        ({"alphabet": "ab", "blank": 5}, "The blank is class 5, but an alphabet of 2 symbols"),
    ],
)
def test_bad_arguments(arguments, words):
    with pytest.raises(ValueError, match=words):
        losses.CTC(**arguments)


def test_wrong_shapes():
    with pytest.raises(ValueError, match=r"labels \(batch, labels\) and an output \(batch, frames, classes\)"):
        losses.CTC()(np.zeros((2, 3), int), np.zeros((2, 4)))
    with pytest.raises(ValueError, match=r"The output has 5 classes; the alphabet and the blank need 4\. Give"):
        losses.CTC(alphabet="abc")(["a", "b"], LOGITS)
    with pytest.raises(ValueError, match=r"y\[1\] holds 'z', which is not in the alphabet 'abcd'"):
        losses.CTC(alphabet="abcd")(["a", "z"], LOGITS)


def test_keras_function():
    """`ops.ctc_loss` takes the lengths, and gives Keras's numbers."""
    labels = np.array([[1, 2, 1], [1, 2, 2]])
    outputs = np.array(
        [
            [[0.4, 0.8, 0.4], [0.2, 0.8, 0.3], [0.9, 0.4, 0.5]],
            [[0.4, 0.8, 0.4], [0.2, 0.3, 0.3], [0.4, 0.3, 0.2]],
        ]
    )
    np.testing.assert_allclose(ops.ctc_loss(labels, outputs, [3, 2], [3, 2]), [3.4411672, 1.91680186], rtol=1e-6)
    symbolic = ops.ctc_loss(*(layers.Input(shape) for shape in ((5,), (9, 4), (), ())), mask_index=-1)
    assert symbolic.shape == (None,)


def reader():
    frames = layers.Conv1D(8, 3, padding="same", activation="relu")
    return lx.Sequential([lx.Input((12, 3)), layers.Masking(), frames, layers.Dense(4)])


def signals():
    """Words of three letters as impulses, each somewhere in its third of the time; some are shorter."""
    rng = np.random.default_rng(0)
    words = rng.integers(1, 4, (96, 3))
    x = np.zeros((96, 12, 3), "float32")
    for i, word in enumerate(words):
        for j, label in enumerate(word):
            x[i, 4 * j + rng.integers(0, 2) + 1, label - 1] = 1
            x[i, 4 * j : 4 * j + 4] += 0.1
    lengths = rng.integers(1, 4, 96)
    for i, n in enumerate(lengths):
        x[i, 4 * n :] = 0
    return x, ["".join("abc"[c - 1] for c in word[:n]) for word, n in zip(words, lengths)], 4 * lengths


def test_a_reader_learns_with_lengths_from_the_mask():
    """Texts in, an error rate in the logs, texts out; evaluated on a stream of batches."""
    x, texts, frames = signals()
    lx.utils.set_random_seed(0)
    model = reader()
    model.compile(lx.optimizers.Adam(0.03), losses.CTC(alphabet="abc"), metrics=["cer", lx.metrics.WordErrorRate()])
    history = model.fit(x, texts, epochs=60, batch_size=32, verbose=0, seed=0).history
    assert history["loss"][-1] < 0.1 * history["loss"][0]
    np.testing.assert_array_equal(lx.decoding.frame_lengths(model, x), frames)
    read = lx.decoding.greedy(model.predict(x, verbose=0), frames, alphabet="abc")
    assert np.mean([r == t for r, t in zip(read, texts)]) > 0.9
    batches = [(x[i : i + 32], texts[i : i + 32]) for i in range(0, 96, 32)]
    logs = model.evaluate(batches, verbose=0, return_dict=True)
    assert logs["cer"] == pytest.approx(sum(map(distance, read, texts)) / sum(map(len, texts)), rel=1e-6)
    assert logs["word_error_rate"] == pytest.approx(np.mean([r != t for r, t in zip(read, texts)]), rel=1e-6)


def distance(a, b):
    """The edit distance, by its definition."""
    row = list(range(len(b) + 1))
    for i, x in enumerate(a):
        new = [i + 1]
        for j, y in enumerate(b):
            new.append(min(row[j + 1] + 1, new[j] + 1, row[j] + (x != y)))
        row = new
    return row[-1]


def test_fit_names_the_rows_before_anything_is_trained():
    model = reader()
    model.compile("adam", losses.CTC(alphabet="abc"))
    x = np.ones((4, 12, 3), "float32")
    x[3, 5:] = 0
    before = model.get_weights()
    faults = {
        r"1 of 4 rows .*y\[3\]: 4 labels need 6 frames, has 5": ["a", "b", "", "aabb"],
        r"y\[1\] holds 'z', which is not in the alphabet": ["a", "z", "b", "c"],
        r"y\[2\] holds 0 at place 0, which is the blank, before the label 1": np.array(
            [[1, 2], [2, 0], [0, 1], [3, 0]]
        ),
        r"validation_data: y\[0\] holds the label 4": np.array([[1], [2], [0], [3]]),
    }
    for words, y in faults.items():
        validation = (x, np.array([[4], [1], [1], [1]])) if "validation" in words else None
        with pytest.raises(ValueError, match=words):
            model.fit(x, y, validation_data=validation, verbose=0)
    for a, b in zip(before, model.get_weights()):
        np.testing.assert_array_equal(a, b)


def test_an_output_without_frames():
    model = lx.Sequential([lx.Input((12, 3)), layers.LSTM(8), layers.Dense(4)])
    model.compile("adam", "ctc")
    with pytest.raises(ValueError, match=r"output \(batch, frames, classes\); .* \(n, 4\)\. .*return_sequences=True"):
        model.fit(np.ones((2, 12, 3)), [[1], [2]], verbose=0)
    model = reader()
    model.compile("adam", "ctc", metrics=["accuracy"])
    with pytest.raises(ValueError, match=r"use metrics=\['cer'\], the character error rate"):
        model.fit(np.ones((2, 12, 3)), [[1], [2]], verbose=0)
