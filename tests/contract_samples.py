"""Samples of every public class but layers, which are in `samples/`. A new class is one line here."""

import inspect

import loss_samples
import metric_samples
import numpy as np
from contract_callbacks import CallbackSample
from contract_losses import LossSample
from contract_metrics import MetricSample
from contract_optimizers import OptimizerSample
from contract_small import ActivationSample, SmallSample

from laminax import activations, callbacks, constraints, initializers, losses, metrics, optimizers, regularizers

_rng = np.random.default_rng(20261124)


def normal(*shape):
    return _rng.normal(size=shape)


def integers(high, *shape):
    return _rng.integers(0, high, shape).astype("int32")


# Losses.

BINARY = integers(2, 4, 3)
PROBABILITIES = _rng.uniform(0.05, 0.95, (4, 3))
CLASSES = integers(3, 4)
SOFT = PROBABILITIES / PROBABILITIES.sum(1, keepdims=True)
ONE_HOT = np.eye(3, dtype="float32")[CLASSES]
STEP_CLASSES = integers(3, 4, 5)  # (batch, steps)
STEP_ONE_HOT = np.eye(3)[STEP_CLASSES]
LOGITS = normal(4, 5, 3)  # (batch, steps, classes)
TARGETS = normal(4, 5, 3)
DISTRIBUTIONS = _rng.dirichlet(np.ones(4), (4, 6))  # (batch, frames, classes)


def same(y, *dtypes):
    """The targets in other types."""
    return {"others": tuple(y.astype(dtype) for dtype in dtypes)}


KINDS = ("int64", "uint8", "bool", "float16", "float64")
LOSSES = [
    LossSample(
        losses.BinaryCrossentropy,
        {},
        BINARY,
        PROBABILITIES,
        function=losses.binary_crossentropy,
        **same(BINARY, *KINDS),
    ),
    LossSample(
        losses.BinaryCrossentropy, {"from_logits": True, "label_smoothing": 0.1}, STEP_ONE_HOT, LOGITS, masked=True
    ),
    LossSample(losses.CTC, {}, integers(2, 4, 2) + 1, normal(4, 6, 4), function=losses.ctc),
    LossSample(losses.CTC, {"blank": "last", "infeasible": "drop"}, integers(2, 4, 3), normal(4, 8, 4)),
    LossSample(losses.CTC, {"from_logits": False, "alphabet": "abc"}, integers(2, 4, 2) + 1, DISTRIBUTIONS),
    LossSample(
        losses.CategoricalCrossentropy,
        {},
        ONE_HOT,
        SOFT,
        function=losses.categorical_crossentropy,
        **same(ONE_HOT, *KINDS),
    ),
    LossSample(
        losses.CategoricalCrossentropy, {"from_logits": True, "label_smoothing": 0.1}, STEP_ONE_HOT, LOGITS, masked=True
    ),
    LossSample(losses.Huber, {}, TARGETS, LOGITS, masked=True, function=losses.huber, **same(TARGETS, "float64")),
    LossSample(losses.Huber, {"delta": 0.3}, TARGETS, LOGITS, masked=True),
    LossSample(losses.MeanAbsoluteError, {}, TARGETS, LOGITS, masked=True, function=losses.mean_absolute_error),
    LossSample(losses.MeanSquaredError, {}, TARGETS, LOGITS, masked=True, function=losses.mean_squared_error),
    LossSample(losses.MeanSquaredError, {}, BINARY, PROBABILITIES, **same(BINARY, *KINDS)),
    LossSample(
        losses.SparseCategoricalCrossentropy,
        {},
        CLASSES,
        SOFT,
        function=losses.sparse_categorical_crossentropy,
        **same(CLASSES, "int64", "uint8", "float32"),
    ),
    LossSample(losses.SparseCategoricalCrossentropy, {"from_logits": True}, STEP_CLASSES, LOGITS, masked=True),
    LossSample(losses.SparseCategoricalCrossentropy, {"ignore_class": 0}, CLASSES, SOFT, counted=CLASSES != 0),
]
LOSSES += loss_samples.SAMPLES
ABSTRACT_LOSSES = {losses.Loss: "the base"}


# Metrics.

LABELS = integers(2, 6, 4)
SCORES = _rng.uniform(0, 1, (6, 4))
SIX = integers(5, 6)  # classes
SIX_HOT = np.eye(5)[SIX]
SIX_SCORES = normal(6, 5)
SIX_STEPS = integers(3, 6, 5)
SIX_LOGITS = normal(6, 5, 3)

METRICS = [
    MetricSample(metrics.AUC, {}, (LABELS, SCORES)),
    MetricSample(metrics.AUC, {"curve": "PR", "thresholds": [0.2, 0.5, 0.9], "from_logits": True}, (LABELS, SCORES)),
    MetricSample(
        metrics.AUC,
        {"multi_label": True, "num_labels": 4, "label_weights": [1, 2, 0, 1], "summation_method": "minoring"},
        (LABELS, SCORES),
    ),
    MetricSample(metrics.Accuracy, {}, (LABELS, np.round(SCORES)), function=metrics.accuracy),
    MetricSample(metrics.BinaryAccuracy, {}, (LABELS, SCORES), function=metrics.binary_accuracy),
    MetricSample(metrics.BinaryAccuracy, {"threshold": 0.2}, (LABELS, SCORES)),
    MetricSample(metrics.CategoricalAccuracy, {}, (SIX_HOT, SIX_SCORES), function=metrics.categorical_accuracy),
    MetricSample(metrics.CategoricalAccuracy, {}, (np.eye(3)[SIX_STEPS], SIX_LOGITS), masked=True),
    MetricSample(metrics.CharacterErrorRate, {}, (integers(2, 6, 2) + 1, normal(6, 5, 3))),
    MetricSample(metrics.CharacterErrorRate, {"blank": "last", "alphabet": "ab"}, (integers(2, 6, 3), normal(6, 7, 3))),
    MetricSample(metrics.Mean, {}, (normal(6),)),
    MetricSample(metrics.Mean, {}, (normal(6, 4),)),
    MetricSample(
        metrics.MeanAbsoluteError, {}, (normal(6, 5, 3), SIX_LOGITS), masked=True, function=metrics.mean_absolute_error
    ),
    MetricSample(
        metrics.MeanMetricWrapper, {"fn": metrics.mean_absolute_error, "name": "mine"}, (normal(6, 3), normal(6, 3))
    ),
    MetricSample(metrics.MeanMetricWrapper, {"fn": metrics.huber, "delta": 0.3}, (normal(6, 3), normal(6, 3))),
    MetricSample(
        metrics.MeanMetricWrapper,
        {"fn": losses.categorical_crossentropy, "from_logits": True},
        (np.eye(3)[SIX_STEPS], SIX_LOGITS),
        masked=True,
    ),
    MetricSample(
        metrics.MeanSquaredError, {}, (normal(6, 5, 3), SIX_LOGITS), masked=True, function=metrics.mean_squared_error
    ),
    MetricSample(metrics.Precision, {}, (LABELS, SCORES)),
    MetricSample(metrics.Precision, {"thresholds": [0.7, 0.3]}, (LABELS, SCORES)),
    MetricSample(metrics.Precision, {"top_k": 2, "class_id": 1}, (LABELS, SCORES)),
    MetricSample(metrics.Precision, {}, (integers(2, 6, 5), _rng.uniform(0, 1, (6, 5))), masked=True),
    MetricSample(metrics.Recall, {}, (LABELS, SCORES)),
    MetricSample(metrics.Recall, {"thresholds": 0.3, "top_k": 2}, (LABELS, SCORES)),
    MetricSample(metrics.RootMeanSquaredError, {}, (normal(6, 5, 3), SIX_LOGITS), masked=True),
    MetricSample(
        metrics.SparseCategoricalAccuracy, {}, (SIX, SIX_SCORES), function=metrics.sparse_categorical_accuracy
    ),
    MetricSample(metrics.SparseCategoricalAccuracy, {}, (SIX_STEPS, SIX_LOGITS), masked=True),
    MetricSample(metrics.SparseTopKCategoricalAccuracy, {"k": 2}, (SIX, SIX_SCORES)),
    MetricSample(
        metrics.SparseTopKCategoricalAccuracy,
        {"k": 2, "from_sorted_ids": True},
        (SIX, np.argsort(-SIX_SCORES).astype("float32")),
    ),
    MetricSample(
        metrics.SparseTopKCategoricalAccuracy, {}, (SIX, SIX_SCORES), function=metrics.sparse_top_k_categorical_accuracy
    ),
    MetricSample(metrics.Sum, {}, (normal(6, 4),)),
    MetricSample(metrics.TopKCategoricalAccuracy, {"k": 2}, (SIX_HOT, SIX_SCORES)),
    MetricSample(
        metrics.TopKCategoricalAccuracy, {}, (SIX_HOT, SIX_SCORES), function=metrics.top_k_categorical_accuracy
    ),
    MetricSample(metrics.WordErrorRate, {"separator": 2}, (integers(2, 6, 4) + 1, normal(6, 7, 3))),
]
METRICS += metric_samples.SAMPLES
ABSTRACT_METRICS = {metrics.Metric: "the base"}


# Optimizers, and schedules of their learning rates.

FAST = {"learning_rate": 0.1}


def scaled():
    return {
        "inner_optimizer": optimizers.Adam(0.1, use_ema=True, weight_decay=0.01),
        "initial_scale": 2.0**6,
        "dynamic_growth_steps": 3,
    }


def several():
    kernels = optimizers.ScheduleFreeAdamW(0.2, weight_decay=0.01, use_ema=True)
    return {
        "optimizer_map": optimizers.OptimizerMap(optimizers.SGD(0.1, momentum=0.5), {".*kernel": kernels}),
        "loss_scale_factor": 4.0,
    }


OPTIMIZERS = [
    OptimizerSample(optimizers.SGD, FAST),
    OptimizerSample(optimizers.SGD, {**FAST, "momentum": 0.9, "nesterov": True, "clipnorm": 1.0, "weight_decay": 0.01}),
    OptimizerSample(
        optimizers.SGD, lambda: {"learning_rate": optimizers.schedules.CosineDecay(0.2, 100)}, notes=("schedule",)
    ),
    OptimizerSample(optimizers.Adam, FAST),
    OptimizerSample(
        optimizers.Adam,
        {**FAST, "amsgrad": True, "clipvalue": 0.3, "use_ema": True, "ema_momentum": 0.5, "ema_overwrite_frequency": 2},
    ),
    OptimizerSample(
        optimizers.Adam, {**FAST, "global_clipnorm": 0.5, "gradient_accumulation_steps": 2, "use_ema": True}
    ),
    OptimizerSample(optimizers.AdamW, FAST),
    OptimizerSample(optimizers.AdamW, {**FAST, "loss_scale_factor": 8.0, "beta_1": 0.8}),
    OptimizerSample(optimizers.RMSprop, FAST),
    OptimizerSample(
        optimizers.RMSprop,
        {**FAST, "centered": True, "momentum": 0.5, "weight_decay": 0.1, "gradient_accumulation_steps": 2},
    ),
    OptimizerSample(optimizers.Adadelta, {"learning_rate": 30.0, "weight_decay": 0.01}),
    OptimizerSample(optimizers.Adafactor, {"learning_rate": 0.5, "epsilon_2": 0.3, "clipnorm": 1.0}),
    OptimizerSample(optimizers.Adagrad, {"learning_rate": 0.5, "use_ema": True}),
    OptimizerSample(optimizers.Adamax, {**FAST, "gradient_accumulation_steps": 2}),
    OptimizerSample(optimizers.Ftrl, {"learning_rate": 0.5, "l1_regularization_strength": 0.01}, notes=("jumps",)),
    OptimizerSample(optimizers.Lamb, {**FAST, "weight_decay": 0.01}),
    OptimizerSample(optimizers.Lion, {**FAST, "loss_scale_factor": 8.0}),
    OptimizerSample(optimizers.Muon, {**FAST, "use_ema": True}),
    OptimizerSample(optimizers.Nadam, {**FAST, "gradient_accumulation_steps": 2, "use_ema": True}),
    OptimizerSample(optimizers.ScheduleFreeAdamW, {"learning_rate": 0.2, "warmup_steps": 2, "weight_decay": 0.01}),
    OptimizerSample(optimizers.MultiOptimizer, several),
    OptimizerSample(optimizers.LossScaleOptimizer, scaled),
    OptimizerSample(
        optimizers.LossScaleOptimizer,
        lambda: {"inner_optimizer": optimizers.SGD(optimizers.schedules.CosineDecay(0.2, 100))},
        notes=("schedule",),
    ),
]
ABSTRACT_OPTIMIZERS = {optimizers.Optimizer: "the base"}

S = optimizers.schedules
SCHEDULES = {
    S.CosineDecay: [
        {"initial_learning_rate": 0.1, "decay_steps": 10, "alpha": 0.1},
        {"initial_learning_rate": 0.0, "decay_steps": 10, "warmup_target": 0.1, "warmup_steps": 5},
    ],
    S.CosineDecayRestarts: [{"initial_learning_rate": 0.1, "first_decay_steps": 3, "m_mul": 0.8}],
    S.InverseTimeDecay: [{"initial_learning_rate": 0.1, "decay_steps": 4, "decay_rate": 0.5}],
    S.PolynomialDecay: [{"initial_learning_rate": 0.1, "decay_steps": 5, "cycle": True}],
    S.ExponentialDecay: [
        {"initial_learning_rate": 0.1, "decay_steps": 4, "decay_rate": 0.5},
        {"initial_learning_rate": 0.1, "decay_steps": 4, "decay_rate": 0.5, "staircase": True},
    ],
    S.PiecewiseConstantDecay: [{"boundaries": [3, 8], "values": [0.1, 0.01, 0.001]}],
}


# Initializers: the standard deviation is that of a kernel (200, 300). Regularizers, constraints, activations.

INITIALIZERS = [
    SmallSample(initializers.Constant, {"value": 0.5}),
    SmallSample(initializers.Identity, {"gain": 2.0}),
    SmallSample(initializers.Ones, {}),
    SmallSample(initializers.Zeros, {}),
    SmallSample(initializers.GlorotNormal, {}, (1 / 250) ** 0.5),
    SmallSample(initializers.GlorotUniform, {}, (1 / 250) ** 0.5),
    SmallSample(initializers.HeNormal, {}, 0.1),
    SmallSample(initializers.HeUniform, {}, 0.1),
    SmallSample(initializers.LecunNormal, {}, (1 / 200) ** 0.5),
    SmallSample(initializers.LecunUniform, {}, (1 / 200) ** 0.5),
    SmallSample(initializers.Orthogonal, {"gain": 2.0}, 2 * (1 / 300) ** 0.5),
    SmallSample(initializers.RandomNormal, {"stddev": 0.3}, 0.3),
    SmallSample(initializers.RandomUniform, {"minval": -1.0, "maxval": 1.0}, 3**-0.5),
    SmallSample(initializers.TruncatedNormal, {"stddev": 0.3}, 0.3 * 0.87962566),
    SmallSample(initializers.VarianceScaling, {"scale": 3.0, "mode": "fan_out"}, 0.1),
    SmallSample(
        initializers.VarianceScaling, {"mode": "fan_avg", "distribution": "untruncated_normal"}, (1 / 250) ** 0.5
    ),
]
ABSTRACT_INITIALIZERS = {
    initializers.Initializer: "the base",
    initializers.RandomInitializer: "the base of those that draw",
    initializers.STFT: "makes kernels of one form only: see test_audio.py",
}

REGULARIZERS = [
    SmallSample(regularizers.L1, {"l1": 0.3}),
    SmallSample(regularizers.L2, {"l2": 0.3}),
    SmallSample(regularizers.L1L2, {"l1": 0.3, "l2": 0.1}),
    SmallSample(regularizers.OrthogonalRegularizer, {}),
    SmallSample(regularizers.OrthogonalRegularizer, {"factor": 0.3, "mode": "columns"}),
]
ABSTRACT_REGULARIZERS = {regularizers.Regularizer: "the base"}


def lengths(w, axis=0):
    return np.linalg.norm(w, axis=axis)


CONSTRAINTS = [
    SmallSample(constraints.MaxNorm, {}, holds=lambda w: (lengths(w) < 2 + 1e-5).all()),
    SmallSample(constraints.MaxNorm, {"max_value": 1.0, "axis": [0, 1]}, holds=lambda w: lengths(w.ravel()) < 1 + 1e-5),
    SmallSample(
        constraints.MinMaxNorm,
        {"min_value": 0.5, "max_value": 1.5},
        holds=lambda w: (abs(lengths(w) - 1) < 0.5 + 1e-5).all(),
    ),
    SmallSample(constraints.NonNeg, {}, holds=lambda w: (w >= 0).all()),
    SmallSample(constraints.UnitNorm, {"axis": 1}, holds=lambda w: (abs(lengths(w, 1) - 1) < 1e-5).all()),
]
ABSTRACT_CONSTRAINTS = {constraints.Constraint: "the base"}

NEEDED = {
    "threshold": {"threshold": 0.1, "default_value": 0.2}
}  # arguments without which an activation can't be called
ACTIVATIONS = [
    ActivationSample(function, NEEDED.get(name, {}))
    for name, function in vars(activations).items()
    if inspect.isfunction(function) and function.__module__ == activations.__name__ and name == function.__name__
    if name != "get" and not name.startswith("_")
]


# Callbacks.

CALLBACKS = [
    CallbackSample(callbacks.BackupAndRestore, {"backup_dir": "backup"}, notes=("alone",)),
    CallbackSample(callbacks.CSVLogger, {"filename": "log.csv", "separator": ";"}),
    CallbackSample(callbacks.Callback, {}),
    CallbackSample(callbacks.EarlyStopping, {"monitor": "val_loss", "min_delta": 100, "patience": 1}, notes=("acts",)),
    CallbackSample(
        callbacks.EarlyStopping, {"monitor": "loss", "mode": "max", "restore_best_weights": True}, notes=("acts",)
    ),
    CallbackSample(callbacks.History, {}),
    CallbackSample(callbacks.LambdaCallback, {"on_epoch_end": lambda epoch, logs: None}, notes=("no config",)),
    CallbackSample(callbacks.LambdaCallback, {}),
    CallbackSample(
        callbacks.LearningRateScheduler, {"schedule": lambda epoch, rate: rate / 2}, notes=("acts", "no config")
    ),
    CallbackSample(callbacks.ModelCheckpoint, {"filepath": "{epoch}.weights.h5", "save_weights_only": True}),
    CallbackSample(
        callbacks.ReduceLROnPlateau,
        {"monitor": "loss", "min_delta": 100, "patience": 1, "factor": 0.5},
        notes=("acts",),
    ),
    CallbackSample(callbacks.SwapEMAWeights, {"swap_on_epoch": True}, notes=("acts",)),
    CallbackSample(callbacks.TerminateOnNaN, {}),
    CallbackSample(callbacks.TerminateOnNaN, {"raise_error": True}),
]
ABSTRACT_CALLBACKS = {}
