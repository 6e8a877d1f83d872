"""Losses where the numbers are extreme, where rows or masks enter sums, and errors."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from contract import quick_jit
from small import C, N, X, chain, quiet

import laminax as lx
from laminax import layers, losses
from laminax._core import context
from laminax.objective.accuracy import accuracy_for
from laminax.objective.heads import Head

BITS = np.array([[1.0, 0.0, 1.0], [0.0, 0.0, 1.0]])
LABELS = np.array([2, 0])
HOT = np.eye(3)[LABELS]
HUGE = np.array([[200.0, -200.0, -150.0], [-300.0, 300.0, 0.0]], "float32")
EMPTY = np.zeros((2, 3), "float32")


def test_values_and_slopes_are_finite_at_the_extremes():
    """Logits far out, probabilities of 0, vectors of length 0, rows without a like."""
    cases = {
        "binary": (losses.BinaryFocalCrossentropy(from_logits=True, gamma=0.5), BITS, HUGE),
        "categorical": (losses.CategoricalFocalCrossentropy(from_logits=True, gamma=0.5), HOT, HUGE),
        "probabilities": (losses.BinaryFocalCrossentropy(gamma=0.5), BITS, np.round(BITS[::-1])),
        "generalized": (losses.CategoricalGeneralizedCrossEntropy(0.1), LABELS, EMPTY),
        "divergence": (losses.KLDivergence(), HOT, EMPTY),
        "counts": (losses.Poisson(), BITS, EMPTY),
        "percent": (losses.MeanAbsolutePercentageError(), EMPTY, EMPTY),
        "cosine": (losses.CosineSimilarity(), HOT, EMPTY),
        "cosh": (losses.LogCosh(), EMPTY, HUGE),
        "circle": (losses.Circle(), LABELS, np.float32([[0.6, 0.8], [1, 0]])),
        "overlap": (losses.Dice(), EMPTY, EMPTY),
        "no overlap": (losses.Tversky(axis=-1), EMPTY, EMPTY),
    }

    def run(outputs):
        return {
            name: jax.value_and_grad(lambda y, loss=loss, y_true=y_true: loss(y_true, y))(outputs[name])
            for name, (loss, y_true, _) in cases.items()
        }

    found = quick_jit(run)({name: jnp.asarray(y, "float32") for name, (*_, y) in cases.items()})
    for name, (value, slope) in found.items():
        assert np.isfinite(value), name
        assert np.isfinite(slope).all(), name
    assert found["cosh"][0] == pytest.approx(np.abs(HUGE).mean() - np.log(2) * 5 / 6)
    assert found["circle"][0] == 0
    surprise = np.where(BITS == 1, -HUGE, HUGE).clip(0).sum()  # -log of the probability of what is true
    assert found["binary"][0] == pytest.approx((surprise + np.log(2) * 0.5**0.5) / 6, rel=1e-5)


def test_the_logits_of_a_head_are_used():
    """Where the head's numbers are 0 and 1 to the last digit, what is wrong still has a slope."""
    cases = [
        ("sigmoid", losses.BinaryFocalCrossentropy(), HOT),
        ("softmax", losses.CategoricalFocalCrossentropy(), HOT),
        ("softmax", losses.KLDivergence(), HOT),
        ("softmax", losses.CategoricalGeneralizedCrossEntropy(0.01), LABELS),
    ]

    def value(logits, head, loss, y):
        with context.call():
            return loss(y, getattr(lx.activations, head)(logits))

    wrong = jnp.asarray([[40.0, -40.0, -60.0], [0.0, 0.0, 0.0]])
    slopes = quick_jit(lambda logits: [jax.grad(value)(logits, *case) for case in cases])(wrong)
    assert max(float(slope[0, 2]) for slope in slopes) < -0.04


# Losses in which rows meet.


def test_overlap_of_a_whole_batch():
    """One number for all rows; what a mask excludes is empty, and each sample weighs that number."""
    rng = np.random.default_rng(0)
    y, p = rng.integers(0, 2, (3, 4, 2)), rng.uniform(0, 1, (3, 4, 2)).astype("float32")
    mask, weight = np.arange(12).reshape(3, 4) % 3 > 0, np.array([1.0, 2, 4], "float32")

    def run(junk):
        with context.call() as frame:
            whole = [
                losses.Dice(reduction=r)(y, junk, weight) for r in ("sum", "mean", "mean_with_sample_weight", None)
            ]
            context.note(junk, mask=jnp.asarray(mask))
            masked = [losses.Dice()(y, junk), losses.Tversky(alpha=0.2)(y, junk), losses.Dice(axis=(1, 2))(y, junk)]
            rest = [losses.Dice(axis=2, reduction=None)(y, junk)]
        assert frame.rows_lost
        return whole, masked + rest

    junk = np.where(mask[..., None], p, np.float32(0.9))
    whole, (dice, tversky, by_row, by_step) = quick_jit(run)(junk)
    one = losses.dice(y, junk)
    np.testing.assert_allclose(whole[:3], [one * 7, one * 7 / 3, one], rtol=1e-6)
    np.testing.assert_allclose(whole[3], one * weight, rtol=1e-6)
    np.testing.assert_allclose(dice, losses.dice(y[mask], p[mask]), rtol=1e-6)
    np.testing.assert_allclose(tversky, losses.tversky(y[mask], p[mask], alpha=0.2), rtol=1e-6)
    rows = [losses.dice(y[i][mask[i]], p[i][mask[i]]) for i in range(3)]
    np.testing.assert_allclose(by_row, np.mean(rows), rtol=1e-6)
    np.testing.assert_allclose(by_step, np.where(mask, losses.dice(y, p, axis=-1), 0), rtol=1e-6)


def test_a_short_last_batch_is_not_padded_where_rows_meet():
    """The mean over batches as long as they are, each weighing as its rows."""
    loss = losses.Circle(2.0)
    model = chain(layers.Dense(3, "sigmoid"), loss=loss)
    p = model.predict(X, verbose=0)
    parts = [(len(p[k : k + 8]), float(loss(C[k : k + 8], p[k : k + 8]))) for k in range(0, N, 8)]
    found = model.evaluate(X, C, batch_size=8, verbose=0)
    assert found == pytest.approx(sum(n * value for n, value in parts) / N, rel=1e-5)


def test_hinge_takes_zeros_for_minus_ones_whatever_else_is_in_the_batch():
    y, p = np.array([[0.0], [1.0], [-1.0]]), np.array([[0.3], [0.3], [0.3]], "float32")
    np.testing.assert_allclose(losses.hinge(y, p), [1.3, 0.7, 1.3], rtol=1e-6)
    np.testing.assert_allclose(losses.hinge(y[:2], p[:2]), [1.3, 0.7], rtol=1e-6)


# Errors.


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: losses.Hinge("sum_over_batch"), "reduction: 'sum_over_batch'. Did you mean 'sum_over_batch_size'"),
        (lambda: losses.CategoricalGeneralizedCrossEntropy(1.0), "`q` must be between 0 and 1; got 1.0"),
        (
            lambda: losses.CategoricalFocalCrossentropy(alpha=[0.1, -1]),
            "`alpha` must be a number >= 0, or one for each",
        ),
        (lambda: losses.BinaryFocalCrossentropy(alpha=1.5), "`alpha` must be a number in 0 .. 1; got 1.5"),
        (lambda: losses.BinaryFocalCrossentropy(gamma=-1), "`gamma` must be a number >= 0; got -1"),
        (lambda: losses.BinaryCrossentropy(label_smoothing=2), "`label_smoothing` must be a number in 0 .. 1; got 2"),
        (lambda: losses.Huber(delta="1"), "Huber: argument `delta` must be a number >= 0; got '1'"),
        (lambda: losses.Poisson()(EMPTY[:, :1], EMPTY), r"must have the same shape; got \(2, 1\) and \(2, 3\)"),
        (lambda: losses.CategoricalHinge()(LABELS, EMPTY), "must have the same shape"),
        (lambda: losses.CategoricalFocalCrossentropy()(LABELS, EMPTY), "Integer classes are for sparse_categorical"),
        (lambda: losses.CategoricalGeneralizedCrossEntropy()(HOT, EMPTY), "One-hot targets are for"),
        (lambda: losses.Circle()(HOT, EMPTY), r"Circle takes integer labels \(batch,\).*\(2, 3\) and \(2, 3\)"),
        (lambda: losses.MeanSquaredError()(HOT, EMPTY, np.ones(3)), r"sample_weight has the shape \(3,\)"),
        (
            lambda: losses.get("kl_divergance"),
            "Unknown loss 'kl_divergance'. Did you mean 'kl_divergence' or 'KLDivergence'",
        ),
    ],
)
def test_errors(make, message):
    with pytest.raises(ValueError, match=message):
        make()


@pytest.mark.parametrize(
    ("loss", "y", "message"),
    [
        (
            "categorical_generalized_cross_entropy",
            C + 1,
            r"y\[.*\] = 3, but the output has 3 classes \(0..2\).*subtract 1",
        ),
        ("categorical_generalized_cross_entropy", np.eye(3)[C], "look one-hot: use loss='categorical_crossentropy'"),
        ("categorical_hinge", C, "look like integer classes: use loss='sparse_categorical_crossentropy'"),
        ("poisson", X[:, :2], "poisson needs equal ones. Give the last layer 2 units"),
        ("dice", C, "dice needs equal ones. Give the last layer 1 unit"),
    ],
)
def test_targets_that_do_not_fit_their_loss(loss, y, message):
    """Said by `fit` before anything is compiled."""
    head = None if loss == "categorical_hinge" else "softmax"
    with pytest.raises(ValueError, match=message):
        quiet(chain(layers.Dense(3, head), loss=loss), X, y)


@pytest.mark.parametrize(
    ("units", "head", "y", "chosen"),
    [
        (1, None, C > 0, losses.BinaryCrossentropy(from_logits=True)),
        (3, "sigmoid", np.eye(3)[C], losses.BinaryCrossentropy()),
        (3, "softmax", C, losses.SparseCategoricalCrossentropy()),
        (3, None, np.eye(3)[C], losses.CategoricalCrossentropy(from_logits=True)),
    ],
)
def test_the_crossentropy_that_is_meant(units, head, y, chosen):
    model = chain(layers.Dense(units, head), loss="crossentropy")
    found = model.evaluate(X, y, verbose=0)
    assert found == pytest.approx(float(chosen(y, model.predict(X, verbose=0))), rel=1e-5)


def test_a_class_that_is_none_gives_nan():
    found = losses.categorical_generalized_cross_entropy([1, 3, -1], np.full((3, 3), 1 / 3, "float32"), q=0.5)
    np.testing.assert_array_equal(np.isnan(found), [False, True, True])


@pytest.mark.parametrize(
    ("loss", "threshold"),
    [
        (losses.BinaryFocalCrossentropy(from_logits=True), 0.0),
        (losses.BinaryFocalCrossentropy(), 0.5),
        (losses.Hinge(), 0.0),
        (losses.SquaredHinge(), 0.0),
    ],
)
def test_accuracy_knows_where_yes_begins(loss, threshold):
    assert accuracy_for(loss, Head((N, 1), "float32", None), C > 0).threshold == threshold
