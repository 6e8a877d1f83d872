"""Reading outputs: the likeliest classes, the likeliest labels, language models and lexicons; error rates."""

import itertools

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from laminax import decoding, layers, metrics, ops
from laminax._core import context
from laminax.decoding.alphabet import Alphabet
from laminax.decoding.distance import edit_distance, words
from laminax.decoding.guide import guided_search

RNG = np.random.default_rng(4)
OUTPUTS = (RNG.normal(size=(3, 6, 4)) * 2).astype("float32")
LENGTHS = np.array([6, 5, 3], "int32")
ALL = 1500  # more beginnings than there are


def readings(logits, blank):
    """Every labelling with the log of its probability, the best first, by going through all paths."""
    log_p = np.asarray(jax.nn.log_softmax(logits))
    found = {}
    for path in itertools.product(range(log_p.shape[1]), repeat=len(log_p)):
        labels = tuple(k for k, _ in itertools.groupby(path) if k != blank)
        found[labels] = np.logaddexp(found.get(labels, -np.inf), sum(log_p[t, c] for t, c in enumerate(path)))
    return sorted(found.items(), key=lambda item: -item[1])


@pytest.fixture(scope="module")
def by_all_paths():
    return [readings(x[:n], 1) for x, n in zip(OUTPUTS, LENGTHS)]


def test_beam_search_finds_the_likeliest(by_all_paths):
    found = decoding.beam_search(OUTPUTS, LENGTHS, blank=1, beam_width=ALL, top_paths=40)
    for row, wanted in zip(found, by_all_paths):
        wanted = wanted[:40]
        assert [tuple(reading.labels) for reading in row] == [labels for labels, _ in wanted]
        np.testing.assert_allclose([reading.score for reading in row], [s for _, s in wanted], rtol=1e-4, atol=1e-5)


def test_classes_that_can_not_stay_are_left_out():
    """With more classes than the beam is wide, only the likeliest of each frame are tried; nothing is lost."""
    log_p = jax.nn.log_softmax(RNG.normal(size=(1, 7, 30)).astype("float32") * 2)
    frames = np.ones((1, 7), bool)
    guide = lambda prefix: np.zeros(30, "float32")  # noqa: E731 - tries all classes
    guide.classes = 30
    wanted = guided_search(log_p, frames, 0, 5, 5, guide)[0]
    labels, scores = ops.ctc_decode(log_p, [7], "beam_search", beam_width=5, top_paths=5)
    assert [tuple(p[p >= 0].tolist()) for p in np.asarray(labels)[:, 0]] == [labels for labels, _ in wanted]
    np.testing.assert_allclose(scores[0], [s for _, s in wanted], rtol=1e-5)


def test_a_language_model_adds_its_scores(by_all_paths):
    """One that is a table of pairs of labels: the best of all readings under both."""
    pairs = RNG.normal(size=(4, 4))  # row: the label before, or the blank at the start; column: the next, or the end

    def score(prefix):
        return pairs[prefix[-1] if prefix else 1]

    def total(labels, log_p):
        return log_p + sum(pairs[a, b] for a, b in itertools.pairwise((1, *labels, 1)))

    found = decoding.beam_search(OUTPUTS, LENGTHS, blank=1, beam_width=ALL, top_paths=5, score=score)
    for row, readings in zip(found, by_all_paths):
        wanted = sorted(((labels, total(labels, s)) for labels, s in readings), key=lambda item: -item[1])[:5]
        assert [tuple(reading.labels) for reading in row] == [labels for labels, _ in wanted]
        np.testing.assert_allclose([reading.score for reading in row], [s for _, s in wanted], rtol=1e-4)


@pytest.mark.parametrize(
    ("lexicon", "separator", "fits"),
    [
        (["ab", "ca", "c"], None, {"ab", "ca", "c"}.__contains__),
        (["a", "ab"], "c", lambda text: all(word in ("a", "ab") for word in text.split("c"))),
    ],
)
def test_a_lexicon_leaves_its_words(by_all_paths, lexicon, separator, fits):
    alphabet = Alphabet("abc", 1)
    options = {"alphabet": "abc", "lexicon": lexicon, "separator": separator}
    found = decoding.beam_search(OUTPUTS, LENGTHS, blank=1, beam_width=ALL, top_paths=3, **options)
    for row, readings in zip(found, by_all_paths):
        wanted = [(alphabet.decode(labels), s) for labels, s in readings if fits(alphabet.decode(labels))][:3]
        assert [reading.labels for reading in row] == [text for text, _ in wanted]
        np.testing.assert_allclose([reading.score for reading in row], [s for _, s in wanted], rtol=1e-4)


def test_greedy():
    best = np.array([[1, 1, 0, 1, 2, 2], [0, 0, 0, 0, 0, 0], [3, 0, 3, 3, 1, 1]])
    outputs = np.eye(4, dtype="float32")[best]
    assert decoding.greedy(outputs) == [[1, 1, 2], [], [3, 3, 1]]
    assert decoding.greedy(outputs, [4, 6, 3]) == [[1, 1], [], [3, 3]]
    assert decoding.greedy(outputs, alphabet="abc") == ["aab", "", "cca"]
    assert decoding.greedy(outputs, blank="last", alphabet="abc")[0] == "babc"
    mask = np.ones((3, 6), bool)
    mask[0, 2] = False  # the frames beside it are neighbours then
    assert decoding.greedy(outputs, mask)[0] == [1, 2]
    with context.call():
        outputs = jnp.asarray(outputs)
        context.note(outputs, mask=jnp.asarray(mask))
        assert decoding.greedy(outputs)[0] == [1, 2]


def test_keras_function():
    """`ops.ctc_decode` has Keras's scores, and is symbolic."""
    labels, scores = ops.ctc_decode(OUTPUTS, LENGTHS, mask_index=1)
    assert labels.shape == (1, 3, 6)
    assert [row[row >= 0].tolist() for row in np.asarray(labels)[0]] == decoding.greedy(OUTPUTS, LENGTHS, blank=1)
    np.testing.assert_allclose(scores[:, 0], [-x[:n].max(-1).sum() for x, n in zip(OUTPUTS, LENGTHS)], rtol=1e-6)
    repeated = np.eye(4, dtype="float32")[[[1, 1, 0, 1]]]
    labels, _ = ops.ctc_decode(repeated, [4], merge_repeated=False)
    assert np.asarray(labels).tolist() == [[[1, 1, 1, -1]]]
    for strategy, paths in (("greedy", 1), ("beam_search", 2)):
        inputs, count = layers.Input((9, 4)), layers.Input((), dtype="int32")
        labels, scores = ops.ctc_decode(inputs, count, strategy, beam_width=3, top_paths=2)
        assert (labels.shape, scores.shape) == ((paths, None, 9), (None, paths))
        assert (labels.dtype, scores.dtype) == ("int32", "float32")


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: ops.ctc_decode(OUTPUTS, LENGTHS, "beam"), "Invalid strategy 'beam'.*'greedy' or 'beam_search'"),
        (
            lambda: ops.ctc_decode(OUTPUTS, LENGTHS, "beam_search", 2, 3),
            r"top_paths \(3\) must not exceed beam_width \(2",
        ),
        (lambda: ops.ctc_decode(OUTPUTS, LENGTHS, mask_index=4), r"The blank is class 4, but there are 4 classes"),
        (
            lambda: decoding.beam_search(OUTPUTS, beam_width=0),
            "argument `beam_width` must be a positive integer; got 0",
        ),
        (lambda: decoding.beam_search(OUTPUTS, beam_width=2, top_paths=3), "top_paths"),
        (lambda: decoding.greedy(OUTPUTS[0]), r"floats \(batch, frames, classes\); got float32\(6, 4\)"),
        (lambda: decoding.greedy(OUTPUTS, [7, 5, 3]), r"lengths must be in 0\.\.6"),
        (lambda: decoding.greedy(OUTPUTS, [[1, 2]]), r"lengths are the numbers of frames \(3,\), or a mask"),
        (lambda: decoding.greedy(OUTPUTS, alphabet="ab"), "4 classes; the alphabet and the blank need 3"),
        (lambda: decoding.beam_search(OUTPUTS, lexicon=["ab"]), "lexicon holds the text 'ab': give an alphabet"),
        (lambda: decoding.beam_search(OUTPUTS, alphabet="abc", lexicon=["ax"]), "lexicon's 'ax' holds 'x'"),
        (
            lambda: decoding.beam_search(OUTPUTS, score=lambda p: np.zeros(3)),
            r"score must give 4 numbers.*float32\(3,\)",
        ),
        (lambda: metrics.WordErrorRate(separator="x"), "the separator 'x' needs an alphabet"),
    ],
)
def test_bad_arguments(call, words):
    with pytest.raises((ValueError, TypeError), match=words):
        call()


def by_definition(a, b):
    row = list(range(len(b) + 1))
    for i, x in enumerate(a):
        new = [i + 1]
        for j, y in enumerate(b):
            new.append(min(row[j + 1] + 1, new[j] + 1, row[j] + (x != y)))
        row = new
    return row[-1]


def split(labels):
    """The words between zeros."""
    return ["".join(map(str, group)) for zero, group in itertools.groupby(labels, key=lambda v: v == 0) if not zero]


def test_edit_distances_of_labels_and_of_words():
    a, b = RNG.integers(0, 4, (300, 9)).astype("int32"), RNG.integers(0, 4, (300, 12)).astype("int32")
    n, m = RNG.integers(0, 10, 300).astype("int32"), RNG.integers(0, 13, 300).astype("int32")
    of_labels, of_words = jax.jit(
        lambda a, n, b, m: (edit_distance(a, n, b, m), edit_distance(*words(a, n, 0), *words(b, m, 0)))
    )(a, n, b, m)
    rows = [(x[:i].tolist(), y[:j].tolist()) for x, i, y, j in zip(a, n, b, m)]
    assert of_labels.tolist() == [by_definition(*row) for row in rows]
    assert of_words.tolist() == [by_definition(*map(split, row)) for row in rows]


def test_error_rates():
    """Over several batches, with masks: all errors by all labels."""
    best = np.array([[1, 0, 3, 2, 2], [1, 1, 0, 1, 3]])
    outputs = np.eye(4, dtype="float32")[best]
    characters, whole = metrics.CharacterErrorRate(alphabet="ab "), metrics.WordErrorRate(alphabet="ab ")
    assert decoding.greedy(outputs, alphabet="ab ") == ["a b", "aa "]
    for metric in (characters, whole):
        metric.update_state(["a a", "aa"], outputs)
    assert float(characters.result()) == pytest.approx(2 / 5)
    assert float(whole.result()) == pytest.approx(1 / 3)
    with context.call():
        masked = jnp.asarray(outputs)
        context.note(masked, mask=jnp.arange(5) < jnp.array([[2], [4]]))
        characters.update_state(["b", "aa"], masked)
    assert float(characters.result()) == pytest.approx(3 / 8)
    assert [type(metrics.get(name)).__name__ for name in ("cer", "wer")] == ["CharacterErrorRate", "WordErrorRate"]
