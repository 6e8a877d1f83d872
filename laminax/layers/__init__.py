"""Layers: functions of arrays, with weights. One family a file."""

from .activation import Activation, ReLU, Softmax
from .convolution import Conv2D
from .core import Input, InputLayer, Lambda
from .dense import Dense
from .dropout import Dropout
from .embedding import Embedding, Masking
from .input_spec import InputSpec
from .layer import Layer
from .merging import Add, Concatenate, Multiply
from .normalization import BatchNormalization, LayerNormalization
from .pooling import AveragePooling2D, GlobalAveragePooling1D, GlobalAveragePooling2D, MaxPooling2D
from .preprocessing import Normalization, Rescaling
from .recurrent import LSTM, RNN, LSTMCell
from .reshaping import Flatten, Reshape

AvgPool2D, GlobalAvgPool1D, GlobalAvgPool2D, MaxPool2D = (
    AveragePooling2D,
    GlobalAveragePooling1D,
    GlobalAveragePooling2D,
    MaxPooling2D,
)
Convolution2D = Conv2D

__all__ = [
    "LSTM",
    "RNN",
    "Activation",
    "Add",
    "AveragePooling2D",
    "AvgPool2D",
    "BatchNormalization",
    "Concatenate",
    "Conv2D",
    "Convolution2D",
    "Dense",
    "Dropout",
    "Embedding",
    "Flatten",
    "GlobalAveragePooling1D",
    "GlobalAveragePooling2D",
    "GlobalAvgPool1D",
    "GlobalAvgPool2D",
    "Input",
    "InputLayer",
    "InputSpec",
    "LSTMCell",
    "Lambda",
    "Layer",
    "LayerNormalization",
    "Masking",
    "MaxPool2D",
    "MaxPooling2D",
    "Multiply",
    "Normalization",
    "ReLU",
    "Rescaling",
    "Reshape",
    "Softmax",
]
