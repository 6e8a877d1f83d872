"""CTC: against PyTorch's values and gradients, and against the sum over all paths."""

import itertools
import pathlib

import jax
import jax.numpy as jnp
import numpy as np
import pytest

import laminax as lx
from laminax import layers, losses
from laminax._core import context

GOLDEN = dict(np.load(pathlib.Path(__file__).parent / "golden" / "ctc.npz"))


def masked(loss, labels, logits, mask):
    """The loss of each row, with the mask on the output's frames."""
    with context.call():
        context.note(logits, mask=mask)
        return loss(labels, logits)


@pytest.mark.parametrize("i", range(len(GOLDEN["blanks"])))
@pytest.mark.parametrize(("dtype", "tolerance"), [("float64", 1e-9), ("float32", 1e-4)])
def test_against_pytorch(i, dtype, tolerance):
    loss = losses.CTC(blank=int(GOLDEN["blanks"][i]), reduction=None, dtype=dtype)
    labels, mask = GOLDEN[f"{i}/labels"], jnp.asarray(GOLDEN[f"{i}/mask"])
    with jax.enable_x64(dtype == "float64"):
        logits = jnp.asarray(GOLDEN[f"{i}/logits"], dtype)
        values = masked(loss, labels, logits, mask)
        gradient = jax.grad(lambda x: masked(loss, labels, x, mask).sum())(logits)
        scale = np.abs(GOLDEN[f"{i}/loss"]).max()
        np.testing.assert_allclose(values, GOLDEN[f"{i}/loss"], rtol=tolerance, atol=tolerance * scale)
        np.testing.assert_allclose(gradient, GOLDEN[f"{i}/gradient"], atol=tolerance)


def over_all_paths(logits, labels, blank):
    log_p = np.asarray(jax.nn.log_softmax(logits))
    total = 0.0
    for path in itertools.product(range(log_p.shape[1]), repeat=len(log_p)):
        read = [k for k, _ in itertools.groupby(path) if k != blank]
        if read == list(labels):
            total += np.exp(sum(log_p[t, c] for t, c in enumerate(path)))
    return -np.log(total) if total else np.inf


@pytest.mark.parametrize("blank", [0, 2, "last"])
@pytest.mark.parametrize("places", [[], [0], [0, 0], [0, 1], [1, 1, 0], [0, 1, 0], [0, 0, 0]])
def test_against_the_sum_over_all_paths(blank, places):
    number = 3 if blank == "last" else blank
    classes = [c for c in range(4) if c != number]
    labels = [classes[p] for p in places]
    logits = np.random.default_rng(len(places)).normal(size=(5, 4)).astype("float32")
    padded = np.full((1, 4), -1)
    padded[0, : len(labels)] = labels
    value = losses.CTC(blank=blank, reduction="sum")(padded, logits[None])
    assert float(value) == pytest.approx(over_all_paths(logits, labels, number), rel=1e-5)


def test_forms_of_padding():
    logits = np.random.default_rng(0).normal(size=(2, 8, 5)).astype("float32")
    forms = {
        "blank": (losses.CTC(), [[1, 2, 0], [3, 0, 0]]),
        "negative": (losses.CTC(), [[1, 2, -1], [3, -1, -1]]),
        "value": (losses.CTC(pad_value=4), [[1, 2, 4], [3, 4, 4]]),
        "longer": (losses.CTC(), [[1, 2, 0, 0, 0], [3, 0, 0, 0, 0]]),
    }
    values = [float(loss(np.array(labels), logits)) for loss, labels in forms.values()]
    assert values == pytest.approx([values[0]] * 4, rel=1e-6)
    np.testing.assert_allclose(losses.ctc(np.array([[1, 2, 0], [3, 0, 0]]), logits).mean(), values[0], rtol=1e-6)


def test_masked_frames_do_not_count_wherever_they_are():
    rng = np.random.default_rng(1)
    logits = rng.normal(size=(1, 6, 4)).astype("float32")
    labels = np.array([[1, 2]])
    plain = losses.CTC()(labels, logits)
    for mask in ([1, 1, 1, 1, 1, 1, 0, 0], [0, 1, 1, 1, 0, 1, 1, 1], [0, 0, 1, 1, 1, 1, 1, 1]):
        mask = np.array([mask], bool)
        wide = rng.normal(size=(1, 8, 4)).astype("float32")
        wide[mask] = logits[0]
        gradient = jax.grad(lambda x, m=mask: masked(losses.CTC(), labels, x, jnp.asarray(m)))(jnp.asarray(wide))
        value = masked(losses.CTC(), labels, jnp.asarray(wide), jnp.asarray(mask))
        assert float(value) == pytest.approx(float(plain), rel=1e-5)
        assert not np.any(np.asarray(gradient)[~mask])


SHORT = np.array([[1, 1, 1], [1, 2, 0]])  # three equal labels need five frames


def test_rows_that_can_not_be_read():
    logits = np.random.default_rng(2).normal(size=(2, 4, 3)).astype("float32")
    with pytest.raises(ValueError, match=r"1 rows have fewer frames.*rows \[0\], with \[4\] frames for \[3\] labels"):
        losses.CTC()(SHORT, logits)
    kept = float(losses.CTC()(SHORT[1:], logits[1:]))
    assert float(losses.CTC(infeasible="drop")(SHORT, logits)) == pytest.approx(kept, rel=1e-6)
    assert float(losses.CTC(infeasible="inf")(SHORT, logits)) == np.inf
    for choice in ("drop", "inf"):
        gradient = jax.grad(lambda x, c=choice: losses.CTC(infeasible=c)(SHORT, x))(jnp.asarray(logits))
        assert np.all(np.isfinite(gradient))
        assert not np.any(gradient[0])
        assert np.any(gradient[1])


@pytest.mark.parametrize(
    ("labels", "words"),
    [
        ([[1, 5]], r"y\[0\] has the label 5 at place 1; labels are 0..3 without the blank 0"),
        ([[0, 1]], r"y\[0\] has the label 0 at place 0"),
        ([[1, -1, 2]], r"y\[0\] has the label -1 at place 1"),
    ],
)
def test_labels_that_are_none(labels, words):
    with pytest.raises(ValueError, match=words):
        losses.CTC()(np.array(labels), np.zeros((1, 9, 4), "float32"))


@pytest.mark.parametrize(
    ("arguments", "words"),
    [({"infeasible": "skip"}, "Unknown infeasible 'skip'"), ({"blank": 1.5}, "blank must be an integer or 'last'")],
)
def test_bad_arguments(arguments, words):
    with pytest.raises(ValueError, match=words):
        losses.CTC(**arguments)


def test_wrong_shapes():
    with pytest.raises(ValueError, match=r"labels \(batch, labels\) and logits \(batch, frames, classes\)"):
        losses.CTC()(np.zeros((2, 3), int), np.zeros((2, 4)))


def reader():
    return lx.Sequential([lx.Input((12, 3)), layers.Masking(), layers.LSTM(8, return_sequences=True), layers.Dense(4)])


def test_a_reader_learns_with_lengths_from_the_mask():
    lx.utils.set_random_seed(0)
    rng = np.random.default_rng(0)
    labels = rng.integers(1, 4, (96, 3))
    x = np.zeros((96, 12, 3), "float32")
    for i, word in enumerate(labels):
        for j, label in enumerate(word):
            x[i, 3 * j + rng.integers(0, 2) + 1, label - 1] = 1
            x[i, 3 * j] += 0.1
    model = reader()
    model.compile(lx.optimizers.Adam(0.03), losses.CTC())
    history = model.fit(x, labels, epochs=30, batch_size=32, verbose=0, seed=0)
    assert history.history["loss"][-1] < 0.1 * history.history["loss"][0]
    best = model.predict(x, verbose=0).argmax(-1)
    read = [[k for k, _ in itertools.groupby(row) if k] for row in best.tolist()]
    assert np.mean([r == w for r, w in zip(read, labels.tolist())]) > 0.9


def test_fit_names_the_rows_before_anything_is_trained():
    model = reader()
    model.compile("adam", losses.CTC())
    labels = np.ones((4, 8), int)
    labels[:3, 2:] = 0
    before = model.get_weights()
    with pytest.raises(ValueError, match=r"rows \[3\], with \[12\] frames for \[8\] labels"):
        model.fit(np.ones((4, 12, 3)), labels, verbose=0)
    for a, b in zip(before, model.get_weights()):
        np.testing.assert_array_equal(a, b)
