"""Metrics against scikit-learn on random and degenerate data, metrics of the user's own in `fit`, and errors."""

import functools
import pickle
import warnings

import jax.numpy as jnp
import numpy as np
import pytest
from contract import quick_jit
from small import C, N, R, X, chain, classifier, quiet

import laminax as lx
from laminax import layers, metrics
from laminax._core import context

ROWS, CLASSES = 24, 4
GRID = np.linspace(0.1, 0.9, 9)  # thresholds; scores stand between them
AVERAGES = (None, "micro", "macro", "weighted")


def data(kind):
    """Labels, scores and numbers: random ones of a seed, or such as are degenerate in one way."""
    rng = np.random.default_rng(kind if isinstance(kind, int) else len(kind))
    classes, found = rng.integers(0, CLASSES, (2, ROWS))
    scores = rng.integers(0, 10, (ROWS, CLASSES)) / 10 + 0.05
    chances = rng.dirichlet(np.ones(CLASSES), ROWS).astype("float32")
    y, p = rng.normal(size=(2, ROWS, 3)).astype("float32")
    bits, weight = rng.integers(0, 2, (ROWS, CLASSES)), rng.integers(1, 4, ROWS)
    changes = {
        "no positives": lambda: bits.fill(0),
        "all positives": lambda: bits.fill(1),
        "equal scores": lambda: scores.fill(0.55),
        "one class": lambda: classes.fill(2),
        "never found": lambda: found.fill(1),
        "one row": lambda: weight.__setitem__(slice(1, None), 0),
        "all right": lambda: (np.copyto(found, classes), np.copyto(p, y)),
        "constant targets": lambda: np.copyto(y, np.float32([1, -2, 0])),
        "far from 0": lambda: (np.copyto(y, y / 8 + 64), np.copyto(p, p / 8 + 64)),
    }
    if isinstance(kind, str):
        changes[kind]()
    return {
        **{"bits": bits.astype("int32"), "scores": scores.astype("float32"), "classes": classes.astype("int32")},
        **{"found": found.astype("int32"), "chances": chances, "y": y, "p": p, "weight": weight.astype("float32")},
    }


KINDS = [0, 1, 2, 3, "no positives", "all positives", "equal scores", "one class", "never found", "one row"]
KINDS += ["all right", "constant targets", "far from 0"]


def ours():
    """`{name: (metric, names of targets and outputs)}`."""
    bits, classes = ("bits", "scores"), ("classes", "chances")
    numbers, labels = ("y", "p"), ("classes", "found")
    return {
        **{name: (getattr(metrics, name)(GRID), bits) for name in ("Precision", "Recall", "TruePositives")},
        **{f"F1 {average}": (metrics.F1Score(average), ("classes", "chances")) for average in AVERAGES},
        **{f"F2 {average}": (metrics.FBetaScore(average, 2.0, 0.5), bits) for average in AVERAGES},
        "AUC": (metrics.AUC(thresholds=GRID), bits),
        "AUC of columns": (metrics.AUC(thresholds=GRID, multi_label=True, num_labels=CLASSES), bits),
        "MeanIoU": (metrics.MeanIoU(CLASSES, dtype="float32"), labels),
        "Accuracy": (metrics.Accuracy(), labels),
        "Top2": (metrics.SparseTopKCategoricalAccuracy(2), classes),
        "Crossentropy": (metrics.SparseCategoricalCrossentropy(), classes),
        **{name: (getattr(metrics, name)(), numbers) for name in ("MeanSquaredError", "MeanAbsoluteError", "R2Score")},
        "R2 of columns": (metrics.R2Score(None), numbers),
        "R2 by variance": (metrics.R2Score("variance_weighted_average"), numbers),
        "Cosine": (metrics.CosineSimilarity(), numbers),
        "Correlation": (metrics.PearsonCorrelation(axis=0), numbers),
    }


@functools.cache
def program():
    found = ours()

    def run(data):
        results = {}
        for name, (metric, (y_true, y_pred)) in found.items():
            if not metric.built:
                metric.build(data[y_true], data[y_pred])
            state = metric.update(metric.zeros(), data[y_true], data[y_pred], sample_weight=data["weight"])
            results[name] = metric.compute(state)
        return results

    return quick_jit(run)


def theirs(d):
    """What scikit-learn says; `None` where it says nothing."""
    sk = pytest.importorskip("sklearn.metrics", reason="scikit-learn is not installed")
    w, each = d["weight"], np.repeat(d["weight"], CLASSES)
    at = [(d["scores"] > t).astype(int).ravel() for t in GRID]
    bits, one_hot = d["bits"].ravel(), np.eye(CLASSES, dtype=int)[d["classes"]]
    best = np.eye(CLASSES, dtype=int)[d["chances"].argmax(1)]

    def f(y, p, average, beta):
        return sk.fbeta_score(y, p, beta=beta, average=average, sample_weight=w, zero_division=0)

    def area(y, s, weight):
        return sk.roc_auc_score(y, s, sample_weight=weight) if 0 < np.dot(y, weight) < weight.sum() else None

    columns = [area(d["bits"][:, i], d["scores"][:, i], w) for i in range(CLASSES)]
    seen = np.unique(np.concatenate([d["classes"][w > 0], d["found"][w > 0]]))
    r2 = functools.partial(sk.r2_score, d["y"], d["p"], sample_weight=w)
    real = w > 0
    unit_y, unit_p = (v / np.linalg.norm(v, axis=1, keepdims=True) for v in (d["y"], d["p"]))
    several = real.sum() > 1
    return {
        "Precision": [sk.precision_score(bits, a, sample_weight=each, zero_division=0) for a in at],
        "Recall": [sk.recall_score(bits, a, sample_weight=each, zero_division=0) for a in at],
        "TruePositives": [np.dot(each, bits * a) for a in at],
        **{f"F1 {average}": f(one_hot, best, average, 1) for average in AVERAGES},
        **{f"F2 {average}": f(d["bits"], (d["scores"] > 0.5).astype(int), average, 2) for average in AVERAGES},
        "AUC": area(bits, d["scores"].ravel(), each),
        "AUC of columns": None if None in columns else np.mean(columns),
        "MeanIoU": sk.jaccard_score(d["classes"], d["found"], labels=seen, average="macro", sample_weight=w),
        "Accuracy": sk.accuracy_score(d["classes"], d["found"], sample_weight=w),
        "Top2": sk.top_k_accuracy_score(d["classes"], d["chances"], k=2, sample_weight=w, labels=range(CLASSES)),
        "Crossentropy": sk.log_loss(d["classes"], d["chances"], sample_weight=w, labels=range(CLASSES)),
        "MeanSquaredError": sk.mean_squared_error(d["y"], d["p"], sample_weight=w),
        "MeanAbsoluteError": sk.mean_absolute_error(d["y"], d["p"], sample_weight=w),
        "R2Score": r2(),
        "R2 of columns": r2(multioutput="raw_values"),
        "R2 by variance": r2(multioutput="variance_weighted"),
        "Cosine": np.average((unit_y * unit_p).sum(1), weights=w),
        "Correlation": _correlation(d["y"], d["p"], w) if several and d["y"].std() > 0 else None,
    }


def _correlation(y, p, w):
    with np.errstate(invalid="ignore", divide="ignore"):
        found = [np.cov(y[:, i], p[:, i], aweights=w, ddof=0) for i in range(y.shape[1])]
        found = [c[0, 1] / np.sqrt(c[0, 0] * c[1, 1]) for c in found]
    return np.mean(np.nan_to_num(found))


@pytest.mark.parametrize("kind", KINDS)
def test_against_scikit_learn(kind):
    d = data(kind)
    found = program()(d)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of what is not defined
        wanted = theirs({key: x.astype("float64") if x.dtype.kind == "f" else x for key, x in d.items()})
    assert found.keys() == wanted.keys()
    for name, value in wanted.items():
        assert np.isfinite(found[name]).all()
        if value is not None:
            np.testing.assert_allclose(found[name], value, rtol=5e-5, atol=2e-6, err_msg=name)


# Metrics of the user's own, and such as learn from data how large their state is, within `fit`.


class WorstColumn(metrics.Metric):
    """In Keras's style; its variables are made by the first batch, as many as there are columns."""

    def __init__(self, name="worst", **kwargs):
        super().__init__(name=name, **kwargs)
        self.total = None
        self.rows = self.add_weight(name="rows")

    def update_state(self, y_true, y_pred, sample_weight=None):
        if self.total is None:
            self.total = self.add_variable((y_pred.shape[-1],), "zeros", name="total")
        self.total.assign_add(jnp.abs(y_true - y_pred).sum(0))
        self.rows.assign_add(y_pred.shape[0])

    def result(self):
        return {"worst": jnp.max(self.total.value) / self.rows, "rows": self.rows.value}


class Lazy(metrics.Metric):
    """Without any variable before the first batch, and with a metric inside."""

    def update_state(self, y_true, y_pred, sample_weight=None):
        if "inner" not in vars(self):
            self.largest = self.add_variable(name="largest")
            self.inner = metrics.RootMeanSquaredError()
        self.largest.assign(lx.ops.maximum(self.largest, y_pred.max()))
        self.inner.update_state(y_true, y_pred)

    def result(self):
        return self.largest + self.inner.result()


def test_metrics_of_the_users_own_run_in_the_compiled_step():
    y = X[:, :2]
    watched = [WorstColumn(), Lazy(name="lazy"), metrics.R2Score(), metrics.PearsonCorrelation(axis=0)]
    model = chain(layers.Dense(2), metrics=watched)
    watched[0].update_state(y, y)  # makes its variable for the columns; `fit` begins anew
    model.optimizer.learning_rate = 0.0
    history = quiet(model, X, y, batch_size=8, epochs=2).history
    p = model.predict(X, verbose=0)
    error, residual = np.abs(p - y), np.square(p - y)
    wanted = {
        "worst": error.mean(0).max(),
        "rows": N,
        "lazy": max(p.max(), 0) + np.sqrt(residual.mean()),
        "r2_score": np.mean(1 - residual.sum(0) / np.square(y - y.mean(0)).sum(0)),
        "pearson_correlation": np.mean([np.corrcoef(y[:, i], p[:, i])[0, 1] for i in range(2)]),
    }
    for name, value in wanted.items():
        np.testing.assert_allclose(history[name], [value, value], rtol=1e-5)


def test_names_of_metrics_in_compile():
    given = ["f1_score", "top_k_categorical_accuracy", "kld", lx.losses.SparseCategoricalCrossentropy(ignore_class=1)]
    model = chain(layers.Dense(3, "softmax"), loss="categorical_crossentropy", metrics=[*given[:3], "crossentropy"])
    assert list(model.evaluate(X, np.eye(3)[C], verbose=0, return_dict=True)) == ["loss", *given[:3], "crossentropy"]
    model = classifier(metrics=["f1_score", given[3]])
    found = model.evaluate(X, C, verbose=0, batch_size=8, return_dict=True)
    p = model.predict(X, verbose=0)[np.arange(N), C]
    assert found["sparse_categorical_crossentropy"] == pytest.approx(-np.log(p[C != 1]).mean(), rel=1e-5)
    assert found["f1_score"].shape == (3,)


# The object.


def test_the_state_is_there_by_name():
    metric = metrics.Precision(thresholds=[0.3, 0.6])
    assert [v.name for v in metric.variables] == ["true_positives", "false_positives"]
    metric.update_state([0, 1, 1], [0.5, 0.7, 0.2])
    np.testing.assert_array_equal(metric.true_positives, [1, 1])
    np.testing.assert_array_equal(metric.false_positives, [1, 0])
    with pytest.raises(AttributeError, match="'Precision' has no attribute 'true_negatives'"):
        _ = metric.true_negatives
    copied = pickle.loads(pickle.dumps(metric))
    np.testing.assert_array_equal(copied.result(), metric.result())


def test_what_is_inside_a_metric_is_its_own():
    outer = Lazy()
    outer.update_state(R, R + 1)
    assert len(outer.variables) == 3
    outer.reset_state()
    assert [float(v.value) for v in outer.variables] == [0, 0, 0]
    layer = layers.Dense(1)
    layer.watched = outer
    assert layer.variables == []


def test_variables_need_the_constructor():
    class Early(metrics.Metric):
        def __init__(self):
            self.total = self.add_variable()

    with pytest.raises(RuntimeError, match=r"Early.__init__ must call super\(\).__init__\(\)"):
        Early()


def test_the_pure_face_counts_its_arrays():
    with pytest.raises(ValueError, match="one array for each of the 2 variables of 'mean'; got 1"):
        metrics.Mean().stateless_result([0.0])


def test_a_metric_of_integers_keeps_large_counts():
    metric = metrics.MeanIoU(2)
    metric.update_state(np.zeros(3, int), np.zeros(3, int))
    start = 2**25  # beyond what float32 can count by one
    metric.total_cm.assign([[start, 0], [0, start]])
    metric.update_state([0], [0])
    assert int(metric.total_cm.value[0, 0]) == start + 1
    with pytest.warns(UserWarning, match="the sample weight is a float, the counts are of type int32"):
        metric.update_state([0], [0], sample_weight=[0.5])


def test_masks_count_in_every_metric():
    """Also in those in which Keras looks at all steps."""
    rng = np.random.default_rng(0)
    mask = np.arange(12).reshape(3, 4) % 3 > 0
    y, p = rng.integers(0, 2, (3, 4, 2)), rng.uniform(0, 1, (3, 4, 2)).astype("float32")
    kinds = metrics.Precision(), metrics.AUC(), metrics.RootMeanSquaredError(), metrics.R2Score(), metrics.F1Score()
    junk = np.where(mask[..., None], p, np.float32(0.9))
    for metric in kinds[3:]:
        metric.build(y, p)

    def both(junk):
        with context.call():
            context.note(junk, mask=jnp.asarray(mask))
            masked = [kind.compute(kind.update(kind.zeros(), y, junk)) for kind in kinds]
        return masked, [kind.compute(kind.update(kind.zeros(), y[mask], p[mask])) for kind in kinds]

    for found, wanted in zip(*quick_jit(both)(junk), strict=True):
        np.testing.assert_allclose(found, wanted, rtol=1e-6)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: metrics.Precision(thresholds=[0.5, 1.5, -1]), r"Threshold values must be in \[0, 1\].*\[1.5, -1\]"),
        (lambda: metrics.Precision(top_k=0), "Precision: argument `top_k` must be a positive integer; got 0"),
        (lambda: metrics.AUC(curve="PRC"), r"Invalid AUC curve value: \"PRC\". Did you mean 'PR'"),
        (lambda: metrics.AUC(num_labels=3), "num_labels, the number of columns, is for multi_label=True alone"),
        (lambda: metrics.RecallAtPrecision(1.5), r"RecallAtPrecision: `precision` must be in the range \[0, 1\]"),
        (lambda: metrics.SensitivityAtSpecificity(0.5, num_thresholds=0), "must be an integer > 0; got 0"),
        (lambda: metrics.F1Score("marco"), "average=marco. Did you mean 'macro'"),
        (lambda: metrics.FBetaScore(beta=-1.0), "It should be > 0. Received: beta=-1.0"),
        (lambda: metrics.IoU(3, [0, 3]), r"target_class_ids must be classes in 0 .. 2; got \[0, 3\]"),
        (lambda: metrics.R2Score("mean"), "Invalid value for argument `class_aggregation`: 'mean'"),
        (lambda: metrics.TopKCategoricalAccuracy(k=0), "argument `k` must be a positive integer; got 0"),
        (lambda: metrics.CosineSimilarity(axis=0), "axis=0 is the axis of the samples"),
        (lambda: metrics.Precision(class_id=3)(C[:4], X[:4, :3]), r"class_id=3 needs .* got the shape \(4, 3\)"),
        (lambda: metrics.R2Score()(R[:, 0], R[:, 0]), r"expects 2D inputs with shape .* got outputs of shape \(22,\)"),
        (lambda: metrics.PearsonCorrelation()(R, R), "For the correlation over all samples give axis=0"),
        (lambda: metrics.MeanIoU(3)(C, X[:, :3]), "Scores need sparse_y_pred=False"),
        (lambda: metrics.SparseCategoricalAccuracy()(np.eye(3)[C], X[:, :3]), "One-hot targets are for"),
        (lambda: metrics.CategoricalAccuracy()(C, X[:, :3]), "Integer classes are for sparse_categorical_accuracy"),
        (lambda: metrics.AUC(label_weights=[1, 2])(C, X[:, :3]), "label_weights must be 3 numbers, one a column"),
        (lambda: metrics.Mean()(R[:, 0], sample_weight=[1.0, 2.0]), r"sample_weight has the shape \(2,\)"),
    ],
)
def test_errors(make, message):
    with pytest.raises(ValueError, match=message):
        make()
