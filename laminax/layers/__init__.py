"""Layers: functions of arrays, with weights. One family a file."""

from . import (
    activation,
    adaptive_pooling,
    attention,
    audio,
    batch_normalization,
    bidirectional,
    bridges,
    conv_lstm,
    convolution,
    core,
    dense,
    depthwise,
    dropout,
    einsum,
    embedding,
    grouped_query_attention,
    gru,
    images,
    lstm,
    merging,
    multi_head_attention,
    normalization,
    objects,
    padding,
    pooling,
    preprocessing,
    recurrent,
    regularization,
    reshaping,
    simple_rnn,
    spectral,
    time_distributed,
    transposed,
    upsampling,
    wrapper,
)
from .activation import *
from .adaptive_pooling import *
from .attention import *
from .audio import *
from .batch_normalization import *
from .bidirectional import *
from .bridges import *
from .conv_lstm import *
from .convolution import *
from .core import *
from .dense import *
from .depthwise import *
from .dropout import *
from .einsum import *
from .embedding import *
from .grouped_query_attention import *
from .gru import *
from .images import *
from .input_spec import InputSpec
from .layer import Layer
from .lstm import *
from .merging import *
from .multi_head_attention import *
from .normalization import *
from .objects import *
from .padding import *
from .pooling import *
from .preprocessing import *
from .recurrent import *
from .regularization import *
from .reshaping import *
from .simple_rnn import *
from .spectral import *
from .time_distributed import *
from .transposed import *
from .upsampling import *
from .wrapper import *

__all__ = ["InputSpec", "Layer"]
__all__ += activation.__all__
__all__ += adaptive_pooling.__all__
__all__ += attention.__all__
__all__ += audio.__all__
__all__ += batch_normalization.__all__
__all__ += bidirectional.__all__
__all__ += bridges.__all__
__all__ += conv_lstm.__all__
__all__ += convolution.__all__
__all__ += core.__all__
__all__ += dense.__all__
__all__ += depthwise.__all__
__all__ += dropout.__all__
__all__ += einsum.__all__
__all__ += embedding.__all__
__all__ += grouped_query_attention.__all__
__all__ += gru.__all__
__all__ += images.__all__
__all__ += lstm.__all__
__all__ += merging.__all__
__all__ += multi_head_attention.__all__
__all__ += normalization.__all__
__all__ += objects.__all__
__all__ += padding.__all__
__all__ += pooling.__all__
__all__ += preprocessing.__all__
__all__ += recurrent.__all__
__all__ += regularization.__all__
__all__ += reshaping.__all__
__all__ += simple_rnn.__all__
__all__ += spectral.__all__
__all__ += time_distributed.__all__
__all__ += transposed.__all__
__all__ += upsampling.__all__
__all__ += wrapper.__all__
