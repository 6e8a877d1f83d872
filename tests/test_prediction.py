"""Predictions: into arrays that are there, batch by batch, from many threads at once."""

import concurrent.futures
import sys
import threading

import numpy as np
import pytest
from small import AB, N, X, regression, two

import laminax as lx


def test_outputs_go_into_given_arrays(tmp_path):
    model = regression()
    wanted = model.predict(X, verbose=0)
    out = np.lib.format.open_memmap(tmp_path / "y.npy", "w+", "float32", wanted.shape)
    assert model.predict(X, batch_size=5, verbose=0, out=out) is out
    np.testing.assert_allclose(np.load(tmp_path / "y.npy"), wanted, rtol=1e-6)
    pair = two()
    whole = pair.predict(AB, verbose=0)
    out = [np.empty_like(y) for y in whole]
    pair.predict(AB, batch_size=7, verbose=0, out=out)
    for a, b in zip(out, whole, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-6)


def test_a_stream_fills_what_is_given():
    model = regression()
    wanted, out = model.predict(X, verbose=0), np.zeros((N + 3, 1), "float32")
    model.predict([(X[:8],), (X[8:],)], verbose=0, out=out)
    np.testing.assert_allclose(out[:N], wanted, rtol=1e-6)
    assert not out[N:].any()
    with pytest.raises(ValueError, match="out has 20 rows, and more outputs than these have come"):
        model.predict([(X[:8],), (X[8:],)], verbose=0, out=out[:20])


@pytest.mark.parametrize(
    ("out", "words"),
    [
        (np.empty((N - 1, 1), "float32"), rf"out must be an array of the shape \({N}, 1\) and the type float32; got"),
        (np.empty((N, 2), "float32"), r"out must be an array of the shape"),
        (np.empty((N, 1), "float64"), r"the type float32; got .* and float64"),
        ([np.empty((N, 1), "float32")] * 2, "out has 2 arrays; the model has 1 outputs"),
    ],
)
def test_arrays_that_do_not_fit_are_refused(out, words):
    with pytest.raises(ValueError, match=words):
        regression().predict(X, verbose=0, out=out)


def test_batch_by_batch():
    model = regression()
    parts = list(model.predict_iter(X, batch_size=8))
    assert [len(part) for part in parts] == [8, 8, N - 16]
    np.testing.assert_allclose(np.concatenate(parts), model.predict(X, verbose=0), rtol=1e-6)
    assert len(list(model.predict_iter(X, batch_size=8, steps=2))) == 2
    endless = (X[i : i + 1] for i in iter(int, 1))
    answers = model.predict_iter(endless)
    assert next(answers).shape == next(answers).shape == (1, 1)
    with pytest.raises(ValueError, match="predict_iter: argument `batch_size` must be a positive integer; got 0"):
        next(model.predict_iter(X, batch_size=0))


def test_a_single_row_is_the_same_however_it_is_asked_for():
    model = regression()
    row = X[:1]
    wanted = model.predict(row, verbose=0)
    for found in (model.predict(row, verbose=2), model.predict_on_batch(row), next(model.predict_iter(row))):
        np.testing.assert_array_equal(found, wanted)
    model.layers[0].kernel.assign(model.layers[0].kernel * 2)
    assert not np.allclose(model.predict(row, verbose=0), wanted)


def test_threads_at_once_give_the_bits_of_one():
    """The first calls are made at once too, before anything is compiled."""
    model, quiet_model = regression(), regression()
    quiet_model.set_weights(model.get_weights())
    rows = [X[i : i + 1] for i in range(16)]
    wanted = [quiet_model.predict(row, verbose=0) for row in rows]
    ready, interval = threading.Barrier(16), sys.getswitchinterval()
    sys.setswitchinterval(1e-5)

    def ask(i):
        ready.wait()
        return [model.predict(rows[i], verbose=0) for _ in range(40)]

    try:
        with concurrent.futures.ThreadPoolExecutor(16) as pool:
            found = list(pool.map(ask, range(16)))
    finally:
        sys.setswitchinterval(interval)
    for answers, right in zip(found, wanted):
        for answer in answers:
            np.testing.assert_array_equal(answer, right)


def test_random_layers_are_still_in_predictions():
    model = lx.Sequential([lx.Input((4,)), lx.layers.Dropout(0.5), lx.layers.GaussianNoise(1.0)])
    np.testing.assert_array_equal(model.predict(X, verbose=0), X)
