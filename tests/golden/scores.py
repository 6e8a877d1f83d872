"""Cases of losses and metrics: class, arguments, targets, outputs, and more: weights, a mask.

Arguments of a list of dicts are cases of one class on the same data.
"""

import itertools

import numpy as np

RNG = np.random.default_rng(20261127)


def normal(*shape):
    return RNG.normal(size=shape).astype("float32")


def integers(high, *shape):
    return RNG.integers(0, high, shape).astype("int32")


def uniform(*shape):
    return RNG.uniform(0.02, 0.98, shape).astype("float32")


def shares(*shape):
    x = uniform(*shape)
    return x / x.sum(-1, keepdims=True)


def one_hot(classes, count):
    return np.eye(count, dtype="float32")[classes]


def grid(**choices):
    """Every combination of some arguments."""
    return [dict(zip(choices, values)) for values in itertools.product(*choices.values())]


ROWS, STEPS, CLASSES = 6, 5, 3
WEIGHTS = RNG.uniform(0, 2, ROWS).astype("float32")
STEP_WEIGHTS = RNG.uniform(0, 2, (ROWS, STEPS)).astype("float32")
MASK = np.arange(ROWS * STEPS).reshape(ROWS, STEPS) % 3 > 0
NUMBERS = normal(ROWS, STEPS, CLASSES), normal(ROWS, STEPS, CLASSES)
FLAT = normal(ROWS, 4), normal(ROWS, 4)
LABELS = integers(CLASSES, ROWS, STEPS)
HOT, SHARES, LOGITS = one_hot(LABELS, CLASSES), shares(ROWS, STEPS, CLASSES), 3 * normal(ROWS, STEPS, CLASSES)
BITS, CHANCES = integers(2, ROWS, STEPS, CLASSES), uniform(ROWS, STEPS, CLASSES)
COUNTS, RATES = integers(7, ROWS, 4).astype("float32"), np.exp(normal(ROWS, 4))
REDUCTIONS = ["sum_over_batch_size", "mean", "mean_with_sample_weight", "sum", "none", None]

WEIGHTED, BY_STEP, MASKED = {"weight": WEIGHTS}, {"weight": STEP_WEIGHTS}, {"mask": MASK}
BY_ROW = {"weight": WEIGHTS[:, None]}  # of values with steps
BOTH = {**BY_STEP, **MASKED}

# Every reduction, without and with weights, a mask, and both.
_REDUCED = [("MeanAbsoluteError", grid(reduction=REDUCTIONS), *NUMBERS, more) for more in ({}, BY_STEP, MASKED, BOTH)]

LOSSES = [
    *_REDUCED,
    ("MeanSquaredError", [{}], *FLAT, WEIGHTED),
    ("MeanSquaredError", [{}], normal(ROWS), normal(ROWS, 1), WEIGHTED),
    ("MeanAbsolutePercentageError", grid(reduction=["sum", None]), FLAT[0] + 4, FLAT[1], WEIGHTED),
    ("MeanSquaredLogarithmicError", grid(reduction=["mean", None]), COUNTS, RATES - 0.5, WEIGHTED),
    ("Huber", grid(delta=[1.0, 0.3, 2.5], reduction=["sum", None]), NUMBERS[0] * 2, NUMBERS[1], BY_STEP),
    ("LogCosh", [{}, {"reduction": None}], NUMBERS[0] * 30, NUMBERS[1], BY_STEP),
    ("CosineSimilarity", grid(axis=[-1, 1, 2], reduction=["sum", None]), *NUMBERS, BY_ROW),
    (
        "BinaryCrossentropy",
        grid(label_smoothing=[0.0, 0.2], axis=[-1, 1], reduction=["mean", None]),
        BITS,
        CHANCES,
        BY_ROW,
    ),
    ("BinaryCrossentropy", grid(from_logits=[True], label_smoothing=[0.0, 0.2]), BITS, LOGITS, BOTH),
    ("CategoricalCrossentropy", grid(label_smoothing=[0.0, 0.2], reduction=["sum", None]), HOT, SHARES, BOTH),
    ("CategoricalCrossentropy", grid(from_logits=[True], label_smoothing=[0.0, 0.2]), HOT, LOGITS, BY_STEP),
    ("CategoricalCrossentropy", [{}], HOT, CHANCES, {}),  # rows that do not sum to one
    ("SparseCategoricalCrossentropy", grid(ignore_class=[None, 1], reduction=REDUCTIONS[1:4]), LABELS, SHARES, BY_STEP),
    ("SparseCategoricalCrossentropy", grid(from_logits=[True], ignore_class=[None, 1]), LABELS, LOGITS, MASKED),
    ("SparseCategoricalCrossentropy", [{"reduction": None}], LABELS[..., None], SHARES, {}),
    (
        "BinaryFocalCrossentropy",
        grid(apply_class_balancing=[False, True], alpha=[0.25, 0.6], gamma=[2.0, 0.5]),
        BITS,
        CHANCES,
        BY_STEP,
    ),
    ("BinaryFocalCrossentropy", grid(from_logits=[True], label_smoothing=[0.0, 0.1]), BITS, LOGITS, MASKED),
    (
        "CategoricalFocalCrossentropy",
        grid(alpha=[0.25, [0.2, 0.5, 0.3]], gamma=[2.0, 0.5], label_smoothing=[0.0, 0.1]),
        HOT,
        SHARES,
        BY_STEP,
    ),
    ("CategoricalFocalCrossentropy", [{"from_logits": True, "reduction": None}], HOT, LOGITS, {}),
    ("CategoricalGeneralizedCrossEntropy", grid(q=[0.5, 0.1, 0.9], reduction=["sum", None]), LABELS, SHARES, BOTH),
    ("Hinge", [{}, {"reduction": None}], BITS, NUMBERS[0], BOTH),
    ("Hinge", [{}], BITS * 2 - 1, NUMBERS[0], {}),
    ("SquaredHinge", [{}, {"reduction": None}], BITS, NUMBERS[0], BY_STEP),
    ("CategoricalHinge", [{}, {"reduction": None}], HOT, NUMBERS[0], BOTH),
    ("KLDivergence", [{}, {"reduction": None}], shares(ROWS, STEPS, CLASSES), SHARES, BOTH),
    ("Poisson", [{}, {"reduction": None}], COUNTS, RATES, WEIGHTED),
    ("Dice", grid(axis=[(1, 2), (2,), [0, 1], None], reduction=["sum", None]), BITS, CHANCES, {}),
    ("Dice", [{}, {"axis": (1, 2)}, {"reduction": "mean_with_sample_weight"}], BITS, CHANCES, WEIGHTED),
    ("Tversky", grid(alpha=[0.5, 0.2], beta=[0.5, 0.9], axis=[None, (1, 2)]), BITS, CHANCES, WEIGHTED),
    (
        "Circle",
        grid(gamma=[80.0, 2.0], margin=[0.4, 0.1], remove_diagonal=[True, False]),
        integers(3, ROWS),
        normal(ROWS, 4) / 2,
        {},
    ),
    ("CTC", grid(reduction=["sum", None]), np.array([[1, 2, 0], [3, 3, 0], [1, 2, 3]], "int32"), normal(3, 8, 5), {}),
    ("Circle", grid(gamma=[8.0], reduction=REDUCTIONS), np.array([0, 1, 0, 2, 1, 3], "int32"), FLAT[0] / 2, WEIGHTED),
]

YES, SCORES = BITS[:, :, 0], CHANCES[:, :, 0]
SINGLE, ITS_SCORES = BITS[:, 0, :1], CHANCES[:, 0, :1]
ROW_HOT, ROW_SHARES = HOT[:, 0], SHARES[:, 0]
AT = [{"class_id": 1}, {"num_thresholds": 11}, {"num_thresholds": 1}, {}]
IMAGE, ITS_CLASSES = integers(4, ROWS, STEPS), integers(4, ROWS, STEPS)
WHOLE = {"weight": integers(4, ROWS, STEPS)}

METRICS = [
    ("Accuracy", [{}], LABELS, LABELS[::-1].copy(), WEIGHTED),
    ("BinaryAccuracy", grid(threshold=[0.5, 0.2]), YES, SCORES, WEIGHTED),
    ("CategoricalAccuracy", [{}], HOT, SHARES, BOTH),
    ("SparseCategoricalAccuracy", [{}], LABELS, SHARES, BOTH),
    ("TopKCategoricalAccuracy", grid(k=[1, 2]), HOT, SHARES, BY_STEP),
    ("SparseTopKCategoricalAccuracy", grid(k=[1, 2]), LABELS, SHARES, MASKED),
    ("SparseTopKCategoricalAccuracy", [{"k": 2, "from_sorted_ids": True}], LABELS, np.argsort(-SHARES), {}),
    *[(name, [{}], *NUMBERS, BOTH) for name in ("MeanSquaredError", "MeanAbsoluteError", "LogCoshError")],
    ("MeanAbsolutePercentageError", [{}], FLAT[0] + 4, FLAT[1], WEIGHTED),
    ("MeanSquaredLogarithmicError", [{}], COUNTS, RATES, WEIGHTED),
    ("RootMeanSquaredError", [{}], *NUMBERS, BY_STEP),
    ("RootMeanSquaredError", [{}], *FLAT, {"weight": uniform(ROWS, 4)}),
    ("CosineSimilarity", grid(axis=[-1, 1]), *NUMBERS, WEIGHTED),
    ("R2Score", grid(class_aggregation=["uniform_average", "variance_weighted_average", None]), *FLAT, WEIGHTED),
    ("R2Score", grid(num_regressors=[1, 3]), *FLAT, {}),
    ("PearsonCorrelation", [{}], *NUMBERS, BOTH),
    ("ConcordanceCorrelation", [{}], *FLAT, WEIGHTED),
    ("BinaryCrossentropy", grid(label_smoothing=[0, 0.2]), BITS, CHANCES, BOTH),
    ("BinaryCrossentropy", [{"from_logits": True}], BITS, LOGITS, {}),
    ("CategoricalCrossentropy", grid(label_smoothing=[0, 0.2]), HOT, SHARES, BOTH),
    ("CategoricalCrossentropy", [{"from_logits": True}], HOT, LOGITS, {}),
    ("SparseCategoricalCrossentropy", [{}], LABELS, SHARES, BOTH),
    ("SparseCategoricalCrossentropy", grid(from_logits=[True], ignore_class=[None, 1]), LABELS, LOGITS, BY_STEP),
    ("KLDivergence", [{}], shares(ROWS, STEPS, CLASSES), SHARES, BOTH),
    ("Poisson", [{}], COUNTS, RATES, WEIGHTED),
    ("Hinge", [{}], BITS, NUMBERS[0], BOTH),
    ("SquaredHinge", [{}], BITS * 2 - 1, NUMBERS[0], BY_STEP),
    ("CategoricalHinge", [{}], HOT, NUMBERS[0], BOTH),
    *[
        (name, [{}, {"thresholds": 0.3}, {"thresholds": [0.7, 0.2, 0.4]}], YES, SCORES, more)
        for name in ("TruePositives", "TrueNegatives", "FalsePositives", "FalseNegatives")
        for more in ({}, WEIGHTED)
    ],
    *[
        (
            name,
            [*grid(thresholds=[None, [0.6, 0.3]], top_k=[None, 2]), {"class_id": 1}, {"class_id": 0, "top_k": 1}],
            *(ROW_HOT, ROW_SHARES, WEIGHTED),
        )
        for name in ("Precision", "Recall")
    ],
    *[
        ("AUC", grid(curve=["ROC", "PR", "PRGAIN"], summation_method=["interpolation", "minoring", "majoring"]), *data)
        for data in ((YES, SCORES, WEIGHTED), (SINGLE, ITS_SCORES, {}))
    ],
    ("AUC", [{"thresholds": [0.3, 0.6]}, {"num_thresholds": 5}], YES, SCORES, {}),
    ("AUC", [{"from_logits": True}], BITS, LOGITS, {}),
    (
        "AUC",
        [
            {"multi_label": True, "num_labels": CLASSES},
            {"multi_label": True, "label_weights": [1.0, 2.0, 0.5], "curve": "PR"},
            {"label_weights": [1.0, 2.0, 0.5]},
        ],
        *(ROW_HOT, ROW_SHARES, WEIGHTED),
    ),
    *[
        (name, [{**one, value: 0.6} for one in AT], ROW_HOT, ROW_SHARES, WEIGHTED)
        for name, value in (
            ("PrecisionAtRecall", "recall"),
            ("RecallAtPrecision", "precision"),
            ("SensitivityAtSpecificity", "specificity"),
            ("SpecificityAtSensitivity", "sensitivity"),
        )
    ],
    ("F1Score", grid(average=[None, "micro", "macro", "weighted"]), ROW_HOT, ROW_SHARES, WEIGHTED),
    ("F1Score", [{"threshold": 0.4}], BITS[:, 0], CHANCES[:, 0], {}),
    (
        "FBetaScore",
        grid(average=[None, "micro", "macro", "weighted"], beta=[0.5, 2.0], threshold=[None, 0.4]),
        *(BITS[:, 0], CHANCES[:, 0], {}),
    ),
    ("IoU", grid(num_classes=[4], target_class_ids=[[0, 2], [1]], ignore_class=[None, 2]), IMAGE, ITS_CLASSES, WHOLE),
    ("BinaryIoU", grid(target_class_ids=[[0, 1], [1]], threshold=[0.5, 0.2]), YES, SCORES, {}),
    ("BinaryIoU", [{"dtype": "float32"}], YES, SCORES, BY_STEP),
    ("MeanIoU", [{"num_classes": 4}, {"num_classes": 5, "ignore_class": 0}], IMAGE, ITS_CLASSES, WHOLE),
    ("MeanIoU", [{"num_classes": CLASSES, "sparse_y_pred": False}], LABELS, SHARES, {}),
    ("OneHotIoU", [{"num_classes": CLASSES, "target_class_ids": [0, 2]}], HOT, SHARES, {}),
    ("OneHotMeanIoU", [{"num_classes": CLASSES, "dtype": "float32"}], HOT, SHARES, BY_STEP),
    ("OneHotMeanIoU", [{"num_classes": CLASSES, "sparse_y_pred": True}], HOT, LABELS[::-1].copy(), {}),
]
