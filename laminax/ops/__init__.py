"""Functions of arrays, variables and symbolic tensors: those of NumPy, and those of networks.

What `jax.numpy` already says is taken from there; this package adds Keras's arguments, and that a symbolic tensor may
be given, which then stands for the result.
"""

from . import core, ctc, linalg, math, nn, numpy
from .core import *
from .ctc import *
from .linalg import *
from .math import *
from .nn import *
from .numpy import *

__all__ = [*core.__all__]
__all__ += ctc.__all__
__all__ += linalg.__all__
__all__ += math.__all__
__all__ += nn.__all__
__all__ += [name for name in numpy.__all__ if name not in __all__]
