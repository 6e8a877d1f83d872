"""Data in all the forms that may be given, and the batches that are made of it."""

import itertools

import jax
import jax.numpy as jnp
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small import (
    AB,
    SK,
    C,
    N,
    R,
    X,
    arrays,
    assert_close_weights,
    assert_equal_weights,
    chain,
    classifier,
    quiet,
    regression,
    two,
)

import laminax as lx
from laminax import layers
from laminax.data.arrays import as_arrays, length_of
from laminax.data.sources import ArraySource, Sample, StreamSource, is_stream, unpack
from laminax.data.weights import by_class, combined

# Arrays


@pytest.mark.parametrize(
    ("given_data", "dtype", "shape"),
    [
        ([1, 2, 3], "int32", (3,)),
        ([[1.5, 2], [3, 4]], "float32", (2, 2)),
        ([(1.0, 2.0), (3.0, 4.0)], "float32", (2, 2)),
        (np.arange(3), "int32", (3,)),
        (np.arange(3, dtype="uint8"), "uint8", (3,)),
        (np.arange(3, dtype="uint32"), "int32", (3,)),
        (np.ones(3), "float32", (3,)),
        (np.ones(3, "float16"), "float16", (3,)),
        (np.array([True, False]), "bool", (2,)),
        (np.array([1, 2.5, True], dtype=object), "float32", (3,)),
        (jnp.ones((2, 2), "bfloat16"), "bfloat16", (2, 2)),
        (pd.DataFrame({"a": [1, 2], "b": [0.5, 1.5]}), "float32", (2, 2)),
        (pd.DataFrame({"a": [1, 2], "b": [True, False]}), "float32", (2, 2)),
        (pd.DataFrame({"a": pd.array([1, 2], dtype="Int64")}), "int32", (2, 1)),
        (pd.Series([1, 2, 3]), "int32", (3,)),
        (pd.Series([1.5, 2]), "float32", (2,)),
    ],
    ids=lambda value: type(value).__name__ if not isinstance(value, (str, tuple)) else None,
)
def test_types_of_arrays(given_data, dtype, shape):
    array = as_arrays(given_data, "x")
    assert (array.dtype.name, array.shape) == (dtype, shape)
    np.testing.assert_allclose(np.asarray(array, "float64"), np.asarray(given_data, "float64"))


def test_trees_of_arrays():
    tree = as_arrays({"a": [np.ones(2), [1, 2]], "b": (np.ones(2), None)}, "x")
    assert jax.tree.map(lambda a: a.dtype.name, tree) == {"a": ["float32", "int32"], "b": ["float32", None]}
    assert length_of({"x": tree, "y": None}) == 2


def test_arrays_of_the_right_type_are_not_copied():
    x = np.ones((3, 2), "float32")
    assert as_arrays(x, "x") is x


FORMS = {
    "arrays": lambda: (X, R),
    "float64": lambda: (X.astype("float64"), R.astype("float64")),
    "jax": lambda: (jnp.asarray(X), jnp.asarray(R)),
    "lists": lambda: (X.tolist(), R.tolist()),
    "rows as tuples": lambda: (list(map(tuple, X.tolist())), R.tolist()),
    "flat targets": lambda: (X, R[:, 0]),
    "frames": lambda: (pd.DataFrame(X, columns=list("abcd")), pd.DataFrame(R, columns=["y"])),
    "frame and series": lambda: (pd.DataFrame(X), pd.Series(R[:, 0])),
    "list of one": lambda: ([X], [R]),
    "by name": lambda: ({"input_layer": X}, {"dense_1": R}),
}


def test_all_forms_train_alike():
    models = {}
    for name, form in FORMS.items():
        models[name] = regression()
        quiet(models[name], *form(), batch_size=8, seed=1)
    for model in models.values():
        assert_equal_weights(models["arrays"], model)


def test_several_inputs_and_outputs_in_all_forms():
    wanted = two()
    quiet(wanted, AB, SK, batch_size=8, seed=1)
    frames = {key: pd.DataFrame(value) for key, value in AB.items()}
    x, y = list(AB.values()), list(SK.values())
    extra = {**AB, "unused": R}
    stream = [({"a": X[i : i + 8], "b": X[i : i + 8, :2]}, tuple(v[i : i + 8] for v in y)) for i in range(0, N, 8)]
    for form in ((x, y), (tuple(x), tuple(y)), (frames, SK), (AB, y), (x, SK), (extra, SK)):
        model = two()
        quiet(model, *form, batch_size=8, seed=1)
        assert_equal_weights(wanted, model)
    ordered, streamed = two(), two()
    quiet(ordered, AB, SK, batch_size=8, shuffle=False)
    quiet(streamed, stream)
    assert_equal_weights(ordered, streamed)


def test_integers_reach_an_embedding_and_bytes_a_dense_layer():
    model = lx.Sequential([lx.Input((3,), dtype="int32"), layers.Embedding(5, 2), layers.Flatten(), layers.Dense(1)])
    model.compile("sgd", "mse")
    quiet(model, np.array([[0, 1, 4]] * 4), np.ones(4))
    quiet(model, np.array([[0.0, 1.0, 4.0]] * 4), np.ones(4))
    picture = chain(layers.Rescaling(1 / 255), layers.Dense(1))
    quiet(picture, (X > 0).astype("uint8"), R)
    np.testing.assert_allclose(picture.predict(X > 0, verbose=0), picture.predict((X > 0) * 1.0, verbose=0), rtol=1e-6)


# Sources of batches


def rows_of(source, epoch, pad):
    """The real rows of an epoch, batch by batch."""
    found = []
    for rows in source.epoch(epoch, pad):
        for i in range(rows.first, rows.last):
            found.append(rows.order[i][: None if rows.valid is None else rows.valid[i]].tolist())
    return found


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 40), st.integers(1, 50), st.integers(0, 3), st.none() | st.integers(1, 9), st.booleans())
def test_passes_hold_each_row_once(count, size, seed, steps, shuffle):
    source = ArraySource(Sample(np.arange(count)), size, shuffle, seed, steps)
    found = [[rows_of(source, epoch, pad) for epoch in range(6)] for pad in (False, True)]
    assert found[0] == found[1]
    assert all(len(epoch) == source.steps for epoch in found[0])
    order = list(itertools.chain.from_iterable(itertools.chain.from_iterable(found[0])))
    passes = [order[i : i + count] for i in range(0, len(order) - count + 1, count)]
    assert all(sorted(p) == list(range(count)) for p in passes)
    if not shuffle:
        assert all(p == list(range(count)) for p in passes)


@settings(max_examples=30, deadline=None)
@given(st.integers(1, 40), st.integers(1, 50))
def test_padded_batches_have_one_size(count, size):
    source = ArraySource(Sample(np.arange(count)), size, True, 0)
    shapes = {rows.order.shape for epoch in range(2) for rows in source.epoch(epoch, True)}
    assert shapes == {(source.batches, min(size, count))}
    assert source.has_short_batch == (len({len(rows) for rows in rows_of(source, 0, False)}) > 1)


def test_the_order_follows_from_seed_and_epoch():
    def order(seed, epoch):
        return rows_of(ArraySource(Sample(X), 8, True, seed), epoch, False)

    assert order(1, 0) == order(1, 0)
    assert order(1, 0) != order(2, 0)
    assert order(1, 0) != order(1, 1)
    assert order(2**40, 0) != order(2**41, 0)


@pytest.mark.parametrize(
    ("item", "wanted"),
    [
        (X, (True, False, False)),
        ((X,), (True, False, False)),
        ((X, R), (True, True, False)),
        ([X, R], (True, True, False)),
        ((X, R, R), (True, True, True)),
        ((X, R, None), (True, True, False)),
        ({"a": X}, (True, False, False)),
        ([1.0, 2.0], (True, False, False)),
        (([X, X], R), (True, True, False)),
    ],
    ids=range(9),
)
def test_a_batch_in_all_its_forms(item, wanted):
    assert tuple(part is not None for part in unpack(item)) == wanted


def test_what_is_a_stream():
    assert not any(
        map(is_stream, [None, X, X.tolist(), [X, X], {"a": X}, pd.DataFrame(X), [(1, 2), (3, 4)], "text", []])
    )
    assert all(map(is_stream, [[(X, R)], [(X,)], iter([X]), (x for x in [X]), zip([X], [R]), Indexed(2), range(2)]))


class Indexed:
    """Batches by number, as Keras's `PyDataset`."""

    def __init__(self, count):
        self.count, self.told = count, []

    def __len__(self):
        return self.count

    def __getitem__(self, i):
        return X[8 * i : 8 * i + 8], R[8 * i : 8 * i + 8]

    def on_epoch_end(self):
        self.told.append("end")


class Anew:
    """An iterable that begins anew at each pass."""

    def __iter__(self):
        return iter([(X[i : i + 8], R[i : i + 8]) for i in range(0, N, 8)])


def endless():
    while True:
        yield from Anew()


def test_streams_of_all_kinds_train_alike():
    wanted = regression()
    quiet(wanted, X, R, batch_size=8, shuffle=False, epochs=2)
    indexed = Indexed(3)
    for data, steps in (
        (indexed, None),
        (Anew(), None),
        (list(Anew()), None),
        (endless(), 3),
        (Anew(), 3),
        (Indexed(3), 3),
    ):
        model = regression()
        quiet(model, data, epochs=2, steps_per_epoch=steps)
        assert_equal_weights(wanted, model)
    assert indexed.told == ["end", "end"]
    once = regression()
    quiet(once, itertools.chain(Anew(), Anew()))
    assert_equal_weights(wanted, once)


def test_a_stream_goes_on_from_epoch_to_epoch():
    taken = []

    def numbers():
        for i in itertools.count():
            taken.append(i)
            yield X[:4], R[:4]

    quiet(regression(), numbers(), epochs=3, steps_per_epoch=4)
    assert taken == list(range(12))  # none is lost, none is taken beforehand


def test_a_stream_that_begins_anew_goes_on_where_an_epoch_ended():
    source = StreamSource([(np.full(2, i),) for i in range(3)], steps=2, goes_on=True)
    assert int(source.first().x[0]) == 0
    assert [[int(s.x[0]) for s in source.epoch(e)] for e in range(3)] == [[0, 1], [2, 0], [1, 2]]
    assert int(source.first().x[0]) == 0


def test_a_validation_stream_begins_anew():
    seen = []

    class Looking:
        def __iter__(self):
            for i in range(3):
                seen.append(i)
                yield X[8 * i : 8 * i + 8], R[8 * i : 8 * i + 8]

    quiet(regression(), X, R, epochs=2, validation_data=Looking(), validation_steps=2)
    assert seen == [0, 1, 0, 1]


def test_a_buffer_that_is_used_again_does_no_harm():
    def reused():
        x, y = np.empty((8, 4), "float32"), np.empty((8, 1), "float32")
        for i in range(200):
            x[:], y[:] = arrays(8, 4, seed=i), arrays(8, 1, seed=i)
            yield x, y

    model, wanted = regression(), regression()
    quiet(model, reused())
    quiet(wanted, [(arrays(8, 4, seed=i), arrays(8, 1, seed=i)) for i in range(200)])
    assert_equal_weights(model, wanted)


def test_batches_of_many_sizes():
    cuts = [0, 5, 6, 14, 14 + 8]
    stream = [(X[a:b], R[a:b]) for a, b in itertools.pairwise(cuts)]
    model, hand = regression(), regression()
    quiet(model, stream)
    for x, y in stream:
        hand.train_on_batch(x, y)
    assert_close_weights(model, hand)


def test_the_number_of_steps_is_known_where_there_is_a_length():
    assert StreamSource(Indexed(3)).steps == 3
    assert StreamSource(list(Anew())).steps == 3
    assert StreamSource(Anew()).steps is None
    assert StreamSource(endless(), 4).steps == 4


# Weights


@pytest.mark.parametrize(
    ("y", "one_hot", "wanted"),
    [
        (np.array([0, 1, 2]), False, [1, 2, 4]),
        (np.array([[0], [1], [2]]), False, [1, 2, 4]),
        (np.array([0.0, 1.0, 2.0]), False, [1, 2, 4]),
        (np.array([False, True]), False, [1, 2]),
        (np.array([[0, 1], [2, 0]]), False, [[1, 2], [4, 1]]),
        (np.array([[[0], [1]], [[2], [0]]]), False, [[1, 2], [4, 1]]),
        (np.eye(3)[[0, 2]], True, [1, 4]),
        (np.eye(3)[[[0, 1], [2, 0]]], True, [[1, 2], [4, 1]]),
    ],
    ids=range(8),
)
def test_weights_by_class(y, one_hot, wanted):
    np.testing.assert_array_equal(by_class(y, {0: 1, 1: 2.0, np.int64(2): 4}, one_hot=one_hot), wanted)


def test_weights_combined():
    a, b = np.array([1.0, 2.0]), np.array([[1.0, 2.0], [3.0, 4.0]])
    assert combined(None, a) is a
    assert combined(a, None) is a
    np.testing.assert_array_equal(combined(a, b), [[1, 2], [6, 8]])
    np.testing.assert_array_equal(combined(a[:, None], a), [[1], [4]])


def test_class_weights_of_integer_steps():
    """Integers `(samples, steps)` are classes, not one-hot rows, whatever the number of steps."""
    x, y = arrays(N, 3, 4), np.arange(3 * N).reshape(N, 3) % 3

    def make():
        lx.utils.set_random_seed(7)
        model = lx.Sequential([lx.Input((3, 4)), layers.Dense(3, "softmax")])
        model.compile("sgd", "sparse_categorical_crossentropy")
        return model

    by_weight, by_class_ = make(), make()
    quiet(by_weight, x, y, sample_weight=np.array([1.0, 2.0, 0.5])[y], seed=0)
    quiet(by_class_, x, y, class_weight={0: 1.0, 1: 2.0, 2: 0.5}, seed=0)
    assert_close_weights(by_weight, by_class_)


def test_class_weights_by_output_and_in_streams():
    labels = {"size": (R > 0).astype("int32"), "kind": (X[:, 3:] > 0).astype("int32")}
    weights = {"size": {0: 1.0, 1: 3.0}, "kind": {0: 2.0, 1: 0.5}}
    samples = {"size": np.where(R > 0, 3.0, 1.0)[:, 0], "kind": np.where(X[:, 3] > 0, 0.5, 2.0)}
    models = [two() for _ in range(3)]
    quiet(models[0], AB, labels, class_weight=weights, shuffle=False)
    quiet(models[1], AB, labels, sample_weight=samples, shuffle=False)
    quiet(models[2], [(AB, labels)], class_weight=weights)
    assert_close_weights(models[0], models[1])
    assert_close_weights(models[0], models[2])
    partly, wanted = two(), two()
    quiet(partly, AB, labels, class_weight={"kind": weights["kind"]}, shuffle=False)
    quiet(wanted, AB, labels, sample_weight={"kind": samples["kind"]}, shuffle=False)
    assert_close_weights(partly, wanted)


def test_a_weight_of_zero_is_as_if_the_sample_were_absent_from_the_gradient():
    kept = np.arange(N) % 2 == 0
    weighted, plain = (
        regression(loss=lx.losses.MeanSquaredError(reduction="mean_with_sample_weight")) for _ in range(2)
    )
    quiet(weighted, X, R, batch_size=N, sample_weight=kept.astype("float32"), shuffle=False)
    quiet(plain, X[kept], R[kept], batch_size=N, shuffle=False)
    assert_close_weights(weighted, plain)


def test_sample_weights_of_one_output_or_all():
    weight = np.linspace(0, 2, N)
    one, each = two(), two()
    quiet(one, AB, SK, sample_weight=weight, seed=1)
    quiet(each, AB, SK, sample_weight={"size": weight, "kind": weight}, seed=1)
    assert_equal_weights(one, each)


def test_class_weights_on_a_batch():
    model, wanted = classifier(), classifier()
    weights = {0: 1.0, 1: 2.0, 2: 0.5}
    a = model.train_on_batch(X, C, class_weight=weights)
    b = wanted.train_on_batch(X, C, sample_weight=np.array([1.0, 2.0, 0.5])[C])
    assert a == pytest.approx(b, rel=1e-6)
    assert_close_weights(model, wanted)
