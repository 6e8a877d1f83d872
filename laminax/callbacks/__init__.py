"""Callbacks: what watches a run."""

from .averages import SwapEMAWeights
from .backup import BackupAndRestore
from .callback import Callback, CallbackList
from .history import History
from .learning_rate import LearningRateScheduler, ReduceLROnPlateau
from .logs import CSVLogger, LambdaCallback
from .model_checkpoint import ModelCheckpoint
from .stopping import EarlyStopping, TerminateOnNaN

__all__ = [
    "BackupAndRestore",
    "CSVLogger",
    "Callback",
    "CallbackList",
    "EarlyStopping",
    "History",
    "LambdaCallback",
    "LearningRateScheduler",
    "ModelCheckpoint",
    "ReduceLROnPlateau",
    "SwapEMAWeights",
    "TerminateOnNaN",
]
