"""Layers: functions of arrays, with weights. One family a file."""

from . import (
    activation,
    convolution,
    core,
    dense,
    dropout,
    embedding,
    merging,
    normalization,
    objects,
    pooling,
    preprocessing,
    recurrent,
    reshaping,
)
from .activation import *
from .convolution import *
from .core import *
from .dense import *
from .dropout import *
from .embedding import *
from .input_spec import InputSpec
from .layer import Layer
from .merging import *
from .normalization import *
from .objects import *
from .pooling import *
from .preprocessing import *
from .recurrent import *
from .reshaping import *

__all__ = ["InputSpec", "Layer"]
__all__ += activation.__all__
__all__ += convolution.__all__
__all__ += core.__all__
__all__ += dense.__all__
__all__ += dropout.__all__
__all__ += embedding.__all__
__all__ += merging.__all__
__all__ += normalization.__all__
__all__ += objects.__all__
__all__ += pooling.__all__
__all__ += preprocessing.__all__
__all__ += recurrent.__all__
__all__ += reshaping.__all__
