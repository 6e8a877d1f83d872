"""Weighted losses and metrics: the numbers of `docs/weighting.md`, and those that `fit` logs."""

import doctest
import pathlib

import numpy as np
import pytest
from small import AB, SK, C, N, X, chain, classifier, quiet, two

import laminax as lx
from laminax import layers

WEIGHT = np.linspace(0, 3, N).astype("float32")


def test_the_page_tells_the_truth():
    page = pathlib.Path(__file__).parents[1] / "docs" / "weighting.md"
    failed, tried = doctest.testfile(str(page), module_relative=False)
    assert tried > 10
    assert failed == 0


def test_the_weighted_mean_is_that_of_the_metric_over_any_batches():
    model = classifier(weighted_mean=True, weighted_metrics=["crossentropy"])
    history = quiet(model, X, C, batch_size=8, epochs=2, class_weight={0: 1, 1: 5, 2: 0.5}).history
    np.testing.assert_allclose(history["loss"], history["crossentropy"], rtol=1e-6)


def test_a_step_does_not_depend_on_the_size_of_the_weights():
    first, second = (classifier(weighted_mean=True) for _ in range(2))
    quiet(first, X, C, sample_weight=WEIGHT, batch_size=N)
    quiet(second, X, C, sample_weight=7 * WEIGHT, batch_size=N)
    for a, b in zip(first.get_weights(), second.get_weights(), strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-5, atol=1e-6)


def test_every_output_has_its_weighted_mean():
    model = two(weighted_mean=True, weighted_metrics={"size": "mse", "kind": "mse"}, combine_losses="sum")
    weights = {"size": WEIGHT, "kind": WEIGHT[::-1].copy()}
    found = model.evaluate(AB, SK, sample_weight=weights, batch_size=8, verbose=0, return_dict=True)
    assert found["size_loss"] == pytest.approx(found["size_mse"], rel=1e-6)
    assert found["kind_loss"] == pytest.approx(found["kind_mse"], rel=1e-6)


def test_a_loss_that_is_no_mean_stays_what_it_is():
    loss = lx.losses.MeanSquaredError("sum")
    model = chain(layers.Dense(1), loss=loss, weighted_mean=True)
    error = np.square(model.predict(X, verbose=0)[:, 0] - X[:, 0])
    found = model.evaluate(X, X[:, :1], sample_weight=WEIGHT, batch_size=N, verbose=0)
    assert found == pytest.approx((WEIGHT * error).sum(), rel=1e-5)
    assert loss.reduction == "sum"


def test_masked_steps_and_weights_of_steps_count_over_any_batches():
    tokens = np.where(np.arange(6) < np.arange(N)[:, None] % 7, 1 + (np.arange(6) + C[:, None]) % 4, 0)
    model = lx.Sequential([lx.Input((6,), dtype="int32"), layers.Embedding(5, 3, mask_zero=True), layers.Dense(1)])
    model.compile("sgd", "mae", weighted_mean=True, weighted_metrics=["mae"])
    targets = np.sin(tokens + np.arange(N)[:, None])[..., None].astype("float32")
    weight = np.cos(tokens).astype("float32") ** 2
    real = tokens > 0
    error = np.abs(model.predict(tokens, verbose=0) - targets)[..., 0]
    found = model.evaluate(tokens, targets, sample_weight=weight, batch_size=8, verbose=0, return_dict=True)
    wanted = (weight * error)[real].sum() / weight[real].sum()
    assert list(found.values()) == pytest.approx([wanted, wanted], rel=1e-5)


def test_the_argument_is_true_or_false():
    with pytest.raises(ValueError, match="compile: argument `weighted_mean` has to be a boolean; got 'yes'"):
        classifier(weighted_mean="yes")
