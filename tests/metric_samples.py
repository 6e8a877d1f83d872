"""Samples of metrics, by family."""

import numpy as np
from contract_metrics import MetricSample

from laminax import metrics

_rng = np.random.default_rng(20261126)


def normal(*shape):
    return _rng.normal(size=shape)


def integers(high, *shape):
    return _rng.integers(0, high, shape).astype("int32")


def shares(*shape):
    x = _rng.uniform(0.05, 0.95, shape)
    return x / x.sum(-1, keepdims=True)


BITS, SCORES = integers(2, 6, 4), _rng.uniform(0, 1, (6, 4))
FLAT = integers(2, 6), _rng.uniform(0, 1, 6)
CLASSES = np.array([0, 2, 1, 2, 0, 3], "int32")
STEPS, STEP_SHARES = integers(3, 6, 5), shares(6, 5, 3)
STEP_BITS = integers(2, 6, 5, 3)
NUMBERS = normal(6, 5, 3), normal(6, 5, 3)

MEANS = [
    MetricSample(metrics.BinaryCrossentropy, {}, (BITS, SCORES), function=metrics.binary_crossentropy),
    MetricSample(
        metrics.BinaryCrossentropy, {"from_logits": True, "label_smoothing": 0.1}, (STEP_BITS, normal(6, 5, 3)), True
    ),
    MetricSample(
        metrics.CategoricalCrossentropy,
        {"label_smoothing": 0.1},
        (np.eye(3)[STEPS], STEP_SHARES),
        True,
        metrics.categorical_crossentropy,
    ),
    MetricSample(
        metrics.SparseCategoricalCrossentropy, {}, (STEPS, STEP_SHARES), True, metrics.sparse_categorical_crossentropy
    ),
    MetricSample(
        metrics.SparseCategoricalCrossentropy, {"ignore_class": 2, "from_logits": True}, (CLASSES, normal(6, 4))
    ),
    MetricSample(metrics.KLDivergence, {}, (shares(6, 5, 3), STEP_SHARES), True, metrics.kl_divergence),
    MetricSample(metrics.Poisson, {}, (integers(5, 6, 4), np.exp(normal(6, 4))), function=metrics.poisson),
    MetricSample(metrics.Hinge, {}, (STEP_BITS, NUMBERS[0]), True, metrics.hinge),
    MetricSample(metrics.SquaredHinge, {}, (STEP_BITS * 2 - 1, NUMBERS[0]), True, metrics.squared_hinge),
    MetricSample(metrics.CategoricalHinge, {}, (np.eye(4)[CLASSES], normal(6, 4)), function=metrics.categorical_hinge),
    MetricSample(
        metrics.MeanAbsolutePercentageError,
        {},
        (NUMBERS[0] + 5, NUMBERS[1]),
        True,
        metrics.mean_absolute_percentage_error,
    ),
    MetricSample(
        metrics.MeanSquaredLogarithmicError,
        {},
        (integers(5, 6, 4), np.abs(normal(6, 4))),
        function=metrics.mean_squared_logarithmic_error,
    ),
    MetricSample(metrics.LogCoshError, {}, NUMBERS, True, metrics.log_cosh),
    MetricSample(metrics.CosineSimilarity, {"axis": -1}, NUMBERS, True),
]
COUNTS = [
    MetricSample(metrics.TruePositives, {}, (BITS, SCORES)),
    MetricSample(metrics.FalsePositives, {"thresholds": [0.7, 0.2]}, (BITS, SCORES)),
    MetricSample(metrics.TrueNegatives, {"thresholds": 0.4}, FLAT),
    MetricSample(metrics.FalseNegatives, {"thresholds": [0.5]}, (STEP_BITS[..., 0], STEP_SHARES[..., 0]), True),
    MetricSample(metrics.Precision, {"top_k": 2}, (CLASSES, SCORES)),
    MetricSample(metrics.AUC, {"multi_label": True, "curve": "PRGAIN"}, (BITS, SCORES)),
    MetricSample(metrics.AUC, {"label_weights": [1, 2, 0, 1], "num_thresholds": 9}, (CLASSES, SCORES)),
    MetricSample(metrics.PrecisionAtRecall, {"recall": 0.5}, FLAT),
    MetricSample(metrics.RecallAtPrecision, {"precision": 0.6, "class_id": 1}, (BITS, SCORES)),
    MetricSample(metrics.SensitivityAtSpecificity, {"specificity": 0.5, "num_thresholds": 7}, (BITS, SCORES)),
    MetricSample(metrics.SpecificityAtSensitivity, {"sensitivity": 0.5}, FLAT),
    MetricSample(metrics.F1Score, {}, (CLASSES, SCORES)),
    MetricSample(metrics.FBetaScore, {"average": "weighted", "beta": 2.0, "threshold": 0.4}, (BITS, SCORES)),
    MetricSample(metrics.FBetaScore, {"average": "micro"}, (np.eye(3)[STEPS], STEP_SHARES), True),
]
OVERLAPS = [
    MetricSample(
        metrics.IoU, {"num_classes": 4, "target_class_ids": [0, 2]}, (CLASSES, CLASSES[::-1].copy()), dtype="int32"
    ),
    MetricSample(
        metrics.BinaryIoU, {"threshold": 0.2, "dtype": "float32"}, (STEP_BITS[..., 0], STEP_SHARES[..., 0]), True
    ),
    MetricSample(
        metrics.MeanIoU,
        {"num_classes": 3, "ignore_class": 2, "sparse_y_pred": False},
        (STEPS, STEP_SHARES),
        True,
        dtype="int32",
    ),
    MetricSample(
        metrics.OneHotIoU,
        {"num_classes": 4, "target_class_ids": [1], "dtype": "float32"},
        (np.eye(4)[CLASSES], SCORES),
    ),
    MetricSample(
        metrics.OneHotMeanIoU, {"num_classes": 4, "sparse_y_pred": True}, (np.eye(4)[CLASSES], CLASSES), dtype="int32"
    ),
]
MOMENTS = [
    MetricSample(metrics.R2Score, {}, NUMBERS, True),
    MetricSample(metrics.R2Score, {"class_aggregation": None}, (normal(6, 2) + 2, normal(6, 2) + 2)),
    MetricSample(metrics.PearsonCorrelation, {}, (normal(6, 7), normal(6, 7)), function=metrics.pearson_correlation),
    MetricSample(metrics.PearsonCorrelation, {"axis": 0}, NUMBERS, True),
    MetricSample(metrics.ConcordanceCorrelation, {"axis": -1}, NUMBERS, True, metrics.concordance_correlation),
    MetricSample(metrics.ConcordanceCorrelation, {"axis": 0}, (normal(6), normal(6))),
]
SAMPLES = [*MEANS, *COUNTS, *OVERLAPS, *MOMENTS]
