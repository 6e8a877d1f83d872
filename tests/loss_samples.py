"""Samples of losses, by family."""

import numpy as np
from contract_losses import LossSample

from laminax import losses

_rng = np.random.default_rng(20261125)


def normal(*shape):
    return _rng.normal(size=shape)


def shares(*shape):
    x = _rng.uniform(0.05, 0.95, shape)
    return x / x.sum(-1, keepdims=True)


CLASSES = np.array([2, 0, 1, 1], "int32")
ONE_HOT = np.eye(3, dtype="float32")[CLASSES]
STEPS = _rng.integers(0, 3, (4, 5)).astype("int32")
STEP_HOT = np.eye(3)[STEPS]
BITS = _rng.integers(0, 2, (4, 5, 3)).astype("int32")
LOGITS, NUMBERS = normal(4, 5, 3), normal(4, 5, 3)
INTEGERS = {"others": tuple(CLASSES.astype(dtype) for dtype in ("int64", "uint8", "float32"))}
COUNTS = _rng.integers(0, 6, (4, 5, 3))

FOCAL = [
    LossSample(
        losses.BinaryFocalCrossentropy, {"gamma": 1.5}, BITS, shares(4, 5, 3), True, losses.binary_focal_crossentropy
    ),
    LossSample(
        losses.BinaryFocalCrossentropy,
        {"apply_class_balancing": True, "alpha": 0.3, "from_logits": True, "label_smoothing": 0.1},
        BITS,
        LOGITS,
        True,
    ),
    LossSample(
        losses.CategoricalFocalCrossentropy,
        {"alpha": [0.2, 0.5, 0.3], "gamma": 1.5, "label_smoothing": 0.1},
        STEP_HOT,
        shares(4, 5, 3),
        True,
        losses.categorical_focal_crossentropy,
    ),
    LossSample(losses.CategoricalFocalCrossentropy, {"from_logits": True}, ONE_HOT, normal(4, 3)),
    LossSample(
        losses.CategoricalGeneralizedCrossEntropy,
        {"q": 0.7},
        CLASSES,
        shares(4, 3),
        function=losses.categorical_generalized_cross_entropy,
        **INTEGERS,
    ),
]
REGRESSION = [
    LossSample(
        losses.MeanAbsolutePercentageError,
        {},
        NUMBERS + 5,
        LOGITS,
        masked=True,
        function=losses.mean_absolute_percentage_error,
    ),
    LossSample(
        losses.MeanSquaredLogarithmicError,
        {},
        COUNTS,
        np.abs(NUMBERS),
        masked=True,
        function=losses.mean_squared_logarithmic_error,
    ),
    LossSample(losses.LogCosh, {}, NUMBERS, LOGITS, masked=True, function=losses.log_cosh),
]
HINGE = [
    LossSample(losses.Hinge, {}, BITS * 2 - 1, LOGITS, masked=True, function=losses.hinge, others=(BITS,)),
    LossSample(losses.SquaredHinge, {}, BITS * 2 - 1, LOGITS, True, losses.squared_hinge, (BITS, BITS.astype(bool))),
    LossSample(losses.CategoricalHinge, {}, STEP_HOT, LOGITS, masked=True, function=losses.categorical_hinge),
]
PROBABILITY = [
    LossSample(losses.KLDivergence, {}, shares(4, 5, 3), shares(4, 5, 3), masked=True, function=losses.kl_divergence),
    LossSample(losses.Poisson, {}, COUNTS, np.exp(NUMBERS), masked=True, function=losses.poisson),
]
SIMILARITY = [
    LossSample(losses.CosineSimilarity, {"axis": -1}, NUMBERS, LOGITS, True, losses.cosine_similarity),
    LossSample(
        losses.Circle,
        {"gamma": 2.0, "margin": 0.3},
        CLASSES,
        normal(4, 6) / 3,
        function=losses.circle,
        counted=np.array([False, False, True, True]),
        alone=False,
        **INTEGERS,
    ),
]
OVERLAP = [
    LossSample(losses.Dice, {"axis": -1}, BITS, shares(4, 5, 3), masked=True, function=losses.dice),
    LossSample(losses.Tversky, {"axis": (2,), "alpha": 0.3, "beta": 0.8}, BITS, shares(4, 5, 3), True, losses.tversky),
]
SAMPLES = [*FOCAL, *REGRESSION, *HINGE, *PROBABILITY, *SIMILARITY, *OVERLAP]
