"""Callbacks: what watches a run."""

from .callback import Callback, CallbackList
from .history import History
from .learning_rate import LearningRateScheduler, ReduceLROnPlateau
from .logs import CSVLogger, LambdaCallback
from .stopping import EarlyStopping, TerminateOnNaN

__all__ = [
    "CSVLogger",
    "Callback",
    "CallbackList",
    "EarlyStopping",
    "History",
    "LambdaCallback",
    "LearningRateScheduler",
    "ReduceLROnPlateau",
    "TerminateOnNaN",
]
