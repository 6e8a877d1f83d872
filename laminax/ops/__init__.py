"""Functions of arrays, variables and symbolic tensors: those of NumPy, and those of networks.

What `jax.numpy` already says is taken from there; this package adds Keras's arguments and types, and that a symbolic
tensor may be given, which then stands for the result.
"""

from . import control, core, ctc, image, linalg, math, names, nn, numpy, operators, rearranging, signal
from .control import *
from .core import *
from .ctc import *
from .function import Function as Function
from .linalg import *
from .math import *
from .nn import *
from .numpy import *
from .operation import Operation as Operation
from .rearranging import *
from .signal import *

operators.install()

__all__ = [*control.__all__]
__all__ += core.__all__
__all__ += ctc.__all__
__all__ += linalg.__all__
__all__ += math.__all__
__all__ += nn.__all__
__all__ += numpy.__all__
__all__ += rearranging.__all__
__all__ += signal.__all__

names.register(
    **{
        module: {name: globals()[name] for name in listed}
        for module, listed in {
            "core": [*control.__all__, *core.__all__],
            "einops": rearranging.__all__,
            "linalg": [name for name in linalg.__all__ if name != "logdet"],
            "math": [*math.__all__, *signal.__all__, "logdet"],
            "nn": nn.__all__,
            "numpy": numpy.__all__,
        }.items()
    },
    image={name: getattr(image, name) for name in image.__all__},
)
