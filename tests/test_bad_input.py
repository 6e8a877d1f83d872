"""Bad input: one clear error each, which names what was given and says what to do."""

import numpy as np
import pandas as pd
import pytest
from misuse import assert_said, message
from small import AB, SK, C, N, R, X, chain, classifier, quiet, regression, two

import laminax as lx
from laminax import callbacks, layers

Early, Plateau = callbacks.EarlyStopping, callbacks.ReduceLROnPlateau


class Sparse:
    """Looks like a matrix of SciPy."""

    shape = (N, 4)

    def tocsr(self):
        return self


def fit(x=X, y=C, **kwargs):
    """Train a classifier."""
    return quiet(classifier(), x, y, **kwargs)


def stream(*items, **kwargs):
    """Train a classifier on batches from a generator."""
    return quiet(classifier(), (item for item in items), **kwargs)


def pair(x=AB, y=SK, settings={}, **kwargs):
    """Train a model of two inputs and two outputs."""
    return quiet(two(**settings), x, y, **kwargs)


def validated(*data, **kwargs):
    return fit(validation_data=data, **kwargs)


def replaced(y, place, value):
    y = np.array(y, "float32")
    y[place] = value
    return y


def lazy():
    """A model that no data has built yet."""
    return lx.Sequential([layers.Dense(1)])


def uncompiled():
    return chain(layers.Dense(1), compile=False)


def breaks():
    yield X, C
    raise OSError("cable pulled")


def frame(**columns):
    return pd.DataFrame({name: list(values) * (N // 2) for name, values in columns.items()})


def two_with_one_optimizer():
    optimizer = lx.optimizers.Adam()
    for _ in range(2):
        quiet(regression(optimizer=optimizer), X, R)


def wide(units, loss="mse", activation=None, **settings):
    return chain(layers.Dense(units, activation), loss=loss, **settings)


CASES = [
    # Shapes
    ("too few features", lambda: fit(X[:, :3]), ValueError, "x has the shape (None, 3); 'input_layer' is (None, 4)"),
    ("too many axes", lambda: fit(X[None], C[:1]), ValueError, "x has the shape (None, 22, 4); is (None, 4)"),
    ("one sample", lambda: fit(X[0], C[:4]), ValueError, "x has the shape (None,); For one sample give x[None]"),
    ("one number", lambda: fit(3.0), ValueError, "x is a single number"),
    ("lengths", lambda: fit(X, C[:10]), ValueError, "number of samples: x has 22, y has 10"),
    ("lengths by name", lambda: pair({"a": X, "b": X[:5, :2]}), ValueError, "x['a'] has 22; x['b'] has 5; y['size']"),
    ("list of samples", lambda: fit(list(X)), ValueError, "x is a list of samples; numpy.stack(x)"),
    ("inner layer", lambda: layers.Dense(2)(layers.LSTM(3)(lx.Input((4,)))), ValueError, "'lstm'; 3 axes; (None, 4)"),
    ("predict features", lambda: regression().predict(X[:, :2]), ValueError, "x has the shape (None, 2); (None, 4)"),
    ("batch features", lambda: regression().predict_on_batch(X[:, :2]), ValueError, "x has the shape (None, 2)"),
    ("train_on_batch", lambda: classifier().train_on_batch(X[:, :2], C), ValueError, "x has the shape (None, 2)"),
    ("test_on_batch", lambda: classifier().test_on_batch(X, C[:3]), ValueError, "x has 22, y has 3"),
    (
        "swapped inputs",
        lambda: pair([X[:, :2], X]),
        ValueError,
        "x['a'] has the shape (None, 2); input 'a' is (None, 4)",
    ),
    # Nothing
    ("0 samples", lambda: fit(X[:0], C[:0]), ValueError, "x has 0 rows"),
    ("0 samples to evaluate", lambda: classifier().evaluate(X[:0], C[:0]), ValueError, "x has 0 rows"),
    ("0 samples in a batch", lambda: classifier().train_on_batch(X[:0], C[:0]), ValueError, "x has 0 rows"),
    ("no x", lambda: fit(None), ValueError, "x holds no arrays"),
    ("no x to predict", lambda: regression().predict(None), ValueError, "x holds no arrays"),
    ("empty list", lambda: fit([], []), ValueError, "x has 0 rows"),
    ("empty dict", lambda: fit({}), ValueError, "x holds no arrays"),
    # Numbers
    *[
        (
            f"batch_size {value!r}",
            lambda v=value: fit(batch_size=v),
            ValueError,
            f"fit: argument `batch_size`; got {value!r}",
        )
        for value in (0, -1, 2.5, True, "a")
    ],
    (
        "of evaluate",
        lambda: classifier().evaluate(X, C, batch_size=0),
        ValueError,
        "evaluate: argument `batch_size`; got 0",
    ),
    (
        "of predict",
        lambda: regression().predict(X, batch_size=True),
        ValueError,
        "predict: argument `batch_size`; got True",
    ),
    ("epochs", lambda: fit(epochs=-1), ValueError, "fit: argument `epochs`; >= 0; got -1"),
    ("epochs 2.5", lambda: fit(epochs=2.5), ValueError, "fit: argument `epochs`; got 2.5"),
    ("initial_epoch", lambda: fit(initial_epoch=-1), ValueError, "fit: argument `initial_epoch`; got -1"),
    ("seed", lambda: fit(seed=-1), ValueError, "fit: argument `seed`; got -1"),
    (
        "steps_per_epoch",
        lambda: fit(steps_per_epoch=0),
        ValueError,
        "fit: argument `steps_per_epoch`; positive integer; got 0",
    ),
    ("steps", lambda: classifier().evaluate(X, C, steps=0), ValueError, "evaluate: argument `steps`; got 0"),
    ("steps of predict", lambda: regression().predict(X, steps=-1), ValueError, "predict: argument `steps`; got -1"),
    ("validation_steps", lambda: validated(X, C, validation_steps=0), ValueError, "validation_steps; got 0"),
    ("val batch", lambda: validated(X, C, validation_batch_size=0), ValueError, "validation_batch_size; got 0"),
    ("frequency", lambda: validated(X, C, validation_freq=0), ValueError, "validation_freq; got 0"),
    ("frequency text", lambda: validated(X, C, validation_freq="a"), ValueError, "validation_freq; got 'a'"),
    ("frequencies", lambda: validated(X, C, validation_freq=[1, 0]), ValueError, "validation_freq; got 0"),
    *[
        (f"split {value!r}", lambda v=value: fit(validation_split=v), ValueError, f"validation_split; got {value!r}")
        for value in (1.5, 1, -0.1, True, "a")
    ],
    ("split of one", lambda: fit(X[:1], C[:1], validation_split=0.5), ValueError, "validation_split=0.5 of 1; empty"),
    ("split twice", lambda: validated(X, C, validation_split=0.5), ValueError, "validation_split or validation_data"),
    (
        "split of a stream",
        lambda: stream((X, C), validation_split=0.5),
        ValueError,
        "validation_split; validation_data",
    ),
    ("verbose", lambda: classifier().fit(X, C, verbose="loud"), ValueError, "verbose 'loud'; 'auto'"),
    ("steps_per_execution", lambda: regression(steps_per_execution=0), ValueError, "steps_per_execution; got 0"),
    # Names
    ("loss", lambda: regression(loss="mean_squared_eror"), ValueError, "loss; Did you mean 'mean_squared_error'"),
    ("loss in a dict", lambda: two(loss={"size": "msee"}), ValueError, "loss 'msee'; Did you mean 'MSE'"),
    ("loss 3", lambda: regression(loss=3), TypeError, "loss must be a name; got 3"),
    ("optimizer", lambda: regression(optimizer="adamm"), ValueError, "optimizer 'adamm'; Did you mean 'Adam'"),
    ("optimizer 0.1", lambda: regression(optimizer=0.1), TypeError, "optimizer must be; got 0.1"),
    ("metric", lambda: regression(metrics=["acuracy"]), ValueError, "metric 'acuracy'; Did you mean 'Accuracy'"),
    ("metric 3", lambda: regression(metrics=[3]), TypeError, "metric must be a name; got 3"),
    ("activation", lambda: layers.Dense(3, activation="rellu"), ValueError, "activation 'rellu'; Did you mean 'relu'"),
    (
        "initializer",
        lambda: layers.Dense(3, kernel_initializer="zeroes"),
        ValueError,
        "'zeroes'; Did you mean; 'zero'",
    ),
    ("argument", lambda: layers.Dense(3, activaton="relu"), TypeError, "'activaton'; Did you mean 'activation'"),
    (
        "argument of fit",
        lambda: classifier().fit(X, C, epoch=3),
        TypeError,
        "fit has no argument 'epoch'; Did you mean 'epochs'",
    ),
    ("argument of compile", lambda: regression(metric=["mae"]), TypeError, "compile; 'metric'; Did you mean 'metrics'"),
    ("combine_losses", lambda: two(combine_losses="product"), ValueError, "combine_losses; 'product'; 'mean', 'sum'"),
    ("loss_weights", lambda: two(loss_weights={"size": "a"}), TypeError, "loss_weights are numbers; got 'a'"),
    # Order
    ("fit first", lambda: quiet(uncompiled(), X, R), RuntimeError, "Call model.compile; before model.fit"),
    ("evaluate first", lambda: uncompiled().evaluate(X, R), RuntimeError, "compile; before model.evaluate"),
    ("train first", lambda: uncompiled().train_on_batch(X, R), RuntimeError, "compile; before model.train_on_batch"),
    ("test first", lambda: uncompiled().test_on_batch(X, R), RuntimeError, "compile; before model.test_on_batch"),
    ("count first", lambda: lazy().count_params(), ValueError, "no weights yet; `build(input_shape)`"),
    ("weights first", lambda: lazy().set_weights([X]), ValueError, "no weights yet; `build(input_shape)`"),
    ("no call", lambda: lx.Model().predict(X), NotImplementedError, "Model; inputs and outputs; define call"),
    ("optimizer of another", two_with_one_optimizer, ValueError, "This Adam; another model; from_config"),
    # Types
    ("strings", lambda: fit(np.array([["a"] * 4] * N)), TypeError, "x holds values of dtype <U1; numpy.unique"),
    ("string labels", lambda: fit(y=np.array(["a", "b"] * 11)), TypeError, "y holds; numpy.unique"),
    ("a path", lambda: fit("data.csv"), TypeError, "x holds values of dtype <U8"),
    ("objects", lambda: fit(np.array([[{}] * 4] * N)), TypeError, "x holds Python objects (dtype object), such as {}"),
    ("dates", lambda: fit(np.zeros((N, 4), "M8[D]")), TypeError, "x; datetime64[D]; days since"),
    ("complex", lambda: fit(X.astype("complex64")), TypeError, "x; complex64; real and imaginary"),
    ("ragged", lambda: fit([[1.0, 2.0], [1.0]], [0, 1]), TypeError, "x holds sequences of different lengths; Pad"),
    ("ragged arrays", lambda: fit([np.zeros(2), np.zeros(3)], [0, 1]), ValueError, "x[0] has 2; x[1] has 3"),
    ("sparse", lambda: fit(Sparse()), TypeError, "x is a sparse matrix; x.toarray()"),
    ("function", lambda: fit(breaks, None), TypeError, "x is a function; call it"),
    ("missing", lambda: fit([[1.0, 2.0, 3.0, None]] * N), TypeError, "x; None; Fill in what is missing"),
    ("int64", lambda: fit(np.full((N, 4), 2**40)), ValueError, "x holds the integer 1099511627776; 32 bits"),
    ("uint32", lambda: fit(np.full((N, 4), 2**32 - 1, "uint32")), ValueError, "4294967295; 32 bits"),
    ("by name", lambda: pair({"a": X, "b": [["u", "v"]] * N}), TypeError, "x['b'] holds values of dtype <U1"),
    ("text column", lambda: fit(frame(a=[1, 2], city=["x", "y"])), TypeError, "x; 'city'; numpy.unique"),
    (
        "date column",
        lambda: fit(frame(day=pd.to_datetime(["2020", "2021"]))),
        TypeError,
        "'day' (datetime64; Turn dates",
    ),
    (
        "missing in a column",
        lambda: fit(frame(a=[1, pd.NA], b=[1, 2]).astype("Int64")),
        TypeError,
        "<NA>; Fill in what is missing",
    ),
    # Streams
    ("ends early", lambda: stream((X, C), (X, C), steps_per_epoch=5), ValueError, "ended after 2 of the 5 batches"),
    ("ends before epoch 2", lambda: stream((X, C), epochs=2), ValueError, "yielded no batches in pass 2; only once"),
    ("yields nothing", lambda: stream(), ValueError, "yielded no batches"),
    ("predicts nothing", lambda: regression().predict(iter([])), ValueError, "yielded no batches"),
    ("yields None", lambda: stream(None), ValueError, "Batch 1: x holds no arrays"),
    ("yields four", lambda: stream((X, C, C, C)), ValueError, "Batch 1; (x, y, sample_weight); got 4 parts"),
    ("yields text", lambda: stream("ab"), TypeError, "Batch 1: x holds values of dtype <U2"),
    (
        "yields no y",
        lambda: stream((X, C), (X,)),
        ValueError,
        "Batch 2: y is missing; 'sparse_categorical_crossentropy'",
    ),
    ("yields fewer features", lambda: stream((X, C), (X[:, :3], C)), ValueError, "Batch 2: x has the shape (None, 3)"),
    ("yields odd lengths", lambda: stream((X, C), (X, C[:9])), ValueError, "Batch 2; x has 22, y has 9"),
    ("yields no rows", lambda: stream((X, C), (X[:0], C[:0])), ValueError, "Batch 2: x has 0 rows"),
    ("yields a wrong label", lambda: stream((X, C), (X, C + 1)), ValueError, "Batch 2: y[2] = 3; subtract 1"),
    ("breaks", lambda: quiet(classifier(), breaks()), OSError, "cable pulled"),
    ("and y", lambda: quiet(classifier(), iter([X]), C), ValueError, "x gives batches; leave y out"),
    ("and batch_size", lambda: stream((X, C), batch_size=3), ValueError, "x gives batches; leave batch_size out"),
    # Validation data
    ("val four", lambda: validated(X, C, C, C), ValueError, "validation_data: give (x, y); got 4 arrays"),
    ("val x", lambda: fit(validation_data=X), ValueError, "validation_data: y is missing"),
    ("val features", lambda: validated(X[:, :3], C), ValueError, "validation_data: x has the shape (None, 3)"),
    ("val label", lambda: validated(X, C - 1), ValueError, "validation_data: y[0] = -1"),
    ("val lengths", lambda: validated(X, C[:3]), ValueError, "validation_data; x has 22, y has 3"),
    ("val once", lambda: fit(epochs=2, validation_data=iter([(X, C)])), ValueError, "validation_data: ; only once"),
    (
        "val batch label",
        lambda: fit(validation_data=iter([(X, C), (X, C + 1)])),
        ValueError,
        "validation_data: Batch 2",
    ),
    # Targets
    ("y missing", lambda: fit(X, None), ValueError, "y is missing; 'sparse_categorical_crossentropy'; (n, 3)"),
    ("y missing to evaluate", lambda: classifier().evaluate(X), ValueError, "y is missing"),
    ("three for two", lambda: pair(y=[R, R, R]), ValueError, "y has 3 arrays; 2 outputs ('size', 'kind')"),
    ("one for two", lambda: pair(y=R), ValueError, "y is one array; 2 outputs ('size', 'kind')"),
    (
        "unknown output",
        lambda: pair(y={"size": R, "kinf": R}),
        ValueError,
        "y names an output 'kinf'; Did you mean 'kind'",
    ),
    ("missing output", lambda: pair(y={"size": R}), ValueError, "y['kind'] is missing"),
    ("unknown input", lambda: pair({"a": X, "bb": X[:, :2]}), ValueError, "x has no array for the input 'b'; 'bb'"),
    ("one input for two", lambda: pair(X), ValueError, "x has 1 array; 2 inputs ('a', 'b')"),
    ("loss of no output", lambda: pair(settings={"loss": {"siz": "mse"}}), ValueError, "'siz'; Did you mean 'size'"),
    ("loss of one", lambda: pair(settings={"loss": {"size": "mse"}}), ValueError, "loss says nothing of; 'kind'; None"),
    ("three losses", lambda: pair(settings={"loss": ["mse"] * 3}), ValueError, "loss has 3 entries; 2 outputs"),
    ("metric of none", lambda: pair(settings={"metrics": {"kin": "mae"}}), ValueError, "metrics; 'kin'; mean 'kind'"),
    (
        "weight of none",
        lambda: pair(settings={"loss_weights": {"x": 1}}),
        ValueError,
        "loss_weights; 'x'; Known: 'kind'",
    ),
    ("no loss", lambda: quiet(regression(loss=None), X, R), ValueError, "give compile a loss; add_loss"),
    ("one-hot", lambda: fit(y=np.eye(3)[C]), ValueError, "y; (n, 3); one-hot; 'categorical_crossentropy'"),
    (
        "integers",
        lambda: quiet(classifier(loss="categorical_crossentropy"), X, C),
        ValueError,
        "y; integer classes; 'sparse_categorical_crossentropy'",
    ),
    ("label 7", lambda: fit(y=replaced(C, 12, 7)), ValueError, "y[12] = 7; 3 classes (0..2)"),
    ("label -1", lambda: fit(y=replaced(C, 5, -1)), ValueError, "y[5] = -1; 3 classes (0..2)"),
    ("label nan", lambda: fit(y=replaced(C, 5, np.nan)), ValueError, "y[5] = nan; 3 classes"),
    ("label 1.5", lambda: fit(y=replaced(C, 5, 1.5)), ValueError, "y[5] = 1.5; 3 classes"),
    ("labels from 1", lambda: fit(y=C + 1), ValueError, "= 3; subtract 1"),
    ("label on a batch", lambda: classifier().train_on_batch(X, C + 1), ValueError, "= 3; subtract 1"),
    ("(n, 1) for (n, 3)", lambda: quiet(wide(3), X, R), ValueError, "y; (n, 1); (n, 3); Give the last layer 1 unit"),
    ("(n, 3) for (n, 1)", lambda: quiet(wide(1), X, X[:, :3]), ValueError, "y; (n, 3); (n, 1); 3 units"),
    ("accuracy of a regression", lambda: quiet(wide(1, metrics=["acc"]), X, R), ValueError, "'acc'; metrics=['mae']"),
    (
        "one metric object for two",
        lambda: pair(settings={"metrics": [lx.metrics.MeanSquaredError()]}),
        ValueError,
        "metric object 'mean_squared_error'; of its own",
    ),
    # Weights
    ("weights' length", lambda: fit(sample_weight=np.ones(9)), ValueError, "x has 22; sample_weight has 9"),
    ("weights' shape", lambda: fit(sample_weight=np.ones((N, 7))), ValueError, "sample_weight; (22, 7)"),
    ("weights of text", lambda: fit(sample_weight=["a"] * N), TypeError, "sample_weight holds; dtype <U1"),
    (
        "weights of none",
        lambda: pair(sample_weight={"sise": R[:, 0]}),
        ValueError,
        "sample_weight; 'sise'; mean 'size'",
    ),
    ("class absent", lambda: fit(class_weight={0: 1, 1: 1}), ValueError, "class_weight; [2]; y"),
    ("class_weight list", lambda: fit(class_weight=[1, 1, 1]), TypeError, "class_weight is a dict; got [1, 1, 1]"),
    ("balanced", lambda: fit(class_weight="balanced"), TypeError, "class_weight is a dict; got 'balanced'"),
    ("text class", lambda: fit(class_weight={"a": 1}), ValueError, "class_weight; both numbers; got 'a': 1"),
    ("text weight", lambda: fit(class_weight={0: "a"}), ValueError, "class_weight; both numbers; got 0: 'a'"),
    ("negative weight", lambda: fit(class_weight={0: -1.0}), ValueError, "class_weight; got 0: -1.0"),
    ("class of none", lambda: pair(class_weight={"kin": {0: 1}}), ValueError, "class_weight; 'kin'; mean 'kind'"),
    (
        "class in the dark",
        lambda: quiet(regression(loss=None), X, class_weight={0: 1}),
        ValueError,
        "class_weight needs y",
    ),
    (
        "several classes",
        lambda: quiet(wide(3, "binary_crossentropy", "sigmoid"), X, np.ones((N, 3)), class_weight={0: 1}),
        ValueError,
        "one class a sample; y is not one-hot; sample_weight",
    ),
    # Callbacks
    ("callback 3", lambda: fit(callbacks=[3]), TypeError, "callbacks must be Callback objects; got 3"),
    ("callback class", lambda: fit(callbacks=[Early]), TypeError, "callbacks; EarlyStopping(...)"),
    ("callback function", lambda: fit(callbacks=print), TypeError, "callbacks; got <built-in function print>"),
    ("callback text", lambda: fit(callbacks="early"), TypeError, "callbacks; got 'early'"),
    ("of evaluation", lambda: classifier().evaluate(X, C, callbacks=3), TypeError, "callbacks; got 3"),
    ("of prediction", lambda: regression().predict(X, callbacks=[3]), TypeError, "callbacks; got 3"),
    (
        "monitor",
        lambda: validated(X, C, callbacks=Early("val_los")),
        ValueError,
        "EarlyStopping; 'val_los'; 'val_loss'",
    ),
    ("no validation", lambda: fit(callbacks=Plateau()), ValueError, "ReduceLROnPlateau; 'val_loss'; validation_data"),
    ("mode", lambda: Early("loss", mode="up"), ValueError, "EarlyStopping: argument `mode` can't be 'up'; 'max'"),
    ("patience", lambda: Early("loss", patience=-1), ValueError, "patience; got -1"),
    ("factor", lambda: Plateau(factor=1.5), ValueError, "factor; between 0 and 1; got 1.5"),
]


@pytest.mark.parametrize(("name", "program", "kind", "words"), CASES, ids=[c[0] for c in CASES])
def test_the_error(name, program, kind, words):
    with pytest.raises(Exception) as caught:
        program()
    assert type(caught.value) is kind
    assert_said(f"test_bad_input: {name}", caught.value, words, 400)


def said():
    """What each program says."""
    return [(name, message(program)) for name, program, *_ in CASES]


def test_names_of_cases_are_of_one_case_each():
    assert len({name for name, *_ in CASES}) == len(CASES)


def test_a_model_without_weights_says_so():
    shown = []
    lazy().summary(print_fn=shown.append)
    assert "not known before" in shown[0]
    assert lazy().weights == []
    assert lazy().predict(X, verbose=0).shape == (N, 1)


def test_a_model_is_as_before_after_an_error():
    model = classifier()
    before = model.get_weights()
    for bad in ((X, C + 1), (X[:, :3], C), (X, C[:3]), (X, None)):
        with pytest.raises(ValueError, match=r"has the shape|has 22|is missing|subtract 1"):
            quiet(model, *bad)
    for a, b in zip(before, model.get_weights()):
        np.testing.assert_array_equal(a, b)
    assert len(quiet(model, X, C).epoch) == 1


def test_a_chain_that_bad_data_came_to_first():
    model = lx.Sequential([layers.Embedding(5, 2), layers.LSTM(3), layers.Dense(1)])
    model.compile("sgd", "mse")
    with pytest.raises(ValueError, match="axes"):
        quiet(model, np.zeros(4, "int32"), np.zeros(4))
    quiet(model, np.zeros((4, 3), "int32"), np.zeros(4))
    assert model.predict(np.zeros((2, 3), "int32"), verbose=0).shape == (2, 1)
